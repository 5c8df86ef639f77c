#include "tests/validation/interval_tally.h"

#include <algorithm>
#include <cmath>

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

std::optional<ClusteredRatio> RatioOver(const std::vector<std::array<double, 2>>& clusters) {
  double above = 0, below = 0;
  for (const std::array<double, 2>& cluster : clusters) {
    above += cluster[0];
    below += cluster[1];
  }
  if (below <= 0) return std::nullopt;
  ClusteredRatio ratio;
  ratio.value = above / below;
  const double n = static_cast<double>(clusters.size());
  if (n < 2) return ratio;
  double squares = 0;
  for (const std::array<double, 2>& cluster : clusters) {
    const double residual = cluster[0] - ratio.value * cluster[1];
    squares += residual * residual;
  }
  ratio.standard_error = std::sqrt(squares * n / (n - 1)) / below;
  return ratio;
}

std::map<std::string, Coverage> IntervalTally::Summarize() const {
  std::map<std::string, Coverage> summary;
  for (const auto& [quantity, companies] : ranks_) {
    Coverage& coverage = summary[quantity];
    coverage.company_count = static_cast<int64_t>(companies.size());
    std::array<std::vector<std::array<double, 2>>, kLevels.size()> covered;
    for (const auto& [company, unsorted] : companies) {
      std::vector<double> ranks = unsorted;
      std::sort(ranks.begin(), ranks.end());  // Sums must not depend on the order of Add.
      for (const double rank : ranks) {
        coverage.mean_rank += rank;
        ++coverage.rank_counts[std::min(kRankBins - 1, static_cast<size_t>(rank * kRankBins))];
      }
      coverage.count += static_cast<int64_t>(ranks.size());
      for (size_t i = 0; i < kLevels.size(); ++i) {
        const auto held = std::count_if(ranks.begin(), ranks.end(), [i](double rank) {
          return std::abs(rank - 0.5) <= kLevels[i] / 2;
        });
        covered[i].push_back({static_cast<double>(held), static_cast<double>(ranks.size())});
      }
    }
    coverage.mean_rank /= static_cast<double>(coverage.count);
    for (size_t i = 0; i < kLevels.size(); ++i) {
      const ClusteredRatio share = RatioOver(covered[i]).value();
      coverage.share[i] = share.value;
      coverage.standard_error[i] = share.standard_error;
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
