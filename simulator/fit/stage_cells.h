// From counts to the behaviour of every (segment, stage): posterior draws and posterior means.
//
// The chain, from the top: the default pipeline -> the stage's level (all ages, all segments) ->
// the stage in one age bin -> the segment's level in the stage -> the segment in one bin. Rates
// have gamma posteriors around "level x parent's rate", shares beta posteriors around the parent's
// share moved by the level on the logit scale. The entry row is one more bin for the advance
// share; its two timing shares go default -> stage -> segment. Children are tied to their parents
// by kappa (prior_count.h), and only the part kappa / (kappa + n) of a child's observations is
// passed up, so that nothing is counted twice.
//
// Bins share the days near their edges (exposure.h): the rate of a bin is as sharp as what it
// counts, and neighbours are drawn together.
//
// Draws go from the top down: a child is drawn around its parent's draw, not around the parent's
// mean, so that uncertainty about the parent reaches the child.
#ifndef QUOTACAST_SIMULATOR_FIT_STAGE_CELLS_H_
#define QUOTACAST_SIMULATOR_FIT_STAGE_CELLS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "simulator/fit/exposure.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

struct StageCellOptions {
  int draw_count = 64;
  uint64_t seed = 0;
};

struct StageCellFit {
  std::vector<std::vector<StageCell>> draws;  // [draw][segment * stage_count + stage].
  std::vector<StageCell> means;               // Posterior means, same order as one draw.
};

// Nobody goes back: that is regressions.h. Segments and stages key the random numbers by name. With
// a single segment the segment's cells are the stage's.
StageCellFit FitStageCells(const Exposure& exposure, const std::vector<std::string>& segments,
                           const std::vector<std::string>& stages, const StageCellOptions& options);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_STAGE_CELLS_H_
