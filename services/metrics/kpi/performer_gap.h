// What top performers do better than low ones, without the regression to the mean that comparing
// reps on the period they were chosen by would show.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_PERFORMER_GAP_H_
#define QUOTACAST_SERVICES_METRICS_KPI_PERFORMER_GAP_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "base/fiscal_calendar.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// Fewer reps than this have no quartiles.
inline constexpr size_t kMinQuartileReps = 8;

// Reps by their positions in the view.
struct Quartiles {
  std::vector<int> top;
  std::vector<int> low;
};

// Of each row's reps by their bookings in `period`, ties in order of id; a quarter of them, rounded
// down. A rep counts who closed a deal in it, won or lost. Empty for fewer than kMinQuartileReps.
// OUT_OF_RANGE (MONEY_OVERFLOW).
absl::StatusOr<std::vector<Quartiles>> QuartilesBy(const BookView& view, const Grouping& grouping,
                                                   const FiscalPeriod& period);

// top_low_gap_win_rate, _cycle, _deal_size and _growth, and of what reps do: _new_deals,
// _outreach and _selling_time; the rules are in docs/kpis.md.
std::vector<Kpi> PerformerGapKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_PERFORMER_GAP_H_
