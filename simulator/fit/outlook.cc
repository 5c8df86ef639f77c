#include "simulator/fit/outlook.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "simulator/fit/exposure.h"
#include "simulator/model/age_bins.h"

namespace quotacast::simulator {
namespace {

constexpr double kMaxWeeks = 156;
constexpr int kMaxSweeps = 500;

// The bin of a deal at its `step`th boundary: entries fall anywhere in a step.
size_t BinAtBoundary(int step, const std::vector<int>& age_bin_edges_days) {
  const int age = kStepDays / 2 + step * kStepDays;
  return static_cast<size_t>(AgeBinOf(age, age_bin_edges_days));
}

double StepExitShare(const AgeCell& cell) {
  return -std::expm1(-cell.exit_rate_per_day * kStepDays);
}

// When `cumulative`, by boundary, reaches `level`; the first boundary is half a step after entry.
double WeeksUntil(double level, const std::vector<double>& cumulative) {
  if (cumulative.front() >= level) return 0.5 * level / cumulative.front();
  for (size_t w = 1; w < cumulative.size(); ++w) {
    if (cumulative[w] < level) continue;
    return static_cast<double>(w) - 0.5 +
           (level - cumulative[w - 1]) / (cumulative[w] - cumulative[w - 1]);
  }
  return kMaxWeeks;
}

}  // namespace

CellOutlook OutlookOf(const StageCell& cell, const std::vector<int>& age_bin_edges_days) {
  double alive = 1 - cell.first_week_exit_share;
  double back = cell.first_week_exit_share * cell.entry_regress_probability;
  std::vector<double> left = {cell.first_week_exit_share};
  std::vector<double> advanced = {cell.first_week_exit_share *
                                  (1 - cell.entry_regress_probability) *
                                  cell.entry_advance_probability};
  for (int step = 0; step + 0.5 < kMaxWeeks; ++step) {
    const AgeCell& at = cell.ages[BinAtBoundary(step, age_bin_edges_days)];
    const double exits = alive * StepExitShare(at);
    back += exits * at.regress_probability;
    advanced.push_back(advanced.back() +
                       exits * (1 - at.regress_probability) * at.advance_probability);
    left.push_back(left.back() + exits);
    alive -= exits;
  }
  CellOutlook outlook;
  outlook.advanced = advanced.back();
  outlook.went_back = back;
  outlook.regress = left.back() > 0 ? back / left.back() : 0;
  outlook.advance = left.back() > back ? advanced.back() / (left.back() - back) : 0;
  outlook.median_weeks = WeeksUntil(0.5, left);
  if (advanced.back() > 0) {
    outlook.median_weeks_to_advance = WeeksUntil(0.5 * advanced.back(), advanced);
  }
  return outlook;
}

// W_s = advanced W_{s+1} + went back times the mean of W over destinations, swept until it settles.
double WinProbability(const ParameterDraw& draw, size_t segment, const PipelineModel& model) {
  const size_t stages = model.stages.size();
  std::vector<CellOutlook> outlooks;
  for (size_t s = 0; s < stages; ++s) {
    outlooks.push_back(OutlookOf(draw.cells[segment * stages + s], model.age_bin_edges_days));
  }
  std::vector<double> win(stages + 1, 0.0);
  win[stages] = 1;
  for (int sweep = 0; sweep < kMaxSweeps; ++sweep) {
    double moved = 0;
    for (size_t s = stages; s-- > 0;) {
      const std::vector<double>& back = draw.cells[segment * stages + s].regress_destinations;
      double again = 0;
      for (size_t to = 0; to < back.size(); ++to) again += back[to] * win[to];
      const double next = outlooks[s].advanced * win[s + 1] + outlooks[s].went_back * again;
      moved = std::max(moved, std::abs(next - win[s]));
      win[s] = next;
    }
    if (moved < 1e-12) break;
  }
  return win[0];
}

double NeverClosingShare(const ParameterDraw& draw, size_t segment, const PipelineModel& model) {
  const size_t stages = model.stages.size();
  // By the step of entry: who is still in the stage.
  std::vector<std::vector<double>> alive(stages, std::vector<double>(kNeverClosingWeeks, 0.0));
  std::vector<std::vector<double>> exit_shares(stages);
  std::vector<size_t> bins;
  for (int step = 0; step < kNeverClosingWeeks; ++step) {
    bins.push_back(BinAtBoundary(step, model.age_bin_edges_days));
    for (size_t s = 0; s < stages; ++s) {
      exit_shares[s].push_back(StepExitShare(draw.cells[segment * stages + s].ages[bins.back()]));
    }
  }
  std::vector<double> entering(stages + 1, 0.0);
  entering[0] = 1;
  for (size_t now = 0; now < kNeverClosingWeeks; ++now) {
    std::vector<double> coming_back(stages + 1, 0.0);
    for (size_t s = 0; s < stages; ++s) {
      const StageCell& cell = draw.cells[segment * stages + s];
      const double at_once = entering[s] * cell.first_week_exit_share;
      alive[s][now] = entering[s] - at_once;
      double back = at_once * cell.entry_regress_probability;
      entering[s + 1] += (at_once - back) * cell.entry_advance_probability;
      for (size_t then = 0; then < now; ++then) {
        const size_t age = now - then - 1;
        const AgeCell& at = cell.ages[bins[age]];
        const double exits = alive[s][then] * exit_shares[s][age];
        alive[s][then] -= exits;
        back += exits * at.regress_probability;
        entering[s + 1] += exits * (1 - at.regress_probability) * at.advance_probability;
      }
      for (size_t to = 0; to < cell.regress_destinations.size(); ++to) {
        coming_back[to] += back * cell.regress_destinations[to];
      }
    }
    entering = std::move(coming_back);  // At the start of the next step.
  }
  double never = 0;
  for (size_t s = 0; s < stages; ++s) {
    never += entering[s];
    for (const double share : alive[s]) never += share;
  }
  return never;
}

}  // namespace quotacast::simulator
