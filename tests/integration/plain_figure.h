// One cell of a KPI table as a plain implementation gives it.
#ifndef QUOTACAST_TESTS_INTEGRATION_PLAIN_FIGURE_H_
#define QUOTACAST_TESTS_INTEGRATION_PLAIN_FIGURE_H_

#include <cstdint>
#include <optional>

namespace quotacast::plain {

// Without a value it is undefined.
struct Figure {
  std::optional<double> value = {};
  double numerator = 0;
  double denominator = 0;
  int64_t sample_size = 0;
};

}  // namespace quotacast::plain

#endif  // QUOTACAST_TESTS_INTEGRATION_PLAIN_FIGURE_H_
