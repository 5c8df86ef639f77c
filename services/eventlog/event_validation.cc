#include "services/eventlog/event_validation.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {
namespace {

// The problem with an id, or "" when there is none.
std::string IdProblem(std::string_view id) {
  if (id.empty()) return "is empty";
  if (id.size() > kMaxIdBytes) {
    return absl::StrCat("has ", id.size(), " bytes; at most ", kMaxIdBytes, " are allowed");
  }
  return "";
}

// As google.protobuf.Timestamp, which carries these times between services.
bool IsStorable(absl::Time time) {
  static const absl::Time first = absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone());
  static const absl::Time end =
      absl::FromCivil(absl::CivilSecond(10'000, 1, 1), absl::UTCTimeZone());
  return time >= first && time < end;
}

std::string TimeProblem(absl::Time time) {
  return absl::StrCat(absl::FormatTime(time, absl::UTCTimeZone()),
                      " is outside the years 1 to 9999");
}

// Which of a list's elements is looked at, to name its fields: "events[3].id.version".
struct Place {
  const char* list;
  size_t index;

  absl::Status Refuse(const char* field, const std::string& problem) const {
    return InvalidField(absl::StrCat(list, "[", index, "].", field), problem);
  }
};

absl::Status ValidateId(const EventId& id, const Place& place) {
  if (std::string problem = IdProblem(id.source); !problem.empty()) {
    return place.Refuse("id.source", problem);
  }
  if (std::string problem = IdProblem(id.source_key); !problem.empty()) {
    return place.Refuse("id.source_key", problem);
  }
  if (std::string problem = IdProblem(id.version); !problem.empty()) {
    return place.Refuse("id.version", problem);
  }
  return absl::OkStatus();
}

absl::Status ValidatePayload(std::string_view payload, const Place& place) {
  if (payload.size() <= kMaxPayloadBytes) return absl::OkStatus();
  return place.Refuse("payload", absl::StrCat("has ", payload.size(), " bytes; at most ",
                                              kMaxPayloadBytes, " are allowed"));
}

absl::Status ValidateEvent(const Event& event, const Place& place) {
  QC_RETURN_IF_ERROR(ValidateId(event.id, place));
  QC_RETURN_IF_ERROR(ValidatePayload(event.payload, place));
  if (event.effective_time.has_value() && !IsStorable(*event.effective_time)) {
    return place.Refuse("effective_time", TimeProblem(*event.effective_time));
  }
  return absl::OkStatus();
}

absl::Status ValidateCount(const char* list, size_t count, size_t count_max) {
  if (count <= count_max) return absl::OkStatus();
  return InvalidField(list, absl::StrCat("has ", count, " ", list, "; at most ", count_max,
                                         " are allowed in a batch"));
}

}  // namespace

absl::Status ValidateWorkspace(std::string_view workspace) {
  if (std::string problem = IdProblem(workspace); !problem.empty()) {
    return InvalidField("workspace", problem);
  }
  return absl::OkStatus();
}

absl::Status ValidateAppend(std::string_view workspace, absl::Span<const Event> events) {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  QC_RETURN_IF_ERROR(ValidateCount("events", events.size(), kMaxBatchEvents));
  for (size_t i = 0; i < events.size(); ++i) {
    QC_RETURN_IF_ERROR(ValidateEvent(events[i], {"events", i}));
  }
  return absl::OkStatus();
}

absl::Status ValidateRecords(absl::Span<const RecordWrite> records) {
  QC_RETURN_IF_ERROR(ValidateCount("records", records.size(), kMaxBatchRecords));
  for (size_t i = 0; i < records.size(); ++i) {
    const Place place{"records", i};
    if (std::string problem = IdProblem(records[i].kind); !problem.empty()) {
      return place.Refuse("kind", problem);
    }
    if (std::string problem = IdProblem(records[i].key); !problem.empty()) {
      return place.Refuse("key", problem);
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateRecordValue(std::string_view value, size_t record_index) {
  if (value.size() <= kMaxRecordBytes) return absl::OkStatus();
  return Place{"records", record_index}.Refuse(
      "value",
      absl::StrCat("has ", value.size(), " bytes; at most ", kMaxRecordBytes, " are allowed"));
}

absl::Status ValidateRestore(std::string_view workspace, absl::Span<const StoredEvent> events) {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  QC_RETURN_IF_ERROR(ValidateCount("events", events.size(), kMaxBatchEvents));
  for (size_t i = 0; i < events.size(); ++i) {
    const Place place{"events", i};
    QC_RETURN_IF_ERROR(ValidateEvent(events[i].event, place));
    if (!IsStorable(events[i].recorded_time)) {
      return place.Refuse("recorded_time", TimeProblem(events[i].recorded_time));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateRewrite(std::string_view workspace, absl::Span<const EventRewrite> rewrites) {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  QC_RETURN_IF_ERROR(ValidateCount("rewrites", rewrites.size(), kMaxBatchEvents));
  for (size_t i = 0; i < rewrites.size(); ++i) {
    const Place place{"rewrites", i};
    QC_RETURN_IF_ERROR(ValidateId(rewrites[i].id, place));
    QC_RETURN_IF_ERROR(ValidatePayload(rewrites[i].payload, place));
  }
  return absl::OkStatus();
}

absl::Status CheckRestoreOrder(int64_t last_offset, std::optional<int64_t> last_recorded_micros,
                               absl::Span<const StoredEvent> events) {
  for (const StoredEvent& stored : events) {
    if (stored.offset != last_offset + 1) {
      return FailedPrecondition(
          "RESTORE_OFFSET",
          absl::StrCat("event ", stored.offset, " cannot follow offset ", last_offset,
                       ": restore events from offset ", last_offset + 1, " on, without gaps"));
    }
    const int64_t recorded_micros = absl::ToUnixMicros(stored.recorded_time);
    if (last_recorded_micros.has_value() && recorded_micros < *last_recorded_micros) {
      return FailedPrecondition(
          "RESTORE_RECORDED_TIME",
          absl::StrCat("event ", stored.offset, " was recorded before the one in front of it (",
                       absl::FormatTime(stored.recorded_time, absl::UTCTimeZone()),
                       "): the export is damaged or belongs to another log"));
    }
    last_offset = stored.offset;
    last_recorded_micros = recorded_micros;
  }
  return absl::OkStatus();
}

absl::Status RestoreDuplicateId(const StoredEvent& stored) {
  const EventId& id = stored.event.id;
  return FailedPrecondition(
      "RESTORE_DUPLICATE_ID",
      absl::StrCat("event ", stored.offset, " has an id that is in the log already (", id.source,
                   ", ", id.source_key, ", ", id.version,
                   "): the export is damaged or belongs to another log"));
}

absl::Status EventNotFound(std::string_view workspace, int64_t offset) {
  ErrorDetail detail;
  detail.reason = "EVENT_NOT_FOUND";
  detail.resource = absl::StrCat("workspaces/", AbslView(workspace), "/events/", offset);
  return WithDetail(absl::NotFoundError(absl::StrCat("workspace ", AbslView(workspace),
                                                     " has no event with offset ", offset)),
                    detail);
}

absl::Status EventIdTaken(const EventRewrite& rewrite) {
  ErrorDetail detail;
  detail.reason = "EVENT_ID_TAKEN";
  return WithDetail(
      absl::AlreadyExistsError(absl::StrCat("event ", rewrite.offset, " cannot get the id (",
                                            rewrite.id.source, ", ", rewrite.id.source_key, ", ",
                                            rewrite.id.version, "): another event has it")),
      detail);
}

std::optional<int64_t> EffectiveMicros(const Event& event) {
  if (!event.effective_time.has_value()) return std::nullopt;
  return absl::ToUnixMicros(*event.effective_time);
}

std::optional<absl::Time> EffectiveTime(std::optional<int64_t> micros) {
  if (!micros.has_value()) return std::nullopt;
  return absl::FromUnixMicros(*micros);
}

}  // namespace quotacast::eventlog
