#include "services/ingestion/log_operations.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/event_kinds.h"
#include "services/ingestion/record_kinds.h"

namespace quotacast::ingestion {
namespace {

// How many events are looked at between two looks at the caller.
constexpr size_t kPageEvents = 10'000;

absl::Status CallerLeft() { return absl::CancelledError("the caller went away"); }

absl::StatusOr<size_t> PageSizeOf(int32_t asked) {
  if (asked < 0 || asked > kMaxPageSize) {
    return InvalidField("page_size", absl::StrCat("is ", asked, "; expected 0 to ", kMaxPageSize));
  }
  return static_cast<size_t>(asked == 0 ? kDefaultPageSize : asked);
}

absl::StatusOr<v1::EventConflict> ToEventConflict(const eventlog::EventLog& log,
                                                  std::string_view workspace,
                                                  const eventlog::Conflict& conflict) {
  v1::EventConflict result;
  QC_ASSIGN_OR_RETURN(const std::vector<eventlog::StoredEvent> kept,
                      log.Read(workspace, conflict.kept_offset - 1, 1));
  if (!kept.empty()) {
    QC_ASSIGN_OR_RETURN(*result.mutable_kept(), ToEventRecord(kept.front()));
  }
  if (conflict.event.effective_time.has_value()) {
    *result.mutable_effective_time() = ToTimestamp(*conflict.event.effective_time);
  }
  *result.mutable_recorded_time() = ToTimestamp(conflict.recorded_time);
  if (!result.mutable_event()->ParseFromString(conflict.event.payload)) {
    ErrorDetail detail;
    detail.reason = "DAMAGED_EVENT";
    return WithDetail(absl::InternalError(absl::StrCat("conflict ", conflict.number,
                                                       " of the log holds no CRM event")),
                      detail);
  }
  return result;
}

// Most first; of equally many in the order of the keys.
template <typename Key, typename Add>
void AddByCount(const std::map<Key, int64_t>& counts, const Add& add) {
  std::vector<std::pair<Key, int64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  for (const auto& [key, count] : sorted) add(key, count);
}

// The faults of one page: the log's own, and payloads that say nothing we can read.
absl::Status FindFaults(const eventlog::EventLog& log, std::string_view workspace,
                        int64_t after_offset, const eventlog::VerifiedPage& page,
                        std::vector<v1::LogFault>& faults) {
  for (const eventlog::StoredEventFault& fault : page.faults) {
    v1::LogFault& message = faults.emplace_back();
    message.set_offset(fault.offset);
    message.set_reason(fault.reason);
    message.set_message(fault.message);
  }
  QC_ASSIGN_OR_RETURN(const std::vector<eventlog::StoredEvent> events,
                      log.Read(workspace, after_offset, kPageEvents));
  crm::v1::CrmEvent event;
  for (const eventlog::StoredEvent& stored : events) {
    if (stored.offset > page.last_offset) break;
    if (event.ParseFromString(stored.event.payload)) continue;
    v1::LogFault& message = faults.emplace_back();
    message.set_offset(stored.offset);
    message.set_reason("UNREADABLE");
    message.set_message("the content is no CRM event");
  }
  std::stable_sort(faults.begin(), faults.end(),
                   [](const auto& a, const auto& b) { return a.offset() < b.offset(); });
  return absl::OkStatus();
}

absl::StatusOr<std::vector<eventlog::StoredEvent>> ToStoredEvents(
    const v1::RestoredEvents& message) {
  if (static_cast<size_t>(message.events_size()) > kMaxRestoreEvents) {
    return InvalidField("events.events",
                        absl::StrCat("has ", message.events_size(),
                                     " elements; a message has at most ", kMaxRestoreEvents));
  }
  std::vector<eventlog::StoredEvent> events;
  events.reserve(static_cast<size_t>(message.events_size()));
  for (int i = 0; i < message.events_size(); ++i) {
    const v1::EventRecord& record = message.events(i);
    if (record.offset() < 1) {
      return InvalidField(absl::StrCat("events.events[", i, "].offset"),
                          absl::StrCat("is ", record.offset(), "; offsets begin at 1"));
    }
    if (!record.has_recorded_time()) {
      return InvalidField(absl::StrCat("events.events[", i, "].recorded_time"), "is missing");
    }
    events.push_back(ToStoredEvent(record));
  }
  return events;
}

}  // namespace

absl::StatusOr<v1::ListConflictsResponse> ListConflicts(const eventlog::EventLog& log,
                                                        std::string_view workspace,
                                                        const v1::ListConflictsRequest& request) {
  QC_ASSIGN_OR_RETURN(const size_t page_size, PageSizeOf(request.page_size()));
  int64_t after_number = 0;
  if (!request.page_token().empty() &&
      (!absl::SimpleAtoi(request.page_token(), &after_number) || after_number < 0)) {
    return InvalidField("page_token", "is none that this method gave out");
  }
  // One more than asked for tells whether there is a next page.
  QC_ASSIGN_OR_RETURN(std::vector<eventlog::Conflict> conflicts,
                      log.ListConflicts(workspace, after_number, page_size + 1));
  v1::ListConflictsResponse response;
  if (conflicts.size() > page_size) {
    conflicts.pop_back();
    response.set_next_page_token(absl::StrCat(conflicts.back().number));
  }
  for (const eventlog::Conflict& conflict : conflicts) {
    QC_ASSIGN_OR_RETURN(*response.add_conflicts(), ToEventConflict(log, workspace, conflict));
  }
  return response;
}

absl::StatusOr<v1::GetLogStatsResponse> GetLogStats(const eventlog::EventLog& log,
                                                    std::string_view workspace,
                                                    const std::function<bool()>& cancelled) {
  QC_ASSIGN_OR_RETURN(const eventlog::LogStats stats, log.Stats(workspace));
  v1::GetLogStatsResponse response;
  response.set_event_count(stats.event_count);
  response.set_payload_bytes(stats.payload_bytes);
  response.set_erased_event_count(stats.erased_event_count);
  response.set_conflict_count(stats.conflict_count);
  if (stats.first_recorded_time.has_value()) {
    *response.mutable_first_recorded_time() = ToTimestamp(*stats.first_recorded_time);
  }
  if (stats.last_recorded_time.has_value()) {
    *response.mutable_last_recorded_time() = ToTimestamp(*stats.last_recorded_time);
  }
  QC_ASSIGN_OR_RETURN(const int64_t quarantined,
                      log.CountRecords(workspace, kQuarantinedRowRecordKind));
  response.set_quarantined_row_count(quarantined);
  response.set_store(std::string(log.StoreName()));

  std::map<crm::v1::EntityKind, int64_t> kinds;
  std::map<std::string, int64_t> sources;
  int64_t offset = 0;
  // Events that came after the figures above are not counted: the parts then add up to the whole.
  while (offset < stats.event_count) {
    if (cancelled()) return CallerLeft();
    QC_ASSIGN_OR_RETURN(const std::vector<eventlog::StoredEvent> page,
                        log.Read(workspace, offset, kPageEvents));
    if (page.empty()) break;
    for (const eventlog::StoredEvent& stored : page) {
      offset = stored.offset;
      if (offset > stats.event_count) break;
      ++kinds[KindOfEvent(stored.event)];
      ++sources[stored.event.id.source];
    }
  }
  AddByCount(kinds, [&response](crm::v1::EntityKind kind, int64_t count) {
    v1::EntityCount& entry = *response.add_entities();
    entry.set_entity(kind);
    entry.set_event_count(count);
  });
  AddByCount(sources, [&response](const std::string& source, int64_t count) {
    v1::SourceCount& entry = *response.add_sources();
    entry.set_source(source);
    entry.set_event_count(count);
  });
  return response;
}

absl::Status VerifyLog(const eventlog::EventLog& log, std::string_view workspace,
                       const std::function<bool()>& cancelled,
                       const std::function<bool(const v1::VerifyLogResponse&)>& send) {
  int64_t offset = 0;
  int64_t checked_count = 0;
  int64_t fault_count = 0;
  size_t sent_fault_count = 0;
  while (true) {
    if (cancelled()) return CallerLeft();
    QC_ASSIGN_OR_RETURN(const eventlog::VerifiedPage page,
                        log.Verify(workspace, offset, kPageEvents));
    std::vector<v1::LogFault> faults;
    QC_RETURN_IF_ERROR(FindFaults(log, workspace, offset, page, faults));
    checked_count += page.event_count;
    fault_count += static_cast<int64_t>(faults.size());
    QC_ASSIGN_OR_RETURN(const int64_t last_offset, log.LastOffset(workspace));

    v1::VerifyLogResponse response;
    response.set_checked_event_count(checked_count);
    response.set_event_count(std::max(last_offset, checked_count));
    response.set_fault_count(fault_count);
    for (v1::LogFault& fault : faults) {
      if (sent_fault_count == kMaxLogFaults) break;
      ++sent_fault_count;
      *response.add_faults() = std::move(fault);
    }
    response.set_done(page.last_offset <= offset);
    if (response.done()) response.set_event_count(checked_count);
    if (!send(response) || response.done()) return absl::OkStatus();
    offset = page.last_offset;
  }
}

absl::StatusOr<v1::RestoreEventsResponse> RestoreEvents(
    eventlog::EventLog& log, std::string_view workspace,
    const std::function<bool(v1::RestoreEventsRequest&)>& read,
    const std::function<bool()>& cancelled) {
  v1::RestoreEventsResponse response;
  v1::RestoreEventsRequest message;
  int64_t restored_count = 0;
  while (read(message)) {
    if (!message.has_events()) {
      return InvalidField("part", message.has_header() ? "is a second header; one is enough"
                                                       : "is missing: after the header a message "
                                                         "holds events");
    }
    QC_ASSIGN_OR_RETURN(const std::vector<eventlog::StoredEvent> events,
                        ToStoredEvents(message.events()));
    if (events.empty()) continue;
    if (cancelled()) return CallerLeft();
    QC_RETURN_IF_ERROR(log.Restore(workspace, events));
    restored_count += static_cast<int64_t>(events.size());
  }
  if (cancelled()) return CallerLeft();
  response.set_restored_event_count(restored_count);
  QC_ASSIGN_OR_RETURN(const int64_t last_offset, log.LastOffset(workspace));
  response.set_last_offset(last_offset);
  return response;
}

}  // namespace quotacast::ingestion
