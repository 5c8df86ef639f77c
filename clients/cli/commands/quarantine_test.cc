// Goal: each subcommand sends the request it stands for and tells the outcome. Method: command
// lines against a fake ingestion service that gives two rows a page.
#include "clients/cli/commands/quarantine.h"

#include <string>

#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {
namespace {

class QuarantineTest : public ::testing::Test {
 protected:
  QuarantineTest() {
    for (const std::string id : {"rep-1", "rep-2", "rep-3"}) {
      ingestion::v1::QuarantinedRow row;
      row.set_name("workspaces/default/quarantinedRows/" + id);
      row.set_file("reps.csv");
      services_.quarantined_rows.push_back(row);
    }
  }
  FakeServices services_;
};

TEST_F(QuarantineTest, ListReadsAllPages) {
  const CliRun run = RunCliOnData(services_, {"quarantine", "list"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_NE(run.out.find("rep-3"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("3 rows in quarantine.\n"), std::string::npos) << run.out;
  const CliRun json = RunCliOnData(services_, {"quarantine", "list", "--json"});
  EXPECT_EQ(json.out.find("{\n"), 0u);
  EXPECT_NE(json.out.find("quarantinedRows/rep-3"), std::string::npos) << json.out;
}

TEST_F(QuarantineTest, ShowFindsTheRow) {
  const CliRun run = RunCliOnData(services_, {"quarantine", "show", "rep-3"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(run.out.find("rep-3: "), 0u) << run.out;
  EXPECT_EQ(RunCliOnData(services_, {"quarantine", "show", "rep-4"}).exit_code, kExitError);
}

TEST_F(QuarantineTest, FixSendsColumnsAndValues) {
  services_.replay_response.set_accepted_row_count(1);
  const CliRun run =
      RunCliOnData(services_, {"quarantine", "fix", "rep-2", "Name=Ada = Quill", "Left on="});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  ASSERT_EQ(services_.replay_request.corrections_size(), 1);
  const auto& correction = services_.replay_request.corrections(0);
  EXPECT_EQ(correction.name(), "workspaces/default/quarantinedRows/rep-2");
  ASSERT_EQ(correction.values_size(), 2);
  EXPECT_EQ(correction.values(0).column(), "Name");
  EXPECT_EQ(correction.values(0).value(), "Ada = Quill");
  EXPECT_EQ(correction.values(1).column(), "Left on");
  EXPECT_EQ(correction.values(1).value(), "");
  EXPECT_EQ(RunCliOnData(services_, {"quarantine", "fix", "rep-2", "Name"}).exit_code, kExitUsage);
  EXPECT_EQ(RunCliOnData(services_, {"quarantine", "fix", "rep-2"}).exit_code, kExitUsage);
}

TEST_F(QuarantineTest, ReplayOfSomeOrAll) {
  services_.replay_response.set_rejected_row_count(1);
  EXPECT_EQ(RunCliOnData(services_, {"quarantine", "replay", "rep-1", "rep-2"}).exit_code,
            kExitRowsRejected);
  EXPECT_EQ(services_.replay_request.corrections_size(), 2);
  EXPECT_EQ(RunCliOnData(services_, {"quarantine", "replay"}).exit_code, kExitRowsRejected);
  EXPECT_EQ(services_.replay_request.corrections_size(), 0);
}

TEST_F(QuarantineTest, DiscardNeedsRowsOrAll) {
  const CliRun run = RunCliOnData(services_, {"quarantine", "discard", "rep-1", "rep-3"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(run.out, "2 rows discarded.\n");
  EXPECT_EQ(RunCliOnData(services_, {"quarantine", "discard", "--all"}).exit_code, kExitOk);
  EXPECT_TRUE(services_.discard_request.all());
  EXPECT_EQ(RunCliOnData(services_, {"quarantine", "discard"}).exit_code, kExitUsage);
  EXPECT_EQ(RunCliOnData(services_, {"quarantine", "discard", "rep-1", "--all"}).exit_code,
            kExitUsage);
}

}  // namespace
}  // namespace quotacast::cli
