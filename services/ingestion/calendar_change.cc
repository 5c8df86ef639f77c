#include "services/ingestion/calendar_change.h"

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "services/ingestion/converters.h"

namespace quotacast::ingestion {

absl::StatusOr<FiscalCalendar> CalendarFromChange(const crm::v1::FiscalCalendarChange& change) {
  switch (change.calendar_case()) {
    case crm::v1::FiscalCalendarChange::kStartMonth:
      return FiscalCalendar::MonthStart(change.start_month());
    case crm::v1::FiscalCalendarChange::kFourFourFive: {
      const crm::v1::FourFourFive& weeks = change.four_four_five();
      QC_ASSIGN_OR_RETURN(const absl::CivilDay start, FromProtoDate(weeks.first_year_start()));
      return FiscalCalendar::FourFourFive(
          weeks.first_year(), start,
          std::vector<int>(weeks.weeks_in_year().begin(), weeks.weeks_in_year().end()));
    }
    case crm::v1::FiscalCalendarChange::kExplicitPeriods: {
      std::vector<FiscalPeriod> periods;
      for (const type::v1::FiscalPeriod& period : change.explicit_periods().periods()) {
        QC_ASSIGN_OR_RETURN(const absl::CivilDay start, FromProtoDate(period.start_date()));
        QC_ASSIGN_OR_RETURN(const absl::CivilDay end, FromProtoDate(period.end_date()));
        periods.push_back({period.name(), start, end});
      }
      return FiscalCalendar::Explicit(std::move(periods));
    }
    case crm::v1::FiscalCalendarChange::CALENDAR_NOT_SET:
      break;
  }
  return FiscalCalendar::MonthStart(1);
}

}  // namespace quotacast::ingestion
