#include "clients/cli/render/kpi_definition_text.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/cli/kpi_words.h"
#include "clients/cli/render/kpi_figures.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

using metrics::v1::KpiDefinition;

// Of the table of definitions: between two of its columns, and the least that names and formulas
// get.
constexpr int kGapColumns = 2;
constexpr int kMinTextColumns = 20;

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

}  // namespace

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
