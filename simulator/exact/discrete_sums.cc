#include "simulator/exact/discrete_sums.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace quotacast::simulator {

std::optional<DiscreteSums> DiscreteSums::Find(const std::vector<KnownDeal>& deals, int64_t most) {
  DiscreteSums found;
  found.sums_ = {0};
  for (const KnownDeal& deal : deals) {
    const std::vector<int64_t>& before = found.sums_;
    std::vector<int64_t> moved;
    for (const int64_t sum : before) {
      if (deal.amount <= most - sum) moved.push_back(sum + deal.amount);
    }
    std::vector<int64_t> after;
    std::set_union(before.begin(), before.end(), moved.begin(), moved.end(),
                   std::back_inserter(after));
    if (after.size() > kMaxDiscreteSums) return std::nullopt;
    Step step;
    step.deal = deal.deal;
    const auto position = [&](int64_t sum) {
      return static_cast<int>(std::lower_bound(after.begin(), after.end(), sum) - after.begin());
    };
    for (const int64_t sum : before) {
      step.lost.push_back(position(sum));
      step.won.push_back(deal.amount <= most - sum ? position(sum + deal.amount) : -1);
    }
    found.steps_.push_back(std::move(step));
    found.sums_ = std::move(after);
  }
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
