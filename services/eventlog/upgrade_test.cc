// Goal: a log of every released schema version opens, reads the same, goes on and verifies; and
// what this version writes has the documented columns and bytes. Method: the released version's DDL
// with events, committed as SQL; a golden list of all columns of rows written now. When a golden
// value changes, a new schema version and a new fixture are due, not a new value.
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/migrations.h"
#include "services/eventlog/sqlite_connection.h"
#include "services/eventlog/sqlite_event_log.h"
#include "services/eventlog/temp_directory.h"

namespace quotacast::eventlog {
namespace {

std::string FixtureText(int schema_version) {
  std::ifstream file(
      absl::StrCat("services/eventlog/testdata/event_log_v", schema_version, ".sql"));
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

class UpgradeTest : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteConnection> OpenRaw() {
    return *SqliteConnection::Open(path_, absl::Seconds(5));
  }
  void MakeFixture(int schema_version) {
    const std::string text = FixtureText(schema_version);
    ASSERT_FALSE(text.empty());
    const absl::Status status = OpenRaw()->Execute(text);
    ASSERT_TRUE(status.ok()) << status;
  }
  std::unique_ptr<SqliteEventLog> Open() {
    auto log = SqliteEventLog::Open(path_, &clock_);
    EXPECT_TRUE(log.ok()) << log.status();
    return *std::move(log);
  }

  TempDirectory directory_;
  const std::string path_ = directory_.File("log.db");
  FakeClock clock_{absl::FromUnixMicros(1'600'000'000'000'001)};
};

TEST_F(UpgradeTest, ThereIsAFixtureOfEveryEarlierVersion) {
  for (int version = 1; version < kSchemaVersion; ++version) {
    EXPECT_FALSE(FixtureText(version).empty()) << version;
  }
}

TEST_F(UpgradeTest, ALogOfVersion1ReadsTheSame) {
  MakeFixture(1);
  const auto log = Open();
  EXPECT_EQ(*OpenRaw()->QueryInt("PRAGMA user_version"), kSchemaVersion);
  const absl::Time first = absl::FromUnixMicros(1'500'000'000'123'456);
  const absl::Time later = absl::FromUnixSeconds(1'500'000'001);
  const std::string key = "opportunity/1C1I7A6R";
  const std::vector<StoredEvent> expected = {
      {1,
       first,
       {{"maventech", key, "Engaging@2016-10-20"},
        absl::FromUnixSeconds(1'476'921'600),
        "\x0a\x08"
        "1C1I7A6R\x12\x08"
        "Engaging"}},
      {2,
       first,
       {{"maventech", key, "Won@2017-03-01"},
        absl::FromUnixSeconds(1'488'326'400),
        "\x0a\x08"
        "1C1I7A6R\x12\x03"
        "Won"}},
      {3, later, {{"maventech", "rep/Ada", "undated"}, std::nullopt, ""}},
      {4,
       later,
       {{"crm", std::string("odd \0\xff", 6), "\xc3\xab"},
        absl::FromUnixMicros(-1),
        std::string("\0\xff", 2)}},
  };
  EXPECT_EQ(*log->Read("default", 0, 100), expected);
  EXPECT_EQ(log->ReadKey("default", "maventech", key)->size(), 2u);
  EXPECT_EQ(*log->Workspaces(), (std::vector<std::string>{"default", "other"}));

  // The counters are there as if they had always been.
  LogStats stats;
  stats.event_count = 4;
  stats.payload_bytes = 20 + 15 + 0 + 2;
  stats.first_recorded_time = first;
  stats.last_recorded_time = later;
  EXPECT_EQ(*log->Stats("default"), stats);
  EXPECT_EQ(log->Stats("other")->event_count, 1);
  EXPECT_EQ(log->Verify("default", 0, 100)->event_count, 4);
  EXPECT_TRUE(log->Verify("default", 0, 100)->faults.empty());
}

TEST_F(UpgradeTest, ALogOfVersion1GoesOn) {
  MakeFixture(1);
  const auto log = Open();
  const std::vector<StoredEvent> before = *log->Read("default", 0, 100);
  Event conflict = before[1].event;
  conflict.payload = "other";
  const auto results = log->Append(
      "default",
      {before[0].event, conflict, {{"crm", "opportunity/2", "Won@2020-09-13"}, std::nullopt, "p"}});
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ(*results, (std::vector<AppendResult>{{AppendOutcome::kDuplicate, 1},
                                                 {AppendOutcome::kConflict, 2},
                                                 {AppendOutcome::kAppended, 5}}));
  EXPECT_EQ(log->ListConflicts("default", 0, 10)->at(0).event, conflict);
  ASSERT_TRUE(
      log->Rewrite("default", {{3, {"maventech", "rep/erased-1", "undated"}, "", true}}).ok());
  EXPECT_EQ(log->Stats("default")->event_count, 5);
  EXPECT_TRUE(log->Verify("default", 0, 100)->faults.empty());
  // The rewritten one has got a checksum; the others of version 1 stay without.
  EXPECT_EQ(
      *OpenRaw()->QueryText("SELECT group_concat(n) FROM (SELECT \"offset\" AS n FROM event WHERE "
                            "workspace = 'default' AND checksum IS NOT NULL ORDER BY n)"),
      "3,5");
}

TEST_F(UpgradeTest, AFailedMigrationLeavesTheOldLog) {
  MakeFixture(1);
  // A table of the new version's name is in the way.
  ASSERT_TRUE(OpenRaw()->Execute("CREATE TABLE record (x INT)").ok());
  EXPECT_FALSE(SqliteEventLog::Open(path_, &clock_).ok());
  EXPECT_EQ(*OpenRaw()->QueryInt("PRAGMA user_version"), 1);
  ASSERT_TRUE(OpenRaw()->Execute("DROP TABLE record").ok());
  EXPECT_EQ(*Open()->LastOffset("default"), 4);
}

// All columns of all rows, as SQL literals.
std::string Dump(SqliteConnection& connection, const std::string& table) {
  const std::string columns = *connection.QueryText(absl::StrCat(
      "SELECT group_concat('quote(\"' || name || '\")', '||'',''||') FROM pragma_table_info('",
      table, "')"));
  return *connection.QueryText(
      absl::StrCat("SELECT group_concat(", columns, ", ';') FROM ", table));
}

std::string Columns(SqliteConnection& connection, const std::string& table) {
  return *connection.QueryText(absl::StrCat(
      "SELECT group_concat(name || ' ' || type || iif(\"notnull\", ' NOT NULL', ''), ', ') FROM "
      "pragma_table_info('",
      table, "')"));
}

TEST_F(UpgradeTest, TheColumnsAreTheDocumentedOnes) {
  Open();
  const auto raw = OpenRaw();
  EXPECT_EQ(Columns(*raw, "event"),
            "workspace TEXT NOT NULL, offset INTEGER NOT NULL, source TEXT NOT NULL, "
            "source_key TEXT NOT NULL, version TEXT NOT NULL, effective_micros INTEGER, "
            "recorded_micros INTEGER NOT NULL, payload BLOB NOT NULL, "
            "is_erased INTEGER NOT NULL, checksum INTEGER");
  EXPECT_EQ(Columns(*raw, "workspace"),
            "workspace TEXT NOT NULL, event_count INTEGER NOT NULL, "
            "payload_bytes INTEGER NOT NULL, erased_event_count INTEGER NOT NULL, "
            "last_conflict_number INTEGER NOT NULL");
  EXPECT_EQ(Columns(*raw, "conflict"),
            "workspace TEXT NOT NULL, number INTEGER NOT NULL, kept_offset INTEGER NOT NULL, "
            "source TEXT NOT NULL, source_key TEXT NOT NULL, version TEXT NOT NULL, "
            "effective_micros INTEGER, recorded_micros INTEGER NOT NULL, payload BLOB NOT NULL, "
            "content_checksum INTEGER NOT NULL");
  EXPECT_EQ(Columns(*raw, "record"),
            "workspace TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, "
            "recorded_micros INTEGER NOT NULL, value BLOB NOT NULL");
  EXPECT_EQ(*raw->QueryText("SELECT group_concat(name) FROM pragma_table_list "
                            "WHERE schema = 'main' AND strict ORDER BY name"),
            "record,conflict,workspace,event");
}

TEST_F(UpgradeTest, TheStoredBytesAreTheDocumentedOnes) {
  {
    const auto log = Open();
    const Event event = {{"crm", "rep/Ada", "1"}, absl::FromUnixSeconds(1'488'326'400), "Ada"};
    Event other = event;
    other.payload = "Eve";
    ASSERT_TRUE(log->Append("w", {event, {{"crm", "rep/Bo", "1"}, std::nullopt, ""}, other},
                            {{"note", "k", [](auto) { return std::string("v"); }}})
                    .ok());
    ASSERT_TRUE(log->Rewrite("w", {{2, {"crm", "rep/erased-1", "1"}, "", true}}).ok());
  }
  const auto raw = OpenRaw();
  EXPECT_EQ(Dump(*raw, "event"),
            "'w',1,'crm','rep/Ada','1',1488326400000000,1600000000000001,X'416461',0,402901;"
            "'w',2,'crm','rep/erased-1','1',NULL,1600000000000001,X'',1,3563213971");
  EXPECT_EQ(Dump(*raw, "workspace"), "'w',2,3,1,1");
  EXPECT_EQ(Dump(*raw, "conflict"),
            "'w',1,1,'crm','rep/Ada','1',1488326400000000,1600000000000001,X'457665',1437912761");
  EXPECT_EQ(Dump(*raw, "record"), "'w','note','k',1600000000000001,X'76'");
}

}  // namespace
}  // namespace quotacast::eventlog
