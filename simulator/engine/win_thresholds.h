// Probit thresholds that keep the fitted win probabilities when a random shift is added.
#ifndef QUOTACAST_SIMULATOR_ENGINE_WIN_THRESHOLDS_H_
#define QUOTACAST_SIMULATOR_ENGINE_WIN_THRESHOLDS_H_

#include <vector>

#include "simulator/model/model.h"

namespace quotacast::simulator {

// Thresholds of one segment under one draw: a deal that leaves its stage advances with probability
// Phi(z + shift). Slot 0 is the step of entry, slot 1 + b age bin b.
struct WinThresholds {
  int slot_count = 0;
  std::vector<double> z;  // [stage * slot_count + slot]; +-1000 for certain outcomes.
  double At(int stage, int slot) const { return z[stage * slot_count + slot]; }
};

// Adding a shift X ~ N(0, sd^2) to Phi^-1(p) would pull every probability towards one half, so the
// threshold is widened by sqrt(1 + sd^2): E Phi(z sqrt(1 + sd^2) + X) = p. The stages share X,
// which would still favour long runs of luck; a constant c_s per stage, solved from the last but
// one backwards, restores P(win) from the entry of every stage (docs/model.md). `stages` points to
// the `stage_count` cells of the segment.
WinThresholds RescaleThresholds(const StageCell* stages, int stage_count,
                                const std::vector<int>& age_bin_edges_days, double population_sd,
                                int step_days);

// Where a deal that enters the stage leaves it, by slot: shares that sum to 1, or less when it may
// stay for ever. Steps of `step_days`, no initiative.
std::vector<double> ExitShares(const StageCell& cell, const std::vector<int>& age_bin_edges_days,
                               int step_days);

// Share that leaves in the step of entry when the step is `length_days` (1 to 7) long, and when
// rates are `factor` times as high: what acts on rates acts on the entry row as on a hazard,
// 1 - (1 - h)^factor.
double EntryExitShare(const StageCell& cell, int length_days);
double EntryExitShare(const StageCell& cell, int length_days, double factor);

// Phi^-1(probability), +-1000 for certain outcomes.
double CertainOrProbit(double probability);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_WIN_THRESHOLDS_H_
