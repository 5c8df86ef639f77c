#include "tests/integration/generated_book.h"

#include "tools/gen/event_stream.h"

namespace quotacast {

absl::StatusOr<int64_t> AppendCompany(
    const gen::CompanyOptions& options,
    const std::function<void(const ingestion::v1::NewEvent&)>& on_event, metrics::Book& book) {
  int64_t offset = 0;
  return gen::ForEachEvent(options, [&](const ingestion::v1::NewEvent& event) {
    on_event(event);
    ingestion::v1::EventRecord record;
    record.set_offset(++offset);
    *record.mutable_id() = event.id();
    *record.mutable_effective_time() = event.effective_time();
    *record.mutable_recorded_time() = event.effective_time();
    *record.mutable_event() = event.event();
    return book.Append(record).ok();
  });
}

}  // namespace quotacast
