// What becomes of stated amounts: the final amount of a won deal over what was stated while it
// stood in a stage.
//
// Per won deal and stage the stated amount is that of the middle day of the stay. Stays of less
// than a day, and stays with no amount above 0 (many sources know it only at the close), say
// nothing. An amount that never changed counts as a revision by nothing. In a source where none
// ever changed, amounts were written once or afterwards, and nothing is known of revisions.
#ifndef QUOTACAST_SIMULATOR_FIT_REVISIONS_H_
#define QUOTACAST_SIMULATOR_FIT_REVISIONS_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Fewer won deals with a stated amount, and amounts are booked as stated.
inline constexpr int kMinRevisedDeals = 10;
// A stated amount that is off by more than this factor, either way, was a placeholder: it says
// nothing.
inline constexpr double kMaxRevisionFactor = 20;
// Priors, assumptions: the mean of all stages is N(0, .1^2), a stage's N(that, .05^2); variances
// start from none with the weight of this many deals, a stage's from that of all.
inline constexpr double kRevisionMeanSd = 0.1;
inline constexpr double kRevisionStageSd = 0.05;
inline constexpr double kRevisionPriorCount = 5;

struct RevisionFit {
  std::vector<AmountRevision> revisions;  // By stage; none when nothing is known.
  std::vector<double> deal_counts;        // By stage, unweighted: won deals it rests on.
};

// Deals won in the window; recent ones weigh more, as everywhere. log_mean is such that the mean of
// the lognormal is the mean of the ratios (after shrinkage), because bookings are sums.
RevisionFit FitRevisions(const History& history, absl::CivilDay window_start,
                         double recency_half_life_days);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_REVISIONS_H_
