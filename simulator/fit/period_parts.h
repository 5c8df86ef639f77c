// What the parts of a fiscal period do to wins and losses: log factors of their rates.
//
// Within a stratum (part_counts.h) the exits fall on the parts in proportion to days at risk times
// the part's factor, whatever the stratum's own rate: a conditional likelihood in which base rates
// do not appear, like Cox's. The four factors of wins are N(0, s^2) a priori, those of losses alike
// with an s of their own; s has a half-normal prior of mean kPartSdMean and is integrated over by
// marginal likelihood, so that a company without a rhythm gets factors near 1. Exits bunch more
// than independent ones (clean-ups, a customer's own year-end): the likelihood is tempered by their
// dispersion over (period, part), never below 1.
//
// Factors are centred: the mean over exits of history is 1, so base rates keep their meaning.
#ifndef QUOTACAST_SIMULATOR_FIT_PERIOD_PARTS_H_
#define QUOTACAST_SIMULATOR_FIT_PERIOD_PARTS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "simulator/fit/part_counts.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Prior mean of s. Published: closes about three times as often in a month's last days (ln 3 =
// 1.1), nothing in many companies. .3 puts 1.1 at three prior standard deviations of a factor,
// where forty exits are enough to believe it.
inline constexpr double kPartSdMean = 0.3;
// The dispersion starts from 1 with the weight of this many degrees of freedom.
inline constexpr double kPartDispersionPriorCount = 10;

struct PeriodPartOptions {
  std::vector<double> period_weights;  // By PartStratum::period: recency.
  int draw_count = 64;
  uint64_t seed = 0;
};

struct PeriodPartFit {
  // [draw][part]; none without a single win, or loss, or when fewer than two parts were seen.
  std::vector<std::vector<PeriodPartEffect>> draws;
  PartSums wins{};  // Unweighted, of the last stage.
  PartSums losses{};
  double win_dispersion = 1;
  double loss_dispersion = 1;
};

PeriodPartFit FitPeriodParts(absl::Span<const PartStratum> strata,
                             const PeriodPartOptions& options);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_PERIOD_PARTS_H_
