// All KPIs by name, and the table of one of them.
//
//   const KpiRegistry registry;
//   auto table = registry.Query(view, {.kpi = "win_rate_closed", .group_by = GROUP_BY_REP});
#ifndef QUOTACAST_SERVICES_METRICS_KPI_REGISTRY_H_
#define QUOTACAST_SERVICES_METRICS_KPI_REGISTRY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/fiscal_calendar.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// Periods of one table; more is INVALID_ARGUMENT (a table over centuries is a typing error).
inline constexpr int kMaxTablePeriods = 400;

struct KpiTableQuery {
  std::string kpi;
  metrics::v1::GroupBy group_by = metrics::v1::GROUP_BY_ORG;
  std::string period = {};  // Empty: all history; every period under GROUP_BY_PERIOD.
  int horizon_days = kDefaultHorizonDays;  // Above zero; only KPIs by age look at it.
};

// Immutable and thread-safe after construction.
class KpiRegistry {
 public:
  KpiRegistry();

  // In order of name.
  const std::vector<Kpi>& kpis() const { return kpis_; }

  // Lives as long as the registry. INVALID_ARGUMENT (UNKNOWN_KPI with the nearest names).
  absl::StatusOr<const Kpi*> Find(const std::string& name) const;

  // INVALID_ARGUMENT (UNKNOWN_KPI with the nearest names; UNKNOWN_PERIOD; INVALID_FIELD for a
  // grouping the KPI does not have), FAILED_PRECONDITION (MIXED_CURRENCY), OUT_OF_RANGE
  // (MONEY_OVERFLOW). Without a period, KPIs about quotas take the period of the as-of day
  // (coverage: of the day after) and a note says so. Complexity: linear in the deals, per period.
  absl::StatusOr<metrics::v1::KpiTable> Query(const BookView& view,
                                              const KpiTableQuery& query) const;

 private:
  std::vector<Kpi> kpis_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_REGISTRY_H_
