#include "clients/cli/render/sparkline.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "clients/cli/render/terminal.h"

namespace quotacast::cli {

std::string Sparkline(const std::vector<std::optional<double>>& values, int max_columns,
                      const Terminal& terminal) {
  static constexpr const char* kBlocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static constexpr const char* kAscii[] = {"_", ".", "-", "*", "^"};
  const size_t count = std::min(values.size(), static_cast<size_t>(std::max(0, max_columns)));
  const std::vector<std::optional<double>> shown(values.end() - static_cast<ptrdiff_t>(count),
                                                 values.end());
  std::optional<double> least;
  std::optional<double> greatest;
  for (const std::optional<double>& value : shown) {
    if (!value) continue;
    least = std::min(least.value_or(*value), *value);
    greatest = std::max(greatest.value_or(*value), *value);
  }
  const int top = terminal.unicode ? 7 : 4;
  std::string out;
  for (const std::optional<double>& value : shown) {
    if (!value) {
      out += ' ';
      continue;
    }
    const double flat = *least == 0 ? 0.0 : 0.5;
    const double share = *greatest > *least ? (*value - *least) / (*greatest - *least) : flat;
    const int level = static_cast<int>(std::lround(share * top));
    out += terminal.unicode ? kBlocks[level] : kAscii[level];
  }
  return out;
}

}  // namespace quotacast::cli
