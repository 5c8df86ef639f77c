#include "simulator/engine/levers.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/random.h"
#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

constexpr double kDaysPerWeek = 7;

// Which lever a draw decides: part of the counter, so frozen.
enum LeverIndex : uint32_t { kWinLever = 0, kCycleLever = 1, kCreationLever = 2 };

double NormalDraw(uint64_t seed, uint64_t entity_id, int draw, uint32_t index) {
  const auto words = RandomBlock(seed, entity_id, static_cast<uint32_t>(draw),
                                 RandomPurpose::kParameterDraw, index);
  return NormalQuantile(UniformOpen(words[0], words[1]));
}

double EffectDraw(const std::optional<Effect>& effect, uint64_t seed, uint64_t entity_id, int draw,
                  LeverIndex lever) {
  if (!effect.has_value()) return 0;
  if (effect->sd == 0) return effect->mean;
  return effect->mean + effect->sd * NormalDraw(seed, entity_id, draw, lever);
}

}  // namespace

double AdoptionAt(const Adoption& adoption, double weeks) {
  if (weeks <= 0) return 0;
  if (adoption.t50_weeks == 0) return adoption.ceiling;
  const double y = adoption.width_weeks / (2 * adoption.t50_weeks);
  const double m = Log(9) / Log(y + std::sqrt(y * y + 1));  // asinh(y).
  return adoption.ceiling / (1 + Exp(m * (Log(adoption.t50_weeks) - Log(weeks))));
}

double InterferenceFactor(double running_count, double kappa) {
  if (running_count <= 2 || kappa == 0) return 1;
  return Exp(kappa * Log(2 / running_count));
}

LeverDraw DrawLevers(const Scenario& scenario, uint64_t seed, int draw) {
  LeverDraw levers;
  for (const Initiative& initiative : scenario.initiatives) {
    levers.win.push_back(EffectDraw(initiative.win, seed, initiative.id, draw, kWinLever));
    levers.cycle.push_back(EffectDraw(initiative.cycle, seed, initiative.id, draw, kCycleLever));
    levers.creation.push_back(
        EffectDraw(initiative.creation, seed, initiative.id, draw, kCreationLever));
  }
  levers.kappa = scenario.interference_median;
  if (scenario.interference_log_sd > 0) {
    levers.kappa *= Exp(scenario.interference_log_sd *
                        NormalDraw(seed, StableId("law", "interference"), draw, 0));
  }
  return levers;
}

LeverCalendar::LeverCalendar(const Scenario& scenario, absl::CivilDay as_of, const StepGrid& grid)
    : step_count_(grid.step_count()) {
  const absl::CivilDay origin = as_of + 1;
  presence_.reserve(scenario.initiatives.size() * grid.steps.size());
  for (const Initiative& initiative : scenario.initiatives) {
    const double start = static_cast<double>(initiative.start - origin);
    const double end = initiative.end.has_value()
                           ? static_cast<double>(*initiative.end - origin)
                           : static_cast<double>(grid.steps.back().end_day) + 1;
    const double adopted_before =
        AdoptionAt(initiative.adoption, (std::min(0.0, end) - start) / kDaysPerWeek);
    for (const Step& step : grid.steps) {
      Presence presence;
      const double weeks = (std::min(step.midpoint_day(), end) - start) / kDaysPerWeek;
      presence.adoption = AdoptionAt(initiative.adoption, weeks) - adopted_before;
      const double from = std::max<double>(step.begin_day, start);
      const double running = std::max(0.0, std::min<double>(step.end_day, end) - from);
      presence.running_share = running / step.length_days();
      presence.reduced_share = running > 0 ? running / (step.end_day - from) : 0;
      presence_.push_back(presence);
    }
  }
}

double LeverCalendar::RunningCount(InitiativeSet initiatives, int step) const {
  double count = 0;
  for (size_t j = 0; j * step_count_ < presence_.size(); ++j) {
    if ((initiatives >> j & 1) != 0) count += presence_[j * step_count_ + step].running_share;
  }
  return count;
}

LeverPath LeverCalendar::PathFor(InitiativeSet initiatives, const LeverDraw& draw) const {
  LeverPath path;
  path.win_shift.assign(step_count_, 0);
  path.cycle_factor.assign(step_count_, 1);
  path.creation_factor.assign(step_count_, 1);
  if (initiatives == 0) return path;
  for (int w = 0; w < step_count_; ++w) {
    const double factor = InterferenceFactor(RunningCount(initiatives, w), draw.kappa);
    double cycle = 0;
    double creation = 0;
    for (size_t j = 0; j < draw.win.size(); ++j) {
      if ((initiatives >> j & 1) == 0) continue;
      const Presence& presence = presence_[j * step_count_ + w];
      const double strength = presence.adoption * (1 + presence.reduced_share * (factor - 1));
      path.win_shift[w] += strength * draw.win[j];
      cycle += strength * draw.cycle[j];
      creation += strength * draw.creation[j];
    }
    path.cycle_factor[w] = Exp(cycle);
    path.creation_factor[w] = Exp(creation);
  }
  return path;
}

std::vector<double> ProductiveDays(std::optional<absl::CivilDay> start_date,
                                   std::optional<absl::CivilDay> end_date, double ramp_weeks,
                                   absl::CivilDay as_of, const StepGrid& grid) {
  const absl::CivilDay origin = as_of + 1;
  std::vector<double> days;
  days.reserve(grid.steps.size());
  for (const Step& step : grid.steps) {
    double productive = step.length_days();
    if (end_date.has_value()) {
      const double end = static_cast<double>(*end_date - origin);
      productive = std::clamp(end - step.begin_day, 0.0, productive);
    }
    if (start_date.has_value()) {
      const double tenure_days = step.midpoint_day() - static_cast<double>(*start_date - origin);
      productive *= std::clamp(tenure_days / (kDaysPerWeek * ramp_weeks), 0.0, 1.0);
    }
    days.push_back(productive);
  }
  return days;
}

}  // namespace quotacast::simulator
