// Goal: the whole way on a made-up company: an export goes in, quotas are set, a forecast and a
// what-if come out over gRPC, and a restarted server gives the same bytes for the same seed.
// Method: the built quotacastd and generator, run as programs; only the wire is used. What the
// generator says that it wrote is compared with what the import says that it read.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "clients/cpp/metrics_client.h"
#include "clients/cpp/simulation_client.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"
#include "tests/support/child_process.h"
#include "tests/support/forecast_calls.h"
#include "tests/support/quotacast_server.h"

namespace quotacast::tests {
namespace {

constexpr char kWorkspace[] = "workspaces/acme";
constexpr int kRepCount = 12;

// The company's last known day is 2026-09-30, so the next quarter is 2026Q4.
simulation::v1::ForecastSpec NextQuarter() {
  simulation::v1::ForecastSpec spec;
  spec.set_parent(kWorkspace);
  spec.set_period("2026Q4");
  spec.add_levels(simulation::v1::LEVEL_ORG);
  spec.add_levels(simulation::v1::LEVEL_TEAM);
  spec.add_levels(simulation::v1::LEVEL_REP);
  spec.set_trial_count(2'000);
  spec.set_seed(7);
  return spec;
}

class DemoPathTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    export_directory_ = new std::string(MakeTempDirectory("export"));
    const ProgramResult generated =
        RunProgram(RunfilePath("tools/gen/quotacast_gen"),
                   {"--out", *export_directory_, "--seed", "7", "--reps", absl::StrCat(kRepCount)});
    ASSERT_EQ(generated.exit_code, 0) << generated.errors;
    *generator_output_ = generated.output;
  }

  void SetUp() override { data_directory_ = MakeTempDirectory("data"); }

  std::unique_ptr<QuotacastServer> StartServer() {
    return QuotacastServer::Start(
        {"--data-dir", data_directory_, "--drain-seconds", "60", "--log-level", "info"});
  }

  // Imports the export and its quotas.
  void ImportCompany(QuotacastServer& server, ingestion::v1::ImportFilesResponse* report) {
    auto imported = ImportFolder(server.channel(), kWorkspace, "crm_history", *export_directory_);
    ASSERT_TRUE(imported.ok()) << imported.status();
    *report = *imported;
    auto quotas = ImportText(server.channel(), kWorkspace, "quotas", "quotas.csv",
                             ReadFileOrDie(*export_directory_ + "/quotas.csv"));
    ASSERT_TRUE(quotas.ok()) << quotas.status();
    EXPECT_EQ(quotas->error_count(), 0);
    EXPECT_GT(quotas->appended_event_count(), kRepCount);
  }

  static std::string* export_directory_;
  static std::string* generator_output_;
  std::string data_directory_;
};

std::string* DemoPathTest::export_directory_ = nullptr;
std::string* DemoPathTest::generator_output_ = new std::string;

TEST_F(DemoPathTest, ExportGoesInForecastAndWhatIfComeOutAndARestartChangesNothing) {
  std::unique_ptr<QuotacastServer> server = StartServer();
  ASSERT_NE(server, nullptr);
  ingestion::v1::ImportFilesResponse report;
  ASSERT_NO_FATAL_FAILURE(ImportCompany(*server, &report));
  EXPECT_EQ(report.error_count(), 0) << report.ShortDebugString().substr(0, 2000);

  // What was read is what was written: "wrote N opportunities ...".
  int64_t opportunity_row_count = 0;
  for (const auto& file : report.files()) {
    if (file.file() == "opportunities.csv") opportunity_row_count = file.accepted_row_count();
  }
  EXPECT_EQ(
      generator_output_->rfind(absl::StrCat("wrote ", opportunity_row_count, " opportunities"), 0),
      0u)
      << *generator_output_;

  // The same files again change nothing.
  const auto again = ImportFolder(server->channel(), kWorkspace, "crm_history", *export_directory_);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->appended_event_count(), 0);
  EXPECT_EQ(again->unchanged_event_count(), report.appended_event_count());

  clients::SimulationClient simulation(server->channel());
  simulation::v1::ForecastRequest request;
  *request.mutable_spec() = NextQuarter();
  const auto forecast = simulation.Forecast(request);
  ASSERT_TRUE(forecast.ok()) << forecast.status();
  ASSERT_TRUE(forecast->outcome().has_forecast()) << forecast->ShortDebugString();
  const simulation::v1::ForecastResult& result = forecast->outcome().forecast();
  ASSERT_NO_FATAL_FAILURE(CheckForecast(result));
  EXPECT_EQ(CountEntities(result, simulation::v1::LEVEL_ORG), 1);
  EXPECT_GE(CountEntities(result, simulation::v1::LEVEL_TEAM), 2);
  // Those who left before the quarter may be missing or not; their seats were filled again.
  EXPECT_LE(CountEntities(result, simulation::v1::LEVEL_REP), 2 * kRepCount);
  EXPECT_GE(CountEntities(result, simulation::v1::LEVEL_REP), kRepCount / 2);

  simulation::v1::CompareScenariosRequest what_if;
  *what_if.mutable_spec() = NextQuarter();
  what_if.add_scenarios()->set_display_name("base");
  *what_if.add_scenarios() = CoachingAndTwoHires("east", "north", 2026, 10);
  const auto comparison = CompareScenarios(server->channel(), what_if);
  ASSERT_TRUE(comparison.ok()) << comparison.status();
  ASSERT_NO_FATAL_FAILURE(CheckComparison(*comparison, *forecast));

  const ProgramResult ended = server->Shutdown();
  EXPECT_EQ(ended.exit_code, 0) << ended.errors;
  EXPECT_NE(ended.errors.find("SimulationService/Forecast\",\"workspace\":\"acme\""),
            std::string::npos)
      << ended.errors.substr(0, 2000);

  server = StartServer();
  ASSERT_NE(server, nullptr);
  const auto forecast_again = clients::SimulationClient(server->channel()).Forecast(request);
  ASSERT_TRUE(forecast_again.ok()) << forecast_again.status();
  EXPECT_EQ(forecast_again->SerializeAsString(), forecast->SerializeAsString());
  const auto comparison_again = CompareScenarios(server->channel(), what_if);
  ASSERT_TRUE(comparison_again.ok()) << comparison_again.status();
  EXPECT_EQ(comparison_again->SerializeAsString(), comparison->SerializeAsString());
  // Another seed is another answer, or the bytes above would prove nothing.
  request.mutable_spec()->set_seed(8);
  const auto other = clients::SimulationClient(server->channel()).Forecast(request);
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_NE(other->SerializeAsString(), forecast->SerializeAsString());
}

TEST_F(DemoPathTest, SigtermLetsARunningForecastEnd) {
  const std::unique_ptr<QuotacastServer> server = StartServer();
  ASSERT_NE(server, nullptr);
  ingestion::v1::ImportFilesResponse report;
  ASSERT_NO_FATAL_FAILURE(ImportCompany(*server, &report));
  simulation::v1::StreamForecastRequest request;
  *request.mutable_spec() = NextQuarter();
  request.mutable_spec()->set_trial_count(100'000);
  request.set_tolerance(1e-9);  // Never converges early.
  bool has_result = false;
  int progress_count = 0;
  const absl::Status status =
      clients::SimulationClient(server->channel()).StreamForecast(request, [&](auto&& response) {
        // The signal arrives in the middle of the work.
        if (progress_count++ == 0) server->BeginShutdown();
        has_result = has_result || response.has_result();
        return true;
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_GT(progress_count, 1);
  EXPECT_TRUE(has_result);
  EXPECT_EQ(server->WaitForEnd().exit_code, 0);
}

TEST_F(DemoPathTest, SecondServerOnADirectoryIsToldWhereTheFirstIs) {
  const std::unique_ptr<QuotacastServer> server = StartServer();
  ASSERT_NE(server, nullptr);
  const ProgramResult second =
      RunProgram(QuotacastdPath(), {"--data-dir", data_directory_, "--listen", "127.0.0.1:0"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_EQ(second.output, "");
  EXPECT_NE(second.errors.find(absl::StrCat("is in use by process ", server->pid())),
            std::string::npos)
      << second.errors;
  EXPECT_NE(second.errors.find(absl::StrCat("--server ", server->address())), std::string::npos)
      << second.errors;
  // A crash leaves no lock behind.
  EXPECT_EQ(server->Shutdown().exit_code, 0);
  EXPECT_NE(StartServer(), nullptr);
}

TEST_F(DemoPathTest, WrongFlagsAreUsageErrors) {
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{{"--no-such-flag"},
                                             {"--services", "ingestion,sales"},
                                             {"--log-level", "loud"},
                                             {"--drain-seconds", "-1"},
                                             {"--listen", "127.0.0.1:0"}}) {
    const ProgramResult result = RunProgram(QuotacastdPath(), flags);
    EXPECT_EQ(result.exit_code, 2) << flags[0] << ": " << result.errors;
    EXPECT_NE(result.errors, "") << flags[0];
  }
  const ProgramResult remote =
      RunProgram(QuotacastdPath(), {"--data-dir", data_directory_, "--listen", "0.0.0.0:0"});
  EXPECT_EQ(remote.exit_code, 1);
  EXPECT_NE(remote.errors.find("--allow-remote"), std::string::npos) << remote.errors;
}

TEST_F(DemoPathTest, EveryEntityOfTheWholeExportIsTaken) {
  const std::string folder = MakeTempDirectory("whole");
  const ProgramResult generated =
      RunProgram(RunfilePath("tools/gen/quotacast_gen"),
                 {"--out", folder, "--seed", "7", "--reps", absl::StrCat(kRepCount), "--full"});
  ASSERT_EQ(generated.exit_code, 0) << generated.errors;
  std::unique_ptr<QuotacastServer> server = StartServer();
  ASSERT_NE(server, nullptr);
  const auto report = ImportFolder(server->channel(), kWorkspace, "crm_history", folder);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->error_count(), 0) << report->ShortDebugString().substr(0, 2000);
  EXPECT_EQ(report->quarantined_row_count(), 0);
  int read_file_count = 0;
  for (const auto& file : report->files()) {
    if (file.entity().empty()) continue;
    ++read_file_count;
    EXPECT_EQ(file.accepted_row_count(), file.row_count()) << file.file();
    EXPECT_GT(file.row_count(), 0) << file.file();
  }
  EXPECT_EQ(read_file_count, 23);
  const auto again = ImportFolder(server->channel(), kWorkspace, "crm_history", folder);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->appended_event_count(), 0);
  EXPECT_EQ(again->unchanged_event_count(), report->appended_event_count());

  // Deleted and merged deals, leavers and quotas of teams are in the data, and the figures hold.
  clients::SimulationClient simulation(server->channel());
  simulation::v1::ForecastRequest request;
  *request.mutable_spec() = NextQuarter();
  const auto forecast = simulation.Forecast(request);
  ASSERT_TRUE(forecast.ok()) << forecast.status();
  ASSERT_TRUE(forecast->outcome().has_forecast()) << forecast->ShortDebugString();
  ASSERT_NO_FATAL_FAILURE(CheckForecast(forecast->outcome().forecast()));
}

}  // namespace
}  // namespace quotacast::tests
