// The append-only, bitemporal event log: the only truth. It keeps opaque bytes in an envelope, so
// it serves any service. Every implementation passes event_log_contract_test.
#ifndef QUOTACAST_SERVICES_EVENTLOG_EVENT_LOG_H_
#define QUOTACAST_SERVICES_EVENTLOG_EVENT_LOG_H_

#include <cstddef>
#include <cstdint>
#include <functional>
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
inline constexpr size_t kMaxBatchRecords = 10'000;
inline constexpr size_t kMaxRecordBytes = 4 << 20;

// How often WaitForAppend looks for what other processes have appended; see there.
inline constexpr absl::Duration kForeignAppendPoll = absl::Milliseconds(50);

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
  bool is_erased = false;  // See EventLog::Rewrite.
  bool operator==(const StoredEvent&) const = default;
};

enum class AppendOutcome {
  kAppended,
  kDuplicate,  // Same id, same effective time and payload: nothing to do.
  kConflict,   // Same id, other content: the first counts, the other goes to ListConflicts.
};

struct AppendResult {
  AppendOutcome outcome = AppendOutcome::kAppended;
  int64_t offset = 0;  // Of the event now in the log under this id.
  bool operator==(const AppendResult&) const = default;
};

// An event that came with the id of an earlier one and other content.
struct Conflict {
  int64_t number = 0;        // 1, 2, 3, ... per workspace; gaps after DeleteConflicts.
  int64_t kept_offset = 0;   // Of the event that counts.
  absl::Time recorded_time;  // When the other one came first.
  Event event;               // The other one.
  bool operator==(const Conflict&) const = default;
};

// Working notes of the log's owner beside the events: the state of a writer, the answer to a
// request, a row in quarantine. Unlike events they are replaced and deleted. What cannot be
// rebuilt from the events and the callers' own data does not belong here.
struct Record {
  std::string kind;   // "append_writer".
  std::string key;    // Unique within workspace and kind. Both up to kMaxIdBytes, not empty.
  std::string value;  // Opaque, up to kMaxRecordBytes.
  absl::Time recorded_time;
  bool operator==(const Record&) const = default;
};

// A record to write together with events.
struct RecordWrite {
  std::string kind;
  std::string key;
  // Makes the value from the results of the events written with it (empty when there are none).
  // Called once or, when a store tries again, several times, on any thread, under the store's
  // lock: it must be quick, must not call the log and must give the same value each time.
  // An empty function deletes the record.
  std::function<std::string(absl::Span<const AppendResult>)> value;
};

// An event whose content is taken away or changed because a person's data is erased.
struct EventRewrite {
  int64_t offset = 0;
  EventId id;           // Source and version as they were; the source key may change.
  std::string payload;  // What is left of it.
  bool is_erased = false;
};

// What is wrong with one stored event.
struct StoredEventFault {
  int64_t offset = 0;   // Of the event, or of the first one missing.
  std::string reason;   // "CHECKSUM_MISMATCH", "OFFSET_GAP", "RECORDED_TIME_DECREASES".
  std::string message;  // For people; never the payload.
  bool operator==(const StoredEventFault&) const = default;
};

// One page of a verification.
struct VerifiedPage {
  int64_t last_offset = 0;  // Where the next page begins; unchanged at the end.
  int64_t event_count = 0;  // Checked in this page.
  std::vector<StoredEventFault> faults;
};

struct LogStats {
  int64_t event_count = 0;
  int64_t payload_bytes = 0;
  int64_t erased_event_count = 0;
  int64_t conflict_count = 0;
  std::optional<absl::Time> first_recorded_time;
  std::optional<absl::Time> last_recorded_time;
  bool operator==(const LogStats&) const = default;
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
  // batch is kept, and it may be sent again: what did get in is then a duplicate. `records` are
  // written in the same transaction, after the events, with the time of the clock; of several
  // writes of one record the last counts. A batch without events only writes records.
  virtual absl::StatusOr<std::vector<AppendResult>> Append(
      std::string_view workspace, absl::Span<const Event> events,
      absl::Span<const RecordWrite> records = {}) = 0;

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

  // Waits until LastOffset > `after_offset` or `timeout` has passed; returns LastOffset. Wakes at
  // once for appends made through this object, and within kForeignAppendPoll for those of other
  // processes that write the same store.
  virtual absl::StatusOr<int64_t> WaitForAppend(std::string_view workspace, int64_t after_offset,
                                                absl::Duration timeout) const = 0;

  // Workspaces that have at least one event, sorted.
  virtual absl::StatusOr<std::vector<std::string>> Workspaces() const = 0;

  // Up to `max_conflicts` conflicts with number > `after_number`, in order. The same content under
  // the same id is kept once, however often it comes.
  virtual absl::StatusOr<std::vector<Conflict>> ListConflicts(std::string_view workspace,
                                                              int64_t after_number,
                                                              size_t max_conflicts) const = 0;
  // Drops conflicts; unknown numbers are passed over. Returns how many there were. Their numbers
  // are not given again.
  virtual absl::StatusOr<int64_t> DeleteConflicts(std::string_view workspace,
                                                  absl::Span<const int64_t> numbers) = 0;

  // A record; nullopt when there is none.
  virtual absl::StatusOr<std::optional<Record>> GetRecord(std::string_view workspace,
                                                          std::string_view kind,
                                                          std::string_view key) const = 0;
  // Up to `max_records` records of a kind with key > `after_key`, in order of the key.
  virtual absl::StatusOr<std::vector<Record>> ListRecords(std::string_view workspace,
                                                          std::string_view kind,
                                                          std::string_view after_key,
                                                          size_t max_records) const = 0;
  // How many records of a kind there are. Complexity: linear in the answer, without the values.
  virtual absl::StatusOr<int64_t> CountRecords(std::string_view workspace,
                                               std::string_view kind) const = 0;
  // Deletes the records of a kind that were recorded before `recorded_before`; returns how many.
  virtual absl::StatusOr<int64_t> DeleteRecordsBefore(std::string_view workspace,
                                                      std::string_view kind,
                                                      absl::Time recorded_before) = 0;

  // Brings back events of an export at the end of the workspace's log: offsets, recorded times (to
  // the microsecond) and erasures as given. At most kMaxBatchEvents. All or nothing, durable on
  // return. Errors: FAILED_PRECONDITION (RESTORE_OFFSET: the first does not follow the last offset,
  // or one leaves a gap; RESTORE_RECORDED_TIME: a recorded time decreases; RESTORE_DUPLICATE_ID),
  // and as Append.
  virtual absl::Status Restore(std::string_view workspace,
                               absl::Span<const StoredEvent> events) = 0;

  // Replaces id and payload of events, and their checksums; offset, times and all other events
  // stay. Only for the erasure of a person's data: nothing else ever changes an event. All or
  // nothing, durable on return; afterwards no page of the store holds the old content. At most
  // kMaxBatchEvents, applied one after another: an id that an earlier one gave up is free for a
  // later one. Errors: NOT_FOUND (EVENT_NOT_FOUND naming the offset), ALREADY_EXISTS
  // (EVENT_ID_TAKEN), and as Append (naming "rewrites[3].payload"). After UNAVAILABLE or INTERNAL
  // it may be sent again: the events may be replaced while old pages remain. Complexity: of the
  // whole store, because its pages are written anew; so few large calls are better than many.
  virtual absl::Status Rewrite(std::string_view workspace,
                               absl::Span<const EventRewrite> rewrites) = 0;

  // Checks up to `max_events` events with offset > `after_offset`: offsets without gaps and none
  // missing at the end, recorded times in order, checksums over everything stored. An event written
  // by a version without checksums is checked for the rest.
  virtual absl::StatusOr<VerifiedPage> Verify(std::string_view workspace, int64_t after_offset,
                                              size_t max_events) const = 0;

  // Complexity: constant in the number of events (the store counts as it writes), linear in the
  // number of conflicts.
  virtual absl::StatusOr<LogStats> Stats(std::string_view workspace) const = 0;

  // "memory", "sqlite" or "postgresql".
  virtual std::string_view StoreName() const = 0;
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_EVENT_LOG_H_
