#include "clients/cli/render/kpi_table_text.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "clients/cli/kpi_words.h"
#include "clients/cli/render/certificate_text.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

using metrics::v1::KpiDefinition;
using metrics::v1::KpiRow;
using metrics::v1::KpiTable;
using metrics::v1::QueryKpiRequest;

// More than these are for other programs to read.
constexpr size_t kMaxReasons = 5;

// "lead_source" -> "Lead source".
std::string Heading(const std::string& word) {
  std::string heading = absl::StrReplaceAll(word, {{"_", " "}});
  if (!heading.empty()) heading[0] = absl::ascii_toupper(static_cast<unsigned char>(heading[0]));
  return heading;
}

std::string Name(const std::string& display_name, const std::string& id) {
  return Printable(display_name.empty() ? id : display_name);
}

// "2017Q3", "2017Q1 to 2017Q3"; empty where the rows say it or there is none.
std::string TitlePeriods(const KpiTable& table) {
  const std::vector<std::string> periods = PeriodNames(table);
  if (periods.empty() || RowsArePeriods(table)) return "";
  return Printable(periods.size() == 1 ? periods[0]
                                       : absl::StrCat(periods.front(), " to ", periods.back()));
}

// Most frequent first.
std::string ReasonLines(const std::string& label, const std::map<std::string, int64_t>& counts,
                        int64_t row_count, const Terminal& terminal) {
  std::vector<std::pair<std::string, int64_t>> reasons(counts.begin(), counts.end());
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string out;
  for (size_t i = 0; i < reasons.size() && i < kMaxReasons; ++i) {
    const auto& [reason, count] = reasons[i];
    const std::string rows = row_count > 1 ? absl::StrCat(" (", CountOf(count, "figure"), ")") : "";
    out += Wrap(Printable(absl::StrCat(label, reason, rows)), terminal.width_columns);
  }
  if (reasons.size() > kMaxReasons) {
    out += Wrap(absl::StrCat(label, "for ", reasons.size() - kMaxReasons,
                             " more reasons; --csv has them all"),
                terminal.width_columns);
  }
  return out;
}

}  // namespace

std::string GroupHeader(metrics::v1::GroupBy group_by) {
  return group_by == metrics::v1::GROUP_BY_UNSPECIFIED ? "Group" : Heading(GroupByWord(group_by));
}

std::string ComparisonHeader(metrics::v1::KpiComparison comparison) {
  return Heading(ComparisonWord(comparison));
}

std::string GroupName(const KpiRow& row) {
  if (!row.group_display_name().empty() || !row.group().empty()) {
    return Name(row.group_display_name(), row.group());
  }
  return !row.period().empty() ? Printable(row.period()) : "Organisation";
}

std::string ThenGroupName(const KpiRow& row) {
  return Name(row.then_group_display_name(), row.then_group());
}

std::vector<std::string> PeriodNames(const KpiTable& table) {
  std::vector<std::string> names;
  for (const KpiRow& row : table.rows()) {
    if (row.period().empty()) continue;
    if (std::find(names.begin(), names.end(), row.period()) == names.end()) {
      names.push_back(row.period());
    }
  }
  return names;
}

bool RowsArePeriods(const KpiTable& table) {
  return std::any_of(table.rows().begin(), table.rows().end(), [](const KpiRow& row) {
    return !row.period().empty() && row.group() == row.period();
  });
}

std::string KpiTitle(const QueryKpiRequest& asked, const KpiTable& table,
                     const Terminal& terminal) {
  const KpiDefinition& definition = table.definition();
  std::string title =
      Paint(Name(definition.display_name(), definition.name()), Style::kHeading, terminal);
  const std::string periods = TitlePeriods(table);
  if (!periods.empty()) absl::StrAppend(&title, ", ", periods);
  absl::StrAppend(&title, ", ", AsOfText(table.as_of()));
  if (definition.unit() == metrics::v1::KPI_UNIT_MONEY && !table.currency_code().empty()) {
    absl::StrAppend(&title, ", ", table.currency_code());
  }
  return Wrap(title, terminal.width_columns) + FiltersText(asked, terminal) + "\n";
}

std::string FiltersText(const QueryKpiRequest& asked, const Terminal& terminal) {
  if (asked.filters().empty()) return "";
  const std::string filters = absl::StrJoin(
      asked.filters(), "; ", [](std::string* out, const metrics::v1::KpiFilter& filter) {
        absl::StrAppend(out, absl::StrReplaceAll(GroupByWord(filter.dimension()), {{"_", " "}}),
                        " ", absl::StrJoin(filter.ids(), ", "));
      });
  return Wrap(Printable(filters), terminal.width_columns, "Only ");
}

std::string ReasonsText(const KpiTable& table, const Terminal& terminal) {
  std::map<std::string, int64_t> of_values;
  std::map<std::string, int64_t> of_references;
  for (const KpiRow& row : table.rows()) {
    if (!row.has_value()) ++of_values[row.undefined_reason()];
    if (row.has_reference() && !row.reference().has_value()) {
      ++of_references[row.reference().undefined_reason()];
    }
  }
  return ReasonLines("undefined: ", of_values, table.rows_size(), terminal) +
         ReasonLines("not compared: ", of_references, table.rows_size(), terminal);
}

std::string FootnotesText(const KpiTable& table, bool shows_parts, const Terminal& terminal) {
  const KpiDefinition& definition = table.definition();
  std::string out;
  const auto add = [&](const std::string& label, const std::string& text) {
    if (!text.empty()) out += Wrap(Printable(text), terminal.width_columns, label);
  };
  add("Formula:     ", definition.formula());
  if (shows_parts) {
    add("Numerator:   ", definition.numerator());
    add("Denominator: ", definition.denominator());
  }
  add("Mind:        ", definition.caveat());
  return out + KpiNotes(table, terminal);
}

std::string KpiNotes(const KpiTable& table, const Terminal& terminal) {
  std::string out;
  for (const std::string& note : table.notes()) {
    out += Wrap(Printable(note), terminal.width_columns,
                Paint("note:", Style::kWarning, terminal) + " ");
  }
  return out;
}

std::string DroppedText(const std::vector<std::string>& headers, const std::string& option,
                        const Terminal& terminal) {
  if (headers.empty()) return "";
  return Wrap(absl::StrCat("No room here for ", absl::StrJoin(headers, ", "),
                           ": a wider terminal or ", option, " has them."),
              terminal.width_columns);
}

}  // namespace quotacast::cli
