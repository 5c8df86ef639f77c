#include "simulator/fit/leads.h"

#include <cstddef>
#include <utility>

#include "base/random.h"
#include "simulator/fit/creation.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/origins.h"
#include "simulator/fit/stage_cells.h"

namespace quotacast::simulator {

LeadFit FitLeads(const History& history, const std::vector<int>& age_bin_edges_days,
                 const PaceOptions& options) {
  const History pipeline = LeadPipeline(history);
  // With the seed of deals, a draw in which a rep creates much would be one in which leads come.
  PaceOptions lead_options = options;
  lead_options.seed ^= StableId("fit", "leads");
  const Exposure exposure =
      CountExposure(pipeline, {.window_start = options.window_start,
                               .age_bin_edges_days = age_bin_edges_days,
                               .recency_half_life_days = options.recency_half_life_days,
                               .may_add_edges = false});
  LeadFit fit;
  fit.cells = FitStageCells(exposure, pipeline.segments, pipeline.stages,
                            {options.draw_count, lead_options.seed})
                  .draws;
  CreationPace pace = FitCreationPace(pipeline, lead_options);
  fit.rep_rates = std::move(pace.rep_rates);
  fit.team_rates = std::move(pace.team_rates);
  fit.segment_ended.assign(history.segments.size(), 0.0);
  fit.rep_leads.assign(history.reps.size(), 0.0);
  for (const StageExit& exit : exposure.exits) ++fit.segment_ended[exit.segment];
  for (const HistoryLead& lead : history.leads) {
    if (lead.created < options.window_start) continue;
    if (IsInJob(history.reps[lead.rep], lead.created)) ++fit.rep_leads[lead.rep];
  }
  return fit;
}

}  // namespace quotacast::simulator
