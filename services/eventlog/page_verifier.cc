#include "services/eventlog/page_verifier.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "services/eventlog/event_checksum.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {
namespace {

std::string Missing(int64_t first, int64_t last) {
  if (first == last) return absl::StrCat("event ", first, " is missing");
  return absl::StrCat("events ", first, " to ", last, " are missing");
}

std::string TimeText(int64_t micros) {
  return absl::FormatTime(absl::FromUnixMicros(micros), absl::UTCTimeZone());
}

}  // namespace

PageVerifier::PageVerifier(int64_t after_offset, std::optional<int64_t> previous_recorded_micros)
    : previous_recorded_micros_(previous_recorded_micros) {
  page_.last_offset = std::max<int64_t>(after_offset, 0);
}

void PageVerifier::Check(const StoredFields& fields, std::optional<uint32_t> checksum) {
  if (fields.offset != page_.last_offset + 1) {
    AddFault(page_.last_offset + 1, "OFFSET_GAP",
             Missing(page_.last_offset + 1, fields.offset - 1));
  }
  if (previous_recorded_micros_.has_value() &&
      fields.recorded_micros < *previous_recorded_micros_) {
    AddFault(fields.offset, "RECORDED_TIME_DECREASES",
             absl::StrCat("event ", fields.offset, " was recorded at ",
                          TimeText(fields.recorded_micros), ", before the one in front of it (",
                          TimeText(*previous_recorded_micros_), ")"));
  }
  if (checksum.has_value() && *checksum != EventChecksum(fields)) {
    AddFault(fields.offset, "CHECKSUM_MISMATCH",
             absl::StrFormat("event %d is not as it was written: its checksum is %08x and was %08x",
                             fields.offset, EventChecksum(fields), *checksum));
  }
  page_.last_offset = fields.offset;
  ++page_.event_count;
  previous_recorded_micros_ = fields.recorded_micros;
}

void PageVerifier::CheckEnd(int64_t event_count) {
  if (page_.last_offset >= event_count) return;
  AddFault(page_.last_offset + 1, "OFFSET_GAP", Missing(page_.last_offset + 1, event_count));
}

void PageVerifier::AddFault(int64_t offset, std::string_view reason, std::string message) {
  page_.faults.push_back({offset, std::string(reason), std::move(message)});
}

}  // namespace quotacast::eventlog
