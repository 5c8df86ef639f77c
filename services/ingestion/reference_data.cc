#include "services/ingestion/reference_data.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "services/ingestion/calendar_change.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/source_keys.h"

namespace quotacast::ingestion {
namespace {

constexpr size_t kPageEvents = 5'000;

// Of the amount that the change states; empty when it states none.
std::string CurrencyOf(const crm::v1::CrmEvent& event) {
  switch (event.change_case()) {
    case crm::v1::CrmEvent::kProduct:
      return event.product().list_price().currency_code();
    case crm::v1::CrmEvent::kOpportunity:
      return event.opportunity().amount().currency_code();
    case crm::v1::CrmEvent::kQuota:
      return event.quota().amount().currency_code();
    default:
      return "";
  }
}

}  // namespace

// Month 1 is always valid.
ReferenceData::ReferenceData() : calendar_(FiscalCalendar::MonthStart(1).value()) {}

absl::StatusOr<ReferenceData> ReferenceData::Load(const eventlog::EventLog& log,
                                                  std::string_view workspace,
                                                  const std::function<bool()>& cancelled) {
  ReferenceData data;
  while (true) {
    if (cancelled()) return absl::CancelledError("the import was cancelled");
    QC_ASSIGN_OR_RETURN(const std::vector<eventlog::StoredEvent> page,
                        log.Read(workspace, data.last_offset_, kPageEvents));
    if (page.empty()) return data;
    for (const eventlog::StoredEvent& stored : page) {
      const bool is_reference = IsReferenceKey(stored.event.id.source_key);
      // Most of the log are deals, which are not decoded once the currency is known.
      if (is_reference || data.currency_.empty()) {
        QC_ASSIGN_OR_RETURN(const v1::EventRecord record, ToEventRecord(stored));
        QC_RETURN_IF_ERROR(data.Apply(record.event()));
      }
      const std::optional<absl::Time>& time = stored.event.effective_time;
      if (IsOpportunityKey(stored.event.id.source_key) && time.has_value() &&
          (!data.latest_deal_time_.has_value() || *data.latest_deal_time_ < *time)) {
        data.latest_deal_time_ = time;
      }
    }
    data.last_offset_ = page.back().offset;
  }
}

std::optional<absl::CivilDay> ReferenceData::latest_deal_day() const {
  if (!latest_deal_time_.has_value()) return std::nullopt;
  return absl::ToCivilDay(*latest_deal_time_, absl::UTCTimeZone());
}

absl::Status ReferenceData::Apply(const crm::v1::CrmEvent& event) {
  if (currency_.empty()) currency_ = CurrencyOf(event);
  switch (event.change_case()) {
    case crm::v1::CrmEvent::kTeam:
      teams_[event.team().team_id()].parent_team_id = event.team().parent_team_id();
      break;
    case crm::v1::CrmEvent::kRep:
      reps_[event.rep().rep_id()] = {};
      break;
    case crm::v1::CrmEvent::kProduct: {
      Product& product = products_[event.product().product_id()];
      if (event.product().has_series()) product.series = event.product().series();
      if (event.product().has_list_price()) {
        QC_ASSIGN_OR_RETURN(product.list_price, FromProtoMoney(event.product().list_price()));
      }
      break;
    }
    case crm::v1::CrmEvent::kAccount:
      accounts_[event.account().account_id()] = {};
      break;
    case crm::v1::CrmEvent::kFiscalCalendar: {
      QC_ASSIGN_OR_RETURN(calendar_, CalendarFromChange(event.fiscal_calendar()));
      break;
    }
    default:
      break;
  }
  return absl::OkStatus();
}

}  // namespace quotacast::ingestion
