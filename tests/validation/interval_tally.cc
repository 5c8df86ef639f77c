#include "tests/validation/interval_tally.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace quotacast::validation {

bool IsWithin(const Coverage& coverage, double tolerance) {
  for (size_t i = 0; i < kLevels.size(); ++i) {
    const double slack = tolerance + 2 * coverage.standard_error[i];
    if (std::abs(coverage.share[i] - kLevels[i]) > slack) return false;
  }
  return true;
}

void IntervalTally::Add(const std::string& quantity, int company, double rank) {
  ranks_[quantity][company].push_back(rank);
}

std::map<std::string, Coverage> IntervalTally::Summarize() const {
  std::map<std::string, Coverage> summary;
  for (const auto& [quantity, companies] : ranks_) {
    Coverage& coverage = summary[quantity];
    coverage.company_count = static_cast<int64_t>(companies.size());
    std::array<double, kLevels.size()> covered = {};
    std::vector<std::pair<double, std::array<double, kLevels.size()>>> clusters;  // Count, covered.
    for (const auto& [company, unsorted] : companies) {
      std::vector<double> ranks = unsorted;
      std::sort(ranks.begin(), ranks.end());  // Sums must not depend on the order of Add.
      auto& cluster = clusters.emplace_back();
      for (const double rank : ranks) {
        ++coverage.count;
        ++cluster.first;
        coverage.mean_rank += rank;
        const size_t bin = std::min(kRankBins - 1, static_cast<size_t>(rank * kRankBins));
        ++coverage.rank_counts[bin];
        for (size_t i = 0; i < kLevels.size(); ++i) {
          if (std::abs(rank - 0.5) <= kLevels[i] / 2) ++cluster.second[i];
        }
      }
      for (size_t i = 0; i < kLevels.size(); ++i) covered[i] += cluster.second[i];
    }
    const double count = static_cast<double>(coverage.count);
    coverage.mean_rank /= count;
    for (size_t i = 0; i < kLevels.size(); ++i) {
      coverage.share[i] = covered[i] / count;
      // Of a ratio of sums over clusters, linearised.
      double squares = 0;
      for (const auto& [size, hits] : clusters) {
        const double residual = hits[i] - coverage.share[i] * size;
        squares += residual * residual;
      }
      const double n = static_cast<double>(clusters.size());
      coverage.standard_error[i] = n < 2 ? 1 : std::sqrt(squares * n / (n - 1)) / count;
    }
  }
  return summary;
}

double RankAmong(std::vector<double> draws, double truth) {
  std::sort(draws.begin(), draws.end());
  const double below =
      static_cast<double>((std::lower_bound(draws.begin(), draws.end(), truth) - draws.begin()) +
                          (std::upper_bound(draws.begin(), draws.end(), truth) - draws.begin()));
  return (below / 2 + 0.5) / (static_cast<double>(draws.size()) + 1);
}

}  // namespace quotacast::validation
