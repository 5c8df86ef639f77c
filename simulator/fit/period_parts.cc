#include "simulator/fit/period_parts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "simulator/fit/gaussian.h"
#include "simulator/fit/grid_posterior.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

constexpr int kMaxNewtonSteps = 30;
constexpr double kMaxMove = 1;
constexpr double kNewtonTolerance = 1e-10;
constexpr double kMaxLogFactorDrawn = 4;  // What ValidateModel admits is wider.

// Exits of one kind in one stratum.
struct Events {
  int period;
  double weight;
  double total;
  PartSums days;
  PartSums seen;
};

// Log likelihood of the factors with gradient and information.
struct Likelihood {
  double value = 0;
  PartSums gradient{};
  SymmetricMatrix information{kPeriodParts};
};

PartSums Exp(const PartSums& logs) {
  PartSums values;
  for (int j = 0; j < kPeriodParts; ++j) values[j] = std::exp(logs[j]);
  return values;
}

double WeightedDays(const PartSums& days, const PartSums& factors) {
  double sum = 0;
  for (int j = 0; j < kPeriodParts; ++j) sum += days[j] * factors[j];
  return sum;
}

Likelihood At(const std::vector<Events>& strata, const PartSums& logs) {
  const PartSums factors = Exp(logs);
  Likelihood result;
  for (const Events& stratum : strata) {
    const double days = WeightedDays(stratum.days, factors);
    PartSums share;
    for (int j = 0; j < kPeriodParts; ++j) share[j] = stratum.days[j] * factors[j] / days;
    const double total = stratum.weight * stratum.total;
    for (int j = 0; j < kPeriodParts; ++j) {
      result.value += stratum.weight * stratum.seen[j] * logs[j];
      result.gradient[j] += stratum.weight * stratum.seen[j] - total * share[j];
      result.information.At(j, j) += total * share[j];
      for (int i = 0; i < kPeriodParts; ++i) {
        result.information.At(i, j) -= total * share[i] * share[j];
      }
    }
    result.value -= total * std::log(days);
  }
  return result;
}

// Mode and curvature of the posterior under N(0, sd^2), and the log marginal likelihood of sd.
struct Laplace {
  PartSums mode{};
  Cholesky precision{SymmetricMatrix(0)};
  double log_evidence = 0;
};

Laplace FitAt(const std::vector<Events>& strata, double sd) {
  const double prior = 1 / (sd * sd);
  Laplace fit;
  for (int step = 0;; ++step) {
    Likelihood at = At(strata, fit.mode);
    std::vector<double> gradient(kPeriodParts);
    double squares = 0;
    for (int j = 0; j < kPeriodParts; ++j) {
      gradient[j] = at.gradient[j] - prior * fit.mode[j];
      squares += fit.mode[j] * fit.mode[j];
      at.information.At(j, j) += prior;
    }
    fit.precision = Cholesky(std::move(at.information));
    fit.log_evidence = at.value - 0.5 * prior * squares -
                       0.5 * (fit.precision.log_determinant() - kPeriodParts * std::log(prior));
    double largest = 0;
    const std::vector<double> move = fit.precision.Solve(gradient);
    for (const double m : move) largest = std::max(largest, std::abs(m));
    if (largest < kNewtonTolerance || step == kMaxNewtonSteps) break;
    const double scale = std::min(1.0, kMaxMove / largest);
    for (int j = 0; j < kPeriodParts; ++j) fit.mode[j] += scale * move[j];
  }
  return fit;
}

// Pearson's chi-square over (period, part) per degree of freedom, drawn to 1.
double Dispersion(const std::vector<Events>& strata, const PartSums& logs) {
  const PartSums factors = Exp(logs);
  std::vector<PartSums> seen;
  std::vector<PartSums> expected;
  for (const Events& stratum : strata) {
    const size_t period = static_cast<size_t>(stratum.period);
    if (period >= seen.size()) {
      seen.resize(period + 1, PartSums{});
      expected.resize(period + 1, PartSums{});
    }
    const double days = WeightedDays(stratum.days, factors);
    for (int j = 0; j < kPeriodParts; ++j) {
      seen[period][j] += stratum.seen[j];
      expected[period][j] += stratum.total * stratum.days[j] * factors[j] / days;
    }
  }
  double chi_square = 0;
  double freedom = -(kPeriodParts - 1);
  for (size_t p = 0; p < seen.size(); ++p) {
    int parts = 0;
    for (int j = 0; j < kPeriodParts; ++j) {
      if (expected[p][j] <= 0) continue;
      ++parts;
      const double residual = seen[p][j] - expected[p][j];
      // A chance of one exit in a hundred says little and would weigh much.
      chi_square += residual * residual / std::max(expected[p][j], 0.5);
    }
    freedom += std::max(0, parts - 1);
  }
  if (freedom <= 0) return 1;
  return std::max(1.0,
                  (kPartDispersionPriorCount + chi_square) / (kPartDispersionPriorCount + freedom));
}

// Takes the exit-weighted mean factor out.
void Centre(const std::vector<Events>& strata, PartSums& logs) {
  const PartSums factors = Exp(logs);
  double exits = 0;
  double plain = 0;
  for (const Events& stratum : strata) {
    double days = 0;
    for (const double d : stratum.days) days += d;
    exits += stratum.weight * stratum.total;
    plain += stratum.weight * stratum.total * days / WeightedDays(stratum.days, factors);
  }
  // With r_s = exits / factored days the stratum's own rate: exits over what r_s gives unfactored.
  const double shift = std::log(exits / plain);
  for (double& log : logs) log -= shift;
}

struct Side {
  std::vector<PartSums> draws;
  double dispersion = 1;
};

Side FitSide(std::vector<Events> strata, std::string_view name, const PeriodPartOptions& options) {
  const std::vector<double> sds = {0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35,
                                   0.4,  0.5,  0.6,  0.7, 0.8,  1,   1.2,  1.5};
  Side side;
  // Kish: what unweighted data of the same information would show.
  double weight = 0;
  double weight_squared = 0;
  for (const Events& stratum : strata) {
    weight += stratum.weight * stratum.total;
    weight_squared += stratum.weight * stratum.weight * stratum.total;
  }
  for (Events& stratum : strata) stratum.weight *= weight / weight_squared;
  side.dispersion = Quantise(Dispersion(strata, FitAt(strata, kPartSdMean).mode));
  std::vector<Events> tempered = strata;
  for (Events& stratum : tempered) stratum.weight /= side.dispersion;
  std::vector<Laplace> fits;
  std::vector<double> log_density;
  for (const double sd : sds) {
    fits.push_back(FitAt(tempered, sd));
    log_density.push_back(fits.back().log_evidence + LogHalfNormal(sd, kPartSdMean));
  }
  const std::vector<size_t> positions =
      DrawPositions(Normalised(sds, log_density), options.seed, name, options.draw_count);
  std::vector<std::vector<double>> uniforms;
  for (uint32_t j = 0; j < kPeriodParts; ++j) {
    uniforms.push_back(StratifiedUniforms(options.seed, StableId("fit/period_parts", name), j,
                                          options.draw_count));
  }
  for (int k = 0; k < options.draw_count; ++k) {
    std::vector<double> z;
    for (int j = 0; j < kPeriodParts; ++j) z.push_back(NormalQuantile(uniforms[j][k]));
    const Laplace& fit = fits[positions[k]];
    const std::vector<double> deviation = fit.precision.Spread(z);
    PartSums logs;
    for (int j = 0; j < kPeriodParts; ++j) logs[j] = fit.mode[j] + deviation[j];
    Centre(tempered, logs);
    for (double& log : logs) {
      log = Quantise(std::clamp(log, -kMaxLogFactorDrawn, kMaxLogFactorDrawn));
    }
    side.draws.push_back(logs);
  }
  return side;
}

// Exits of one kind; strata seen in a single part tell nothing.
std::vector<Events> EventsOf(absl::Span<const PartStratum> strata, bool wins,
                             const PeriodPartOptions& options) {
  std::vector<Events> events;
  for (const PartStratum& stratum : strata) {
    if (wins && !stratum.last_stage) continue;
    const PartSums& seen = wins ? stratum.advanced : stratum.lost;
    double total = 0;
    for (const double n : seen) total += n;
    if (total == 0) continue;
    const double weight = options.period_weights[static_cast<size_t>(stratum.period)];
    events.push_back({stratum.period, weight, total, stratum.days, seen});
  }
  return events;
}

bool SeenInTwoParts(const std::vector<Events>& events) {
  int parts = 0;
  for (int j = 0; j < kPeriodParts; ++j) {
    parts += std::any_of(events.begin(), events.end(),
                         [j](const Events& stratum) { return stratum.days[j] > 0; });
  }
  return parts >= 2;
}

}  // namespace

PeriodPartFit FitPeriodParts(absl::Span<const PartStratum> strata,
                             const PeriodPartOptions& options) {
  PeriodPartFit fit;
  for (const PartStratum& stratum : strata) {
    for (int j = 0; j < kPeriodParts; ++j) {
      if (stratum.last_stage) fit.wins[j] += stratum.advanced[j];
      fit.losses[j] += stratum.lost[j];
    }
  }
  const std::vector<Events> wins = EventsOf(strata, true, options);
  const std::vector<Events> losses = EventsOf(strata, false, options);
  if (!SeenInTwoParts(wins) || !SeenInTwoParts(losses)) return fit;
  const Side win = FitSide(wins, "win", options);
  const Side loss = FitSide(losses, "loss", options);
  fit.win_dispersion = win.dispersion;
  fit.loss_dispersion = loss.dispersion;
  for (int k = 0; k < options.draw_count; ++k) {
    std::vector<PeriodPartEffect> parts;
    for (int j = 0; j < kPeriodParts; ++j) {
      parts.push_back({win.draws[k][j], loss.draws[k][j]});
    }
    fit.draws.push_back(std::move(parts));
  }
  return fit;
}

}  // namespace quotacast::simulator
