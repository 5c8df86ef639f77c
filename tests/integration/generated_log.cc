#include "tests/integration/generated_log.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/status_macros.h"
#include "tools/gen/event_stream.h"

namespace quotacast {

using ingestion::v1::EventRecord;

absl::StatusOr<std::vector<EventRecord>> GeneratedLog(const gen::CompanyOptions& options) {
  constexpr int64_t kSecondsPerDay = 86'400;
  const int64_t first = absl::ToUnixSeconds(StartOfDayUtc(options.start));
  std::vector<EventRecord> log;
  QC_RETURN_IF_ERROR(
      gen::ForEachEvent(options, [&](const ingestion::v1::NewEvent& event) {
        EventRecord& record = log.emplace_back();
        *record.mutable_id() = event.id();
        if (event.has_effective_time()) {
          *record.mutable_effective_time() = event.effective_time();
        }
        *record.mutable_event() = event.event();
        record.mutable_recorded_time()->set_seconds(
            std::max(first, event.effective_time().seconds() / kSecondsPerDay * kSecondsPerDay));
        return true;
      }).status());
  return log;
}

void PutInOrder(std::vector<EventRecord>& log) {
  std::stable_sort(log.begin(), log.end(), [](const EventRecord& a, const EventRecord& b) {
    return a.recorded_time().seconds() < b.recorded_time().seconds();
  });
  for (size_t i = 0; i < log.size(); ++i) log[i].set_offset(static_cast<int64_t>(i) + 1);
}

}  // namespace quotacast
