// Amounts as people write them.
#ifndef QUOTACAST_TOOLS_GEN_ROUNDING_H_
#define QUOTACAST_TOOLS_GEN_ROUNDING_H_

#include <algorithm>
#include <cstdint>

namespace quotacast::gen {

// The multiple of `unit` nearest to `amount`, at least one unit. `amount` is not negative.
inline int64_t RoundTo(double amount, int64_t unit) {
  return std::max<int64_t>(unit,
                           static_cast<int64_t>(amount / static_cast<double>(unit) + 0.5) * unit);
}

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_ROUNDING_H_
