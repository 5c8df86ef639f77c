#include "clients/cli/grouping_words.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace quotacast::cli {

using metrics::v1::GroupBy;

std::string GroupByWord(int group_by) {
  if (!metrics::v1::GroupBy_IsValid(group_by)) return absl::StrCat(group_by);
  const std::string& name = metrics::v1::GroupBy_Name(static_cast<GroupBy>(group_by));
  return absl::AsciiStrToLower(absl::StripPrefix(name, "GROUP_BY_"));
}

std::vector<std::string> GroupByWords() {
  std::vector<std::string> words;
  for (int value = metrics::v1::GROUP_BY_ORG; value <= metrics::v1::GroupBy_MAX; ++value) {
    if (metrics::v1::GroupBy_IsValid(value)) words.push_back(GroupByWord(value));
  }
  return words;
}

std::optional<GroupBy> GroupByOfWord(const std::string& word) {
  GroupBy group_by = metrics::v1::GROUP_BY_UNSPECIFIED;
  const bool is_known =
      metrics::v1::GroupBy_Parse(absl::StrCat("GROUP_BY_", absl::AsciiStrToUpper(word)), &group_by);
  // Only as it is written: neither "Rep" nor what stands for nothing.
  if (!is_known || group_by == metrics::v1::GROUP_BY_UNSPECIFIED) return std::nullopt;
  return GroupByWord(group_by) == word ? std::optional<GroupBy>(group_by) : std::nullopt;
}

}  // namespace quotacast::cli
