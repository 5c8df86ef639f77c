// Appends a program's events: batches them, numbers the batches, keeps them until they are durable,
// and after a broken stream goes on where the server says.
#ifndef QUOTACAST_CLIENTS_CPP_EVENT_APPENDER_H_
#define QUOTACAST_CLIENTS_CPP_EVENT_APPENDER_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/sync_stream.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::clients {

struct EventAppenderOptions {
  std::string parent;     // "workspaces/w".
  std::string writer_id;  // Names this program in the workspace; two that run at once need two.
  int batch_events_max = 1'000;         // At most 10,000.
  size_t batch_bytes_max = 1 << 20;     // A message has at most 4 MiB.
  int unacknowledged_batches_max = 32;  // Add waits beyond; these are kept in memory.
  int attempts_max = 10;                // Streams begun in a row without an acknowledgement.
  absl::Duration pause_min = absl::Milliseconds(100);  // Before the second attempt; doubles.
  absl::Duration pause_max = absl::Seconds(10);
  // How to wait between attempts; empty: waits that long.
  std::function<void(absl::Duration)> pause;
  // Asked while waiting; true ends the call with CANCELLED. Empty: never.
  std::function<bool()> cancelled;
};

// What became of the events so far.
struct AppendTotals {
  int64_t appended_event_count = 0;
  int64_t unchanged_event_count = 0;  // The log had them, perhaps from before a broken stream.
  int64_t conflict_count = 0;
  int64_t rejected_event_count = 0;
  int64_t last_offset = 0;
  // The first kMaxKeptProblems of the rejected ones.
  std::vector<ingestion::v1::EventProblem> problems;
};
inline constexpr size_t kMaxKeptProblems = 1'000;

// Used by one thread at a time. A whole program is in append_example.cc:
//
//   EventAppender appender(ConnectTo("127.0.0.1:7070"), {.parent = "workspaces/w",
//                                                        .writer_id = "crm-sync"});
//   for (NewEvent& event : events) QC_RETURN_IF_ERROR(appender.Add(std::move(event)));
//   QC_RETURN_IF_ERROR(appender.Flush());   // All durable.
//
// Errors of all methods: INVALID_ARGUMENT and others of AppendEvents that trying again does not
// help; ABORTED (WRITER_REPLACED) when another program uses the writer_id; UNAVAILABLE and the like
// once attempts_max streams broke without progress; CANCELLED. After an error the events added
// since the last acknowledgement may or may not be durable; adding them again does no harm, for an
// event is known by its id. The object then only repeats the error.
class EventAppender {
 public:
  EventAppender(std::shared_ptr<grpc::Channel> channel, EventAppenderOptions options);
  // Ends the stream without waiting for acknowledgements.
  ~EventAppender();
  EventAppender(const EventAppender&) = delete;
  EventAppender& operator=(const EventAppender&) = delete;

  // Takes an event; sends a batch when one is full. Blocks while unacknowledged_batches_max are on
  // their way.
  absl::Status Add(ingestion::v1::NewEvent event);

  // Sends what is left and waits until everything added is durable.
  absl::Status Flush();

  AppendTotals totals() const;

  // Times a stream was begun again after it broke.
  int reconnect_count() const { return reconnect_count_; }

 private:
  using Stream = grpc::ClientReaderWriter<ingestion::v1::AppendEventsRequest,
                                          ingestion::v1::AppendEventsResponse>;

  void CloseBatch();
  // Brings the number of unacknowledged batches down to `batch_count`, with all of them sent.
  absl::Status SendAll(size_t batch_count);
  absl::Status Connect();
  // False when the stream broke.
  bool SendUnsent();
  // Waits for fewer unacknowledged batches or the stream's end; false when cancelled.
  bool WaitForNews(size_t batch_count);
  // Ends the stream; OK when another attempt makes sense, after the pause it asks for.
  absl::Status EndStream();
  absl::Status PauseBeforeRetry(const absl::Status& cause);
  void ReadResponses();
  void TakeResponse(const ingestion::v1::AppendEventsResponse& response);
  void DropAcknowledged();

  const std::unique_ptr<ingestion::v1::IngestionService::Stub> stub_;
  const EventAppenderOptions options_;

  // Of the calling thread.
  absl::Status error_;  // Sticky.
  ingestion::v1::AppendBatch batch_;
  size_t batch_bytes_ = 0;
  std::deque<ingestion::v1::AppendEventsRequest> unacknowledged_;
  size_t sent_count_ = 0;      // Of unacknowledged_, on this stream.
  int64_t last_sequence_ = 0;  // Of unacknowledged_, or acknowledged.
  bool knows_sequence_ = false;
  int failed_attempts_ = 0;
  int reconnect_count_ = 0;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<Stream> stream_;  // Null between streams.
  std::thread reading_;

  mutable std::mutex mu_;
  std::condition_variable changed_;
  bool greeted_ = false;      // Guarded by mu_: the first response of this stream came.
  bool stream_over_ = false;  // Guarded by mu_: nothing more will be read.
  int64_t acknowledged_ = 0;  // Guarded by mu_.
  AppendTotals totals_;       // Guarded by mu_.
};

}  // namespace quotacast::clients

#endif  // QUOTACAST_CLIENTS_CPP_EVENT_APPENDER_H_
