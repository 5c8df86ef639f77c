// Goal: `quota set` brings a file to the quota profile and reports rows left out. Method: command
// lines against a fake ingestion service.
#include "clients/cli/commands/quota.h"

#include <string>

#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {
namespace {

TEST(QuotaTest, SendsTheFileUnderTheQuotaProfile) {
  FakeServices services;
  const std::string path = WriteTempFile("quota/q4 final.csv", "rep,period,amount,currency\n");
  auto* file = services.import_response.add_files();
  file->set_file("q4 final.csv");
  file->set_entity("quota");
  file->set_row_count(2);
  file->set_accepted_row_count(1);
  file->set_rejected_row_count(1);
  auto* problem = services.import_response.add_problems();
  problem->set_file("q4 final.csv");
  problem->set_row(3);
  problem->set_message("unknown rep");
  problem->set_severity(ingestion::v1::ROW_PROBLEM_SEVERITY_ERROR);
  services.import_response.set_error_count(1);

  const CliRun run = RunCliOnData(services, {"quota", "set", "--file", path});
  EXPECT_EQ(run.exit_code, kExitRowsRejected) << run.err;
  EXPECT_EQ(services.import_header.profile_name(), "quotas");
  EXPECT_EQ(services.imported_files["q4 final.csv"], "rep,period,amount,currency\n");
  EXPECT_NE(run.out.find("q4 final.csv:3: unknown rep"), std::string::npos) << run.out;
}

TEST(QuotaTest, NeedsAFile) {
  FakeServices services;
  EXPECT_EQ(RunCliOnData(services, {"quota", "set", "--file", "/gone.csv"}).exit_code, kExitUsage);
}

}  // namespace
}  // namespace quotacast::cli
