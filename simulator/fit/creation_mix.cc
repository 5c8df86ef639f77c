#include "simulator/fit/creation_mix.h"

#include <cmath>
#include <cstddef>
#include <utility>

#include "simulator/fit/creation.h"

namespace quotacast::simulator {
namespace {

// Scales what is expected of everybody in a block by what all of them created in it.
void TakeOutCommonMoves(std::vector<RateFamily>& families) {
  std::vector<RateChild> all(families.front().size());
  for (const RateFamily& family : families) {
    double events = 0;
    double expected = 0;
    for (const RateChild& child : family) {
      events += child.events;
      expected += child.expected;
    }
    for (size_t b = 0; b < family.size(); ++b) {
      all[b].events += family[b].events;
      // At the rep's own rate.
      all[b].expected += family[b].expected * events / expected;
    }
  }
  for (RateFamily& family : families) {
    for (size_t b = 0; b < family.size(); ++b) {
      if (all[b].expected > 0) family[b].expected *= all[b].events / all[b].expected;
    }
  }
}

}  // namespace

std::vector<RateFamily> CreationBlocks(const History& history, absl::CivilDay window_start,
                                       double ramp_weeks,
                                       const std::vector<double>& season_factors) {
  auto block_of = [&](absl::CivilDay day) {
    return static_cast<size_t>((history.as_of - day) / kMixBlockDays);
  };
  const size_t blocks = block_of(window_start) + 1;
  std::vector<RateFamily> families(history.reps.size(), RateFamily(blocks));
  for (const HistoryDeal& deal : history.deals) {
    if (deal.created < window_start || !IsInJob(history.reps[deal.rep], deal.created)) continue;
    ++families[deal.rep][block_of(deal.created)].events;
  }
  std::vector<RateFamily> used;
  for (size_t r = 0; r < families.size(); ++r) {
    double events = 0;
    for (const RateChild& child : families[r]) events += child.events;
    if (events == 0) continue;
    ForEachRampedDay(
        history.reps[r], window_start, history.as_of, ramp_weeks,
        [&](absl::CivilDay day, double ramp) {
          const double factor =
              season_factors.empty() ? 1 : season_factors[static_cast<size_t>(day.month()) - 1];
          families[r][block_of(day)].expected += ramp * factor * kDefaultCreationRatePerDay;
        });
    used.push_back(std::move(families[r]));
  }
  if (used.size() >= kMinRepsForCommonMoves) TakeOutCommonMoves(used);
  return used;
}

GridPosterior FitMixVariance(const std::vector<RateFamily>& families) {
  // The mean of a lognormal is its median times e^{s^2 / 2}.
  const double median = kMixVarianceMean * std::exp(-kMixVarianceLogSd * kMixVarianceLogSd / 2);
  std::vector<double> variances;
  std::vector<double> log_density;
  for (double variance = 0.004; variance < 1.2; variance *= 1.2) {
    double sum = LogLogNormal(variance, median, kMixVarianceLogSd);
    for (const RateFamily& family : families) sum += LogMarginalLikelihood(family, 1 / variance);
    variances.push_back(variance);
    log_density.push_back(sum);
  }
  return Normalised(variances, log_density);
}

}  // namespace quotacast::simulator
