#include "clients/cli/render/backtest_report.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/render/certificate_text.h"
#include "clients/cli/render/forecast_report.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

using simulation::v1::BacktestSummary;
using simulation::v1::LevelScores;
using simulation::v1::ScoredForecast;

constexpr int kDropBaselines = 3;
constexpr int kDropBooked = 2;
constexpr int kDropDate = 1;

const std::pair<double, const char*> kCoverages[] = {{0.5, "50 %"}, {0.8, "80 %"}, {0.95, "95 %"}};
const std::pair<simulation::v1::Baseline, const char*> kBaselines[] = {
    {simulation::v1::BASELINE_WEIGHTED_PIPELINE, "B0"},
    {simulation::v1::BASELINE_PIPELINE_CONVERSION, "B1"},
    {simulation::v1::BASELINE_SEASONAL_NAIVE, "B2"}};

std::string Title(const BacktestSummary& summary, const Terminal& terminal) {
  std::string title = "Back-test";
  if (summary.periods_size() > 0) {
    const std::string& first = summary.periods(0).name();
    const std::string& last = summary.periods().rbegin()->name();
    absl::StrAppend(&title, " of ", first, first == last ? "" : absl::StrCat(" to ", last));
  }
  return Paint(Printable(title), Style::kHeading, terminal) + "\n\n";
}

std::string CoverageTable(const BacktestSummary& summary, const Terminal& terminal) {
  std::vector<Column> columns = {{"Inside"}, {"Week", Align::kRight}, {"Forecasts", Align::kRight}};
  for (const auto& [level, heading] : kCoverages) columns.push_back({heading, Align::kRight});
  Table table(columns);
  for (const LevelScores& scores : summary.scores()) {
    std::vector<std::string> cells = {scores.week() == 0 ? LevelHeading(scores.level()) : "",
                                      WeekText(scores.week()),
                                      FormatCount(scores.forecast_count())};
    for (const auto& [level, heading] : kCoverages) {
      cells.push_back(ShareText(CoverageOf(scores, level)));
    }
    table.AddRow(cells);
  }
  return table.empty() ? "" : table.Render(terminal) + "\n";
}

std::string SkillTable(const BacktestSummary& summary, const Terminal& terminal) {
  std::vector<Column> columns = {{"Better than"}, {"Week", Align::kRight}};
  for (const auto& [baseline, heading] : kBaselines) columns.push_back({heading, Align::kRight});
  Table table(columns);
  for (const LevelScores& scores : summary.scores()) {
    std::vector<std::string> cells = {scores.week() == 0 ? LevelHeading(scores.level()) : "",
                                      WeekText(scores.week())};
    for (const auto& [baseline, heading] : kBaselines) {
      cells.push_back(SkillText(SkillOf(scores, baseline)));
    }
    table.AddRow(cells);
  }
  return table.empty() ? "" : table.Render(terminal) + "\n";
}

// Apart from the skills: together they are wider than most terminals.
std::string ErrorTable(const BacktestSummary& summary, const Terminal& terminal) {
  std::vector<Column> columns = {{"Off by"}, {"Week", Align::kRight}};
  for (const char* heading : {"CRPS", "Bias", "WAPE", "Brier"}) {
    columns.push_back({heading, Align::kRight});
  }
  Table table(columns);
  for (const LevelScores& scores : summary.scores()) {
    table.AddRow({scores.week() == 0 ? LevelHeading(scores.level()) : "", WeekText(scores.week()),
                  FormatAmount(scores.mean_crps(), 1), FormatSignedAmount(scores.bias(), 1),
                  WapeText(scores.wape()), BrierText(scores.brier())});
  }
  return table.empty() ? "" : table.Render(terminal) + "\n";
}

std::string PitLines(const BacktestSummary& summary, const Terminal& terminal) {
  std::string out;
  for (const simulation::v1::Level level :
       {simulation::v1::LEVEL_ORG, simulation::v1::LEVEL_TEAM, simulation::v1::LEVEL_REP}) {
    const LevelScores* scores = AllWeeksOf(summary, level);
    if (scores == nullptr) continue;
    const CountBand band = CalibratedTenth(scores->forecast_count());
    out +=
        Wrap(absl::StrCat("calibrated: ", band.low, " to ", band.high, " of ",
                          FormatCount(scores->forecast_count()), " in each tenth"),
             terminal.width_columns,
             absl::StrCat(PadRight(LevelHeading(level), 14), PitPicture(*scores, terminal), "  "));
  }
  if (out.empty()) return out;
  return Wrap(
             "Where outcomes fell, from the lowest tenth of the forecast to the highest. Flat is "
             "calibrated; high ends say that ranges are too narrow, a high middle that they are "
             "too wide, a slope that forecasts lean to one side.",
             terminal.width_columns) +
         out + "\n";
}

std::string BaselineForecastText(const ScoredForecast& forecast,
                                 simulation::v1::Baseline baseline) {
  for (const auto& score : forecast.baselines()) {
    if (score.baseline() != baseline) continue;
    return score.has_forecast() ? FormatAmount(score.forecast(), 1) : "-";
  }
  return "-";
}

std::string OrganisationTable(const BacktestResult& result, const Terminal& terminal) {
  std::vector<Column> columns = {{"Period"},
                                 {"Week", Align::kRight},
                                 {"As of", Align::kLeft, kDropDate},
                                 {"Booked", Align::kRight, kDropBooked},
                                 {"P10", Align::kRight},
                                 {"P50", Align::kRight},
                                 {"P90", Align::kRight},
                                 {"Actual", Align::kRight},
                                 {"In 80 %"}};
  for (const auto& [baseline, heading] : kBaselines) {
    columns.push_back({heading, Align::kRight, kDropBaselines});
  }
  columns.push_back({"P(quota)", Align::kRight});
  Table table(columns);
  std::string above;
  for (const ScoredForecast* forecast : OrganisationForecasts(result)) {
    const double error = forecast->bookings().mean().monte_carlo_error();
    const auto quantile = [&](double probability) {
      return FormatAmount(QuantileAt(forecast->bookings(), probability), error);
    };
    std::vector<std::string> cells = {
        forecast->period() == above ? "" : Printable(forecast->period()),
        WeekText(forecast->week()),
        FormatDate(forecast->as_of_date()),
        FormatAmount(forecast->booked()),
        quantile(0.1),
        quantile(0.5),
        quantile(0.9),
        FormatAmount(forecast->actual()),
        InsideEighty(*forecast) ? "yes" : "no"};
    above = forecast->period();
    for (const auto& [baseline, heading] : kBaselines) {
      cells.push_back(BaselineForecastText(*forecast, baseline));
    }
    cells.push_back(forecast->has_attain_probability()
                        ? FormatPercent(forecast->attain_probability(), 0)
                        : "-");
    table.AddRow(cells);
  }
  if (table.empty()) return "";
  return Wrap(absl::StrCat("The organisation's forecasts beside what came, ",
                           Printable(result.summary.currency_code()),
                           ". P10, P50, P90: bookings not exceeded in 1, 5, 9 of 10 outcomes."),
              terminal.width_columns) +
         table.Render(terminal) + "\n";
}

std::string RefusalTable(const BacktestSummary& summary, const Terminal& terminal) {
  std::string out;
  for (const auto& refused : summary.refusals()) {
    out += Wrap(Printable(refused.refusal().message()), terminal.width_columns,
                Paint(Printable(absl::StrCat(refused.period(), " week ", refused.week(), ", as of ",
                                             FormatDate(refused.as_of_date()), ":")),
                      Style::kWarning, terminal) +
                    " ");
  }
  if (out.empty()) return out;
  return absl::StrCat("No forecast\n", out, "\n");
}

}  // namespace

std::string PitPicture(const LevelScores& scores, const Terminal& terminal) {
  static constexpr const char* kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static constexpr const char* kAscii[] = {"_", "_", ".", ".", "-", "-", "=", "#"};
  constexpr int kBarCount = 8;
  double most = 0;
  for (const double count : scores.pit_counts()) most = std::max(most, count);
  std::string picture;
  for (const double count : scores.pit_counts()) {
    const int height =
        most <= 0 ? 0
                  : std::clamp(static_cast<int>(std::lround((kBarCount - 1) * count / most)), 0,
                               kBarCount - 1);
    picture += terminal.unicode ? kBars[height] : kAscii[height];
  }
  return picture;
}

std::string BacktestReport(const BacktestResult& result, const Terminal& terminal) {
  const BacktestSummary& summary = result.summary;
  std::string out = Title(summary, terminal);
  out += Wrap(Printable(summary.summary()), terminal.width_columns) + "\n";
  if (summary.scores_size() > 0) {
    out += Wrap(
        "Share of outcomes inside the 50, 80 and 95 % intervals, with its 95 % interval: a "
        "calibrated forecast covers 50, 80 and 95 %.",
        terminal.width_columns);
    out += CoverageTable(summary, terminal);
    out += Wrap(
        absl::StrCat("Skill in CRPS, the mean distance in ", Printable(summary.currency_code()),
                     " of forecast and outcome: +10 % is a tenth nearer than the baseline, below 0 "
                     "the baseline was better. B0 weighted pipeline, B1 pipeline conversion, B2 "
                     "the same period last year."),
        terminal.width_columns);
    out += SkillTable(summary, terminal);
    out += Wrap(
        absl::StrCat("Amounts in ", Printable(summary.currency_code()),
                     ". Bias: mean forecast less outcome. WAPE: what medians were off by, of what "
                     "came. Brier: squared error of P(quota)."),
        terminal.width_columns);
    out += ErrorTable(summary, terminal) + PitLines(summary, terminal);
  }
  out += OrganisationTable(result, terminal) + RefusalTable(summary, terminal);
  const auto add = [&](const char* label, const std::string& text) {
    out += Wrap(Printable(text), terminal.width_columns, Paint(label, Style::kFaint, terminal));
  };
  add("Data   ", absl::StrCat("outcomes ", AsOfText(summary.as_of()), " (event ",
                              FormatCount(summary.as_of().log_offset()), "); of a past day counts ",
                              ReplayModeText(summary.replay_mode())));
  add("Run    ",
      absl::StrCat("seed ", summary.seed(), ", ", CountOf(summary.trial_count(), "trial"),
                   " each, steps of ", CountOf(summary.step_days(), "day")));
  for (const std::string& warning : summary.warnings()) {
    out += Wrap(Printable(warning), terminal.width_columns,
                Paint("note:", Style::kWarning, terminal) + " ");
  }
  return out;
}

}  // namespace quotacast::cli
