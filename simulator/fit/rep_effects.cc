#include "simulator/fit/rep_effects.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <tuple>

#include "boost/math/special_functions/erf.hpp"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

constexpr int kMaxNewtonSteps = 30;
constexpr double kNewtonTolerance = 1e-12;
// Probabilities nearer to 0 or 1 say nothing about ability, but their z would be infinite.
constexpr double kMinProbability = 1e-4;
// Ability is sought inside this many prior standard deviations.
constexpr double kMaxShiftSds = 10;

double NormalCdf(double x) { return 0.5 * std::erfc(-x * M_SQRT1_2); }

double NormalDensity(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2 * M_PI); }

double NormalQuantile(double p) { return -M_SQRT2 * boost::math::erfc_inv(2 * p); }

// Exits that share a probability.
struct Trials {
  double z = 0;  // Probit of the probability to advance, for a rep of average ability.
  double advanced = 0;
  double lost = 0;
};

struct Evidence {
  double score = 0;
  double information = 0;
};

// Score and expected information of a shift at `shift`.
Evidence At(const std::vector<Trials>& trials, double shift) {
  Evidence evidence;
  for (const Trials& group : trials) {
    const double x = group.z + shift;
    const double p = std::clamp(NormalCdf(x), kMinProbability, 1 - kMinProbability);
    const double density = NormalDensity(x);
    const double spread = p * (1 - p);
    const double total = group.advanced + group.lost;
    evidence.score += density * (group.advanced - total * p) / spread;
    evidence.information += total * density * density / spread;
  }
  return evidence;
}

// Posterior mode of the shift and the information there, under N(prior_mean, prior_variance).
std::pair<double, double> Mode(const std::vector<Trials>& trials, double prior_mean,
                               double prior_variance) {
  const double reach = kMaxShiftSds * std::sqrt(prior_variance);
  double shift = prior_mean;
  Evidence evidence = At(trials, shift);
  for (int step = 0; step < kMaxNewtonSteps; ++step) {
    const double gradient = evidence.score - (shift - prior_mean) / prior_variance;
    const double move = gradient / (evidence.information + 1 / prior_variance);
    shift = std::clamp(shift + move, prior_mean - reach, prior_mean + reach);
    evidence = At(trials, shift);
    if (std::abs(move) < kNewtonTolerance) break;
  }
  return {shift, evidence.information};
}

// Groups each rep's exits by cell and age, and works out their common probability.
std::vector<std::vector<Trials>> TrialsByRep(absl::Span<const StageExit> exits,
                                             absl::Span<const StageCell> means,
                                             const std::vector<int>& edges, int stage_count,
                                             size_t rep_count, double rep_sd) {
  using Key = std::tuple<int, int, int>;                              // Segment, stage, age.
  const int oldest = (edges.empty() ? 0 : edges.back()) + kStepDays;  // All alike from here on.
  std::vector<std::map<Key, Trials>> grouped(rep_count);
  for (const StageExit& exit : exits) {
    Trials& trials =
        grouped[exit.rep][Key(exit.segment, exit.stage, std::min(exit.age_days, oldest))];
    (exit.advanced ? trials.advanced : trials.lost) += exit.weight;
  }
  // E Phi(z + b X) = Phi(z / sqrt(1 + b^2)): the average rep's z is wider than the population's.
  const double widening = std::sqrt(1 + rep_sd * rep_sd);
  std::map<Key, double> z_of;
  std::vector<std::vector<Trials>> result(rep_count);
  for (size_t r = 0; r < rep_count; ++r) {
    for (auto& [key, trials] : grouped[r]) {
      auto [entry, inserted] = z_of.try_emplace(key, 0.0);
      if (inserted) {
        const auto& [segment, stage, age] = key;
        const StageCell& cell = means[static_cast<size_t>(segment) * stage_count + stage];
        const PhaseShares shares = SharesOfDay(age, edges);
        double p = shares.entry * cell.entry_advance_probability;
        for (size_t b = 0; b < shares.ages.size(); ++b) {
          p += shares.ages[b] * cell.ages[b].advance_probability;
        }
        entry->second =
            widening * NormalQuantile(std::clamp(p, kMinProbability, 1 - kMinProbability));
      }
      trials.z = entry->second;
      result[r].push_back(trials);
    }
  }
  return result;
}

}  // namespace

std::vector<RepEffect> FitRepEffects(absl::Span<const StageExit> exits,
                                     absl::Span<const StageCell> means,
                                     const std::vector<int>& age_bin_edges_days, int stage_count,
                                     absl::Span<const HistoryRep> reps, int team_count,
                                     double rep_sd) {
  std::vector<RepEffect> effects(reps.size());
  if (rep_sd <= 0) return effects;
  const double team_variance = kTeamShareOfRepVariance * rep_sd * rep_sd;
  const double within_variance = (1 - kTeamShareOfRepVariance) * rep_sd * rep_sd;
  const std::vector<std::vector<Trials>> trials =
      TrialsByRep(exits, means, age_bin_edges_days, stage_count, reps.size(), rep_sd);

  // A team's mean: its reps' estimates, each with variance 1 / I + within. The estimate is the one
  // whose product with the prior has the rep's posterior mode, so that a spotless record, whose
  // likelihood rises for ever, gives a finite one.
  std::vector<double> precision(team_count, 1 / team_variance);
  std::vector<double> weighted_sum(team_count, 0.0);
  for (size_t r = 0; r < reps.size(); ++r) {
    const auto [mode, information] = Mode(trials[r], 0, rep_sd * rep_sd);
    if (information <= 0) continue;
    const double estimate = mode * (1 + 1 / (information * rep_sd * rep_sd));
    const double weight = 1 / (1 / information + within_variance);
    precision[reps[r].team] += weight;
    weighted_sum[reps[r].team] += weight * estimate;
  }

  for (size_t r = 0; r < reps.size(); ++r) {
    const int team = reps[r].team;
    const double team_mean = weighted_sum[team] / precision[team];
    const auto [mode, information] = Mode(trials[r], team_mean, within_variance);
    const double variance = 1 / (1 / within_variance + information);
    // What is unknown of the team's mean reaches the rep with the weight the prior has.
    const double prior_weight = variance / within_variance;
    effects[r].mean = Quantise(mode);
    effects[r].variance = Quantise(variance + prior_weight * prior_weight / precision[team]);
  }
  return effects;
}

}  // namespace quotacast::simulator
