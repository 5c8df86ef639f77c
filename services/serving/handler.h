// The one wrapper around every handler: principal, workspace, deadline, admission, cancellation,
// error details and log line. An adapter is one line per RPC:
//
//   grpc::ServerUnaryReactor* QueryKpi(grpc::CallbackServerContext* context,
//                                      const QueryKpiRequest* request,
//                                      QueryKpiResponse* response) override {
//     return serving::HandleUnary(
//         serving_, context, request, response,
//         [this](const serving::CallContext& call, const QueryKpiRequest& request,
//                QueryKpiResponse* response) { return core_.QueryKpi(call.workspace(), ...); });
//   }
//   grpc::ServerWriteReactor<StreamForecastResponse>* StreamForecast(...) override {
//     return serving::HandleServerStream<StreamForecastResponse>(serving_, context, request, ...);
//   }
//   grpc::ServerReadReactor<ImportFilesRequest>* ImportFiles(...) override {
//     return serving::HandleClientStream<ImportFilesRequest>(serving_, context, response, ...);
//   }
//   grpc::ServerBidiReactor<AppendEventsRequest, AppendEventsResponse>* AppendEvents(...) override
//   {
//     return serving::HandleBidiStream<AppendEventsRequest, AppendEventsResponse>(
//         serving_, context, ...);
//   }
//
// What the wrapper does, in order: principal; workspace (INVALID_ARGUMENT with the field's path),
// taken from the request's parent, name or spec.parent; deadline (default and maximum of
// ServingOptions); admission (RESOURCE_EXHAUSTED, reason OVERLOADED, with a retry hint, when the
// queue is full); then the handler, on the service's executor and never in a reaction.
// A call whose deadline passed in the queue ends DEADLINE_EXCEEDED without running. When the call
// is cancelled gRPC's side ends at once, and the handler, which polls CallContext::cancelled(),
// soon after; what it returns is dropped. Each call is logged once.
#ifndef QUOTACAST_SERVICES_SERVING_HANDLER_H_
#define QUOTACAST_SERVICES_SERVING_HANDLER_H_

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "base/errors.h"
#include "services/serving/call.h"
#include "services/serving/call_context.h"
#include "services/serving/serving.h"

namespace quotacast::serving {

// The response side of a server stream, for its handler's thread only.
template <typename Response>
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  // Sends a copy and blocks until gRPC took it, so at most one message is in flight and a slow
  // reader slows the handler. False when the call is over: the handler should return.
  virtual bool Write(const Response& message) = 0;
};

// The request side of a client stream, for its handler's thread only.
template <typename Request>
class StreamReader {
 public:
  virtual ~StreamReader() = default;
  // Blocks for the next message, at most for ServingOptions::next_message_wait_max, which ends the
  // call. False at the end, and when the call is over. Only when cancelled() is then still false
  // did the caller say that it sent all it wanted to send: check it before making anything durable.
  virtual bool Read(Request* message) = 0;
  // Makes a Read that waits, and all later ones, return false: for a handler that has nothing left
  // to read for. From any thread while the handler runs.
  virtual void StopReading() = 0;
};

template <typename Request, typename Response>
using UnaryHandler = std::function<absl::Status(const CallContext&, const Request&, Response*)>;

template <typename Request, typename Response>
using ServerStreamHandler =
    std::function<absl::Status(const CallContext&, const Request&, StreamWriter<Response>&)>;

// The handler calls CallContext::EnterWorkspace once it has read the header.
template <typename Request, typename Response>
using ClientStreamHandler =
    std::function<absl::Status(CallContext&, StreamReader<Request>&, Response*)>;

// The handler calls CallContext::EnterWorkspace once it has read the header. One thread may read
// while another one writes, both within the handler's time. Unlike in a client stream the end of
// what the caller sends is not told from the caller's breaking off: each message has to be complete
// in itself, and what an answer promises must be done before it is written.
template <typename Request, typename Response>
using BidiStreamHandler =
    std::function<absl::Status(CallContext&, StreamReader<Request>&, StreamWriter<Response>&)>;

namespace internal {

// The workspace of a request: its parent, its name, or its spec's parent; none when it has none.
template <typename Request>
std::optional<WorkspaceSource> FindWorkspace(const Request& request) {
  if constexpr (requires { request.parent(); }) {
    return WorkspaceSource{"parent", request.parent(), NameTail::kNone};
  } else if constexpr (requires { request.spec().parent(); }) {
    return WorkspaceSource{"spec.parent", request.spec().parent(), NameTail::kNone};
  } else if constexpr (requires { request.name(); }) {
    return WorkspaceSource{"name", request.name(), NameTail::kAllowed};
  } else {
    return std::nullopt;
  }
}

template <typename Request, typename Response>
class UnaryCall final : public grpc::ServerUnaryReactor, public Call {
 public:
  UnaryCall(Serving& serving, grpc::CallbackServerContext* context, const Request* request,
            Response* response, UnaryHandler<Request, Response> handler)
      : Call(serving, context,
             MethodName(serving.options().service, Request::descriptor()->full_name()),
             CallKind::kUnary),
        request_(*request),
        rpc_response_(response),
        handler_(std::move(handler)) {}

  void Begin(std::shared_ptr<UnaryCall> self) {
    self_ = self;
    Start(FindWorkspace(request_), self,
          [this] { return handler_(context(), request_, &response_); });
  }

 private:
  void OnCancel() override {
    const std::shared_ptr<UnaryCall> keep_alive = self_;
    CancelAndFinish();
  }
  void OnDone() override { self_.reset(); }
  void FinishRpc(const grpc::Status& status) override {
    if (status.ok()) *rpc_response_ = std::move(response_);
    grpc::ServerUnaryReactor::Finish(status);
  }

  const Request request_;
  Response response_;
  Response* const rpc_response_;
  const UnaryHandler<Request, Response> handler_;
  std::shared_ptr<UnaryCall> self_;  // gRPC's share, until OnDone.
};

template <typename Request, typename Response>
class ServerStreamCall final : public grpc::ServerWriteReactor<Response>,
                               public Call,
                               public StreamWriter<Response> {
 public:
  ServerStreamCall(Serving& serving, grpc::CallbackServerContext* context, Request request,
                   ServerStreamHandler<Request, Response> handler)
      : Call(serving, context,
             MethodName(serving.options().service, Request::descriptor()->full_name()),
             CallKind::kStream),
        request_(std::move(request)),
        handler_(std::move(handler)) {}

  void Begin(std::shared_ptr<ServerStreamCall> self) {
    self_ = self;
    Start(FindWorkspace(request_), self, [this] { return handler_(context(), request_, *this); });
  }
  // For a request that cannot be read.
  void BeginRefused(std::shared_ptr<ServerStreamCall> self, const absl::Status& status) {
    self_ = self;
    Start(std::nullopt, self, [status] { return status; });
  }

  bool Write(const Response& message) override {
    if (context().cancelled()) return false;
    message_ = message;
    const bool taken = RunWrite([this] { this->StartWrite(&message_); });
    // A write only fails when the call is over; OnCancel may tell so a little later.
    if (!taken) context().Cancel();
    return taken;
  }

 private:
  void OnWriteDone(bool ok) override { CompleteWrite(ok); }
  void OnCancel() override {
    const std::shared_ptr<ServerStreamCall> keep_alive = self_;
    CancelAndFinish();
  }
  void OnDone() override { self_.reset(); }
  void FinishRpc(const grpc::Status& status) override {
    grpc::ServerWriteReactor<Response>::Finish(status);
  }

  const Request request_;
  Response message_;  // In flight; gRPC reads it until OnWriteDone.
  const ServerStreamHandler<Request, Response> handler_;
  std::shared_ptr<ServerStreamCall> self_;  // gRPC's share, until OnDone.
};

template <typename Request, typename Response>
class ClientStreamCall final : public grpc::ServerReadReactor<Request>,
                               public Call,
                               public StreamReader<Request> {
 public:
  ClientStreamCall(Serving& serving, grpc::CallbackServerContext* context, Response* response,
                   ClientStreamHandler<Request, Response> handler)
      : Call(serving, context,
             MethodName(serving.options().service, Request::descriptor()->full_name()),
             CallKind::kStream),
        rpc_response_(response),
        handler_(std::move(handler)) {}

  void Begin(std::shared_ptr<ClientStreamCall> self) {
    self_ = self;
    Start(std::nullopt, self, [this] { return handler_(context(), *this, &response_); });
  }

  bool Read(Request* message) override {
    if (ended_ || context().cancelled()) return false;
    if (!RunRead([this] { this->StartRead(&message_); })) {
      ended_ = true;
      // gRPC reports the caller's end and the caller's breaking off alike. Sending the headers
      // tells them apart: it fails on a broken stream.
      if (!RunWrite([this] { this->StartSendInitialMetadata(); })) context().Cancel();
      return false;
    }
    *message = std::move(message_);
    return true;
  }
  void StopReading() override { InterruptRead(); }

 private:
  void OnReadDone(bool ok) override { CompleteRead(ok); }
  void OnSendInitialMetadataDone(bool ok) override { CompleteWrite(ok); }
  void OnCancel() override {
    const std::shared_ptr<ClientStreamCall> keep_alive = self_;
    CancelAndFinish();
  }
  void OnDone() override { self_.reset(); }
  void FinishRpc(const grpc::Status& status) override {
    if (status.ok()) *rpc_response_ = std::move(response_);
    grpc::ServerReadReactor<Request>::Finish(status);
  }

  Request message_;  // In flight; gRPC writes it until OnReadDone.
  bool ended_ = false;
  Response response_;
  Response* const rpc_response_;
  const ClientStreamHandler<Request, Response> handler_;
  std::shared_ptr<ClientStreamCall> self_;  // gRPC's share, until OnDone.
};

template <typename Request, typename Response>
class BidiStreamCall final : public grpc::ServerBidiReactor<Request, Response>,
                             public Call,
                             public StreamReader<Request>,
                             public StreamWriter<Response> {
 public:
  BidiStreamCall(Serving& serving, grpc::CallbackServerContext* context,
                 BidiStreamHandler<Request, Response> handler)
      : Call(serving, context,
             MethodName(serving.options().service, Request::descriptor()->full_name()),
             CallKind::kStream),
        handler_(std::move(handler)) {}

  void Begin(std::shared_ptr<BidiStreamCall> self) {
    self_ = self;
    Start(std::nullopt, self, [this] { return handler_(context(), *this, *this); });
  }

  bool Read(Request* message) override {
    if (ended_ || context().cancelled()) return false;
    if (!RunRead([this] { this->StartRead(&request_); })) {
      ended_ = true;
      return false;
    }
    // Swaps, so that the memory of the handler's last message serves the next one.
    *message = std::move(request_);
    return true;
  }
  void StopReading() override { InterruptRead(); }

  bool Write(const Response& message) override {
    if (context().cancelled()) return false;
    response_ = message;
    const bool taken = RunWrite([this] { this->StartWrite(&response_); });
    if (!taken) context().Cancel();
    return taken;
  }

 private:
  void OnReadDone(bool ok) override { CompleteRead(ok); }
  void OnWriteDone(bool ok) override { CompleteWrite(ok); }
  void OnCancel() override {
    const std::shared_ptr<BidiStreamCall> keep_alive = self_;
    CancelAndFinish();
  }
  void OnDone() override { self_.reset(); }
  void FinishRpc(const grpc::Status& status) override {
    grpc::ServerBidiReactor<Request, Response>::Finish(status);
  }

  Request request_;     // In flight; gRPC writes it until OnReadDone.
  bool ended_ = false;  // For the reading thread only.
  Response response_;   // In flight; gRPC reads it until OnWriteDone.
  const BidiStreamHandler<Request, Response> handler_;
  std::shared_ptr<BidiStreamCall> self_;  // gRPC's share, until OnDone.
};

}  // namespace internal

// `serving` must outlive the call. `request` and `response` are gRPC's; the handler works on
// copies that stay valid when the call is cancelled.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* HandleUnary(
    Serving& serving, grpc::CallbackServerContext* context, const Request* request,
    Response* response, std::type_identity_t<UnaryHandler<Request, Response>> handler) {
  auto call = std::make_shared<internal::UnaryCall<Request, Response>>(
      serving, context, request, response, std::move(handler));
  call->Begin(call);
  return call.get();
}

template <typename Response, typename Request>
grpc::ServerWriteReactor<Response>* HandleServerStream(
    Serving& serving, grpc::CallbackServerContext* context, const Request* request,
    std::type_identity_t<ServerStreamHandler<Request, Response>> handler) {
  auto call = std::make_shared<internal::ServerStreamCall<Request, Response>>(
      serving, context, *request, std::move(handler));
  call->Begin(call);
  return call.get();
}

// The same for a method whose handler writes serialised messages (generated raw methods): for
// feeds whose contents need not be parsed on their way. INVALID_ARGUMENT (INVALID_FIELD) when the
// request is no `Request`.
template <typename Request>
grpc::ServerWriteReactor<grpc::ByteBuffer>* HandleRawServerStream(
    Serving& serving, grpc::CallbackServerContext* context, const grpc::ByteBuffer* raw_request,
    std::type_identity_t<ServerStreamHandler<Request, grpc::ByteBuffer>> handler) {
  Request request;
  grpc::ByteBuffer bytes = *raw_request;  // Reading a buffer empties it.
  const bool readable = grpc::SerializationTraits<Request>::Deserialize(&bytes, &request).ok();
  auto call = std::make_shared<internal::ServerStreamCall<Request, grpc::ByteBuffer>>(
      serving, context, std::move(request), std::move(handler));
  if (readable) {
    call->Begin(call);
  } else {
    call->BeginRefused(call, InvalidField("request", "is no message of the method's request type"));
  }
  return call.get();
}

template <typename Request, typename Response>
grpc::ServerReadReactor<Request>* HandleClientStream(
    Serving& serving, grpc::CallbackServerContext* context, Response* response,
    std::type_identity_t<ClientStreamHandler<Request, Response>> handler) {
  auto call = std::make_shared<internal::ClientStreamCall<Request, Response>>(
      serving, context, response, std::move(handler));
  call->Begin(call);
  return call.get();
}

template <typename Request, typename Response>
grpc::ServerBidiReactor<Request, Response>* HandleBidiStream(
    Serving& serving, grpc::CallbackServerContext* context,
    std::type_identity_t<BidiStreamHandler<Request, Response>> handler) {
  auto call = std::make_shared<internal::BidiStreamCall<Request, Response>>(serving, context,
                                                                            std::move(handler));
  call->Begin(call);
  return call.get();
}

}  // namespace quotacast::serving

#endif  // QUOTACAST_SERVICES_SERVING_HANDLER_H_
