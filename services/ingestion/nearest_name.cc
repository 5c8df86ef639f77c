#include "services/ingestion/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"

namespace quotacast::ingestion {
namespace {

constexpr size_t kMaxComparedBytes = 256;

bool SameLetter(char a, char b) {
  return absl::ascii_tolower(static_cast<unsigned char>(a)) ==
         absl::ascii_tolower(static_cast<unsigned char>(b));
}

// Wagner and Fischer (1974), one row of the table at a time.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replace = diagonal + (SameLetter(a[i], b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replace, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string NearestName(std::string_view value, const std::vector<std::string_view>& names) {
  if (value.size() > kMaxComparedBytes) return "";
  std::string_view best;
  size_t best_distance = 0;
  for (const std::string_view name : names) {
    if (name.empty() || name.size() > kMaxComparedBytes) continue;
    const size_t allowed = std::max(name.size(), value.size()) / 3;
    const size_t length_gap = std::max(name.size(), value.size()) -
                              std::min(name.size(), value.size());
    if (length_gap > allowed) continue;
    const size_t distance = EditDistance(value, name);
    if (distance <= allowed && (best.empty() || distance < best_distance)) {
      best = name;
      best_distance = distance;
    }
  }
  return std::string(best);
}

}  // namespace quotacast::ingestion
