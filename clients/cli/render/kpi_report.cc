#include "clients/cli/render/kpi_report.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "clients/cli/kpi_words.h"
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

// Of the table of definitions: between two of its columns, and the least that names and formulas
// get.
constexpr int kGapColumns = 2;
constexpr int kMinTextColumns = 20;

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
  return out + KpiNotes(table, terminal);
}

std::string Amount(const KpiDefinition& definition, double value, const std::string& currency) {
  switch (definition.unit()) {
    case metrics::v1::KPI_UNIT_RATIO:
      // Coverage is spoken of as a multiple.
      if (absl::StrContains(definition.name(), "coverage")) {
        return absl::StrFormat("%.1fx", value);
      }
      return FormatPercent(value);
    case metrics::v1::KPI_UNIT_DAYS:
      return PlainNumber(value) + (value == 1 ? " day" : " days");
    case metrics::v1::KPI_UNIT_MONEY:
      return absl::StrCat(currency, currency.empty() ? "" : " ", PlainNumber(value));
    case metrics::v1::KPI_UNIT_MONEY_PER_DAY:
      return absl::StrCat(FormatAmountWithCents(value), currency.empty() ? "" : " ", currency,
                          "/day");
    case metrics::v1::KPI_UNIT_COUNT:
      return absl::StrFormat("%.2f", value);
    default:
      return PlainNumber(value);
  }
}

// The currency that the figures of a table's rows carry: sums have theirs in the title.
std::string RowCurrency(const KpiTable& table) {
  return table.definition().unit() == metrics::v1::KPI_UNIT_MONEY_PER_DAY ? table.currency_code()
                                                                          : "";
}

std::string IntervalText(const KpiTable& table, const KpiRow& row) {
  if (!row.has_interval()) return "-";
  return absl::StrCat(Amount(table.definition(), row.interval().low(), RowCurrency(table)), " to ",
                      Amount(table.definition(), row.interval().high(), RowCurrency(table)));
}

bool HasIntervals(const KpiTable& table) {
  return std::any_of(table.rows().begin(), table.rows().end(),
                     [](const KpiRow& row) { return row.has_interval(); });
}

// One word or two, for a column.
std::string UnitName(metrics::v1::KpiUnit unit) {
  switch (unit) {
    case metrics::v1::KPI_UNIT_RATIO:
      return "ratio";
    case metrics::v1::KPI_UNIT_DAYS:
      return "days";
    case metrics::v1::KPI_UNIT_MONEY:
      return "money";
    case metrics::v1::KPI_UNIT_MONEY_PER_DAY:
      return "money/day";
    case metrics::v1::KPI_UNIT_COUNT:
      return "count";
    default:
      return "-";
  }
}

std::string UnitText(metrics::v1::KpiUnit unit) {
  switch (unit) {
    case metrics::v1::KPI_UNIT_RATIO:
      return "ratio; 1 is 100 %";
    case metrics::v1::KPI_UNIT_DAYS:
      return "days";
    case metrics::v1::KPI_UNIT_MONEY:
      return "money: major units of the workspace's currency";
    case metrics::v1::KPI_UNIT_MONEY_PER_DAY:
      return "money per day: major units of the workspace's currency";
    case metrics::v1::KPI_UNIT_COUNT:
      return "a number of things";
    default:
      return "";
  }
}

std::string DirectionText(metrics::v1::KpiDirection direction) {
  switch (direction) {
    case metrics::v1::KPI_DIRECTION_UP:
      return "it is higher";
    case metrics::v1::KPI_DIRECTION_DOWN:
      return "it is lower";
    case metrics::v1::KPI_DIRECTION_NEITHER:
      return "neither: too much is as bad as too little, or it only describes";
    default:
      return "";
  }
}

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

// The shortest decimal text that is read back as the same number.
std::string ExactNumber(double value) {
  // The smallest double has 323 zeros behind its point.
  std::array<char, 512> text;
  const std::to_chars_result result =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return std::string(text.data(), result.ptr);
}

// RFC 4180: quotes around what could be taken for the end of a field, quotes in it doubled.
std::string CsvLine(const std::vector<std::string>& fields) {
  return absl::StrCat(
      absl::StrJoin(
          fields, ",",
          [](std::string* out, const std::string& field) {
            if (field.find_first_of(",\"\r\n") == std::string::npos) {
              out->append(field);
            } else {
              absl::StrAppend(out, "\"", absl::StrReplaceAll(field, {{"\"", "\"\""}}), "\"");
            }
          }),
      "\r\n");
}

}  // namespace

std::string KpiValue(const KpiDefinition& definition, const KpiRow& row,
                     const std::string& currency) {
  if (row.outcome_case() != KpiRow::kValue) {
    return Printable(absl::StrCat("undefined: ", row.undefined_reason()));
  }
  return Amount(definition, row.value(), currency);
}

std::string KpiReport(const KpiTable& table, const Terminal& terminal) {
  const bool with_period = NeedsPeriodColumn(table);
  const bool with_interval = HasIntervals(table);
  std::vector<Column> columns = {{"Group"}};
  if (with_period) columns.push_back({"Period"});
  columns.push_back({"Value", Align::kRight});
  if (with_interval) columns.push_back({"95 % interval", Align::kRight});
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
    cells.push_back(defined ? KpiValue(table.definition(), row, RowCurrency(table))
                            : Paint("undefined", Style::kWarning, terminal));
    if (with_interval) cells.push_back(IntervalText(table, row));
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

std::string KpiNotes(const KpiTable& table, const Terminal& terminal) {
  std::string out;
  for (const std::string& note : table.notes()) {
    out += Wrap(Printable(note), terminal.width_columns,
                Paint("note:", Style::kWarning, terminal) + " ");
  }
  return out;
}

std::string KpiCsv(const KpiTable& table) {
  std::string out =
      CsvLine({"group", "group_display_name", "period", "value", "undefined_reason", "numerator",
               "denominator", "sample_size", "interval_low", "interval_high"});
  for (const KpiRow& row : table.rows()) {
    const bool defined = row.outcome_case() == KpiRow::kValue;
    const bool bounded = row.has_interval();
    out +=
        CsvLine({row.group(), row.group_display_name(), row.period().name(),
                 defined ? ExactNumber(row.value()) : "", row.undefined_reason(),
                 ExactNumber(row.numerator()), ExactNumber(row.denominator()),
                 absl::StrCat(row.sample_size()), bounded ? ExactNumber(row.interval().low()) : "",
                 bounded ? ExactNumber(row.interval().high()) : ""});
  }
  return out;
}

std::string KpiDefinitionsReport(const std::vector<KpiDefinition>& definitions,
                                 const Terminal& terminal) {
  // Names are typed again, so they are never broken; formulas get the columns that are left.
  int name_width = kMinTextColumns;
  int unit_width = DisplayWidth("Unit");
  for (const KpiDefinition& definition : definitions) {
    name_width = std::max(name_width, DisplayWidth(definition.name()));
    unit_width = std::max(unit_width, DisplayWidth(UnitName(definition.unit())));
  }
  const int formula_width =
      std::max(kMinTextColumns, terminal.width_columns - name_width - unit_width - 2 * kGapColumns);
  Table out({{"KPI"}, {"Unit"}, {"Formula"}});
  for (const KpiDefinition& definition : definitions) {
    std::vector<std::string> names = {Paint(definition.name(), Style::kHeading, terminal)};
    if (!definition.display_name().empty()) {
      const std::string name = Wrap(Printable(definition.display_name()), name_width, "  ");
      for (const std::string& line : Lines(name)) names.push_back(line);
    }
    const std::vector<std::string> formula =
        Lines(Wrap(Printable(definition.formula()), formula_width));
    for (size_t i = 0; i < std::max(names.size(), formula.size()); ++i) {
      out.AddRow({i < names.size() ? names[i] : "", i == 0 ? UnitName(definition.unit()) : "",
                  i < formula.size() ? formula[i] : ""});
    }
  }
  return out.Render(terminal) + "\n" +
         Wrap("quotacast kpis explain NAME says what one of them counts, and what it leaves out.",
              terminal.width_columns);
}

std::string KpiExplanation(const KpiDefinition& definition, const Terminal& terminal) {
  std::string out = Paint(Printable(definition.name()), Style::kHeading, terminal);
  if (!definition.display_name().empty()) {
    absl::StrAppend(&out, ": ", Printable(definition.display_name()));
  }
  out = Wrap(out, terminal.width_columns) + "\n";
  const auto add = [&](const std::string& label, const std::string& text) {
    if (!text.empty()) out += Wrap(Printable(text), terminal.width_columns, label);
  };
  add("Formula:     ", definition.formula());
  add("Numerator:   ", definition.numerator());
  add("Denominator: ", definition.denominator());
  add("Unit:        ", UnitText(definition.unit()));
  add("Better when: ", DirectionText(definition.direction()));
  add("Rows:        ",
      absl::StrJoin(definition.group_bys(), ", ",
                    [](std::string* text, int group_by) { text->append(GroupByWord(group_by)); }));
  add("Interval:    ",
      definition.interval_method().empty() ? "none" : definition.interval_method());
  add("Mind:        ", definition.caveat());
  add("Source:      ", definition.source());
  if (definition.edge_rules_size() > 0) out += "\nWhat counts:\n";
  for (const std::string& rule : definition.edge_rules()) add("  - ", rule);
  return out;
}

}  // namespace quotacast::cli
