// Goal: every event log can be restored, rewritten for an erasure, verified and counted. Method: as
// event_log_contract_test.cc.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "services/eventlog/contract_events.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_log_contract_test.h"

namespace quotacast::eventlog {
namespace {

void ExpectReason(const absl::Status& status, absl::StatusCode code, const std::string& reason) {
  EXPECT_EQ(status.code(), code) << status;
  ASSERT_TRUE(GetDetail(status).has_value()) << status;
  EXPECT_EQ(GetDetail(status)->reason, reason) << status;
}

}  // namespace

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

}  // namespace quotacast::eventlog
