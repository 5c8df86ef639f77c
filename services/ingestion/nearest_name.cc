#include "services/ingestion/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/edit_distance.h"
#include "base/string_views.h"

namespace quotacast::ingestion {
namespace {

constexpr size_t kMaxComparedBytes = 256;

}  // namespace

std::string NearestName(std::string_view value, const std::vector<std::string_view>& names) {
  if (value.size() > kMaxComparedBytes) return "";
  const std::string wanted = absl::AsciiStrToLower(AbslView(value));
  std::string_view best;
  size_t best_distance = 0;
  for (const std::string_view name : names) {
    if (name.empty() || name.size() > kMaxComparedBytes) continue;
    const size_t allowed = std::max(name.size(), value.size()) / 3;
    const size_t length_gap =
        std::max(name.size(), value.size()) - std::min(name.size(), value.size());
    if (length_gap > allowed) continue;
    const size_t distance = EditDistance(wanted, absl::AsciiStrToLower(AbslView(name)));
    if (distance <= allowed && (best.empty() || distance < best_distance)) {
      best = name;
      best_distance = distance;
    }
  }
  return std::string(best);
}

}  // namespace quotacast::ingestion
