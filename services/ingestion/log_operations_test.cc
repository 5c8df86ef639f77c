// Goal: conflicts are listed page by page, counts add up, faults are found, and an export brought
// back is the log it came from. Method: in-memory and SQLite logs, and one that claims faults.
#include "services/ingestion/log_operations.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/forwarding_event_log.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/eventlog/sqlite_event_log.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/sample_events.h"

namespace quotacast::ingestion {
namespace {

bool Never() { return false; }

// Reports what a test tells it to.
class FaultyLog final : public eventlog::ForwardingEventLog {
 public:
  using eventlog::ForwardingEventLog::ForwardingEventLog;
  absl::StatusOr<eventlog::VerifiedPage> Verify(std::string_view workspace, int64_t after_offset,
                                                size_t max_events) const override {
    auto page = ForwardingEventLog::Verify(workspace, after_offset, max_events);
    if (page.ok() && after_offset == 0) {
      page->faults.insert(page->faults.end(), faults.begin(), faults.end());
    }
    return page;
  }
  std::vector<eventlog::StoredEventFault> faults;
};

class LogOperationsTest : public testing::Test {
 protected:
  void Append(const v1::NewEvent& event) {
    const eventlog::Event log_event = ToLogEvent(event);
    ASSERT_TRUE(log_.Append("w", absl::MakeConstSpan(&log_event, 1), {}).ok());
  }
  std::vector<v1::VerifyLogResponse> Verify() {
    std::vector<v1::VerifyLogResponse> responses;
    const absl::Status status =
        VerifyLog(log_, "w", Never, [&responses](const v1::VerifyLogResponse& response) {
          responses.push_back(response);
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    return responses;
  }

  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
  eventlog::InMemoryEventLog memory_{&clock_};
  FaultyLog log_{memory_};
};

TEST_F(LogOperationsTest, ConflictsComeBesideTheEventThatCounts) {
  for (int i = 1; i <= 5; ++i) {
    v1::NewEvent event = SampleEvent(i);
    Append(event);
    event.mutable_event()->mutable_opportunity()->set_stage_id("Won");
    event.mutable_effective_time()->set_seconds(7);
    clock_.Advance(absl::Seconds(1));
    Append(event);
  }
  v1::ListConflictsRequest request;
  request.set_page_size(2);
  std::vector<int64_t> kept_offsets;
  int page_count = 0;
  do {
    const auto response = ListConflicts(log_, "w", request);
    ASSERT_TRUE(response.ok()) << response.status();
    for (const v1::EventConflict& conflict : response->conflicts()) {
      kept_offsets.push_back(conflict.kept().offset());
      EXPECT_EQ(conflict.kept().event().opportunity().stage_id(), "Proposal");
      EXPECT_EQ(conflict.event().opportunity().stage_id(), "Won");
      EXPECT_EQ(conflict.effective_time().seconds(), 7);
      EXPECT_GT(conflict.recorded_time().seconds(), conflict.kept().recorded_time().seconds());
    }
    request.set_page_token(response->next_page_token());
    ++page_count;
  } while (!request.page_token().empty());
  EXPECT_EQ(page_count, 3);
  EXPECT_THAT(kept_offsets, testing::ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(LogOperationsTest, BadPagesAreRefused) {
  for (const int page_size : {0, 1, kMaxPageSize, -1, kMaxPageSize + 1}) {
    v1::ListConflictsRequest request;
    request.set_page_size(page_size);
    EXPECT_EQ(ListConflicts(log_, "w", request).ok(), page_size >= 0 && page_size <= kMaxPageSize);
  }
  v1::ListConflictsRequest request;
  request.set_page_token("x");
  EXPECT_TRUE(absl::IsInvalidArgument(ListConflicts(log_, "w", request).status()));
}

TEST_F(LogOperationsTest, CountsAddUp) {
  for (int i = 1; i <= 3; ++i) Append(SampleEvent(i));
  Append(SampleRep("7", "Anna"));
  v1::NewEvent other = SampleRep("8", "Ben");
  other.mutable_id()->set_source("hr");
  clock_.Advance(absl::Seconds(5));
  Append(other);
  const auto stats = GetLogStats(log_, "w", Never);
  ASSERT_TRUE(stats.ok()) << stats.status();
  EXPECT_EQ(stats->event_count(), 5);
  EXPECT_EQ(stats->last_recorded_time().seconds() - stats->first_recorded_time().seconds(), 5);
  ASSERT_EQ(stats->entities_size(), 2);
  EXPECT_EQ(stats->entities(0).entity(), crm::v1::ENTITY_KIND_OPPORTUNITY);
  EXPECT_EQ(stats->entities(0).event_count(), 3);
  EXPECT_EQ(stats->entities(1).event_count(), 2);
  ASSERT_EQ(stats->sources_size(), 2);
  EXPECT_EQ(stats->sources(0).source(), "crm");
  EXPECT_EQ(stats->sources(0).event_count(), 4);
  EXPECT_EQ(stats->store(), "memory");
  EXPECT_TRUE(GetLogStats(log_, "empty", Never).ok());
  EXPECT_TRUE(absl::IsCancelled(GetLogStats(log_, "w", [] { return true; }).status()));
}

TEST_F(LogOperationsTest, ASoundLogVerifies) {
  for (int i = 1; i <= 3; ++i) Append(SampleEvent(i));
  const auto responses = Verify();
  ASSERT_FALSE(responses.empty());
  EXPECT_TRUE(responses.back().done());
  EXPECT_EQ(responses.back().checked_event_count(), 3);
  EXPECT_EQ(responses.back().event_count(), 3);
  EXPECT_EQ(responses.back().fault_count(), 0);
}

TEST_F(LogOperationsTest, FaultsAreToldOnceAndCountedAll) {
  Append(SampleEvent(1));
  const eventlog::Event unreadable = {{"crm", "rep/1", "1"}, std::nullopt, "\xff\xff"};
  ASSERT_TRUE(log_.Append("w", absl::MakeConstSpan(&unreadable, 1), {}).ok());
  log_.faults.push_back({1, "CHECKSUM_MISMATCH", "the stored checksum is another"});
  auto responses = Verify();
  std::vector<std::string> faults;
  for (const auto& response : responses) {
    for (const v1::LogFault& fault : response.faults()) {
      faults.push_back(absl::StrCat(fault.offset(), " ", fault.reason()));
    }
  }
  EXPECT_THAT(faults, testing::ElementsAre("1 CHECKSUM_MISMATCH", "2 UNREADABLE"));
  EXPECT_EQ(responses.back().fault_count(), 2);

  log_.faults.assign(kMaxLogFaults + 5, {1, "CHECKSUM_MISMATCH", "x"});
  responses = Verify();
  size_t told_count = 0;
  for (const auto& response : responses) told_count += response.faults_size();
  EXPECT_EQ(told_count, kMaxLogFaults);
  EXPECT_EQ(responses.back().fault_count(), static_cast<int64_t>(kMaxLogFaults) + 6);
}

// A source of messages for RestoreEvents.
std::function<bool(v1::RestoreEventsRequest&)> From(
    std::vector<v1::RestoreEventsRequest> messages) {
  return [messages, next = size_t{0}](v1::RestoreEventsRequest& message) mutable {
    if (next == messages.size()) return false;
    message = messages[next++];
    return true;
  };
}

// The messages that an export of `log` is brought back with, ten events each.
std::vector<v1::RestoreEventsRequest> ExportOf(const eventlog::EventLog& log,
                                               std::string_view workspace) {
  std::vector<v1::RestoreEventsRequest> messages;
  const std::vector<eventlog::StoredEvent> events = log.Read(workspace, 0, 100).value();
  for (const eventlog::StoredEvent& stored : events) {
    if (messages.empty() || messages.back().events().events_size() == 10) messages.emplace_back();
    *messages.back().mutable_events()->add_events() = ToEventRecord(stored).value();
  }
  return messages;
}

TEST_F(LogOperationsTest, WhatIsRestoredIsWhatWasThereInEveryStore) {
  for (int i = 1; i <= 25; ++i) {
    clock_.Advance(absl::Microseconds(i));
    Append(SampleEvent(i));
  }
  // One of them is a tombstone.
  const eventlog::EventRewrite erased = {
      3, {"crm", "opportunity/D3", "Proposal@2017-03-01"}, "", true};
  ASSERT_TRUE(log_.Rewrite("w", absl::MakeConstSpan(&erased, 1)).ok());
  const auto original = log_.Read("w", 0, 100).value();
  const std::vector<v1::RestoreEventsRequest> messages = ExportOf(log_, "w");
  clock_.Advance(absl::Hours(1));

  const std::filesystem::path path = testing::TempDir() + "/restored.db";
  std::filesystem::remove(path);
  auto sqlite = eventlog::SqliteEventLog::Open(path.string(), &clock_);
  ASSERT_TRUE(sqlite.ok()) << sqlite.status();
  eventlog::InMemoryEventLog memory(&clock_);
  for (eventlog::EventLog* copy : {static_cast<eventlog::EventLog*>(&memory),
                                   static_cast<eventlog::EventLog*>(sqlite->get())}) {
    SCOPED_TRACE(std::string(copy->StoreName()));
    const auto response = RestoreEvents(*copy, "v", From(messages), Never);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->restored_event_count(), 25);
    EXPECT_EQ(response->last_offset(), 25);
    EXPECT_EQ(copy->Read("v", 0, 100).value(), original);
    const std::vector<v1::RestoreEventsRequest> again = ExportOf(*copy, "v");
    ASSERT_EQ(again.size(), messages.size());
    for (size_t i = 0; i < again.size(); ++i) {
      EXPECT_EQ(again[i].SerializeAsString(), messages[i].SerializeAsString());
    }
    // Once more: the first event does not follow the last.
    const absl::Status refused = RestoreEvents(*copy, "v", From(messages), Never).status();
    EXPECT_EQ(GetDetail(refused).value_or(ErrorDetail()).reason, "RESTORE_OFFSET");
  }
}

TEST_F(LogOperationsTest, MalformedRestorationsAreRefused) {
  const auto field_at_fault = [this](const v1::RestoreEventsRequest& message) {
    const absl::Status status = RestoreEvents(log_, "w", From({message}), Never).status();
    const auto detail = GetDetail(status).value_or(ErrorDetail());
    return detail.field_violations.empty() ? "" : detail.field_violations[0].field;
  };
  v1::RestoreEventsRequest message;
  EXPECT_EQ(field_at_fault(message), "part");
  message.mutable_header();
  EXPECT_EQ(field_at_fault(message), "part");
  message.mutable_events()->add_events();
  EXPECT_EQ(field_at_fault(message), "events.events[0].offset");
  message.mutable_events()->mutable_events(0)->set_offset(1);
  EXPECT_EQ(field_at_fault(message), "events.events[0].recorded_time");
  while (message.events().events_size() <= static_cast<int>(kMaxRestoreEvents)) {
    message.mutable_events()->add_events();
  }
  EXPECT_EQ(field_at_fault(message), "events.events");
  EXPECT_TRUE(RestoreEvents(log_, "w", From({}), Never).ok());
  EXPECT_EQ(log_.LastOffset("w").value(), 0);
}

}  // namespace
}  // namespace quotacast::ingestion
