#include "clients/cli/render/comparison_report.h"

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/render/certificate_text.h"
#include "clients/cli/render/difference_histogram.h"
#include "clients/cli/render/forecast_report.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

using simulation::v1::ComparisonResult;
using simulation::v1::EntityDifference;
using simulation::v1::EntityForecast;
using simulation::v1::ForecastResult;
using simulation::v1::Level;
using simulation::v1::ScenarioComparison;

std::string ScenarioName(const ScenarioComparison& scenario) {
  return scenario.display_name().empty() ? "base" : Printable(scenario.display_name());
}

// Whether every outcome is the same in both scenarios.
bool AlwaysTies(const EntityDifference& difference) {
  return difference.tie_probability().value() > 1 - 1e-9;
}

std::string ChangeText(const EntityDifference& difference, const Terminal& terminal) {
  if (!difference.has_attain_probability_change()) return "-";
  const type::v1::Estimate& change = difference.attain_probability_change();
  const std::string points = FormatPointsChange(change);
  if (points == "0" && 100 * change.total_error() < 0.05) return points;
  return absl::StrCat(points, terminal.unicode ? " ± " : " +/- ", FormatPointsError(change));
}

std::string BetterText(const EntityDifference& difference) {
  return AlwaysTies(difference) ? "same" : FormatProbability(difference.better_probability());
}

// "Payout: USD 12,000 more on average; USD 0 to +USD 30,000 in 8 of 10 outcomes."
std::string PayoutLine(const EntityDifference& difference, const std::string& currency,
                       const Terminal& terminal) {
  if (!difference.has_payout_difference()) return "";
  const type::v1::Distribution& payout = difference.payout_difference();
  const double error = payout.mean().monte_carlo_error();
  return Wrap(
      absl::StrCat(FormatSignedMoney(payout.mean().value(), error, currency), " on average; ",
                   FormatSignedMoney(QuantileAt(payout, 0.1), error, currency), " to ",
                   FormatSignedMoney(QuantileAt(payout, 0.9), error, currency),
                   " in 8 of 10 outcomes"),
      terminal.width_columns, "Payout: ");
}

const EntityDifference* OrganisationDifference(const ScenarioComparison& scenario) {
  for (const EntityDifference& difference : scenario.differences()) {
    if (difference.entity().level() == simulation::v1::LEVEL_ORG) return &difference;
  }
  return nullptr;
}

std::string SideBySide(const ComparisonResult& result, const Terminal& terminal) {
  Table table({{"Scenario"},
               {"P10", Align::kRight},
               {"P50", Align::kRight},
               {"P90", Align::kRight},
               {"P(quota)", Align::kRight},
               {"Change", Align::kRight},
               {"Books more", Align::kRight},
               {"At quota", Align::kRight}});
  for (const ScenarioComparison& scenario : result.scenarios()) {
    const ForecastResult& forecast = scenario.outcome().forecast();
    const EntityForecast* organisation = OrganisationOf(forecast);
    if (organisation == nullptr) continue;
    const double error = organisation->bookings().mean().monte_carlo_error();
    const auto quantile = [&](double probability) {
      return FormatAmount(QuantileAt(organisation->bookings(), probability), error);
    };
    const EntityDifference* difference = OrganisationDifference(scenario);
    const int reps = forecast.eligible_rep_count();
    table.AddRow(
        {ScenarioName(scenario), quantile(0.1), quantile(0.5), quantile(0.9),
         organisation->has_attain_probability()
             ? FormatProbability(organisation->attain_probability())
             : "-",
         difference == nullptr ? "" : ChangeText(*difference, terminal),
         difference == nullptr ? "" : BetterText(*difference),
         reps > 0
             ? absl::StrCat(std::lround(reps * QuantileAt(forecast.reps_at_quota_share(), 0.5)),
                            " of ", reps)
             : "-"});
  }
  return table.Render(terminal);
}

std::string DifferenceTable(const ScenarioComparison& scenario, Level level,
                            const Terminal& terminal) {
  Table table({{level == simulation::v1::LEVEL_TEAM ? "Team" : "Rep"},
               {"P10", Align::kRight},
               {"Median", Align::kRight},
               {"P90", Align::kRight},
               {"Books more", Align::kRight},
               {"Change", Align::kRight}});
  for (const EntityDifference& difference : scenario.differences()) {
    if (difference.entity().level() != level) continue;
    const double error = difference.difference().mean().monte_carlo_error();
    const auto quantile = [&](double probability) {
      return FormatSignedAmount(QuantileAt(difference.difference(), probability), error);
    };
    table.AddRow({Printable(difference.display_name().empty() ? difference.entity().entity_id()
                                                              : difference.display_name()),
                  quantile(0.1), quantile(0.5), quantile(0.9), BetterText(difference),
                  ChangeText(difference, terminal)});
  }
  return table.empty() ? "" : "\n" + table.Render(terminal);
}

std::string ScenarioSection(const ScenarioComparison& scenario, const std::string& yardstick,
                            const Terminal& terminal) {
  const std::string& currency = scenario.outcome().forecast().currency_code();
  std::string out = "\n" + Wrap(absl::StrCat(ScenarioName(scenario), " against ", yardstick),
                                terminal.width_columns);
  if (terminal.color) {
    out = "\n" +
          Paint(absl::StrCat(ScenarioName(scenario), " against ", yardstick), Style::kHeading,
                terminal) +
          "\n";
  }
  if (!scenario.summary().empty()) {
    out += Wrap(Printable(scenario.summary()), terminal.width_columns);
  }
  out += InitiativeCostText(scenario.outcome().forecast(), terminal);
  const EntityDifference* difference = OrganisationDifference(scenario);
  if (difference != nullptr) {
    const std::string histogram = DifferenceHistogram(*difference, currency, terminal);
    if (!histogram.empty()) {
      absl::StrAppend(&out, "\nDifference of the organisation's bookings, outcome by outcome:\n",
                      histogram);
    }
    const std::string payout = PayoutLine(*difference, currency, terminal);
    if (!payout.empty()) absl::StrAppend(&out, "\n", payout);
  }
  out += DifferenceTable(scenario, simulation::v1::LEVEL_TEAM, terminal);
  out += DifferenceTable(scenario, simulation::v1::LEVEL_REP, terminal);
  return out;
}

}  // namespace

std::string ComparisonReport(const ComparisonResult& result, const Terminal& terminal) {
  if (result.has_refusal()) return RefusalText(result.refusal(), terminal);
  if (result.scenarios_size() == 0) return "";
  const ForecastResult& first = result.scenarios(0).outcome().forecast();
  const std::string yardstick = ScenarioName(result.scenarios(0));
  std::string out = Paint(absl::StrCat("Comparison for ", Printable(first.period().name()),
                                       ", bookings in ", Printable(first.currency_code())),
                          Style::kHeading, terminal);
  absl::StrAppend(&out, "\n\n", SideBySide(result, terminal), "\n");
  out += Wrap(
      absl::StrCat("Change: of P(quota) against ", yardstick,
                   ", in points. Books more: share of outcomes in which the scenario books more; "
                   "all scenarios meet the same chance events. At quota: reps who reach theirs, "
                   "median."),
      terminal.width_columns);
  for (int i = 1; i < result.scenarios_size(); ++i) {
    out += ScenarioSection(result.scenarios(i), yardstick, terminal);
  }
  out += "\n" + CertificateText(result.scenarios(0).outcome().certificate(), nullptr, terminal);
  // The same warning of several scenarios is said once.
  std::set<std::string> said;
  type::v1::Certificate all;
  for (const ScenarioComparison& scenario : result.scenarios()) {
    for (const std::string& warning : scenario.outcome().certificate().warnings()) {
      if (said.insert(warning).second) all.add_warnings(warning);
    }
  }
  return out + WarningsText(all, terminal);
}

}  // namespace quotacast::cli
