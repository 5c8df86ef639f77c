// Goal: the PostgreSQL log keeps the contract; several writers leave one contiguous feed; restarts,
// crashes and lock conflicts lose nothing and repeat nothing; wrong databases are refused.
// Method: the contract suite, each case in a schema of its own on one server of the test's own;
// then that server restarted and killed under threads that append and repeat what was not
// acknowledged. Threads meet through locks that a raw connection holds and through stats(), never
// by sleeping.
#include "services/eventlog/postgres_event_log.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_log_contract_test.h"
#include "services/eventlog/postgres_connection.h"
#include "services/eventlog/postgres_test_cluster.h"

namespace quotacast::eventlog {
namespace {

PostgresTestCluster& Cluster() {
  static const std::unique_ptr<PostgresTestCluster> cluster = PostgresTestCluster::Start();
  return *cluster;
}

// A name for an empty log.
std::string NewSchema() {
  static std::atomic<int> count = 0;
  return absl::StrCat("log_", ++count);
}

std::unique_ptr<EventLog> MakeLog(const std::string& /*directory*/, const Clock* clock) {
  return *PostgresEventLog::Open(Cluster().ConnectionString(), NewSchema(), clock);
}

INSTANTIATE_TEST_SUITE_P(Postgres, EventLogContractTest,
                         ::testing::Values(EventLogMaker{"postgres", MakeLog}));

Event MakeEvent(const std::string& key, const std::string& payload = "payload") {
  return {{"crm", key, "1"}, absl::FromUnixSeconds(1'488'326'400), payload};
}

std::string ReasonOf(const absl::Status& status) {
  const std::optional<ErrorDetail> detail = GetDetail(status);
  return detail.has_value() ? detail->reason : status.ToString();
}

class PostgresEventLogTest : public ::testing::Test {
 protected:
  std::unique_ptr<PostgresEventLog> Open(const PostgresEventLogOptions& options = {}) {
    auto log = PostgresEventLog::Open(Cluster().ConnectionString(), schema_, &clock_, options);
    EXPECT_TRUE(log.ok()) << log.status();
    return *std::move(log);
  }
  // Sees and changes the tables without the log's knowledge.
  std::unique_ptr<PostgresConnection> OpenRaw() {
    auto raw = *PostgresConnection::Open(*PostgresAddress::Parse(Cluster().ConnectionString()),
                                         PostgresSessionOptions());
    EXPECT_TRUE(raw->Execute("SET search_path = " + schema_).ok());
    return raw;
  }
  static void Await(const PostgresEventLog& log,
                    const std::function<bool(const PostgresEventLogStats&)>& reached) {
    while (!reached(log.stats())) std::this_thread::yield();
  }
  // Every event of `expected_count` once, offsets contiguous, checksums right.
  static void ExpectSound(const EventLog& log, int64_t expected_count) {
    const auto page = log.Verify("w", 0, std::numeric_limits<size_t>::max());
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->event_count, expected_count);
    EXPECT_EQ(page->last_offset, expected_count);
    EXPECT_TRUE(page->faults.empty()) << page->faults[0].message;
  }

  const std::string schema_ = NewSchema();
  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
};

TEST_F(PostgresEventLogTest, ReopeningKeepsEverything) {
  {
    const auto log = Open();
    ASSERT_TRUE(log->Append("w", {MakeEvent("a"), MakeEvent("b")}).ok());
    ASSERT_TRUE(log->Append("v", {MakeEvent("a")}).ok());
  }
  clock_.Advance(-absl::Hours(1));
  const auto log = Open();
  EXPECT_EQ(*log->LastOffset("w"), 2);
  EXPECT_EQ(*log->Workspaces(), (std::vector<std::string>{"v", "w"}));
  const auto results = *log->Append("w", {MakeEvent("b"), MakeEvent("c")});
  EXPECT_EQ(results[0].outcome, AppendOutcome::kDuplicate);
  EXPECT_EQ(results[1].offset, 3);
  // Nor does the recorded time go back over a restart.
  EXPECT_EQ(log->Read("w", 2, 1)->front().recorded_time, absl::FromUnixSeconds(1'500'000'000));
  EXPECT_EQ(*log->WaitForAppend("v", 0, absl::InfiniteDuration()), 1);
}

TEST_F(PostgresEventLogTest, AppendsThatWaitShareOneTransaction) {
  PostgresEventLogOptions options;
  options.session.lock_timeout = absl::Minutes(5);
  options.session.statement_timeout = absl::Minutes(5);
  const auto log = Open(options);
  ASSERT_TRUE(log->Append("w", {MakeEvent("first")}).ok());
  const auto raw = OpenRaw();
  ASSERT_TRUE(raw->Execute("BEGIN; SELECT * FROM workspace FOR UPDATE").ok());
  std::vector<std::thread> threads;
  const auto append = [&log, &threads](int i) {
    threads.emplace_back([&log, i] {
      const auto results = log->Append("w", {MakeEvent(absl::StrCat(i)), MakeEvent("shared")});
      ASSERT_TRUE(results.ok()) << results.status();
    });
  };
  append(0);
  Await(*log, [](const auto& s) { return s.append_count == 2 && s.queued_append_count == 0; });
  for (int i = 1; i <= 8; ++i) append(i);
  Await(*log, [](const auto& s) { return s.queued_append_count == 8; });
  // Readers do not wait for the writer.
  EXPECT_EQ(log->Read("w", 0, 10)->size(), 1u);
  ASSERT_TRUE(raw->Execute("ROLLBACK").ok());
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(log->stats().transaction_count, 3);
  EXPECT_EQ(log->stats().event_count, 11);
  ExpectSound(*log, 11);
}

TEST_F(PostgresEventLogTest, ALockThatIsHeldTooLongIsUnavailableAndKeepsNothing) {
  PostgresEventLogOptions options;
  options.session.lock_timeout = absl::Milliseconds(20);
  const auto log = Open(options);
  ASSERT_TRUE(log->Append("w", {MakeEvent("a")}).ok());
  const auto raw = OpenRaw();
  ASSERT_TRUE(raw->Execute("BEGIN; SELECT * FROM workspace FOR UPDATE").ok());
  const absl::Status status = log->Append("w", {MakeEvent("b")}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(ReasonOf(status), "LOG_LOCKED");
  EXPECT_TRUE(GetDetail(status)->retry_after.has_value());
  ASSERT_TRUE(raw->Execute("ROLLBACK").ok());
  EXPECT_EQ(*log->LastOffset("w"), 1);
  EXPECT_EQ(log->Append("w", {MakeEvent("b")})->at(0).offset, 2);
}

TEST_F(PostgresEventLogTest, ARefusedRecordKeepsOnlyItsOwnCallOut) {
  PostgresEventLogOptions options;
  options.session.lock_timeout = absl::Minutes(5);
  const auto log = Open(options);
  ASSERT_TRUE(log->Append("w", {MakeEvent("first")}).ok());
  const auto raw = OpenRaw();
  ASSERT_TRUE(raw->Execute("BEGIN; SELECT * FROM workspace FOR UPDATE").ok());
  std::vector<std::thread> threads;
  const auto append = [&](const std::string& key, size_t record_bytes, absl::StatusCode code) {
    threads.emplace_back([&log, key, record_bytes, code] {
      const RecordWrite record = {"kind", key, [record_bytes](absl::Span<const AppendResult>) {
                                    return std::string(record_bytes, 'v');
                                  }};
      // Each sends "shared" as well: the first whose call stands has appended it.
      const auto results = log->Append("w", {MakeEvent(key), MakeEvent("shared")}, {record});
      EXPECT_EQ(results.status().code(), code) << results.status();
    });
  };
  append("held", 1, absl::StatusCode::kOk);
  Await(*log, [](const auto& s) { return s.append_count == 2 && s.queued_append_count == 0; });
  append("bad", kMaxRecordBytes + 1, absl::StatusCode::kInvalidArgument);
  Await(*log, [](const auto& s) { return s.queued_append_count == 1; });
  append("good", kMaxRecordBytes, absl::StatusCode::kOk);
  Await(*log, [](const auto& s) { return s.queued_append_count == 2; });
  ASSERT_TRUE(raw->Execute("ROLLBACK").ok());
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(log->ReadKey("w", "crm", "bad")->empty());
  EXPECT_EQ(log->ReadKey("w", "crm", "good")->size(), 1u);
  EXPECT_FALSE(log->GetRecord("w", "kind", "bad")->has_value());
  EXPECT_EQ((*log->GetRecord("w", "kind", "good"))->value.size(), kMaxRecordBytes);
  ExpectSound(*log, 4);  // first, held, shared, good.
}

TEST_F(PostgresEventLogTest, TwoProcessesLeaveOneContiguousFeed) {
  constexpr int kBatchCount = 60;
  const auto first = Open();
  const auto second = Open();
  std::atomic<bool> is_done = false;
  // A follower takes what it sees for final: it must never miss what is filled in behind it.
  std::vector<StoredEvent> followed;
  std::thread follower([&] {
    const auto reader = Open();
    int64_t seen = 0;
    while (true) {
      const bool was_done = is_done;
      const auto events = reader->Read("w", seen, 1'000);
      ASSERT_TRUE(events.ok()) << events.status();
      for (const StoredEvent& stored : *events) {
        ASSERT_EQ(stored.offset, ++seen);
        followed.push_back(stored);
      }
      if (events->empty() && was_done) return;
    }
  });
  std::vector<std::thread> writers;
  for (PostgresEventLog* log : {first.get(), second.get()}) {
    for (const char* name : {"a", "b"}) {
      const std::string key = absl::StrCat(log == first.get() ? "first" : "second", name);
      writers.emplace_back([log, key] {
        for (int i = 0; i < kBatchCount; ++i) {
          std::vector<Event> events = {MakeEvent(absl::StrCat(key, i)),
                                       MakeEvent(absl::StrCat(key, i, "+")),
                                       MakeEvent(absl::StrCat("shared", i))};
          const auto results = log->Append("w", events);
          ASSERT_TRUE(results.ok()) << results.status();
          // A batch is not interleaved with another's, not even another process's.
          EXPECT_EQ((*results)[1].offset, (*results)[0].offset + 1);
        }
      });
    }
  }
  for (std::thread& writer : writers) writer.join();
  is_done = true;
  follower.join();
  ExpectSound(*first, kBatchCount * (4 * 2 + 1));
  EXPECT_EQ(followed, *second->Read("w", 0, 10'000));
  // Both wrote, and each shared event was new to one of the four only.
  EXPECT_GT(first->stats().event_count, 0);
  EXPECT_GT(second->stats().event_count, 0);
  EXPECT_EQ(first->stats().event_count + second->stats().event_count, kBatchCount * 9);
}

TEST_F(PostgresEventLogTest, AWaiterHearsOfAnotherProcess) {
  const auto first = Open();
  const auto second = Open();
  constexpr int64_t kRoundCount = 5;
  std::thread other([&] {
    for (int64_t round = 0; round < kRoundCount; ++round) {
      ASSERT_EQ(*second->WaitForAppend("ping", round, absl::InfiniteDuration()), round + 1);
      ASSERT_TRUE(second->Append("pong", {MakeEvent(absl::StrCat(round))}).ok());
    }
  });
  for (int64_t round = 0; round < kRoundCount; ++round) {
    ASSERT_TRUE(first->Append("ping", {MakeEvent(absl::StrCat(round))}).ok());
    ASSERT_EQ(*first->WaitForAppend("pong", round, absl::InfiniteDuration()), round + 1);
  }
  other.join();
}

TEST_F(PostgresEventLogTest, SerializationFailuresAreTriedAgain) {
  const auto log = Open();
  const auto raw = OpenRaw();
  // A sequence keeps counting when the transaction is rolled back.
  ASSERT_TRUE(
      raw->Execute("CREATE SEQUENCE failure; CREATE FUNCTION fail() RETURNS trigger AS $$ BEGIN "
                   "IF nextval('failure') <= 2 THEN RAISE SQLSTATE '40001'; END IF; RETURN NULL; "
                   "END $$ LANGUAGE plpgsql; CREATE TRIGGER fail AFTER INSERT ON event "
                   "EXECUTE FUNCTION fail()")
          .ok());
  const auto results = log->Append("w", {MakeEvent("a")});
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ((*results)[0], (AppendResult{AppendOutcome::kAppended, 1}));
  EXPECT_EQ(log->stats().retry_count, 2);
  // But not for ever.
  ASSERT_TRUE(
      raw->Execute("ALTER SEQUENCE failure RESTART WITH -1000000000").ok() ||
      raw->Execute("ALTER SEQUENCE failure MINVALUE -1000000000 RESTART WITH -1000000000").ok());
  const absl::Status status = log->Append("w", {MakeEvent("b")}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(*log->LastOffset("w"), 1);
}

TEST_F(PostgresEventLogTest, ARestartOfTheDatabaseIsUnavailableAndThenGoesOn) {
  const auto log = Open();
  ASSERT_TRUE(log->Append("w", {MakeEvent("a")}).ok());
  Cluster().Stop();
  const absl::Status status = log->Append("w", {MakeEvent("b")}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(ReasonOf(status), "LOG_UNREACHABLE");
  EXPECT_GT(GetDetail(status)->retry_after, absl::ZeroDuration());
  EXPECT_EQ(log->Read("w", 0, 10).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(log->WaitForAppend("w", 0, absl::ZeroDuration()).status().code(),
            absl::StatusCode::kUnavailable);
  Cluster().Restart();
  EXPECT_EQ(*log->Append("w", {MakeEvent("b")}),
            (std::vector<AppendResult>{{AppendOutcome::kAppended, 2}}));
  // With connections open that the restart breaks, the log opens others by itself.
  Cluster().Stop();
  Cluster().Restart();
  EXPECT_EQ(*log->Append("w", {MakeEvent("c")}),
            (std::vector<AppendResult>{{AppendOutcome::kAppended, 3}}));
  ExpectSound(*log, 3);
}

TEST_F(PostgresEventLogTest, AServerStartedAnewWithoutFsyncIsRefused) {
  const auto log = Open();
  ASSERT_TRUE(log->Append("w", {MakeEvent("a")}).ok());
  Cluster().Stop();
  Cluster().Restart({"fsync=off"});
  EXPECT_EQ(ReasonOf(log->Append("w", {MakeEvent("b")}).status()), "LOG_FSYNC_OFF");
  EXPECT_EQ(
      ReasonOf(PostgresEventLog::Open(Cluster().ConnectionString(), "new_log", &clock_).status()),
      "LOG_FSYNC_OFF");
  Cluster().Stop();
  Cluster().Restart();
  EXPECT_EQ(*OpenRaw()->QueryText("SELECT count(*) FROM pg_namespace WHERE nspname = 'new_log'"),
            "0");
  EXPECT_EQ(log->Append("w", {MakeEvent("b")})->at(0).offset, 2);
}

TEST_F(PostgresEventLogTest, KillingTheServerDuringAppendsLosesNothingAcknowledged) {
  constexpr int kWriterCount = 4;
  constexpr int kCrashCount = 3;
  constexpr int kAppendsBetweenCrashes = 60;
  const auto log = Open();
  std::atomic<int64_t> acknowledged_count = 0;
  std::atomic<bool> is_done = false;
  std::vector<int64_t> sent_counts(kWriterCount);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriterCount; ++writer) {
    writers.emplace_back([&, writer] {
      for (int64_t i = 0; !is_done; ++i) {
        const std::vector<Event> events = {MakeEvent(absl::StrCat(writer, ".", i, "a")),
                                           MakeEvent(absl::StrCat(writer, ".", i, "b"))};
        absl::StatusOr<std::vector<AppendResult>> results = log->Append("w", events);
        // Whoever is told UNAVAILABLE sends again, for as long as it takes.
        while (!results.ok()) {
          ASSERT_EQ(results.status().code(), absl::StatusCode::kUnavailable) << results.status();
          results = log->Append("w", events);
        }
        EXPECT_EQ((*results)[1].offset, (*results)[0].offset + 1);
        sent_counts[static_cast<size_t>(writer)] = i + 1;
        ++acknowledged_count;
      }
    });
  }
  for (int crash = 0; crash < kCrashCount; ++crash) {
    const int64_t wanted = acknowledged_count + kAppendsBetweenCrashes;
    while (acknowledged_count < wanted) std::this_thread::yield();
    Cluster().Crash();
    Cluster().Restart();
  }
  const int64_t wanted = acknowledged_count + kAppendsBetweenCrashes;
  while (acknowledged_count < wanted) std::this_thread::yield();
  is_done = true;
  for (std::thread& writer : writers) writer.join();
  int64_t event_count = 0;
  for (int writer = 0; writer < kWriterCount; ++writer) {
    for (int64_t i = 0; i < sent_counts[static_cast<size_t>(writer)]; ++i) {
      for (const char* part : {"a", "b"}) {
        ASSERT_EQ(log->ReadKey("w", "crm", absl::StrCat(writer, ".", i, part))->size(), 1u);
        ++event_count;
      }
    }
  }
  ExpectSound(*log, event_count);
}

TEST_F(PostgresEventLogTest, AnErasureVacuumsAndADamageIsFound) {
  const auto log = Open();
  ASSERT_TRUE(log->Append("w", {MakeEvent("a", "secret"), MakeEvent("b")}).ok());
  const EventRewrite rewrite = {1, {"crm", "pseudonym", "1"}, "", true};
  const absl::Status status = log->Rewrite("w", {rewrite});
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_TRUE(log->Read("w", 0, 1)->front().is_erased);
  ExpectSound(*log, 2);
  const auto raw = OpenRaw();
  // -1 until the first vacuum.
  EXPECT_NE(*raw->QueryText(absl::StrCat("SELECT reltuples FROM pg_class WHERE oid = '", schema_,
                                         ".event'::regclass")),
            "-1");
  ASSERT_TRUE(raw->Execute("UPDATE event SET payload = 'other' WHERE \"offset\" = 2").ok());
  const auto page = log->Verify("w", 0, 10);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->faults.size(), 1u);
  EXPECT_EQ(page->faults[0].offset, 2);
  EXPECT_EQ(page->faults[0].reason, "CHECKSUM_MISMATCH");
}

TEST_F(PostgresEventLogTest, RefusesWhatIsNoLog) {
  const auto open = [this](const std::string& connection_string, const std::string& schema) {
    return PostgresEventLog::Open(connection_string, schema, &clock_).status();
  };
  EXPECT_EQ(open("log.db", "log").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(open(Cluster().ConnectionString(), "No Name").code(),
            absl::StatusCode::kInvalidArgument);
  const absl::Status denied = open(Cluster().TcpUri("Open-Barley"), "log");
  EXPECT_EQ(ReasonOf(denied), "LOG_ACCESS_DENIED");
  EXPECT_EQ(denied.ToString().find("Barley"), std::string::npos) << denied;
  EXPECT_EQ(ReasonOf(open(Cluster().ConnectionString("nowhere"), "log")), "LOG_CANNOT_OPEN");
  Open();
  ASSERT_TRUE(OpenRaw()->Execute("UPDATE schema_version SET version = 42").ok());
  EXPECT_EQ(ReasonOf(open(Cluster().ConnectionString(), schema_)), "LOG_TOO_NEW");
}

TEST_F(PostgresEventLogTest, TwoDatabasesOfOneServerAreApart) {
  const auto first = Open();
  const auto second = *PostgresEventLog::Open(
      Cluster().ConnectionString(Cluster().CreateDatabase()), schema_, &clock_);
  ASSERT_TRUE(first->Append("w", {MakeEvent("a")}).ok());
  EXPECT_EQ(*second->LastOffset("w"), 0);
}

}  // namespace
}  // namespace quotacast::eventlog
