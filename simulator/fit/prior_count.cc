#include "simulator/fit/prior_count.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "base/random.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

// Weak prior of a family's level around its parent's, on the logit or log scale: keeps a family
// in which nothing ever happened from running away.
constexpr double kLevelVariance = 1.5 * 1.5;
constexpr int kMaxNewtonSteps = 25;
constexpr double kMaxLevelStep = 1;

struct LevelEvidence {
  double score = 0;
  double information = 0;
};

// The family's level at its mode: Newton's method on a concave function, steps bounded.
template <typename Evidence>
std::pair<double, double> LevelMode(const Evidence& evidence_at) {
  double level = 0;
  for (int step = 0; step < kMaxNewtonSteps; ++step) {
    const LevelEvidence evidence = evidence_at(level);
    const double information = evidence.information + 1 / kLevelVariance;
    const double move = (evidence.score - level / kLevelVariance) / information;
    level += std::clamp(move, -kMaxLevelStep, kMaxLevelStep);
    if (std::abs(move) < 1e-9) break;
  }
  return {level, evidence_at(level).information + 1 / kLevelVariance};
}

double LogBeta(double a, double b) { return LnGamma(a) + LnGamma(b) - LnGamma(a + b); }

double ShiftedShare(double share, double level) {
  const double q = ClampShare(share);
  const double odds = q / (1 - q) * std::exp(level);
  return ClampShare(odds / (1 + odds));
}

double LogLikelihood(const ShareFamily& family, double kappa) {
  const auto [level, information] = LevelMode([&](double at) {
    LevelEvidence evidence;
    for (const ShareChild& child : family) {
      const double p = ShiftedShare(child.parent_share, at);
      const double weight = ParentShareOf(child.total, kappa);
      evidence.score += weight * (child.count - child.total * p);
      evidence.information += weight * child.total * p * (1 - p);
    }
    return evidence;
  });
  double sum = -0.5 * level * level / kLevelVariance - 0.5 * std::log(information);
  for (const ShareChild& child : family) {
    if (child.total <= 0) continue;
    const double q = ShiftedShare(child.parent_share, level);
    // Effective counts are not whole, and rounding may push one a hair past the total.
    const double rest = std::max(0.0, child.total - child.count);
    sum += LogBeta(kappa * q + child.count, kappa * (1 - q) + rest) -
           LogBeta(kappa * q, kappa * (1 - q));
  }
  return sum;
}

std::pair<double, double> RateLevelMode(const RateFamily& family, double kappa) {
  return LevelMode([&](double at) {
    LevelEvidence evidence;
    for (const RateChild& child : family) {
      const double mean = child.expected * std::exp(at);
      const double weight = ParentShareOf(mean, kappa);
      evidence.score += weight * (child.events - mean);
      evidence.information += weight * mean;
    }
    return evidence;
  });
}

double LogLikelihood(const RateFamily& family, double kappa) {
  const auto [level, information] = RateLevelMode(family, kappa);
  double sum = -0.5 * level * level / kLevelVariance - 0.5 * std::log(information);
  for (const RateChild& child : family) {
    if (child.expected <= 0) continue;
    const double mean = child.expected * std::exp(level);
    sum += LnGamma(kappa + child.events) - LnGamma(kappa) + kappa * std::log(kappa) -
           (kappa + child.events) * std::log(kappa + mean) + child.events * std::log(mean);
  }
  return sum;
}

template <typename Family>
PriorCount Fit(absl::Span<const Family> families, uint64_t seed, std::string_view name,
               int draw_count) {
  std::vector<double> grid;
  std::vector<double> weights;
  for (double kappa = kMinPriorCount; kappa <= kMaxPriorCount; kappa *= 2) {
    double log_likelihood = 0;
    for (const Family& family : families) log_likelihood += LogLikelihood(family, kappa);
    grid.push_back(kappa);
    weights.push_back(log_likelihood);
  }
  const double best = *std::max_element(weights.begin(), weights.end());
  double total = 0;
  for (double& weight : weights) total += weight = std::exp(weight - best);
  double log_typical = 0;
  for (size_t i = 0; i < grid.size(); ++i) {
    // Coarsely rounded: where a draw falls between two grid points must not hang on a last bit.
    weights[i] = std::round(weights[i] / total * 0x1p20) * 0x1p-20;
    log_typical += weights[i] * std::log(grid[i]);
  }
  PriorCount result;
  result.typical = Quantise(std::exp(log_typical));
  for (const double u :
       StratifiedUniforms(seed, StableId("fit/prior_count", name), 0, draw_count)) {
    double cumulative = 0;
    size_t i = 0;
    while (i + 1 < grid.size() && u >= (cumulative += weights[i])) ++i;
    result.draws.push_back(grid[i]);
  }
  return result;
}

}  // namespace

PriorCount FitSharePriorCount(absl::Span<const ShareFamily> families, uint64_t seed,
                              std::string_view name, int draw_count) {
  return Fit(families, seed, name, draw_count);
}

PriorCount FitRatePriorCount(absl::Span<const RateFamily> families, uint64_t seed,
                             std::string_view name, int draw_count) {
  return Fit(families, seed, name, draw_count);
}

double LogMarginalLikelihood(const RateFamily& family, double kappa) {
  return LogLikelihood(family, kappa);
}

double ParentShareOf(double observations, double kappa) { return kappa / (kappa + observations); }

std::vector<double> ParentSharesOf(const RateFamily& family, double kappa) {
  const double level = RateLevelMode(family, kappa).first;
  std::vector<double> shares;
  for (const RateChild& child : family) {
    shares.push_back(ParentShareOf(child.expected * std::exp(level), kappa));
  }
  return shares;
}

}  // namespace quotacast::simulator
