// What one parameter draw says of the people whose deals are followed one by one. Internal to the
// engine.
#ifndef QUOTACAST_SIMULATOR_ENGINE_CAPACITY_TABLES_H_
#define QUOTACAST_SIMULATOR_ENGINE_CAPACITY_TABLES_H_

#include <vector>

#include "simulator/engine/blueprint.h"
#include "simulator/engine/deal_course.h"
#include "simulator/engine/draw_context.h"
#include "simulator/engine/levers.h"

namespace quotacast::simulator {

// Nobody who still ramps works on less than this share of what a ramped person works on, and
// initiatives leave at least this share.
inline constexpr double kLeastRampShare = 0.02;
inline constexpr double kLeastTaxedShare = 0.2;

// Open deals a person works on at full speed in each step, >= 0:
// C max(kLeastRampShare, ramp) max(kLeastTaxedShare, 1 - tax max(0, running - 2)). `ramp_shares` in
// [0, 1] and `running_counts` are per step.
std::vector<double> CapacityPerStep(const CapacityLimit& limit,
                                    const std::vector<double>& ramp_shares,
                                    const std::vector<double>& running_counts);

// What enters the first stage, [flow][class][step]; empty where not needed.
struct EntryTables {
  // Deals per unit of the rate of creation, or of leads, by fresh class.
  std::vector<std::vector<std::vector<double>>> created;
  // P(an open lead, or what a customer leads to, enters in the step), by open class; empty of deals
  // that are open.
  std::vector<std::vector<std::vector<double>>> entering;
};

// Immutable once built. All empty when the plan follows nobody's deals one by one.
struct CapacityTables {
  std::vector<DealCourse> courses;
  std::vector<int> course_of_flow;  // [flow], in `courses`; -1: none is needed.
  // Of sellers who stay, then, by departure step, of those who are missing from then on.
  std::vector<EntryTables> entries;
  std::vector<std::vector<double>> capacity;  // [seller][step]; empty without a limit.
  double attrition_win = 0;                   // Inherited from who leaves at random.
};

// Of the context's draw; its blueprint must outlive the tables.
CapacityTables BuildCapacityTables(DrawContext& context);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_CAPACITY_TABLES_H_
