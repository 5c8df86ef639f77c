// Goal: a dry run answers every append and every read as the log itself would and leaves the log
// as it was. Method: the same appends go to the view and to a copy of the log; the answers are
// compared, and the log under the view is read afterwards.
#include "services/ingestion/dry_run_log.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/in_memory_event_log.h"

namespace quotacast::ingestion {
namespace {

using eventlog::AppendOutcome;
using eventlog::AppendResult;
using eventlog::Event;

const absl::Time kNow = absl::FromUnixSeconds(1'500'000'000);

Event Saying(const std::string& key, const std::string& version, const std::string& payload) {
  return {{"crm", key, version}, std::nullopt, payload};
}

class DryRunLogTest : public testing::Test {
 protected:
  DryRunLogTest() {
    for (eventlog::EventLog* log : {&log_, &copy_}) {
      EXPECT_TRUE(log->Append("w", {Saying("a", "1", "x"), Saying("b", "1", "y")}).ok());
    }
  }
  FakeClock clock_{kNow};
  eventlog::InMemoryEventLog log_{&clock_};
  eventlog::InMemoryEventLog copy_{&clock_};
};

TEST_F(DryRunLogTest, AnswersAsTheLogWouldAndWritesNothing) {
  auto view = DryRunLog::Create(log_, "w", kNow);
  ASSERT_TRUE(view.ok()) << view.status();
  const std::vector<std::vector<Event>> batches = {
      {Saying("a", "1", "x"), Saying("a", "1", "other"), Saying("c", "1", "z")},
      {Saying("c", "1", "z"), Saying("c", "1", "z2"), Saying("a", "2", "x2"), Saying("d", "1", "")},
      {}};
  for (const std::vector<Event>& batch : batches) {
    const auto answer = view->Append("w", batch, {});
    const auto expected = copy_.Append("w", batch);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(*answer, *expected);
  }
  EXPECT_EQ(view->LastOffset("w").value(), 5);
  for (const std::string key : {"a", "b", "c", "d", "e"}) {
    EXPECT_EQ(view->ReadKey("w", "crm", key).value(), copy_.ReadKey("w", "crm", key).value())
        << key;
  }
  // Pages of every size give the same events.
  for (size_t page_events = 1; page_events <= 6; ++page_events) {
    std::vector<eventlog::StoredEvent> read;
    while (true) {
      const int64_t after = read.empty() ? 0 : read.back().offset;
      const auto page = view->Read("w", after, page_events).value();
      if (page.empty()) break;
      read.insert(read.end(), page.begin(), page.end());
    }
    EXPECT_EQ(read, copy_.Read("w", 0, 100).value());
  }
  EXPECT_EQ(log_.LastOffset("w").value(), 2);
}

TEST_F(DryRunLogTest, AnEmptyWorkspaceComesIntoBeing) {
  auto view = DryRunLog::Create(log_, "new", kNow);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->Workspaces().value(), std::vector<std::string>{"w"});
  ASSERT_TRUE(view->Append("new", {Saying("a", "1", "x")}, {}).ok());
  EXPECT_EQ(view->Workspaces().value(), (std::vector<std::string>{"new", "w"}));
  EXPECT_EQ(log_.Workspaces().value(), std::vector<std::string>{"w"});
}

TEST_F(DryRunLogTest, WhatOthersAppendMeanwhileIsNotSeen) {
  auto view = DryRunLog::Create(log_, "w", kNow);
  ASSERT_TRUE(log_.Append("w", {Saying("a", "2", "late")}).ok());
  EXPECT_EQ(view->Append("w", {Saying("a", "2", "own")}, {}).value(),
            (std::vector<AppendResult>{{AppendOutcome::kAppended, 3}}));
  EXPECT_EQ(view->ReadKey("w", "crm", "a").value().back().event.payload, "own");
  EXPECT_EQ(view->Read("w", 0, 10).value().size(), 2u);
}

TEST_F(DryRunLogTest, RefusesToWriteElsewhere) {
  auto view = DryRunLog::Create(log_, "w", kNow);
  EXPECT_TRUE(absl::IsUnimplemented(view->Append("v", {Saying("a", "1", "x")}, {}).status()));
  EXPECT_TRUE(absl::IsUnimplemented(view->Restore("w", {})));
  EXPECT_TRUE(absl::IsUnimplemented(view->Rewrite("w", {})));
}

}  // namespace
}  // namespace quotacast::ingestion
