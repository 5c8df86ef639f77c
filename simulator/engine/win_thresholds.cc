#include "simulator/engine/win_thresholds.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

constexpr double kCertain = 1'000;

// Trapezoid rule for E f(X), X standard normal. For entire functions of this growth the error falls
// like exp(-2 pi^2 / (h^2 (1 + S sd^2))), below 1e-13 in the range of realistic spreads.
constexpr int kHalfPoints = 16;
constexpr double kSpacing = 0.5;

// Sweeps over the stages when deals go back; few are needed, because little comes back.
constexpr int kMaxSweeps = 200;
constexpr double kSettled = 1e-12;

// How deals leave a stage, by slot.
struct StageExits {
  std::vector<double> shares;   // Of those that enter.
  std::vector<double> onwards;  // The part of `shares` that does not go back.
  double back = 0;              // Share of those that enter that goes back from it,
  const std::vector<double>* destinations = nullptr;  // and where to.
};

StageExits ExitsOf(const StageCell& cell, const std::vector<int>& age_bin_edges_days,
                   int step_days) {
  StageExits exits;
  exits.shares = ExitShares(cell, age_bin_edges_days, step_days);
  exits.destinations = &cell.regress_destinations;
  for (size_t slot = 0; slot < exits.shares.size(); ++slot) {
    const double back =
        slot == 0 ? cell.entry_regress_probability : cell.ages[slot - 1].regress_probability;
    exits.back += exits.shares[slot] * back;
    exits.onwards.push_back(exits.shares[slot] * (1 - back));
  }
  return exits;
}

// Share of those that enter a stage with thresholds `z` that advances under the shift.
double AdvanceShare(const StageExits& exits, const double* z, double shift) {
  double mean = 0;
  for (size_t slot = 0; slot < exits.onwards.size(); ++slot) {
    if (exits.onwards[slot] > 0) mean += exits.onwards[slot] * NormalCdf(z[slot] + shift);
  }
  return mean;
}

// What a stage's share of advances is divided by to give P(ever enters the next stage | enters
// stage s): 1 less what comes back. A deal that goes back to stage d must pass all stages from d to
// s again. Infinity where nothing ever leaves the loop.
std::vector<double> Remains(const std::vector<StageExits>& exits,
                            const std::vector<double>& advances) {
  std::vector<double> remains, passes;
  for (size_t s = 0; s < exits.size(); ++s) {
    double returns = 0;  // P(enters s again | went back from it).
    double way = 1;      // P(comes from d to s).
    for (size_t d = s + 1; exits[s].back > 0 && d-- > 0;) {
      if (d < s) way *= passes[d];
      returns += (*exits[s].destinations)[d] * way;
    }
    const double left = 1 - exits[s].back * returns;
    remains.push_back(left > 1e-12 ? left : std::numeric_limits<double>::infinity());
    passes.push_back(advances[s] / remains[s]);
  }
  return remains;
}

// The constant c with E[later(X) AdvanceShare(z + c, X)] = wanted, by Newton's method inside a
// bracket.
double Correction(const StageExits& exits, const double* z, const std::vector<double>& weights,
                  const std::vector<double>& later_stages, double population_sd, double wanted) {
  double correction = 0;
  double low = -10, high = 10;
  for (int iteration = 0; iteration < 60; ++iteration) {
    double value = -wanted;
    double slope = 0;
    for (size_t q = 0; q < weights.size(); ++q) {
      const double shift =
          correction + population_sd * kSpacing * (static_cast<double>(q) - kHalfPoints);
      double mean = 0, density = 0;
      for (size_t slot = 0; slot < exits.onwards.size(); ++slot) {
        if (exits.onwards[slot] == 0) continue;
        mean += exits.onwards[slot] * NormalCdf(z[slot] + shift);
        density += exits.onwards[slot] * NormalDensity(z[slot] + shift);
      }
      value += weights[q] * later_stages[q] * mean;
      slope += weights[q] * later_stages[q] * density;
    }
    if (slope < 1e-12) break;  // Certain outcomes: no constant changes anything.
    (value > 0 ? high : low) = correction;
    double next = correction - value / slope;
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    const double change = next - correction;
    correction = next;
    if (change < 1e-13 && change > -1e-13) break;
  }
  return correction;
}

}  // namespace

double CertainOrProbit(double probability) {
  if (probability <= 0) return -kCertain;
  if (probability >= 1) return kCertain;
  return NormalQuantile(probability);
}

double EntryExitShare(const StageCell& cell, int length_days) {
  return cell.entry_day_exit_share +
         (cell.first_week_exit_share - cell.entry_day_exit_share) * (length_days - 1) / 6.0;
}

double EntryExitShare(const StageCell& cell, int length_days, double factor) {
  if (factor == 0) return 0;  // Also of a stage that is always left at once.
  const double share = EntryExitShare(cell, length_days);
  return factor != 1 && share < 1 ? 1 - Exp(factor * Log(1 - share)) : share;
}

std::vector<double> ExitShares(const StageCell& cell, const std::vector<int>& age_bin_edges_days,
                               int step_days) {
  std::vector<double> shares(cell.ages.size() + 1, 0);
  shares[0] = EntryExitShare(cell, step_days);
  for (int age = 1; age <= step_days; ++age) {
    double staying = (1 - shares[0]) / step_days;
    size_t bin = 0;
    for (int a = age;; a += step_days) {
      while (bin < age_bin_edges_days.size() && a >= age_bin_edges_days[bin]) ++bin;
      if (bin == age_bin_edges_days.size()) break;
      const double exits = staying * (1 - Exp(-cell.ages[bin].exit_rate_per_day * step_days));
      shares[bin + 1] += exits;
      staying -= exits;
    }
    if (cell.ages.back().exit_rate_per_day > 0) shares.back() += staying;
  }
  return shares;
}

WinThresholds RescaleThresholds(const StageCell* stages, int stage_count,
                                const std::vector<int>& age_bin_edges_days, double population_sd,
                                int step_days) {
  WinThresholds result;
  result.slot_count = static_cast<int>(age_bin_edges_days.size()) + 2;
  result.z.resize(static_cast<size_t>(stage_count) * result.slot_count);
  const double widening = std::sqrt(1 + population_sd * population_sd);
  for (int s = 0; s < stage_count; ++s) {
    double* z = &result.z[static_cast<size_t>(s) * result.slot_count];
    z[0] = widening * CertainOrProbit(stages[s].entry_advance_probability);
    for (size_t b = 0; b < stages[s].ages.size(); ++b) {
      z[b + 1] = widening * CertainOrProbit(stages[s].ages[b].advance_probability);
    }
  }
  // With one stage the widening alone is exact; without a shift there is nothing to correct.
  if (population_sd == 0 || stage_count == 1) return result;

  std::vector<double> weights;
  double total = 0;
  for (int i = -kHalfPoints; i <= kHalfPoints; ++i) {
    const double x = kSpacing * i;
    weights.push_back(NormalDensity(x));
    total += weights.back();
  }
  for (double& weight : weights) weight /= total;

  std::vector<StageExits> exits;
  for (int s = 0; s < stage_count; ++s) {
    exits.push_back(ExitsOf(stages[s], age_bin_edges_days, step_days));
  }
  const bool loops = std::any_of(exits.begin(), exits.end(),
                                 [](const StageExits& stage) { return stage.back > 0; });
  std::vector<double> fitted;  // Shares that advance, without a shift.
  for (int s = 0; s < stage_count; ++s) {
    double advance = exits[s].onwards[0] * stages[s].entry_advance_probability;
    for (size_t b = 0; b < stages[s].ages.size(); ++b) {
      advance += exits[s].onwards[b + 1] * stages[s].ages[b].advance_probability;
    }
    fitted.push_back(advance);
  }
  const std::vector<double> fitted_remains = Remains(exits, fitted);
  const auto shift_of = [&](size_t q) {
    return population_sd * kSpacing * (static_cast<double>(q) - kHalfPoints);
  };
  const auto z_of = [&](int s) { return &result.z[static_cast<size_t>(s) * result.slot_count]; };

  for (int sweep = 0; sweep < kMaxSweeps; ++sweep) {
    // By quadrature point. What comes back of a stage depends on the constants of earlier ones.
    std::vector<std::vector<double>> remains(weights.size());
    for (size_t q = 0; loops && q < weights.size(); ++q) {
      std::vector<double> advances;
      for (int s = 0; s < stage_count; ++s) {
        advances.push_back(AdvanceShare(exits[s], z_of(s), shift_of(q)));
      }
      remains[q] = Remains(exits, advances);
    }
    std::vector<double> later_stages(weights.size(), 1);  // P(win | enters the next stage).
    double target = 1;                                    // The same without a shift.
    double largest_change = 0;
    for (int s = stage_count - 1; s >= 0; --s) {
      double* z = z_of(s);
      const double wanted = target * fitted[s];
      double correction = 0;
      if (s < stage_count - 1 && wanted > 0) {
        correction = Correction(exits[s], z, weights, later_stages, population_sd, wanted);
      }
      largest_change = std::max(largest_change, std::abs(correction));
      for (int slot = 0; slot < result.slot_count; ++slot) {
        if (z[slot] > -kCertain && z[slot] < kCertain) z[slot] += correction;
      }
      for (size_t q = 0; q < weights.size(); ++q) {
        const double advance = AdvanceShare(exits[s], z, shift_of(q));
        later_stages[q] *= loops ? advance / remains[q][s] : advance;
      }
      target = wanted / fitted_remains[s];
    }
    if (!loops || largest_change < kSettled) break;
  }
  return result;
}

}  // namespace quotacast::simulator
