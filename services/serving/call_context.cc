#include "services/serving/call_context.h"

#include <algorithm>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/string_views.h"

namespace quotacast::serving {
namespace {

constexpr std::string_view kPrefix = "workspaces/";
constexpr size_t kQuotedBytesMax = 80;

bool IsWorkspaceByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

absl::Status Malformed(std::string_view field, std::string_view resource_name,
                       std::string_view expected) {
  return InvalidField(field,
                      absl::StrCat("is \"", AbslView(resource_name.substr(0, kQuotedBytesMax)),
                                   "\"; expected ", AbslView(expected)));
}

}  // namespace

Principal LoopbackPrincipal() { return Principal{"local"}; }

absl::StatusOr<std::string> ParseWorkspace(std::string_view field, std::string_view resource_name,
                                           NameTail tail) {
  const std::string_view form = tail == NameTail::kNone
                                    ? "\"workspaces/{workspace}\""
                                    : "a name that begins with \"workspaces/{workspace}/\"";
  if (resource_name.substr(0, kPrefix.size()) != kPrefix) {
    return Malformed(field, resource_name, form);
  }
  const std::string_view rest = resource_name.substr(kPrefix.size());
  const size_t slash = rest.find('/');
  if ((slash == std::string_view::npos) != (tail == NameTail::kNone)) {
    return Malformed(field, resource_name, form);
  }
  const std::string_view id = rest.substr(0, slash);
  if (id.empty() || id.size() > kWorkspaceBytesMax ||
      !std::all_of(id.begin(), id.end(), IsWorkspaceByte)) {
    return Malformed(field, resource_name,
                     "a workspace of 1 to 63 lower-case letters, digits, hyphens and underscores");
  }
  return std::string(id);
}

CallContext::CallContext(Principal principal, absl::Time deadline, const Clock& clock)
    : principal_(std::move(principal)), deadline_(deadline), clock_(clock) {}

std::string CallContext::workspace() const {
  std::lock_guard<std::mutex> lock(mu_);
  return workspace_;
}

bool CallContext::cancelled() const {
  return cancelled_.load(std::memory_order_acquire) || expired();
}

std::function<bool()> CallContext::cancelled_function() const {
  return [this] { return cancelled(); };
}

bool CallContext::expired() const { return clock_.Now() >= deadline_; }

absl::StatusOr<std::string> CallContext::EnterWorkspace(std::string_view field,
                                                        std::string_view resource_name,
                                                        NameTail tail) {
  absl::StatusOr<std::string> workspace = ParseWorkspace(field, resource_name, tail);
  if (!workspace.ok()) return workspace;
  std::lock_guard<std::mutex> lock(mu_);
  workspace_ = *workspace;
  return workspace;
}

}  // namespace quotacast::serving
