// Who wins more than the deals they hold would explain: the rep's shift on the probit scale.
//
// Every exit of a stage is a trial: it advanced or was lost, against the probability p of its
// segment, stage and age. With prior N(team mean, within-team variance) the posterior of a rep's
// shift is close to normal around its mode, found by Newton's method; with information
// I = sum phi^2 / (Phi (1 - Phi)) its variance is 1 / (1 / prior variance + I). Team means are
// drawn the same way towards the organisation's zero.
#ifndef QUOTACAST_SIMULATOR_FIT_REP_EFFECTS_H_
#define QUOTACAST_SIMULATOR_FIT_REP_EFFECTS_H_

#include <vector>

#include "absl/types/span.h"
#include "simulator/fit/advance_chances.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/grid_posterior.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// An assumption: of the variance of ability among reps, the part that lies between teams. A rep
// in a team without data then has exactly N(0, E rep_sd^2).
inline constexpr double kTeamShareOfRepVariance = 0.25;

// One effect per rep of `reps`, averaged over what is known of the spread of ability. Exits count
// with their recency weight. Spread 0 gives zeros.
std::vector<RepEffect> FitRepEffects(absl::Span<const StageExit> exits,
                                     const AdvanceChances& chances,
                                     absl::Span<const HistoryRep> reps, int team_count,
                                     const GridPosterior& rep_sd);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_REP_EFFECTS_H_
