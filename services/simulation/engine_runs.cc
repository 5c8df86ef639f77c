#include "services/simulation/engine_runs.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "services/simulation/sentences.h"

namespace quotacast::simulation {

simulator::TrialLayout StableLayout(int64_t requested_trials, int draw_count) {
  simulator::TrialLayout layout = simulator::TrialsFor(requested_trials, draw_count);
  while (true) {
    const simulator::TrialLayout again = simulator::TrialsFor(layout.trials, draw_count);
    if (again.trials == layout.trials && again.batch_size == layout.batch_size) return layout;
    layout = again;  // Batches only grow, so this ends.
  }
}

bool AllowsForecast(type::v1::DataTier tier) {
  return tier == type::v1::DATA_TIER_THIN || tier == type::v1::DATA_TIER_FULL;
}

type::v1::Refusal RefusalFrom(const metrics::v1::PipelineModel& model) {
  type::v1::Refusal refusal;
  refusal.set_reason("DATA_TIER_TOO_LOW");
  refusal.set_message(RefusalMessage(model.evidence()));
  return refusal;
}

absl::Status FromEngine(const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return status;
  return absl::InternalError(absl::StrCat("the engine refused its input: ", status.message()));
}

}  // namespace quotacast::simulation
