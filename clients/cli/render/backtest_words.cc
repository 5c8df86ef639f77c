#include "clients/cli/render/backtest_words.h"

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/render/forecast_report.h"
#include "clients/cli/render/numbers.h"

namespace quotacast::cli {
namespace {

using simulation::v1::Baseline;
using simulation::v1::ScoreFigure;

const ScoreFigure& EmptyFigure() { return ScoreFigure::default_instance(); }

// Whole percents, with a sign where asked for.
std::string Percent(double value, bool is_signed) {
  const double rounded = std::round(100 * value);
  return is_signed ? absl::StrFormat("%+.0f", rounded == 0 ? 0.0 : rounded)
                   : absl::StrFormat("%.0f", rounded);
}

std::string WithInterval(const ScoreFigure& figure, bool is_signed) {
  if (!figure.has_value()) return "-";
  std::string text = Percent(figure.value(), is_signed) + " %";
  if (figure.has_low() && figure.has_high()) {
    absl::StrAppend(&text, " (", Percent(figure.low(), is_signed), " to ",
                    Percent(figure.high(), is_signed), ")");
  }
  return text;
}

}  // namespace

std::string BaselineWords(Baseline baseline) {
  switch (baseline) {
    case simulation::v1::BASELINE_WEIGHTED_PIPELINE:
      return "B0 weighted pipeline";
    case simulation::v1::BASELINE_PIPELINE_CONVERSION:
      return "B1 pipeline conversion";
    case simulation::v1::BASELINE_SEASONAL_NAIVE:
      return "B2 seasonal naive";
    default:
      return "";
  }
}

std::string LevelHeading(simulation::v1::Level level) {
  switch (level) {
    case simulation::v1::LEVEL_TEAM:
      return "Teams";
    case simulation::v1::LEVEL_REP:
      return "Reps";
    default:
      return "Organisation";
  }
}

std::string WeekText(int week) { return week == 0 ? "all" : absl::StrCat(week); }

std::string ShareText(const ScoreFigure& figure) { return WithInterval(figure, false); }

std::string SkillText(const ScoreFigure& figure) { return WithInterval(figure, true); }

std::string WapeText(const ScoreFigure& figure) {
  return figure.has_value() ? FormatPercent(figure.value()) : "-";
}

std::string BrierText(const ScoreFigure& figure) {
  return figure.has_value() ? absl::StrFormat("%.3f", figure.value()) : "-";
}

const ScoreFigure& CoverageOf(const simulation::v1::LevelScores& scores, double level) {
  for (const auto& coverage : scores.coverage()) {
    if (std::fabs(coverage.level() - level) < 1e-6) return coverage.share();
  }
  return EmptyFigure();
}

const ScoreFigure& SkillOf(const simulation::v1::LevelScores& scores, Baseline baseline) {
  for (const auto& skill : scores.skills()) {
    if (skill.baseline() == baseline) return skill.skill();
  }
  return EmptyFigure();
}

std::vector<const simulation::v1::ScoredForecast*> OrganisationForecasts(
    const BacktestResult& result) {
  std::vector<const simulation::v1::ScoredForecast*> forecasts;
  for (const auto& forecast : result.forecasts) {
    if (forecast.entity().level() == simulation::v1::LEVEL_ORG) forecasts.push_back(&forecast);
  }
  return forecasts;
}

const simulation::v1::LevelScores* AllWeeksOf(const simulation::v1::BacktestSummary& summary,
                                              simulation::v1::Level level) {
  for (const auto& scores : summary.scores()) {
    if (scores.level() == level && scores.week() == 0) return &scores;
  }
  return nullptr;
}

bool InsideEighty(const simulation::v1::ScoredForecast& forecast) {
  const double actual = MajorUnits(forecast.actual());
  return actual >= QuantileAt(forecast.bookings(), 0.1) &&
         actual <= QuantileAt(forecast.bookings(), 0.9);
}

std::string ReplayModeText(simulation::v1::ReplayMode mode) {
  switch (mode) {
    case simulation::v1::REPLAY_MODE_RECORDED:
      return "what had been recorded by the end of it";
    case simulation::v1::REPLAY_MODE_EFFECTIVE:
      return "what is dated up to it, as it is known today";
    default:
      return "unknown";
  }
}

CountBand CalibratedTenth(int64_t forecast_count) {
  constexpr double kShare = 0.1;
  constexpr double kTail = 0.025;
  const double n = static_cast<double>(forecast_count);
  CountBand band;
  bool low_found = false;
  double below = 0;
  for (int64_t k = 0; k <= forecast_count; ++k) {
    const double count = static_cast<double>(k);
    below += std::exp(std::lgamma(n + 1) - std::lgamma(count + 1) - std::lgamma(n - count + 1) +
                      count * std::log(kShare) + (n - count) * std::log(1 - kShare));
    if (!low_found && below >= kTail) {
      band.low = k;
      low_found = true;
    }
    if (below >= 1 - kTail) {
      band.high = k;
      return band;
    }
  }
  band.high = forecast_count;
  return band;
}

}  // namespace quotacast::cli
