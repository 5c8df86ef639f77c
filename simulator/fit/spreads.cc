#include "simulator/fit/spreads.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "base/random.h"
#include "simulator/fit/gaussian.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

// Variance of a team's lasting level: all but free.
constexpr double kTeamLevelVariance = 0.25;
// Stands for no spread where logarithms are taken.
constexpr double kLeastSd = 0.001;

std::vector<double> SdGrid() {
  std::vector<double> grid = {kLeastSd};
  for (double sd = 0.005; sd < 0.0399; sd += 0.005) grid.push_back(sd);
  for (double sd = 0.04; sd < 0.1499; sd += 0.01) grid.push_back(sd);
  for (double sd = 0.15; sd < 0.2999; sd += 0.025) grid.push_back(sd);
  for (double sd = 0.3; sd < 0.8; sd += 0.05) grid.push_back(sd);
  return grid;
}

double LogPrior(double sd, double typical) { return LogLogNormal(sd, typical, kSpreadPriorLogSd); }

// An estimate of a shift with the precision its exits give it.
struct Shift {
  double estimate = 0;
  double information = 0;
};

Shift ToShift(const ShiftEvidence& evidence) {
  if (evidence.information <= 0) return {};
  return {evidence.score / evidence.information, evidence.information};
}

// Restricted log likelihood of the spread of shifts around an unknown mean.
double RestrictedLogLikelihood(const std::vector<Shift>& shifts, double sd) {
  double log_weights = 0;
  double weights = 0;
  double sum = 0;
  double squares = 0;
  for (const Shift& shift : shifts) {
    if (shift.information <= 0) continue;
    const double weight = 1 / (sd * sd + 1 / shift.information);
    log_weights += std::log(weight);
    weights += weight;
    sum += weight * shift.estimate;
    squares += weight * shift.estimate * shift.estimate;
  }
  if (weights <= 0) return 0;
  return 0.5 * (log_weights - std::log(weights) - (squares - sum * sum / weights));
}

// Shifts by [block * team_count + team]; blocks from 0, the latest.
struct Blocks {
  int block_count = 0;
  int team_count = 0;
  std::vector<Shift> shifts;
};

// Log likelihood of both spreads, with teams' levels and blocks' shocks integrated out: the mixed
// model's equations, teams eliminated first.
class SharedLikelihood {
 public:
  SharedLikelihood(const Blocks& blocks, double team_sd) : market_(SymmetricMatrix(0)) {
    const size_t q = static_cast<size_t>(blocks.block_count);
    const size_t t = static_cast<size_t>(blocks.team_count);
    std::vector<double> weights(q * t, 0.0);
    std::vector<double> team_precision(t, 1 / kTeamLevelVariance);
    std::vector<double> team_sum(t, 0.0);
    market_ = SymmetricMatrix(q);
    market_sum_.assign(q, 0.0);
    for (size_t i = 0; i < weights.size(); ++i) {
      const Shift& shift = blocks.shifts[i];
      if (shift.information <= 0) continue;
      const double w = 1 / (team_sd * team_sd + 1 / shift.information);
      weights[i] = w;
      fixed_ += std::log(w) - w * shift.estimate * shift.estimate;
      market_.At(i / t, i / t) += w;
      market_sum_[i / t] += w * shift.estimate;
      team_precision[i % t] += w;
      team_sum[i % t] += w * shift.estimate;
    }
    for (size_t j = 0; j < t; ++j) {
      fixed_ += team_sum[j] * team_sum[j] / team_precision[j] - std::log(team_precision[j]);
      for (size_t a = 0; a < q; ++a) {
        const double part = weights[a * t + j] / team_precision[j];
        if (part == 0) continue;
        market_sum_[a] -= part * team_sum[j];
        for (size_t b = 0; b < q; ++b) market_.At(a, b) -= part * weights[b * t + j];
      }
    }
  }

  double At(double market_sd) const {
    SymmetricMatrix precision = market_;
    for (size_t a = 0; a < precision.size; ++a) precision.At(a, a) += 1 / (market_sd * market_sd);
    const size_t size = precision.size;
    const Cholesky cholesky(std::move(precision));
    const std::vector<double> mode = cholesky.Solve(market_sum_);
    double explained = 0;
    for (size_t a = 0; a < size; ++a) explained += mode[a] * market_sum_[a];
    return 0.5 * (fixed_ + explained - cholesky.log_determinant() -
                  2 * static_cast<double>(size) * std::log(market_sd));
  }

 private:
  double fixed_ = 0;
  SymmetricMatrix market_;  // Precision of the blocks' shocks given the data alone.
  std::vector<double> market_sum_;
};

Blocks ShiftsOf(const BlockEvidence& evidence) {
  Blocks blocks = {evidence.block_count, evidence.team_count, {}};
  for (const ShiftEvidence& cell : evidence.evidence) blocks.shifts.push_back(ToShift(cell));
  return blocks;
}

}  // namespace

GridPosterior FitRepSpread(absl::Span<const StageExit> exits, const AdvanceChances& chances,
                           size_t rep_count, double typical) {
  if (typical <= 0) return Normalised({0}, {0});
  std::vector<ShiftEvidence> evidence(rep_count);
  for (const StageExit& exit : exits) {
    evidence[exit.rep].Add(chances.ProbitOf(chances.KindOf(exit)), exit.advanced ? 1 : 0,
                           exit.advanced ? 0 : 1);
  }
  std::vector<Shift> shifts;
  for (const ShiftEvidence& rep : evidence) shifts.push_back(ToShift(rep));
  const std::vector<double> grid = SdGrid();
  std::vector<double> log_density;
  for (const double sd : grid) {
    log_density.push_back(RestrictedLogLikelihood(shifts, sd) + LogPrior(sd, typical));
  }
  return Normalised(grid, log_density);
}

SharedSpreads FitSharedSpreads(const BlockEvidence& evidence, const SharedSpreadOptions& options) {
  const Blocks blocks = ShiftsOf(evidence);
  const bool market_is_fixed = options.typical_market_sd <= 0;
  const bool team_is_fixed = options.typical_team_sd <= 0;
  const std::vector<double> grid = SdGrid();
  const std::vector<double> market_grid = market_is_fixed ? std::vector<double>{kLeastSd} : grid;
  const std::vector<double> team_grid = team_is_fixed ? std::vector<double>{kLeastSd} : grid;
  // Logarithm of the joint density, by market and by team.
  std::vector<std::vector<double>> joint(market_grid.size(), std::vector<double>(team_grid.size()));
  for (size_t t = 0; t < team_grid.size(); ++t) {
    const SharedLikelihood likelihood(blocks, team_grid[t]);
    for (size_t m = 0; m < market_grid.size(); ++m) {
      joint[m][t] = likelihood.At(market_grid[m]);
      if (!market_is_fixed) {
        joint[m][t] += LogPrior(market_grid[m], options.typical_market_sd);
      }
      if (!team_is_fixed) joint[m][t] += LogPrior(team_grid[t], options.typical_team_sd);
    }
  }
  const JointPositions positions = DrawJointPositions(market_grid, team_grid, joint, options.seed,
                                                      "market_sd", "team_sd", options.draw_count);
  SharedSpreads spreads;
  spreads.block_count = blocks.block_count;
  for (int k = 0; k < options.draw_count; ++k) {
    spreads.market_sd.push_back(market_is_fixed ? 0 : Quantise(market_grid[positions.first[k]]));
    spreads.team_sd.push_back(team_is_fixed ? 0 : Quantise(team_grid[positions.second[k]]));
  }
  return spreads;
}

}  // namespace quotacast::simulator
