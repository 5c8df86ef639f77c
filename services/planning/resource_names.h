// Names of resources and page tokens.
#ifndef QUOTACAST_SERVICES_PLANNING_RESOURCE_NAMES_H_
#define QUOTACAST_SERVICES_PLANNING_RESOURCE_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace quotacast::planning {

inline constexpr size_t kMaxResourceIdBytes = 63;
inline constexpr int kDefaultPageSize = 100;
inline constexpr int kMaxPageSize = 1'000;  // A larger wish is given this many.

// "workspaces/{workspace}" -> the workspace. INVALID_ARGUMENT at `parent` otherwise. What a
// workspace may be called is the server's business.
absl::StatusOr<std::string> ParseParent(std::string_view parent);

// A resource of one collection ("goals").
struct ResourceName {
  std::string workspace;
  std::string id;
};

// "workspaces/{workspace}/{collection}/{id}"; INVALID_ARGUMENT at `name` otherwise.
absl::StatusOr<ResourceName> ParseName(std::string_view name, std::string_view collection);

std::string NameOf(std::string_view workspace, std::string_view collection, std::string_view id);

// 1 to 63 lower-case letters, digits and hyphens, beginning with a letter; INVALID_ARGUMENT at
// `field` otherwise.
absl::Status CheckResourceId(std::string_view id, std::string_view field);

// A page of a list: positions [begin, end) and the token of the next page, empty at the end.
struct PageRange {
  size_t begin = 0;
  size_t end = 0;
  std::string next_page_token;
};

// Lists only grow at their end, so a token is the position after the last one shown; it belongs to
// its collection and is opaque to callers. INVALID_ARGUMENT at `page_size` (negative) or
// `page_token` (not one of ours).
absl::StatusOr<PageRange> PageOf(std::string_view collection, size_t size, int32_t page_size,
                                 std::string_view page_token);

}  // namespace quotacast::planning

#endif  // QUOTACAST_SERVICES_PLANNING_RESOURCE_NAMES_H_
