#include "clients/cli/render/kpi_series.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/render/kpi_figures.h"
#include "clients/cli/render/kpi_table_text.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/sparkline.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

using metrics::v1::KpiRow;
using metrics::v1::KpiTable;

constexpr int kMaxTrendColumns = 30;

// Ids of a row's groups, without the one that is its period.
using Key = std::pair<std::string, std::string>;

struct Series {
  const KpiRow* any_row = nullptr;
  std::map<std::string, const KpiRow*> rows;  // By the name of the period.
};

Key KeyOf(const KpiRow& row, bool rows_are_periods) {
  return {rows_are_periods ? "" : row.group(), row.then_group()};
}

// In order of appearance.
std::vector<Series> SeriesOf(const KpiTable& table) {
  const bool rows_are_periods = RowsArePeriods(table);
  std::map<Key, size_t> places;
  std::vector<Series> all;
  for (const KpiRow& row : table.rows()) {
    const auto [place, is_new] = places.emplace(KeyOf(row, rows_are_periods), all.size());
    if (is_new) all.push_back({.any_row = &row, .rows = {}});
    all[place->second].rows.emplace(row.period(), &row);
  }
  return all;
}

std::string SampleSizesText(const KpiTable& table, const Terminal& terminal) {
  int64_t least = std::numeric_limits<int64_t>::max();
  int64_t greatest = 0;
  for (const KpiRow& row : table.rows()) {
    if (!row.has_value()) continue;
    least = std::min(least, row.sample_size());
    greatest = std::max(greatest, row.sample_size());
  }
  if (least > greatest) return "";
  return Wrap(absl::StrCat("A figure rests on ", FormatCount(least), " to ", FormatCount(greatest),
                           "; --csv has what each one rests on."),
              terminal.width_columns);
}

}  // namespace

bool IsSeriesOfGroups(const KpiTable& table) {
  if (PeriodNames(table).size() < 2) return false;
  if (std::any_of(table.rows().begin(), table.rows().end(),
                  [](const KpiRow& row) { return row.has_reference(); })) {
    return false;
  }
  const bool rows_are_periods = RowsArePeriods(table);
  return std::any_of(table.rows().begin(), table.rows().end(), [&](const KpiRow& row) {
    return KeyOf(row, rows_are_periods) != KeyOf(table.rows(0), rows_are_periods);
  });
}

std::string KpiSeriesTable(const KpiTable& table, const Terminal& terminal) {
  const bool rows_are_periods = RowsArePeriods(table);
  const bool has_second = table.then_by() != metrics::v1::GROUP_BY_UNSPECIFIED;
  const std::vector<std::string> periods = PeriodNames(table);
  const KpiFigures figures(table);
  std::vector<Column> columns;
  // The organisation need not be named where there is nothing else.
  const bool has_first =
      !rows_are_periods && std::any_of(table.rows().begin(), table.rows().end(),
                                       [](const KpiRow& row) { return !row.group().empty(); });
  if (has_first) columns.push_back({GroupHeader(table.group_by())});
  if (has_second) columns.push_back({GroupHeader(table.then_by())});
  columns.push_back({"Trend"});
  for (size_t i = 0; i < periods.size(); ++i) {
    // The earliest goes first, the latest stays.
    columns.push_back(
        {Printable(periods[i]), Align::kRight, static_cast<int>(periods.size() - 1 - i)});
  }
  Table out(columns);
  const KpiRow* previous = nullptr;
  for (const Series& series : SeriesOf(table)) {
    std::vector<std::string> cells;
    const KpiRow& names = *series.any_row;
    if (has_first) {
      const bool is_same = has_second && previous != nullptr && previous->group() == names.group();
      cells.push_back(is_same ? "" : GroupName(names));
    }
    if (has_second) cells.push_back(ThenGroupName(names));
    previous = &names;
    std::vector<std::optional<double>> values;
    std::vector<std::string> texts;
    for (const std::string& period : periods) {
      const auto found = series.rows.find(period);
      const bool defined = found != series.rows.end() && found->second->has_value();
      values.push_back(defined ? std::optional<double>(found->second->value()) : std::nullopt);
      texts.push_back(defined ? figures.Value(found->second->value())
                              : Paint("-", Style::kWarning, terminal));
    }
    cells.push_back(Sparkline(values, kMaxTrendColumns, terminal));
    cells.insert(cells.end(), texts.begin(), texts.end());
    out.AddRow(cells);
  }
  return out.Render(terminal) + "\n" +
         DroppedText(out.DroppedHeaders(terminal), "--csv", terminal) +
         SampleSizesText(table, terminal);
}

}  // namespace quotacast::cli
