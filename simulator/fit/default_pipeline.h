// The default pipeline: what is assumed of a stage nobody has data on. The mid-market row of
// docs/model.md (five stages, Weibull dwell times of shape 1.3, product of the advance
// probabilities 19 %, won cycle 14.1 weeks), stretched over however many stages there are. It is
// the last parent of every estimate, worth two observations.
#ifndef QUOTACAST_SIMULATOR_FIT_DEFAULT_PIPELINE_H_
#define QUOTACAST_SIMULATOR_FIT_DEFAULT_PIPELINE_H_

#include <optional>
#include <vector>

namespace quotacast::simulator {

inline constexpr double kDefaultWeibullShape = 1.3;

struct DefaultStage {
  double scale_days = 0;           // Weibull scale of the dwell time, > 0.
  double advance_probability = 0;  // In (0, 1).
};

// Stages that share the default five: stage i of n takes the i-th n-th of their total time, and
// the advance probabilities multiply to the same product. Needs n >= 1.
std::vector<DefaultStage> DefaultStages(int stage_count);

// Exits per day at risk of a Weibull dwell time within ages [from_days, to_days): expected exits
// over expected days at risk of deals that reach `from_days`. An absent `to_days` is infinity.
double WeibullExitRatePerDay(double scale_days, double from_days, std::optional<double> to_days);

// Share that leaves before the first boundary of 7-day steps, entries spread evenly over a step.
double WeibullFirstStepExitShare(double scale_days);

// Share that leaves on the day of entry, entries spread evenly over the day.
double WeibullEntryDayExitShare(double scale_days);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_DEFAULT_PIPELINE_H_
