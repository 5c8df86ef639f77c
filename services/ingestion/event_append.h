// Appends events that programs make: streams of batches, and single batches.
#ifndef QUOTACAST_SERVICES_INGESTION_EVENT_APPEND_H_
#define QUOTACAST_SERVICES_INGESTION_EVENT_APPEND_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/request_ids.h"
#include "services/ingestion/workspace_limits.h"

namespace quotacast::ingestion {

inline constexpr size_t kMaxAppendBatchEvents = eventlog::kMaxBatchEvents;
// Batches of one stream that wait for their commit while further ones are read. A batch larger
// than the bytes waits alone.
inline constexpr size_t kMaxQueuedBatches = 8;
inline constexpr size_t kMaxQueuedBytes = 4 << 20;
inline constexpr size_t kMaxWriterIdBytes = 200;
inline constexpr int kMaxResponseProblems = 100;

// One append stream as its handler sees it. `read` and `write` block; `write` is called from
// another thread than `read`, one call at a time each.
struct AppendStream {
  // The next message; false at the end of the stream, also of a broken one.
  std::function<bool(v1::AppendEventsRequest&)> read;
  // Makes `read` return false now and later. Called from any thread.
  std::function<void()> stop_reading;
  // Resolves "workspaces/w" to "w".
  std::function<absl::StatusOr<std::string>(const std::string& parent)> enter;
  // False when nobody takes it.
  std::function<bool(const v1::AppendEventsResponse&)> write;
  // True once nobody waits for an answer.
  std::function<bool()> cancelled;
};

// Thread-safe. `log`, `limits` and `requests` outlive it.
class EventAppend {
 public:
  EventAppend(eventlog::EventLog& log, WorkspaceLimits& limits, RequestIds& requests)
      : log_(log), limits_(limits), requests_(requests) {}

  // Serves one stream: the header, then batches with sequence numbers that rise by one. Answers the
  // header with the number to go on after. While a batch is committed the next ones are read and
  // checked, up to kMaxQueuedBatches; several that wait are committed together and acknowledged by
  // one response, which is written once they are durable. Events that EventRules refuses are left
  // out and reported; the others of their batch are kept.
  //
  // Of two streams with one writer_id the later takes over: the earlier one ends with ABORTED
  // (WRITER_REPLACED). A writer whose connection broke could else not go on
  // before the server noticed. Streams of other processes on one database are not told.
  //
  // Errors: INVALID_ARGUMENT (INVALID_FIELD: messages out of order, a number below 1, beyond
  // kMaxAppendBatchEvents, a bad writer_id; SEQUENCE_GAP naming the number expected), ABORTED
  // (WRITER_REPLACED), CANCELLED, those of WorkspaceLimits and of the log. Batches that were read
  // before the error are committed and acknowledged first, unless the call is over or it is the
  // log that failed.
  absl::Status AppendEvents(const AppendStream& stream);

  // Appends one batch, wholly or not at all. Errors: INVALID_ARGUMENT (INVALID_FIELD naming each
  // event at fault, of at most kMaxResponseProblems; too many events), those of RequestIds,
  // WorkspaceLimits and the log.
  absl::StatusOr<v1::BatchAppendResponse> BatchAppend(std::string_view workspace,
                                                      const v1::BatchAppendRequest& request,
                                                      const std::function<bool()>& cancelled);

 private:
  class Stream;

  // A program that writes, as long as a stream of its runs.
  struct Writer {
    std::mutex mu;           // Held while something of the writer is committed.
    int64_t generation = 0;  // Guarded by mu; of the stream that may commit.
    // Guarded by mu; ends the reading of that stream. Empty when none runs.
    std::function<void()> stop_reading;
  };
  std::shared_ptr<Writer> WriterOf(const std::string& workspace, const std::string& writer_id);

  eventlog::EventLog& log_;
  WorkspaceLimits& limits_;
  RequestIds& requests_;
  std::mutex mu_;
  // Guarded by mu_. Those that have ended are swept when another one begins.
  std::map<std::pair<std::string, std::string>, std::weak_ptr<Writer>> writers_;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_EVENT_APPEND_H_
