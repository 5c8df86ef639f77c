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
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/kpi/kpi_table.h"

namespace quotacast::metrics {

// Immutable and thread-safe after construction.
class KpiRegistry {
 public:
  KpiRegistry();

  // In order of name.
  const std::vector<Kpi>& kpis() const { return kpis_; }

  // Lives as long as the registry. INVALID_ARGUMENT (UNKNOWN_KPI with the nearest names).
  absl::StatusOr<const Kpi*> Find(const std::string& name) const;

  // As FillKpiTable, and INVALID_ARGUMENT (UNKNOWN_KPI with the nearest names).
  absl::Status Query(const BookView& view, const KpiTableQuery& query,
                     metrics::v1::KpiTable& table) const;
  // The same as a message of its own.
  absl::StatusOr<metrics::v1::KpiTable> Query(const BookView& view,
                                              const KpiTableQuery& query) const;

 private:
  std::vector<Kpi> kpis_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_REGISTRY_H_
