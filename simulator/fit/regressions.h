// Deals that go back: the share of a stage's exits, and where they go.
//
// Shares go all stages -> stage -> (segment, stage) in the step of entry and later, beta posteriors
// tied to their parents as in stage_cells.h; destinations are a Dirichlet per stage, all segments
// together. In a history in which no deal ever went back, none ever will.
#ifndef QUOTACAST_SIMULATOR_FIT_REGRESSIONS_H_
#define QUOTACAST_SIMULATOR_FIT_REGRESSIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "simulator/fit/exposure.h"

namespace quotacast::simulator {

// The share over all stages starts from this, with the weight of kMinPriorCount exits.
inline constexpr double kDefaultRegressShare = 0.02;
// Destinations start from all stages up to this one alike, with the weight of this many deals.
inline constexpr double kDestinationPriorCount = 1;

struct RegressionDraw {
  std::vector<double> entry_shares;  // [segment * stage_count + stage], of exits in that step.
  std::vector<double> later_shares;
  std::vector<std::vector<double>> destinations;  // [stage][stage up to it], of sum 1.
};

// One per draw; none when no deal went back.
std::vector<RegressionDraw> FitRegressions(const Exposure& exposure,
                                           const std::vector<std::string>& segments,
                                           const std::vector<std::string>& stages, int draw_count,
                                           uint64_t seed);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_REGRESSIONS_H_
