// How many calls each service of a suite runs, and how long they may take. All are constants.
#ifndef QUOTACAST_SERVICES_QUOTACASTD_SERVING_LIMITS_H_
#define QUOTACAST_SERVICES_QUOTACASTD_SERVING_LIMITS_H_

#include "absl/time/time.h"
#include "services/serving/serving.h"

namespace quotacast::quotacastd {

// Simulations, and the fits and goals around them, take as long as their trials and history ask
// for: minutes for the largest, on a slow machine more. A caller who sets no deadline waits for the
// answer, so the default only frees what nobody can be waiting for any more; one who sets a
// deadline knows best, up to a day.
inline constexpr absl::Duration kComputingDeadlineDefault = absl::Minutes(30);
inline constexpr absl::Duration kComputingDeadlineMax = absl::Hours(24);

// A stream whose caller does not read holds one of few computing threads: this is the most it may
// cost, and still far more than a stream whose caller reads takes.
inline constexpr absl::Duration kComputingStreamDeadlineMax = absl::Hours(1);

serving::ServingOptions IngestionServing();
serving::ServingOptions MetricsServing();
serving::ServingOptions SimulationServing();
serving::ServingOptions PlanningServing();

}  // namespace quotacast::quotacastd

#endif  // QUOTACAST_SERVICES_QUOTACASTD_SERVING_LIMITS_H_
