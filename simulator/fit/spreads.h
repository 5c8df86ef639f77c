// How far reps differ, and how far quarters differ for everybody and for a team: the spreads of the
// rep, market and team factors on the probit scale of one stage, with their posteriors.
//
// An exit of chance p that advanced or not has score u and information i about a shift of its
// probit; over a group of exits, b = sum u / sum i is close to N(shift, 1 / sum i).
//
// * Reps: b_r ~ N(m, tau^2 + 1/I_r), m unknown: the restricted likelihood of tau (REML).
// * Market and team: exits are grouped by team and by 91-day block back from the as-of day,
//   b_tq ~ N(a_t + M_q, beta_T^2 + 1/I_tq), M_q ~ N(0, beta_M^2), a_t all but free, so that lasting
//   differences between teams are neither. With one team the two are told apart by the prior only.
//
// Blocks count as independent: how shocks persist is not to be had from a few quarters. Priors are
// lognormal around the stated typical values. A prior that peaks at 0 would make the next quarter
// of a company with the typical spread come out too narrow, the more so the noisier its estimates.
#ifndef QUOTACAST_SIMULATOR_FIT_SPREADS_H_
#define QUOTACAST_SIMULATOR_FIT_SPREADS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "simulator/fit/advance_chances.h"
#include "simulator/fit/block_evidence.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/grid_posterior.h"

namespace quotacast::simulator {

// Sd of the prior's logarithm: a spread lies within a factor of 2.5 of the typical one in 4
// companies of 5. Published win rates by quarter or vendor survey differ by about that.
inline constexpr double kSpreadPriorLogSd = 0.7;

// Posterior of tau; exits count alike, however old. `typical` 0 fixes it at 0.
GridPosterior FitRepSpread(absl::Span<const StageExit> exits, const AdvanceChances& chances,
                           size_t rep_count, double typical);

struct SharedSpreadOptions {
  double typical_market_sd = 0;  // 0 fixes the spread at 0, as for teams.
  double typical_team_sd = 0;
  int draw_count = 64;
  uint64_t seed = 0;
};

struct SharedSpreads {
  std::vector<double> market_sd;  // One per draw; the two are drawn jointly.
  std::vector<double> team_sd;
  int block_count = 0;  // 91-day blocks with exits.
};

SharedSpreads FitSharedSpreads(const BlockEvidence& blocks, const SharedSpreadOptions& options);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_SPREADS_H_
