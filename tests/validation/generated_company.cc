#include "tests/validation/generated_company.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "base/status_macros.h"
#include "tests/integration/generated_log.h"

namespace quotacast::validation {
namespace {

constexpr int kBatchEvents = 1'000;

}  // namespace

GeneratedCompany::GeneratedCompany(absl::CivilDay last_day)
    : clock_(StartOfDayUtc(last_day + 1) - absl::Seconds(1)) {}

absl::StatusOr<std::unique_ptr<GeneratedCompany>> GeneratedCompany::Make(
    const gen::CompanyOptions& options) {
  std::unique_ptr<GeneratedCompany> company(new GeneratedCompany(options.last_day));
  QC_ASSIGN_OR_RETURN(company->log_, GeneratedLog(options));
  PutInOrder(company->log_);

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
