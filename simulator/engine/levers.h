// What a scenario does to a person over time: adoption, interference, hours lost, demand.
#ifndef QUOTACAST_SIMULATOR_ENGINE_LEVERS_H_
#define QUOTACAST_SIMULATOR_ENGINE_LEVERS_H_

#include <compare>
#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "simulator/engine/step_grid.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Share of the full effect reached `weeks` after the start: 0 for weeks <= 0, then
// ceiling / (1 + (t50 / weeks)^m).
double AdoptionAt(const Adoption& adoption, double weeks);

// Share of the full effect that an initiative has for those who began on `start`, at `day`; both
// count from the first simulated day, as all days in this file. What was adopted by the end, or by
// the day reviews lapsed, stays or falls by half every half-life; the two multiply.
double AdoptedAt(const Initiative& initiative, absl::CivilDay origin, double start, double day);

// (2 / max(n, 2))^kappa: what each of n running initiatives keeps of its effect.
double InterferenceFactor(double running_count, double kappa);

// A person's part in an initiative.
struct Participation {
  int initiative = 0;
  int wave = -1;  // -1: from the initiative's start.
  double headroom = 1;
  auto operator<=>(const Participation&) const = default;
};

// Days [begin, end).
struct DayRange {
  int begin = 0;
  int end = 0;
  auto operator<=>(const DayRange&) const = default;
};

// Days of [begin, end) outside all of `ranges`, which may overlap each other.
int DaysOutside(const std::vector<DayRange>& ranges, int begin, int end);

// What of a scenario acts on one person, by initiative and by day.
struct PersonLevers {
  std::vector<Participation> initiatives;
  std::vector<DayRange> absences;
  auto operator<=>(const PersonLevers&) const = default;
};

// The people of a scenario: reps in state order, then hires in scenario order.
std::vector<PersonLevers> LeversOfPeople(const Scenario& scenario, int rep_count,
                                         absl::CivilDay as_of);

// Effects and kappa of one parameter draw, in scenario order; 0 where a lever is absent. Keyed by
// the ids of what they belong to, so another lever never changes them.
struct LeverDraw {
  std::vector<double> win;
  std::vector<double> cycle;
  std::vector<double> creation;
  std::vector<double> size;
  std::vector<double> ramp;
  std::vector<double> attrition;
  std::vector<double> lead_volume;
  std::vector<double> lead_work;
  std::vector<double> lead_response;
  std::vector<double> churn;
  std::vector<double> selling_time;
  std::vector<std::vector<double>> stage_wins;  // [initiative][entry of stage_wins].
  double kappa = 0;
  std::vector<double> shock_creation;
  std::vector<double> shock_win;
  std::vector<double> departure_win;     // Inherited, by departure.
  std::vector<double> reassignment_win;  // Inherited, by reassignment.
  double attrition_win = 0;              // Inherited from who leaves at random.
  std::vector<double> hire_quality;
  std::vector<double> hire_lead_days;
};
LeverDraw DrawLevers(const Scenario& scenario, uint64_t seed, int draw);

// What one person's deals of one segment feel, per step.
struct LeverPath {
  std::vector<double> win_shift;        // Probit, at every stage.
  std::vector<double> stage_win_shift;  // [stage * steps + step], on top. Empty: none.
  std::vector<double> cycle_factor;     // Multiplies exit rates; 0: deals stand still.
  std::vector<double> creation_factor;
  std::vector<double> size_factor;  // Of amounts won. Empty: as they are.
  std::vector<double> ramp_factor;  // Of the speed of ramping. Empty: as it is.

  // Before the first stage. Multiplies exit rates of leads; 0: they stand still.
  std::vector<double> lead_speed_factor;
  std::vector<double> lead_volume_factor;  // Of leads that come, on creation_factor. Empty: none.
  std::vector<double> lead_work_shift;     // Probit, of leads becoming opportunities. Empty: none.
  std::vector<double> churn_log_factor;    // ln of the factor on churn. Empty: none.

  double WinShift(int stage, int step) const {
    const size_t at = static_cast<size_t>(stage) * win_shift.size() + step;
    return stage_win_shift.empty() ? win_shift[step] : win_shift[step] + stage_win_shift[at];
  }
};

// The part of the levers that no draw changes. Immutable and thread-safe.
class LeverCalendar {
 public:
  LeverCalendar(const Scenario& scenario, absl::CivilDay as_of, const StepGrid& grid);

  // The path of a person's deals of `segment` under the effects of `draw`, as if the person was
  // never away.
  LeverPath PathFor(const PersonLevers& person, int segment, const LeverDraw& draw) const;

  // Factors on the rate at which the person leaves, per step.
  std::vector<double> AttritionFactors(const PersonLevers& person, const LeverDraw& draw) const;

  // Number of the person's initiatives that run in `step`; a part of a step counts as a fraction.
  double RunningCount(const PersonLevers& person, int step) const;

 private:
  // One initiative in one step, for those of one wave.
  struct Presence {
    // Adopted at the step's midpoint beyond what was adopted at the as-of date: that part is in
    // the history the model was fitted on, and counting it again would count it twice.
    double adoption = 0;
    double running_share = 0;  // Of the step, for the count.
    double reduced_share = 0;  // Of the step's part after the start, for the reduction.
    double overhead = 0;       // Share of the step's working time it takes.
  };
  struct Drivers {
    std::vector<int> segments;  // Empty: all.
    std::vector<int> stages;    // Per entry of stage_wins.
    bool has_size = false;
    bool has_ramp = false;
    bool has_lead_volume = false;
    bool has_lead_work = false;
    bool has_churn = false;
  };
  struct Shock {
    std::vector<int> segments;
    std::vector<double> shares;  // Of each step inside it.
  };
  // What is left of the effects of a part in `step`, where all that run are
  // slowed by `factor`.
  double Strength(const Participation& part, int step, double factor) const;
  void AddInitiative(const Initiative& initiative, absl::CivilDay origin, const StepGrid& grid);
  const Presence& At(const Participation& part, int step) const {
    return presence_[static_cast<size_t>(first_presence_[part.initiative] + part.wave + 1) *
                         step_count_ +
                     step];
  }

  int step_count_ = 0;
  std::vector<Drivers> drivers_;     // [initiative].
  std::vector<int> first_presence_;  // [initiative], in rows of presence_.
  std::vector<Presence> presence_;   // [initiative, wave + 1][step].
  std::vector<Shock> shocks_;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_LEVERS_H_
