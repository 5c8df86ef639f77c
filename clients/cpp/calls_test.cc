// Goal: deadline and cancellation reach the server and end the call. Method: an in-process server
// whose methods wait until their own call is cancelled, so that a call which cannot be cancelled
// would hang (and the test time out) instead of passing.
#include "clients/cpp/calls.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/cpp/metrics_client.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/metrics_service.grpc.pb.h"

namespace quotacast::clients {
namespace {

// Never answers: the reactor finishes only in OnCancel.
class PatientMetrics final : public metrics::v1::MetricsService::CallbackService {
 public:
  grpc::ServerUnaryReactor* ListKpis(grpc::CallbackServerContext*,
                                     const metrics::v1::ListKpisRequest*,
                                     metrics::v1::ListKpisResponse*) override {
    class Reactor final : public grpc::ServerUnaryReactor {
     public:
      explicit Reactor(PatientMetrics& service) : service_(service) { service_.started = true; }
      void OnCancel() override { Finish(grpc::Status::CANCELLED); }
      void OnDone() override {
        service_.NoteDone();
        delete this;
      }

     private:
      PatientMetrics& service_;
    };
    return new Reactor(*this);
  }

  grpc::ServerWriteReactor<metrics::v1::GetStateResponse>* GetState(
      grpc::CallbackServerContext*, const metrics::v1::GetStateRequest*) override {
    class Reactor final : public grpc::ServerWriteReactor<metrics::v1::GetStateResponse> {
     public:
      explicit Reactor(PatientMetrics& service) : service_(service) {
        service_.started = true;
        StartWrite(&message_);
      }
      void OnCancel() override { Finish(grpc::Status::CANCELLED); }
      void OnDone() override {
        service_.NoteDone();
        delete this;
      }

     private:
      PatientMetrics& service_;
      metrics::v1::GetStateResponse message_;
    };
    return new Reactor(*this);
  }

  void NoteDone() {
    // Notified under the lock: the waiter may destroy this object right after.
    std::lock_guard<std::mutex> lock(mutex_);
    done_ = true;
    changed_.notify_all();
  }
  void WaitUntilDone() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
  }

  std::atomic<bool> started{false};

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;  // Guarded by mutex_.
};

class CallsTest : public ::testing::Test {
 protected:
  CallsTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    client_ = std::make_unique<MetricsClient>(server_->InProcessChannel({}));
  }
  PatientMetrics service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<MetricsClient> client_;
};

TEST_F(CallsTest, CancellingAUnaryCallReachesTheServer) {
  CallOptions options;
  options.cancelled = [this] { return service_.started.load(); };
  EXPECT_EQ(client_->ListKpis({}, options).status().code(), absl::StatusCode::kCancelled);
  service_.WaitUntilDone();
}

TEST_F(CallsTest, CancellingAStreamThatIsWaitingForTheServer) {
  int messages = 0;
  std::atomic<bool> first_seen{false};
  CallOptions options;
  options.cancelled = [&first_seen] { return first_seen.load(); };
  const absl::Status status = client_->GetState(
      {},
      [&](metrics::v1::GetStateResponse&&) {
        ++messages;
        first_seen = true;
        return true;
      },
      options);
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(messages, 1);
  service_.WaitUntilDone();
}

TEST_F(CallsTest, ACallbackThatHasEnoughEndsTheStreamWell) {
  EXPECT_TRUE(client_->GetState({}, [](metrics::v1::GetStateResponse&&) { return false; }).ok());
  service_.WaitUntilDone();
}

TEST_F(CallsTest, CancelledBeforeItBegan) {
  CallOptions options;
  options.cancelled = [] { return true; };
  EXPECT_EQ(client_->ListKpis({}, options).status().code(), absl::StatusCode::kCancelled);
}

TEST_F(CallsTest, ThePassedDeadlineEndsTheCall) {
  CallOptions options;
  options.deadline = absl::UnixEpoch();
  EXPECT_EQ(client_->ListKpis({}, options).status().code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace quotacast::clients
