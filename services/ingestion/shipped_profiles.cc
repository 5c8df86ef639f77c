#include "services/ingestion/shipped_profiles.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "services/ingestion/profiles/profile_texts.h"

namespace quotacast::ingestion {

std::vector<std::string_view> ShippedProfileNames() {
  std::vector<std::string_view> names;
  for (const ProfileText& profile : kProfileTexts) names.push_back(profile.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<std::string_view> ShippedProfileText(std::string_view name) {
  for (const ProfileText& profile : kProfileTexts) {
    if (profile.name == name) return profile.text;
  }
  return std::nullopt;
}

}  // namespace quotacast::ingestion
