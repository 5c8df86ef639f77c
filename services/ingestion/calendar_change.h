// The fiscal calendar that a FiscalCalendarChange event states.
#ifndef QUOTACAST_SERVICES_INGESTION_CALENDAR_CHANGE_H_
#define QUOTACAST_SERVICES_INGESTION_CALENDAR_CHANGE_H_

#include "absl/status/statusor.h"
#include "base/fiscal_calendar.h"
#include "quotacast/crm/v1/crm_event.pb.h"

namespace quotacast::ingestion {

// Builds the calendar; INVALID_ARGUMENT says which part of `change` is no calendar. A change
// without any calendar stands for the default, quarters from January.
absl::StatusOr<FiscalCalendar> CalendarFromChange(const crm::v1::FiscalCalendarChange& change);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_CALENDAR_CHANGE_H_
