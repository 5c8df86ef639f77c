// Bridges between std::string_view and absl::string_view.
//
// Abseil as Debian builds it has a string_view class of its own, and neither of the two converts
// to the other. Our interfaces say std::string_view; a call into Abseil (StrCat, Status messages,
// SimpleAtoi ...) wraps it in AbslView. Constant time; the bytes stay where they are.
#ifndef QUOTACAST_BASE_STRING_VIEWS_H_
#define QUOTACAST_BASE_STRING_VIEWS_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace quotacast {

inline absl::string_view AbslView(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

inline std::string_view StdView(absl::string_view text) {
  return std::string_view(text.data(), text.size());
}

}  // namespace quotacast

#endif  // QUOTACAST_BASE_STRING_VIEWS_H_
