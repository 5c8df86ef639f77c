#include "simulator/fit/creation_pace.h"

#include <algorithm>
#include <cstddef>

#include "simulator/fit/creation.h"
#include "simulator/fit/creation_level.h"
#include "simulator/fit/creation_mix.h"
#include "simulator/fit/posterior.h"
#include "simulator/fit/prior_count.h"

namespace quotacast::simulator {
namespace {

// Rates [entity * segment_count + segment] times the segment's factor.
std::vector<double> AtLevel(const std::vector<double>& rates, const std::vector<double>& factors) {
  std::vector<double> levelled(rates.size());
  for (size_t i = 0; i < rates.size(); ++i) {
    levelled[i] =
        Quantise(std::min(kMaxCreationRatePerDay, rates[i] * factors[i % factors.size()]));
  }
  return levelled;
}

}  // namespace

CreationPace FitCreationPace(const History& history, const PaceOptions& options) {
  const CreationFit creation =
      FitCreation(history, {options.window_start, options.recency_half_life_days,
                            options.draw_count, options.seed, options.ramp_weeks});
  const std::vector<RateFamily> blocks =
      CreationBlocks(history, options.window_start, options.ramp_weeks, options.season_factors);
  CreationPace pace;
  pace.mix_variance = FitMixVariance(blocks);
  for (const RateFamily& rep : blocks) {
    for (const RateChild& quarter : rep) pace.rep_quarter_count += quarter.expected > 0 ? 1 : 0;
  }
  const std::vector<std::vector<double>> levels =
      FitCreationLevels(history, creation,
                        {options.window_start, options.ramp_weeks, options.season_factors,
                         pace.mix_variance.mean(), options.draw_count, options.seed});
  for (size_t k = 0; k < levels.size(); ++k) {
    pace.rep_rates.push_back(AtLevel(creation.rep_rates[k], levels[k]));
    pace.team_rates.push_back(AtLevel(creation.team_rates[k], levels[k]));
  }
  return pace;
}

}  // namespace quotacast::simulator
