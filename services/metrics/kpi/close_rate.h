// How much better one rep closes than the others, as far as the number of deals can say.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_CLOSE_RATE_H_
#define QUOTACAST_SERVICES_METRICS_KPI_CLOSE_RATE_H_

#include <optional>
#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// What is known of a rep before the first deal: as if `weight` deals had been closed at `rate`.
struct PeerPrior {
  double rate = 0;
  double weight = 0;
};

// Fitted to the peers' shares by moments of the beta-binomial distribution (J. Kleinman, 1973).
// When they differ by no more than chance would make them, the weight is its most, the number of
// all their deals: more than these the pooled rate is not known by. The least is 1. Absent with
// fewer than two reps that have deals, or when all or none of the deals are won.
std::optional<PeerPrior> FitPeerPrior(const std::vector<Share>& peers);

// close_rate_shrunk; the rules are in docs/kpis.md.
std::vector<Kpi> CloseRateKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_CLOSE_RATE_H_
