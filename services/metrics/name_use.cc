#include "services/metrics/name_use.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace quotacast::metrics {

std::vector<std::string> NameUse::PlaceInOrder(const std::string& also) {
  std::set<std::string> names;
  if (!also.empty()) names.insert(also);
  ForEach([&names](const std::string& name, int&) { names.insert(name); });
  std::vector<std::string> ordered(names.begin(), names.end());
  ForEach([&ordered](const std::string& name, int& position) {
    position =
        static_cast<int>(std::lower_bound(ordered.begin(), ordered.end(), name) - ordered.begin());
  });
  return ordered;
}

int NameUse::FirstPosition() const {
  int first = -1;
  for (const int position : positions_) {
    if (position >= 0 && (first < 0 || position < first)) first = position;
  }
  return first;
}

}  // namespace quotacast::metrics
