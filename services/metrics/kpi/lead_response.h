// How soon people reach out to leads.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_LEAD_RESPONSE_H_
#define QUOTACAST_SERVICES_METRICS_KPI_LEAD_RESPONSE_H_

#include <vector>

#include "services/metrics/book_records.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/kpi/record_grouping.h"

namespace quotacast::metrics {

// Within this many business hours of coming in a lead is to be touched by a person.
inline constexpr int kLeadSlaBusinessHours = 24;

// What decides in which rows a lead counts.
RecordSubject SubjectOf(const BookLead& lead);

// The rows that KPIs about leads can be asked for.
std::vector<metrics::v1::GroupBy> LeadGroupBys();

// lead_work_rate, lead_sla_breaches and lead_follow_up_minutes; the rules are in docs/kpis.md.
std::vector<Kpi> LeadResponseKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_LEAD_RESPONSE_H_
