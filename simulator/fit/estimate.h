// One fitted figure for people, and what such figures rest on.
#ifndef QUOTACAST_SIMULATOR_FIT_ESTIMATE_H_
#define QUOTACAST_SIMULATOR_FIT_ESTIMATE_H_

#include <string>
#include <vector>

#include "simulator/fit/grid_posterior.h"

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
  std::string creation_note = {};  // Of creation, when leads could not be told apart.
  std::vector<double> lead_ends;   // By segment: leads converted or dropped. None: not told apart.
  std::vector<double> rep_leads;   // By rep: leads that came.
  std::vector<double> renewals;    // By segment of the win: created. None: not told apart.
  std::vector<double> expansions;  // Likewise.
  double renewal_pair_count = 0;   // Won renewals with their amount and that of the win.
  double expansion_pair_count = 0;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_ESTIMATE_H_
