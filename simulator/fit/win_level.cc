#include "simulator/fit/win_level.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/random.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/gaussian.h"
#include "simulator/fit/grid_posterior.h"
#include "simulator/fit/posterior.h"

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

std::vector<WinBlock> WinBlocksOf(const BlockEvidence& evidence, const WinLevelOptions& options) {
  const size_t teams = static_cast<size_t>(evidence.team_count);
  std::vector<WinBlock> blocks(static_cast<size_t>(evidence.block_count));
  double weights = 0;
  for (size_t age = 0; age < blocks.size(); ++age) {
    // Squares of what teams say tell how much of their own shocks is in the block.
    double score = 0, information = 0, squares = 0;
    for (size_t team = 0; team < teams; ++team) {
      const ShiftEvidence& of_team = evidence.evidence[age * teams + team];
      score += of_team.score;
      information += of_team.information;
      squares += of_team.information * of_team.information;
    }
    if (information <= 0) continue;
    WinBlock& block = blocks[blocks.size() - 1 - age];
    block.estimate = score / information;
    block.precision =
        1 / (1 / information + options.market_sd * options.market_sd +
             options.team_sd * options.team_sd * squares / (information * information));
    const int middle = static_cast<int>(age) * kSpreadBlockDays + kSpreadBlockDays / 2;
    block.weight = information * RecencyWeight(evidence.as_of - middle, evidence.as_of,
                                               options.recency_half_life_days);
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
