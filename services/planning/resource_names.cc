#include "services/planning/resource_names.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/errors.h"
#include "base/string_views.h"

namespace quotacast::planning {
namespace {

constexpr char kWorkspaces[] = "workspaces";

}  // namespace

absl::StatusOr<std::string> ParseParent(std::string_view parent) {
  const std::vector<std::string> parts = absl::StrSplit(AbslView(parent), '/');
  if (parts.size() == 2 && parts[0] == kWorkspaces && !parts[1].empty()) return parts[1];
  return InvalidField("parent", absl::StrCat("is `", AbslView(parent.substr(0, 256)),
                                             "`; want workspaces/{workspace}"));
}

absl::StatusOr<ResourceName> ParseName(std::string_view name, std::string_view collection) {
  const std::vector<std::string> parts = absl::StrSplit(AbslView(name), '/');
  if (parts.size() == 4 && parts[0] == kWorkspaces && !parts[1].empty() &&
      parts[2] == AbslView(collection) && !parts[3].empty()) {
    return ResourceName{parts[1], parts[3]};
  }
  return InvalidField(
      "name", absl::StrCat("is `", AbslView(name.substr(0, 256)), "`; want workspaces/{workspace}/",
                           AbslView(collection), "/{id}"));
}

std::string NameOf(std::string_view workspace, std::string_view collection, std::string_view id) {
  return absl::StrCat(kWorkspaces, "/", AbslView(workspace), "/", AbslView(collection), "/",
                      AbslView(id));
}

absl::Status CheckResourceId(std::string_view id, std::string_view field) {
  const bool sound = !id.empty() && id.size() <= kMaxResourceIdBytes &&
                     absl::ascii_islower(id[0]) && std::all_of(id.begin(), id.end(), [](char c) {
                       return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
                     });
  if (sound) return absl::OkStatus();
  return InvalidField(
      field, absl::StrCat("is `", AbslView(id.substr(0, 128)), "`; want 1 to ", kMaxResourceIdBytes,
                          " lower-case letters, digits and hyphens, beginning ", "with a letter"));
}

absl::StatusOr<PageRange> PageOf(std::string_view collection, size_t size, int32_t page_size,
                                 std::string_view page_token) {
  if (page_size < 0) {
    return InvalidField("page_size", absl::StrCat("is ", page_size, "; want 0 or more"));
  }
  const std::string prefix = absl::StrCat(AbslView(collection), "/");
  PageRange page;
  if (!page_token.empty()) {
    std::string plain;
    int64_t position = 0;
    if (!absl::WebSafeBase64Unescape(AbslView(page_token), &plain) ||
        !absl::StartsWith(plain, prefix) ||
        !absl::SimpleAtoi(plain.substr(prefix.size()), &position) || position < 1 ||
        static_cast<size_t>(position) > size) {
      return InvalidField("page_token", "is not a token of this list; ask for the first page");
    }
    page.begin = static_cast<size_t>(position);
  }
  const int wanted = page_size == 0 ? kDefaultPageSize : std::min(page_size, kMaxPageSize);
  page.end = std::min(size, page.begin + static_cast<size_t>(wanted));
  if (page.end < size) {
    page.next_page_token = absl::WebSafeBase64Escape(absl::StrCat(prefix, page.end));
  }
  return page;
}

}  // namespace quotacast::planning
