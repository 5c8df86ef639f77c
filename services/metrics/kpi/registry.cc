#include "services/metrics/kpi/registry.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/errors.h"
#include "base/nearest_names.h"
#include "base/status_macros.h"
#include "services/metrics/kpi/accounts.h"
#include "services/metrics/kpi/activities.h"
#include "services/metrics/kpi/attainment.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/capacity.h"
#include "services/metrics/kpi/close_rate.h"
#include "services/metrics/kpi/coverage.h"
#include "services/metrics/kpi/customer_care.h"
#include "services/metrics/kpi/cycle.h"
#include "services/metrics/kpi/discovery.h"
#include "services/metrics/kpi/horizon.h"
#include "services/metrics/kpi/knowledge.h"
#include "services/metrics/kpi/kpi_table.h"
#include "services/metrics/kpi/lead_flow.h"
#include "services/metrics/kpi/lead_response.h"
#include "services/metrics/kpi/losses.h"
#include "services/metrics/kpi/paths.h"
#include "services/metrics/kpi/people.h"
#include "services/metrics/kpi/performer_gap.h"
#include "services/metrics/kpi/plan.h"
#include "services/metrics/kpi/ramp.h"
#include "services/metrics/kpi/rep_forecasts.h"
#include "services/metrics/kpi/required_coverage.h"
#include "services/metrics/kpi/rhythm.h"
#include "services/metrics/kpi/slips.h"
#include "services/metrics/kpi/stages.h"
#include "services/metrics/kpi/velocity.h"
#include "services/metrics/kpi/volume.h"
#include "services/metrics/kpi/win_rate.h"

namespace quotacast::metrics {
namespace {

constexpr size_t kNearestNames = 3;

}  // namespace

KpiRegistry::KpiRegistry() {
  for (std::vector<Kpi> family :
       {WinRateKpis(),   HorizonKpis(),      CloseRateKpis(),    AttainmentKpis(),
        CycleKpis(),     CoverageKpis(),     BookingsKpis(),     RhythmKpis(),
        VelocityKpis(),  StageKpis(),        SlipKpis(),         PeopleKpis(),
        LossKpis(),      VolumeKpis(),       PathKpis(),         RequiredCoverageKpis(),
        DiscoveryKpis(), AccountKpis(),      PerformerGapKpis(), PlanKpis(),
        CapacityKpis(),  LeadResponseKpis(), LeadFlowKpis(),     ActivityKpis(),
        KnowledgeKpis(), CustomerCareKpis(), RepForecastKpis(),  RampKpis()}) {
    for (Kpi& kpi : family) kpis_.push_back(std::move(kpi));
  }
  std::sort(kpis_.begin(), kpis_.end(),
            [](const Kpi& a, const Kpi& b) { return a.definition.name() < b.definition.name(); });
}

absl::StatusOr<const Kpi*> KpiRegistry::Find(const std::string& name) const {
  for (const Kpi& kpi : kpis_) {
    if (kpi.definition.name() == name) return &kpi;
  }
  std::vector<std::string> names;
  for (const Kpi& kpi : kpis_) names.push_back(kpi.definition.name());
  ErrorDetail detail;
  detail.reason = "UNKNOWN_KPI";
  const std::string description =
      absl::StrCat("\"", ShownName(name), "\" is no KPI; the nearest are ",
                   absl::StrJoin(NearestNames(name, names, kNearestNames), ", "));
  detail.field_violations.push_back({.field = "kpi", .description = description});
  return WithDetail(absl::InvalidArgumentError(absl::StrCat("kpi: ", description)), detail);
}

absl::Status KpiRegistry::Query(const BookView& view, const KpiTableQuery& query,
                                metrics::v1::KpiTable& table) const {
  QC_ASSIGN_OR_RETURN(const Kpi* kpi, Find(query.kpi));
  return FillKpiTable(view, *kpi, query, table);
}

absl::StatusOr<metrics::v1::KpiTable> KpiRegistry::Query(const BookView& view,
                                                         const KpiTableQuery& query) const {
  metrics::v1::KpiTable table;
  QC_RETURN_IF_ERROR(Query(view, query, table));
  return table;
}

}  // namespace quotacast::metrics
