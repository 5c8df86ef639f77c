// Picks some of many on several threads.
#ifndef QUOTACAST_SERVICES_METRICS_SELECT_IN_PARTS_H_
#define QUOTACAST_SERVICES_METRICS_SELECT_IN_PARTS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/parallel_for.h"

namespace quotacast::metrics {

// What select(begin, end, into) writes at `into` for each of [begin, end), in order: it gets parts
// of [0, count) of about `part_size`, writes at most one number for each, has no room for more, and
// returns how many it wrote.
template <typename Select>
std::vector<uint32_t> SelectInParts(size_t count, size_t part_size, const Select& select) {
  std::vector<uint32_t> selected(count);
  const auto written = ParallelResults<size_t>(count, part_size, [&](size_t begin, size_t end) {
    return select(begin, end, selected.data() + begin);
  });
  size_t all_count = 0;
  for (const auto& [begin, part_count] : written) {
    const uint32_t* part = selected.data() + begin;
    if (begin > all_count) std::copy(part, part + part_count, selected.data() + all_count);
    all_count += part_count;
  }
  selected.resize(all_count);
  // They are kept as long as a view.
  if (all_count < count / 2) selected.shrink_to_fit();
  return selected;
}

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_SELECT_IN_PARTS_H_
