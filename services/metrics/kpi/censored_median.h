// The median of times of which some are not over yet.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_CENSORED_MEDIAN_H_
#define QUOTACAST_SERVICES_METRICS_KPI_CENSORED_MEDIAN_H_

#include <cstdint>
#include <optional>
#include <vector>

namespace quotacast::metrics {

// How long something took, or how long it has been seen without coming to its end.
struct CensoredTime {
  int64_t length = 0;
  bool is_over = false;
};

// The Kaplan-Meier median: the shortest length by which half have come to their end. Absent until
// then. An end counts before a stop of seeing at the same length.
std::optional<int64_t> CensoredMedian(std::vector<CensoredTime> times);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_CENSORED_MEDIAN_H_
