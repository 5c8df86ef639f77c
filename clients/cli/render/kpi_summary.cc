#include "clients/cli/render/kpi_summary.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/render/certificate_text.h"
#include "clients/cli/render/kpi_figures.h"
#include "clients/cli/render/kpi_table_text.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

using metrics::v1::KpiRow;
using metrics::v1::KpiTable;
using metrics::v1::QueryKpiRequest;

// What goes first where room is missing. Names stay: they are typed after --kpi.
constexpr int kDropDisplayNames = 3;
constexpr int kDropSampleSizes = 2;
constexpr int kDropPeriods = 1;

constexpr char kDisplayName[] = "In words";

struct Section {
  const char* heading;
  std::vector<metrics::v1::KpiUnit> units;
};

const std::vector<Section>& Sections() {
  static const auto* const kSections = new std::vector<Section>{
      {"Money", {metrics::v1::KPI_UNIT_MONEY, metrics::v1::KPI_UNIT_MONEY_PER_DAY}},
      {"Shares and multiples", {metrics::v1::KPI_UNIT_RATIO}},
      {"Time", {metrics::v1::KPI_UNIT_DAYS, metrics::v1::KPI_UNIT_MINUTES}},
      // And what a later version of the schema measures in.
      {"Counts and others", {}},
  };
  return *kSections;
}

bool IsOf(const Section& section, metrics::v1::KpiUnit unit) {
  const auto has = [&](const Section& any) {
    return std::find(any.units.begin(), any.units.end(), unit) != any.units.end();
  };
  if (!section.units.empty()) return has(section);
  return std::none_of(Sections().begin(), Sections().end(), has);
}

// Figures about quotas have a period even if none was asked for.
bool HasOwnPeriod(const QueryKpiRequest& asked, const KpiRow& row) {
  return !row.period().empty() && row.period() != asked.period();
}

class Summary {
 public:
  Summary(const QueryKpiRequest& asked, const std::vector<KpiTable>& tables,
          const Terminal& terminal)
      : asked_(asked), tables_(tables), terminal_(terminal) {
    for (const KpiTable& table : tables) {
      for (const KpiRow& row : table.rows()) has_periods_ |= HasOwnPeriod(asked, row);
    }
  }

  std::string Defined() const {
    std::vector<Column> columns = {{"KPI", Align::kLeft, 0, true},
                                   {kDisplayName, Align::kLeft, kDropDisplayNames}};
    if (has_periods_) columns.push_back({"Period", Align::kLeft, kDropPeriods});
    columns.push_back({"Value", Align::kRight});
    if (HasComparison()) {
      columns.push_back({ComparisonHeader(asked_.comparison()), Align::kRight});
      columns.push_back({"Difference", Align::kRight});
    }
    columns.push_back({"Rests on", Align::kRight, kDropSampleSizes});
    Table out(columns);
    for (const Section& section : Sections()) {
      bool is_first = true;
      for (const KpiTable& table : tables_) {
        if (!IsOf(section, table.definition().unit())) continue;
        for (const KpiRow& row : table.rows()) {
          if (!row.has_value()) continue;
          if (is_first && !out.empty()) out.AddRow({});
          if (is_first) out.AddRow({Paint(section.heading, Style::kHeading, terminal_)});
          is_first = false;
          out.AddRow(Cells(table, row));
        }
      }
    }
    if (out.empty()) return "";
    std::vector<std::string> dropped = out.DroppedHeaders(terminal_);
    // Names say it, too.
    dropped.erase(std::remove(dropped.begin(), dropped.end(), kDisplayName), dropped.end());
    return out.Render(terminal_) + "\n" + DroppedText(dropped, "--json", terminal_);
  }

  // The names under each reason, the reason that most have first.
  std::string Undefined() const {
    std::map<std::string, std::vector<std::string>> names;
    for (const KpiTable& table : tables_) {
      for (const KpiRow& row : table.rows()) {
        if (!row.has_value()) names[row.undefined_reason()].push_back(table.definition().name());
      }
    }
    std::vector<std::pair<std::string, std::vector<std::string>>> reasons(names.begin(),
                                                                          names.end());
    std::stable_sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) {
      return a.second.size() > b.second.size();
    });
    if (reasons.empty()) return "";
    std::string out = Paint("Undefined", Style::kHeading, terminal_) + "\n";
    for (const auto& [reason, kpis] : reasons) {
      out += Wrap(Printable(reason) + ":", terminal_.width_columns, "  ");
      out += Wrap(absl::StrJoin(kpis, ", "), terminal_.width_columns, "    ");
    }
    return out + "\n";
  }

 private:
  bool HasComparison() const {
    return asked_.comparison() != metrics::v1::KPI_COMPARISON_UNSPECIFIED;
  }

  std::vector<std::string> Cells(const KpiTable& table, const KpiRow& row) const {
    const metrics::v1::KpiDefinition& definition = table.definition();
    const auto text = [&](double value) {
      return KpiFigures(definition, value, table.currency_code()).Value(value);
    };
    std::vector<std::string> cells = {definition.name(), Printable(definition.display_name())};
    if (has_periods_) {
      cells.push_back(HasOwnPeriod(asked_, row) ? Printable(row.period()) : "");
    }
    cells.push_back(text(row.value()));
    if (HasComparison()) {
      const metrics::v1::KpiReference& reference = row.reference();
      const bool has_both = reference.has_value();
      cells.push_back(has_both ? text(reference.value()) : "-");
      cells.push_back(has_both ? KpiFigures(definition, reference.difference(), "")
                                     .Difference(reference.difference())
                               : "-");
    }
    cells.push_back(FormatCount(row.sample_size()));
    return cells;
  }

  const QueryKpiRequest& asked_;
  const std::vector<KpiTable>& tables_;
  const Terminal& terminal_;
  bool has_periods_ = false;
};

}  // namespace

std::string KpiSummaryReport(const QueryKpiRequest& asked, const std::vector<KpiTable>& tables,
                             const Terminal& terminal) {
  std::string title = Paint("The organisation", Style::kHeading, terminal);
  absl::StrAppend(&title, ", ", asked.period().empty() ? "all history" : Printable(asked.period()));
  const auto dated = std::find_if(tables.begin(), tables.end(),
                                  [](const KpiTable& table) { return table.has_as_of(); });
  if (dated != tables.end()) absl::StrAppend(&title, ", ", AsOfText(dated->as_of()));
  const Summary summary(asked, tables, terminal);
  return Wrap(title, terminal.width_columns) + FiltersText(asked, terminal) + "\n" +
         summary.Defined() + summary.Undefined() +
         Wrap("quotacast metrics --kpi NAME --by rep shows one of them in detail.",
              terminal.width_columns);
}

}  // namespace quotacast::cli
