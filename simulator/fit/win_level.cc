#include "simulator/fit/win_level.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>

#include "base/random.h"
#include "simulator/fit/gaussian.h"
#include "simulator/fit/grid_posterior.h"
#include "simulator/fit/posterior.h"
#include "simulator/fit/spreads.h"

namespace quotacast::simulator {
namespace {

// Of the first level: free, as it is what the probabilities were fitted to.
constexpr double kFreePrecision = 1e-6;

std::vector<double> WalkSds() {
  return {0.003, 0.01, 0.02, 0.03, 0.045, 0.06, 0.08, 0.11, 0.15, 0.2};
}

}  // namespace

WalkedLevel WalkThrough(absl::Span<const WinBlock> blocks, double walk_sd) {
  const size_t n = blocks.size() + 1;
  const double step = 1 / (walk_sd * walk_sd);
  SymmetricMatrix precision(n);
  std::vector<double> sum(n, 0.0);
  std::vector<double> contrast(n, 0.0);
  precision.At(0, 0) = kFreePrecision;
  for (size_t q = 0; q + 1 < n; ++q) {
    precision.At(q, q) += step + blocks[q].precision;
    precision.At(q + 1, q + 1) += step;
    precision.At(q, q + 1) -= step;
    precision.At(q + 1, q) -= step;
    sum[q] = blocks[q].precision * blocks[q].estimate;
    contrast[q] = -blocks[q].weight;
  }
  contrast[n - 1] = 1;
  const Cholesky cholesky(std::move(precision));
  const std::vector<double> levels = cholesky.Solve(sum);
  const std::vector<double> spread = cholesky.Solve(contrast);
  WalkedLevel walked;
  walked.log_likelihood =
      -0.5 * cholesky.log_determinant() + 0.5 * static_cast<double>(n - 1) * std::log(step);
  for (size_t q = 0; q < n; ++q) {
    walked.log_likelihood += 0.5 * levels[q] * sum[q];
    walked.mean += contrast[q] * levels[q];
    walked.variance += contrast[q] * spread[q];
  }
  return walked;
}

std::vector<double> FitWinLevel(absl::Span<const WinBlock> blocks, double walk_sd_mean,
                                int draw_count, uint64_t seed) {
  const auto seen = std::count_if(blocks.begin(), blocks.end(),
                                  [](const WinBlock& block) { return block.precision > 0; });
  if (seen == 0 || walk_sd_mean == 0)
    return std::vector<double>(static_cast<size_t>(draw_count), 0.0);
  const std::vector<double> sds = WalkSds();
  std::vector<double> log_density;
  std::vector<WalkedLevel> walked;
  for (const double sd : sds) {
    walked.push_back(seen < kMinWinLevelBlocks ? WalkedLevel{0, sd * sd, 0}
                                               : WalkThrough(blocks, sd));
    log_density.push_back(walked.back().log_likelihood + LogHalfNormal(sd, walk_sd_mean));
  }
  const std::vector<size_t> positions =
      DrawPositions(Normalised(sds, log_density), seed, "win_level/walk", draw_count);
  const std::vector<double> uniforms =
      StratifiedUniforms(seed, StableId("fit/win_level", "level"), 0, draw_count);
  std::vector<double> draws;
  for (size_t k = 0; k < positions.size(); ++k) {
    const WalkedLevel& of = walked[positions[k]];
    const double shift = of.mean + std::sqrt(of.variance) * NormalQuantile(uniforms[k]);
    draws.push_back(Quantise(std::clamp(shift, -kMaxWinLevel, kMaxWinLevel)));
  }
  return draws;
}

std::vector<WinBlock> WinBlocksOf(absl::Span<const StageExit> exits, const AdvanceChances& chances,
                                  absl::Span<const RepEffect> effects,
                                  absl::Span<const HistoryRep> reps,
                                  const WinLevelOptions& options) {
  // By block back from the as-of day; the information of teams in it says how their shocks weigh.
  struct Sums {
    ShiftEvidence evidence;
    std::map<int, double> team_information;
  };
  std::map<int, Sums> by_age;
  for (const StageExit& exit : exits) {
    const int age = static_cast<int>((options.as_of - exit.day) / kSpreadBlockDays);
    if (age >= kMaxSpreadBlocks) continue;
    Sums& sums = by_age[age];
    const double before = sums.evidence.information;
    sums.evidence.Add(chances.ProbitOf(chances.KindOf(exit)) + effects[exit.rep].mean,
                      exit.advanced ? 1 : 0, exit.advanced ? 0 : 1);
    sums.team_information[reps[exit.rep].team] += sums.evidence.information - before;
  }
  std::vector<WinBlock> blocks;
  if (by_age.empty()) return blocks;
  blocks.resize(static_cast<size_t>(by_age.rbegin()->first) + 1);
  double weights = 0;
  for (const auto& [age, sums] : by_age) {
    const double information = sums.evidence.information;
    if (information <= 0) continue;
    double team_shares = 0;
    for (const auto& [team, of_team] : sums.team_information) {
      team_shares += of_team * of_team / (information * information);
    }
    WinBlock& block = blocks[blocks.size() - 1 - static_cast<size_t>(age)];
    block.estimate = sums.evidence.score / information;
    block.precision = 1 / (1 / information + options.market_sd * options.market_sd +
                           options.team_sd * options.team_sd * team_shares);
    block.weight =
        information * RecencyWeight(options.as_of - (age * kSpreadBlockDays + kSpreadBlockDays / 2),
                                    options.as_of, options.recency_half_life_days);
    weights += block.weight;
  }
  for (WinBlock& block : blocks) {
    if (weights > 0) block.weight /= weights;
  }
  return blocks;
}

void ShiftAdvances(double shift, std::vector<StageCell>& cells) {
  if (shift == 0) return;
  const auto move = [shift](double& p) {
    if (p > 0 && p < 1) p = Quantise(NormalCdf(NormalQuantile(p) + shift));
  };
  for (StageCell& cell : cells) {
    move(cell.entry_advance_probability);
    for (AgeCell& age : cell.ages) move(age.advance_probability);
  }
}

}  // namespace quotacast::simulator
