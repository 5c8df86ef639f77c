// Whom parts of a scenario hold for: those with `reps` (positions, ascending) and `covers_hires`.
#ifndef QUOTACAST_SIMULATOR_MODEL_AUDIENCE_H_
#define QUOTACAST_SIMULATOR_MODEL_AUDIENCE_H_

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace quotacast::simulator {

// The position of the first of `items` whose audience has the rep, or without a rep the hires; -1
// when none has.
template <typename Item>
int FirstCovering(const std::vector<Item>& items, std::optional<int> rep) {
  for (size_t i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    const bool covers = rep.has_value()
                            ? std::binary_search(item.reps.begin(), item.reps.end(), *rep)
                            : item.covers_hires;
    if (covers) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_MODEL_AUDIENCE_H_
