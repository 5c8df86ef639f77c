// Bins of age: the last is open-ended, so there is one more than edges.
#ifndef QUOTACAST_SIMULATOR_MODEL_AGE_BINS_H_
#define QUOTACAST_SIMULATOR_MODEL_AGE_BINS_H_

#include <algorithm>
#include <vector>

namespace quotacast::simulator {

// The first bin whose upper edge is above `age_days`. `edges_days` ascend.
inline int AgeBinOf(int age_days, const std::vector<int>& edges_days) {
  return static_cast<int>(std::upper_bound(edges_days.begin(), edges_days.end(), age_days) -
                          edges_days.begin());
}

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_MODEL_AGE_BINS_H_
