// Goal: whatever the moment at which a machine loses power, every acknowledged event is in the log
// once, a batch is there wholly or not at all, its record with it, and the log goes on. Method: a
// workload of appends, checkpoints, deletions and one rewrite runs over a file system that loses
// power at each of its changes in turn and forgets unsynced writes in three ways; then the log is
// opened again and compared with what was acknowledged. The same harness with less `synchronous`
// must find lost events, or it could not find any.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/fault_vfs.h"
#include "services/eventlog/sqlite_event_log.h"
#include "services/eventlog/temp_directory.h"

namespace quotacast::eventlog {
namespace {

constexpr int kBatchCount = 14;
constexpr int kRewriteBefore = 9;  // The rewrite comes before this batch.
constexpr Survival kSurvivals[] = {Survival::kNothing, Survival::kPrefix, Survival::kAnySector};

// Two to six events, one of them longer than a page.
std::vector<Event> Batch(const std::string& writer, int number) {
  std::vector<Event> events;
  for (int i = 0; i < 2 + number % 5; ++i) {
    const size_t size = i == 1 && number % 4 == 0 ? 6'000 : 100;
    events.push_back(
        {{writer, absl::StrCat("deal/", number * 37 % 11), absl::StrCat(number, ".", i)},
         absl::FromUnixSeconds(number),
         std::string(size, static_cast<char>('a' + number % 26))});
  }
  return events;
}

RecordWrite Progress(const std::string& writer, int batch_count) {
  return {"append_writer", writer,
          [batch_count](absl::Span<const AppendResult>) { return absl::StrCat(batch_count); }};
}

const EventRewrite kRewrite = {2, {"w", "erased", "0.1"}, "", true};

// What the workload was told.
struct Told {
  int batch_count = 0;
  bool is_rewritten = false;
};

class SqlitePowerLossTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<SqliteEventLog>> Open(const std::string& synchronous) {
    SqliteEventLogOptions options;
    options.for_testing.vfs = vfs_.name();
    options.for_testing.synchronous = synchronous;
    options.for_testing.checkpoint_pages = 25;
    options.for_testing.wal_restart_pages = 25;
    options.for_testing.checkpoints_have_a_thread = checkpoints_have_a_thread_;
    return SqliteEventLog::Open(path_, &clock_, options);
  }

  // Runs until the power goes or everything is done.
  Told RunWorkload(const std::string& synchronous) {
    Told told;
    auto log = Open(synchronous);
    if (!log.ok()) return told;
    for (int batch = 0; batch < kBatchCount; ++batch) {
      if (batch == kRewriteBefore) told.is_rewritten = (*log)->Rewrite("w", {kRewrite}).ok();
      if (batch % 5 == 4) {
        (*log)->DeleteRecordsBefore("w", "note", absl::InfiniteFuture()).IgnoreError();
      }
      const auto results = (*log)->Append(
          "w", Batch("w", batch),
          {Progress("w", batch + 1), {"note", absl::StrCat(batch), [](auto) { return "note"; }}});
      if (!results.ok()) break;
      told.batch_count = batch + 1;
    }
    return told;
  }

  // What is wrong with the log after the power is back; empty: nothing.
  std::string Problem(const Told& told, const std::string& synchronous) {
    auto opened = Open(synchronous);
    if (!opened.ok()) return absl::StrCat("does not open: ", opened.status().ToString());
    SqliteEventLog& log = **opened;
    const absl::StatusOr<std::vector<StoredEvent>> events = log.Read("w", 0, 10'000);
    if (!events.ok()) return absl::StrCat("cannot be read: ", events.status().ToString());
    const auto page = log.Verify("w", 0, 10'000);
    if (!page.ok()) return page.status().ToString();
    if (!page->faults.empty()) return page->faults[0].message;

    // Whole batches, in order, from the first one on.
    size_t next = 0;
    int batch_count = 0;
    while (next < events->size()) {
      for (const Event& event : Batch("w", batch_count)) {
        if (next == events->size()) return "half a batch";
        const StoredEvent& stored = (*events)[next++];
        if (stored.offset != static_cast<int64_t>(next)) return "a gap";
        const bool may_differ = stored.offset == kRewrite.offset && stored.is_erased;
        if (!may_differ && stored.event != event) return absl::StrCat("other content at ", next);
      }
      ++batch_count;
    }
    if (batch_count < told.batch_count) {
      return absl::StrCat("lost: ", told.batch_count, " batches acknowledged, ", batch_count,
                          " there");
    }
    if (batch_count > told.batch_count + 1) return "batches that were never sent";
    if (told.is_rewritten && !(*events)[1].is_erased) return "the rewrite is lost";
    const auto record = log.GetRecord("w", "append_writer", "w");
    if (!record.ok()) return record.status().ToString();
    const std::string noted = record->has_value() ? (*record)->value : "0";
    if (noted != absl::StrCat(batch_count)) return absl::StrCat("the record says ", noted);

    // It goes on: what was under way is sent again.
    const int again = std::min(batch_count, told.batch_count);
    const auto results = log.Append("w", Batch("w", again), {Progress("w", again + 1)});
    if (!results.ok()) return results.status().ToString();
    for (size_t i = 0; i < results->size(); ++i) {
      const bool is_there = again < batch_count;
      if (((*results)[i].outcome == AppendOutcome::kDuplicate) != is_there) return "not idempotent";
    }
    return "";
  }

  // Loses power at every `stride`-th change, in every way; returns how many problems there were and
  // reports them unless they are wanted.
  int CountProblems(const std::string& synchronous, int64_t stride, bool are_wanted) {
    const int64_t change_count_before = vfs_.change_count();
    EXPECT_EQ(RunWorkload(synchronous).batch_count, kBatchCount);
    const int64_t change_count = vfs_.change_count() - change_count_before;
    EXPECT_GT(change_count, 100);
    int run_count = 0;
    int problem_count = 0;
    for (int64_t change = 1; change <= change_count; change += stride) {
      for (const Survival survival : kSurvivals) {
        path_ = directory_.File(absl::StrCat("log", run_count++, ".db"));
        vfs_.LosePowerAt(vfs_.change_count() + change);
        const Told told = RunWorkload(synchronous);
        vfs_.RestorePower(survival, static_cast<uint64_t>(change));
        const std::string problem = Problem(told, synchronous);
        if (problem.empty()) continue;
        ++problem_count;
        if (!are_wanted) {
          ADD_FAILURE() << "power lost at change " << change << ", survival "
                        << static_cast<int>(survival) << ": " << problem;
        }
      }
    }
    RecordProperty("runs_" + synchronous, run_count);
    std::printf("synchronous=%s: %d losses of power, %d problems\n", synchronous.c_str(), run_count,
                problem_count);
    return problem_count;
  }

  bool checkpoints_have_a_thread_ = false;  // One order of all changes, unless a test wants many.
  FaultVfs vfs_{"power_loss"};
  TempDirectory directory_;
  std::string path_ = directory_.File("log.db");
  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
};

TEST_F(SqlitePowerLossTest, NothingAcknowledgedIsLost) {
  EXPECT_EQ(CountProblems("FULL", /*stride=*/5, /*are_wanted=*/false), 0);
}

TEST_F(SqlitePowerLossTest, WithSynchronousNormalTheHarnessFindsLostEvents) {
  EXPECT_GT(CountProblems("NORMAL", /*stride=*/29, /*are_wanted=*/true), 0);
}

TEST_F(SqlitePowerLossTest, WithSynchronousOffTheHarnessFindsLostEvents) {
  EXPECT_GT(CountProblems("OFF", /*stride=*/29, /*are_wanted=*/true), 0);
}

// Many callers share transactions; each knows what it was told.
TEST_F(SqlitePowerLossTest, NoCallerOfAGroupCommitLosesWhatItWasTold) {
  constexpr int kWriterCount = 4;
  checkpoints_have_a_thread_ = true;
  for (int64_t change = 12; change <= 132; change += 3) {
    path_ = directory_.File(absl::StrCat("log", change, ".db"));
    vfs_.LosePowerAt(vfs_.change_count() + change);
    std::vector<int> told(kWriterCount, 0);
    if (auto log = Open("FULL"); log.ok()) {
      std::vector<std::thread> writers;
      for (int writer = 0; writer < kWriterCount; ++writer) {
        writers.emplace_back([&, writer] {
          const std::string name = absl::StrCat("writer", writer);
          int& batch_count = told[static_cast<size_t>(writer)];
          while ((*log)
                     ->Append("w", Batch(name, batch_count), {Progress(name, batch_count + 1)})
                     .ok()) {
            ++batch_count;
          }
        });
      }
      for (std::thread& writer : writers) writer.join();
    }
    ASSERT_TRUE(vfs_.HasLostPower());
    vfs_.RestorePower(kSurvivals[change % 3], static_cast<uint64_t>(change));

    auto log = Open("FULL");
    ASSERT_TRUE(log.ok()) << log.status();
    const auto page = (*log)->Verify("w", 0, 10'000);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_TRUE(page->faults.empty());
    std::map<std::string, std::vector<Event>> events;
    std::vector<StoredEvent> stored_events = *(*log)->Read("w", 0, 10'000);
    for (StoredEvent& stored : stored_events) {
      events[stored.event.id.source].push_back(std::move(stored.event));
    }
    for (int writer = 0; writer < kWriterCount; ++writer) {
      const std::string name = absl::StrCat("writer", writer);
      const auto record = *(*log)->GetRecord("w", "append_writer", name);
      const int there = record.has_value() ? std::stoi(record->value) : 0;
      EXPECT_GE(there, told[static_cast<size_t>(writer)]) << "power lost at change " << change;
      EXPECT_LE(there, told[static_cast<size_t>(writer)] + 1);
      std::vector<Event> expected;
      for (int batch = 0; batch < there; ++batch) {
        for (Event& event : Batch(name, batch)) expected.push_back(std::move(event));
      }
      EXPECT_EQ(events[name], expected) << "power lost at change " << change;
    }
  }
}

}  // namespace
}  // namespace quotacast::eventlog
