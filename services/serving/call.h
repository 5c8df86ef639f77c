// The life of one call, whatever its kind: admission, queue, exactly one Finish, one log line.
// handler.h derives one class per kind from it; nobody else needs this header.
#ifndef QUOTACAST_SERVICES_SERVING_CALL_H_
#define QUOTACAST_SERVICES_SERVING_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/serving/call_context.h"
#include "services/serving/serving.h"

namespace quotacast::serving::internal {

// Where a request names its workspace.
struct WorkspaceSource {
  std::string_view field;  // "spec.parent".
  std::string_view resource_name;
  NameTail tail = NameTail::kNone;
};

enum class CallKind { kUnary, kStream };

// "quotacast.x.v1.XService" and "quotacast.x.v1.DoRequest" -> "quotacast.x.v1.XService/Do". The
// lint rules for schemas tie the request's name to the method's; gRPC does not tell us the method.
std::string MethodName(std::string_view service, std::string_view request_full_name);

// Two parties use a call: gRPC, until OnDone, and the handler, until it returns. Either may end
// first (a cancelled call is over for gRPC while its handler still runs), so the object is shared
// and holds its own request and response. Thread-safe.
class Call {
 public:
  // `grpc_context` is gRPC's and dies after Finish.
  Call(Serving& serving, grpc::CallbackServerContext* grpc_context, std::string method,
       CallKind kind);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  CallContext& context() { return context_; }

 protected:
  virtual ~Call() = default;

  // Checks the workspace, then queues `work`, whose status finishes the call; `keep_alive` holds
  // this object until `work` returned. Finishes the call at once when it is refused.
  void Start(const std::optional<WorkspaceSource>& workspace, std::shared_ptr<void> keep_alive,
             std::function<absl::Status()> work);

  // For the OnCancel reaction. The caller keeps this object alive.
  void CancelAndFinish();

  // Starts a gRPC operation that sends (a write, the headers) and blocks until CompleteWrite tells
  // its end, on a thread of the handler's. False when the operation failed, the call is over or the
  // deadline passed. At most one at a time.
  bool RunWrite(const std::function<void()>& start);

  // The same for the read of the caller's next message, which also ends the call when none comes
  // within ServingOptions::next_message_wait_max. A read and a write may run side by side.
  bool RunRead(const std::function<void()>& start);

  // Makes a RunRead that waits, and all later ones, return false. What gRPC reads meanwhile is
  // dropped.
  void InterruptRead();

  // For the OnReadDone reaction, and for OnWriteDone and OnSendInitialMetadataDone.
  void CompleteRead(bool ok) { Complete(read_, ok); }
  void CompleteWrite(bool ok) { Complete(write_, ok); }

  // Passes the status to gRPC. Called exactly once.
  virtual void FinishRpc(const grpc::Status& status) = 0;

 private:
  // Who chose the deadline.
  enum class DeadlineOrigin { kCaller, kServerDefault, kServerMaximum };
  struct Deadline {
    absl::Time time;
    DeadlineOrigin origin = DeadlineOrigin::kCaller;
  };
  static Deadline EffectiveDeadline(const ServingOptions& options,
                                    const grpc::CallbackServerContext& grpc_context, CallKind kind,
                                    absl::Time now);

  // One direction of a stream, in which gRPC allows one operation at a time.
  struct Operation {
    std::mutex mu;
    std::condition_variable done;
    bool in_flight = false;    // Guarded by mu.
    bool ok = false;           // Guarded by mu.
    bool interrupted = false;  // Guarded by mu. Nothing is started any more.
  };
  // How an operation ended.
  enum class Ended { kOk, kFailed, kTooLate };
  // `wait_max` counts from now; the deadline of the call bounds it.
  Ended Await(Operation& operation, const std::function<void()>& start, absl::Duration wait_max);
  static void Complete(Operation& operation, bool ok);
  void FinishOnce(const absl::Status& status);
  absl::Status EndedStatus() const;

  Serving& serving_;
  grpc::CallbackServerContext* const grpc_context_;
  const std::string method_;
  const CallKind kind_;
  const absl::Time arrival_time_;
  const Deadline deadline_;
  CallContext context_;

  // Orders what is asked of gRPC: nothing may be started on a call after its Finish. Reactions
  // that report completion take the other mutex, so they may run while this one is held.
  std::mutex order_mu_;
  bool finished_ = false;  // Guarded by order_mu_.

  Operation read_;
  Operation write_;

  std::mutex wait_mu_;
  absl::Duration queue_wait_;  // Guarded by wait_mu_.
};

}  // namespace quotacast::serving::internal

#endif  // QUOTACAST_SERVICES_SERVING_CALL_H_
