// The question to metrics what a scenario's initiatives have done so far.
#ifndef QUOTACAST_SERVICES_SIMULATION_INITIATIVE_MEASUREMENT_H_
#define QUOTACAST_SERVICES_SIMULATION_INITIATIVE_MEASUREMENT_H_

#include <string>
#include <vector>

#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "services/simulation/business.h"
#include "simulator/model/model.h"

namespace quotacast::simulation {

// Runs of the initiatives that had begun by the as-of date: by initiative its win effect, its
// effects at single stages, its effect on creation. `notes` say which initiatives and effects are
// in none of them, and why.
struct MeasurementQuestion {
  std::vector<metrics::v1::InitiativeRun> runs;
  std::vector<std::string> notes;
};
MeasurementQuestion QuestionFrom(const simulator::Scenario& scenario, const Business& business);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_INITIATIVE_MEASUREMENT_H_
