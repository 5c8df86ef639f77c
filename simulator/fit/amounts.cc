#include "simulator/fit/amounts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/random.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

constexpr double kMaxLogSd = 3;
constexpr double kMaxVarianceRatio = 1.5;
constexpr int64_t kMaxCapMinorUnits = 10'000'000'000'000;  // What ValidateModel admits.
constexpr double kCapMultiple = 4;
constexpr double kQuantile99 = 2.3263478740408408;  // Standard normal.
// Counts that stand behind the published default.
constexpr double kDefaultPriorCount = 2;
// How far draws may stray: a variance by this factor, a mean by e^{2 sd} or so.
constexpr double kMaxVarianceScale = 4;
constexpr double kMaxLogMeanVariance = 1;

// Weighted moments of amounts, zeros apart.
struct Moments {
  double weight = 0;
  double weight_squared = 0;
  double positive_weight = 0;
  double sum = 0;
  double sum_squares = 0;
  double log_sum = 0;
  double log_sum_squares = 0;

  void Add(double amount, double w) {
    weight += w;
    weight_squared += w * w;
    sum += w * amount;
    sum_squares += w * amount * amount;
    if (amount <= 0) return;
    positive_weight += w;
    log_sum += w * std::log(amount);
    log_sum_squares += w * std::log(amount) * std::log(amount);
  }
  double count() const { return weight_squared > 0 ? weight * weight / weight_squared : 0; }
  bool has_amount() const { return positive_weight > 0; }
  double mean() const { return sum / weight; }
};

// What a lognormal is described by here.
struct Shape {
  double log_mean = 0;           // ln of the mean.
  double log_variance = 0;       // Of the logarithm.
  double relative_variance = 0;  // Of the amounts, over their squared mean.
};

// What a shape rests on, for its draws.
struct Strength {
  double mean_count = 0;      // Deals that the mean rests on, the prior's included.
  double variance_count = 0;  // Likewise the variance.
  double prior_variance = 0;  // That of the logarithm of the mean that the prior brings along.
};

Shape DefaultShape() {
  const double variance = kDefaultAmountLogSd * kDefaultAmountLogSd;
  return {std::log(kDefaultAmountMedianMinorUnits) + variance / 2, variance, std::expm1(variance)};
}

// The shape that the amounts themselves show.
Shape OwnShape(const Moments& moments) {
  const double log_mean = moments.log_sum / moments.positive_weight;
  const double log_variance =
      std::max(0.0, moments.log_sum_squares / moments.positive_weight - log_mean * log_mean);
  const double mean = moments.mean();
  const double relative_variance =
      std::max(0.0, moments.sum_squares / moments.weight / (mean * mean) - 1);
  return {std::log(mean), std::min(log_variance, kMaxVarianceRatio * std::log1p(relative_variance)),
          relative_variance};
}

// How strongly a prior counts, in deals.
struct PriorStrength {
  double mean_count = 0;
  double variance_count = 0;
};

Shape Shrink(const Moments& moments, const PriorStrength& strength, const Shape& prior) {
  if (!moments.has_amount()) return prior;
  const double n = moments.count();
  const Shape own = OwnShape(moments);
  return {(n * own.log_mean + strength.mean_count * prior.log_mean) / (n + strength.mean_count),
          (n * own.log_variance + strength.variance_count * prior.log_variance) /
              (n + strength.variance_count),
          (n * own.relative_variance + strength.variance_count * prior.relative_variance) /
              (n + strength.variance_count)};
}

// Variance of the logarithm within segments, and what it says about the strength of the prior.
struct Between {
  double within_variance = 0;
  PriorStrength strength;
};

Between CompareSegments(const std::vector<Moments>& segments, const Shape& pooled) {
  double deals = 0;
  double within = 0;
  double between = 0;
  double segment_count = 0;
  for (const Moments& segment : segments) {
    if (!segment.has_amount()) continue;
    const Shape own = OwnShape(segment);
    deals += segment.count();
    within += segment.count() * own.log_variance;
    between += (own.log_mean - pooled.log_mean) * (own.log_mean - pooled.log_mean);
    ++segment_count;
  }
  Between result;
  result.strength = {kMaxAmountPriorCount, kMaxAmountPriorCount};
  result.within_variance = pooled.log_variance;
  if (segment_count < 2) return result;
  result.within_variance = within / deals;
  between /= segment_count - 1;
  // Nothing between segments: the full prior.
  if (between > 0) {
    result.strength.mean_count =
        std::clamp(result.within_variance / between, kMinAmountPriorCount, kMaxAmountPriorCount);
  }
  return result;
}

AmountDistribution ToDistribution(const Shape& shape, int64_t largest) {
  AmountDistribution amount;
  amount.log_sd = Quantise(std::min(kMaxLogSd, std::sqrt(shape.log_variance)));
  amount.log_median = Quantise(shape.log_mean - amount.log_sd * amount.log_sd / 2);
  const double cap = std::max(kCapMultiple * static_cast<double>(largest),
                              std::exp(amount.log_median + kQuantile99 * amount.log_sd));
  // Rounded like every fitted figure, so that the cap is the same on every machine too.
  amount.cap_minor_units = static_cast<int64_t>(
      std::ceil(std::clamp<double>(Quantise(cap), 1, static_cast<double>(kMaxCapMinorUnits))));
  return amount;
}

// One segment over the draws. The cap is that of the mean.
std::vector<AmountDistribution> DrawSegment(const Shape& shape, const Strength& strength,
                                            const AmountDistribution& mean,
                                            const std::string& segment,
                                            const AmountOptions& options) {
  const uint64_t entity = StableId("fit/amounts", segment);
  const std::vector<double> spreads =
      StratifiedUniforms(options.seed, entity, 0, options.draw_count);
  const std::vector<double> levels =
      StratifiedUniforms(options.seed, entity, 1, options.draw_count);
  const double freedom = std::max(1.0, strength.variance_count);
  std::vector<AmountDistribution> draws;
  for (size_t k = 0; k < spreads.size(); ++k) {
    // One over chi-squared divided by its degrees of freedom.
    const double scale =
        std::min(kMaxVarianceScale, 1 / GammaQuantile(freedom / 2, freedom / 2, spreads[k]));
    const double variance =
        std::min(kMaxLogMeanVariance,
                 scale * shape.relative_variance / strength.mean_count + strength.prior_variance);
    AmountDistribution& draw = draws.emplace_back();
    draw.log_sd = Quantise(std::min(kMaxLogSd, std::sqrt(scale * shape.log_variance)));
    // Means are lognormal: half the variance less keeps the mean of the draws where it is.
    const double log_mean =
        shape.log_mean - variance / 2 + std::sqrt(variance) * NormalQuantile(levels[k]);
    draw.log_median = Quantise(log_mean - draw.log_sd * draw.log_sd / 2);
    draw.cap_minor_units = mean.cap_minor_units;
  }
  return draws;
}

}  // namespace

AmountFit FitAmounts(const History& history, const AmountOptions& options) {
  // In order of id: sums of doubles must not depend on the order the deals arrive in.
  std::vector<const HistoryDeal*> won;
  for (const HistoryDeal& deal : history.deals) {
    if (deal.end != DealEnd::kWon || deal.end_day < options.window_start) continue;
    if (deal.won_amount_minor_units.has_value()) won.push_back(&deal);
  }
  std::sort(won.begin(), won.end(),
            [](const HistoryDeal* a, const HistoryDeal* b) { return a->id < b->id; });
  Moments all;
  std::vector<Moments> segments(history.segments.size());
  int64_t largest = 0;
  for (const HistoryDeal* deal : won) {
    const double weight =
        RecencyWeight(deal->end_day, history.as_of, options.recency_half_life_days);
    const double amount = static_cast<double>(*deal->won_amount_minor_units);
    all.Add(amount, weight);
    segments[deal->segment].Add(amount, weight);
    largest = std::max(largest, *deal->won_amount_minor_units);
  }
  const Shape pooled = Shrink(all, {kDefaultPriorCount, kDefaultPriorCount}, DefaultShape());
  const Between between = CompareSegments(segments, pooled);
  const Shape prior = {pooled.log_mean, between.within_variance,
                       std::expm1(between.within_variance)};
  // With several segments the prior of one is what all say, and how far one may be from it.
  size_t seen = 0;
  for (const Moments& segment : segments) seen += segment.has_amount() ? 1 : 0;
  const double pooled_variance = pooled.relative_variance / (all.count() + kDefaultPriorCount);
  AmountFit fit;
  fit.draws.assign(static_cast<size_t>(options.draw_count), {});
  for (size_t g = 0; g < segments.size(); ++g) {
    const double n = segments[g].count();
    Shape shape = pooled;
    Strength strength = {n + kDefaultPriorCount, n + kDefaultPriorCount, 0};
    if (segments[g].has_amount()) shape = Shrink(segments[g], between.strength, prior);
    if (seen > 1 || !segments[g].has_amount()) {
      strength.mean_count = n + between.strength.mean_count;
      strength.variance_count = n + between.strength.variance_count;
      const double part = between.strength.mean_count / strength.mean_count;
      strength.prior_variance = part * part * pooled_variance;
    }
    fit.means.push_back(ToDistribution(shape, largest));
    const std::vector<AmountDistribution> draws =
        DrawSegment(shape, strength, fit.means.back(), history.segments[g], options);
    for (size_t k = 0; k < draws.size(); ++k) fit.draws[k].push_back(draws[k]);
  }
  return fit;
}

}  // namespace quotacast::simulator
