// What the cells of a table are set beside: peers of the same period, or a figure that was computed
// like the cell itself.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_COMPARISON_H_
#define QUOTACAST_SERVICES_METRICS_KPI_COMPARISON_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// Fewer other rows than this have no quartile worth naming.
inline constexpr int kMinPeers = 4;

// What stands beside one cell; without a value, a plain sentence why.
struct Reference {
  std::optional<double> value;
  std::string undefined_reason;
  double better_than_share = 0;  // Of peers only.
};

// The figure of `cell` as a reference.
Reference ReferenceTo(const KpiCell& cell);

// Per cell, the quartile of the other cells with a value that is hard to reach: the upper one, or
// the lower one where less is better. Between two values it is interpolated (R. Hyndman and Y. Fan,
// 1996, type 7). Equal values are neither better nor worse. Undefined with fewer than kMinPeers
// others, and where neither more nor less is better.
std::vector<Reference> PeerQuartiles(const std::vector<const KpiCell*>& cells,
                                     metrics::v1::KpiDirection direction);

// Per row, the quotas of its reps; undefined where there are none, and without a period.
// OUT_OF_RANGE (MONEY_OVERFLOW).
absl::StatusOr<std::vector<Reference>> QuotaReferences(const KpiQuery& query);

// Writes the reference and the difference into the row, whose outcome is set.
void SetReference(const Reference& reference, metrics::v1::KpiRow& row);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_COMPARISON_H_
