// How the four clients run a call: deadline, cancellation, status. Only they include it.
#ifndef QUOTACAST_CLIENTS_CPP_CALLS_H_
#define QUOTACAST_CLIENTS_CPP_CALLS_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/call_options.h"
#include "clients/cpp/status_conversion.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "grpcpp/support/sync_stream.h"

namespace quotacast::clients {

// The context of one call. Sets the deadline; asks options.cancelled (when there is one) at once
// and then, from a thread while it lives, again and again, and cancels the call. Not thread-safe.
class Call {
 public:
  explicit Call(const CallOptions& options);
  // Stops the thread.
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  grpc::ClientContext* context() { return &context_; }

 private:
  void Watch();

  grpc::ClientContext context_;
  std::function<bool()> cancelled_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;  // Guarded by mutex_.
  std::thread watcher_;
};

// Runs a unary method: `invoke(context, &response)` calls the stub.
template <typename Response, typename Invoke>
absl::StatusOr<Response> RunUnary(const CallOptions& options, const Invoke& invoke) {
  Call call(options);
  Response response;
  const grpc::Status status = invoke(call.context(), &response);
  if (!status.ok()) return ToAbslStatus(status);
  return response;
}

// Runs a server-streaming method: `open(context)` returns the reader. Hands each message on as
// it arrives; OK when the stream ended well or `on_message` returned false, which cancels the
// rest of it.
template <typename Response, typename Open>
absl::Status RunServerStream(const CallOptions& options, const Open& open,
                             const std::function<bool(Response&&)>& on_message) {
  Call call(options);
  std::unique_ptr<grpc::ClientReader<Response>> reader = open(call.context());
  bool enough = false;
  Response message;
  while (reader->Read(&message)) {
    if (!on_message(std::move(message))) {
      enough = true;
      call.context()->TryCancel();
      break;
    }
    // Reading clears the message and keeps its memory, unless it was moved away.
  }
  const grpc::Status status = reader->Finish();
  return enough ? absl::OkStatus() : ToAbslStatus(status);
}

}  // namespace quotacast::clients

#endif  // QUOTACAST_CLIENTS_CPP_CALLS_H_
