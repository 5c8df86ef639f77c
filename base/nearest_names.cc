#include "base/nearest_names.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/edit_distance.h"
#include "base/string_views.h"

namespace quotacast {
namespace {

std::string Folded(std::string_view name) {
  return absl::AsciiStrToLower(AbslView(name.substr(0, kMaxShownNameBytes)));
}

}  // namespace

std::string ShownName(std::string_view asked) {
  return std::string(asked.substr(0, kMaxShownNameBytes));
}

std::vector<std::string> NearestNames(std::string_view asked, const std::vector<std::string>& names,
                                      size_t count) {
  const std::string wanted = Folded(asked);
  std::vector<std::pair<size_t, std::string_view>> ranked;
  ranked.reserve(names.size());
  for (const std::string& name : names) {
    const std::string folded = Folded(name);
    // A name that begins like the one asked for is meant more likely than any near spelling.
    const bool prefix = !wanted.empty() && folded.rfind(wanted, 0) == 0;
    ranked.emplace_back(prefix ? 0 : EditDistance(wanted, folded), name);
  }
  std::sort(ranked.begin(), ranked.end());
  ranked.resize(std::min(ranked.size(), count));
  std::vector<std::string> nearest;
  for (const auto& [distance, name] : ranked) nearest.emplace_back(name);
  return nearest;
}

}  // namespace quotacast
