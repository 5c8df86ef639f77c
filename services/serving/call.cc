#include "services/serving/call.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/string_views.h"
#include "services/serving/call_context.h"
#include "services/serving/serving.h"
#include "services/serving/status_conversion.h"

namespace quotacast::serving::internal {
namespace {

absl::Time EffectiveDeadline(const ServingOptions& options,
                             const grpc::CallbackServerContext& grpc_context, CallKind kind,
                             absl::Time now) {
  const bool unary = kind == CallKind::kUnary;
  const auto asked = grpc_context.deadline();
  // gRPC's way of saying that the caller set none.
  if (asked == std::chrono::system_clock::time_point::max()) {
    return now + (unary ? options.deadline_default : options.stream_deadline_max);
  }
  const absl::Duration limit = unary ? options.deadline_max : options.stream_deadline_max;
  return std::min(absl::FromChrono(asked), now + limit);
}

absl::Status WithReason(absl::Status status, std::string_view reason) {
  ErrorDetail detail;
  detail.reason = std::string(reason);
  return WithDetail(std::move(status), detail);
}

}  // namespace

std::string MethodName(std::string_view service, std::string_view request_full_name) {
  constexpr std::string_view kSuffix = "Request";
  std::string_view method = request_full_name.substr(request_full_name.rfind('.') + 1);
  if (method.size() > kSuffix.size() && method.substr(method.size() - kSuffix.size()) == kSuffix) {
    method.remove_suffix(kSuffix.size());
  }
  return absl::StrCat(AbslView(service), "/", AbslView(method));
}

Call::Call(Serving& serving, grpc::CallbackServerContext* grpc_context, std::string method,
           CallKind kind)
    : serving_(serving),
      grpc_context_(grpc_context),
      method_(std::move(method)),
      arrival_time_(serving.clock().Now()),
      context_(LoopbackPrincipal(),
               EffectiveDeadline(serving.options(), *grpc_context, kind, arrival_time_),
               serving.clock()) {}

void Call::Start(const std::optional<WorkspaceSource>& workspace, std::shared_ptr<void> keep_alive,
                 std::function<absl::Status()> work) {
  if (workspace.has_value()) {
    const absl::Status status =
        context_.EnterWorkspace(workspace->field, workspace->resource_name, workspace->tail)
            .status();
    if (!status.ok()) return FinishOnce(status);
  }
  const bool admitted = serving_.executor().TrySubmit(
      [this, keep_alive = std::move(keep_alive), work = std::move(work)] {
        {
          std::lock_guard<std::mutex> lock(wait_mu_);
          queue_wait_ = serving_.clock().Now() - arrival_time_;
        }
        // Nobody would read the answer of a call that ended while it waited.
        FinishOnce(context_.cancelled() ? EndedStatus() : work());
      });
  if (!admitted) {
    FinishOnce(Overloaded(absl::StrCat(serving_.options().service,
                                       " is busy: all its threads work and its queue is full"),
                          serving_.options().overload_retry_after));
  }
}

void Call::CancelAndFinish() {
  context_.Cancel();
  FinishOnce(EndedStatus());
}

bool Call::RunOperation(const std::function<void()>& start) {
  {
    std::lock_guard<std::mutex> order(order_mu_);
    if (finished_) return false;
    {
      std::lock_guard<std::mutex> lock(operation_mu_);
      operation_in_flight_ = true;
    }
    start();
  }
  {
    std::unique_lock<std::mutex> lock(operation_mu_);
    const auto remaining = absl::ToChronoNanoseconds(
        std::min(context_.deadline() - serving_.clock().Now(), absl::Hours(24)));
    if (operation_done_.wait_for(lock, remaining, [this] { return !operation_in_flight_; })) {
      return operation_ok_;
    }
  }
  // A caller that neither reads nor hangs up: end the call from our side, which also ends the
  // operation. The context is gRPC's until Finish, hence the lock.
  context_.Cancel();
  std::lock_guard<std::mutex> order(order_mu_);
  if (!finished_) grpc_context_->TryCancel();
  return false;
}

void Call::Complete(bool ok) {
  {
    std::lock_guard<std::mutex> lock(operation_mu_);
    operation_in_flight_ = false;
    operation_ok_ = ok;
  }
  operation_done_.notify_all();
}

void Call::FinishOnce(const absl::Status& status) {
  absl::Status final_status = status;
  // Cores report an expired deadline as cancellation, for all they see is one flag.
  if (absl::IsCancelled(status) && context_.expired()) final_status = EndedStatus();
  {
    std::lock_guard<std::mutex> order(order_mu_);
    if (finished_) return;
    finished_ = true;
    FinishRpc(ToGrpcStatus(final_status));
  }
  CallRecord record;
  record.method = method_;
  record.workspace = context_.workspace();
  record.principal = context_.principal().id;
  record.code = final_status.code();
  if (!final_status.ok()) record.reason = ReasonOf(final_status);
  record.duration = serving_.clock().Now() - arrival_time_;
  {
    std::lock_guard<std::mutex> lock(wait_mu_);
    record.queue_wait = queue_wait_;
  }
  serving_.Log(record);
}

absl::Status Call::EndedStatus() const {
  if (context_.expired()) {
    return WithReason(absl::DeadlineExceededError("the deadline of the call has passed"),
                      "DEADLINE_EXCEEDED");
  }
  return WithReason(absl::CancelledError("the caller cancelled the call"), "CANCELLED");
}

}  // namespace quotacast::serving::internal
