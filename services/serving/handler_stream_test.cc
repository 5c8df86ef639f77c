// Goal: streams through the wrapper are bounded, ordered, stop when the caller goes, and never take
// a caller who broke off for one who finished.
// Method: a real gRPC server, over a loopback socket (flow control and broken streams behave there
// as in production) and in process; handlers are set by each test. Also run under the address
// sanitizer.
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <grpcpp/support/status.h>
#include <grpcpp/support/sync_stream.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "services/serving/handler.h"
#include "services/serving/testing/scripted_server.h"

namespace quotacast::serving {
namespace {

using ingestion::v1::AppendEventsRequest;
using ingestion::v1::AppendEventsResponse;
using ingestion::v1::ImportFilesRequest;
using ingestion::v1::ImportFilesResponse;
using ingestion::v1::WatchEventsRequest;
using ingestion::v1::WatchEventsResponse;
using simulation::v1::StreamForecastRequest;
using simulation::v1::StreamForecastResponse;
using testing::ScriptedServer;

StreamForecastRequest StreamRequest() {
  StreamForecastRequest request;
  request.mutable_spec()->set_parent("workspaces/acme");
  return request;
}

ImportFilesRequest Chunk(size_t byte_count) {
  ImportFilesRequest request;
  request.mutable_chunk()->set_data(std::string(byte_count, 'c'));
  return request;
}

TEST(HandleServerStreamTest, MessagesArriveInOrderThenTheStatus) {
  ScriptedServer server;
  server.on_stream_forecast = [](const CallContext& call, const StreamForecastRequest&,
                                 StreamWriter<StreamForecastResponse>& writer) {
    EXPECT_EQ(call.workspace(), "acme");
    for (int i = 1; i <= 100; ++i) {
      StreamForecastResponse response;
      response.mutable_progress()->set_trials_done(i);
      EXPECT_TRUE(writer.Write(response));
    }
    return absl::NotFoundError("after all");
  };
  grpc::ClientContext context;
  auto reader = server.simulation().StreamForecast(&context, StreamRequest());
  StreamForecastResponse response;
  int64_t expected = 0;
  while (reader->Read(&response)) EXPECT_EQ(response.progress().trials_done(), ++expected);
  EXPECT_EQ(expected, 100);
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(server.WaitForRecords(1)[0].method,
            "quotacast.simulation.v1.SimulationService/StreamForecast");
}

TEST(HandleServerStreamTest, CancelledStreamStopsItsWriter) {
  ScriptedServer server;
  std::latch left(1);
  server.on_stream_forecast = [&](const CallContext& call, const StreamForecastRequest&,
                                  StreamWriter<StreamForecastResponse>& writer) {
    StreamForecastResponse response;
    response.mutable_progress()->set_trials_done(1);
    while (writer.Write(response)) {
    }
    EXPECT_TRUE(call.cancelled());
    EXPECT_FALSE(writer.Write(response));  // Again: still over, still safe.
    left.count_down();
    return absl::CancelledError("stopped");
  };
  grpc::ClientContext context;
  auto reader = server.simulation().StreamForecast(&context, StreamRequest());
  StreamForecastResponse response;
  ASSERT_TRUE(reader->Read(&response));
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  left.wait();
  server.serving().executor().WaitUntilIdle();
  EXPECT_EQ(server.WaitForRecords(1)[0].code, absl::StatusCode::kCancelled);
}

TEST(HandleServerStreamTest, StreamsCancelledAtAnyMomentAreSafe) {
  ScriptedServer server({.thread_count = 2, .queue_max = 8});
  server.on_stream_forecast = [](const CallContext&, const StreamForecastRequest&,
                                 StreamWriter<StreamForecastResponse>& writer) {
    StreamForecastResponse response;
    for (int i = 0; i < 20 && writer.Write(response); ++i) {
    }
    return absl::OkStatus();
  };
  for (int i = 0; i < 300; ++i) {
    grpc::ClientContext context;
    auto reader = server.simulation().StreamForecast(&context, StreamRequest());
    StreamForecastResponse response;
    for (int read = 0; read < i % 21 && reader->Read(&response); ++read) {
    }
    context.TryCancel();
    (void)reader->Finish();
  }
  server.serving().executor().WaitUntilIdle();
  server.Shutdown();
  EXPECT_LE(server.record_count(), 300u);
}

TEST(HandleServerStreamTest, ReaderThatStandsStillHoldsTheWriterUntilTheDeadline) {
  ServingOptions limits;
  limits.stream_deadline_max = absl::Milliseconds(300);
  ScriptedServer server({}, limits);
  std::latch left(1);
  int64_t written_bytes = 0;
  server.on_stream_forecast = [&](const CallContext& call, const StreamForecastRequest&,
                                  StreamWriter<StreamForecastResponse>& writer) {
    StreamForecastResponse response;
    response.mutable_result()->mutable_outcome()->mutable_refusal()->set_message(
        std::string(1 << 20, 'x'));
    while (writer.Write(response)) written_bytes += 1 << 20;
    EXPECT_TRUE(call.expired());
    left.count_down();
    return absl::CancelledError("stopped");
  };
  grpc::ClientContext context;
  auto reader = server.simulation().StreamForecast(&context, StreamRequest());
  left.wait();  // Without a single read.
  // The transport's window, not the heap of an unbounded writer, which could take gigabytes.
  EXPECT_LT(written_bytes, 64 << 20);
  EXPECT_EQ(server.WaitForRecords(1)[0].code, absl::StatusCode::kDeadlineExceeded);
  context.TryCancel();
  (void)reader->Finish();
}

TEST(HandleClientStreamTest, HandlerReadsAllAndAnswers) {
  ScriptedServer server;
  server.on_import_files = [](CallContext& call, StreamReader<ImportFilesRequest>& reader,
                              ImportFilesResponse* response) -> absl::Status {
    ImportFilesRequest message;
    EXPECT_TRUE(reader.Read(&message));
    const auto workspace =
        call.EnterWorkspace("header.parent", message.header().parent(), NameTail::kNone);
    if (!workspace.ok()) return workspace.status();
    int64_t byte_count = 0;
    while (reader.Read(&message)) byte_count += message.chunk().data().size();
    EXPECT_FALSE(call.cancelled());
    EXPECT_FALSE(reader.Read(&message));  // The end stays the end.
    response->set_last_offset(byte_count);
    return absl::OkStatus();
  };
  for (const bool in_process : {false, true}) {
    grpc::ClientContext context;
    ImportFilesResponse response;
    auto writer = server.ingestion(in_process).ImportFiles(&context, &response);
    ImportFilesRequest header;
    header.mutable_header()->set_parent("workspaces/acme");
    ASSERT_TRUE(writer->Write(header));
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(writer->Write(Chunk(1000)));
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.last_offset(), 50'000);
  }
  EXPECT_EQ(server.WaitForRecords(2)[1].workspace, "acme");
}

TEST(HandleClientStreamTest, BreakingOffIsNeverTakenForTheEnd) {
  ScriptedServer server;
  std::atomic<int> ended_count{0};
  std::atomic<int> broken_count{0};
  server.on_import_files = [&](CallContext& call, StreamReader<ImportFilesRequest>& reader,
                               ImportFilesResponse*) {
    ImportFilesRequest message;
    while (reader.Read(&message)) {
    }
    ++(call.cancelled() ? broken_count : ended_count);
    return absl::OkStatus();
  };
  constexpr int kCallCount = 300;
  for (int i = 0; i < kCallCount; ++i) {
    grpc::ClientContext context;
    ImportFilesResponse response;
    auto writer = server.ingestion(/*in_process=*/i % 2 == 1).ImportFiles(&context, &response);
    ASSERT_TRUE(writer->Write(Chunk(10)));
    context.TryCancel();
    EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  server.serving().executor().WaitUntilIdle();
  EXPECT_EQ(ended_count, 0);
  EXPECT_LE(broken_count, kCallCount);
}

TEST(HandleClientStreamTest, CallerThatStandsStillIsEndedByTheDeadline) {
  ServingOptions limits;
  limits.stream_deadline_max = absl::Milliseconds(200);
  ScriptedServer server({}, limits);
  server.on_import_files = [](CallContext& call, StreamReader<ImportFilesRequest>& reader,
                              ImportFilesResponse*) {
    ImportFilesRequest message;
    while (reader.Read(&message)) {
    }
    EXPECT_TRUE(call.expired());
    return absl::CancelledError("stopped");
  };
  grpc::ClientContext context;
  ImportFilesResponse response;
  auto writer = server.ingestion().ImportFiles(&context, &response);
  ASSERT_TRUE(writer->Write(Chunk(10)));
  EXPECT_FALSE(writer->Finish().ok());  // Without WritesDone: only the server can end it.
  EXPECT_EQ(server.WaitForRecords(1)[0].code, absl::StatusCode::kDeadlineExceeded);
}

// An upload that stands still far from its deadline gives its thread back, and its caller learns
// why; a later call on the same, only thread is served.
TEST(HandleClientStreamTest, IdleUploadIsEndedByTheWaitForItsNextMessage) {
  ServingOptions limits;
  limits.next_message_wait_max = absl::Milliseconds(200);
  ScriptedServer server({.thread_count = 1, .queue_max = 1}, limits);
  server.on_import_files = [](CallContext& call, StreamReader<ImportFilesRequest>& reader,
                              ImportFilesResponse*) -> absl::Status {
    ImportFilesRequest message;
    while (reader.Read(&message)) {
    }
    if (!call.cancelled()) return absl::OkStatus();
    EXPECT_FALSE(call.expired());
    return absl::CancelledError("stopped");
  };
  for (const bool in_process : {false, true}) {
    grpc::ClientContext context;
    ImportFilesResponse response;
    auto writer = server.ingestion(in_process).ImportFiles(&context, &response);
    ASSERT_TRUE(writer->Write(Chunk(10)));
    const grpc::Status status = writer->Finish();  // Without WritesDone.
    EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    EXPECT_NE(status.error_message().find("no message came for 200ms"), std::string::npos)
        << status.error_message();
  }
  grpc::ClientContext context;
  ImportFilesResponse response;
  auto writer = server.ingestion().ImportFiles(&context, &response);
  writer->WritesDone();
  EXPECT_TRUE(writer->Finish().ok());
  EXPECT_EQ(server.WaitForRecords(3)[1].code, absl::StatusCode::kDeadlineExceeded);
}

AppendEventsRequest Batch(int64_t sequence, size_t byte_count = 0) {
  AppendEventsRequest request;
  request.mutable_batch()->set_sequence(sequence);
  if (byte_count > 0) {
    request.mutable_batch()->add_events()->mutable_id()->set_source(std::string(byte_count, 's'));
  }
  return request;
}

// Acknowledges each message by its number.
absl::Status Echo(CallContext& call, StreamReader<AppendEventsRequest>& reader,
                  StreamWriter<AppendEventsResponse>& writer) {
  AppendEventsRequest message;
  while (reader.Read(&message)) {
    AppendEventsResponse response;
    response.set_acknowledged_sequence(message.batch().sequence());
    if (!writer.Write(response)) break;
  }
  return call.cancelled() ? absl::CancelledError("stopped") : absl::OkStatus();
}

TEST(HandleBidiStreamTest, MessagesGoBothWaysInOrderThenTheStatus) {
  ScriptedServer server;
  server.on_append_events = Echo;
  for (const bool in_process : {false, true}) {
    grpc::ClientContext context;
    auto stream = server.ingestion(in_process).AppendEvents(&context);
    AppendEventsResponse response;
    for (int i = 1; i <= 50; ++i) {
      ASSERT_TRUE(stream->Write(Batch(i)));
      ASSERT_TRUE(stream->Read(&response));
      EXPECT_EQ(response.acknowledged_sequence(), i);
    }
    stream->WritesDone();
    EXPECT_FALSE(stream->Read(&response));
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  EXPECT_EQ(server.WaitForRecords(2)[1].method,
            "quotacast.simulation.v1.SimulationService/AppendEvents");
}

TEST(HandleBidiStreamTest, ErrorsOfTheHandlerReachACallerWhoStillWrites) {
  ScriptedServer server;
  server.on_append_events = [](CallContext& call, StreamReader<AppendEventsRequest>& reader,
                               StreamWriter<AppendEventsResponse>&) -> absl::Status {
    AppendEventsRequest message;
    EXPECT_TRUE(reader.Read(&message));
    return call.EnterWorkspace("header.parent", message.header().parent(), NameTail::kNone)
        .status();
  };
  grpc::ClientContext context;
  auto stream = server.ingestion().AppendEvents(&context);
  AppendEventsRequest header;
  header.mutable_header()->set_parent("workspaces/Not OK");
  ASSERT_TRUE(stream->Write(header));
  AppendEventsResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST(HandleBidiStreamTest, OneThreadReadsWhileAnotherWrites) {
  ScriptedServer server;
  server.on_append_events = [](CallContext&, StreamReader<AppendEventsRequest>& reader,
                               StreamWriter<AppendEventsResponse>& writer) {
    std::thread writing([&writer] {
      for (int i = 1; i <= 200; ++i) {
        AppendEventsResponse response;
        response.set_acknowledged_sequence(i);
        EXPECT_TRUE(writer.Write(response));
      }
    });
    AppendEventsRequest message;
    int64_t expected = 0;
    while (reader.Read(&message)) EXPECT_EQ(message.batch().sequence(), ++expected);
    EXPECT_EQ(expected, 200);
    writing.join();
    return absl::OkStatus();
  };
  grpc::ClientContext context;
  auto stream = server.ingestion().AppendEvents(&context);
  std::thread writing([&stream] {
    for (int i = 1; i <= 200; ++i) EXPECT_TRUE(stream->Write(Batch(i)));
    stream->WritesDone();
  });
  AppendEventsResponse response;
  int64_t expected = 0;
  while (stream->Read(&response)) EXPECT_EQ(response.acknowledged_sequence(), ++expected);
  EXPECT_EQ(expected, 200);
  writing.join();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(HandleBidiStreamTest, StreamsCancelledAtAnyMomentAreSafe) {
  ScriptedServer server({.thread_count = 2, .queue_max = 8});
  server.on_append_events = Echo;
  for (int i = 0; i < 300; ++i) {
    grpc::ClientContext context;
    auto stream = server.ingestion(/*in_process=*/i % 2 == 1).AppendEvents(&context);
    AppendEventsResponse response;
    for (int k = 0; k < i % 7; ++k) {
      // In process a message waits for its reader: writing on would be standing still.
      if (!stream->Write(Batch(k)) || !stream->Read(&response)) break;
    }
    context.TryCancel();
    (void)stream->Finish();
  }
  server.serving().executor().WaitUntilIdle();
  server.Shutdown();
  EXPECT_LE(server.record_count(), 300u);
}

// A caller who writes and does not read is slowed down: the handler blocks in its write, reads no
// further, and the transport's window fills.
TEST(HandleBidiStreamTest, CallerWhoDoesNotReadIsSlowedDownUntilTheDeadline) {
  ServingOptions limits;
  limits.stream_deadline_max = absl::Milliseconds(500);
  ScriptedServer server({}, limits);
  std::atomic<int64_t> read_bytes{0};
  server.on_append_events = [&](CallContext&, StreamReader<AppendEventsRequest>& reader,
                                StreamWriter<AppendEventsResponse>& writer) {
    AppendEventsRequest message;
    AppendEventsResponse response;
    response.add_problems()->set_message(std::string(1 << 20, 'x'));
    while (reader.Read(&message)) {
      read_bytes += static_cast<int64_t>(message.ByteSizeLong());
      if (!writer.Write(response)) break;
    }
    return absl::CancelledError("stopped");
  };
  grpc::ClientContext context;
  auto stream = server.ingestion().AppendEvents(&context);
  int64_t written_bytes = 0;
  while (stream->Write(Batch(1, 1 << 20))) written_bytes += 1 << 20;
  EXPECT_LT(read_bytes.load(), 64 << 20);
  EXPECT_LT(written_bytes, 128 << 20);
  EXPECT_EQ(server.WaitForRecords(1)[0].code, absl::StatusCode::kDeadlineExceeded);
  context.TryCancel();
  (void)stream->Finish();
}

TEST(HandleBidiStreamTest, IdleCallerIsEndedByTheWaitForItsNextMessage) {
  ServingOptions limits;
  limits.next_message_wait_max = absl::Milliseconds(200);
  ScriptedServer server({}, limits);
  server.on_append_events = Echo;
  grpc::ClientContext context;
  auto stream = server.ingestion().AppendEvents(&context);
  ASSERT_TRUE(stream->Write(Batch(1)));
  AppendEventsResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_FALSE(stream->Read(&response));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_NE(status.error_message().find("no message came for 200ms"), std::string::npos)
      << status.error_message();
}

// A handler whose other half failed ends a read that nothing may ever come for.
TEST(HandleBidiStreamTest, StoppedReaderLetsTheHandlerAnswer) {
  ScriptedServer server;
  server.on_append_events = [](CallContext& call, StreamReader<AppendEventsRequest>& reader,
                               StreamWriter<AppendEventsResponse>&) -> absl::Status {
    std::thread stopping([&reader] { reader.StopReading(); });
    AppendEventsRequest message;
    while (reader.Read(&message)) {
    }
    stopping.join();
    EXPECT_FALSE(reader.Read(&message));
    EXPECT_FALSE(call.cancelled());
    return absl::UnavailableError("the disk is full");
  };
  for (const bool in_process : {false, true}) {
    grpc::ClientContext context;
    auto stream = server.ingestion(in_process).AppendEvents(&context);
    AppendEventsResponse response;
    EXPECT_FALSE(stream->Read(&response));
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  }
}

TEST(HandleBidiStreamTest, BeyondTheQueueStreamsAreRefused) {
  ScriptedServer server({.thread_count = 1, .queue_max = 0});
  server.on_append_events = Echo;
  grpc::ClientContext first_context;
  auto first = server.ingestion().AppendEvents(&first_context);
  ASSERT_TRUE(first->Write(Batch(1)));
  AppendEventsResponse response;
  ASSERT_TRUE(first->Read(&response));  // It has the thread now.
  grpc::ClientContext second_context;
  auto second = server.ingestion().AppendEvents(&second_context);
  EXPECT_FALSE(second->Read(&response));
  EXPECT_EQ(second->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  first->WritesDone();
  EXPECT_TRUE(first->Finish().ok());
}

TEST(HandleBidiStreamTest, ShutdownEndsStreamsThatStandStill) {
  ScriptedServer server;
  server.on_append_events = Echo;
  grpc::ClientContext context;
  auto stream = server.ingestion().AppendEvents(&context);
  ASSERT_TRUE(stream->Write(Batch(1)));
  AppendEventsResponse response;
  ASSERT_TRUE(stream->Read(&response));
  server.Shutdown();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_FALSE(stream->Finish().ok());
}

TEST(HandleRawServerStreamTest, SerialisedMessagesArriveAsMessages) {
  ScriptedServer server;
  server.on_watch_events = [](const CallContext& call, const WatchEventsRequest& request,
                              StreamWriter<grpc::ByteBuffer>& writer) {
    EXPECT_EQ(call.workspace(), "acme");
    for (int64_t i = 1; i <= request.after_offset(); ++i) {
      WatchEventsResponse response;
      response.set_read_offset(i);
      const grpc::Slice slice(response.SerializeAsString());
      EXPECT_TRUE(writer.Write(grpc::ByteBuffer(&slice, 1)));
    }
    return absl::OkStatus();
  };
  WatchEventsRequest request;
  request.set_parent("workspaces/acme");
  request.set_after_offset(50);
  grpc::ClientContext context;
  auto reader = server.ingestion().WatchEvents(&context, request);
  WatchEventsResponse response;
  int64_t expected = 0;
  while (reader->Read(&response)) EXPECT_EQ(response.read_offset(), ++expected);
  EXPECT_EQ(expected, 50);
  EXPECT_TRUE(reader->Finish().ok());

  request.set_parent("acme");
  grpc::ClientContext refused;
  reader = server.ingestion().WatchEvents(&refused, request);
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace quotacast::serving
