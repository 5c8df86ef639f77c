// Goal: the main job on real input, the public MavenTech CRM sample as it stood on 2017-09-30:
// every row arrives, the known counts and win rate come out, the next quarter is forecast for the
// organisation, its managers and its agents, a what-if is compared, and a restarted server gives
// the same bytes for the same seed.
// Method: the built quotacastd over the wire; the counts are those that the file's own rows give.
// The sample has no quotas, so they are set by a rule: an agent's quota for 2017Q4 is the mean of
// what the agent booked in 2017Q2 and in 2017Q3, rounded up to a full 1,000; agents who booked
// nothing have none. The test takes the bookings from the rows of the file itself.
//
// Skipped unless QUOTACAST_DATASETS names a folder that holds maventech/.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cpp/metrics_client.h"
#include "clients/cpp/simulation_client.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"
#include "tests/support/child_process.h"
#include "tests/support/forecast_calls.h"
#include "tests/support/quotacast_server.h"

namespace quotacast::tests {
namespace {

constexpr char kWorkspace[] = "workspaces/maventech";
constexpr int kAgentCount = 35;
constexpr int kAgentWithBookingsCount = 30;  // Five own no deal.
// Managers and, above them, the regional offices.
constexpr int kManagerCount = 6;
constexpr int kRegionCount = 3;

std::string MaventechFolder() {
  const char* datasets = std::getenv("QUOTACAST_DATASETS");
  if (datasets == nullptr) return "";
  const std::string folder = absl::StrCat(datasets, "/maventech");
  return std::filesystem::exists(folder) ? folder : "";
}

// Columns: opportunity_id, sales_agent, product, account, deal_stage, engage_date, close_date,
// close_value. No field of the sample holds a comma.
std::string QuotasByTheRule(const std::string& pipeline_csv) {
  std::map<std::string, int64_t> bookings;
  std::istringstream lines(pipeline_csv);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    if (fields.size() != 8 || fields[4] != "Won") continue;
    const std::string& closed = fields[6];
    int64_t value = 0;
    EXPECT_TRUE(absl::SimpleAtoi(fields[7], &value)) << line;
    if (closed >= "2017-04-01" && closed <= "2017-09-30") bookings[fields[1]] += value;
  }
  std::string quotas = "rep,period,amount,currency\n";
  for (const auto& [agent, sum] : bookings) {
    // Half of the sum of two quarters, rounded up to 1,000.
    const int64_t quota = (sum + 1'999) / 2'000 * 1'000;
    absl::StrAppend(&quotas, agent, ",2017Q4,", quota, ",USD\n");
  }
  return quotas;
}

simulation::v1::ForecastSpec FourthQuarter() {
  simulation::v1::ForecastSpec spec;
  spec.set_parent(kWorkspace);
  spec.set_period("2017Q4");
  spec.add_levels(simulation::v1::LEVEL_ORG);
  spec.add_levels(simulation::v1::LEVEL_TEAM);
  spec.add_levels(simulation::v1::LEVEL_REP);
  spec.set_trial_count(10'000);
  spec.set_seed(7);
  return spec;
}

TEST(MaventechTest, MainJob) {
  const std::string folder = MaventechFolder();
  if (folder.empty()) GTEST_SKIP() << "QUOTACAST_DATASETS names no folder with maventech/";
  const std::string data_directory = MakeTempDirectory("data");
  std::unique_ptr<QuotacastServer> server =
      QuotacastServer::Start({"--data-dir", data_directory, "--log-level", "warning"});
  ASSERT_NE(server, nullptr);

  const auto report = ImportFolder(server->channel(), kWorkspace, "maventech", folder);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->error_count(), 0) << report->ShortDebugString().substr(0, 2000);
  std::map<std::string, int64_t> stages;
  int64_t opportunity_count = 0;
  for (const auto& stage : report->stages()) {
    stages[stage.stage_id()] = stage.row_count();
    opportunity_count += stage.row_count();
  }
  EXPECT_EQ(opportunity_count, 7'635);
  EXPECT_EQ(stages["Won"], 3'042);
  EXPECT_EQ(stages["Lost"], 1'684);
  EXPECT_EQ(stages["Engaging"], 2'409);
  EXPECT_EQ(stages["Prospecting"], 500);

  const auto quotas = ImportText(server->channel(), kWorkspace, "quotas", "quotas.csv",
                                 QuotasByTheRule(ReadFileOrDie(folder + "/sales_pipeline.csv")));
  ASSERT_TRUE(quotas.ok()) << quotas.status();
  EXPECT_EQ(quotas->error_count(), 0) << quotas->ShortDebugString().substr(0, 2000);
  EXPECT_EQ(quotas->appended_event_count(), kAgentWithBookingsCount);

  metrics::v1::QueryKpiRequest win_rate_request;
  win_rate_request.set_parent(kWorkspace);
  win_rate_request.set_kpi("win_rate_closed");
  const auto win_rate = clients::MetricsClient(server->channel()).QueryKpi(win_rate_request);
  ASSERT_TRUE(win_rate.ok()) << win_rate.status();
  ASSERT_EQ(win_rate->table().rows_size(), 1);
  const metrics::v1::KpiRow& row = win_rate->table().rows(0);
  EXPECT_EQ(row.numerator(), 3'042);
  EXPECT_EQ(row.denominator(), 3'042 + 1'684);
  EXPECT_NEAR(row.value(), 0.644, 0.0005);

  simulation::v1::ForecastRequest request;
  *request.mutable_spec() = FourthQuarter();
  const auto forecast = clients::SimulationClient(server->channel()).Forecast(request);
  ASSERT_TRUE(forecast.ok()) << forecast.status();
  ASSERT_TRUE(forecast->outcome().has_forecast()) << forecast->ShortDebugString();
  const simulation::v1::ForecastResult& result = forecast->outcome().forecast();
  ASSERT_NO_FATAL_FAILURE(CheckForecast(result));
  EXPECT_EQ(CountEntities(result, simulation::v1::LEVEL_REP), kAgentCount);
  EXPECT_EQ(CountEntities(result, simulation::v1::LEVEL_TEAM), kManagerCount + kRegionCount);
  EXPECT_EQ(result.eligible_rep_count(), kAgentWithBookingsCount);
  const type::v1::Certificate& certificate = forecast->outcome().certificate();
  EXPECT_EQ(certificate.as_of().effective_date().year(), 2017);
  EXPECT_EQ(certificate.as_of().effective_date().month(), 9);
  EXPECT_EQ(certificate.as_of().effective_date().day(), 30);
  EXPECT_TRUE(certificate.reconstructed());
  EXPECT_EQ(certificate.undated_deal_count(), 500);

  simulation::v1::CompareScenariosRequest what_if;
  *what_if.mutable_spec() = FourthQuarter();
  what_if.add_scenarios()->set_display_name("base");
  *what_if.add_scenarios() = CoachingAndTwoHires("Dustin Brinkmann", "Rocco Neubert", 2017, 10);
  const auto comparison = CompareScenarios(server->channel(), what_if);
  ASSERT_TRUE(comparison.ok()) << comparison.status();
  ASSERT_NO_FATAL_FAILURE(CheckComparison(*comparison, *forecast));

  EXPECT_EQ(server->Shutdown().exit_code, 0);
  server = QuotacastServer::Start({"--data-dir", data_directory, "--log-level", "warning"});
  ASSERT_NE(server, nullptr);
  const auto forecast_again = clients::SimulationClient(server->channel()).Forecast(request);
  ASSERT_TRUE(forecast_again.ok()) << forecast_again.status();
  EXPECT_EQ(forecast_again->SerializeAsString(), forecast->SerializeAsString());
  const auto comparison_again = CompareScenarios(server->channel(), what_if);
  ASSERT_TRUE(comparison_again.ok()) << comparison_again.status();
  EXPECT_EQ(comparison_again->SerializeAsString(), comparison->SerializeAsString());
}

}  // namespace
}  // namespace quotacast::tests
