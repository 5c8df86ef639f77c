#include "clients/cli/render/driver_report.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

using simulation::v1::DealDriver;
using simulation::v1::ForecastResult;
using simulation::v1::RepDriver;

// A sentence claims a change that is this many Monte Carlo errors from none: the deal was picked
// from many, and the luckiest of them shows three.
constexpr double kErrorsOfAClaim = 4;

// Where the terminal is narrow these go, the highest first.
constexpr int kStageDropOrder = 3;
constexpr int kShareDropOrder = 2;
constexpr int kRepDropOrder = 1;

using RepNames = std::map<std::string, std::string>;

std::string RepName(const RepNames& names, const std::string& rep_id) {
  const auto found = names.find(rep_id);
  return Printable(found == names.end() ? rep_id : found->second);
}

bool HasBothSides(const DealDriver& deal) {
  return deal.has_attain_probability_if_won() && deal.has_attain_probability_if_not_won();
}

// P(quota) with the deal less P(quota) without. The trials of the two are disjoint, so their Monte
// Carlo errors are independent.
type::v1::Estimate ChangeOf(const DealDriver& deal) {
  type::v1::Estimate change;
  change.set_value(deal.attain_probability_if_won().value() -
                   deal.attain_probability_if_not_won().value());
  change.set_monte_carlo_error(
      std::hypot(deal.attain_probability_if_won().monte_carlo_error(),
                 deal.attain_probability_if_not_won().monte_carlo_error()));
  change.set_total_error(change.monte_carlo_error());
  return change;
}

// A small negative share is chance, not a "-0.0 %".
std::string ShareText(double share) {
  const std::string text = FormatPercent(share);
  return text == "-0.0 %" ? "0.0 %" : text;
}

std::string Headline(const DealDriver& deal, const RepNames& names, const Terminal& terminal) {
  if (!HasBothSides(deal)) return "";
  const type::v1::Estimate change = ChangeOf(deal);
  if (std::fabs(change.value()) < kErrorsOfAClaim * change.monte_carlo_error()) return "";
  std::string text = absl::StrCat("Most depends on ", Printable(deal.opportunity_id()), " (",
                                  RepName(names, deal.rep_id()));
  if (deal.has_amount()) absl::StrAppend(&text, ", ", FormatMoney(deal.amount()));
  absl::StrAppend(&text, "): if it is won, P(quota) is ",
                  FormatProbability(deal.attain_probability_if_won()), "; if not, ",
                  FormatProbability(deal.attain_probability_if_not_won()), ".");
  return Wrap(text, terminal.width_columns) + "\n";
}

std::string DealTable(const ForecastResult& forecast, const RepNames& names,
                      const Terminal& terminal) {
  const bool with_quota = std::any_of(
      forecast.deal_drivers().begin(), forecast.deal_drivers().end(), [](const DealDriver& deal) {
        return deal.has_attain_probability_if_won() || deal.has_attain_probability_if_not_won();
      });
  std::vector<Column> columns = {{"Open deal", Align::kLeft, 0, true},
                                 {"Rep", Align::kLeft, kRepDropOrder},
                                 {"Stage", Align::kLeft, kStageDropOrder},
                                 {"Amount", Align::kRight},
                                 {"P(won)", Align::kRight}};
  if (with_quota) {
    columns.push_back({"If won", Align::kRight});
    columns.push_back({"If not", Align::kRight});
    columns.push_back({"Change", Align::kRight});
  }
  columns.push_back({"Spread", Align::kRight, with_quota ? kShareDropOrder : 0});
  Table table(columns);
  for (const DealDriver& deal : forecast.deal_drivers()) {
    std::vector<std::string> cells = {Printable(deal.opportunity_id()),
                                      RepName(names, deal.rep_id()), Printable(deal.stage_id()),
                                      deal.has_amount() ? FormatAmount(deal.amount()) : "-",
                                      FormatProbability(deal.win_probability())};
    if (with_quota) {
      cells.push_back(deal.has_attain_probability_if_won()
                          ? FormatProbability(deal.attain_probability_if_won())
                          : "-");
      cells.push_back(deal.has_attain_probability_if_not_won()
                          ? FormatProbability(deal.attain_probability_if_not_won())
                          : "-");
      if (HasBothSides(deal)) {
        const type::v1::Estimate change = ChangeOf(deal);
        cells.push_back(absl::StrCat(FormatPointsChange(change), terminal.unicode ? " ± " : " +/- ",
                                     FormatPointsError(change)));
      } else {
        cells.push_back("-");
      }
    }
    cells.push_back(ShareText(deal.variance_share()));
    table.AddRow(cells);
  }
  if (table.empty()) return "";
  const std::string legend =
      with_quota ? "If won, If not: P(quota) in the outcomes that win the deal in the period, and "
                   "in the others. Change: the difference in points, with its error by chance; it "
                   "is what the deal goes along with, so shared luck counts too. Spread: share of "
                   "the spread of the organisation's bookings."
                 : "Spread: share of the spread of the organisation's bookings that goes along "
                   "with the deal.";
  return table.Render(terminal) + Wrap(legend, terminal.width_columns);
}

std::string RepTable(const ForecastResult& forecast, const Terminal& terminal) {
  Table table({{"Rep"}, {"Spread", Align::kRight}});
  double others = 1;
  for (const RepDriver& rep : forecast.rep_drivers()) {
    const std::string& id = rep.entity().entity_id();
    table.AddRow({Printable(rep.display_name().empty() ? id : rep.display_name()),
                  ShareText(rep.variance_share())});
    others -= rep.variance_share();
  }
  if (table.empty()) return "";
  if (std::fabs(others) > 1e-9) table.AddRow({"All others", ShareText(others)});
  return table.Render(terminal);
}

}  // namespace

std::string DriverReport(const ForecastResult& forecast, const Terminal& terminal) {
  if (forecast.deal_drivers().empty() && forecast.rep_drivers().empty()) return "";
  RepNames names;
  for (const auto& entity : forecast.entities()) {
    if (entity.entity().level() != simulation::v1::LEVEL_REP || entity.display_name().empty()) {
      continue;
    }
    names[entity.entity().entity_id()] = entity.display_name();
  }
  for (const RepDriver& rep : forecast.rep_drivers()) {
    if (!rep.display_name().empty()) names[rep.entity().entity_id()] = rep.display_name();
  }
  std::string out = Paint("What the period depends on", Style::kHeading, terminal) + "\n\n";
  if (!forecast.deal_drivers().empty()) {
    out += Headline(forecast.deal_drivers(0), names, terminal);
    out += DealTable(forecast, names, terminal) + "\n";
  }
  return out + RepTable(forecast, terminal);
}

}  // namespace quotacast::cli
