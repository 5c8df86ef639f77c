// Goal: each `log` command asks for the right thing and tells the outcome, also by its exit code; a
// backup brought back and written again is the same file. Method: command lines against a fake
// ingestion service.
#include "clients/cli/commands/log.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {
namespace {

std::string BytesOf(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

class LogTest : public ::testing::Test {
 protected:
  void AddEvents(int count) {
    for (int i = 1; i <= count; ++i) {
      ingestion::v1::EventRecord& event = services_.events.emplace_back();
      event.set_offset(i);
      event.mutable_id()->set_source("crm");
      event.mutable_id()->set_source_key(absl::StrCat("rep/", i));
      event.mutable_id()->set_version("1");
      event.mutable_recorded_time()->set_seconds(1'500'000'000 + i);
      event.mutable_event()->mutable_rep()->set_rep_id(absl::StrCat(i));
      event.set_is_erased(i == 2);
    }
  }
  CliRun Run(const std::vector<std::string>& arguments) {
    return RunCliOnData(services_, arguments);
  }
  static std::string TempPath(const std::string& name) {
    // Makes the folder.
    const std::string path = WriteTempFile("log/" + name, "");
    std::filesystem::remove(path);
    return path;
  }

  FakeServices services_;
};

TEST_F(LogTest, Stats) {
  services_.log_stats.set_event_count(1234);
  services_.log_stats.set_store("sqlite");
  services_.log_stats.add_entities()->set_entity(crm::v1::ENTITY_KIND_ORDER_LINE);
  const CliRun run = Run({"log", "stats"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_NE(run.out.find("1,234 events"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("order_line"), std::string::npos) << run.out;
  EXPECT_NE(Run({"log", "stats", "--json"}).out.find("\"eventCount\": \"1234\""),
            std::string::npos);
}

TEST_F(LogTest, FaultsAreExitCodeFive) {
  services_.verification.resize(2);
  ingestion::v1::VerifyLogResponse& progress = services_.verification[0];
  progress.set_checked_event_count(10);
  progress.set_event_count(20);
  ingestion::v1::VerifyLogResponse& last = services_.verification[1];
  last.set_checked_event_count(20);
  last.set_event_count(20);
  last.set_done(true);
  CliRun run = Run({"log", "verify"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_NE(run.out.find("20 events"), std::string::npos) << run.out;

  ingestion::v1::LogFault& fault = *progress.add_faults();
  fault.set_offset(7);
  fault.set_reason("CHECKSUM_MISMATCH");
  last.set_fault_count(1);
  run = Run({"log", "verify"});
  EXPECT_EQ(run.exit_code, kExitFaultsFound);
  EXPECT_NE(run.out.find("offset 7: CHECKSUM_MISMATCH"), std::string::npos) << run.out;
  run = Run({"log", "verify", "--json"});
  EXPECT_EQ(run.exit_code, kExitFaultsFound);
  EXPECT_NE(run.out.find("\"faultCount\": \"1\""), std::string::npos) << run.out;

  services_.verification.pop_back();  // Ends without having been to the end.
  EXPECT_EQ(Run({"log", "verify"}).exit_code, kExitError);
}

TEST_F(LogTest, ABackupBroughtBackIsTheSameFile) {
  AddEvents(7);
  for (const std::string name : {"backup.qcx", "backup.qcx.gz"}) {
    const std::string path = TempPath(name);
    CliRun run = Run({"log", "backup", "--out", path});
    ASSERT_EQ(run.exit_code, kExitOk) << run.err;
    EXPECT_NE(run.out.find("7 events"), std::string::npos) << run.out;
    services_.restored_events.clear();
    run = Run({"--workspace", "copy", "log", "restore", path});
    ASSERT_EQ(run.exit_code, kExitOk) << run.err;
    EXPECT_EQ(services_.restored_parent, "workspaces/copy");
    ASSERT_EQ(services_.restored_events.size(), 7u);
    const std::string first = BytesOf(path);
    services_.events = services_.restored_events;
    ASSERT_EQ(Run({"log", "backup", "--out", path}).exit_code, kExitOk);
    EXPECT_EQ(BytesOf(path), first);
    EXPECT_FALSE(std::filesystem::exists(path + ".partial"));
  }
}

TEST_F(LogTest, ExportsForPeopleAreLinesOfJson) {
  AddEvents(2);
  const std::string path = TempPath("events.ndjson");
  ASSERT_EQ(Run({"log", "export", "--out", path}).exit_code, kExitOk);
  std::istringstream lines(BytesOf(path));
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0], "{\"quotacastExport\":1}");
  EXPECT_NE(all[1].find("\"sourceKey\":\"rep/1\""), std::string::npos) << all[1];
  EXPECT_EQ(all[3].find("{\"eventCount\":2,\"crc32\":\""), 0u) << all[3];
  // Not for machines that restore.
  EXPECT_EQ(Run({"log", "restore", path}).exit_code, kExitUsage);
}

TEST_F(LogTest, AFailedExportLeavesNoFile) {
  AddEvents(3);
  services_.failure = absl::UnavailableError("gone");
  const std::string path = TempPath("failed.qcx");
  EXPECT_EQ(Run({"log", "backup", "--out", path}).exit_code, kExitError);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".partial"));
  EXPECT_EQ(Run({"log", "backup", "--out", "/nonexistent/x"}).exit_code, kExitUsage);
}

TEST_F(LogTest, RestoringNeedsAWholeFileAndAnEmptyWorkspace) {
  AddEvents(5);
  const std::string path = TempPath("cut.qcx");
  ASSERT_EQ(Run({"log", "backup", "--out", path}).exit_code, kExitOk);
  services_.log_stats.set_event_count(1);
  EXPECT_EQ(Run({"log", "restore", path}).exit_code, kExitUsage);
  services_.log_stats.set_event_count(0);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  const CliRun run = Run({"log", "restore", path});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_NE(run.err.find("cut or damaged"), std::string::npos) << run.err;
  EXPECT_TRUE(services_.restored_events.empty());
}

TEST_F(LogTest, WatchPassesItsFiltersOn) {
  AddEvents(3);
  CliRun run = Run({"log", "watch", "--after", "1", "--entity", "order_line", "--source", "crm",
                    "--key", "rep/2"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(services_.watch_request.after_offset(), 1);
  EXPECT_EQ(services_.watch_request.entities(0), crm::v1::ENTITY_KIND_ORDER_LINE);
  EXPECT_EQ(services_.watch_request.sources(0), "crm");
  EXPECT_EQ(services_.watch_request.source_keys(0), "rep/2");
  EXPECT_FALSE(services_.watch_request.follow());
  EXPECT_NE(run.out.find("crm  rep/2  1  (erased)\n"), std::string::npos) << run.out;
  run = Run({"log", "watch", "--json"});
  EXPECT_EQ(run.out.find("{\"offset\":\"1\""), 0u) << run.out;
  EXPECT_EQ(Run({"log", "watch", "--entity", "thing"}).exit_code, kExitUsage);
}

TEST_F(LogTest, ConflictsOfAllPages) {
  for (int i = 1; i <= 3; ++i) {
    ingestion::v1::EventConflict& conflict = services_.conflicts.emplace_back();
    conflict.mutable_kept()->mutable_id()->set_source_key(absl::StrCat("rep/", i));
  }
  const CliRun run = Run({"log", "conflicts"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_NE(run.out.find("rep/3"), std::string::npos) << run.out;
  services_.conflicts.clear();
  EXPECT_NE(Run({"log", "conflicts"}).out.find("No conflicts"), std::string::npos);
}

TEST_F(LogTest, ErasingNeedsAYes) {
  EXPECT_EQ(Run({"log", "erase", "--rep", "Anna"}).exit_code, kExitUsage);
  EXPECT_EQ(Run({"log", "erase", "--yes"}).exit_code, kExitUsage);
  EXPECT_EQ(Run({"log", "erase", "--rep", "a", "--lead", "b", "--yes"}).exit_code, kExitUsage);
  EXPECT_EQ(services_.erase_request.person_id(), "");
  services_.erase_response.set_pseudonym("erased-rep-1");
  CliRun run = Run({"log", "erase", "--rep", "Anna", "--yes"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(services_.erase_request.entity(), crm::v1::ENTITY_KIND_REP);
  EXPECT_EQ(services_.erase_request.person_id(), "Anna");
  EXPECT_NE(run.out.find("erased-rep-1"), std::string::npos) << run.out;
  EXPECT_EQ(Run({"log", "erase", "--lead", "7", "--yes", "--json"}).exit_code, kExitOk);
  EXPECT_EQ(services_.erase_request.entity(), crm::v1::ENTITY_KIND_LEAD);
}

TEST_F(LogTest, EveryCommandHasAnExample) {
  for (const char* command :
       {"stats", "verify", "export", "backup", "restore", "watch", "conflicts", "erase"}) {
    const CliRun run = Run({"log", command, "--help"});
    EXPECT_EQ(run.exit_code, kExitOk) << command;
    EXPECT_NE(run.out.find("Example:"), std::string::npos) << run.out;
  }
}

}  // namespace
}  // namespace quotacast::cli
