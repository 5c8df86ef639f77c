// Goal: every event log keeps the contract of event_log.h. Method: the same cases against each
// implementation, through the interface only; races are provoked by many threads, never by sleeps.
#include "services/eventlog/event_log_contract_test.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {

void PrintTo(const AppendResult& result, std::ostream* out) {
  *out << "{outcome " << static_cast<int>(result.outcome) << ", offset " << result.offset << "}";
}

namespace {

using Results = std::vector<AppendResult>;
using Names = std::vector<std::string>;

constexpr size_t kAll = std::numeric_limits<size_t>::max();
const absl::Time kDay = absl::FromUnixSeconds(1'488'326'400);  // 2017-03-01.

Event MakeEvent(const std::string& key, const std::string& version,
                const std::string& payload = "payload") {
  return {{"crm", key, version}, kDay, payload};
}

std::vector<StoredEvent> ReadAll(const EventLog& log, const std::string& workspace) {
  absl::StatusOr<std::vector<StoredEvent>> events = log.Read(workspace, 0, kAll);
  EXPECT_TRUE(events.ok()) << events.status();
  return events.ok() ? *std::move(events) : std::vector<StoredEvent>();
}

std::vector<int64_t> Offsets(const std::vector<StoredEvent>& events) {
  std::vector<int64_t> offsets;
  for (const StoredEvent& stored : events) offsets.push_back(stored.offset);
  return offsets;
}

// A record with a value that does not depend on the events.
RecordWrite Put(const std::string& kind, const std::string& key, const std::string& value) {
  return {kind, key, [value](absl::Span<const AppendResult>) { return value; }};
}

RecordWrite Delete(const std::string& kind, const std::string& key) { return {kind, key, nullptr}; }

std::string ValueOf(const EventLog& log, const std::string& workspace, const std::string& kind,
                    const std::string& key) {
  const absl::StatusOr<std::optional<Record>> record = log.GetRecord(workspace, kind, key);
  EXPECT_TRUE(record.ok()) << record.status();
  return record.ok() && record->has_value() ? (*record)->value : "(none)";
}

Names Keys(const std::vector<Record>& records) {
  Names keys;
  for (const Record& record : records) keys.push_back(record.key);
  return keys;
}

std::vector<int64_t> Numbers(const std::vector<Conflict>& conflicts) {
  std::vector<int64_t> numbers;
  for (const Conflict& conflict : conflicts) numbers.push_back(conflict.number);
  return numbers;
}

void ExpectReason(const absl::Status& status, absl::StatusCode code, const std::string& reason) {
  EXPECT_EQ(status.code(), code) << status;
  ASSERT_TRUE(GetDetail(status).has_value()) << status;
  EXPECT_EQ(GetDetail(status)->reason, reason) << status;
}

// Nothing wrong with any event of the workspace; returns how many there are.
int64_t ExpectVerified(const EventLog& log, const std::string& workspace) {
  const absl::StatusOr<VerifiedPage> page = log.Verify(workspace, 0, kAll);
  EXPECT_TRUE(page.ok()) << page.status();
  if (!page.ok()) return -1;
  for (const StoredEventFault& fault : page->faults) {
    ADD_FAILURE() << "event " << fault.offset << ": " << fault.reason << ", " << fault.message;
  }
  return page->event_count;
}

void ExpectInvalidField(const absl::Status& status, const std::string& field) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  ASSERT_TRUE(GetDetail(status).has_value()) << status;
  ASSERT_EQ(GetDetail(status)->field_violations.size(), 1u) << status;
  EXPECT_EQ(GetDetail(status)->field_violations[0].field, field) << status;
}

}  // namespace

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

TEST_P(EventLogContractTest, AnEmptyLogHasNothingElseEither) {
  EXPECT_TRUE(log_->ListConflicts("w", 0, kAll)->empty());
  EXPECT_EQ(*log_->DeleteConflicts("w", {1}), 0);
  EXPECT_EQ(*log_->GetRecord("w", "note", "k"), std::nullopt);
  EXPECT_TRUE(log_->ListRecords("w", "note", "", kAll)->empty());
  EXPECT_EQ(*log_->CountRecords("w", "note"), 0);
  EXPECT_EQ(*log_->DeleteRecordsBefore("w", "note", absl::InfiniteFuture()), 0);
  EXPECT_TRUE(log_->Restore("w", {}).ok());
  EXPECT_TRUE(log_->Rewrite("w", {}).ok());
  EXPECT_EQ(log_->Verify("w", 0, kAll)->last_offset, 0);
  EXPECT_EQ(*log_->Stats("w"), LogStats());
  EXPECT_FALSE(log_->StoreName().empty());
  EXPECT_TRUE(log_->Workspaces()->empty());
}

TEST_P(EventLogContractTest, ARecordIsMadeFromTheResultsOfItsBatch) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1")}).ok());
  const auto describe = [](absl::Span<const AppendResult> results) {
    std::string text;
    for (const AppendResult& result : results) {
      absl::StrAppend(&text, static_cast<int>(result.outcome), "@", result.offset, " ");
    }
    return text;
  };
  const Results results =
      *log_->Append("w", {MakeEvent("a", "1"), MakeEvent("b", "1"), MakeEvent("a", "1", "other")},
                    {{"note", "k", describe}});
  EXPECT_EQ(ValueOf(*log_, "w", "note", "k"), "1@1 0@2 2@1 ");
  EXPECT_EQ(describe(results), "1@1 0@2 2@1 ");
  EXPECT_EQ(*log_->GetRecord("w", "note", "k"),
            (Record{"note", "k", "1@1 0@2 2@1 ", clock_.Now()}));
}

TEST_P(EventLogContractTest, ABatchMayHoldRecordsOnly) {
  EXPECT_TRUE(log_->Append("w", {}, {Put("note", "k", "v")})->empty());
  EXPECT_EQ(ValueOf(*log_, "w", "note", "k"), "v");
  // It brings no workspace of the log into being.
  EXPECT_TRUE(log_->Workspaces()->empty());
  EXPECT_EQ(*log_->LastOffset("w"), 0);
  EXPECT_EQ(log_->Append("w", {MakeEvent("a", "1")})->at(0).offset, 1);
}

TEST_P(EventLogContractTest, RecordsAreReplacedAndDeleted) {
  ASSERT_TRUE(log_->Append("w", {}, {Put("note", "k", "1"), Put("note", "l", "1")}).ok());
  clock_.Advance(absl::Seconds(1));
  ASSERT_TRUE(log_->Append("w", {}, {Put("note", "k", "2")}).ok());
  EXPECT_EQ(*log_->GetRecord("w", "note", "k"), (Record{"note", "k", "2", clock_.Now()}));
  ASSERT_TRUE(log_->Append("w", {}, {Delete("note", "k"), Delete("note", "never there")}).ok());
  EXPECT_EQ(ValueOf(*log_, "w", "note", "k"), "(none)");
  EXPECT_EQ(ValueOf(*log_, "w", "note", "l"), "1");
  // Within one batch the last write counts.
  ASSERT_TRUE(log_->Append("w", {},
                           {Put("note", "x", "1"), Put("note", "x", "2"), Put("note", "y", "1"),
                            Delete("note", "y"), Delete("note", "z"), Put("note", "z", "1")})
                  .ok());
  EXPECT_EQ(ValueOf(*log_, "w", "note", "x"), "2");
  EXPECT_EQ(ValueOf(*log_, "w", "note", "y"), "(none)");
  EXPECT_EQ(ValueOf(*log_, "w", "note", "z"), "1");
}

TEST_P(EventLogContractTest, RecordsOfOtherKindsAndWorkspacesAreOthers) {
  ASSERT_TRUE(log_->Append("w", {}, {Put("ab", "c", "1"), Put("a", "bc", "2")}).ok());
  ASSERT_TRUE(log_->Append("v", {}, {Put("ab", "c", "3")}).ok());
  EXPECT_EQ(ValueOf(*log_, "w", "ab", "c"), "1");
  EXPECT_EQ(ValueOf(*log_, "w", "a", "bc"), "2");
  EXPECT_EQ(ValueOf(*log_, "v", "ab", "c"), "3");
  EXPECT_EQ(*log_->CountRecords("w", "ab"), 1);
  ASSERT_TRUE(log_->Append("w", {}, {Delete("ab", "c")}).ok());
  EXPECT_EQ(ValueOf(*log_, "v", "ab", "c"), "3");
}

TEST_P(EventLogContractTest, ListsRecordsInPagesByTheBytesOfTheirKeys) {
  const std::string high = "\xff";
  const std::string zero("a\0b", 3);
  ASSERT_TRUE(log_->Append("w", {},
                           {Put("note", high, "5"), Put("note", "b", "4"), Put("note", "a", "1"),
                            Put("note", "a ", "3"), Put("note", zero, "2"), Put("other", "a", "6")})
                  .ok());
  EXPECT_EQ(Keys(*log_->ListRecords("w", "note", "", kAll)), (Names{"a", zero, "a ", "b", high}));
  EXPECT_EQ(Keys(*log_->ListRecords("w", "note", "a", 2)), (Names{zero, "a "}));
  EXPECT_EQ(log_->ListRecords("w", "note", zero, 1)->at(0),
            (Record{"note", "a ", "3", clock_.Now()}));
  EXPECT_TRUE(log_->ListRecords("w", "note", high, kAll)->empty());
  EXPECT_TRUE(log_->ListRecords("w", "note", "", 0)->empty());
  EXPECT_EQ(*log_->CountRecords("w", "note"), 5);
}

TEST_P(EventLogContractTest, DeletesRecordsByTheirAge) {
  const absl::Time start = clock_.Now();
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(log_->Append("w", {}, {Put("request", absl::StrCat(i), "v")}).ok());
    ASSERT_TRUE(log_->Append("w", {}, {Put("note", absl::StrCat(i), "v")}).ok());
    clock_.Advance(absl::Hours(1));
  }
  EXPECT_EQ(*log_->DeleteRecordsBefore("w", "request", start), 0);
  EXPECT_EQ(*log_->DeleteRecordsBefore("v", "request", absl::InfiniteFuture()), 0);
  EXPECT_EQ(*log_->DeleteRecordsBefore("w", "request", start + absl::Hours(2)), 2);
  EXPECT_EQ(Keys(*log_->ListRecords("w", "request", "", kAll)), (Names{"2", "3"}));
  EXPECT_EQ(
      *log_->DeleteRecordsBefore("w", "request", start + absl::Hours(2) + absl::Nanoseconds(1)), 1);
  EXPECT_EQ(*log_->DeleteRecordsBefore("w", "request", absl::InfiniteFuture()), 1);
  EXPECT_EQ(*log_->CountRecords("w", "note"), 4);
}

TEST_P(EventLogContractTest, ARefusedBatchKeepsNeitherEventsNorRecords) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1")}, {Put("note", "k", "before")}).ok());
  const std::string too_long(kMaxRecordBytes + 1, 'v');
  ExpectInvalidField(log_->Append("w", {MakeEvent("b", "1"), MakeEvent("a", "1", "other")},
                                  {Put("note", "k", "after"), Put("note", "l", too_long)})
                         .status(),
                     "records[1].value");
  ExpectInvalidField(log_->Append("w", {MakeEvent("b", "")}, {Put("note", "k", "after")}).status(),
                     "events[0].id.version");
  EXPECT_EQ(ValueOf(*log_, "w", "note", "k"), "before");
  EXPECT_EQ(*log_->LastOffset("w"), 1);
  EXPECT_TRUE(log_->ListConflicts("w", 0, kAll)->empty());
  EXPECT_EQ(log_->Stats("w")->event_count, 1);
}

TEST_P(EventLogContractTest, AdmitsEachMaximumOfRecordsAndRefusesOneMore) {
  const std::string longest(kMaxIdBytes, 'x');
  const std::string value(kMaxRecordBytes, 'v');
  ASSERT_TRUE(log_->Append("w", {}, {Put(longest, longest, value)}).ok());
  EXPECT_EQ(ValueOf(*log_, "w", longest, longest), value);
  ExpectInvalidField(log_->Append("w", {}, {Put(longest + "x", "k", "v")}).status(),
                     "records[0].kind");
  ExpectInvalidField(log_->Append("w", {}, {Put("note", longest + "x", "v")}).status(),
                     "records[0].key");
  ExpectInvalidField(log_->Append("w", {}, {Put("", "k", "v")}).status(), "records[0].kind");
  ExpectInvalidField(log_->Append("w", {}, {Put("note", "", "v")}).status(), "records[0].key");

  std::vector<RecordWrite> records;
  for (size_t i = 0; i < kMaxBatchRecords; ++i) {
    records.push_back(Put("note", absl::StrCat(i), "v"));
  }
  ASSERT_TRUE(log_->Append("w", {}, records).ok());
  EXPECT_EQ(*log_->CountRecords("w", "note"), static_cast<int64_t>(kMaxBatchRecords));
  records.push_back(Put("note", "one more", "v"));
  ExpectInvalidField(log_->Append("w", {}, records).status(), "records");
}

TEST_P(EventLogContractTest, KeepsConflictsForInspection) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("b", "1"), MakeEvent("a", "1", "first")}).ok());
  clock_.Advance(absl::Hours(1));
  Event no_time = MakeEvent("a", "1", "first");
  no_time.effective_time = std::nullopt;
  const Event other = MakeEvent("a", "1", "other");
  ASSERT_TRUE(log_->Append("w", {other, no_time, MakeEvent("b", "1")}).ok());
  EXPECT_EQ(*log_->ListConflicts("w", 0, kAll),
            (std::vector<Conflict>{{1, 2, clock_.Now(), other}, {2, 2, clock_.Now(), no_time}}));
  EXPECT_EQ(Numbers(*log_->ListConflicts("w", 1, kAll)), (std::vector<int64_t>{2}));
  EXPECT_EQ(Numbers(*log_->ListConflicts("w", 0, 1)), (std::vector<int64_t>{1}));
  EXPECT_TRUE(log_->ListConflicts("v", 0, kAll)->empty());
  EXPECT_EQ(log_->Stats("w")->conflict_count, 2);
}

TEST_P(EventLogContractTest, KeepsTheSameConflictOnce) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1", "first"), MakeEvent("b", "1")}).ok());
  const absl::Time first_seen = clock_.Now();
  const Event other = MakeEvent("a", "1", "other");
  Event sharper = other;
  *sharper.effective_time += absl::Nanoseconds(999);  // Dropped, so it says the same.
  EXPECT_EQ(*log_->Append("w", {other, other, sharper}),
            (Results(3, {AppendOutcome::kConflict, 1})));
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(log_->Append("w", {other})->at(0).outcome, AppendOutcome::kConflict);
  // Under another id it is another one.
  ASSERT_TRUE(log_->Append("w", {MakeEvent("b", "1", "other")}).ok());
  EXPECT_EQ(*log_->ListConflicts("w", 0, kAll),
            (std::vector<Conflict>{{1, 1, first_seen, other},
                                   {2, 2, clock_.Now(), MakeEvent("b", "1", "other")}}));
}

TEST_P(EventLogContractTest, DroppedConflictsLeaveTheirNumbersBehind) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1")}).ok());
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1", absl::StrCat("other", i))}).ok());
  }
  EXPECT_EQ(*log_->DeleteConflicts("v", {1, 2}), 0);
  EXPECT_EQ(*log_->DeleteConflicts("w", {}), 0);
  EXPECT_EQ(*log_->DeleteConflicts("w", {4, 2, 2, 99, -1}), 2);
  EXPECT_EQ(Numbers(*log_->ListConflicts("w", 0, kAll)), (std::vector<int64_t>{1, 3}));
  // Dropped and sent again: it counts as new.
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1", "other3")}).ok());
  EXPECT_EQ(Numbers(*log_->ListConflicts("w", 0, kAll)), (std::vector<int64_t>{1, 3, 5}));
  EXPECT_EQ(log_->Stats("w")->conflict_count, 3);
}

TEST_P(EventLogContractTest, RestoreBringsBackAnExport) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1", "first"),
                                 {{"erp", "b", "1"}, std::nullopt, std::string("\0\xff", 2)}})
                  .ok());
  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(log_->Append("w", {MakeEvent("c", "1"), MakeEvent("a", "2")}).ok());
  ASSERT_TRUE(log_->Rewrite("w", {{3, {"crm", "c0", "1"}, "gone", true}}).ok());
  const std::vector<StoredEvent> exported = ReadAll(*log_, "w");

  clock_.Advance(-absl::Hours(48));
  ASSERT_TRUE(log_->Restore("copy", absl::MakeConstSpan(exported).subspan(0, 1)).ok());
  ASSERT_TRUE(log_->Restore("copy", absl::MakeConstSpan(exported).subspan(1)).ok());
  EXPECT_EQ(ReadAll(*log_, "copy"), exported);
  EXPECT_EQ(*log_->Stats("copy"), *log_->Stats("w"));
  EXPECT_EQ(ExpectVerified(*log_, "copy"), 4);
  EXPECT_EQ(Offsets(*log_->ReadKey("copy", "crm", "a")), (std::vector<int64_t>{1, 4}));
  EXPECT_EQ(*log_->Workspaces(), (Names{"copy", "w"}));
  EXPECT_EQ(*log_->WaitForAppend("copy", 3, absl::InfiniteDuration()), 4);

  // The log goes on: ids are known, time does not go back.
  EXPECT_EQ(*log_->Append("copy", {MakeEvent("a", "1", "first"), MakeEvent("d", "1")}),
            (Results{{AppendOutcome::kDuplicate, 1}, {AppendOutcome::kAppended, 5}}));
  EXPECT_EQ(ReadAll(*log_, "copy")[4].recorded_time, exported[3].recorded_time);
}

TEST_P(EventLogContractTest, RestoreRefusesWhatDoesNotFitAndKeepsNothing) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1"), MakeEvent("b", "1")}).ok());
  const absl::Time now = clock_.Now();
  const absl::StatusCode refused = absl::StatusCode::kFailedPrecondition;
  const StoredEvent third = {3, now, MakeEvent("c", "1")};
  ExpectReason(log_->Restore("w", {{4, now, MakeEvent("c", "1")}}), refused, "RESTORE_OFFSET");
  ExpectReason(log_->Restore("w", {{2, now, MakeEvent("b", "1")}}), refused, "RESTORE_OFFSET");
  ExpectReason(log_->Restore("new", {{2, now, MakeEvent("b", "1")}}), refused, "RESTORE_OFFSET");
  ExpectReason(log_->Restore("w", {third, {5, now, MakeEvent("d", "1")}}), refused,
               "RESTORE_OFFSET");
  ExpectReason(log_->Restore("w", {{3, now - absl::Microseconds(1), MakeEvent("c", "1")}}), refused,
               "RESTORE_RECORDED_TIME");
  ExpectReason(log_->Restore("w", {{3, now + absl::Hours(1), MakeEvent("c", "1")},
                                   {4, now, MakeEvent("d", "1")}}),
               refused, "RESTORE_RECORDED_TIME");
  ExpectReason(log_->Restore("w", {third, {4, now, MakeEvent("a", "1")}}), refused,
               "RESTORE_DUPLICATE_ID");
  ExpectReason(log_->Restore("w", {third, {4, now, MakeEvent("c", "1", "other")}}), refused,
               "RESTORE_DUPLICATE_ID");
  ExpectInvalidField(log_->Restore("w", {third, {4, now, MakeEvent("", "1")}}),
                     "events[1].id.source_key");
  ExpectInvalidField(log_->Restore("w", {{3, absl::InfiniteFuture(), MakeEvent("c", "1")}}),
                     "events[0].recorded_time");
  EXPECT_EQ(*log_->LastOffset("w"), 2);
  EXPECT_EQ(*log_->Workspaces(), Names{"w"});
  EXPECT_EQ(log_->Stats("w")->event_count, 2);
  EXPECT_TRUE(log_->Restore("w", {third}).ok());
}

TEST_P(EventLogContractTest, RestoreTakesAFullBatchAndNoMore) {
  std::vector<StoredEvent> events;
  for (size_t i = 0; i <= kMaxBatchEvents; ++i) {
    events.push_back({static_cast<int64_t>(i) + 1, clock_.Now(), MakeEvent("k", absl::StrCat(i))});
  }
  ExpectInvalidField(log_->Restore("w", events), "events");
  events.pop_back();
  ASSERT_TRUE(log_->Restore("w", events).ok());
  EXPECT_EQ(*log_->LastOffset("w"), static_cast<int64_t>(kMaxBatchEvents));
}

TEST_P(EventLogContractTest, RewriteReplacesIdAndPayloadAndNothingElse) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("rep/Ada", "1", "Ada is hired"),
                                 MakeEvent("deal/1", "1", "owner Ada"), MakeEvent("deal/2", "1")})
                  .ok());
  const std::vector<StoredEvent> before = ReadAll(*log_, "w");
  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(log_->Rewrite("w", {{1, {"crm", "rep/erased-7", "1"}, "", true},
                                  {2, {"crm", "deal/1", "1"}, "owner erased-7", false}})
                  .ok());
  std::vector<StoredEvent> after = before;
  after[0].event.id.source_key = "rep/erased-7";
  after[0].event.payload = "";
  after[0].is_erased = true;
  after[1].event.payload = "owner erased-7";
  EXPECT_EQ(ReadAll(*log_, "w"), after);
  EXPECT_TRUE(log_->ReadKey("w", "crm", "rep/Ada")->empty());
  EXPECT_EQ(*log_->ReadKey("w", "crm", "rep/erased-7"), std::vector<StoredEvent>{after[0]});
  EXPECT_EQ(ExpectVerified(*log_, "w"), 3);
  const LogStats stats = *log_->Stats("w");
  EXPECT_EQ(stats.event_count, 3);
  EXPECT_EQ(stats.erased_event_count, 1);
  EXPECT_EQ(stats.payload_bytes, 14 + 7);
  // The old id is free, the new one taken.
  EXPECT_EQ(*log_->Append("w", {MakeEvent("rep/Ada", "1", "another Ada"),
                                {{"crm", "rep/erased-7", "1"}, kDay, ""}}),
            (Results{{AppendOutcome::kAppended, 4}, {AppendOutcome::kDuplicate, 1}}));
  // Once more, and back: the counters follow.
  ASSERT_TRUE(log_->Rewrite("w", {{1, {"crm", "rep/erased-7", "1"}, "x", false}}).ok());
  EXPECT_EQ(log_->Stats("w")->erased_event_count, 0);
  EXPECT_EQ(log_->Stats("w")->payload_bytes, 14 + 7 + 11 + 1);
}

TEST_P(EventLogContractTest, RewritesApplyOneAfterAnother) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1", "of a"), MakeEvent("b", "1", "of b")}).ok());
  ASSERT_TRUE(log_->Rewrite("w", {{1, {"crm", "c", "1"}, "1", false},
                                  {2, {"crm", "a", "1"}, "2", false},
                                  {1, {"crm", "b", "1"}, "3", false}})
                  .ok());
  EXPECT_EQ(log_->ReadKey("w", "crm", "a")->at(0).offset, 2);
  EXPECT_EQ(log_->ReadKey("w", "crm", "b")->at(0).offset, 1);
  EXPECT_EQ(log_->ReadKey("w", "crm", "b")->at(0).event.payload, "3");
  EXPECT_TRUE(log_->ReadKey("w", "crm", "c")->empty());
  EXPECT_EQ(ExpectVerified(*log_, "w"), 2);
}

TEST_P(EventLogContractTest, ARefusedRewriteChangesNothing) {
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1"), MakeEvent("b", "1")}).ok());
  const std::vector<StoredEvent> before = ReadAll(*log_, "w");
  const LogStats stats = *log_->Stats("w");
  const EventRewrite good = {1, {"crm", "c", "1"}, "x", true};
  const absl::Status missing = log_->Rewrite("w", {good, {3, {"crm", "d", "1"}, "x", true}});
  ExpectReason(missing, absl::StatusCode::kNotFound, "EVENT_NOT_FOUND");
  EXPECT_NE(std::string(missing.message()).find("offset 3"), std::string::npos) << missing;
  ExpectReason(log_->Rewrite("w", {good, {0, {"crm", "d", "1"}, "x", true}}),
               absl::StatusCode::kNotFound, "EVENT_NOT_FOUND");
  ExpectReason(log_->Rewrite("v", {good}), absl::StatusCode::kNotFound, "EVENT_NOT_FOUND");
  ExpectReason(log_->Rewrite("w", {good, {2, {"crm", "c", "1"}, "x", true}}),
               absl::StatusCode::kAlreadyExists, "EVENT_ID_TAKEN");
  ExpectReason(log_->Rewrite("w", {{1, {"crm", "b", "1"}, "x", true}}),
               absl::StatusCode::kAlreadyExists, "EVENT_ID_TAKEN");
  ExpectInvalidField(log_->Rewrite("w", {good, {2, {"crm", "", "1"}, "x", true}}),
                     "rewrites[1].id.source_key");
  ExpectInvalidField(
      log_->Rewrite("w", {{1, {"crm", "a", "1"}, std::string(kMaxPayloadBytes + 1, 'p'), true}}),
      "rewrites[0].payload");
  EXPECT_EQ(ReadAll(*log_, "w"), before);
  EXPECT_EQ(*log_->Stats("w"), stats);
  EXPECT_TRUE(log_->ReadKey("w", "crm", "c")->empty());
}

TEST_P(EventLogContractTest, RewriteTakesAFullBatchAndNoMore) {
  std::vector<Event> events;
  std::vector<EventRewrite> rewrites;
  for (size_t i = 0; i < kMaxBatchEvents; ++i) {
    events.push_back(MakeEvent("k", absl::StrCat(i)));
    rewrites.push_back(
        {static_cast<int64_t>(i) + 1, {"crm", "l", absl::StrCat(i)}, "other", false});
  }
  ASSERT_TRUE(log_->Append("w", events).ok());
  ASSERT_TRUE(log_->Rewrite("w", rewrites).ok());
  EXPECT_EQ(log_->ReadKey("w", "crm", "l")->size(), kMaxBatchEvents);
  rewrites.push_back(rewrites[0]);
  ExpectInvalidField(log_->Rewrite("w", rewrites), "rewrites");
}

TEST_P(EventLogContractTest, VerifiesInPages) {
  std::vector<Event> events;
  for (int i = 0; i < 10; ++i) events.push_back(MakeEvent("k", absl::StrCat(i)));
  ASSERT_TRUE(log_->Append("w", events).ok());
  ASSERT_TRUE(log_->Append("v", events).ok());
  int64_t after = 0;
  for (const int64_t count : {4, 4, 2, 0}) {
    const absl::StatusOr<VerifiedPage> page = log_->Verify("w", after, 4);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->event_count, count);
    EXPECT_TRUE(page->faults.empty());
    EXPECT_EQ(page->last_offset, after + count);
    after = page->last_offset;
  }
  EXPECT_EQ(log_->Verify("w", 3, 0)->last_offset, 3);
  EXPECT_EQ(log_->Verify("w", 3, 0)->event_count, 0);
  EXPECT_EQ(log_->Verify("w", -5, 2)->last_offset, 2);
}

TEST_P(EventLogContractTest, CountsWhatThereIs) {
  const absl::Time start = absl::FromUnixMicros(absl::ToUnixMicros(clock_.Now()));
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1", "12345"), MakeEvent("b", "1", "")}).ok());
  clock_.Advance(absl::Minutes(1));
  ASSERT_TRUE(log_->Append("w", {MakeEvent("a", "1", "12345"), MakeEvent("a", "1", "123456"),
                                 MakeEvent("c", "1", "123")})
                  .ok());
  ASSERT_TRUE(log_->Append("v", {MakeEvent("a", "1", "1")}).ok());
  LogStats expected;
  expected.event_count = 3;
  expected.payload_bytes = 8;
  expected.conflict_count = 1;
  expected.first_recorded_time = start;
  expected.last_recorded_time = start + absl::Minutes(1);
  EXPECT_EQ(*log_->Stats("w"), expected);
  EXPECT_EQ(log_->Stats("v")->event_count, 1);
}

TEST_P(EventLogContractTest, ARecordIsNeverAheadOfItsEventsNorBehind) {
  // Writers note after each batch how many events they have sent; a reader that finds the note must
  // find as many events.
  constexpr int kWriterCount = 4;
  constexpr int kBatchCount = 30;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriterCount; ++writer) {
    writers.emplace_back([this, writer] {
      const std::string name = absl::StrCat("writer", writer);
      for (int batch = 1; batch <= kBatchCount; ++batch) {
        const auto results = log_->Append("w", {MakeEvent(name, absl::StrCat(batch))},
                                          {Put("append_writer", name, absl::StrCat(batch))});
        ASSERT_TRUE(results.ok()) << results.status();
      }
    });
  }
  std::thread reader([this] {
    size_t finished_count = 0;
    while (finished_count < kWriterCount) {
      finished_count = 0;
      const auto records = log_->ListRecords("w", "append_writer", "", kAll);
      ASSERT_TRUE(records.ok()) << records.status();
      for (const Record& record : *records) {
        ASSERT_GE(log_->ReadKey("w", "crm", record.key)->size(), std::stoul(record.value));
        if (record.value == absl::StrCat(kBatchCount)) ++finished_count;
      }
    }
  });
  for (std::thread& writer : writers) writer.join();
  reader.join();
  EXPECT_EQ(ExpectVerified(*log_, "w"), kWriterCount * kBatchCount);
  EXPECT_EQ(log_->Stats("w")->event_count, kWriterCount * kBatchCount);
}

}  // namespace quotacast::eventlog
