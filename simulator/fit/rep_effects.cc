#include "simulator/fit/rep_effects.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

constexpr int kMaxNewtonSteps = 30;
constexpr double kNewtonTolerance = 1e-9;
// Ability is sought inside this many prior standard deviations.
constexpr double kMaxShiftSds = 10;
// The spread of ability is averaged over this many values.
constexpr int kSpreadValues = 3;

// Exits that share a probability.
struct Trials {
  double z = 0;  // Probit of the probability to advance, for a rep of average ability.
  double advanced = 0;
  double lost = 0;
};

// Score and expected information of a shift at `shift`.
ShiftEvidence At(const std::vector<Trials>& trials, double widening, double shift) {
  ShiftEvidence evidence;
  for (const Trials& group : trials) {
    evidence.Add(widening * group.z + shift, group.advanced, group.lost);
  }
  return evidence;
}

// Posterior mode of the shift and the information there, under N(prior_mean, prior_variance).
std::pair<double, double> Mode(const std::vector<Trials>& trials, double widening,
                               double prior_mean, double prior_variance) {
  const double reach = kMaxShiftSds * std::sqrt(prior_variance);
  double shift = prior_mean;
  ShiftEvidence evidence = At(trials, widening, shift);
  for (int step = 0; step < kMaxNewtonSteps; ++step) {
    const double gradient = evidence.score - (shift - prior_mean) / prior_variance;
    const double move = gradient / (evidence.information + 1 / prior_variance);
    shift = std::clamp(shift + move, prior_mean - reach, prior_mean + reach);
    evidence = At(trials, widening, shift);
    if (std::abs(move) < kNewtonTolerance) break;
  }
  return {shift, evidence.information};
}

// Groups each rep's exits by their chance.
std::vector<std::vector<Trials>> TrialsByRep(absl::Span<const StageExit> exits,
                                             const AdvanceChances& chances, size_t rep_count) {
  std::vector<std::vector<std::pair<double, const StageExit*>>> by_rep(rep_count);
  for (const StageExit& exit : exits) {
    by_rep[exit.rep].emplace_back(chances.ProbitOf(chances.KindOf(exit)), &exit);
  }
  std::vector<std::vector<Trials>> result(rep_count);
  for (size_t r = 0; r < rep_count; ++r) {
    // Stable: sums of doubles keep the order of the exits.
    std::stable_sort(by_rep[r].begin(), by_rep[r].end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (size_t i = 0; i < by_rep[r].size(); ++i) {
      const auto& [probit, exit] = by_rep[r][i];
      if (i == 0 || probit != by_rep[r][i - 1].first) result[r].push_back({probit, 0, 0});
      Trials& trials = result[r].back();
      (exit->advanced ? trials.advanced : trials.lost) += exit->weight;
    }
  }
  return result;
}

// Effects if the spread of ability were `rep_sd`.
std::vector<RepEffect> EffectsAt(const std::vector<std::vector<Trials>>& trials,
                                 absl::Span<const HistoryRep> reps, int team_count, double rep_sd) {
  std::vector<RepEffect> effects(reps.size());
  if (rep_sd <= 0) return effects;
  const double team_variance = kTeamShareOfRepVariance * rep_sd * rep_sd;
  const double within_variance = (1 - kTeamShareOfRepVariance) * rep_sd * rep_sd;
  // E Phi(z + b X) = Phi(z / sqrt(1 + b^2)): the average rep's z is wider than the population's.
  const double widening = std::sqrt(1 + rep_sd * rep_sd);

  // A team's mean: its reps' estimates, each with variance 1 / I + within. The estimate is the one
  // whose product with the prior has the rep's posterior mode, so that a spotless record, whose
  // likelihood rises for ever, gives a finite one.
  std::vector<double> precision(team_count, 1 / team_variance);
  std::vector<double> weighted_sum(team_count, 0.0);
  for (size_t r = 0; r < reps.size(); ++r) {
    const auto [mode, information] = Mode(trials[r], widening, 0, rep_sd * rep_sd);
    if (information <= 0) continue;
    const double estimate = mode * (1 + 1 / (information * rep_sd * rep_sd));
    const double weight = 1 / (1 / information + within_variance);
    precision[reps[r].team] += weight;
    weighted_sum[reps[r].team] += weight * estimate;
  }

  for (size_t r = 0; r < reps.size(); ++r) {
    const int team = reps[r].team;
    const double team_mean = weighted_sum[team] / precision[team];
    const auto [mode, information] = Mode(trials[r], widening, team_mean, within_variance);
    const double variance = 1 / (1 / within_variance + information);
    // What is unknown of the team's mean reaches the rep with the weight the prior has.
    const double prior_weight = variance / within_variance;
    effects[r].mean = mode;
    effects[r].variance = variance + prior_weight * prior_weight / precision[team];
  }
  return effects;
}

}  // namespace

std::vector<RepEffect> FitRepEffects(absl::Span<const StageExit> exits,
                                     const AdvanceChances& chances,
                                     absl::Span<const HistoryRep> reps, int team_count,
                                     const GridPosterior& rep_sd) {
  const std::vector<std::vector<Trials>> trials = TrialsByRep(exits, chances, reps.size());
  std::vector<double> means(reps.size(), 0.0);
  std::vector<double> squares(reps.size(), 0.0);
  const std::vector<double> sds = Condensed(rep_sd, kSpreadValues);
  for (const double sd : sds) {
    const std::vector<RepEffect> effects = EffectsAt(trials, reps, team_count, sd);
    for (size_t r = 0; r < reps.size(); ++r) {
      means[r] += effects[r].mean / kSpreadValues;
      squares[r] += (effects[r].variance + effects[r].mean * effects[r].mean) / kSpreadValues;
    }
  }
  std::vector<RepEffect> effects(reps.size());
  for (size_t r = 0; r < reps.size(); ++r) {
    effects[r].mean = Quantise(means[r]);
    effects[r].variance = Quantise(std::max(0.0, squares[r] - means[r] * means[r]));
  }
  return effects;
}

}  // namespace quotacast::simulator
