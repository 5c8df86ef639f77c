// Goal: `import` sends the right files under the right profile and tells the outcome. Method:
// command lines against a fake ingestion service.
#include "clients/cli/commands/import.h"

#include <string>

#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {
namespace {

class ImportTest : public ::testing::Test {
 protected:
  ImportTest() : path_(WriteTempFile("import/deals.csv", "id\n1\n")) {}
  FakeServices services_;
  std::string path_;
};

TEST_F(ImportTest, AShippedProfile) {
  const CliRun run = RunCliOnData(services_, {"import", "--profile", "maventech", path_});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(services_.import_header.parent(), "workspaces/default");
  EXPECT_EQ(services_.import_header.profile_name(), "maventech");
  EXPECT_EQ(services_.imported_files["deals.csv"], "id\n1\n");
}

TEST_F(ImportTest, DryRunSnapshotDateAndRequestId) {
  const CliRun run = RunCliOnData(
      services_, {"import", "--profile", "m", path_, "--dry-run", "--snapshot-date", "2017-09-30",
                  "--request-id", "5f0c2f5e-31a6-4b0c-8a0d-0c2f5e31a64b"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_TRUE(services_.import_header.dry_run());
  EXPECT_EQ(services_.import_header.snapshot_date().day(), 30);
  EXPECT_EQ(services_.import_header.request_id(), "5f0c2f5e-31a6-4b0c-8a0d-0c2f5e31a64b");
  EXPECT_EQ(
      RunCliOnData(services_, {"import", "--profile", "m", path_, "--snapshot-date", "30.09.2017"})
          .exit_code,
      kExitUsage);
}

TEST_F(ImportTest, AProfileFile) {
  const std::string profile = WriteTempFile("import/own.toml", "source = \"own\"\n");
  ASSERT_EQ(RunCliOnData(services_, {"import", path_, "--profile", profile}).exit_code, kExitOk);
  EXPECT_EQ(services_.import_header.profile_text(), "source = \"own\"\n");
}

TEST_F(ImportTest, RejectedRowsAreExitCodeThree) {
  auto* file = services_.import_response.add_files();
  file->set_file("deals.csv");
  file->set_entity("opportunity");
  file->set_row_count(1);
  file->set_rejected_row_count(1);
  const CliRun run = RunCliOnData(services_, {"import", "--profile", "maventech", path_});
  EXPECT_EQ(run.exit_code, kExitRowsRejected);
  EXPECT_NE(run.out.find("deals.csv"), std::string::npos) << run.out;
}

TEST_F(ImportTest, Json) {
  services_.import_response.set_appended_event_count(5);
  const CliRun run = RunCliOnData(services_, {"import", "--profile", "m", path_, "--json"});
  EXPECT_EQ(run.out.find("{\n"), 0u);
  EXPECT_NE(run.out.find("\"appendedEventCount\": \"5\""), std::string::npos) << run.out;
}

TEST_F(ImportTest, ListsProfiles) {
  auto* profile = services_.profiles.add_profiles();
  profile->set_name("maventech");
  profile->set_description("The public CRM sample");
  const CliRun run = RunCliOnData(services_, {"import", "--list-profiles"});
  EXPECT_EQ(run.exit_code, kExitOk);
  EXPECT_NE(run.out.find("maventech  The public CRM sample\n"), std::string::npos) << run.out;
}

TEST_F(ImportTest, UsageErrors) {
  EXPECT_EQ(RunCliOnData(services_, {"import", path_}).exit_code, kExitUsage);
  EXPECT_EQ(RunCliOnData(services_, {"import", "--profile", "m"}).exit_code, kExitUsage);
  EXPECT_EQ(RunCliOnData(services_, {"import", "--profile", "m", "/nonexistent"}).exit_code,
            kExitUsage);
  EXPECT_EQ(RunCliOnData(services_, {"import", "--profile", "gone.toml", path_}).exit_code,
            kExitUsage);
}

}  // namespace
}  // namespace quotacast::cli
