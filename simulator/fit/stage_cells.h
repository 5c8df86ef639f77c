// From counts to the behaviour of every (segment, stage): posterior draws and posterior means.
//
// Exit rates: gamma posteriors along segment x bin -> stage x bin -> level of the stage x shape of
// the default pipeline -> default pipeline. Shares (advance, entry row): beta posteriors along
// segment x bin -> stage x bin -> all ages of the stage -> default pipeline. Each child is worth
// its own counts plus kappa observations of its parent; kappa is chosen by marginal likelihood
// (posterior.h). Draws go from the top down - a child is drawn around its parent's draw, not around
// the parent's mean - so that uncertainty about the parent reaches the child.
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

// Segments and stages key the random numbers, so that renaming neither's neighbours changes them.
// With a single segment the segment's cells are the stage's.
StageCellFit FitStageCells(const Exposure& exposure, const std::vector<std::string>& segments,
                           const std::vector<std::string>& stages,
                           const StageCellOptions& options);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_STAGE_CELLS_H_
