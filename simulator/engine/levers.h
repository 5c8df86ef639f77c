// What a scenario does to a person over time: adoption, interference, ramp.
#ifndef QUOTACAST_SIMULATOR_ENGINE_LEVERS_H_
#define QUOTACAST_SIMULATOR_ENGINE_LEVERS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "simulator/engine/step_grid.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// The initiatives that cover a person: bit j for scenario.initiatives[j].
using InitiativeSet = uint64_t;
static_assert(kMaxInitiatives <= 64);

// Share of the full effect reached `weeks` after the start: 0 for weeks <= 0, then
// ceiling / (1 + (t50 / weeks)^m).
double AdoptionAt(const Adoption& adoption, double weeks);

// (2 / max(n, 2))^kappa: what each of n running initiatives keeps of its effect.
double InterferenceFactor(double running_count, double kappa);

// Effects and kappa of one parameter draw, in scenario order; 0 where a lever is absent. Keyed by
// the initiatives' ids, so another initiative never changes them.
struct LeverDraw {
  std::vector<double> win;
  std::vector<double> cycle;
  std::vector<double> creation;
  double kappa = 0;
};
LeverDraw DrawLevers(const Scenario& scenario, uint64_t seed, int draw);

// What one person feels, per step.
struct LeverPath {
  std::vector<double> win_shift;     // Probit.
  std::vector<double> cycle_factor;  // Multiplies exit rates.
  std::vector<double> creation_factor;
};

// The part of the levers that no draw changes. Immutable and thread-safe.
class LeverCalendar {
 public:
  LeverCalendar(const Scenario& scenario, absl::CivilDay as_of, const StepGrid& grid);

  // The path of a person covered by `initiatives` under the effects of `draw`.
  LeverPath PathFor(InitiativeSet initiatives, const LeverDraw& draw) const;

  // Number of initiatives of the set that run in `step`; a part of a step counts as a fraction.
  double RunningCount(InitiativeSet initiatives, int step) const;

 private:
  // One initiative in one step.
  struct Presence {
    // Adopted at the step's midpoint beyond what was adopted at the as-of date: that part is in
    // the history the model was fitted on, and counting it again would count it twice.
    double adoption = 0;
    double running_share = 0;  // Of the step, for the count.
    double reduced_share = 0;  // Of the step's part after the start, for the reduction.
  };
  int step_count_ = 0;
  std::vector<Presence> presence_;  // [initiative * step_count + step].
};

// Days of full productivity per step: the step's length times the ramp at its midpoint, without
// the part of the step at or after `end_date`. A person without `start_date` is fully ramped.
std::vector<double> ProductiveDays(std::optional<absl::CivilDay> start_date,
                                   std::optional<absl::CivilDay> end_date, double ramp_weeks,
                                   absl::CivilDay as_of, const StepGrid& grid);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_LEVERS_H_
