// Appends what an import says to the log, in batches, and only what the log does not know yet.
#ifndef QUOTACAST_SERVICES_INGESTION_EVENT_APPENDER_H_
#define QUOTACAST_SERVICES_INGESTION_EVENT_APPENDER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/eventlog/event_log.h"

namespace quotacast::ingestion {

inline constexpr size_t kAppendBatchEvents = eventlog::kMaxBatchEvents;
inline constexpr size_t kAppendBatchBytes = 8 << 20;

// One statement about a source key.
struct Fact {
  std::string version;  // "Won@2017-03-01".
  std::optional<absl::Time> effective_time;
  crm::v1::CrmEvent event;
};

// Not thread-safe. One import of a workspace at a time may append (the caller's part), because a
// correction's version is chosen from what the log holds.
class EventAppender {
 public:
  // `log_is_empty`: the workspace has no events, so nothing is looked up.
  EventAppender(eventlog::EventLog& log, std::string workspace, std::string source,
                bool log_is_empty, const std::function<bool()>& cancelled);

  // The facts of one source key, each version named once, and each key once per import. For each
  // the latest event whose version is `version` or a correction of it ("Won@2017-03-01#2") is
  // looked up: the same time and content counts as unchanged, another content is appended as the
  // next correction. So is a fact that was taken back since ("Won@2017-03-01!").
  absl::Status Add(const std::string& source_key, absl::Span<const Fact> facts);

  // The same for a caller that already has the key's events, in log order.
  absl::Status AddTo(const std::vector<eventlog::StoredEvent>& known, const std::string& source_key,
                     absl::Span<const Fact> facts);

  // The present state of one source key: versions "1", "2", ...; appended only when its content
  // differs from the latest version.
  absl::Status AddState(const std::string& source_key, std::optional<absl::Time> effective_time,
                        const crm::v1::CrmEvent& event);

  // Makes everything added durable. Errors of Add, AddState and Flush say how many events of the
  // import are durable; sending the same files again completes the import.
  absl::Status Flush();

  // `cause` with its code and detail (reason IMPORT_INTERRUPTED when it has none), and how many
  // events are durable.
  absl::Status Interrupted(const absl::Status& cause) const;

  int64_t appended_count() const { return appended_count_; }
  int64_t unchanged_count() const { return unchanged_count_; }
  int64_t corrected_count() const { return corrected_count_; }  // Of the appended ones.

 private:
  absl::Status Push(eventlog::Event event, bool corrects);

  eventlog::EventLog& log_;
  const std::string workspace_;
  const std::string source_;
  const bool log_is_empty_;
  const std::function<bool()>& cancelled_;
  std::vector<eventlog::Event> batch_;
  std::vector<bool> batch_corrects_;  // Parallel to batch_.
  size_t batch_bytes_ = 0;
  int64_t appended_count_ = 0;
  int64_t unchanged_count_ = 0;
  int64_t corrected_count_ = 0;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_EVENT_APPENDER_H_
