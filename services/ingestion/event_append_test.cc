// Goal: an acknowledged batch is durable and counts once, whatever the stream goes through; bad
// events are told and the good ones kept; nothing is buffered without bound. Method: streams made
// of queues, over an in-memory log, and over one that fails, waits or counts when told to.
#include "services/ingestion/event_append.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/forwarding_event_log.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/record_kinds.h"
#include "services/ingestion/sample_events.h"

namespace quotacast::ingestion {
namespace {

std::string ReasonOf(const absl::Status& status) {
  return GetDetail(status).value_or(ErrorDetail()).reason;
}

std::string FieldOf(const absl::Status& status) {
  const auto detail = GetDetail(status).value_or(ErrorDetail());
  return detail.field_violations.empty() ? "" : detail.field_violations[0].field;
}

// Append asks first.
class ScriptedLog final : public eventlog::ForwardingEventLog {
 public:
  using eventlog::ForwardingEventLog::ForwardingEventLog;
  absl::StatusOr<std::vector<eventlog::AppendResult>> Append(
      std::string_view workspace, absl::Span<const eventlog::Event> events,
      absl::Span<const eventlog::RecordWrite> records = {}) override {
    if (before_append) {
      if (absl::Status status = before_append(); !status.ok()) return status;
    }
    return ForwardingEventLog::Append(workspace, events, records);
  }
  std::function<absl::Status()> before_append;
};

// A caller: what it sends and what it hears.
class Caller {
 public:
  void Send(const v1::AppendEventsRequest& message) {
    const std::lock_guard<std::mutex> lock(mu_);
    requests_.push_back(message);
    changed_.notify_all();
  }
  void SendHeader(const std::string& writer_id) {
    v1::AppendEventsRequest message;
    message.mutable_header()->set_parent("workspaces/w");
    message.mutable_header()->set_writer_id(writer_id);
    Send(message);
  }
  // Events `first` to `last` of sample_events.h.
  void SendBatch(int64_t sequence, int first, int last) {
    v1::AppendEventsRequest message;
    message.mutable_batch()->set_sequence(sequence);
    for (int i = first; i <= last; ++i) *message.mutable_batch()->add_events() = SampleEvent(i);
    Send(message);
  }
  void End() {
    const std::lock_guard<std::mutex> lock(mu_);
    ended_ = true;
    changed_.notify_all();
  }
  void Break() {
    const std::lock_guard<std::mutex> lock(mu_);
    broken_ = true;
    changed_.notify_all();
  }
  // Waits for one more response.
  v1::AppendEventsResponse Hear() {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait(lock, [this] { return heard_ < responses_.size(); });
    return responses_[heard_++];
  }
  size_t unread_count() {
    const std::lock_guard<std::mutex> lock(mu_);
    return requests_.size();
  }
  std::vector<v1::AppendEventsResponse> responses() {
    const std::lock_guard<std::mutex> lock(mu_);
    return responses_;
  }

  AppendStream AsStream() {
    AppendStream stream;
    stream.read = [this](v1::AppendEventsRequest& message) {
      std::unique_lock<std::mutex> lock(mu_);
      changed_.wait(lock, [this] { return stopped_ || broken_ || ended_ || !requests_.empty(); });
      if (stopped_ || broken_ || requests_.empty()) return false;
      message = std::move(requests_.front());
      requests_.pop_front();
      changed_.notify_all();
      return true;
    };
    stream.stop_reading = [this] {
      const std::lock_guard<std::mutex> lock(mu_);
      stopped_ = true;
      changed_.notify_all();
    };
    stream.enter = [](const std::string& parent) -> absl::StatusOr<std::string> {
      if (parent != "workspaces/w") return InvalidField("header.parent", "is not ours");
      return std::string("w");
    };
    stream.write = [this](const v1::AppendEventsResponse& response) {
      std::unique_lock<std::mutex> lock(mu_);
      if (broken_) return false;
      responses_.push_back(response);
      changed_.notify_all();
      return true;
    };
    stream.cancelled = [this] {
      const std::lock_guard<std::mutex> lock(mu_);
      return broken_;
    };
    return stream;
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  std::deque<v1::AppendEventsRequest> requests_;  // Guarded by mu_, as all below.
  std::vector<v1::AppendEventsResponse> responses_;
  size_t heard_ = 0;
  bool ended_ = false;
  bool broken_ = false;
  bool stopped_ = false;
};

class EventAppendTest : public testing::Test {
 protected:
  EventAppendTest() { Restart(); }

  // A new process over the same log.
  void Restart(const WorkspaceLimitOptions& options = {}) {
    append_.reset();
    limits_ = std::make_unique<WorkspaceLimits>(log_, clock_, options);
    requests_ = std::make_unique<RequestIds>(log_, clock_);
    append_ = std::make_unique<EventAppend>(log_, *limits_, *requests_);
  }
  absl::Status Run(Caller& caller) { return append_->AppendEvents(caller.AsStream()); }
  absl::StatusOr<v1::BatchAppendResponse> Batch(const v1::BatchAppendRequest& request) {
    return append_->BatchAppend("w", request, [] { return false; });
  }
  int64_t LastOffset() { return log_.LastOffset("w").value(); }

  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
  eventlog::InMemoryEventLog memory_{&clock_};
  ScriptedLog log_{memory_};
  std::unique_ptr<WorkspaceLimits> limits_;
  std::unique_ptr<RequestIds> requests_;
  std::unique_ptr<EventAppend> append_;
};

TEST_F(EventAppendTest, BatchesAreAcknowledgedOnceDurable) {
  Caller caller;
  absl::Status status;
  std::thread stream([&] { status = Run(caller); });
  caller.SendHeader("loader");
  EXPECT_EQ(caller.Hear().acknowledged_sequence(), 0);
  caller.SendBatch(1, 1, 3);
  v1::AppendEventsResponse response = caller.Hear();
  EXPECT_EQ(response.acknowledged_sequence(), 1);
  EXPECT_EQ(response.appended_event_count(), 3);
  EXPECT_EQ(response.last_offset(), 3);
  EXPECT_EQ(LastOffset(), 3);
  caller.SendBatch(2, 3, 4);  // The first of them is known.
  response = caller.Hear();
  EXPECT_EQ(response.appended_event_count(), 1);
  EXPECT_EQ(response.unchanged_event_count(), 1);
  caller.End();
  stream.join();
  EXPECT_TRUE(status.ok()) << status;
  const auto record = log_.GetRecord("w", kWriterRecordKind, "loader");
  ASSERT_TRUE(record.ok() && record->has_value());
  EXPECT_EQ((*record)->value, "2");
}

TEST_F(EventAppendTest, ANewStreamGoesOnAfterTheLastDurableBatch) {
  {
    Caller caller;
    caller.SendHeader("loader");
    caller.SendBatch(1, 1, 2);
    caller.SendBatch(2, 3, 4);
    caller.End();
    ASSERT_TRUE(Run(caller).ok());
  }
  Restart();
  Caller caller;
  caller.SendHeader("loader");
  caller.SendBatch(1, 90, 99);  // Acknowledged again without being read.
  caller.SendBatch(3, 5, 5);
  caller.End();
  ASSERT_TRUE(Run(caller).ok());
  const auto responses = caller.responses();
  EXPECT_EQ(responses.front().acknowledged_sequence(), 2);
  EXPECT_EQ(responses.back().acknowledged_sequence(), 3);
  EXPECT_EQ(LastOffset(), 5);
}

TEST_F(EventAppendTest, WithoutAWriterNumbersBeginAtOne) {
  for (int i = 0; i < 2; ++i) {
    Caller caller;
    caller.SendHeader("");
    caller.SendBatch(1, 1, 2);
    caller.End();
    ASSERT_TRUE(Run(caller).ok());
    EXPECT_EQ(caller.responses().front().acknowledged_sequence(), 0);
  }
  EXPECT_EQ(LastOffset(), 2);
  EXPECT_EQ(log_.CountRecords("w", kWriterRecordKind).value(), 0);
}

TEST_F(EventAppendTest, ASkippedNumberIsNamedAndWhatCameBeforeIsKept) {
  Caller caller;
  caller.SendHeader("loader");
  caller.SendBatch(1, 1, 2);
  caller.SendBatch(3, 3, 4);
  const absl::Status status = Run(caller);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "SEQUENCE_GAP");
  EXPECT_EQ(FieldOf(status), "batch.sequence");
  EXPECT_NE(std::string(status.message()).find("expected 2"), std::string::npos) << status;
  EXPECT_EQ(caller.responses().back().acknowledged_sequence(), 1);
  EXPECT_EQ(LastOffset(), 2);
}

TEST_F(EventAppendTest, MalformedStreamsAreRefused) {
  const auto field_at_fault = [this](const std::function<void(Caller&)>& send) {
    Caller caller;
    send(caller);
    caller.End();
    const absl::Status status = Run(caller);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    return FieldOf(status);
  };
  EXPECT_EQ(field_at_fault([](Caller&) {}), "header");
  EXPECT_EQ(field_at_fault([](Caller& c) { c.SendBatch(1, 1, 1); }), "part");
  EXPECT_EQ(field_at_fault([](Caller& c) {
              c.SendHeader("");
              c.SendHeader("");
            }),
            "part");
  EXPECT_EQ(field_at_fault([](Caller& c) {
              c.SendHeader("");
              c.Send({});
            }),
            "part");
  for (const int64_t sequence : {int64_t{0}, int64_t{-1}}) {
    EXPECT_EQ(field_at_fault([sequence](Caller& c) {
                c.SendHeader("");
                c.SendBatch(sequence, 1, 1);
              }),
              "batch.sequence");
  }
  EXPECT_EQ(field_at_fault([](Caller& c) {
              v1::AppendEventsRequest header;
              header.mutable_header()->set_parent("elsewhere");
              c.Send(header);
            }),
            "header.parent");
  EXPECT_EQ(field_at_fault([](Caller& c) { c.SendHeader(std::string(201, 'w')); }),
            "header.writer_id");
  EXPECT_EQ(LastOffset(), 0);
}

TEST_F(EventAppendTest, ABatchHasAtMostTenThousandEvents) {
  for (const int count : {10'000, 10'001}) {
    Caller caller;
    // Two writers, for the number of a known batch is acknowledged without being read.
    caller.SendHeader(std::string(kMaxWriterIdBytes, count == 10'000 ? 'v' : 'w'));
    caller.SendBatch(1, 1, count);
    caller.End();
    const absl::Status status = Run(caller);
    EXPECT_EQ(status.ok(), count == 10'000) << status;
    EXPECT_EQ(FieldOf(status), count == 10'000 ? "" : "batch.events");
    Restart();
  }
  EXPECT_EQ(LastOffset(), 10'000);
}

TEST_F(EventAppendTest, GoodEventsBesideBadOnesAreKept) {
  Caller caller;
  caller.SendHeader("loader");
  v1::AppendEventsRequest message;
  message.mutable_batch()->set_sequence(1);
  for (int i = 0; i < kMaxResponseProblems + 10; ++i) {
    *message.mutable_batch()->add_events() = SampleEvent(i);
    v1::NewEvent& bad = *message.mutable_batch()->add_events() = SampleEvent(i);
    bad.mutable_event()->mutable_opportunity()->mutable_amount()->set_currency_code("DOLLARS");
  }
  caller.Send(message);
  caller.End();
  ASSERT_TRUE(Run(caller).ok());
  const v1::AppendEventsResponse response = caller.responses().back();
  EXPECT_EQ(response.appended_event_count(), kMaxResponseProblems + 10);
  EXPECT_EQ(response.rejected_event_count(), kMaxResponseProblems + 10);
  ASSERT_EQ(response.problems_size(), kMaxResponseProblems);
  EXPECT_EQ(response.problems(1).sequence(), 1);
  EXPECT_EQ(response.problems(1).index(), 3);
  EXPECT_EQ(response.problems(1).field(), "event.opportunity.amount.currency_code");
  EXPECT_EQ(response.problems(1).value(), "DOLLARS");
  EXPECT_EQ(response.problems(1).reason(), "UNKNOWN_CURRENCY");
}

TEST_F(EventAppendTest, TheSameIdWithOtherContentIsAConflict) {
  Caller caller;
  caller.SendHeader("");
  caller.SendBatch(1, 1, 1);
  v1::AppendEventsRequest other;
  other.mutable_batch()->set_sequence(2);
  v1::NewEvent& event = *other.mutable_batch()->add_events() = SampleEvent(1);
  event.mutable_event()->mutable_opportunity()->mutable_amount()->set_units(9);
  caller.Send(other);
  caller.End();
  ASSERT_TRUE(Run(caller).ok());
  int64_t conflict_count = 0;
  for (const auto& response : caller.responses()) conflict_count += response.conflict_count();
  EXPECT_EQ(conflict_count, 1);
  EXPECT_EQ(log_.ListConflicts("w", 0, 10)->size(), 1u);
}

// While a commit takes its time the next batches are read, but no more than the window holds; they
// are then committed together and acknowledged by one response.
TEST_F(EventAppendTest, ReadingGoesOnDuringACommitWithinTheWindow) {
  std::latch committing(1);
  std::latch go_on(1);
  int append_count = 0;
  log_.before_append = [&] {
    if (++append_count == 1) {
      committing.count_down();
      go_on.wait();
    }
    return absl::OkStatus();
  };
  Caller caller;
  absl::Status status;
  std::thread stream([&] { status = Run(caller); });
  constexpr int kBatchCount = 1 + 2 * static_cast<int>(kMaxQueuedBatches);
  caller.SendHeader("loader");
  caller.SendBatch(1, 1, 1);
  committing.wait();
  for (int i = 2; i <= kBatchCount; ++i) caller.SendBatch(i, i, i);
  // One is being committed, the window is full, and one waits in the reader's hand.
  const size_t unread = kBatchCount - 1 - kMaxQueuedBatches - 1;
  while (caller.unread_count() > unread) std::this_thread::yield();
  EXPECT_EQ(caller.unread_count(), unread);
  EXPECT_EQ(LastOffset(), 0);
  EXPECT_EQ(caller.responses().size(), 1u);
  go_on.count_down();
  caller.End();
  stream.join();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(caller.responses().back().acknowledged_sequence(), kBatchCount);
  EXPECT_EQ(LastOffset(), kBatchCount);
  // The header's, the first batch's, and fewer than one for each of the others.
  EXPECT_LT(caller.responses().size(), static_cast<size_t>(kBatchCount));
}

// The caller waits for an acknowledgement and sends nothing: the failure must reach it.
TEST_F(EventAppendTest, AFailingLogEndsTheStreamAtOnceAndNothingIsAcknowledged) {
  log_.before_append = [] { return absl::UnavailableError("the disk is full"); };
  Caller caller;
  caller.SendHeader("loader");
  caller.SendBatch(1, 1, 2);
  const absl::Status status = Run(caller);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(caller.responses().size(), 1u);
  log_.before_append = nullptr;
  Caller again;
  again.SendHeader("loader");
  again.SendBatch(1, 1, 2);
  again.End();
  ASSERT_TRUE(Run(again).ok());
  EXPECT_EQ(again.responses().front().acknowledged_sequence(), 0);
  EXPECT_EQ(LastOffset(), 2);
}

TEST_F(EventAppendTest, ABrokenStreamEndsCancelled) {
  Caller caller;
  caller.SendHeader("loader");
  absl::Status status;
  std::thread stream([&] { status = Run(caller); });
  caller.Hear();
  caller.Break();
  stream.join();
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
}

TEST_F(EventAppendTest, TheLaterStreamOfAWriterTakesOver) {
  Caller first;
  absl::Status first_status;
  std::thread stream([&] { first_status = Run(first); });
  first.SendHeader("loader");
  first.SendBatch(1, 1, 1);
  first.Hear();
  EXPECT_EQ(first.Hear().acknowledged_sequence(), 1);
  Caller second;
  second.SendHeader("loader");
  second.SendBatch(2, 2, 2);
  second.End();
  EXPECT_TRUE(Run(second).ok());
  EXPECT_EQ(second.responses().front().acknowledged_sequence(), 1);
  stream.join();  // Though its caller neither sends nor ends.
  EXPECT_EQ(first_status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(first_status), "WRITER_REPLACED");
  EXPECT_EQ(LastOffset(), 2);
  // Another writer is not concerned.
  Caller other;
  other.SendHeader("other");
  other.SendBatch(1, 3, 3);
  other.End();
  EXPECT_TRUE(Run(other).ok());
}

TEST_F(EventAppendTest, BeyondTheRateTheStreamEndsWithAPause) {
  Restart({.events_per_second = 10});
  Caller caller;
  caller.SendHeader("loader");
  caller.SendBatch(1, 1, 10);
  caller.End();
  EXPECT_TRUE(Run(caller).ok());
  Caller beyond;
  beyond.SendHeader("loader");
  beyond.SendBatch(2, 11, 11);
  const absl::Status status = Run(beyond);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(status), "WORKSPACE_LIMIT");
  ASSERT_TRUE(GetDetail(status)->retry_after.has_value());
  clock_.Advance(*GetDetail(status)->retry_after);
  Caller again;
  again.SendHeader("loader");
  again.SendBatch(2, 11, 11);
  again.End();
  EXPECT_TRUE(Run(again).ok());
  EXPECT_EQ(LastOffset(), 11);
}

v1::BatchAppendRequest BatchOf(int first, int last, const std::string& request_id = "") {
  v1::BatchAppendRequest request;
  request.set_parent("workspaces/w");
  for (int i = first; i <= last; ++i) *request.add_events() = SampleEvent(i);
  request.set_request_id(request_id);
  return request;
}

constexpr char kRequestId[] = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

TEST_F(EventAppendTest, BatchAppendTellsWhatHappenedToEachEvent) {
  ASSERT_TRUE(Batch(BatchOf(1, 2)).ok());
  v1::BatchAppendRequest request = BatchOf(2, 4);
  request.mutable_events(2)->mutable_id()->set_source_key("opportunity/D1");
  request.mutable_events(2)->mutable_event()->mutable_opportunity()->set_opportunity_id("D1");
  const auto response = Batch(request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->events_size(), 3);
  EXPECT_EQ(response->events(0).outcome(), v1::APPEND_OUTCOME_UNCHANGED);
  EXPECT_EQ(response->events(0).offset(), 2);
  EXPECT_EQ(response->events(1).outcome(), v1::APPEND_OUTCOME_APPENDED);
  EXPECT_EQ(response->events(1).offset(), 3);
  EXPECT_EQ(response->events(2).outcome(), v1::APPEND_OUTCOME_CONFLICT);
  EXPECT_EQ(response->events(2).offset(), 1);
  EXPECT_EQ(response->last_offset(), 3);
}

TEST_F(EventAppendTest, BatchAppendIsAllOrNothing) {
  v1::BatchAppendRequest request = BatchOf(1, 3);
  request.mutable_events(1)->mutable_event()->mutable_opportunity()->set_discovery_rating(9);
  const auto response = Batch(request);
  EXPECT_EQ(FieldOf(response.status()), "events[1].event.opportunity.discovery_rating");
  EXPECT_EQ(LastOffset(), 0);
  EXPECT_TRUE(Batch(BatchOf(1, 10'000)).ok());
  EXPECT_EQ(FieldOf(Batch(BatchOf(1, 10'001)).status()), "events");
  EXPECT_TRUE(Batch(BatchOf(1, 0)).ok());
}

TEST_F(EventAppendTest, TheSameRequestWithin24HoursGetsTheSameResponse) {
  const auto first = Batch(BatchOf(1, 3, kRequestId));
  ASSERT_TRUE(first.ok()) << first.status();
  clock_.Advance(kRequestLifetime - absl::Seconds(1));
  Restart();
  const auto second = Batch(BatchOf(1, 3, kRequestId));
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
  const auto reused = Batch(BatchOf(1, 4, kRequestId));
  EXPECT_EQ(reused.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(reused.status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(LastOffset(), 3);
  clock_.Advance(absl::Seconds(1));
  Restart();
  const auto expired = Batch(BatchOf(1, 4, kRequestId));
  ASSERT_TRUE(expired.ok()) << expired.status();
  EXPECT_EQ(expired->events(0).outcome(), v1::APPEND_OUTCOME_UNCHANGED);
  EXPECT_EQ(LastOffset(), 4);
}

// A request that failed is not remembered: the caller sends it again under its id.
TEST_F(EventAppendTest, AFailedRequestMayBeRepeated) {
  log_.before_append = [] { return absl::UnavailableError("the disk is full"); };
  EXPECT_EQ(Batch(BatchOf(1, 3, kRequestId)).status().code(), absl::StatusCode::kUnavailable);
  log_.before_append = nullptr;
  const auto response = Batch(BatchOf(1, 3, kRequestId));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->events(0).outcome(), v1::APPEND_OUTCOME_APPENDED);
}

TEST_F(EventAppendTest, OneRequestSentManyTimesAtOnceIsDoneOnce) {
  std::vector<std::string> responses(8);
  std::vector<std::thread> threads;
  for (std::string& response : responses) {
    threads.emplace_back([this, &response] {
      const auto result = Batch(BatchOf(1, 50, kRequestId));
      if (result.ok()) response = result->SerializeAsString();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& response : responses) EXPECT_EQ(response, responses[0]);
  EXPECT_FALSE(responses[0].empty());
}

}  // namespace
}  // namespace quotacast::ingestion
