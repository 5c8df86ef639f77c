#include "clients/cli/render/kpi_report.h"

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/render/certificate_text.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

using metrics::v1::KpiDefinition;
using metrics::v1::KpiRow;
using metrics::v1::KpiTable;

// Counts are whole, sums of money may be large, days may be broken: at most one decimal.
std::string PlainNumber(double value) {
  if (std::fabs(value - std::round(value)) < 0.05 || std::fabs(value) >= 1000) {
    return FormatAmount(value, 0);
  }
  return absl::StrFormat("%.1f", value);
}

std::string GroupHeader(const KpiTable& table) {
  const auto& definition = table.definition();
  return definition.display_name().empty() ? definition.name() : definition.display_name();
}

std::string GroupName(const KpiRow& row) {
  if (!row.group_display_name().empty()) return Printable(row.group_display_name());
  if (!row.group().empty()) return Printable(row.group());
  return row.has_period() ? Printable(row.period().name()) : "Organisation";
}

// Whether the rows differ in their periods beyond what their groups already say.
bool NeedsPeriodColumn(const KpiTable& table) {
  std::set<std::string> periods;
  for (const KpiRow& row : table.rows()) {
    if (row.group() == row.period().name()) return false;
    periods.insert(row.period().name());
  }
  return periods.size() > 1;
}

std::string Footnotes(const KpiTable& table, const Terminal& terminal) {
  const KpiDefinition& definition = table.definition();
  std::string out;
  const auto add = [&](const std::string& label, const std::string& text) {
    if (!text.empty()) out += Wrap(Printable(text), terminal.width_columns, label);
  };
  add("Formula:     ", definition.formula());
  add("Numerator:   ", definition.numerator());
  add("Denominator: ", definition.denominator());
  add("Mind:        ", definition.caveat());
  for (const std::string& note : table.notes()) {
    add(Paint("note:", Style::kWarning, terminal) + " ", note);
  }
  return out;
}

}  // namespace

std::string KpiValue(const KpiDefinition& definition, const KpiRow& row,
                     const std::string& currency) {
  if (row.outcome_case() != KpiRow::kValue) {
    return Printable(absl::StrCat("undefined: ", row.undefined_reason()));
  }
  switch (definition.unit()) {
    case metrics::v1::KPI_UNIT_RATIO:
      // Coverage is spoken of as a multiple.
      if (absl::StrContains(definition.name(), "coverage")) {
        return absl::StrFormat("%.1fx", row.value());
      }
      return FormatPercent(row.value());
    case metrics::v1::KPI_UNIT_DAYS:
      return PlainNumber(row.value()) + (row.value() == 1 ? " day" : " days");
    case metrics::v1::KPI_UNIT_MONEY:
      return absl::StrCat(currency, currency.empty() ? "" : " ", PlainNumber(row.value()));
    default:
      return PlainNumber(row.value());
  }
}

std::string KpiReport(const KpiTable& table, const Terminal& terminal) {
  const bool with_period = NeedsPeriodColumn(table);
  std::vector<Column> columns = {{"Group"}};
  if (with_period) columns.push_back({"Period"});
  columns.push_back({"Value", Align::kRight});
  columns.push_back({"Numerator", Align::kRight});
  columns.push_back({"Denominator", Align::kRight});
  columns.push_back({"Rests on", Align::kRight});
  Table out(columns);
  std::set<std::string> reasons;
  for (const KpiRow& row : table.rows()) {
    std::vector<std::string> cells = {GroupName(row)};
    if (with_period) cells.push_back(Printable(row.period().name()));
    const bool defined = row.outcome_case() == KpiRow::kValue;
    if (!defined) reasons.insert(KpiValue(table.definition(), row));
    cells.push_back(defined ? KpiValue(table.definition(), row)
                            : Paint("undefined", Style::kWarning, terminal));
    cells.push_back(PlainNumber(row.numerator()));
    cells.push_back(PlainNumber(row.denominator()));
    cells.push_back(FormatCount(row.sample_size()));
    out.AddRow(cells);
  }
  std::string title = Paint(Printable(GroupHeader(table)), Style::kHeading, terminal);
  if (table.rows_size() > 0 && !with_period && table.rows(0).has_period() &&
      table.rows(0).group() != table.rows(0).period().name()) {
    absl::StrAppend(&title, ", ", Printable(table.rows(0).period().name()));
  }
  absl::StrAppend(&title, ", ", AsOfText(table.as_of()));
  if (table.definition().unit() == metrics::v1::KPI_UNIT_MONEY) {
    absl::StrAppend(&title, ", ", table.currency_code());
  }
  std::string text = Wrap(title, terminal.width_columns) + "\n" + out.Render(terminal) + "\n";
  for (const std::string& reason : reasons) text += Wrap(reason, terminal.width_columns);
  return text + Footnotes(table, terminal);
}

std::string KpiSummaryReport(const std::vector<KpiTable>& tables, const std::string& period,
                             const Terminal& terminal) {
  Table out({{"KPI"}, {"Name"}, {"Value", Align::kRight}, {"Rests on", Align::kRight}});
  std::string undefined;
  for (const KpiTable& table : tables) {
    for (const KpiRow& row : table.rows()) {
      const bool defined = row.outcome_case() == KpiRow::kValue;
      out.AddRow({Printable(GroupHeader(table)), table.definition().name(),
                  defined ? KpiValue(table.definition(), row, table.currency_code())
                          : Paint("undefined", Style::kWarning, terminal),
                  FormatCount(row.sample_size())});
      if (!defined) {
        undefined +=
            Wrap(absl::StrCat(table.definition().name(), " is ", KpiValue(table.definition(), row)),
                 terminal.width_columns);
      }
    }
  }
  std::string text = Paint("The organisation", Style::kHeading, terminal);
  absl::StrAppend(&text, ", ", period.empty() ? "all history" : Printable(period));
  if (!tables.empty()) absl::StrAppend(&text, ", ", AsOfText(tables[0].as_of()));
  absl::StrAppend(&text, "\n\n", out.Render(terminal), "\n", undefined);
  text += Wrap("quotacast metrics --kpi NAME --by rep shows one of them in detail.",
               terminal.width_columns);
  return text;
}

std::string KpiDefinitionsReport(const std::vector<KpiDefinition>& definitions,
                                 const Terminal& terminal) {
  std::string out;
  for (const KpiDefinition& definition : definitions) {
    if (!out.empty()) out += "\n";
    absl::StrAppend(&out, Paint(definition.name(), Style::kHeading, terminal), "  ",
                    Printable(definition.display_name()), "\n");
    if (!definition.formula().empty()) {
      out += Wrap(Printable(definition.formula()), terminal.width_columns, "  ");
    }
    if (!definition.caveat().empty()) {
      out += Wrap(Printable(definition.caveat()), terminal.width_columns, "  Mind: ");
    }
  }
  return out;
}

}  // namespace quotacast::cli
