// Goal: the SQLite log keeps the contract, survives reopening, is durable at the acknowledgement,
// merges concurrent appends into fewer transactions, bounds its queue, and refuses wrong files.
// Method: the contract suite; then real files seen through a second, raw connection. Where a test
// needs the writer to stand still, that connection holds the write lock; threads are met through
// stats(), never by sleeping.
#include "services/eventlog/sqlite_event_log.h"

#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_log_contract_test.h"
#include "services/eventlog/migrations.h"
#include "services/eventlog/sqlite_connection.h"
#include "services/eventlog/temp_directory.h"

namespace quotacast::eventlog {
namespace {

std::unique_ptr<EventLog> MakeLog(const std::string& directory, const Clock* clock) {
  return *SqliteEventLog::Open(directory + "/log.db", clock);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, EventLogContractTest,
                         ::testing::Values(EventLogMaker{"sqlite", MakeLog}));

Event MakeEvent(const std::string& key, size_t payload_size = 7) {
  return {{"crm", key, "1"}, absl::FromUnixSeconds(1'488'326'400), std::string(payload_size, 'p')};
}

class SqliteEventLogTest : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteEventLog> Open(const SqliteEventLogOptions& options = {}) {
    auto log = SqliteEventLog::Open(path_, &clock_, options);
    EXPECT_TRUE(log.ok()) << log.status();
    return *std::move(log);
  }
  absl::Status OpenStatus() { return SqliteEventLog::Open(path_, &clock_).status(); }
  std::unique_ptr<SqliteConnection> OpenRaw() {
    return *SqliteConnection::Open(path_, absl::Seconds(5));
  }
  // A writer that a test holds up waits for as long as a slow machine needs to get there.
  static SqliteEventLogOptions Patient() {
    SqliteEventLogOptions options;
    options.busy_timeout = absl::Minutes(10);
    return options;
  }
  // Until the log's figures are as wanted.
  static void Await(const SqliteEventLog& log,
                    const std::function<bool(const SqliteEventLogStats&)>& reached) {
    while (!reached(log.stats())) std::this_thread::yield();
  }

  TempDirectory directory_;
  const std::string path_ = directory_.File("log.db");
  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
};

void ExpectRefused(const absl::Status& status, absl::StatusCode code, const std::string& reason,
                   const std::string& path) {
  EXPECT_EQ(status.code(), code) << status;
  ASSERT_TRUE(GetDetail(status).has_value()) << status;
  EXPECT_EQ(GetDetail(status)->reason, reason) << status;
  EXPECT_NE(std::string(status.message()).find(path), std::string::npos) << status;
}

TEST_F(SqliteEventLogTest, ReopeningKeepsEverything) {
  {
    const auto log = Open();
    ASSERT_TRUE(log->Append("w", {MakeEvent("a"), MakeEvent("b")}).ok());
    ASSERT_TRUE(log->Append("v", {MakeEvent("a")}).ok());
  }
  clock_.Advance(-absl::Hours(1));
  const auto log = Open();
  EXPECT_EQ(*log->LastOffset("w"), 2);
  EXPECT_EQ(*log->Workspaces(), (std::vector<std::string>{"v", "w"}));
  const std::vector<AppendResult> results = *log->Append("w", {MakeEvent("b"), MakeEvent("c")});
  EXPECT_EQ(results[0].outcome, AppendOutcome::kDuplicate);
  EXPECT_EQ(results[1].offset, 3);
  const std::vector<StoredEvent> events = *log->Read("w", 0, 10);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].event.id.source_key, "a");
  EXPECT_EQ(events[0].event.payload, "ppppppp");
  EXPECT_EQ(events[0].event.effective_time, absl::FromUnixSeconds(1'488'326'400));
  // Nor does the recorded time go back over a restart.
  EXPECT_EQ(events[2].recorded_time, absl::FromUnixSeconds(1'500'000'000));
  // What was there before the restart counts for a waiter, too.
  EXPECT_EQ(*log->WaitForAppend("v", 0, absl::InfiniteDuration()), 1);
}

TEST_F(SqliteEventLogTest, AnAcknowledgedAppendIsCommitted) {
  const auto log = Open();
  const auto raw = OpenRaw();
  for (int i = 1; i <= 20; ++i) {
    ASSERT_TRUE(log->Append("w", {MakeEvent(absl::StrCat(i))}).ok());
    ASSERT_EQ(*raw->QueryInt("SELECT max(\"offset\") FROM event"), i);
  }
  EXPECT_EQ(log->stats().transaction_count, 20);
  EXPECT_EQ(log->stats().event_count, 20);
}

TEST_F(SqliteEventLogTest, ReadsWhileAnotherWriterHoldsTheLock) {
  const auto log = Open();
  ASSERT_TRUE(log->Append("w", {MakeEvent("a")}).ok());
  const auto raw = OpenRaw();
  ASSERT_TRUE(raw->Execute("BEGIN IMMEDIATE; DELETE FROM event").ok());
  EXPECT_EQ(log->Read("w", 0, 10)->size(), 1u);
  ASSERT_TRUE(raw->Execute("ROLLBACK").ok());
}

TEST_F(SqliteEventLogTest, AppendsThatWaitShareOneTransaction) {
  const auto log = Open(Patient());
  const auto raw = OpenRaw();
  ASSERT_TRUE(raw->Execute("BEGIN IMMEDIATE").ok());
  std::vector<std::thread> threads;
  const auto append = [&log, &threads](int i) {
    threads.emplace_back([&log, i] {
      const auto results = log->Append("w", {MakeEvent(absl::StrCat(i)), MakeEvent("shared")});
      ASSERT_TRUE(results.ok()) << results.status();
    });
  };
  // The first is taken by the writer, which then waits for the lock; eight more gather behind it.
  append(0);
  Await(*log, [](const auto& s) { return s.append_count == 1 && s.queued_append_count == 0; });
  for (int i = 1; i <= 8; ++i) append(i);
  Await(*log, [](const auto& s) { return s.queued_append_count == 8; });
  ASSERT_TRUE(raw->Execute("ROLLBACK").ok());
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(log->stats().append_count, 9);
  EXPECT_EQ(log->stats().transaction_count, 2);
  EXPECT_EQ(log->stats().event_count, 10);
  EXPECT_EQ(*log->LastOffset("w"), 10);
}

TEST_F(SqliteEventLogTest, ATransactionTakesNoMoreEventsThanItsLimit) {
  SqliteEventLogOptions options = Patient();
  options.max_group_events = 4;
  const auto log = Open(options);
  const auto raw = OpenRaw();
  ASSERT_TRUE(raw->Execute("BEGIN IMMEDIATE").ok());
  std::vector<std::thread> threads;
  const auto append = [&](const std::string& key, int event_count) {
    threads.emplace_back([&log, key, event_count] {
      std::vector<Event> events;
      for (int i = 0; i < event_count; ++i) events.push_back(MakeEvent(absl::StrCat(key, i)));
      ASSERT_TRUE(log->Append("w", events).ok());
    });
  };
  // One call larger than the limit goes alone; four of two events go two by two.
  append("large", 7);
  Await(*log, [](const auto& s) { return s.append_count == 1 && s.queued_append_count == 0; });
  for (const char* key : {"a", "b", "c", "d"}) append(key, 2);
  Await(*log, [](const auto& s) { return s.queued_append_count == 4; });
  ASSERT_TRUE(raw->Execute("ROLLBACK").ok());
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(log->stats().transaction_count, 3);
  EXPECT_EQ(*log->LastOffset("w"), 15);
}

TEST_F(SqliteEventLogTest, ARefusedAppendDoesNotHarmThoseItSharesATransactionWith) {
  const auto log = Open(Patient());
  const auto raw = OpenRaw();
  ASSERT_TRUE(raw->Execute("BEGIN IMMEDIATE").ok());
  std::vector<std::thread> threads;
  threads.emplace_back([&log] { ASSERT_TRUE(log->Append("w", {MakeEvent("first")}).ok()); });
  Await(*log, [](const auto& s) { return s.append_count == 1 && s.queued_append_count == 0; });
  for (int i = 0; i < 5; ++i) {
    // The third one's record is too long, which only shows inside the transaction.
    threads.emplace_back([&log, i] {
      const size_t size = i == 2 ? kMaxRecordBytes + 1 : 1;
      const auto results =
          log->Append("w", {MakeEvent(absl::StrCat(i))},
                      {{"note", absl::StrCat(i), [size](auto) { return std::string(size, 'v'); }}});
      EXPECT_EQ(results.status().code(),
                i == 2 ? absl::StatusCode::kInvalidArgument : absl::StatusCode::kOk)
          << results.status();
    });
  }
  Await(*log, [](const auto& s) { return s.queued_append_count == 5; });
  ASSERT_TRUE(raw->Execute("ROLLBACK").ok());
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(log->stats().transaction_count, 2);
  EXPECT_EQ(log->stats().event_count, 5);
  EXPECT_EQ(*log->LastOffset("w"), 5);
  EXPECT_TRUE(log->ReadKey("w", "crm", "2")->empty());
  EXPECT_EQ(*log->CountRecords("w", "note"), 4);
}

TEST_F(SqliteEventLogTest, AFullQueueRefusesWithARetryHint) {
  SqliteEventLogOptions options = Patient();
  options.max_queued_appends = 2;
  const auto log = Open(options);
  const auto raw = OpenRaw();
  ASSERT_TRUE(raw->Execute("BEGIN IMMEDIATE").ok());
  std::vector<std::thread> threads;
  const auto append = [&](int i) {
    threads.emplace_back(
        [&log, i] { ASSERT_TRUE(log->Append("w", {MakeEvent(absl::StrCat(i))}).ok()); });
  };
  append(0);
  Await(*log, [](const auto& s) { return s.append_count == 1 && s.queued_append_count == 0; });
  append(1);
  append(2);
  Await(*log, [](const auto& s) { return s.queued_append_count == 2; });
  const absl::Status status = log->Append("w", {MakeEvent("one more")}).status();
  ExpectRefused(status, absl::StatusCode::kResourceExhausted, "OVERLOADED", path_);
  EXPECT_GT(GetDetail(status)->retry_after, absl::ZeroDuration());
  ASSERT_TRUE(raw->Execute("ROLLBACK").ok());
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(*log->LastOffset("w"), 3);
  EXPECT_TRUE(log->Append("w", {MakeEvent("one more")}).ok());
}

TEST_F(SqliteEventLogTest, TheDestructorFinishesWhatWaits) {
  auto log = Open(Patient());
  const auto raw = OpenRaw();
  ASSERT_TRUE(raw->Execute("BEGIN IMMEDIATE").ok());
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back(
        [log = log.get(), i] { ASSERT_TRUE(log->Append("w", {MakeEvent(absl::StrCat(i))}).ok()); });
  }
  Await(*log, [](const auto& s) { return s.append_count == 5; });
  std::thread closer([&log] { log.reset(); });
  ASSERT_TRUE(raw->Execute("ROLLBACK").ok());
  closer.join();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(*raw->QueryInt("SELECT count(*) FROM event"), 5);
}

TEST_F(SqliteEventLogTest, ALockedFileIsUnavailableAndKeepsNothing) {
  SqliteEventLogOptions options;
  options.busy_timeout = absl::Milliseconds(10);
  const auto log = Open(options);
  const auto raw = OpenRaw();
  ASSERT_TRUE(raw->Execute("BEGIN IMMEDIATE").ok());
  ExpectRefused(log->Append("w", {MakeEvent("a")}).status(), absl::StatusCode::kUnavailable,
                "LOG_LOCKED", path_);
  ASSERT_TRUE(raw->Execute("ROLLBACK").ok());
  EXPECT_EQ(*log->LastOffset("w"), 0);
  EXPECT_EQ(log->Append("w", {MakeEvent("a")})->at(0).offset, 1);
}

TEST_F(SqliteEventLogTest, AFullDiskIsUnavailableAndKeepsNothing) {
  SqliteEventLogOptions options;
  options.max_page_count = 30;
  {
    const auto log = Open(options);
    ASSERT_TRUE(log->Append("w", {MakeEvent("a")}).ok());
    ExpectRefused(log->Append("w", {MakeEvent("b"), MakeEvent("c", 500'000)}).status(),
                  absl::StatusCode::kUnavailable, "LOG_DISK_FULL", path_);
    EXPECT_EQ(*log->LastOffset("w"), 1);
    EXPECT_EQ(log->Append("w", {MakeEvent("d")})->at(0).offset, 2);
  }
  // With room again the same batch goes in.
  const auto log = Open();
  EXPECT_EQ(log->Append("w", {MakeEvent("b"), MakeEvent("c", 500'000)})->at(1).offset, 4);
}

TEST_F(SqliteEventLogTest, ADamagedPageIsAnErrorAndNotAnEmptyAnswer) {
  {
    const auto log = Open();
    std::vector<Event> events;
    for (int i = 0; i < 2'000; ++i) events.push_back(MakeEvent(absl::StrCat(i), 100));
    ASSERT_TRUE(log->Append("w", events).ok());
  }
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096);
  file << std::string(40 * 4096, '\xa5');
  file.close();
  const auto log = Open();
  ExpectRefused(log->Read("w", 0, 10'000).status(), absl::StatusCode::kInternal, "LOG_CORRUPT",
                path_);
}

TEST_F(SqliteEventLogTest, RefusesFilesThatAreNoLog) {
  std::ofstream(path_) << "deal_id,stage,amount\n1,Won,100\n" << std::string(5'000, '\n');
  ExpectRefused(OpenStatus(), absl::StatusCode::kFailedPrecondition, "LOG_NOT_A_DATABASE", path_);
}

TEST_F(SqliteEventLogTest, RefusesANewerSchemaNamingBothVersions) {
  Open();
  ASSERT_TRUE(OpenRaw()->Execute("PRAGMA user_version = 42").ok());
  const absl::Status status = OpenStatus();
  ExpectRefused(status, absl::StatusCode::kFailedPrecondition, "LOG_TOO_NEW", path_);
  EXPECT_NE(std::string(status.message()).find("version 42"), std::string::npos) << status;
  EXPECT_NE(std::string(status.message()).find(absl::StrCat("up to ", kSchemaVersion)),
            std::string::npos)
      << status;
}

TEST_F(SqliteEventLogTest, RefusesAnotherProgramsDatabaseUnchanged) {
  ASSERT_TRUE(OpenRaw()->Execute("CREATE TABLE theirs (x INT)").ok());
  ExpectRefused(OpenStatus(), absl::StatusCode::kFailedPrecondition, "LOG_FOREIGN", path_);
  EXPECT_EQ(*OpenRaw()->QueryText("PRAGMA journal_mode"), "delete");
}

TEST_F(SqliteEventLogTest, RefusesPathsThatCannotBe) {
  EXPECT_EQ(SqliteEventLog::Open("", &clock_).status().code(), absl::StatusCode::kInvalidArgument);
  const std::string missing = directory_.File("none/log.db");
  ExpectRefused(SqliteEventLog::Open(missing, &clock_).status(),
                absl::StatusCode::kFailedPrecondition, "LOG_CANNOT_OPEN", missing);
}

TEST_F(SqliteEventLogTest, TwoLogsOnOneFileStayContiguous) {
  // Not how it is meant to be used, but nothing may break: offsets come from the file.
  const auto first = Open(Patient());
  const auto second = Open(Patient());
  std::vector<std::thread> threads;
  for (SqliteEventLog* log : {first.get(), second.get()}) {
    const std::string key = log == first.get() ? "first" : "second";
    threads.emplace_back([log, key] {
      for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(log->Append("w", {MakeEvent(absl::StrCat(key, i))}).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<StoredEvent> events = *first->Read("w", 0, 1'000);
  ASSERT_EQ(events.size(), 100u);
  EXPECT_EQ(events.back().offset, 100);
}

TEST_F(SqliteEventLogTest, AWaiterSeesTheAppendsOfAnotherProcess) {
  const auto log = Open(Patient());
  const auto other = Open(Patient());  // Shares nothing with the first but the file.
  std::thread writer([&other] {
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(other->Append("w", {MakeEvent(absl::StrCat(i))}).ok());
    }
  });
  EXPECT_EQ(*log->WaitForAppend("w", 2, absl::Hours(10)), 3);
  writer.join();
}

// Everything in the files of the log.
std::string FileBytes(const std::string& path) {
  std::string bytes;
  for (const char* suffix : {"", "-wal"}) {
    std::ifstream file(path + suffix, std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return bytes;
}

TEST_F(SqliteEventLogTest, NoPageHoldsRewrittenContent) {
  const auto log = Open();
  // Keys in no order, so that the pages of the index split and leave copies of keys behind; two
  // payloads are longer than a page.
  std::vector<EventRewrite> rewrites;
  for (int batch = 0; batch < 40; ++batch) {
    std::vector<Event> events;
    for (int i = 0; i < 100; ++i) {
      const int number = (batch * 100 + i) * 7'919 % 4'000;
      const bool is_of_person = number % 3 == 0;
      Event event = MakeEvent(absl::StrCat(is_of_person ? "Ada Quill/" : "rep/", number),
                              i == 7 ? 9'000 : 100);
      if (is_of_person) {
        event.payload += "Ada Quill";
        rewrites.push_back({batch * 100 + i + 1,
                            {"crm", absl::StrCat("erased-1/", number), "1"},
                            std::string(static_cast<size_t>(number % 40), 'e'),
                            true});
      }
      events.push_back(std::move(event));
    }
    ASSERT_TRUE(log->Append("w", events).ok());
  }
  ASSERT_NE(FileBytes(path_).find("Ada Quill"), std::string::npos);
  ASSERT_TRUE(log->Rewrite("w", rewrites).ok());
  const std::string bytes = FileBytes(path_);
  EXPECT_EQ(bytes.find("Ada Quill"), std::string::npos);
  EXPECT_NE(bytes.find("erased-1"), std::string::npos);
  EXPECT_EQ(log->Verify("w", 0, 10'000)->event_count, 4'000);
  EXPECT_TRUE(log->Verify("w", 0, 10'000)->faults.empty());
  EXPECT_EQ(log->Append("w", {MakeEvent("next")})->at(0).offset, 4'001);
}

TEST_F(SqliteEventLogTest, ARewriteSaysWhenAReaderKeepsOldPages) {
  SqliteEventLogOptions options;
  options.busy_timeout = absl::Milliseconds(10);
  const auto log = Open(options);
  ASSERT_TRUE(log->Append("w", {MakeEvent("a"), MakeEvent("b")}).ok());
  const auto raw = OpenRaw();
  ASSERT_TRUE(raw->Execute("BEGIN; SELECT count(*) FROM event").ok());
  const std::vector<EventRewrite> rewrites = {{1, {"crm", "x", "1"}, "", true}};
  ExpectRefused(log->Rewrite("w", rewrites), absl::StatusCode::kUnavailable, "LOG_LOCKED", path_);
  ASSERT_TRUE(raw->Execute("ROLLBACK").ok());
  // Sent again, it finishes.
  EXPECT_TRUE(log->Rewrite("w", rewrites).ok());
  EXPECT_EQ(FileBytes(path_).find("ppppppp", FileBytes(path_).find("ppppppp") + 1),
            std::string::npos);
  EXPECT_EQ(log->Stats("w")->erased_event_count, 1);
}

TEST_F(SqliteEventLogTest, VerifyFindsDamageThatSqliteDoesNotSee) {
  const auto log = Open();
  std::vector<Event> events;
  for (int i = 0; i < 10; ++i) events.push_back(MakeEvent(absl::StrCat(i)));
  ASSERT_TRUE(log->Append("w", events).ok());
  ASSERT_TRUE(OpenRaw()
                  ->Execute("UPDATE event SET payload = x'00' WHERE \"offset\" = 2;"
                            "UPDATE event SET source_key = 'x' WHERE \"offset\" = 3;"
                            "UPDATE event SET checksum = NULL, version = 'x' WHERE \"offset\" = 4;"
                            "UPDATE event SET recorded_micros = 0, checksum = NULL"
                            "  WHERE \"offset\" = 5;"
                            "DELETE FROM event WHERE \"offset\" IN (6, 10)")
                  .ok());
  std::vector<std::string> faults;
  const auto page = log->Verify("w", 0, 100);
  ASSERT_TRUE(page.ok()) << page.status();
  for (const StoredEventFault& fault : page->faults) {
    faults.push_back(absl::StrCat(fault.offset, " ", fault.reason));
  }
  // Nothing can be said of 4, as of every event of schema version 1.
  EXPECT_EQ(faults, (std::vector<std::string>{"2 CHECKSUM_MISMATCH", "3 CHECKSUM_MISMATCH",
                                              "5 RECORDED_TIME_DECREASES", "6 OFFSET_GAP",
                                              "10 OFFSET_GAP"}));
}

TEST_F(SqliteEventLogTest, CountersAndRecordsSurviveReopening) {
  {
    const auto log = Open();
    ASSERT_TRUE(log->Append("w", {MakeEvent("a"), MakeEvent("a", 8)},
                            {{"note", "k", [](auto) { return std::string("v"); }}})
                    .ok());
  }
  const auto log = Open();
  EXPECT_EQ(log->Stats("w")->event_count, 1);
  EXPECT_EQ(log->Stats("w")->payload_bytes, 7);
  EXPECT_EQ(log->ListConflicts("w", 0, 10)->at(0).event.payload.size(), 8u);
  EXPECT_EQ((*log->GetRecord("w", "note", "k"))->value, "v");
  EXPECT_EQ(*log->DeleteConflicts("w", {1}), 1);
}

}  // namespace
}  // namespace quotacast::eventlog
