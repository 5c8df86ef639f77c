// The append-only, bitemporal event log: the only truth. It keeps opaque bytes in an envelope, so
// it serves any service. Every implementation passes event_log_contract_test.
#ifndef QUOTACAST_SERVICES_EVENTLOG_EVENT_LOG_H_
#define QUOTACAST_SERVICES_EVENTLOG_EVENT_LOG_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace quotacast::eventlog {

// Named limits; an event beyond one of them is INVALID_ARGUMENT and nothing of its batch is kept.
inline constexpr size_t kMaxIdBytes = 512;  // Each of source, key, version, workspace.
inline constexpr size_t kMaxPayloadBytes = 1 << 20;
inline constexpr size_t kMaxBatchEvents = 10'000;

// Who said it, about what, and which saying of theirs it is. Chosen by the source, never a hash:
// the same fact imported twice has the same id.
struct EventId {
  std::string source;      // "maventech".
  std::string source_key;  // "opportunity/1C1I7A6R".
  std::string version;     // "Won@2017-03-01".
  bool operator==(const EventId&) const = default;
};

// What a writer hands in.
struct Event {
  EventId id;
  // When it was true in the business; absent when the source does not say. Kept to the microsecond
  // (rounded down), in the years 1 to 9999 UTC.
  std::optional<absl::Time> effective_time;
  std::string payload;  // Opaque.
  bool operator==(const Event&) const = default;
};

// What a reader gets back.
struct StoredEvent {
  int64_t offset = 0;        // 1, 2, 3, ... per workspace, contiguous.
  absl::Time recorded_time;  // When the log learned it; never decreases with the offset.
  Event event;
  bool operator==(const StoredEvent&) const = default;
};

enum class AppendOutcome {
  kAppended,
  kDuplicate,  // Same id, same effective time and payload: nothing to do.
  kConflict,   // Same id, other content: the first stays, the caller is told.
};

struct AppendResult {
  AppendOutcome outcome = AppendOutcome::kAppended;
  int64_t offset = 0;  // Of the event now in the log under this id.
  bool operator==(const AppendResult&) const = default;
};

// Thread-safe. All methods may block on storage; none is called from a gRPC reaction. Ids and
// workspaces are compared byte by byte. Every method refuses a workspace that is empty or too long
// with INVALID_ARGUMENT, and may return UNAVAILABLE or INTERNAL as Append does.
class EventLog {
 public:
  virtual ~EventLog() = default;

  // Appends a batch for one workspace, atomically and in order, and returns one result per event
  // once the batch is durable: after the return it survives a crash. Events already there are
  // reported, not repeated; equally two equal events in one batch. Errors: INVALID_ARGUMENT
  // (limits, empty ids, naming "events[3].payload"), RESOURCE_EXHAUSTED (too many callers wait),
  // UNAVAILABLE (locked, disk full), INTERNAL (storage broken). After an error nothing of the
  // batch is kept, and it may be sent again: what did get in is then a duplicate.
  virtual absl::StatusOr<std::vector<AppendResult>> Append(std::string_view workspace,
                                                           absl::Span<const Event> events) = 0;

  // Up to `max_events` events with offset > `after_offset`, in offset order.
  virtual absl::StatusOr<std::vector<StoredEvent>> Read(std::string_view workspace,
                                                        int64_t after_offset,
                                                        size_t max_events) const = 0;

  // All versions of one source key, in offset order. Complexity: an index look-up.
  virtual absl::StatusOr<std::vector<StoredEvent>> ReadKey(std::string_view workspace,
                                                           std::string_view source,
                                                           std::string_view source_key) const = 0;

  // The last offset of the workspace; 0 when it is empty.
  virtual absl::StatusOr<int64_t> LastOffset(std::string_view workspace) const = 0;

  // Waits until LastOffset > `after_offset` or `timeout` has passed; returns LastOffset.
  virtual absl::StatusOr<int64_t> WaitForAppend(std::string_view workspace, int64_t after_offset,
                                                absl::Duration timeout) const = 0;

  // Workspaces that have at least one event, sorted.
  virtual absl::StatusOr<std::vector<std::string>> Workspaces() const = 0;
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_EVENT_LOG_H_
