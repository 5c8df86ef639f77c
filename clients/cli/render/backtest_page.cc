#include "clients/cli/render/backtest_page.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/string_views.h"
#include "clients/cli/render/backtest_charts.h"
#include "clients/cli/render/certificate_text.h"
#include "clients/cli/render/forecast_report.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/svg_writer.h"

namespace quotacast::cli {
namespace {

using simulation::v1::BacktestSummary;
using simulation::v1::LevelScores;
using simulation::v1::ScoredForecast;

constexpr simulation::v1::Level kLevels[] = {simulation::v1::LEVEL_ORG, simulation::v1::LEVEL_TEAM,
                                             simulation::v1::LEVEL_REP};
constexpr simulation::v1::Baseline kBaselines[] = {simulation::v1::BASELINE_WEIGHTED_PIPELINE,
                                                   simulation::v1::BASELINE_PIPELINE_CONVERSION,
                                                   simulation::v1::BASELINE_SEASONAL_NAIVE};

// Colours are named once per scheme. What came is told from the forecast by shape as well as
// colour.
constexpr char kStyle[] = R"(
:root { color-scheme: light dark; --page: #ffffff; --ink: #1c2733; --soft: #5b6876;
  --rule: #dde3ea; --panel: #f6f8fa; --blue: #2563b8; --blue-mid: #7fa8de; --blue-soft: #c9dbf3;
  --came: #c2410c; --quota: #6d28d9; --expected: #e8edf3; }
@media (prefers-color-scheme: dark) { :root { --page: #12181f; --ink: #e4e9ef; --soft: #9aa7b5;
  --rule: #2c3845; --panel: #19212a; --blue: #7db0f5; --blue-mid: #3f6fae; --blue-soft: #274568;
  --came: #ff9a62; --quota: #c4a6ff; --expected: #232e3a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 2.2rem 0 .5rem; }
h3 { font-size: .95rem; margin: 0 0 .25rem; color: var(--soft); font-weight: 600; }
p, ul, dl { margin: .4rem 0; max-width: 46rem; }
ul { padding-left: 1.2rem; }
.headline { font-size: 1.1rem; }
.soft, figcaption { color: var(--soft); }
.badge { display: inline-block; border: 1px solid var(--came); color: var(--came);
  border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; }
.scroll { overflow-x: auto; }
.row { display: flex; flex-wrap: wrap; gap: 1rem 2rem; }
figure { margin: .5rem 0; }
figcaption { font-size: .88rem; max-width: 46rem; }
svg { display: block; max-width: none; font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .87rem; }
th, td { padding: .28rem .55rem; text-align: right; border-bottom: 1px solid var(--rule);
  white-space: nowrap; }
th { color: var(--soft); font-weight: 600; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
tr.all td { font-weight: 600; border-top: 1px solid var(--soft); }
tr.first td { border-top: 1px solid var(--soft); } tr.first td:first-child { font-weight: 600; }
td.no { color: var(--came); }
td.text { text-align: left; white-space: normal; }
dt { font-weight: 600; } dd { margin: 0 0 .4rem; color: var(--soft); overflow-wrap: anywhere; }
.grid { stroke: var(--rule); } .axis { stroke: var(--soft); }
.tick, .count { fill: var(--soft); } .label { fill: var(--ink); }
.band95 { fill: var(--blue-soft); } .band80 { fill: var(--blue-soft); }
.band50 { fill: var(--blue-mid); } .bar, .bin { fill: var(--blue); fill-opacity: .85; }
.median { stroke: var(--blue); stroke-width: 2.5; }
.actual { fill: var(--page); stroke: var(--came); stroke-width: 2; }
.outside { fill: var(--came); } .actual-line { stroke: var(--came); stroke-width: 1.5; }
.quota { stroke: var(--quota); stroke-width: 1.5; stroke-dasharray: 5 4; }
.diagonal { stroke: var(--soft); stroke-dasharray: 4 4; } .expected { fill: var(--expected); }
.key { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin: 0 .3rem 0 .9rem;
  vertical-align: -1px; }
.key:first-child { margin-left: 0; }
@media print { main { max-width: none; padding: 0; } h2 { break-after: avoid; }
  figure, table { break-inside: avoid; } .scroll { overflow: visible; }
  svg { max-width: 100%; height: auto; } }
)";

std::string Paragraph(std::string_view text, std::string_view css_class = "") {
  return absl::StrCat("<p", css_class.empty() ? "" : " class=\"", AbslView(css_class),
                      css_class.empty() ? ">" : "\">", EscapeMarkup(text), "</p>\n");
}

std::string Heading(std::string_view text) {
  return absl::StrCat("<h2>", EscapeMarkup(text), "</h2>\n");
}

struct Cell {
  std::string text;
  std::string css_class;
};

std::string RowOf(const std::vector<Cell>& cells, std::string_view tag,
                  std::string_view css_class = "") {
  std::string row =
      css_class.empty() ? "<tr>" : absl::StrCat("<tr class=\"", AbslView(css_class), "\">");
  for (const Cell& cell : cells) {
    absl::StrAppend(&row, "<", AbslView(tag),
                    cell.css_class.empty() ? "" : absl::StrCat(" class=\"", cell.css_class, "\""),
                    ">", EscapeMarkup(cell.text), "</", AbslView(tag), ">");
  }
  return row + "</tr>\n";
}

std::string TableOf(const std::string& head, const std::string& rows) {
  return absl::StrCat("<div class=\"scroll\"><table>\n<thead>", head, "</thead>\n<tbody>\n", rows,
                      "</tbody></table></div>\n");
}

std::string PeriodsText(const BacktestSummary& summary) {
  if (summary.periods_size() == 0) return "";
  const std::string& first = summary.periods(0).name();
  const std::string& last = summary.periods().rbegin()->name();
  return first == last ? first : absl::StrCat(first, " to ", last);
}

std::string HowToRead() {
  return Heading("How to read this") +
         "<ul>\n"
         "<li><b>What was done.</b> For each period and week the clock was set back to the day "
         "before the week began, the model was fitted on what was known then, and the rest of the "
         "period was forecast. What was booked in the end is set beside it.</li>\n"
         "<li><b>Intervals.</b> Honest 80 % intervals hold what came 8 times of 10: clearly less "
         "often, and ranges are too narrow; always, and they are too wide.</li>\n"
         "<li><b>Skill.</b> How much nearer the forecasts came than three that need no model: the "
         "weighted pipeline (B0), the conversion of past pipeline (B1), the same period last year "
         "(B2). Below 0 the baseline was nearer.</li>\n"
         "<li><b>How sure.</b> Figures in brackets are 95 % intervals. Forecasts of one period "
         "share "
         "its market, so a few periods tell little, however many forecasts there are.</li>\n"
         "</ul>\n";
}

std::string Intervals(const BacktestResult& result) {
  const std::string chart = IntervalChart(result);
  if (chart.empty()) return "";
  return Heading("Forecasts and what came") + "<figure><div class=\"scroll\">" + chart +
         "</div>\n<figcaption>" +
         "<span class=\"key\" style=\"background:var(--blue-mid)\"></span>every second outcome"
         "<span class=\"key\" style=\"background:var(--blue-soft)\"></span>8 of 10 (narrow: 19 of "
         "20)"
         "<span class=\"key\" style=\"background:var(--blue)\"></span>median"
         "<span class=\"key\" style=\"background:var(--came)\"></span>what came, filled where it "
         "lies "
         "outside the 8 of 10"
         "<span class=\"key\" style=\"background:var(--quota)\"></span>quota. " +
         EscapeMarkup(absl::StrCat("The organisation, ", result.summary.currency_code(),
                                   "; w5: forecast at the beginning of week 5.")) +
         "</figcaption></figure>\n";
}

std::string CoverageTable(const BacktestSummary& summary) {
  std::string rows;
  for (const LevelScores& scores : summary.scores()) {
    rows += RowOf({{scores.week() == 0 ? LevelHeading(scores.level()) : "", ""},
                   {WeekText(scores.week()), ""},
                   {FormatCount(scores.forecast_count()), ""},
                   {FormatCount(scores.period_count()), ""},
                   {ShareText(CoverageOf(scores, 0.5)), ""},
                   {ShareText(CoverageOf(scores, 0.8)), ""},
                   {ShareText(CoverageOf(scores, 0.95)), ""}},
                  "td", scores.week() == 0 ? "all" : "");
  }
  return Heading("Did the intervals hold?") + TableOf(RowOf({{"Level", ""},
                                                             {"Week", ""},
                                                             {"Forecasts", ""},
                                                             {"Periods", ""},
                                                             {"Inside 50 %", ""},
                                                             {"Inside 80 %", ""},
                                                             {"Inside 95 %", ""}},
                                                            "th"),
                                                      rows);
}

std::string SkillTable(const BacktestSummary& summary) {
  std::string rows;
  for (const LevelScores& scores : summary.scores()) {
    std::vector<Cell> cells = {{scores.week() == 0 ? LevelHeading(scores.level()) : "", ""},
                               {WeekText(scores.week()), ""}};
    for (const auto baseline : kBaselines) {
      const auto& skill = SkillOf(scores, baseline);
      cells.push_back({SkillText(skill), skill.has_value() && skill.value() < 0 ? "no" : ""});
    }
    cells.push_back({FormatAmount(scores.mean_crps(), 1), ""});
    cells.push_back({FormatSignedAmount(scores.bias(), 1), ""});
    cells.push_back({WapeText(scores.wape()), ""});
    cells.push_back({BrierText(scores.brier()), ""});
    rows += RowOf(cells, "td", scores.week() == 0 ? "all" : "");
  }
  return Heading("Nearer than forecasts without a model?") +
         TableOf(RowOf({{"Level", ""},
                        {"Week", ""},
                        {"than B0", ""},
                        {"than B1", ""},
                        {"than B2", ""},
                        {"CRPS", ""},
                        {"Bias", ""},
                        {"WAPE", ""},
                        {"Brier", ""}},
                       "th"),
                 rows) +
         Paragraph(
             absl::StrCat("CRPS: mean distance of forecast and outcome, ", summary.currency_code(),
                          ". Bias: mean forecast less outcome. WAPE: error of the median over "
                          "what was booked. Brier: squared error of P(quota)."),
             "soft");
}

std::string Calibration(const BacktestSummary& summary) {
  std::string pits;
  std::string chances;
  for (const auto level : kLevels) {
    const LevelScores* scores = AllWeeksOf(summary, level);
    if (scores == nullptr) continue;
    const std::string heading = absl::StrCat(
        "<h3>", LevelHeading(level), ", ", CountOf(scores->forecast_count(), "forecast"), "</h3>");
    absl::StrAppend(&pits, "<figure>", heading, PitChart(*scores), "</figure>\n");
    const std::string chart = ReliabilityChart(*scores);
    if (!chart.empty()) absl::StrAppend(&chances, "<figure>", heading, chart, "</figure>\n");
  }
  if (pits.empty()) return "";
  std::string out =
      Heading("Where outcomes fell in the forecasts") +
      Paragraph(
          "Flat is calibrated; the grey band is where calibrated forecasts stay 95 times of 100 if "
          "they were independent. High ends: ranges too narrow. A high middle: too wide. A slope: "
          "forecasts lean to one side.",
          "soft") +
      "<div class=\"row\">" + pits + "</div>\n";
  if (!chances.empty()) {
    out += Heading("Was P(quota) right?") +
           Paragraph("On the diagonal what was given 70 % happened 7 times of 10.", "soft") +
           "<div class=\"row\">" + chances + "</div>\n";
  }
  return out;
}

std::string OrganisationTable(const BacktestResult& result) {
  std::string rows;
  std::string above;
  for (const ScoredForecast* forecast : OrganisationForecasts(result)) {
    const double error = forecast->bookings().mean().monte_carlo_error();
    const auto quantile = [&](double probability) {
      return FormatAmount(QuantileAt(forecast->bookings(), probability), error);
    };
    const bool inside = InsideEighty(*forecast);
    std::vector<Cell> cells = {{forecast->period() == above ? "" : forecast->period(), ""},
                               {WeekText(forecast->week()), ""},
                               {FormatDate(forecast->as_of_date()), ""},
                               {FormatAmount(forecast->booked()), ""},
                               {quantile(0.1), ""},
                               {quantile(0.5), ""},
                               {quantile(0.9), ""},
                               {FormatAmount(forecast->actual()), inside ? "" : "no"}};
    for (const auto baseline : kBaselines) {
      std::string text = "-";
      for (const auto& score : forecast->baselines()) {
        if (score.baseline() == baseline && score.has_forecast()) {
          text = FormatAmount(score.forecast(), 1);
        }
      }
      cells.push_back({text, ""});
    }
    cells.push_back({forecast->has_attain_probability()
                         ? FormatPercent(forecast->attain_probability(), 0)
                         : "-",
                     ""});
    rows += RowOf(cells, "td", forecast->period() == above ? "" : "first");
    above = forecast->period();
  }
  if (rows.empty()) return "";
  return Heading("The organisation's forecasts") + TableOf(RowOf({{"Period", ""},
                                                                  {"Week", ""},
                                                                  {"As of", ""},
                                                                  {"Booked", ""},
                                                                  {"P10", ""},
                                                                  {"P50", ""},
                                                                  {"P90", ""},
                                                                  {"Came", ""},
                                                                  {"B0", ""},
                                                                  {"B1", ""},
                                                                  {"B2", ""},
                                                                  {"P(quota)", ""}},
                                                                 "th"),
                                                           rows);
}

std::string Refusals(const BacktestSummary& summary) {
  if (summary.refusals_size() == 0) return "";
  std::string rows;
  for (const auto& refused : summary.refusals()) {
    rows += RowOf({{refused.period(), ""},
                   {WeekText(refused.week()), ""},
                   {FormatDate(refused.as_of_date()), ""},
                   {refused.refusal().message(), "text"}},
                  "td");
  }
  return Heading("No forecast was given") +
         TableOf(RowOf({{"Period", ""}, {"Week", ""}, {"As of", ""}, {"Why", "text"}}, "th"), rows);
}

std::string RestsOn(const BacktestSummary& summary) {
  std::string facts;
  const auto add = [&facts](std::string_view term, const std::string& text) {
    absl::StrAppend(&facts, "<dt>", EscapeMarkup(term), "</dt><dd>", EscapeMarkup(text), "</dd>\n");
  };
  add("Outcomes", absl::StrCat(AsOfText(summary.as_of()), ", event ",
                               FormatCount(summary.as_of().log_offset())));
  add("Of a past day counts", ReplayModeText(summary.replay_mode()));
  add("Simulation",
      absl::StrCat("seed ", summary.seed(), ", ", CountOf(summary.trial_count(), "trial"),
                   " each, steps of ", CountOf(summary.step_days(), "day")));
  if (summary.has_track_record()) {
    add("Engine", summary.track_record().engine_id());
    add("Models",
        absl::StrCat("SHA-256 over their hashes: ", summary.track_record().models_hash()));
  }
  std::string out = Heading("What it rests on");
  if (summary.warnings_size() > 0) {
    out += "<ul>\n";
    for (const std::string& warning : summary.warnings()) {
      absl::StrAppend(&out, "<li>", EscapeMarkup(warning), "</li>\n");
    }
    out += "</ul>\n";
  }
  return absl::StrCat(out, "<dl>\n", facts, "</dl>\n");
}

}  // namespace

std::string BacktestPage(const BacktestResult& result) {
  const BacktestSummary& summary = result.summary;
  const std::string periods = PeriodsText(summary);
  const std::string title = periods.empty() ? "Back-test of forecasts"
                                            : absl::StrCat("Back-test of forecasts, ", periods);
  const LevelScores* organisation = AllWeeksOf(summary, simulation::v1::LEVEL_ORG);
  std::string body = absl::StrCat("<h1>", EscapeMarkup(title), "</h1>\n") +
                     Paragraph(summary.summary(), "headline");
  if (organisation != nullptr && organisation->directional()) {
    body +=
        "<p><span class=\"badge\">directional</span> <span class=\"soft\">fewer than 8 periods: "
        "read the sign of a figure, not its size</span></p>\n";
  }
  body += Intervals(result) + HowToRead();
  if (summary.scores_size() > 0) body += CoverageTable(summary) + SkillTable(summary);
  body += Calibration(summary) + OrganisationTable(result) + Refusals(summary) + RestsOn(summary);
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
      EscapeMarkup(title), "</title>\n<style>", kStyle, "</style>\n</head>\n<body>\n<main>\n", body,
      "</main>\n</body>\n</html>\n");
}

}  // namespace quotacast::cli
