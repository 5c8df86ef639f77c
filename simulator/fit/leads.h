// How leads come to reps and become opportunities: the functions that estimate the creation of
// deals and the behaviour of a stage, on leads as a pipeline of one stage (origins.h).
#ifndef QUOTACAST_SIMULATOR_FIT_LEADS_H_
#define QUOTACAST_SIMULATOR_FIT_LEADS_H_

#include <vector>

#include "simulator/fit/creation_pace.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

struct LeadFit {
  std::vector<std::vector<StageCell>> cells;    // [draw][segment].
  std::vector<std::vector<double>> rep_rates;   // [draw][rep * segment_count + segment].
  std::vector<std::vector<double>> team_rates;  // [draw][team * segment_count + segment].
  // Of the window, unweighted.
  std::vector<double> segment_ended;  // By segment: converted or dropped.
  std::vector<double> rep_leads;      // By rep: came while they were in the job.
};

// `options` are those of creation; random numbers are the leads' own. `age_bin_edges_days` are
// those of the model's stages. Leads must be told apart (origins.h).
LeadFit FitLeads(const History& history, const std::vector<int>& age_bin_edges_days,
                 const PaceOptions& options);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_LEADS_H_
