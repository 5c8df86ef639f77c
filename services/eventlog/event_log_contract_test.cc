// Goal: every event log keeps the contract of event_log.h: appending, reading, waiting. Method: the
// same cases against each implementation, through the interface only; races are provoked by many
// threads, never by sleeps.
#include "services/eventlog/event_log_contract_test.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "services/eventlog/contract_events.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {

TEST_P(EventLogContractTest, AnEmptyLogHasNothing) {
  EXPECT_EQ(*log_->LastOffset("w"), 0);
  EXPECT_TRUE(log_->Read("w", 0, kAll)->empty());
  EXPECT_TRUE(log_->ReadKey("w", "crm", "k")->empty());
  EXPECT_TRUE(log_->Workspaces()->empty());
  EXPECT_EQ(*log_->WaitForAppend("w", 0, absl::ZeroDuration()), 0);
}

TEST_P(EventLogContractTest, GivesBackWhatWasAppended) {
  const std::vector<Event> events = {MakeEvent("a", "1", "first"),
                                     {{"erp", "b", "1"}, std::nullopt, ""},
                                     MakeEvent("a", "2", "second")};
  EXPECT_EQ(*log_->Append("w", events), (Results{{AppendOutcome::kAppended, 1},
                                                 {AppendOutcome::kAppended, 2},
                                                 {AppendOutcome::kAppended, 3}}));
  const std::vector<StoredEvent> stored = ReadAll(*log_, "w");
  ASSERT_EQ(Offsets(stored), (std::vector<int64_t>{1, 2, 3}));
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(stored[i].event, events[i]) << i;
    EXPECT_EQ(stored[i].recorded_time, clock_.Now()) << i;
  }
  EXPECT_EQ(*log_->LastOffset("w"), 3);
}

TEST_P(EventLogContractTest, KeepsAnyBytes) {
  const std::string odd = std::string("zero\0 line\n tab\t quote' \xff ", 26) + "Zo\u00eb";
  const Event event = {{odd + "1", odd + "2", odd + "3"}, kDay, std::string("\0\xff", 2) + odd};
  ASSERT_TRUE(log_->Append(odd, {event}).ok());
  ASSERT_EQ(ReadAll(*log_, odd).size(), 1u);
  EXPECT_EQ(ReadAll(*log_, odd)[0].event, event);
  EXPECT_EQ(*log_->Workspaces(), Names{odd});
  EXPECT_EQ(log_->ReadKey(odd, odd + "1", odd + "2")->size(), 1u);
  // Cut at the zero byte it would be the same id.
  Event other = event;
  other.id.version = std::string("zero\0 other", 11);
  EXPECT_EQ(*log_->Append(odd, {other}), (Results{{AppendOutcome::kAppended, 2}}));
}

TEST_P(EventLogContractTest, ReadsFromAnyOffsetInPages) {
  std::vector<Event> events;
  for (int i = 0; i < 10; ++i) events.push_back(MakeEvent("k", absl::StrCat(i)));
  ASSERT_TRUE(log_->Append("w", events).ok());
  EXPECT_EQ(Offsets(*log_->Read("w", 0, 3)), (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(Offsets(*log_->Read("w", 3, 3)), (std::vector<int64_t>{4, 5, 6}));
  EXPECT_EQ(Offsets(*log_->Read("w", 8, kAll)), (std::vector<int64_t>{9, 10}));
  EXPECT_TRUE(log_->Read("w", 10, kAll)->empty());
  EXPECT_TRUE(log_->Read("w", std::numeric_limits<int64_t>::max(), kAll)->empty());
  EXPECT_TRUE(log_->Read("w", 0, 0)->empty());
  EXPECT_EQ(log_->Read("w", -5, 2)->front().offset, 1);
}

TEST_P(EventLogContractTest, ReadsAllVersionsOfAKeyInOrder) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "z"),
                                 MakeEvent("b", "1"),
                                 MakeEvent("a", "y"),
                                 {{"erp", "a", "x"}, kDay, "other source"},
                                 MakeEvent("ab", "1"),
                                 MakeEvent("a", "x")})
                  .ok());
  EXPECT_EQ(Offsets(*log_->ReadKey("w", "crm", "a")), (std::vector<int64_t>{1, 3, 6}));
  EXPECT_EQ(Offsets(*log_->ReadKey("w", "erp", "a")), (std::vector<int64_t>{4}));
  EXPECT_TRUE(log_->ReadKey("w", "crm", "c")->empty());
  EXPECT_TRUE(log_->ReadKey("v", "crm", "a")->empty());
  EXPECT_EQ(log_->ReadKey("w", "crm", "a")->at(1).event, MakeEvent("a", "y"));
}

TEST_P(EventLogContractTest, TheSameEventTwiceIsADuplicate) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1"), MakeEvent("b", "1")}).ok());
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(*log_->Append("w", {MakeEvent("b", "1"), MakeEvent("c", "1"), MakeEvent("a", "1")}),
            (Results{{AppendOutcome::kDuplicate, 2},
                     {AppendOutcome::kAppended, 3},
                     {AppendOutcome::kDuplicate, 1}}));
  EXPECT_EQ(ReadAll(*log_, "w").size(), 3u);
  // The first recording stands.
  EXPECT_EQ(ReadAll(*log_, "w")[0].recorded_time, clock_.Now() - absl::Hours(1));
}

TEST_P(EventLogContractTest, OtherContentUnderTheSameIdIsAConflictAndTheFirstStays) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1", "first")}).ok());
  Event other_payload = MakeEvent("a", "1", "second");
  Event other_time = MakeEvent("a", "1", "first");
  other_time.effective_time = kDay + absl::Microseconds(1);
  Event no_time = MakeEvent("a", "1", "first");
  no_time.effective_time = std::nullopt;
  EXPECT_EQ(*log_->Append("w", {other_payload, other_time, no_time, MakeEvent("b", "1")}),
            (Results{{AppendOutcome::kConflict, 1},
                     {AppendOutcome::kConflict, 1},
                     {AppendOutcome::kConflict, 1},
                     {AppendOutcome::kAppended, 2}}));
  ASSERT_EQ(ReadAll(*log_, "w").size(), 2u);
  EXPECT_EQ(ReadAll(*log_, "w")[0].event, MakeEvent("a", "1", "first"));
}

TEST_P(EventLogContractTest, DuplicatesAndConflictsInsideOneBatchAreTold) {
  EXPECT_EQ(*log_->Append("w", {MakeEvent("a", "1"), MakeEvent("a", "1"),
                                MakeEvent("a", "1", "other"), MakeEvent("a", "2")}),
            (Results{{AppendOutcome::kAppended, 1},
                     {AppendOutcome::kDuplicate, 1},
                     {AppendOutcome::kConflict, 1},
                     {AppendOutcome::kAppended, 2}}));
}

TEST_P(EventLogContractTest, EachPartOfAnIdCounts) {
  // Also against gluing the parts together: "a" + "bc" is not "ab" + "c".
  const std::vector<Event> events = {{{"a", "bc", "d"}, kDay, "p"},
                                     {{"ab", "c", "d"}, kDay, "p"},
                                     {{"a", "b", "cd"}, kDay, "p"},
                                     {{"A", "bc", "d"}, kDay, "p"}};
  EXPECT_EQ(*log_->Append("w", events), (Results{{AppendOutcome::kAppended, 1},
                                                 {AppendOutcome::kAppended, 2},
                                                 {AppendOutcome::kAppended, 3},
                                                 {AppendOutcome::kAppended, 4}}));
}

TEST_P(EventLogContractTest, EffectiveTimesAreKeptToTheMicrosecond) {
  const std::vector<std::pair<absl::Time, absl::Time>> cases = {
      {kDay + absl::Nanoseconds(1'999), kDay + absl::Microseconds(1)},
      {absl::FromUnixNanos(-1), absl::FromUnixMicros(-1)},
      {absl::UnixEpoch(), absl::UnixEpoch()},
      {absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone()),
       absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone())},
      {absl::FromCivil(absl::CivilSecond(10'000, 1, 1), absl::UTCTimeZone()) - absl::Nanoseconds(1),
       absl::FromCivil(absl::CivilSecond(10'000, 1, 1), absl::UTCTimeZone()) -
           absl::Microseconds(1)},
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    Event event = MakeEvent("k", absl::StrCat(i));
    event.effective_time = cases[i].first;
    ASSERT_TRUE(log_->Append("w", {event}).ok());
    EXPECT_EQ(ReadAll(*log_, "w")[i].event.effective_time, cases[i].second) << i;
    // Sent again, it is the same event, though the log has dropped the nanoseconds.
    EXPECT_EQ(log_->Append("w", {event})->at(0).outcome, AppendOutcome::kDuplicate) << i;
  }
}

TEST_P(EventLogContractTest, ABadEventKeepsItsWholeBatchOut) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1")}).ok());
  std::vector<Event> events = {MakeEvent("b", "1"), MakeEvent("c", "1"), MakeEvent("d", "")};
  ExpectInvalidField(log_->Append("w", events).status(), "events[2].id.version");
  EXPECT_EQ(*log_->LastOffset("w"), 1);
  EXPECT_TRUE(log_->ReadKey("w", "crm", "b")->empty());
  ExpectInvalidField(log_->Append("new", events).status(), "events[2].id.version");
  EXPECT_EQ(*log_->Workspaces(), Names{"w"});
}

TEST_P(EventLogContractTest, AnEmptyBatchChangesNothing) {
  EXPECT_TRUE(log_->Append("w", {})->empty());
  EXPECT_TRUE(log_->Workspaces()->empty());
}

TEST_P(EventLogContractTest, AdmitsEachMaximumAndRefusesOneMore) {
  const std::string longest(kMaxIdBytes, 'x');
  Event event = {{longest, longest, longest}, kDay, std::string(kMaxPayloadBytes, 'p')};
  ASSERT_TRUE(log_->Append(longest, {event}).ok());
  EXPECT_EQ(ReadAll(*log_, longest)[0].event, event);

  ExpectInvalidField(log_->Append(longest + "x", {event}).status(), "workspace");
  event.payload.push_back('p');
  ExpectInvalidField(log_->Append("w", {event}).status(), "events[0].payload");
  event.payload.clear();
  event.id.source_key.push_back('x');
  ExpectInvalidField(log_->Append("w", {event}).status(), "events[0].id.source_key");

  std::vector<Event> events;
  for (size_t i = 0; i < kMaxBatchEvents; ++i) events.push_back(MakeEvent("k", absl::StrCat(i)));
  const absl::StatusOr<Results> results = log_->Append("w", events);
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ(results->back(), (AppendResult{AppendOutcome::kAppended, kMaxBatchEvents}));
  events.push_back(MakeEvent("k", "one more"));
  ExpectInvalidField(log_->Append("w", events).status(), "events");
  EXPECT_EQ(*log_->LastOffset("w"), static_cast<int64_t>(kMaxBatchEvents));
}

TEST_P(EventLogContractTest, EveryMethodRefusesAnEmptyWorkspace) {
  ExpectInvalidField(log_->Append("", {MakeEvent("a", "1")}).status(), "workspace");
  ExpectInvalidField(log_->Read("", 0, 1).status(), "workspace");
  ExpectInvalidField(log_->ReadKey("", "crm", "a").status(), "workspace");
  ExpectInvalidField(log_->LastOffset("").status(), "workspace");
  ExpectInvalidField(log_->WaitForAppend("", 0, absl::ZeroDuration()).status(), "workspace");
  ExpectInvalidField(log_->Append("", {}, {Put("note", "k", "v")}).status(), "workspace");
  ExpectInvalidField(log_->ListConflicts("", 0, 1).status(), "workspace");
  ExpectInvalidField(log_->DeleteConflicts("", {1}).status(), "workspace");
  ExpectInvalidField(log_->GetRecord("", "note", "k").status(), "workspace");
  ExpectInvalidField(log_->ListRecords("", "note", "", 1).status(), "workspace");
  ExpectInvalidField(log_->CountRecords("", "note").status(), "workspace");
  ExpectInvalidField(log_->DeleteRecordsBefore("", "note", absl::UnixEpoch()).status(),
                     "workspace");
  ExpectInvalidField(log_->Restore("", {}), "workspace");
  ExpectInvalidField(log_->Rewrite("", {}), "workspace");
  ExpectInvalidField(log_->Verify("", 0, 1).status(), "workspace");
  ExpectInvalidField(log_->Stats("").status(), "workspace");
}

TEST_P(EventLogContractTest, WorkspacesDoNotSeeEachOther) {
  ASSERT_TRUE(log_->Append("b", {MakeEvent("k", "1", "of b"), MakeEvent("k", "2", "of b")}).ok());
  EXPECT_EQ(*log_->Append("a", {MakeEvent("k", "1", "of a")}),
            (Results{{AppendOutcome::kAppended, 1}}));
  ASSERT_TRUE(log_->Append("ab", {MakeEvent("k", "1")}).ok());
  EXPECT_EQ(*log_->Workspaces(), (Names{"a", "ab", "b"}));
  EXPECT_EQ(*log_->LastOffset("a"), 1);
  EXPECT_EQ(*log_->LastOffset("b"), 2);
  ASSERT_EQ(ReadAll(*log_, "a").size(), 1u);
  EXPECT_EQ(ReadAll(*log_, "a")[0].event.payload, "of a");
  EXPECT_EQ(log_->ReadKey("b", "crm", "k")->size(), 2u);
  // Nor does a waiter of one wake for the other.
  EXPECT_EQ(*log_->WaitForAppend("a", 1, absl::Milliseconds(1)), 1);
}

TEST_P(EventLogContractTest, RecordedTimeNeverDecreases) {
  const absl::Time start = clock_.Now();
  ASSERT_TRUE(log_->Append("w", {MakeEvent("k", "1")}).ok());
  clock_.Advance(absl::Seconds(10));
  ASSERT_TRUE(log_->Append("w", {MakeEvent("k", "2")}).ok());
  clock_.Set(start - absl::Hours(24));
  ASSERT_TRUE(log_->Append("w", {MakeEvent("k", "3"), MakeEvent("k", "4")}).ok());
  // Another workspace has a time line of its own.
  ASSERT_TRUE(log_->Append("v", {MakeEvent("k", "1")}).ok());
  clock_.Set(start + absl::Seconds(11) + absl::Nanoseconds(1'500));
  ASSERT_TRUE(log_->Append("w", {MakeEvent("k", "5")}).ok());

  const std::vector<StoredEvent> events = ReadAll(*log_, "w");
  ASSERT_EQ(events.size(), 5u);
  EXPECT_EQ(events[0].recorded_time, start);
  EXPECT_EQ(events[1].recorded_time, start + absl::Seconds(10));
  EXPECT_EQ(events[2].recorded_time, start + absl::Seconds(10));
  EXPECT_EQ(events[3].recorded_time, start + absl::Seconds(10));
  EXPECT_EQ(events[4].recorded_time, start + absl::Seconds(11) + absl::Microseconds(1));
  EXPECT_EQ(ReadAll(*log_, "v")[0].recorded_time, start - absl::Hours(24));
}

TEST_P(EventLogContractTest, ConcurrentWritersLeaveNoGapAndKeepTheirBatchesTogether) {
  constexpr int kWriterCount = 8;
  constexpr int kBatchCount = 25;
  const std::string workspaces[] = {"even", "odd"};
  std::vector<std::thread> writers;
  std::vector<std::vector<Results>> results(kWriterCount);
  for (int writer = 0; writer < kWriterCount; ++writer) {
    writers.emplace_back([&, writer] {
      for (int batch = 0; batch < kBatchCount; ++batch) {
        // One to three events of its own, and one that all writers of the workspace send.
        std::vector<Event> events;
        for (int i = 0; i <= batch % 3; ++i) {
          events.push_back(MakeEvent(absl::StrCat("writer", writer), absl::StrCat(batch, ".", i)));
        }
        events.push_back(MakeEvent("shared", absl::StrCat(batch)));
        absl::StatusOr<Results> result = log_->Append(workspaces[batch % 2], events);
        ASSERT_TRUE(result.ok()) << result.status();
        results[static_cast<size_t>(writer)].push_back(*std::move(result));
      }
    });
  }
  // Readers look on all the while: a prefix is always whole.
  std::thread reader([&] {
    for (int64_t seen = 0; seen < 100;) {
      const std::vector<StoredEvent> events = ReadAll(*log_, "even");
      ASSERT_GE(static_cast<int64_t>(events.size()), seen);
      seen = static_cast<int64_t>(events.size());
      for (size_t i = 0; i < events.size(); ++i) {
        ASSERT_EQ(events[i].offset, static_cast<int64_t>(i) + 1);
      }
    }
  });
  for (std::thread& writer : writers) writer.join();
  reader.join();

  for (int parity = 0; parity < 2; ++parity) {
    const std::vector<StoredEvent> events = ReadAll(*log_, workspaces[parity]);
    // Own events of batches 0..24 of this parity, plus one shared event each.
    size_t expected_count = 0;
    for (int batch = parity; batch < kBatchCount; batch += 2) {
      expected_count += static_cast<size_t>(kWriterCount * (batch % 3 + 1) + 1);
    }
    ASSERT_EQ(events.size(), expected_count);
    for (size_t i = 0; i < events.size(); ++i) {
      ASSERT_EQ(events[i].offset, static_cast<int64_t>(i) + 1);
      ASSERT_GE(events[i].recorded_time, events[i == 0 ? 0 : i - 1].recorded_time);
    }
    // Each caller was told the offset under which its event is now read.
    int shared_append_count = 0;
    for (int writer = 0; writer < kWriterCount; ++writer) {
      for (int batch = parity; batch < kBatchCount; batch += 2) {
        const Results& told = results[static_cast<size_t>(writer)][static_cast<size_t>(batch)];
        for (size_t i = 0; i < told.size(); ++i) {
          const bool is_shared = i + 1 == told.size();
          const Event& event = events[static_cast<size_t>(told[i].offset - 1)].event;
          if (is_shared) {
            EXPECT_EQ(event.id.source_key, "shared");
            EXPECT_EQ(event.id.version, absl::StrCat(batch));
            if (told[i].outcome == AppendOutcome::kAppended) ++shared_append_count;
          } else {
            EXPECT_EQ(told[i].outcome, AppendOutcome::kAppended);
            EXPECT_EQ(event.id.source_key, absl::StrCat("writer", writer));
            EXPECT_EQ(event.id.version, absl::StrCat(batch, ".", i));
            // A batch is not interleaved with another's.
            EXPECT_EQ(told[i].offset, told[0].offset + static_cast<int64_t>(i));
          }
        }
      }
    }
    EXPECT_EQ(shared_append_count, (kBatchCount + 1 - parity) / 2);
  }
}

TEST_P(EventLogContractTest, AWaiterWakesForTheAppend) {
  // Ping-pong: each side goes on only when it has seen the other's event. A missed wake-up leaves
  // a side waiting until the test's own time limit.
  constexpr int64_t kRoundCount = 50;
  const absl::Duration ever = absl::Hours(10);
  std::thread other([&] {
    for (int64_t round = 0; round < kRoundCount; ++round) {
      ASSERT_EQ(*log_->WaitForAppend("ping", round, ever), round + 1);
      ASSERT_TRUE(log_->Append("pong", {MakeEvent("k", absl::StrCat(round))}).ok());
    }
  });
  for (int64_t round = 0; round < kRoundCount; ++round) {
    ASSERT_TRUE(log_->Append("ping", {MakeEvent("k", absl::StrCat(round))}).ok());
    ASSERT_EQ(*log_->WaitForAppend("pong", round, absl::InfiniteDuration()), round + 1);
  }
  other.join();
}

TEST_P(EventLogContractTest, AWaiterWhoseOffsetIsThereDoesNotWait) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("k", "1"), MakeEvent("k", "2")}).ok());
  EXPECT_EQ(*log_->WaitForAppend("w", 0, absl::InfiniteDuration()), 2);
  EXPECT_EQ(*log_->WaitForAppend("w", 1, absl::InfiniteDuration()), 2);
  EXPECT_EQ(*log_->WaitForAppend("w", 2, absl::ZeroDuration()), 2);
  EXPECT_EQ(*log_->WaitForAppend("w", 2, absl::Milliseconds(1)), 2);
  EXPECT_EQ(*log_->WaitForAppend("w", 2, -absl::InfiniteDuration()), 2);
}

}  // namespace quotacast::eventlog
