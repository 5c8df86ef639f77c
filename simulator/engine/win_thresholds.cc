#include "simulator/engine/win_thresholds.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

constexpr double kCertain = 1'000;

// Trapezoid rule for E f(X), X standard normal. For entire functions of this growth the error falls
// like exp(-2 pi^2 / (h^2 (1 + S sd^2))), below 1e-13 in the range of realistic spreads.
constexpr int kHalfPoints = 16;
constexpr double kSpacing = 0.5;

double Threshold(double probability) {
  if (probability <= 0) return -kCertain;
  if (probability >= 1) return kCertain;
  return NormalQuantile(probability);
}

}  // namespace

double EntryExitShare(const StageCell& cell, int length_days) {
  return cell.entry_day_exit_share +
         (cell.first_week_exit_share - cell.entry_day_exit_share) * (length_days - 1) / 6.0;
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
    z[0] = widening * Threshold(stages[s].entry_advance_probability);
    for (size_t b = 0; b < stages[s].ages.size(); ++b) {
      z[b + 1] = widening * Threshold(stages[s].ages[b].advance_probability);
    }
  }
  // With one stage the widening alone is exact; without a shift there is nothing to correct.
  if (population_sd == 0 || stage_count == 1) return result;

  std::vector<double> weights, later_stages;
  double total = 0;
  for (int i = -kHalfPoints; i <= kHalfPoints; ++i) {
    const double x = kSpacing * i;
    weights.push_back(NormalDensity(x));
    total += weights.back();
    later_stages.push_back(1);
  }
  for (double& weight : weights) weight /= total;

  double target = 1;  // P(win) from the entry of stage s, without a shift.
  for (int s = stage_count - 1; s >= 0; --s) {
    const std::vector<double> shares = ExitShares(stages[s], age_bin_edges_days, step_days);
    double* z = &result.z[static_cast<size_t>(s) * result.slot_count];
    double advance = shares[0] * stages[s].entry_advance_probability;
    for (size_t b = 0; b < stages[s].ages.size(); ++b) {
      advance += shares[b + 1] * stages[s].ages[b].advance_probability;
    }
    target *= advance;

    double correction = 0;
    if (s < stage_count - 1 && target > 0) {
      double low = -10, high = 10;
      for (int iteration = 0; iteration < 60; ++iteration) {
        double value = -target;
        double slope = 0;
        for (size_t q = 0; q < weights.size(); ++q) {
          const double shift =
              correction + population_sd * kSpacing * (static_cast<double>(q) - kHalfPoints);
          double mean = 0, density = 0;
          for (int slot = 0; slot < result.slot_count; ++slot) {
            if (shares[slot] == 0) continue;
            mean += shares[slot] * NormalCdf(z[slot] + shift);
            density += shares[slot] * NormalDensity(z[slot] + shift);
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
    }
    for (int slot = 0; slot < result.slot_count; ++slot) {
      if (z[slot] > -kCertain && z[slot] < kCertain) z[slot] += correction;
    }
    for (size_t q = 0; q < weights.size(); ++q) {
      const double shift = population_sd * kSpacing * (static_cast<double>(q) - kHalfPoints);
      double mean = 0;
      for (int slot = 0; slot < result.slot_count; ++slot) {
        if (shares[slot] > 0) mean += shares[slot] * NormalCdf(z[slot] + shift);
      }
      later_stages[q] *= mean;
    }
  }
  return result;
}

}  // namespace quotacast::simulator
