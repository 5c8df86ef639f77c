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

absl::Status WithReason(absl::Status status, std::string_view reason) {
  ErrorDetail detail;
  detail.reason = std::string(reason);
  return WithDetail(std::move(status), detail);
}

}  // namespace

Call::Deadline Call::EffectiveDeadline(const ServingOptions& options,
                                       const grpc::CallbackServerContext& grpc_context,
                                       CallKind kind, absl::Time now) {
  const bool unary = kind == CallKind::kUnary;
  const auto asked = grpc_context.deadline();
  // gRPC's way of saying that the caller set none.
  if (asked == std::chrono::system_clock::time_point::max()) {
    return {now + (unary ? options.deadline_default : options.stream_deadline_max),
            DeadlineOrigin::kServerDefault};
  }
  const absl::Time latest = now + (unary ? options.deadline_max : options.stream_deadline_max);
  if (absl::FromChrono(asked) > latest) return {latest, DeadlineOrigin::kServerMaximum};
  return {absl::FromChrono(asked), DeadlineOrigin::kCaller};
}

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
      kind_(kind),
      arrival_time_(serving.clock().Now()),
      deadline_(EffectiveDeadline(serving.options(), *grpc_context, kind, arrival_time_)),
      context_(LoopbackPrincipal(), deadline_.time, serving.clock()) {}

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

bool Call::RunWrite(const std::function<void()>& start) {
  const Ended ended = Await(write_, start, absl::InfiniteDuration());
  if (ended != Ended::kTooLate) return ended == Ended::kOk;
  // A caller that neither reads nor hangs up: end the call from our side, which also ends the
  // operation. A status would wait behind the message that is not read. The context is gRPC's
  // until Finish, hence the lock.
  context_.Cancel();
  std::lock_guard<std::mutex> order(order_mu_);
  if (!finished_) grpc_context_->TryCancel();
  return false;
}

bool Call::RunRead(const std::function<void()>& start) {
  const absl::Duration wait_max = serving_.options().next_message_wait_max;
  const Ended ended = Await(read_, start, wait_max);
  if (ended != Ended::kTooLate) return ended == Ended::kOk;
  // A caller that neither sends nor hangs up. Finishing also ends the read.
  const absl::Status status =
      context_.expired()
          ? EndedStatus()
          : WithReason(absl::DeadlineExceededError(absl::StrCat(
                           "no message came for ", absl::FormatDuration(wait_max),
                           ", the longest that this call may stand still; send it all again")),
                       "DEADLINE_EXCEEDED");
  context_.Cancel();
  FinishOnce(status);
  return false;
}

Call::Ended Call::Await(Operation& operation, const std::function<void()>& start,
                        absl::Duration wait_max) {
  {
    std::lock_guard<std::mutex> order(order_mu_);
    if (finished_) return Ended::kFailed;
    {
      std::lock_guard<std::mutex> lock(operation.mu);
      if (operation.interrupted) return Ended::kFailed;
      operation.in_flight = true;
    }
    start();
  }
  std::unique_lock<std::mutex> lock(operation.mu);
  const auto wait = absl::ToChronoNanoseconds(
      std::min({context_.deadline() - serving_.clock().Now(), wait_max, absl::Hours(24)}));
  if (!operation.done.wait_for(
          lock, wait, [&operation] { return !operation.in_flight || operation.interrupted; })) {
    return Ended::kTooLate;
  }
  if (operation.in_flight) return Ended::kFailed;
  return operation.ok ? Ended::kOk : Ended::kFailed;
}

void Call::InterruptRead() {
  {
    std::lock_guard<std::mutex> lock(read_.mu);
    read_.interrupted = true;
  }
  read_.done.notify_all();
}

void Call::Complete(Operation& operation, bool ok) {
  {
    std::lock_guard<std::mutex> lock(operation.mu);
    operation.in_flight = false;
    operation.ok = ok;
  }
  operation.done.notify_all();
}

void Call::FinishOnce(const absl::Status& status) {
  absl::Status final_status = status;
  // Cores report an expired deadline as cancellation, for all they see is one flag, or as the
  // deadline of a call downstream, which was given what is left of ours.
  if ((absl::IsCancelled(status) || absl::IsDeadlineExceeded(status)) && context_.expired()) {
    final_status = EndedStatus();
  }
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
  if (!context_.expired()) {
    return WithReason(absl::CancelledError("the caller cancelled the call"), "CANCELLED");
  }
  std::string message = "the deadline of the call has passed";
  const std::string lasted = absl::FormatDuration(deadline_.time - arrival_time_);
  const bool unary = kind_ == CallKind::kUnary;
  const std::string longest = absl::FormatDuration(unary ? serving_.options().deadline_max
                                                         : serving_.options().stream_deadline_max);
  if (deadline_.origin == DeadlineOrigin::kServerMaximum) {
    message =
        absl::StrCat("the call took longer than ", longest, ", the longest the server allows");
  } else if (deadline_.origin == DeadlineOrigin::kServerDefault) {
    message = absl::StrCat(
        "the call took longer than the ", lasted,
        " the server gives a caller who sets no deadline; ",
        lasted == longest ? "none may be longer" : absl::StrCat("set one, of at most ", longest));
  }
  return WithReason(absl::DeadlineExceededError(message), "DEADLINE_EXCEEDED");
}

}  // namespace quotacast::serving::internal
