// A sales history with known truth, for the tests of the fit: reps create deals, deals walk
// through stages day by day. Randomness is a function of (seed, deal) only.
#ifndef QUOTACAST_SIMULATOR_FIT_PLANTED_HISTORY_H_
#define QUOTACAST_SIMULATOR_FIT_PLANTED_HISTORY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Truth of one (segment, stage).
struct PlantedCell {
  double entry_day_exit_share = 0.05;
  double exit_rate_per_day = 0.04;       // From the day after entry on, at any age ...
  double late_rate_factor = 1;           // ... times this from `late_age_days` on.
  double advance_probability = 0.6;      // Of an average rep before `late_age_days` ...
  double late_advance_probability = -1;  // ... and from then on; negative: the same.
  int late_age_days = 60;
  // Share of exits that go back: to the stage before, from the first stage to its start.
  double regress_share = 0;
};

// Something done by some reps from a day on.
struct PlantedInitiative {
  double win_effect = 0;       // Probit, at full adoption, in `stages`.
  double creation_effect = 0;  // Logarithm, at most kMaxPlantedCreationEffect.
  std::vector<int> stages;     // None: all.
  std::vector<std::optional<absl::CivilDay>> starts;  // Per rep.
  Adoption adoption;
};
inline constexpr double kMaxPlantedCreationEffect = 0.7;

// What customers lead to: a win leads to one with probability `share`, created on a day drawn
// evenly from the range of ages, in the segment of the win and worth the win times a lognormal
// factor.
struct PlantedFollowUp {
  double share = 0;
  int from_days = 300;  // Since the win, inclusive.
  int to_days = 340;    // Inclusive.
  double amount_log_mean = 0;
  double amount_log_sd = 0.1;
};

struct PlantedPipeline {
  int segment_count = 1;
  int stage_count = 3;
  std::vector<PlantedCell> cells;  // [segment * stage_count + stage].
  int team_count = 2;
  int rep_count = 10;
  double creation_rate_per_day = 0.1;      // Per ramped rep, and segment.
  std::vector<double> creation_factors;    // Per rep; empty: 1.
  std::vector<double> rep_shifts;          // Probit, per rep; empty: 0.
  std::vector<absl::CivilDay> rep_starts;  // Empty: long before.
  // First day without the rep, per rep; empty: all stay. What they leave goes on under their name.
  std::vector<std::optional<absl::CivilDay>> rep_ends;
  std::vector<PlantedInitiative> initiatives;
  // Probit, of everybody, by 91-day block back from the as-of day; empty: all are alike.
  std::vector<double> market_shifts;
  absl::CivilDay first_day = absl::CivilDay(2020, 1, 1);
  int day_count = 730;
  // Deals closed before this day are missing, as in an export that began with what was open.
  int recorded_from_day = 0;
  double amount_log_median = 14;
  double amount_log_sd = 0.7;
  double ramp_weeks = kDefaultRampWeeks;   // Of reps with a start.
  std::vector<double> season_log_factors;  // On creation, by month; empty: none.
  // By part of the calendar quarter; empty: all days are alike.
  std::vector<PeriodPartEffect> period_parts;
  // Leads per ramped rep, day and segment; 0: none. Their one stage: who advances is converted.
  double lead_rate_per_day = 0;
  PlantedCell lead;
  PlantedFollowUp renewal;
  PlantedFollowUp expansion;
};

// As of the last of `day_count` days, with the calendar's quarters as periods. Created deals come
// first, then those of leads, then what follows wins.
History PlantHistory(const PlantedPipeline& pipeline, uint64_t seed);

// Chance that a deal entering the stage advances in the end, under the truth, if it does not go
// back.
double PlantedAdvanceProbability(const PlantedCell& cell);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_PLANTED_HISTORY_H_
