// Estimates of what deals come from: leads, and customers who renew or buy more.
#ifndef QUOTACAST_SIMULATOR_FIT_ORIGIN_ESTIMATES_H_
#define QUOTACAST_SIMULATOR_FIT_ORIGIN_ESTIMATES_H_

#include <vector>

#include "simulator/fit/estimate.h"
#include "simulator/fit/estimate_collector.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// None when leads are not told apart.
void AddLeads(const PipelineModel& model, const std::vector<int>& team_of_rep,
              const EstimateCounts& counts, EstimateCollector& collector);

// None when neither renewals nor expansions are told apart.
void AddCustomers(const PipelineModel& model, const EstimateCounts& counts,
                  EstimateCollector& collector);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_ORIGIN_ESTIMATES_H_
