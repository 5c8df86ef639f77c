// How the win side has moved for everybody at once: an initiative that works, a rival, another kind
// of lead. Advance probabilities are means over years; what the next quarter starts from is where
// all deals are now. The counterpart of creation_level.h.
//
// What exits say of a common probit shift, by 91-day block, follows a local level (A. Harvey,
// "Forecasting, structural time series models and the Kalman filter", 1989) that walks with sd w
// per block, beside shocks of a block's own, which are the market and team factors. w has a
// posterior of its own from the marginal likelihood. The answer is how far the level one block
// ahead lies from the mean that the probabilities were fitted to: with w = 0 nothing, so that what
// is unknown of the probabilities themselves is counted once.
#ifndef QUOTACAST_SIMULATOR_FIT_WIN_LEVEL_H_
#define QUOTACAST_SIMULATOR_FIT_WIN_LEVEL_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "simulator/fit/block_evidence.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// A shift is at most this, either way.
inline constexpr double kMaxWinLevel = 0.5;
// With fewer blocks of exits nothing is known of moves: the next quarter strays by the prior alone.
inline constexpr int kMinWinLevelBlocks = 3;

// What one block says of the common shift: an estimate and the variance around the level, chance
// and the block's own shocks together. `weight` is its part in the fitted means; blocks without
// exits have none, and an infinite variance.
struct WinBlock {
  double estimate = 0;
  double precision = 0;  // 1 / variance; 0 without exits.
  double weight = 0;
};

// Where the level one block after the last lies from the weighted mean of all, given the walk:
// normal.
struct WalkedLevel {
  double mean = 0;
  double variance = 0;
  double log_likelihood = 0;  // Of the walk, without its constant.
};
// `blocks` in order of time, weights summing to 1; `walk_sd` > 0.
WalkedLevel WalkThrough(absl::Span<const WinBlock> blocks, double walk_sd);

// Shifts of the level one block after the last against the weighted mean of all, one per draw.
// `blocks` in order of time. `walk_sd_mean` is the mean of w's half-normal prior; 0: none moves.
std::vector<double> FitWinLevel(absl::Span<const WinBlock> blocks, double walk_sd_mean,
                                int draw_count, uint64_t seed);

struct WinLevelOptions {
  double recency_half_life_days = 364;
  double market_sd = 0;  // Of a block's own shock.
  double team_sd = 0;
};

// The blocks of exits, the oldest first.
std::vector<WinBlock> WinBlocksOf(const BlockEvidence& evidence, const WinLevelOptions& options);

// Moves all advance probabilities by `shift` on the probit scale; 0 and 1 stay.
void ShiftAdvances(double shift, std::vector<StageCell>& cells);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_WIN_LEVEL_H_
