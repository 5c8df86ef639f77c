// What plain implementations of KPIs share.
#ifndef QUOTACAST_TESTS_INTEGRATION_PLAIN_FIGURE_H_
#define QUOTACAST_TESTS_INTEGRATION_PLAIN_FIGURE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace quotacast::plain {

// One cell of a KPI table. Without a value it is undefined.
struct Figure {
  std::optional<double> value = {};
  double numerator = 0;
  double denominator = 0;
  int64_t sample_size = 0;
};

// Of at least one.
template <typename Number>
double Median(std::vector<Number> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return static_cast<double>(values[middle]);
  return static_cast<double>(values[middle - 1] + values[middle]) / 2;
}

}  // namespace quotacast::plain

#endif  // QUOTACAST_TESTS_INTEGRATION_PLAIN_FIGURE_H_
