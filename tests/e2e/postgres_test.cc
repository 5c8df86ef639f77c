// Goal: the suite on PostgreSQL: a company goes in, a forecast comes out, the same bytes come from
// a second server on the same database and after a restart, and no password is written anywhere.
// Method: the built quotacastd and generator, run as programs against a server of the test's own,
// over TCP with a password; only the wire is used.
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "clients/cpp/simulation_client.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"
#include "services/eventlog/postgres_test_cluster.h"
#include "tests/support/child_process.h"
#include "tests/support/forecast_calls.h"
#include "tests/support/quotacast_server.h"

namespace quotacast::tests {
namespace {

using eventlog::PostgresTestCluster;

constexpr char kWorkspace[] = "workspaces/acme";

// The bytes of a forecast of the quarter after the company's last known day.
std::string Forecast(QuotacastServer& server) {
  simulation::v1::ForecastRequest request;
  request.mutable_spec()->set_parent(kWorkspace);
  request.mutable_spec()->set_period("2026Q4");
  request.mutable_spec()->add_levels(simulation::v1::LEVEL_ORG);
  request.mutable_spec()->add_levels(simulation::v1::LEVEL_REP);
  request.mutable_spec()->set_trial_count(1'000);
  request.mutable_spec()->set_seed(7);
  const auto forecast = clients::SimulationClient(server.channel()).Forecast(request);
  EXPECT_TRUE(forecast.ok()) << forecast.status();
  if (!forecast.ok()) return "";
  EXPECT_TRUE(forecast->outcome().has_forecast()) << forecast->ShortDebugString();
  CheckForecast(forecast->outcome().forecast());
  return forecast->outcome().forecast().SerializeAsString();
}

TEST(PostgresSuiteTest, ACompanyGoesInAndTheSameForecastComesFromEveryServer) {
  const std::unique_ptr<PostgresTestCluster> cluster = PostgresTestCluster::Start();
  const std::string uri = cluster->TcpUri(PostgresTestCluster::kPassword);
  const std::string folder = MakeTempDirectory("export");
  const ProgramResult generated = RunProgram(RunfilePath("tools/gen/quotacast_gen"),
                                             {"--out", folder, "--seed", "7", "--reps", "8"});
  ASSERT_EQ(generated.exit_code, 0) << generated.errors;

  const std::vector<std::string> flags = {"--event-store", uri, "--log-level", "debug"};
  std::unique_ptr<QuotacastServer> first = QuotacastServer::Start(flags);
  ASSERT_NE(first, nullptr);
  const auto imported = ImportFolder(first->channel(), kWorkspace, "crm_history", folder);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_GT(imported->appended_event_count(), 0);
  const auto quotas = ImportText(first->channel(), kWorkspace, "quotas", "quotas.csv",
                                 ReadFileOrDie(folder + "/quotas.csv"));
  ASSERT_TRUE(quotas.ok()) << quotas.status();
  const std::string forecast = Forecast(*first);
  ASSERT_FALSE(forecast.empty());

  // Beside the first, and with an import of its own, which finds nothing new.
  const std::unique_ptr<QuotacastServer> second = QuotacastServer::Start(flags);
  ASSERT_NE(second, nullptr);
  const auto again = ImportFolder(second->channel(), kWorkspace, "crm_history", folder);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->appended_event_count(), 0);
  EXPECT_EQ(Forecast(*second), forecast);

  const ProgramResult ended = first->Shutdown();
  EXPECT_EQ(ended.exit_code, 0) << ended.errors;
  EXPECT_NE(ended.errors.find("postgresql://"), std::string::npos) << ended.errors;
  EXPECT_EQ(ended.errors.find(PostgresTestCluster::kPassword), std::string::npos);
  first = QuotacastServer::Start(flags);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(Forecast(*first), forecast);
}

TEST(PostgresSuiteTest, ARefusalSaysWhatToDoAndNoPassword) {
  // Port 1 is nobody's.
  const ProgramResult result =
      RunProgram(QuotacastdPath(), {"--listen", "127.0.0.1:0", "--event-store",
                                    "postgresql://dana:Open-Barley@127.0.0.1:1/sales"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.errors.find("postgresql://dana@127.0.0.1:1/sales cannot be reached"),
            std::string::npos)
      << result.errors;
  EXPECT_EQ(result.errors.find("Barley"), std::string::npos) << result.errors;
}

}  // namespace
}  // namespace quotacast::tests
