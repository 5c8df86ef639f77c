#include "simulator/engine/levers.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

#include "base/random.h"
#include "simulator/engine/deterministic_math.h"
#include "simulator/engine/inversion.h"

namespace quotacast::simulator {
namespace {

constexpr double kDaysPerWeek = 7;
constexpr double kLeadTimeShape = 4;

// Which lever a draw decides: part of the counter, so frozen.
enum LeverIndex : uint32_t {
  kWinLever = 0,
  kCycleLever = 1,
  kCreationLever = 2,
  kSizeLever = 3,
  kRampLever = 4,
  kQualityLever = 5,
  kLeadTime = 6,
  kAttritionLever = 7,
  kLeadVolumeLever = 8,
  kLeadWorkLever = 9,
  kLeadResponseLever = 10,
  kChurnLever = 11,
  kSellingTimeLever = 12,
  kFirstStageLever = 16,  // One per stage.
};

double NormalDraw(uint64_t seed, uint64_t entity_id, int draw, uint32_t index) {
  const auto words = RandomBlock(seed, entity_id, static_cast<uint32_t>(draw),
                                 RandomPurpose::kParameterDraw, index);
  return NormalQuantile(UniformOpen(words[0], words[1]));
}

double EffectDraw(const std::optional<Effect>& effect, uint64_t seed, uint64_t entity_id, int draw,
                  uint32_t lever) {
  if (!effect.has_value()) return 0;
  if (effect->sd == 0) return effect->mean;
  return effect->mean + effect->sd * NormalDraw(seed, entity_id, draw, lever);
}

double LeadDaysDraw(const Hire& hire, uint64_t seed, int draw) {
  if (hire.lead_time_mean_weeks == 0) return 0;
  static const GammaMixing lead_time(kLeadTimeShape);
  const auto words = RandomBlock(seed, hire.id, static_cast<uint32_t>(draw),
                                 RandomPurpose::kParameterDraw, kLeadTime);
  return kDaysPerWeek * hire.lead_time_mean_weeks * lead_time.Quantile(UniformOpen(words[0]));
}

// What is left after `days` of something that falls by half every `half_life_weeks`.
double LeftAfter(double days, double half_life_weeks) {
  if (days <= 0) return 1;
  if (half_life_weeks == 0) return 0;
  return Exp(-Log(2) * days / (kDaysPerWeek * half_life_weeks));
}

bool ActsOn(const std::vector<int>& segments, int segment) {
  return segments.empty() || std::binary_search(segments.begin(), segments.end(), segment);
}

// The wave `in_wave` is true of that starts first; -1 when there is none.
template <typename InWave>
int FirstWave(const Initiative& initiative, const InWave& in_wave) {
  int first = -1;
  for (size_t w = 0; w < initiative.waves.size(); ++w) {
    if (!in_wave(initiative.waves[w])) continue;
    if (first == -1 || initiative.waves[w].start < initiative.waves[first].start) {
      first = static_cast<int>(w);
    }
  }
  return first;
}

}  // namespace

double AdoptionAt(const Adoption& adoption, double weeks) {
  if (weeks <= 0) return 0;
  if (adoption.t50_weeks == 0) return adoption.ceiling;
  const double y = adoption.width_weeks / (2 * adoption.t50_weeks);
  const double m = Log(9) / Log(y + std::sqrt(y * y + 1));  // asinh(y).
  return adoption.ceiling / (1 + Exp(m * (Log(adoption.t50_weeks) - Log(weeks))));
}

double AdoptedAt(const Initiative& initiative, absl::CivilDay origin, double start, double day) {
  const auto day_of = [&](const std::optional<absl::CivilDay>& date) {
    return date.has_value() ? static_cast<double>(*date - origin)
                            : std::numeric_limits<double>::infinity();
  };
  const double end = day_of(initiative.end);
  const double lapse = day_of(initiative.reviews_lapse);
  double adopted =
      AdoptionAt(initiative.adoption, (std::min({day, end, lapse}) - start) / kDaysPerWeek);
  if (day > lapse) adopted *= LeftAfter(day - lapse, initiative.lapse_half_life_weeks);
  if (day > end && initiative.fade_half_life_weeks.has_value()) {
    adopted *= LeftAfter(day - end, *initiative.fade_half_life_weeks);
  }
  return adopted;
}

double InterferenceFactor(double running_count, double kappa) {
  if (running_count <= 2 || kappa == 0) return 1;
  return Exp(kappa * Log(2 / running_count));
}

int DaysOutside(const std::vector<DayRange>& ranges, int begin, int end) {
  int days = 0;
  for (int day = begin; day < end; ++day) {
    const bool inside = std::any_of(ranges.begin(), ranges.end(), [day](const DayRange& range) {
      return day >= range.begin && day < range.end;
    });
    days += inside ? 0 : 1;
  }
  return days;
}

std::vector<PersonLevers> LeversOfPeople(const Scenario& scenario, int rep_count,
                                         absl::CivilDay as_of) {
  std::vector<PersonLevers> people(static_cast<size_t>(rep_count) + scenario.hires.size());
  for (size_t j = 0; j < scenario.initiatives.size(); ++j) {
    const Initiative& initiative = scenario.initiatives[j];
    for (const int rep : initiative.reps) {
      const int wave = FirstWave(initiative, [rep](const Wave& w) {
        return std::binary_search(w.reps.begin(), w.reps.end(), rep);
      });
      double headroom = 1;
      for (const RepHeadroom& of_rep : initiative.headrooms) {
        if (of_rep.rep == rep) headroom = of_rep.share;
      }
      people[rep].initiatives.push_back({static_cast<int>(j), wave, headroom});
    }
    if (!initiative.covers_hires) continue;
    const int wave = FirstWave(initiative, [](const Wave& w) { return w.covers_hires; });
    for (size_t i = 0; i < scenario.hires.size(); ++i) {
      people[rep_count + i].initiatives.push_back({static_cast<int>(j), wave, 1});
    }
  }
  const absl::CivilDay origin = as_of + 1;
  for (const Absence& absence : scenario.absences) {
    people[absence.rep].absences.push_back({std::max(0, static_cast<int>(absence.start - origin)),
                                            static_cast<int>(absence.end - origin)});
  }
  for (PersonLevers& person : people) std::sort(person.absences.begin(), person.absences.end());
  return people;
}

LeverDraw DrawLevers(const Scenario& scenario, uint64_t seed, int draw) {
  LeverDraw levers;
  for (const Initiative& initiative : scenario.initiatives) {
    const auto effect = [&](const std::optional<Effect>& of, uint32_t lever) {
      return EffectDraw(of, seed, initiative.id, draw, lever);
    };
    levers.win.push_back(effect(initiative.win, kWinLever));
    levers.cycle.push_back(effect(initiative.cycle, kCycleLever));
    levers.creation.push_back(effect(initiative.creation, kCreationLever));
    levers.size.push_back(effect(initiative.size, kSizeLever));
    levers.ramp.push_back(effect(initiative.ramp, kRampLever));
    levers.attrition.push_back(effect(initiative.attrition, kAttritionLever));
    levers.lead_volume.push_back(effect(initiative.lead_volume, kLeadVolumeLever));
    levers.lead_work.push_back(effect(initiative.lead_work, kLeadWorkLever));
    levers.lead_response.push_back(effect(initiative.lead_response, kLeadResponseLever));
    levers.churn.push_back(effect(initiative.churn, kChurnLever));
    levers.selling_time.push_back(effect(initiative.selling_time, kSellingTimeLever));
    std::vector<double>& stage_wins = levers.stage_wins.emplace_back();
    for (const StageEffect& at : initiative.stage_wins) {
      stage_wins.push_back(effect(at.win, kFirstStageLever + static_cast<uint32_t>(at.stage)));
    }
  }
  levers.kappa = scenario.interference_median;
  if (scenario.interference_log_sd > 0) {
    levers.kappa *= Exp(scenario.interference_log_sd *
                        NormalDraw(seed, StableId("law", "interference"), draw, 0));
  }
  for (const DemandShock& shock : scenario.demand_shocks) {
    levers.shock_creation.push_back(
        EffectDraw(shock.creation, seed, shock.id, draw, kCreationLever));
    levers.shock_win.push_back(EffectDraw(shock.win, seed, shock.id, draw, kWinLever));
  }
  for (const Departure& departure : scenario.departures) {
    levers.departure_win.push_back(
        EffectDraw(departure.inherited_win, seed, departure.id, draw, kWinLever));
  }
  for (const Reassignment& reassignment : scenario.reassignments) {
    levers.reassignment_win.push_back(
        EffectDraw(reassignment.inherited_win, seed, reassignment.id, draw, kWinLever));
  }
  if (scenario.attrition.has_value()) {
    levers.attrition_win = EffectDraw(scenario.attrition->inherited_win, seed,
                                      StableId("law", "attrition"), draw, kWinLever);
  }
  for (const Hire& hire : scenario.hires) {
    levers.hire_quality.push_back(EffectDraw(hire.quality, seed, hire.id, draw, kQualityLever));
    levers.hire_lead_days.push_back(LeadDaysDraw(hire, seed, draw));
  }
  return levers;
}

LeverCalendar::LeverCalendar(const Scenario& scenario, absl::CivilDay as_of, const StepGrid& grid)
    : step_count_(grid.step_count()) {
  const absl::CivilDay origin = as_of + 1;
  for (const Initiative& initiative : scenario.initiatives) {
    AddInitiative(initiative, origin, grid);
  }
  for (const DemandShock& shock : scenario.demand_shocks) {
    Shock placed;
    placed.segments = shock.segments;
    const int horizon = grid.steps.back().end_day;
    const int start = static_cast<int>(std::max<absl::civil_diff_t>(shock.start - origin, 0));
    const int end =
        shock.end.has_value()
            ? static_cast<int>(std::min<absl::civil_diff_t>(*shock.end - origin, horizon))
            : horizon;
    for (const Step& step : grid.steps) {
      const int days = std::min(step.end_day, end) - std::max(step.begin_day, start);
      placed.shares.push_back(static_cast<double>(std::max(0, days)) / step.length_days());
    }
    shocks_.push_back(std::move(placed));
  }
}

void LeverCalendar::AddInitiative(const Initiative& initiative, absl::CivilDay origin,
                                  const StepGrid& grid) {
  Drivers drivers;
  drivers.segments = initiative.segments;
  for (const StageEffect& at : initiative.stage_wins) drivers.stages.push_back(at.stage);
  drivers.has_size = initiative.size.has_value();
  drivers.has_ramp = initiative.ramp.has_value();
  drivers.has_lead_volume = initiative.lead_volume.has_value();
  drivers.has_lead_work = initiative.lead_work.has_value();
  drivers.has_churn = initiative.churn.has_value();
  drivers_.push_back(std::move(drivers));
  first_presence_.push_back(static_cast<int>(presence_.size()) / step_count_);

  const double end = initiative.end.has_value()
                         ? static_cast<double>(*initiative.end - origin)
                         : static_cast<double>(grid.steps.back().end_day) + 1;
  for (int wave = -1; wave < static_cast<int>(initiative.waves.size()); ++wave) {
    const double start = static_cast<double>(
        (wave == -1 ? initiative.start : initiative.waves[wave].start) - origin);
    const double adopted_before = AdoptedAt(initiative, origin, start, 0);
    for (const Step& step : grid.steps) {
      Presence presence;
      presence.adoption =
          AdoptedAt(initiative, origin, start, step.midpoint_day()) - adopted_before;
      const double from = std::max<double>(step.begin_day, start);
      const double running = std::max(0.0, std::min<double>(step.end_day, end) - from);
      presence.running_share = running / step.length_days();
      presence.reduced_share = running > 0 ? running / (step.end_day - from) : 0;
      // Hours of what runs already are in the history.
      if (start >= 0) {
        presence.overhead =
            presence.running_share * initiative.overhead_hours_per_week / kHoursPerWeek;
      }
      presence_.push_back(presence);
    }
  }
}

double LeverCalendar::RunningCount(const PersonLevers& person, int step) const {
  double count = 0;
  for (const Participation& part : person.initiatives) count += At(part, step).running_share;
  return count;
}

double LeverCalendar::Strength(const Participation& part, int step, double factor) const {
  const Presence& presence = At(part, step);
  return presence.adoption * (1 + presence.reduced_share * (factor - 1)) * part.headroom;
}

std::vector<double> LeverCalendar::AttritionFactors(const PersonLevers& person,
                                                    const LeverDraw& draw) const {
  std::vector<double> factors;
  for (int w = 0; w < step_count_; ++w) {
    const double factor = InterferenceFactor(RunningCount(person, w), draw.kappa);
    double attrition = 0;
    for (const Participation& part : person.initiatives) {
      attrition += Strength(part, w, factor) * draw.attrition[part.initiative];
    }
    factors.push_back(Exp(attrition));
  }
  return factors;
}

LeverPath LeverCalendar::PathFor(const PersonLevers& person, int segment,
                                 const LeverDraw& draw) const {
  LeverPath path;
  path.win_shift.assign(step_count_, 0);
  path.cycle_factor.assign(step_count_, 1);
  path.creation_factor.assign(step_count_, 1);
  path.lead_speed_factor.assign(step_count_, 1);
  for (const Participation& part : person.initiatives) {
    const Drivers& drivers = drivers_[part.initiative];
    if (drivers.has_size) path.size_factor.assign(step_count_, 1);
    if (drivers.has_ramp) path.ramp_factor.assign(step_count_, 1);
    if (drivers.has_lead_volume) path.lead_volume_factor.assign(step_count_, 1);
    if (drivers.has_lead_work) path.lead_work_shift.assign(step_count_, 0);
    if (drivers.has_churn) path.churn_log_factor.assign(step_count_, 0);
    if (!drivers.stages.empty()) {
      path.stage_win_shift.assign(static_cast<size_t>(kMaxStages) * step_count_, 0);
    }
  }
  for (int w = 0; w < step_count_ && !person.initiatives.empty(); ++w) {
    const double factor = InterferenceFactor(RunningCount(person, w), draw.kappa);
    double cycle = 0, creation = 0, size = 0, ramp = 0, overhead = 0;
    double selling_time = 0, lead_volume = 0, lead_work = 0, lead_response = 0, churn = 0;
    for (const Participation& part : person.initiatives) {
      const int j = part.initiative;
      overhead += At(part, w).overhead;
      if (!ActsOn(drivers_[j].segments, segment)) continue;
      const double strength = Strength(part, w, factor);
      path.win_shift[w] += strength * draw.win[j];
      cycle += strength * draw.cycle[j];
      creation += strength * draw.creation[j];
      size += strength * draw.size[j];
      ramp += strength * draw.ramp[j];
      selling_time += strength * draw.selling_time[j];
      lead_volume += strength * draw.lead_volume[j];
      lead_work += strength * draw.lead_work[j];
      lead_response += strength * draw.lead_response[j];
      churn += strength * draw.churn[j];
      for (size_t i = 0; i < drivers_[j].stages.size(); ++i) {
        path.stage_win_shift[static_cast<size_t>(drivers_[j].stages[i]) * step_count_ + w] +=
            strength * draw.stage_wins[j][i];
      }
    }
    const double left = std::max(0.0, 1 - overhead);
    path.cycle_factor[w] = Exp(cycle + selling_time) * left;
    path.creation_factor[w] = Exp(creation + selling_time) * left;
    path.lead_speed_factor[w] = Exp(lead_response + selling_time) * left;
    if (!path.size_factor.empty()) path.size_factor[w] = Exp(size);
    if (!path.ramp_factor.empty()) path.ramp_factor[w] = Exp(ramp);
    if (!path.lead_volume_factor.empty()) path.lead_volume_factor[w] = Exp(lead_volume);
    if (!path.lead_work_shift.empty()) path.lead_work_shift[w] = lead_work;
    if (!path.churn_log_factor.empty()) path.churn_log_factor[w] = churn;
  }
  for (size_t i = 0; i < shocks_.size(); ++i) {
    if (!ActsOn(shocks_[i].segments, segment)) continue;
    const double more = Exp(draw.shock_creation[i]) - 1;
    for (int w = 0; w < step_count_; ++w) {
      path.win_shift[w] += shocks_[i].shares[w] * draw.shock_win[i];
      path.creation_factor[w] *= 1 + shocks_[i].shares[w] * more;
    }
  }
  return path;
}

}  // namespace quotacast::simulator
