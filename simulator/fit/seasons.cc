#include "simulator/fit/seasons.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "base/random.h"
#include "simulator/fit/creation.h"
#include "simulator/fit/gaussian.h"
#include "simulator/fit/grid_posterior.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

constexpr double kDaysPerYear = 365.25;
constexpr size_t kMonths = 12;
// Unknowns: level, trend, the twelve months.
constexpr size_t kUnknowns = 2 + kMonths;
constexpr double kLevelVariance = 1;

// The posterior of the unknowns given the two spreads, and the log likelihood of those.
struct Given {
  Cholesky precision{SymmetricMatrix(0)};
  std::vector<double> mode;
  double log_likelihood = 0;
};

Given FitGiven(absl::Span<const CreationMonth> months, double season_sd, double odd_sd) {
  SymmetricMatrix precision(kUnknowns);
  std::vector<double> sum(kUnknowns, 0.0);
  precision.At(0, 0) = 1 / kLevelVariance;
  precision.At(1, 1) = 1 / (kCreationTrendSd * kCreationTrendSd);
  for (size_t m = 0; m < kMonths; ++m) precision.At(2 + m, 2 + m) = 1 / (season_sd * season_sd);
  double fixed = -2.0 * kMonths * std::log(season_sd);
  for (const CreationMonth& month : months) {
    // A half keeps empty months finite; the variance of a logarithm of a count is one over it.
    const double y = std::log((month.created + 0.5) / (month.expected + 0.5));
    const double w = 1 / (odd_sd * odd_sd + 1 / (month.expected + 0.5));
    const std::array<std::pair<size_t, double>, 3> terms = {
        {{0, 1}, {1, -month.years}, {2 + static_cast<size_t>(month.month), 1}}};
    for (const auto& [i, x] : terms) {
      sum[i] += w * x * y;
      for (const auto& [j, z] : terms) precision.At(i, j) += w * x * z;
    }
    fixed += std::log(w) - w * y * y;
  }
  Given given;
  given.precision = Cholesky(std::move(precision));
  given.mode = given.precision.Solve(sum);
  double explained = 0;
  for (size_t i = 0; i < kUnknowns; ++i) explained += given.mode[i] * sum[i];
  given.log_likelihood = 0.5 * (fixed + explained - given.precision.log_determinant());
  return given;
}

// Takes the mean factor over the history out.
void Centre(absl::Span<const CreationMonth> months, double half_life_days,
            std::vector<double>& logs) {
  double plain = 0;
  double factored = 0;
  for (const CreationMonth& month : months) {
    const double weight = month.expected * std::exp2(-month.years * kDaysPerYear / half_life_days);
    plain += weight;
    factored += weight * std::exp(logs[static_cast<size_t>(month.month)]);
  }
  for (double& log : logs) log -= std::log(factored / plain);
}

}  // namespace

std::vector<CreationMonth> CountCreationMonths(const History& history, absl::CivilDay window_start,
                                               double ramp_weeks) {
  const absl::CivilMonth first(window_start);
  const absl::CivilMonth last(history.as_of);
  std::vector<CreationMonth> months;
  for (absl::CivilMonth month = first; month <= last; ++month) {
    const absl::CivilDay begin = std::max(absl::CivilDay(month), window_start);
    const absl::CivilDay end = std::min(absl::CivilDay(month + 1), history.as_of + 1);
    const double middle =
        static_cast<double>(history.as_of + 1 - begin) - static_cast<double>(end - begin) / 2;
    months.push_back({month.month() - 1, middle / kDaysPerYear, 0, 0});
  }
  // Per rep: days by month, and deals in all.
  std::vector<double> created(history.reps.size(), 0.0);
  for (const HistoryDeal& deal : history.deals) {
    if (deal.created < window_start || !IsInJob(history.reps[deal.rep], deal.created)) continue;
    ++created[deal.rep];
    ++months[static_cast<size_t>(absl::CivilMonth(deal.created) - first)].created;
  }
  for (size_t r = 0; r < history.reps.size(); ++r) {
    if (created[r] == 0) continue;
    std::vector<double> days(months.size(), 0.0);
    double total = 0;
    ForEachRampedDay(history.reps[r], window_start, history.as_of, ramp_weeks,
                     [&](absl::CivilDay day, double ramp) {
                       days[static_cast<size_t>(absl::CivilMonth(day) - first)] += ramp;
                       total += ramp;
                     });
    for (size_t m = 0; m < months.size(); ++m) months[m].expected += created[r] * days[m] / total;
  }
  months.erase(std::remove_if(months.begin(), months.end(),
                              [](const CreationMonth& month) { return month.expected <= 0; }),
               months.end());
  return months;
}

std::vector<std::vector<double>> FitSeasons(absl::Span<const CreationMonth> months,
                                            const SeasonOptions& options) {
  std::array<bool, kMonths> seen{};
  for (const CreationMonth& month : months) seen[static_cast<size_t>(month.month)] = true;
  if (std::find(seen.begin(), seen.end(), false) != seen.end()) return {};
  const std::vector<double> season_sds = {0.01, 0.03, 0.05, 0.08, 0.11, 0.15,
                                          0.2,  0.25, 0.3,  0.4,  0.5};
  const std::vector<double> odd_sds = {0.01, 0.03, 0.05, 0.08, 0.11, 0.15, 0.2, 0.3, 0.4};
  std::vector<std::vector<Given>> given;
  std::vector<std::vector<double>> log_density;
  for (const double season_sd : season_sds) {
    std::vector<Given>& row = given.emplace_back();
    std::vector<double>& density = log_density.emplace_back();
    for (const double odd_sd : odd_sds) {
      row.push_back(FitGiven(months, season_sd, odd_sd));
      density.push_back(row.back().log_likelihood + LogHalfNormal(season_sd, kSeasonSdMean) +
                        LogHalfNormal(odd_sd, kOddMonthSdMean));
    }
  }
  const JointPositions positions =
      DrawJointPositions(season_sds, odd_sds, log_density, options.seed, "season_sd",
                         "odd_month_sd", options.draw_count);
  std::vector<std::vector<double>> uniforms;
  for (uint32_t i = 0; i < kUnknowns; ++i) {
    uniforms.push_back(
        StratifiedUniforms(options.seed, StableId("fit/seasons", "all"), i, options.draw_count));
  }
  std::vector<std::vector<double>> draws;
  for (size_t k = 0; k < static_cast<size_t>(options.draw_count); ++k) {
    const Given& at = given[positions.first[k]][positions.second[k]];
    std::vector<double> z;
    for (size_t i = 0; i < kUnknowns; ++i) z.push_back(NormalQuantile(uniforms[i][k]));
    const std::vector<double> deviation = at.precision.Spread(std::move(z));
    std::vector<double> logs;
    for (size_t m = 0; m < kMonths; ++m) logs.push_back(at.mode[2 + m] + deviation[2 + m]);
    Centre(months, options.recency_half_life_days, logs);
    for (double& log : logs) log = Quantise(log);
    draws.push_back(std::move(logs));
  }
  return draws;
}

}  // namespace quotacast::simulator
