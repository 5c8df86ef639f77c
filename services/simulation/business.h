// The fitted model and the pipeline's state, converted once from the messages of metrics: what
// every simulation of one as-of starts from.
#ifndef QUOTACAST_SERVICES_SIMULATION_BUSINESS_H_
#define QUOTACAST_SERVICES_SIMULATION_BUSINESS_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "quotacast/type/v1/as_of.pb.h"
#include "services/simulation/field_values.h"
#include "simulator/model/model.h"

namespace quotacast::simulation {

// A state as metrics streams it.
struct StateMessages {
  metrics::v1::PipelineStateHeader header;
  std::vector<metrics::v1::StateOpenDeal> deals;
  std::vector<metrics::v1::StateOpenLead> leads;
  std::vector<metrics::v1::StateCustomer> customers;

  // Takes the next message of the stream.
  void Add(metrics::v1::GetStateResponse&& message);
};

// Immutable after BusinessFrom, so it is shared between requests and threads.
struct Business {
  simulator::PipelineModel model;
  simulator::PipelineState state;

  type::v1::AsOf as_of;
  std::string model_hash;
  std::string state_hash;
  bool reconstructed = false;
  CurrencyUnit currency;

  // Names shown to people, in the order of state.teams and state.reps.
  std::vector<std::string> team_display_names;
  std::vector<std::string> rep_display_names;
  // Positions in state.teams and state.reps by id.
  std::unordered_map<std::string, int> team_positions;
  std::unordered_map<std::string, int> rep_positions;
  // Per team of the state: true when the model knows what a rep hired into it creates.
  std::vector<bool> team_can_hire;

  int64_t deals_without_amount_count = 0;
  // Share of the wins of new deals that come within kShortWonCycleDays.
  double short_cycle_share = 0;
  // Whose fate one trial decides: open deals and leads, what customers may lead to, and the
  // expected wins of new pipeline.
  double deals_per_trial = 0;
};

// Converts and validates. INTERNAL when the messages contradict themselves or each other: they come
// from a service of ours, so the caller cannot mend them.
absl::StatusOr<Business> BusinessFrom(const metrics::v1::PipelineModel& model,
                                      const StateMessages& state);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_BUSINESS_H_
