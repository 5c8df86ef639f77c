#include "tests/validation/generated_company.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "base/status_macros.h"
#include "tools/gen/event_stream.h"

namespace quotacast::validation {
namespace {

constexpr int kBatchEvents = 1'000;
constexpr int64_t kSecondsPerDay = 86'400;

}  // namespace

GeneratedCompany::GeneratedCompany(absl::CivilDay last_day)
    : clock_(StartOfDayUtc(last_day + 1) - absl::Seconds(1)) {}

absl::StatusOr<std::unique_ptr<GeneratedCompany>> GeneratedCompany::Make(
    const gen::CompanyOptions& options) {
  std::unique_ptr<GeneratedCompany> company(new GeneratedCompany(options.last_day));
  std::vector<ingestion::v1::EventRecord>& log = company->log_;
  const int64_t first = absl::ToUnixSeconds(StartOfDayUtc(options.start));
  QC_RETURN_IF_ERROR(
      gen::ForEachEvent(options, [&](const ingestion::v1::NewEvent& event) {
        ingestion::v1::EventRecord& record = log.emplace_back();
        *record.mutable_id() = event.id();
        if (event.has_effective_time()) *record.mutable_effective_time() = event.effective_time();
        *record.mutable_event() = event.event();
        record.mutable_recorded_time()->set_seconds(
            std::max(first, event.effective_time().seconds() / kSecondsPerDay * kSecondsPerDay));
        return true;
      }).status());
  std::stable_sort(log.begin(), log.end(), [](const auto& a, const auto& b) {
    return a.recorded_time().seconds() < b.recorded_time().seconds();
  });
  for (size_t i = 0; i < log.size(); ++i) log[i].set_offset(static_cast<int64_t>(i) + 1);

  const GeneratedCompany* const feed = company.get();
  company->metrics_ = std::make_unique<metrics::Metrics>(
      [feed](std::string_view, int64_t after_offset, const metrics::Cancelled&,
             const std::function<bool(const ingestion::v1::WatchEventsResponse&)>& on_batch) {
        for (size_t next = static_cast<size_t>(after_offset); next < feed->log_.size();) {
          ingestion::v1::WatchEventsResponse batch;
          for (int i = 0; i < kBatchEvents && next < feed->log_.size(); ++i) {
            *batch.add_events() = feed->log_[next++];
          }
          if (!on_batch(batch)) break;
        }
        return absl::OkStatus();
      },
      &company->clock_);
  return company;
}

}  // namespace quotacast::validation
