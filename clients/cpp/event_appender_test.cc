// Goal: every event is appended once, whatever becomes of the streams; waiting is bounded; what
// trying again does not help is told. Method: a server in process that breaks streams at chosen
// batches, before or after it has taken them.
#include "clients/cpp/event_appender.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/channel_arguments.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::clients {
namespace {

using ingestion::v1::AppendEventsRequest;
using ingestion::v1::AppendEventsResponse;

class FakeIngestion final : public ingestion::v1::IngestionService::Service {
 public:
  using Stream = grpc::ServerReaderWriter<AppendEventsResponse, AppendEventsRequest>;

  grpc::Status AppendEvents(grpc::ServerContext*, Stream* stream) override {
    AppendEventsRequest request;
    ++stream_count;
    if (refuse_streams > 0) {
      --refuse_streams;
      return {grpc::StatusCode::UNAVAILABLE, "not now"};
    }
    if (!failure.ok()) return failure;
    if (!stream->Read(&request)) return grpc::Status::OK;
    writer_id = request.header().writer_id();
    AppendEventsResponse response;
    response.set_acknowledged_sequence(acknowledged);
    stream->Write(response);
    while (stream->Read(&request)) {
      if (--batches_to_break == 0 && !takes_last) return {grpc::StatusCode::UNAVAILABLE, "gone"};
      if (request.batch().sequence() <= acknowledged) continue;
      EXPECT_EQ(request.batch().sequence(), acknowledged + 1);
      acknowledged = request.batch().sequence();
      for (const auto& event : request.batch().events()) ++taken[event.id().version()];
      if (batches_to_break == 0) return {grpc::StatusCode::UNAVAILABLE, "gone"};
      response.set_acknowledged_sequence(acknowledged);
      response.set_appended_event_count(request.batch().events_size());
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

  // One stream at a time, and the test looks when none runs.
  std::string writer_id;
  int64_t acknowledged = 0;
  std::map<std::string, int> taken;  // Version -> times.
  int stream_count = 0;
  int refuse_streams = 0;
  int batches_to_break = 0;  // Counted over all streams; 0: never.
  bool takes_last = false;   // The batch that breaks the stream is durable but not acknowledged.
  grpc::Status failure;
};

class EventAppenderTest : public ::testing::Test {
 protected:
  EventAppenderTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    options_.parent = "workspaces/w";
    options_.writer_id = "test";
    options_.batch_events_max = 3;
    options_.pause = [this](absl::Duration pause) { pauses_.push_back(pause); };
  }
  ~EventAppenderTest() override { server_->Shutdown(); }

  std::unique_ptr<EventAppender> NewAppender() {
    return std::make_unique<EventAppender>(server_->InProcessChannel(grpc::ChannelArguments()),
                                           options_);
  }
  static absl::Status AddAll(EventAppender& appender, int first, int last) {
    for (int i = first; i <= last; ++i) {
      ingestion::v1::NewEvent event;
      event.mutable_id()->set_version(absl::StrCat(i));
      if (absl::Status status = appender.Add(event); !status.ok()) return status;
    }
    return appender.Flush();
  }
  void ExpectEachOnce(int count) {
    EXPECT_EQ(service_.taken.size(), static_cast<size_t>(count));
    for (const auto& [version, times] : service_.taken) EXPECT_EQ(times, 1) << version;
  }

  FakeIngestion service_;
  std::unique_ptr<grpc::Server> server_;
  EventAppenderOptions options_;
  std::vector<absl::Duration> pauses_;
};

TEST_F(EventAppenderTest, BatchesAndNumbersEvents) {
  {
    const auto appender = NewAppender();
    ASSERT_TRUE(AddAll(*appender, 1, 10).ok());
    EXPECT_EQ(service_.acknowledged, 4);  // 3 + 3 + 3 + 1.
    EXPECT_EQ(appender->totals().appended_event_count, 10);
    ASSERT_TRUE(AddAll(*appender, 11, 12).ok());
    EXPECT_EQ(service_.acknowledged, 5);
    EXPECT_EQ(service_.writer_id, "test");
    EXPECT_EQ(appender->reconnect_count(), 0);
  }
  // Another program of this name goes on.
  const auto appender = NewAppender();
  ASSERT_TRUE(AddAll(*appender, 13, 13).ok());
  EXPECT_EQ(service_.acknowledged, 6);
  ExpectEachOnce(13);
}

TEST_F(EventAppenderTest, GoesOnAfterStreamsBreakAtAnyBatch) {
  for (const bool takes_last : {false, true}) {
    for (int at = 1; at <= 7; ++at) {
      service_.acknowledged = 0;
      service_.taken.clear();
      service_.batches_to_break = at;
      service_.takes_last = takes_last;
      const auto appender = NewAppender();
      const absl::Status status = AddAll(*appender, 1, 20);
      ASSERT_TRUE(status.ok()) << at << " " << status;
      EXPECT_EQ(appender->reconnect_count(), 1);
      ExpectEachOnce(20);
    }
  }
}

TEST_F(EventAppenderTest, GivesUpAfterAttemptsWithoutProgress) {
  options_.attempts_max = 4;
  service_.refuse_streams = 3;
  EXPECT_TRUE(AddAll(*NewAppender(), 1, 5).ok());
  ASSERT_EQ(pauses_.size(), 3u);
  EXPECT_EQ(pauses_[0], options_.pause_min);
  EXPECT_EQ(pauses_[2], 4 * options_.pause_min);
  service_.refuse_streams = 4;
  const auto appender = NewAppender();
  const absl::Status status = AddAll(*appender, 6, 6);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(appender->Flush(), status);  // The error stays.
}

TEST_F(EventAppenderTest, ErrorsThatTryingAgainDoesNotHelpAreTold) {
  service_.failure = {grpc::StatusCode::INVALID_ARGUMENT, "no such workspace"};
  EXPECT_EQ(AddAll(*NewAppender(), 1, 1).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(service_.stream_count, 1);
  service_.failure = {grpc::StatusCode::RESOURCE_EXHAUSTED, "the workspace is full"};
  EXPECT_EQ(AddAll(*NewAppender(), 1, 1).code(), absl::StatusCode::kResourceExhausted);
  options_.writer_id = "";
  EXPECT_EQ(AddAll(*NewAppender(), 1, 1).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(pauses_.empty());
}

TEST_F(EventAppenderTest, ALogThatWasReplacedIsNoticed) {
  const auto appender = NewAppender();
  ASSERT_TRUE(AddAll(*appender, 1, 9).ok());
  service_.acknowledged = 1;      // An older copy of the log ...
  service_.batches_to_break = 1;  // ... after a restart.
  EXPECT_EQ(AddAll(*appender, 10, 10).code(), absl::StatusCode::kDataLoss);
}

TEST_F(EventAppenderTest, AnotherProgramOfTheSameNameIsNoticed) {
  const auto appender = NewAppender();
  ASSERT_TRUE(AddAll(*appender, 1, 9).ok());
  service_.acknowledged = 99;
  service_.batches_to_break = 1;
  EXPECT_EQ(AddAll(*appender, 10, 10).code(), absl::StatusCode::kAborted);
}

TEST_F(EventAppenderTest, StopsWhenCancelled) {
  options_.cancelled = [] { return true; };
  service_.refuse_streams = 1;
  EXPECT_EQ(AddAll(*NewAppender(), 1, 1).code(), absl::StatusCode::kCancelled);
}

TEST_F(EventAppenderTest, EndsWithoutWaiting) {
  const auto appender = NewAppender();
  ingestion::v1::NewEvent event;
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(appender->Add(event).ok());
}

}  // namespace
}  // namespace quotacast::clients
