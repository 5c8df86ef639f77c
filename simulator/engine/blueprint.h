// Everything about a plan that no parameter draw changes: the time grid, who sells what, which
// tables are needed, and the shape of the results. Internal to the engine.
#ifndef QUOTACAST_SIMULATOR_ENGINE_BLUEPRINT_H_
#define QUOTACAST_SIMULATOR_ENGINE_BLUEPRINT_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "simulator/engine/chebyshev.h"
#include "simulator/engine/deal_path.h"
#include "simulator/engine/departure_law.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/entry_flow.h"
#include "simulator/engine/inversion.h"
#include "simulator/engine/levers.h"
#include "simulator/engine/partial.h"
#include "simulator/engine/step_calendar.h"
#include "simulator/engine/step_grid.h"
#include "simulator/engine/tenure.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// One table of cumulative wins: polynomials [step][coefficient] from `offset` in DrawTables.
struct TableSlot {
  int64_t offset = 0;
  int size = 0;  // Coefficients per polynomial.
};

// Items with the same future: equal segment, entry (ages that no bin tells apart are one), lever
// path and range of shifts.
struct OpenClass {
  Entry entry;
  TableSlot table;
};

// New pipeline with the same shape over time, per unit of creation rate, or of the rate of leads.
struct FreshClass {
  Tenure tenure;
  bool from_leads = false;
  TableSlot table;
};

// The tables built from one SegmentFlow.
struct FlowPlan {
  int segment = 0;
  int levers = 0;  // Position in Blueprint::deal_levers.
  int basis = 0;   // Position in Blueprint::bases.
  std::vector<OpenClass> open;
  std::vector<FreshClass> fresh;
};

// Whatever may be won once: an open deal, an open lead, a customer's renewal or expansion.
struct DealPlan {
  uint64_t id = 0;
  int segment = 0;                            // In which it may be won.
  std::optional<int64_t> amount_minor_units;  // When it is certain.
  int revised =
      -1;  // Position in Blueprint::revised_amounts; -1: the amount is certain or unknown.
  int flow = 0;
  int open_class = 0;
  TableSlot table;
  int driver = -1;  // Position in PlanShape::driver_deals; -1 when it is not counted.
};

// A person's new pipeline in one segment: of opportunities, or of leads still to come.
struct CreationPlan {
  uint64_t id = 0;  // Keys the counts, times and amounts.
  int segment = 0;
  bool from_leads = false;
  int rate_index = 0;  // In creation_rate_per_day (reps) or team_creation_rate_per_day (hires), or
                       // in lead_rate_per_day or team_lead_rate_per_day.
  int flow = 0;
  int fresh_class = 0;
  TableSlot table;
};

// Opportunities, or leads, per day under one draw; 0 where it does not tell leads apart.
// `of_team`: of hires and of backfill.
double CreationRate(const CreationPlan& creation, bool of_team, const ParameterDraw& draw);

// Whose line a seller's wins go to from a step on.
struct WinsHandover {
  int first_step = 0;
  int receiver = 0;  // Position in Blueprint::sellers.
};

// A seller's tables in trials in which the seller is missing from a step on.
struct LeftPlan {
  int first_step = 0;
  std::vector<TableSlot> deals;     // As Seller::deals.
  std::vector<TableSlot> creation;  // As Seller::creation.
  std::vector<TableSlot> backfill;  // As Seller::backfill.
};

// A rep or a hire.
struct Seller {
  static constexpr int64_t kNoQuota = std::numeric_limits<int64_t>::max();

  uint64_t id = 0;
  bool is_hire = false;
  int entity = 0;
  int team_factor = 0;             // Position in Blueprint::factor_team_ids.
  std::vector<int> team_entities;  // The team and all above it.
  int levers = 0;                  // Of own deals; position in Blueprint::deal_levers.
  double effect_mean = 0;
  double effect_variance = 0;  // Hires: the draw's rep_sd squared instead.
  int basis = 0;
  std::vector<DealPlan> deals;  // By id, whatever their origin.
  std::vector<CreationPlan> creation;
  std::vector<WinsHandover> handovers;  // By step; the seller books what comes before the first.
  int inherits = -1;                    // Among those who take deals over; -1: does not.

  // By step; empty when the seller does not leave at random. From its first
  // step on what the deals bring is the team's and nobody's, and the backfill
  // may create.
  std::vector<LeftPlan> left;
  Tenure tenure;                       // Of reps and hires as they are known.
  std::vector<CreationPlan> backfill;  // Without tables, which are those of `left`.
  uint64_t backfill_id = 0;
  int backfill_basis = 0;

  // Whether the seller's deals are followed one by one (capacity_plan.h), and the scenario's limit
  // that holds for the seller; -1: none.
  bool works_deal_by_deal = false;
  int capacity_limit = -1;
  int capacity_from_day = 0;  // First day of the limit, >= 0.

  // Who books a win of `step`: a position in Blueprint::sellers, or -1 for the seller.
  int BookedBy(int step) const {
    int booked_by = -1;
    for (const WinsHandover& handover : handovers) {
      if (step >= handover.first_step) booked_by = handover.receiver;
    }
    return booked_by;
  }
};

// Of departures at random. Each is a set of tables, so long horizons have no
// more, and neither have pipelines with more than kMaxLeftTables deals times
// steps.
inline constexpr int kMaxDepartureSteps = 26;
inline constexpr int64_t kMaxLeftTables = 10'000'000;

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
  std::vector<PersonLevers> person_levers = {};  // Each once.
  std::vector<DealLevers> deal_levers = {};      // Each once; people are positions in the above.
  GammaMixing mixing;
  std::vector<ChebyshevBasis> bases = {};
  std::vector<uint64_t> factor_team_ids = {};
  std::vector<Seller> sellers = {};     // Reps in state order, then hires in scenario order.
  DepartureSteps departure_steps = {};  // Of those who leave at random.
  // Who is simulated when: whoever hands deals over comes before those who take them.
  std::vector<int> order = {};
  int inheriting_seller_count = 0;
  std::vector<FlowPlan> flows = {};
  // What stated amounts may become, with no cap but that of all amounts.
  std::vector<AmountDistribution> revised_amounts = {};
  std::vector<StepShares> step_shares = {};
  int64_t table_size = 0;  // Doubles per draw.
  // What must be won on top of the bookings to reach the quota, [entity * periods + period].
  std::vector<int64_t> wanted_minor_units = {};
  PlanShape shape = {};
  // Shares of the days of each step on which deals of who left at random are worked on,
  // [departure step][step]. Empty unless somebody's deals are followed one by one.
  std::vector<std::vector<double>> left_working_shares = {};
  // Which of the scenario's compensation plans pays a person, [person * periods + period]; -1:
  // none. Empty without compensation plans.
  std::vector<int> comp_plans = {};

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
