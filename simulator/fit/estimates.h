// The fitted parameters in words and figures people can check: what the history says, how surely,
// on how many observations.
#ifndef QUOTACAST_SIMULATOR_FIT_ESTIMATES_H_
#define QUOTACAST_SIMULATOR_FIT_ESTIMATES_H_

#include <string>
#include <vector>

#include "simulator/fit/grid_posterior.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Strings are empty where they do not apply.
struct ParameterEstimate {
  std::string parameter = {};  // The list is in docs/model.md, section 9.
  std::string segment = {};
  std::string stage = {};
  std::string entity = {};  // Rep or team.
  std::string part = {};    // What else tells it from its like: "last 7 days of the period".
  double value = 0;         // Mean over the posterior draws.
  double low = 0;  // Their 10 % and 90 % quantiles; the value itself where there are no draws.
  double high = 0;
  double sample_count = 0;  // Observations, unweighted.
  std::string sample_unit = {};
  std::string unit = {};
  bool is_assumption = false;  // The history does not tell.
  std::string note = {};
};

// What estimates rest on, where the model does not say; all unweighted.
struct EstimateCounts {
  std::vector<double> cell_exits;      // [segment * stage_count + stage]: advanced or lost.
  std::vector<double> cell_regressed;  // The same: gone back.
  std::vector<double> rep_exits;       // By rep.
  std::vector<double> rep_created;
  std::vector<double> month_created;  // By month of the year, January first.
  std::vector<double> part_wins;      // By period part.
  std::vector<double> part_losses;
  std::vector<double> segment_won;    // Won deals with an amount.
  std::vector<double> revised_deals;  // By stage.
  std::vector<double> leavers;        // By attrition band.
  GridPosterior mix_variance;
  double mix_block_count = 0;  // Rep-quarters.
  double block_count = 0;      // Quarters with exits.
  double ramp_rep_count = 0;
};

// Of all parameters, by kind, reps last. `model` is one the fit made.
std::vector<ParameterEstimate> EstimatesOf(const PipelineModel& model,
                                           const std::vector<int>& team_of_rep,
                                           const EstimateCounts& counts);

// What a cell amounts to, walking 7-day steps from a mean entry day in the middle of a step.
struct CellOutlook {
  double advanced = 0;   // Share of all that enter that advances within three years ...
  double went_back = 0;  // ... and that goes back.
  double advance = 0;    // Share that advances, of those that leave within three years and do not
                         // go back.
  double regress = 0;    // Share that goes back, of those that leave.
  double median_weeks = 0;  // Until half have left; three years when they have not by then.
};
CellOutlook OutlookOf(const StageCell& cell, const std::vector<int>& age_bin_edges_days);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_ESTIMATES_H_
