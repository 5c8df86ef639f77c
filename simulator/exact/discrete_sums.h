// The law of a sum of deals with known amounts in whole minor units, below a bound: every sum kept
// apart, as long as there are few of them.
#ifndef QUOTACAST_SIMULATOR_EXACT_DISCRETE_SUMS_H_
#define QUOTACAST_SIMULATOR_EXACT_DISCRETE_SUMS_H_

#include <cstdint>
#include <optional>
#include <vector>

namespace quotacast::simulator {

// More different sums than this are not kept apart.
inline constexpr int kMaxDiscreteSums = 1'024;

// A deal of a person, by position, with its amount.
struct KnownDeal {
  int deal = 0;
  int64_t amount = 0;
};

// The sums and how deals lead from one to another; found once, then evaluated for any chances.
// Immutable and thread-safe.
class DiscreteSums {
 public:
  // Sums up to `most`, included. Absent when there are more than kMaxDiscreteSums of them.
  static std::optional<DiscreteSums> Find(const std::vector<KnownDeal>& deals, int64_t most);

  const std::vector<int64_t>& sums() const { return sums_; }  // Ascending.

  // P(sum = sums()[i]); the rest is above `most`. `chances` by KnownDeal::deal.
  void Probabilities(const std::vector<double>& chances, std::vector<double>* probabilities,
                     std::vector<double>* scratch) const;

 private:
  struct Step {
    int deal = 0;
    std::vector<int> lost;  // By sum before: its position after.
    std::vector<int> won;   // -1: above the bound.
  };
  std::vector<int64_t> sums_;
  std::vector<Step> steps_;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_DISCRETE_SUMS_H_
