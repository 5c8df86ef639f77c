// Goal: every event log keeps what lies beside the events: records, written with them or not at
// all, and conflicts. Method: as event_log_contract_test.cc.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "services/eventlog/contract_events.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_log_contract_test.h"

namespace quotacast::eventlog {
namespace {

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

}  // namespace

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
