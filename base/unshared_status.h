// A status for another thread.
#ifndef QUOTACAST_BASE_UNSHARED_STATUS_H_
#define QUOTACAST_BASE_UNSHARED_STATUS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace quotacast {

// An equal status that shares no storage with `status`. Copies of a status share a counted
// representation, which is safe; but the system's Abseil counts where ThreadSanitizer cannot see,
// so that one error handed to several threads looks like a race to it.
inline absl::Status Unshared(const absl::Status& status) {
  absl::Status copy(status.code(), status.message());
  status.ForEachPayload([&copy](absl::string_view type_url, const absl::Cord& payload) {
    copy.SetPayload(type_url, absl::Cord(std::string(payload)));
  });
  return copy;
}

}  // namespace quotacast

#endif  // QUOTACAST_BASE_UNSHARED_STATUS_H_
