// Counts how often intervals held the truth, over many generated companies.
#ifndef QUOTACAST_TESTS_VALIDATION_INTERVAL_TALLY_H_
#define QUOTACAST_TESTS_VALIDATION_INTERVAL_TALLY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace quotacast::validation {

// Widths of the central intervals that are judged.
inline constexpr std::array<double, 3> kLevels = {0.50, 0.80, 0.95};
inline constexpr size_t kRankBins = 10;

// A sum over a sum, and what it would vary by in another such sample of clusters (linearised; 1
// with fewer than two).
struct ClusteredRatio {
  double value = 0;
  double standard_error = 1;
};
// `clusters` are what each adds above and below the line. Absent when nothing is below it.
std::optional<ClusteredRatio> RatioOver(const std::vector<std::array<double, 2>>& clusters);

// How one quantity was covered. A company counts as one cluster: what it has several of (stages,
// reps) shares its history.
struct Coverage {
  int64_t count = 0;                              // Truths looked at.
  int64_t company_count = 0;                      // With at least one.
  std::array<double, kLevels.size()> share = {};  // Held by the interval of that level.
  // Of the share, over companies: what it would vary by in another such sample.
  std::array<double, kLevels.size()> standard_error = {};
  // Truths per tenth of the rank among the draws; flat when calibrated.
  std::array<double, kRankBins> rank_counts = {};
  double mean_rank = 0;  // 0.5 when estimates lean to neither side.
};

// Calibrated intervals cover `level` but for `tolerance`; two standard errors more are chance. A
// calibrated quantity fails one level by chance in less than 1 of 10,000 with a tolerance of 5
// points and a standard error of up to 2.5 points.
bool IsWithin(const Coverage& coverage, double tolerance);

// Not thread-safe. Same calls in any order, same figures.
class IntervalTally {
 public:
  // The rank of a truth in [0, 1]: the share of the distribution below it. Quantities are listed
  // in order of name.
  void Add(const std::string& quantity, int company, double rank);

  std::map<std::string, Coverage> Summarize() const;

 private:
  std::map<std::string, std::map<int, std::vector<double>>> ranks_;  // By quantity and company.
};

// The rank of `truth` among draws of a posterior, in any order: their share below it, half a draw
// from the ends.
double RankAmong(std::vector<double> draws, double truth);

}  // namespace quotacast::validation

#endif  // QUOTACAST_TESTS_VALIDATION_INTERVAL_TALLY_H_
