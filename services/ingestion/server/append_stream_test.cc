// Goal: the log's RPCs over real gRPC: programs append through broken connections and restarts of
// the server, malformed streams are refused, the feed is the ordinary message, operations on the
// log arrive. Method: the service on a port of the loopback over an in-memory log that outlives it.
#include <grpcpp/client_context.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/sync_stream.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/errors.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/event_appender.h"
#include "clients/cpp/ingestion_client.h"
#include "clients/cpp/status_conversion.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/sample_events.h"
#include "services/ingestion/server/ingestion_service.h"

namespace quotacast::ingestion {
namespace {

std::string ReasonOf(const absl::Status& status) {
  return GetDetail(status).value_or(ErrorDetail()).reason;
}

class AppendStreamTest : public testing::Test {
 protected:
  AppendStreamTest() { Start(); }
  ~AppendStreamTest() override { Stop(); }

  void Start(const WorkspaceLimitOptions& limits = {}) {
    serving::ServingOptions options;
    options.service = kIngestionServiceName;
    options.executor.thread_count = 2;
    service_ = std::make_unique<IngestionService>(
        log_, options, clock_, clock_, [](const serving::CallRecord&) {}, limits);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(absl::StrCat("127.0.0.1:", port_), grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    channel_ = clients::ConnectTo(absl::StrCat("127.0.0.1:", port_));
    client_ = std::make_unique<clients::IngestionClient>(channel_);
  }
  void Stop() {
    server_->Shutdown(absl::ToChronoTime(clock_.Now()));
    server_->Wait();
    server_.reset();
    service_.reset();
  }

  // What the stream ends with after these messages, and the responses that came.
  absl::Status Send(const std::vector<v1::AppendEventsRequest>& messages,
                    std::vector<v1::AppendEventsResponse>* responses = nullptr) {
    const auto stub = v1::IngestionService::NewStub(channel_);
    grpc::ClientContext context;
    const auto stream = stub->AppendEvents(&context);
    for (const auto& message : messages) {
      if (!stream->Write(message)) break;
    }
    stream->WritesDone();
    v1::AppendEventsResponse response;
    while (stream->Read(&response)) {
      if (responses != nullptr) responses->push_back(response);
    }
    return clients::ToAbslStatus(stream->Finish());
  }

  const SystemClock clock_;
  eventlog::InMemoryEventLog log_{&clock_};
  int port_ = 0;
  std::unique_ptr<IngestionService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<clients::IngestionClient> client_;
};

v1::AppendEventsRequest Header(const std::string& writer_id = "") {
  v1::AppendEventsRequest message;
  message.mutable_header()->set_parent("workspaces/w");
  message.mutable_header()->set_writer_id(writer_id);
  return message;
}

v1::AppendEventsRequest Batch(int64_t sequence, int first, int last) {
  v1::AppendEventsRequest message;
  message.mutable_batch()->set_sequence(sequence);
  for (int i = first; i <= last; ++i) *message.mutable_batch()->add_events() = SampleEvent(i);
  return message;
}

TEST_F(AppendStreamTest, AcknowledgesAndEndsWell) {
  std::vector<v1::AppendEventsResponse> responses;
  const absl::Status status = Send({Header("loader"), Batch(1, 1, 5), Batch(2, 6, 9)}, &responses);
  EXPECT_TRUE(status.ok()) << status;
  ASSERT_GE(responses.size(), 2u);
  EXPECT_EQ(responses.back().acknowledged_sequence(), 2);
  EXPECT_EQ(responses.back().last_offset(), 9);
}

TEST_F(AppendStreamTest, MalformedStreamsAreRefusedWithTheirReasons) {
  EXPECT_EQ(ReasonOf(Send({})), "INVALID_FIELD");
  EXPECT_EQ(ReasonOf(Send({Batch(1, 1, 1)})), "INVALID_FIELD");
  EXPECT_EQ(ReasonOf(Send({Header(), Header()})), "INVALID_FIELD");
  EXPECT_EQ(ReasonOf(Send({Header(), Batch(-1, 1, 1)})), "INVALID_FIELD");
  EXPECT_EQ(ReasonOf(Send({Header(), Batch(2, 1, 1)})), "SEQUENCE_GAP");
  v1::AppendEventsRequest elsewhere = Header();
  elsewhere.mutable_header()->set_parent("nowhere");
  const absl::Status status = Send({elsewhere});
  EXPECT_EQ(GetDetail(status)->field_violations[0].field, "header.parent");
  // Beyond gRPC's limit of a message.
  v1::AppendEventsRequest huge = Batch(1, 1, 1);
  huge.mutable_batch()->mutable_events(0)->mutable_id()->set_version(std::string(5 << 20, 'v'));
  EXPECT_FALSE(Send({Header(), huge}).ok());
  EXPECT_EQ(log_.LastOffset("w").value(), 0);
}

// The server goes down and comes up again while a program appends; the log survives, as a disk
// does. Every event is there once, in order.
TEST_F(AppendStreamTest, AProgramAppendsThroughRestartsOfTheServer) {
  constexpr int kEventCount = 6'000;
  clients::EventAppenderOptions options;
  options.parent = "workspaces/w";
  options.writer_id = "loader";
  options.batch_events_max = 20;
  options.unacknowledged_batches_max = 4;
  options.attempts_max = 1'000;
  options.pause_min = absl::Milliseconds(5);
  options.pause_max = absl::Milliseconds(20);
  std::atomic<int> added{0};
  absl::Status status;
  int reconnect_count = 0;
  std::thread program([&] {
    clients::EventAppender appender(channel_, options);
    for (int i = 1; i <= kEventCount && status.ok(); ++i) {
      status = appender.Add(SampleEvent(i));
      added = i;
      added.notify_all();
    }
    if (status.ok()) status = appender.Flush();
    reconnect_count = appender.reconnect_count();
    added = kEventCount;
    added.notify_all();
  });
  for (int restart = 1; restart <= 3; ++restart) {
    for (int seen = added; seen < restart * 1'000; seen = added) added.wait(seen);
    server_->Shutdown(absl::ToChronoTime(clock_.Now()));
    server_->Wait();
    service_.reset();
    const std::shared_ptr<grpc::Channel> kept = channel_;  // The program's.
    Start();
    channel_ = kept;
  }
  program.join();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_GE(reconnect_count, 3);
  ASSERT_EQ(log_.LastOffset("w").value(), kEventCount);
  const auto events = log_.Read("w", 0, kEventCount).value();
  for (int i = 1; i <= kEventCount; ++i) {
    ASSERT_EQ(events[static_cast<size_t>(i - 1)].event.id.source_key,
              absl::StrCat("opportunity/D", i));
  }
}

// A program that writes and never reads is slowed down by the windows of the transport: the server
// holds its window of batches and no more.
TEST_F(AppendStreamTest, AWriterThatDoesNotReadIsSlowedDown) {
  const auto stub = v1::IngestionService::NewStub(channel_);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(clock_.Now() + absl::Seconds(2)));
  const auto stream = stub->AppendEvents(&context);
  ASSERT_TRUE(stream->Write(Header("loader")));
  // Acknowledgements are made large by what is wrong with the events.
  int64_t sequence = 0;
  bool writing = true;
  while (writing && sequence < 5'000) {
    v1::AppendEventsRequest batch = Batch(++sequence, 1, 150);
    for (auto& event : *batch.mutable_batch()->mutable_events()) {
      event.mutable_id()->set_version(std::string(600, 'v'));
    }
    writing = stream->Write(batch);
  }
  EXPECT_LT(sequence, 5'000);  // Half a gigabyte, had it been buffered.
  (void)stream->Finish();
}

TEST_F(AppendStreamTest, LimitsOfAWorkspaceComeWithAPause) {
  Stop();
  Start({.events_per_second = 10, .events_max = 12});
  std::vector<v1::AppendEventsResponse> responses;
  EXPECT_TRUE(Send({Header(), Batch(1, 1, 10)}).ok());
  const absl::Status rate = Send({Header(), Batch(1, 11, 12)});
  EXPECT_EQ(rate.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(rate), "WORKSPACE_LIMIT");
  EXPECT_TRUE(GetDetail(rate)->retry_after.has_value());
  const absl::Status total = Send({Header(), Batch(1, 11, 13)});
  EXPECT_EQ(ReasonOf(total), "WORKSPACE_LIMIT");
  EXPECT_FALSE(GetDetail(total)->retry_after.has_value());
}

TEST_F(AppendStreamTest, BatchAppendAndItsRequestId) {
  v1::BatchAppendRequest request;
  request.set_parent("workspaces/w");
  *request.add_events() = SampleEvent(1);
  request.set_request_id("f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  const auto first = client_->BatchAppend(request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(client_->BatchAppend(request)->SerializeAsString(), first->SerializeAsString());
  *request.add_events() = SampleEvent(2);
  const absl::Status reused = client_->BatchAppend(request).status();
  EXPECT_EQ(reused.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(reused), "REQUEST_ID_REUSED");
}

TEST_F(AppendStreamTest, WatchersFilterAndHearHowFarTheFeedWasRead) {
  ASSERT_TRUE(Send({Header(), Batch(1, 1, 3)}).ok());
  v1::WatchEventsRequest request;
  request.set_parent("workspaces/w");
  request.add_source_keys("opportunity/D2");
  std::vector<v1::WatchEventsResponse> messages;
  const absl::Status status =
      client_->WatchEvents(request, [&messages](v1::WatchEventsResponse&& message) {
        messages.push_back(std::move(message));
        return true;
      });
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(messages.size(), 1u);
  ASSERT_EQ(messages[0].events_size(), 1);
  EXPECT_EQ(messages[0].events(0).event().SerializeAsString(),
            SampleEvent(2).event().SerializeAsString());
  EXPECT_EQ(messages[0].read_offset(), 3);
  EXPECT_TRUE(messages[0].caught_up());
  request.set_after_offset(-1);
  EXPECT_EQ(ReasonOf(client_->WatchEvents(request, [](auto&&) { return true; })), "INVALID_FIELD");
}

TEST_F(AppendStreamTest, OperationsOnTheLogArrive) {
  ASSERT_TRUE(Send({Header(), Batch(1, 1, 3)}).ok());
  v1::AppendEventsRequest other = Batch(1, 1, 1);
  other.mutable_batch()->mutable_events(0)->mutable_event()->mutable_opportunity()->set_stage_id(
      "Won");
  ASSERT_TRUE(Send({Header(), other}).ok());
  v1::ListConflictsRequest conflicts;
  conflicts.set_parent("workspaces/w");
  EXPECT_EQ(client_->ListConflicts(conflicts)->conflicts_size(), 1);
  v1::GetLogStatsRequest stats;
  stats.set_parent("workspaces/w");
  EXPECT_EQ(client_->GetLogStats(stats)->event_count(), 3);
  EXPECT_EQ(client_->GetLogStats(stats)->store(), "memory");

  v1::VerifyLogRequest verify;
  verify.set_parent("workspaces/w");
  v1::VerifyLogResponse result;
  ASSERT_TRUE(client_
                  ->VerifyLog(verify,
                              [&result](v1::VerifyLogResponse&& message) {
                                result = std::move(message);
                                return true;
                              })
                  .ok());
  EXPECT_TRUE(result.done());
  EXPECT_EQ(result.checked_event_count(), 3);

  v1::ErasePersonRequest erase;
  erase.set_parent("workspaces/w");
  erase.set_entity(crm::v1::ENTITY_KIND_REP);
  erase.set_person_id("nobody");
  EXPECT_EQ(ReasonOf(client_->ErasePerson(erase).status()), "PERSON_NOT_FOUND");
  erase.set_person_id("Anna Snelling");
  const auto erased = client_->ErasePerson(erase);
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_EQ(erased->renamed_event_count(), 3);

  std::vector<v1::EventRecord> records;
  v1::WatchEventsRequest watch;
  watch.set_parent("workspaces/w");
  ASSERT_TRUE(client_
                  ->WatchEvents(watch,
                                [&records](v1::WatchEventsResponse&& message) {
                                  records.insert(records.end(), message.events().begin(),
                                                 message.events().end());
                                  return true;
                                })
                  .ok());
  bool sent = false;
  const auto restored = client_->RestoreEvents(
      "workspaces/copy", [&](v1::RestoredEvents& events) -> absl::StatusOr<bool> {
        if (sent) return false;
        for (const v1::EventRecord& record : records) *events.add_events() = record;
        sent = true;
        return true;
      });
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->restored_event_count(), 4);
  EXPECT_EQ(log_.Read("copy", 0, 10).value(), log_.Read("w", 0, 10).value());
  EXPECT_EQ(ReasonOf(client_->RestoreEvents("copy", [](auto&) { return false; }).status()),
            "INVALID_FIELD");
}

}  // namespace
}  // namespace quotacast::ingestion
