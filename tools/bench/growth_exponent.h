// How a cost grows with size.
#ifndef QUOTACAST_TOOLS_BENCH_GROWTH_EXPONENT_H_
#define QUOTACAST_TOOLS_BENCH_GROWTH_EXPONENT_H_

#include <vector>

namespace quotacast::bench {

// The exponent e of cost = c * size^e: the slope of a straight line through the logarithms, by
// least squares. 1 is linear. NaN with fewer than two different sizes, or when one of the numbers
// is not above 0. As many costs as sizes.
double GrowthExponent(const std::vector<double>& sizes, const std::vector<double>& costs);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_GROWTH_EXPONENT_H_
