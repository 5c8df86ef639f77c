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
absl::Time FirstTime() { return absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone()); }
absl::Time EndTime() {
  return absl::FromCivil(absl::CivilSecond(10'000, 1, 1), absl::UTCTimeZone());
}

absl::Status ValidateEvent(const Event& event, size_t index) {
  const auto refuse = [index](const char* field, const std::string& problem) {
    return InvalidField(absl::StrCat("events[", index, "].", field), problem);
  };
  if (std::string problem = IdProblem(event.id.source); !problem.empty()) {
    return refuse("id.source", problem);
  }
  if (std::string problem = IdProblem(event.id.source_key); !problem.empty()) {
    return refuse("id.source_key", problem);
  }
  if (std::string problem = IdProblem(event.id.version); !problem.empty()) {
    return refuse("id.version", problem);
  }
  if (event.payload.size() > kMaxPayloadBytes) {
    return refuse("payload", absl::StrCat("has ", event.payload.size(), " bytes; at most ",
                                          kMaxPayloadBytes, " are allowed"));
  }
  if (event.effective_time.has_value() &&
      (*event.effective_time < FirstTime() || *event.effective_time >= EndTime())) {
    return refuse("effective_time",
                  absl::StrCat(absl::FormatTime(*event.effective_time, absl::UTCTimeZone()),
                               " is outside the years 1 to 9999"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateWorkspace(std::string_view workspace) {
  if (std::string problem = IdProblem(workspace); !problem.empty()) {
    return InvalidField("workspace", problem);
  }
  return absl::OkStatus();
}

absl::Status ValidateAppend(std::string_view workspace, absl::Span<const Event> events) {
  if (absl::Status status = ValidateWorkspace(workspace); !status.ok()) return status;
  if (events.size() > kMaxBatchEvents) {
    return InvalidField("events", absl::StrCat("has ", events.size(), " events; at most ",
                                               kMaxBatchEvents, " are allowed in a batch"));
  }
  for (size_t i = 0; i < events.size(); ++i) {
    if (absl::Status status = ValidateEvent(events[i], i); !status.ok()) return status;
  }
  return absl::OkStatus();
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
