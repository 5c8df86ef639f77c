#include "simulator/exact/discrete_sums.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace quotacast::simulator {

std::optional<DiscreteSums> DiscreteSums::Find(const std::vector<KnownDeal>& deals, int64_t most) {
  // First the sums after each deal, which may be too many; only then how they are connected.
  std::vector<std::vector<int64_t>> layers = {{0}};
  for (const KnownDeal& deal : deals) {
    const std::vector<int64_t>& before = layers.back();
    std::vector<int64_t> moved;
    for (const int64_t sum : before) {
      if (deal.amount <= most - sum) moved.push_back(sum + deal.amount);
    }
    std::vector<int64_t> after;
    std::set_union(before.begin(), before.end(), moved.begin(), moved.end(),
                   std::back_inserter(after));
    if (after.size() > kMaxDiscreteSums) return std::nullopt;
    layers.push_back(std::move(after));
  }
  DiscreteSums found;
  for (size_t i = 0; i < deals.size(); ++i) {
    const std::vector<int64_t>& after = layers[i + 1];
    Step step;
    step.deal = deals[i].deal;
    size_t lost = 0, won = 0;  // Both ascend with the sum before.
    for (const int64_t sum : layers[i]) {
      while (after[lost] < sum) ++lost;
      step.lost.push_back(static_cast<int>(lost));
      const bool above = deals[i].amount > most - sum;
      while (!above && after[won] < sum + deals[i].amount) ++won;
      step.won.push_back(above ? -1 : static_cast<int>(won));
    }
    found.steps_.push_back(std::move(step));
  }
  found.sums_ = std::move(layers.back());
  return found;
}

void DiscreteSums::Probabilities(const std::vector<double>& chances,
                                 std::vector<double>* probabilities,
                                 std::vector<double>* scratch) const {
  probabilities->assign(sums_.size(), 0);
  (*probabilities)[0] = 1;
  for (const Step& step : steps_) {
    const double won = chances[step.deal];
    scratch->assign(sums_.size(), 0);
    for (size_t i = 0; i < step.lost.size(); ++i) {
      const double at = (*probabilities)[i];
      (*scratch)[step.lost[i]] += (1 - won) * at;
      if (step.won[i] >= 0) (*scratch)[step.won[i]] += won * at;
    }
    probabilities->swap(*scratch);
  }
}

}  // namespace quotacast::simulator
