// Quota attainment both ways: bookings over quota, and the share of reps who reach theirs. The
// two differ a lot and are never averaged into each other.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_ATTAINMENT_H_
#define QUOTACAST_SERVICES_METRICS_KPI_ATTAINMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// A rep's quota for a period, if it is above zero: then the rep is eligible.
std::optional<int64_t> QuotaOf(const BookRep& rep, const std::string& period_name);

// Quotas of the query's period per row of its grouping. OUT_OF_RANGE (MONEY_OVERFLOW).
struct QuotaSums {
  std::vector<int64_t> amounts_minor_units;
  std::vector<int64_t> rep_counts;  // Eligible reps.
};
absl::StatusOr<QuotaSums> SumQuotas(const KpiQuery& query);

// quota_attainment and reps_at_quota_share; the rules are in docs/kpis.md.
std::vector<Kpi> AttainmentKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_ATTAINMENT_H_
