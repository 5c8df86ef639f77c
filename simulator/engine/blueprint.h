// Everything about a plan that no parameter draw changes: the time grid, who sells what, which
// tables are needed, and the shape of the results. Internal to the engine.
#ifndef QUOTACAST_SIMULATOR_ENGINE_BLUEPRINT_H_
#define QUOTACAST_SIMULATOR_ENGINE_BLUEPRINT_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "simulator/engine/chebyshev.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/inversion.h"
#include "simulator/engine/levers.h"
#include "simulator/engine/partial.h"
#include "simulator/engine/step_calendar.h"
#include "simulator/engine/step_grid.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// One table of cumulative wins: polynomials [step][coefficient] from `offset` in DrawTables.
struct TableSlot {
  int64_t offset = 0;
  int size = 0;  // Coefficients per polynomial.
};

// Deals with the same future: equal segment, stage, age (beyond the last age edge all ages are
// one), lever path and range of shifts.
struct OpenClass {
  int stage = 0;
  int age_days = 0;
  TableSlot table;
};

// When a person is in the job.
struct Tenure {
  std::optional<absl::CivilDay> start_date;  // Absent: fully ramped.
  std::optional<absl::CivilDay> end_date;    // Exclusive.
  double ramp_weeks = 0;                     // 0: the parameter draw's.
};

// New pipeline with the same shape over time, per unit of creation rate.
struct FreshClass {
  std::vector<double> productive_days;  // Per step, before the creation lever and the season.
  // True when the draws differ from the ramp of `productive_days`: it is to be found per draw.
  bool ramp_by_draw = false;
  Tenure tenure;  // When `ramp_by_draw`.
  TableSlot table;
};

// The ramp of people who have none of their own.
double RampWeeksOf(const ParameterDraw& draw);

// The tables built from one SegmentFlow.
struct FlowPlan {
  int segment = 0;
  InitiativeSet initiatives = 0;
  int basis = 0;  // Position in Blueprint::bases.
  std::vector<OpenClass> open;
  std::vector<FreshClass> fresh;
};

struct DealPlan {
  uint64_t id = 0;
  int segment = 0;
  std::optional<int64_t> amount_minor_units;  // When it is certain.
  int revised =
      -1;  // Position in Blueprint::revised_amounts; -1: the amount is certain or unknown.
  int flow = 0;
  int open_class = 0;
  TableSlot table;
  int driver = -1;  // Position in PlanShape::driver_deals; -1 when it is not counted.
};

// A person's new pipeline in one segment.
struct CreationPlan {
  uint64_t id = 0;  // Keys the counts, times and amounts.
  int segment = 0;
  int rate_index = 0;  // In creation_rate_per_day (reps) or team_creation_rate_per_day (hires).
  int flow = 0;
  int fresh_class = 0;
  TableSlot table;
};

// A rep or a hire.
struct Seller {
  static constexpr int64_t kNoQuota = std::numeric_limits<int64_t>::max();

  uint64_t id = 0;
  bool is_hire = false;
  int entity = 0;
  int team_factor = 0;             // Position in Blueprint::factor_team_ids.
  std::vector<int> team_entities;  // The team and all above it.
  InitiativeSet initiatives = 0;
  double effect_mean = 0;
  double effect_variance = 0;  // Hires: the draw's rep_sd squared instead.
  int basis = 0;
  std::vector<DealPlan> deals;  // By id.
  std::vector<CreationPlan> creation;
};

// The tables of all draws are kept when they are no larger than this in all; otherwise each draw's
// are rebuilt where they are used. Building is cheap beside the trials, memory is not.
inline constexpr int64_t kMaxKeptTableBytes = 128 << 20;

struct Blueprint {
  PipelineModel model;
  Scenario scenario;
  EngineOptions options;
  TrialLayout layout;
  StepGrid grid;
  LeverCalendar levers;
  GammaMixing mixing;
  std::vector<ChebyshevBasis> bases;
  std::vector<uint64_t> factor_team_ids;
  std::vector<Seller> sellers;  // Reps in state order, then hires in scenario order.
  std::vector<FlowPlan> flows;
  // What stated amounts may become, with no cap but that of all amounts.
  std::vector<AmountDistribution> revised_amounts;
  absl::CivilDay as_of;
  std::vector<StepShares> step_shares;
  int64_t table_size = 0;  // Doubles per draw.
  // What must be won on top of the bookings to reach the quota, [entity * periods + period].
  std::vector<int64_t> wanted_minor_units;
  PlanShape shape;

  bool KeepsTables() const {
    return table_size * shape.draw_count * static_cast<int64_t>(sizeof(double)) <=
           kMaxKeptTableBytes;
  }
};

// Validates all inputs and lays the plan out. Errors as Compile.
absl::StatusOr<Blueprint> DrawBlueprint(const PipelineModel& model, const PipelineState& state,
                                        const Scenario& scenario, const EngineOptions& options);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_BLUEPRINT_H_
