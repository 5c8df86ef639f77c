// What one parameter draw makes of a blueprint, before any table: thresholds, calendar, levers and
// the paths that deals feel. Tables of all at once and of deals one by one are built from the same.
#ifndef QUOTACAST_SIMULATOR_ENGINE_DRAW_CONTEXT_H_
#define QUOTACAST_SIMULATOR_ENGINE_DRAW_CONTEXT_H_

#include <map>
#include <vector>

#include "simulator/engine/blueprint.h"
#include "simulator/engine/levers.h"
#include "simulator/engine/step_calendar.h"
#include "simulator/engine/tenure.h"
#include "simulator/engine/win_thresholds.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Pure; depends on the blueprint, which must outlive it, and the draw alone. Not thread-safe.
class DrawContext {
 public:
  DrawContext(const Blueprint& plan, int draw);

  const Blueprint& plan() const { return plan_; }
  const ParameterDraw& parameters() const { return parameters_; }
  const CalendarFactors& calendar() const { return calendar_; }
  const LeverDraw& levers() const { return levers_; }

  int stage_count() const { return static_cast<int>(plan_.model.stages.size()); }
  // The segment's `stage_count()` cells.
  const StageCell* StagesOf(int segment) const {
    return &parameters_.cells[static_cast<size_t>(segment) * stage_count()];
  }
  // Worked out once per segment.
  const WinThresholds& ThresholdsOf(int segment);

  // What the flow's deals feel; had they been of `segment`.
  LeverPath PathOf(const FlowPlan& flow, int segment) const;

  // Opportunities, or leads, that come per step and unit of rate, the seasons included.
  std::vector<double> CreatedOf(const Tenure& tenure, const LeverPath& path) const;

 private:
  const Blueprint& plan_;
  const ParameterDraw& parameters_;
  const CalendarFactors calendar_;
  const LeverDraw levers_;
  std::map<int, WinThresholds> thresholds_;  // By segment.
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_DRAW_CONTEXT_H_
