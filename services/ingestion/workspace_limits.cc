#include "services/ingestion/workspace_limits.h"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/status_macros.h"

namespace quotacast::ingestion {
namespace {

absl::Status BeyondLimit(const std::string& message, std::optional<absl::Duration> retry_after) {
  ErrorDetail detail;
  detail.reason = "WORKSPACE_LIMIT";
  detail.retry_after = retry_after;
  return WithDetail(absl::ResourceExhaustedError(message), detail);
}

}  // namespace

EventReservation::EventReservation(EventReservation&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)),
      workspace_(std::move(other.workspace_)),
      event_count_(other.event_count_) {}

EventReservation::~EventReservation() {
  if (owner_ == nullptr) return;
  const std::lock_guard<std::mutex> lock(owner_->mu_);
  owner_->workspaces_[workspace_].reserved_count -= event_count_;
}

absl::StatusOr<EventReservation> WorkspaceLimits::Reserve(std::string_view workspace,
                                                          int64_t event_count) {
  if (options_.events_per_second == 0 && options_.events_max == 0) {
    EventReservation nothing(*this, "", 0);
    nothing.owner_ = nullptr;
    return nothing;
  }
  int64_t last_offset = 0;
  if (options_.events_max > 0) {
    QC_ASSIGN_OR_RETURN(last_offset, log_.LastOffset(workspace));
  }
  const std::lock_guard<std::mutex> lock(mu_);
  const auto [entry, is_new] = workspaces_.try_emplace(std::string(workspace));
  if (is_new) {
    entry->second.refilled = clock_.Now();
    entry->second.allowance = static_cast<double>(options_.events_per_second);
  }
  // What is reserved may be in the log already, when its reservation is about to end: at worst a
  // batch is refused a moment before it would fit.
  if (options_.events_max > 0 &&
      last_offset + entry->second.reserved_count + event_count > options_.events_max) {
    return BeyondLimit(
        absl::StrCat("the workspace has ", last_offset, " events and may have ",
                     options_.events_max, "; ", event_count,
                     " more do not fit. Ask whoever runs the server for a higher limit"),
        std::nullopt);
  }
  QC_RETURN_IF_ERROR(TakeAllowance(entry->second, event_count));
  entry->second.reserved_count += event_count;
  return EventReservation(*this, std::string(workspace), event_count);
}

absl::Status WorkspaceLimits::TakeAllowance(Workspace& workspace, int64_t event_count) {
  if (options_.events_per_second == 0) return absl::OkStatus();
  const double rate = static_cast<double>(options_.events_per_second);
  const absl::Time now = clock_.Now();
  const double seconds = std::max(0.0, absl::ToDoubleSeconds(now - workspace.refilled));
  workspace.allowance = std::min(rate, workspace.allowance + seconds * rate);
  workspace.refilled = now;
  const double needed = std::min(static_cast<double>(event_count), rate);
  // The pause named below must be enough, whatever its rounding.
  constexpr double kRounding = 1e-6;
  if (workspace.allowance + kRounding < needed) {
    return BeyondLimit(absl::StrCat("the workspace may write ", options_.events_per_second,
                                    " events per second; send the batch of ", event_count,
                                    " again after the pause"),
                       absl::Seconds((needed - workspace.allowance) / rate));
  }
  workspace.allowance -= static_cast<double>(event_count);
  return absl::OkStatus();
}

}  // namespace quotacast::ingestion
