// Goal: the wrapper does for every unary call what it promises: workspace, deadline, admission,
// cancellation, error details, one log line; and nothing that a handler holds dies under it.
// Method: a real gRPC server in process whose handlers are set by each test and block on latches
// where an interleaving matters. Also run under the address sanitizer.
#include "services/serving/handler.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "services/serving/testing/scripted_server.h"

namespace quotacast::serving {
namespace {

using simulation::v1::ForecastRequest;
using simulation::v1::ForecastResponse;
using testing::ScriptedServer;

constexpr char kMethod[] = "quotacast.simulation.v1.SimulationService/Forecast";

ForecastRequest RequestFor(const std::string& parent) {
  ForecastRequest request;
  request.mutable_spec()->set_parent(parent);
  return request;
}

template <typename Detail>
bool UnpackDetail(const grpc::Status& status, Detail* detail) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return false;
  for (const auto& any : details.details()) {
    if (any.UnpackTo(detail)) return true;
  }
  return false;
}

TEST(HandleUnaryTest, HandlerSeesTheCallAndItsAnswerArrives) {
  ScriptedServer server;
  server.on_forecast = [](const CallContext& call, const ForecastRequest& request,
                          ForecastResponse* response) {
    EXPECT_EQ(call.principal().id, "local");
    EXPECT_EQ(call.workspace(), "acme");
    EXPECT_FALSE(call.cancelled());
    response->mutable_outcome()->mutable_refusal()->set_message(request.spec().period());
    return absl::OkStatus();
  };
  ForecastRequest request = RequestFor("workspaces/acme");
  request.mutable_spec()->set_period("2017Q4");
  grpc::ClientContext context;
  ForecastResponse response;
  const grpc::Status status = server.simulation().Forecast(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.outcome().refusal().message(), "2017Q4");

  const std::vector<CallRecord> records = server.WaitForRecords(1);
  EXPECT_EQ(records[0].method, kMethod);
  EXPECT_EQ(records[0].workspace, "acme");
  EXPECT_EQ(records[0].principal, "local");
  EXPECT_EQ(records[0].code, absl::StatusCode::kOk);
  EXPECT_EQ(records[0].reason, "");
  EXPECT_GE(records[0].duration, records[0].queue_wait);
}

TEST(HandleUnaryTest, MalformedWorkspaceIsRefusedBeforeTheHandler) {
  ScriptedServer server;
  std::atomic<int> handled_count{0};
  server.on_forecast = [&](const CallContext&, const ForecastRequest&, ForecastResponse*) {
    ++handled_count;
    return absl::OkStatus();
  };
  for (const char* parent :
       {"", "acme", "workspaces/", "workspaces/ACME", "workspaces/a/goals/g"}) {
    grpc::ClientContext context;
    ForecastResponse response;
    const grpc::Status status =
        server.simulation().Forecast(&context, RequestFor(parent), &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << parent;
    google::rpc::BadRequest bad_request;
    ASSERT_TRUE(UnpackDetail(status, &bad_request)) << parent;
    EXPECT_EQ(bad_request.field_violations(0).field(), "spec.parent");
  }
  EXPECT_EQ(handled_count, 0);
  EXPECT_EQ(server.WaitForRecords(5)[4].reason, "INVALID_FIELD");
}

TEST(HandleUnaryTest, ErrorsOfTheCoreArriveWithTheirDetails) {
  ScriptedServer server;
  server.on_forecast = [](const CallContext&, const ForecastRequest&, ForecastResponse* response) {
    response->mutable_outcome()->mutable_refusal()->set_message("not to be sent");
    return FailedPrecondition("EMPTY_WORKSPACE", "nothing imported");
  };
  grpc::ClientContext context;
  ForecastResponse response;
  const grpc::Status status =
      server.simulation().Forecast(&context, RequestFor("workspaces/w"), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "nothing imported");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(UnpackDetail(status, &info));
  EXPECT_EQ(info.reason(), "EMPTY_WORKSPACE");
  EXPECT_FALSE(response.has_outcome());
}

TEST(HandleUnaryTest, FullQueueRefusesWithAHintAndOneLessIsServed) {
  ScriptedServer server({.thread_count = 1, .queue_max = 1});
  std::latch release(1);
  server.on_forecast = [&](const CallContext&, const ForecastRequest&, ForecastResponse*) {
    release.wait();
    return absl::OkStatus();
  };
  // Of three calls at once the thread takes one, the queue one, and one is refused at once.
  std::latch refused(1);
  std::atomic<int> ok_count{0};
  std::atomic<int> refused_count{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      grpc::ClientContext context;
      ForecastResponse response;
      const grpc::Status status =
          server.simulation().Forecast(&context, RequestFor("workspaces/w"), &response);
      if (status.ok()) {
        ++ok_count;
        return;
      }
      EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
      google::rpc::ErrorInfo info;
      EXPECT_TRUE(UnpackDetail(status, &info));
      EXPECT_EQ(info.reason(), "OVERLOADED");
      google::rpc::RetryInfo retry;
      EXPECT_TRUE(UnpackDetail(status, &retry));
      EXPECT_EQ(retry.retry_delay().nanos(), 500'000'000);
      ++refused_count;
      refused.count_down();
    });
  }
  refused.wait();
  release.count_down();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(ok_count, 2);
  EXPECT_EQ(refused_count, 1);
}

TEST(HandleUnaryTest, CancelledCallEndsAtOnceAndItsHandlerKeepsWhatItHolds) {
  ScriptedServer server;
  std::latch started(1);
  std::latch release(1);
  std::latch left(1);
  server.on_forecast = [&](const CallContext& call, const ForecastRequest& request,
                           ForecastResponse* response) {
    started.count_down();
    release.wait();
    // gRPC has freed its own request and response by now; ours must still be there.
    EXPECT_TRUE(call.cancelled());
    EXPECT_EQ(request.spec().parent(), "workspaces/w");
    response->mutable_outcome()->mutable_refusal()->set_message(std::string(1000, 'x'));
    left.count_down();
    return absl::OkStatus();
  };
  grpc::ClientContext context;
  std::thread caller([&] {
    ForecastResponse response;
    const grpc::Status status =
        server.simulation().Forecast(&context, RequestFor("workspaces/w"), &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  });
  started.wait();
  context.TryCancel();
  caller.join();
  // The record tells that the server's side is over too, while the handler still runs.
  const std::vector<CallRecord> records = server.WaitForRecords(1);
  EXPECT_EQ(records[0].code, absl::StatusCode::kCancelled);
  EXPECT_EQ(records[0].reason, "CANCELLED");
  release.count_down();
  left.wait();
  server.serving().executor().WaitUntilIdle();
  EXPECT_EQ(server.record_count(), 1u);  // Finished once.
}

TEST(HandleUnaryTest, CallersDeadlineCancelsTheHandler) {
  ScriptedServer server;
  std::latch left(1);
  server.on_forecast = [&](const CallContext& call, const ForecastRequest&, ForecastResponse*) {
    while (!call.cancelled()) std::this_thread::yield();
    left.count_down();
    return absl::CancelledError("stopped");
  };
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(SystemClock().Now() + absl::Milliseconds(50)));
  ForecastResponse response;
  const grpc::Status status =
      server.simulation().Forecast(&context, RequestFor("workspaces/w"), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  left.wait();
  // The caller's own timer may fire first; then the server sees a cancellation.
  const absl::StatusCode code = server.WaitForRecords(1)[0].code;
  EXPECT_TRUE(code == absl::StatusCode::kDeadlineExceeded || code == absl::StatusCode::kCancelled)
      << code;
}

TEST(HandleUnaryTest, CallThatExpiredInTheQueueIsNotRun) {
  const SystemClock machine;
  FakeClock clock(machine.Now());
  ScriptedServer server({.thread_count = 1, .queue_max = 4}, {}, &clock);
  std::latch started(1);
  std::latch release(1);
  std::atomic<int> handled_count{0};
  server.on_forecast = [&](const CallContext&, const ForecastRequest&, ForecastResponse*) {
    if (++handled_count == 1) started.count_down();
    release.wait();
    return absl::OkStatus();
  };
  const auto call = [&server] {
    grpc::ClientContext context;
    ForecastResponse response;
    return server.simulation().Forecast(&context, RequestFor("workspaces/w"), &response);
  };
  std::thread first([&] { EXPECT_TRUE(call().ok()); });
  started.wait();
  std::thread second([&] {
    const grpc::Status status = call();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    google::rpc::ErrorInfo info;
    EXPECT_TRUE(UnpackDetail(status, &info));
    EXPECT_EQ(info.reason(), "DEADLINE_EXCEEDED");
  });
  while (server.serving().executor().queued_count() == 0) std::this_thread::yield();
  clock.Advance(absl::Minutes(2));  // Beyond the default deadline.
  release.count_down();
  first.join();
  second.join();
  EXPECT_EQ(handled_count, 1);
  for (const CallRecord& record : server.WaitForRecords(2)) {
    if (record.code != absl::StatusCode::kDeadlineExceeded) continue;
    EXPECT_EQ(record.queue_wait, absl::Minutes(2));
  }
}

TEST(HandleUnaryTest, CancellationByOurDeadlineIsReportedAsDeadline) {
  const SystemClock machine;
  FakeClock clock(machine.Now());
  ScriptedServer server({}, {}, &clock);
  server.on_forecast = [&](const CallContext& call, const ForecastRequest&, ForecastResponse*) {
    clock.Advance(absl::Minutes(2));
    EXPECT_TRUE(call.cancelled());
    return absl::CancelledError("stopped");
  };
  grpc::ClientContext context;
  ForecastResponse response;
  const grpc::Status status =
      server.simulation().Forecast(&context, RequestFor("workspaces/w"), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

// A caller who set no deadline, or one too far away, cannot guess which one ended the call. What a
// call downstream says of the rest of the deadline it was given says less.
TEST(HandleUnaryTest, AnEndByTheServersOwnDeadlineSaysSo) {
  const SystemClock machine;
  ServingOptions limits;
  limits.deadline_default = absl::Minutes(30);
  limits.deadline_max = absl::Hours(24);
  FakeClock clock(machine.Now());
  ScriptedServer server({}, limits, &clock);
  absl::Status downstream;
  server.on_forecast = [&](const CallContext& call, const ForecastRequest&, ForecastResponse*) {
    clock.Advance(absl::Hours(25));
    EXPECT_TRUE(call.expired());
    return downstream;
  };
  for (const absl::StatusCode code :
       {absl::StatusCode::kCancelled, absl::StatusCode::kDeadlineExceeded}) {
    downstream = absl::Status(code, "stopped");
    grpc::ClientContext none;
    ForecastResponse response;
    const grpc::Status by_default =
        server.simulation().Forecast(&none, RequestFor("workspaces/w"), &response);
    EXPECT_EQ(by_default.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    EXPECT_EQ(by_default.error_message(),
              "the call took longer than the 30m the server gives a caller who sets no deadline; "
              "set one, of at most 24h");
    grpc::ClientContext far;
    far.set_deadline(absl::ToChronoTime(clock.Now() + absl::Hours(1000)));
    const grpc::Status by_maximum =
        server.simulation().Forecast(&far, RequestFor("workspaces/w"), &response);
    EXPECT_EQ(by_maximum.error_message(),
              "the call took longer than 24h, the longest the server allows");
  }
}

TEST(HandleUnaryTest, DeadlineIsTheCallersWithinDefaultAndMaximum) {
  const SystemClock machine;
  const absl::Time now = machine.Now();
  const FakeClock clock(now);
  ServingOptions limits;
  limits.deadline_default = absl::Minutes(1);
  limits.deadline_max = absl::Minutes(10);
  ScriptedServer server({}, limits, &clock);
  absl::Time seen;
  server.on_forecast = [&](const CallContext& call, const ForecastRequest&, ForecastResponse*) {
    seen = call.deadline();
    return absl::OkStatus();
  };
  const auto call = [&](absl::Duration timeout) {
    grpc::ClientContext context;
    if (timeout < absl::InfiniteDuration()) context.set_deadline(absl::ToChronoTime(now + timeout));
    ForecastResponse response;
    EXPECT_TRUE(server.simulation().Forecast(&context, RequestFor("workspaces/w"), &response).ok());
    return seen - now;
  };
  EXPECT_EQ(call(absl::InfiniteDuration()), absl::Minutes(1));
  EXPECT_EQ(call(absl::Hours(5)), absl::Minutes(10));
  // gRPC sends the time that is left, so the server's instant differs a little.
  EXPECT_NEAR(absl::ToDoubleSeconds(call(absl::Minutes(5))), 300.0, 5.0);
}

TEST(HandleUnaryTest, ManyCallsCancelledAtAnyMomentEndOnceEach) {
  ScriptedServer server({.thread_count = 2, .queue_max = 8});
  server.on_forecast = [](const CallContext&, const ForecastRequest& request,
                          ForecastResponse* response) {
    response->mutable_outcome()->mutable_refusal()->set_message(request.spec().parent());
    return absl::OkStatus();
  };
  constexpr int kCallCount = 400;
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([&server] {
      for (int i = 0; i < kCallCount / 4; ++i) {
        grpc::ClientContext context;
        std::thread canceller([&context] { context.TryCancel(); });
        ForecastResponse response;
        (void)server.simulation().Forecast(&context, RequestFor("workspaces/w"), &response);
        canceller.join();
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  server.Shutdown();
  // A call that was cancelled before it left the client has no record; none has two.
  EXPECT_LE(server.record_count(), static_cast<size_t>(kCallCount));
}

TEST(MethodNameTest, ComesFromServiceAndRequest) {
  EXPECT_EQ(internal::MethodName("a.v1.AService", "a.v1.DoThisRequest"), "a.v1.AService/DoThis");
  EXPECT_EQ(internal::MethodName("a.v1.AService", "a.v1.Odd"), "a.v1.AService/Odd");
}

}  // namespace
}  // namespace quotacast::serving
