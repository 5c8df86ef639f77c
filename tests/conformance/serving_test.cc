// Goal: the promises of every server, kept by the built quotacastd: health per service, reflection,
// limits, deadlines, overload shed with a retry hint, and cancellation that reaches the engine.
// Method: over the wire; generic questions are asked with buf, a tool that knows our services only
// by reflection. The engine is kept busy with forecasts of more trials than it could finish within
// the test's time, so only cancellation can free it.
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/metrics_service.grpc.pb.h"
#include "quotacast/simulation/v1/simulation_service.grpc.pb.h"
#include "tests/support/child_process.h"
#include "tests/support/quotacast_server.h"
#include "tests/support/wire_errors.h"

namespace quotacast::tests {
namespace {

using simulation::v1::SimulationService;
using simulation::v1::StreamForecastRequest;
using simulation::v1::StreamForecastResponse;

constexpr char kWorkspace[] = "workspaces/acme";
// Hours of work, yet admissible.
constexpr int64_t kEndlessTrials = 10'000'000;

ProgramResult BufCurl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"curl", "--protocol", "grpc", "--http2-prior-knowledge"});
  setenv("HOME", MakeTempDirectory("home").c_str(), 1);  // buf keeps a cache there.
  return RunProgram(RunfilePath("external/buf/buf"), arguments);
}

class ServingTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string export_directory = MakeTempDirectory("export");
    ASSERT_EQ(RunProgram(RunfilePath("tools/gen/quotacast_gen"),
                         {"--out", export_directory, "--seed", "3", "--reps", "12"})
                  .exit_code,
              0);
    server_ =
        QuotacastServer::Start({"--data-dir", MakeTempDirectory("data"), "--log-level", "off"});
    ASSERT_NE(server_, nullptr);
    const auto imported =
        ImportFolder(server_->channel(), kWorkspace, "crm_history", export_directory);
    ASSERT_TRUE(imported.ok()) << imported.status();
  }

  static StreamForecastRequest Forecast(int64_t trial_count) {
    StreamForecastRequest request;
    request.mutable_spec()->set_parent(kWorkspace);
    request.mutable_spec()->set_trial_count(trial_count);
    request.mutable_spec()->set_seed(1);
    request.set_tolerance(1e-12);  // Never converges early.
    return request;
  }

  // A forecast that takes well under a second on an idle server.
  grpc::Status SmallForecast() {
    grpc::ClientContext context;
    auto reader =
        SimulationService::NewStub(server_->channel())->StreamForecast(&context, Forecast(1'000));
    StreamForecastResponse response;
    while (reader->Read(&response)) {
    }
    return reader->Finish();
  }

  std::unique_ptr<QuotacastServer> server_;
};

TEST_F(ServingTest, ReflectionListsTheServices) {
  const ProgramResult listed =
      BufCurl({"--list-services", absl::StrCat("http://", server_->address())});
  ASSERT_EQ(listed.exit_code, 0) << listed.errors;
  for (const char* service :
       {"quotacast.ingestion.v1.IngestionService\n", "quotacast.metrics.v1.MetricsService\n",
        "quotacast.simulation.v1.SimulationService\n", "quotacast.planning.v1.PlanningService\n",
        "grpc.health.v1.Health\n"}) {
    EXPECT_NE(listed.output.find(service), std::string::npos) << service << listed.output;
  }
}

TEST_F(ServingTest, HealthIsPerServiceAndCallableByReflection) {
  const std::string url =
      absl::StrCat("http://", server_->address(), "/grpc.health.v1.Health/Check");
  for (const char* service :
       {"", "quotacast.ingestion.v1.IngestionService", "quotacast.metrics.v1.MetricsService",
        "quotacast.simulation.v1.SimulationService", "quotacast.planning.v1.PlanningService"}) {
    const ProgramResult health =
        BufCurl({"-d", absl::StrCat("{\"service\":\"", service, "\"}"), url});
    EXPECT_EQ(health.exit_code, 0) << service << ": " << health.errors;
    EXPECT_NE(health.output.find("\"SERVING\""), std::string::npos) << health.output;
  }
  const ProgramResult unknown = BufCurl({"-d", "{\"service\":\"no.such.Service\"}", url});
  EXPECT_NE(unknown.exit_code, 0);
  EXPECT_NE(unknown.errors.find("not_found"), std::string::npos) << unknown.errors;
}

TEST_F(ServingTest, RequestBeyondFourMebibytesIsRefused) {
  grpc::ClientContext context;
  metrics::v1::QueryKpiRequest request;
  request.set_parent(kWorkspace);
  request.set_kpi(std::string(4 << 20, 'k'));
  metrics::v1::QueryKpiResponse response;
  EXPECT_EQ(metrics::v1::MetricsService::NewStub(server_->channel())
                ->QueryKpi(&context, request, &response)
                .error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(ServingTest, DeadlineEndsAForecastAndFreesTheEngine) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(SystemClock().Now() + absl::Milliseconds(500)));
  auto reader = SimulationService::NewStub(server_->channel())
                    ->StreamForecast(&context, Forecast(kEndlessTrials));
  StreamForecastResponse response;
  while (reader->Read(&response)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(SmallForecast().ok());
}

TEST_F(ServingTest, OverloadIsShedWithAHintAndCancellationReachesTheEngine) {
  // More endless calls than threads and queue together can take.
  constexpr int kCallCount = 100;
  const auto stub = SimulationService::NewStub(server_->channel());
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  for (int i = 0; i < kCallCount; ++i) contexts.push_back(std::make_unique<grpc::ClientContext>());
  std::latch first_shed(1);
  std::atomic<int> shed_count{0};
  std::atomic<int> cancelled_count{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallCount; ++i) {
    callers.emplace_back([&, context = contexts[i].get()] {
      auto reader = stub->StreamForecast(context, Forecast(kEndlessTrials));
      StreamForecastResponse response;
      while (reader->Read(&response)) {
      }
      const WireError error = ReadWireError(reader->Finish());
      if (error.code == grpc::StatusCode::CANCELLED) {
        ++cancelled_count;
        return;
      }
      EXPECT_EQ(error.code, grpc::StatusCode::RESOURCE_EXHAUSTED) << error.message;
      EXPECT_EQ(error.reason, "OVERLOADED");
      ASSERT_TRUE(error.retry_after.has_value());
      EXPECT_GT(*error.retry_after, absl::ZeroDuration());
      if (++shed_count == 1) first_shed.count_down();
    });
  }
  first_shed.wait();
  for (const auto& context : contexts) context->TryCancel();
  for (std::thread& caller : callers) caller.join();
  EXPECT_GT(shed_count, 0);
  EXPECT_GT(cancelled_count, 0);
  EXPECT_EQ(shed_count + cancelled_count, kCallCount);

  // The callers are gone; if their work were not, nothing below would ever be admitted.
  grpc::Status status = SmallForecast();
  while (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) status = SmallForecast();
  EXPECT_TRUE(status.ok()) << status.error_message();
}

}  // namespace
}  // namespace quotacast::tests
