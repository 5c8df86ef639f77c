#include "clients/cli/render/backtest_charts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/render/forecast_report.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/svg_writer.h"

namespace quotacast::cli {
namespace {

using simulation::v1::LevelScores;
using simulation::v1::ScoredForecast;

// From values to pixels, upwards.
struct ValueAxis {
  double low = 0;
  double high = 1;
  double top = 0;
  double bottom = 0;

  double Y(double value) const { return bottom - (value - low) / (high - low) * (bottom - top); }
};

// A round step that cuts `span` into at most `most` parts: 1, 2 or 5 times a power of ten.
double RoundStep(double span, int most) {
  const double least = span / most;
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least) return factor * power;
  }
  return 10 * power;
}

// From a round value at or below `low` to one at or above `high`; counts have no step below 1.
ValueAxis RoundAxis(double low, double high, double top, double bottom, double least_step,
                    double* step) {
  constexpr int kSteps = 5;
  if (high <= low) high = low + 1;
  *step = std::max(least_step, RoundStep(high - low, kSteps));
  return {std::floor(low / *step) * *step, std::ceil(high / *step) * *step, top, bottom};
}

void DrawValueAxis(const ValueAxis& axis, double step, double left, double right, SvgWriter& svg) {
  for (double value = axis.low; value <= axis.high + step / 2; value += step) {
    const double y = axis.Y(value);
    svg.Line({left, y}, {right, y}, "grid");
    svg.Text({left - 8, y + 4}, FormatCompact(std::abs(value) < step / 1e6 ? 0 : value), "tick",
             Anchor::kEnd);
  }
}

std::string Tip(const ScoredForecast& forecast, const std::string& currency) {
  const auto amount = [](double value) { return FormatAmount(value, 1); };
  return absl::StrCat(forecast.period(), " week ", forecast.week(), ", as of ",
                      FormatDate(forecast.as_of_date()), ": median ", currency, " ",
                      amount(QuantileAt(forecast.bookings(), 0.5)), ", 80 % between ",
                      amount(QuantileAt(forecast.bookings(), 0.1)), " and ",
                      amount(QuantileAt(forecast.bookings(), 0.9)), "; came ",
                      amount(MajorUnits(forecast.actual())));
}

// One forecast at `x`.
void DrawForecast(const ScoredForecast& forecast, const std::string& currency, double x,
                  const ValueAxis& axis, SvgWriter& svg) {
  const auto band = [&](double low, double high, double width, const char* css_class) {
    const double from = axis.Y(QuantileAt(forecast.bookings(), high));
    const double to = axis.Y(QuantileAt(forecast.bookings(), low));
    svg.Rect({x - width / 2, from}, width, std::max(1.0, to - from), css_class,
             Tip(forecast, currency));
  };
  band(0.025, 0.975, 4, "band95");
  band(0.1, 0.9, 14, "band80");
  band(0.25, 0.75, 14, "band50");
  const double median = axis.Y(QuantileAt(forecast.bookings(), 0.5));
  svg.Line({x - 7, median}, {x + 7, median}, "median");
  svg.Circle({x, axis.Y(MajorUnits(forecast.actual()))}, 3.5,
             InsideEighty(forecast) ? "actual" : "actual outside", Tip(forecast, currency));
}

}  // namespace

std::string IntervalChart(const BacktestResult& result) {
  const std::vector<const ScoredForecast*> forecasts = OrganisationForecasts(result);
  if (forecasts.empty()) return "";
  constexpr double kLeft = 64;
  constexpr double kTop = 12;
  constexpr double kPlotHeight = 260;
  constexpr double kBelow = 44;
  constexpr double kGap = 26;  // Between periods.
  constexpr double kPageWidth = 960;
  constexpr double kMinColumn = 18;
  constexpr double kMaxColumn = 34;
  double low = 0;
  double high = 0;
  int period_count = 0;
  for (size_t i = 0; i < forecasts.size(); ++i) {
    const ScoredForecast& forecast = *forecasts[i];
    low = std::min(low, QuantileAt(forecast.bookings(), 0.025));
    high = std::max({high, QuantileAt(forecast.bookings(), 0.975), MajorUnits(forecast.actual())});
    low = std::min(low, MajorUnits(forecast.actual()));
    if (forecast.has_quota()) high = std::max(high, MajorUnits(forecast.quota()));
    if (i == 0 || forecast.period() != forecasts[i - 1]->period()) ++period_count;
  }
  const double count = static_cast<double>(forecasts.size());
  // As wide as there is room on the page; beyond the narrowest the picture is scrolled.
  const double room = kPageWidth - kLeft - kGap - period_count * kGap;
  const double column = std::clamp(room / count, kMinColumn, kMaxColumn);
  const double width = std::max(520.0, kLeft + kGap + count * column + period_count * kGap);
  SvgWriter svg(width, kTop + kPlotHeight + kBelow,
                "Forecasts of the organisation's bookings beside what came, per period and week");
  double step = 1;
  const ValueAxis axis = RoundAxis(low, high, kTop, kTop + kPlotHeight, 0, &step);
  DrawValueAxis(axis, step, kLeft, width - 8, svg);
  double x = kLeft + kGap;
  for (size_t i = 0; i < forecasts.size();) {
    size_t end = i;
    while (end < forecasts.size() && forecasts[end]->period() == forecasts[i]->period()) ++end;
    const double span = static_cast<double>(end - i) * column;
    const ScoredForecast& first = *forecasts[i];
    const double actual = axis.Y(MajorUnits(first.actual()));
    svg.Line({x - 4, actual}, {x + span + 4, actual}, "actual-line");
    if (first.has_quota()) {
      const double quota = axis.Y(MajorUnits(first.quota()));
      svg.Line({x - 4, quota}, {x + span + 4, quota}, "quota");
    }
    for (size_t f = i; f < end; ++f) {
      const double centre = x + (static_cast<double>(f - i) + 0.5) * column;
      DrawForecast(*forecasts[f], result.summary.currency_code(), centre, axis, svg);
      svg.Text({centre, kTop + kPlotHeight + 18}, absl::StrCat("w", forecasts[f]->week()), "tick",
               Anchor::kMiddle);
    }
    svg.Text({x + span / 2, kTop + kPlotHeight + 37}, first.period(), "label", Anchor::kMiddle);
    x += span + kGap;
    i = end;
  }
  return svg.Render();
}

std::string PitChart(const LevelScores& scores) {
  constexpr double kWidth = 300;
  constexpr double kLeft = 44;
  constexpr double kTop = 10;
  constexpr double kPlotHeight = 150;
  constexpr double kBelow = 40;
  const CountBand band = CalibratedTenth(scores.forecast_count());
  double most = static_cast<double>(band.high);
  for (const double count : scores.pit_counts()) most = std::max(most, count);
  SvgWriter svg(
      kWidth, kTop + kPlotHeight + kBelow,
      absl::StrCat("Forecasts per tenth of the outcome's rank, ", LevelHeading(scores.level())));
  double step = 1;
  const ValueAxis axis = RoundAxis(0, most, kTop, kTop + kPlotHeight, 1, &step);
  constexpr double kRight = kWidth - 8;
  DrawValueAxis(axis, step, kLeft, kRight, svg);
  const double column = (kRight - kLeft) / std::max(1, scores.pit_counts_size());
  const double top = axis.Y(static_cast<double>(band.high));
  svg.Rect({kLeft, top}, kRight - kLeft, axis.Y(static_cast<double>(band.low)) - top, "expected",
           absl::StrCat("calibrated forecasts stay between ", band.low, " and ", band.high));
  for (int i = 0; i < scores.pit_counts_size(); ++i) {
    const double y = axis.Y(scores.pit_counts(i));
    svg.Rect(
        {kLeft + i * column + 2, y}, column - 4, axis.bottom - y, "bar",
        absl::StrFormat("%d to %d %%: %.1f forecasts", 10 * i, 10 * (i + 1), scores.pit_counts(i)));
  }
  svg.Line({kLeft, axis.bottom}, {kRight, axis.bottom}, "axis");
  for (const int percent : {0, 50, 100}) {
    svg.Text({kLeft + (kRight - kLeft) * percent / 100, axis.bottom + 16},
             absl::StrCat(percent, " %"), "tick",
             percent == 0     ? Anchor::kStart
             : percent == 100 ? Anchor::kEnd
                              : Anchor::kMiddle);
  }
  svg.Text({(kLeft + kRight) / 2, axis.bottom + 33}, "share of the forecast below what came",
           "label", Anchor::kMiddle);
  return svg.Render();
}

std::string ReliabilityChart(const LevelScores& scores) {
  if (scores.reliability_size() == 0) return "";
  constexpr double kLeft = 52;
  constexpr double kTop = 12;
  constexpr double kSide = 190;
  constexpr double kBelow = 42;
  constexpr double kRight = kLeft + kSide;
  SvgWriter svg(kRight + 50, kTop + kSide + kBelow,
                absl::StrCat("Quota reached against P(quota), ", LevelHeading(scores.level())));
  const ValueAxis axis = {0, 1, kTop, kTop + kSide};
  for (const int percent : {0, 25, 50, 75, 100}) {
    const double y = axis.Y(percent / 100.0);
    const double x = kLeft + kSide * percent / 100;
    svg.Line({kLeft, y}, {kRight, y}, "grid");
    svg.Text({kLeft - 8, y + 4}, absl::StrCat(percent, " %"), "tick", Anchor::kEnd);
    svg.Text({x, axis.bottom + 16}, absl::StrCat(percent, " %"), "tick", Anchor::kMiddle);
  }
  svg.Line({kLeft, axis.bottom}, {kRight, kTop}, "diagonal");
  int64_t most = 1;
  for (const auto& bin : scores.reliability()) most = std::max(most, bin.forecast_count());
  for (const auto& bin : scores.reliability()) {
    // Area by count, so that a bin of one does not look like a bin of hundreds.
    const double radius =
        3 + 8 * std::sqrt(static_cast<double>(bin.forecast_count()) / static_cast<double>(most));
    const SvgPoint centre = {kLeft + kSide * bin.forecast(), axis.Y(bin.observed())};
    svg.Circle(centre, radius, "bin",
               absl::StrFormat("P(quota) %.0f %%: reached in %.0f %% of %d", 100 * bin.forecast(),
                               100 * bin.observed(), bin.forecast_count()));
    svg.Text({centre.x + radius + 3, centre.y + 4}, FormatCount(bin.forecast_count()), "count");
  }
  svg.Text({(kLeft + kRight) / 2, axis.bottom + 34}, "P(quota) as forecast; numbers: forecasts",
           "label", Anchor::kMiddle);
  return svg.Render();
}

}  // namespace quotacast::cli
