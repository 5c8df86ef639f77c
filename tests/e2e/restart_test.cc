// Goal: a server that starts again on its data directory takes the snapshot of its histories and
// answers with the same bytes; without it, it answers the same from the log; and an erasure takes
// the snapshot away. Method: the built quotacastd and generator, run as programs; what was used
// stands in the server's log lines, and what is kept in the files.
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "clients/cpp/ingestion_client.h"
#include "clients/cpp/metrics_client.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "tests/support/child_process.h"
#include "tests/support/quotacast_server.h"

namespace quotacast::tests {
namespace {

constexpr char kWorkspace[] = "workspaces/acme";

metrics::v1::QueryKpiRequest BookingsByRep() {
  metrics::v1::QueryKpiRequest request;
  request.set_parent(kWorkspace);
  request.set_kpi("bookings");
  request.set_group_by(metrics::v1::GROUP_BY_REP);
  return request;
}

// The bytes of every KPI by rep.
std::string AllTables(QuotacastServer& server) {
  clients::MetricsClient client(server.channel());
  const auto kpis = client.ListKpis({});
  EXPECT_TRUE(kpis.ok()) << kpis.status();
  std::string bytes;
  metrics::v1::QueryKpiRequest request = BookingsByRep();
  for (const auto& kpi : kpis->kpis()) {
    request.set_kpi(kpi.name());
    const auto table = client.QueryKpi(request);
    bytes += table.ok() ? table->SerializeAsString() : table.status().ToString();
  }
  return bytes;
}

bool Says(const ProgramResult& result, const std::string& event) {
  return result.errors.find(event) != std::string::npos;
}

TEST(RestartTest, TakesTheSnapshotAndAnswersTheSame) {
  const std::string folder = MakeTempDirectory("export");
  const std::string data = MakeTempDirectory("data");
  const std::string snapshot = data + "/snapshots/acme.book";
  const ProgramResult generated = RunProgram(RunfilePath("tools/gen/quotacast_gen"),
                                             {"--out", folder, "--seed", "7", "--reps", "6"});
  ASSERT_EQ(generated.exit_code, 0) << generated.errors;
  const std::vector<std::string> flags = {"--data-dir", data, "--log-level", "info"};

  std::unique_ptr<QuotacastServer> server = QuotacastServer::Start(flags);
  ASSERT_NE(server, nullptr);
  ASSERT_TRUE(ImportFolder(server->channel(), kWorkspace, "crm_history", folder).ok());
  const std::string answers = AllTables(*server);
  EXPECT_FALSE(std::filesystem::exists(snapshot));
  ProgramResult result = server->Shutdown();
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(Says(result, "snapshot_written")) << result.errors;
  EXPECT_FALSE(Says(result, "snapshot_loaded")) << result.errors;
  ASSERT_TRUE(std::filesystem::exists(snapshot));

  server = QuotacastServer::Start(flags);
  ASSERT_NE(server, nullptr);
  EXPECT_TRUE(AllTables(*server) == answers);
  result = server->Shutdown();
  EXPECT_TRUE(Says(result, "snapshot_loaded")) << result.errors;
  EXPECT_FALSE(Says(result, "snapshot_refused")) << result.errors;
  EXPECT_FALSE(Says(result, "snapshot_written")) << result.errors;

  // Damaged: said, and the log is read instead.
  std::fstream(snapshot, std::ios::in | std::ios::out | std::ios::binary).seekp(1'000).put('\x7f');
  server = QuotacastServer::Start(flags);
  ASSERT_NE(server, nullptr);
  EXPECT_TRUE(AllTables(*server) == answers);
  result = server->Shutdown();
  EXPECT_TRUE(Says(result, "snapshot_refused")) << result.errors;
  EXPECT_TRUE(Says(result, "its checksum is wrong")) << result.errors;
  EXPECT_TRUE(Says(result, "snapshot_written")) << result.errors;

  // Switched off: nothing is taken.
  std::vector<std::string> off = flags;
  off.insert(off.end(), {"--metrics-snapshot-dir", "off"});
  server = QuotacastServer::Start(off);
  ASSERT_NE(server, nullptr);
  EXPECT_TRUE(AllTables(*server) == answers);
  result = server->Shutdown();
  EXPECT_FALSE(Says(result, "snapshot_")) << result.errors;
}

// Nobody asks for a KPI after the erasure: the snapshot goes with the process at the latest.
TEST(RestartTest, AnErasureTakesTheSnapshotAway) {
  const std::string folder = MakeTempDirectory("export");
  const std::string data = MakeTempDirectory("data");
  const std::string snapshot = data + "/snapshots/acme.book";
  const ProgramResult generated = RunProgram(RunfilePath("tools/gen/quotacast_gen"),
                                             {"--out", folder, "--seed", "7", "--reps", "6"});
  ASSERT_EQ(generated.exit_code, 0) << generated.errors;
  const std::vector<std::string> flags = {"--data-dir", data, "--log-level", "info"};
  std::unique_ptr<QuotacastServer> server = QuotacastServer::Start(flags);
  ASSERT_NE(server, nullptr);
  ASSERT_TRUE(ImportFolder(server->channel(), kWorkspace, "crm_history", folder).ok());
  const auto table = clients::MetricsClient(server->channel()).QueryKpi(BookingsByRep());
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_GT(table->table().rows_size(), 0);
  const std::string rep = table->table().rows(0).group();
  server->Shutdown();
  ASSERT_NE(ReadFileOrDie(snapshot).find(rep), std::string::npos);

  server = QuotacastServer::Start(flags);
  ASSERT_NE(server, nullptr);
  ingestion::v1::ErasePersonRequest request;
  request.set_parent(kWorkspace);
  request.set_entity(crm::v1::ENTITY_KIND_REP);
  request.set_person_id(rep);
  const auto erased = clients::IngestionClient(server->channel()).ErasePerson(request);
  ASSERT_TRUE(erased.ok()) << erased.status();
  const ProgramResult result = server->Shutdown();
  EXPECT_TRUE(Says(result, "snapshot_erased")) << result.errors;
  EXPECT_FALSE(std::filesystem::exists(snapshot));

  server = QuotacastServer::Start(flags);
  ASSERT_NE(server, nullptr);
  const auto after = clients::MetricsClient(server->channel()).QueryKpi(BookingsByRep());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->table().rows_size(), table->table().rows_size());
  server->Shutdown();
  EXPECT_EQ(ReadFileOrDie(snapshot).find(rep), std::string::npos);
}

}  // namespace
}  // namespace quotacast::tests
