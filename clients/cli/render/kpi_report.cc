#include "clients/cli/render/kpi_report.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "clients/cli/render/kpi_figures.h"
#include "clients/cli/render/kpi_series.h"
#include "clients/cli/render/kpi_table_text.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/value_picture.h"

namespace quotacast::cli {
namespace {

using metrics::v1::KpiRow;
using metrics::v1::KpiTable;
using metrics::v1::QueryKpiRequest;

// A picture that is narrower says little, a wider one nothing more.
constexpr int kMinPictureColumns = 8;
constexpr int kMaxPictureColumns = 24;
constexpr int kGapColumns = 2;

// What goes first where room is missing: what --csv has and few look at.
constexpr int kDropIds = 4;
constexpr int kDropParts = 3;
constexpr int kDropSampleSizes = 2;
constexpr int kDropIntervals = 1;

bool AnyRow(const KpiTable& table, const std::function<bool(const KpiRow&)>& holds) {
  return std::any_of(table.rows().begin(), table.rows().end(), holds);
}

bool HasIntervals(const KpiTable& table) {
  return AnyRow(table, [](const KpiRow& row) { return row.has_interval(); });
}

// Whether names are not enough to type a filter by.
bool NeedsIds(const KpiTable& table) {
  return AnyRow(table, [](const KpiRow& row) {
    return !row.group().empty() && !row.group_display_name().empty() &&
           !absl::EqualsIgnoreCase(row.group(), row.group_display_name());
  });
}

// Sums and counts are their own numerators, over 1.
bool HasParts(const KpiTable& table) {
  if (table.definition().unit() == metrics::v1::KPI_UNIT_RATIO) return true;
  return AnyRow(table, [](const KpiRow& row) {
    return row.has_value() && (row.denominator() != 1 || row.numerator() != row.value());
  });
}

// Of a table with several values whose rows differ in one thing alone.
bool CanHavePicture(const KpiTable& table) {
  const auto value_count = std::count_if(table.rows().begin(), table.rows().end(),
                                         [](const KpiRow& row) { return row.has_value(); });
  if (table.then_by() != metrics::v1::GROUP_BY_UNSPECIFIED || value_count < 2) return false;
  return RowsArePeriods(table) || PeriodNames(table).size() < 2 ||
         std::all_of(table.rows().begin(), table.rows().end(),
                     [&](const KpiRow& row) { return row.group() == table.rows(0).group(); });
}

PictureScale ScaleOf(const KpiTable& table, int width_columns) {
  const bool with_intervals = HasIntervals(table);
  PictureScale scale = {.low = 0, .high = 0, .width_columns = width_columns};
  bool is_first = true;
  for (const KpiRow& row : table.rows()) {
    if (!row.has_value()) continue;
    // Bars begin at zero; marks may lie far from it.
    if (with_intervals && is_first) scale.low = scale.high = row.value();
    is_first = false;
    scale.Include(row.value());
    if (!row.has_interval()) continue;
    scale.Include(row.interval().low());
    scale.Include(row.interval().high());
  }
  return scale;
}

std::string Picture(const KpiTable& table, const KpiRow& row, const PictureScale& scale,
                    const Terminal& terminal) {
  if (!row.has_value()) return "";
  if (!HasIntervals(table)) return BarPicture(row.value(), scale, terminal);
  const double low = row.has_interval() ? row.interval().low() : row.value();
  const double high = row.has_interval() ? row.interval().high() : row.value();
  return IntervalPicture(low, row.value(), high, scale, terminal);
}

// Good or bad by the KPI's direction.
Style StyleOf(double difference, metrics::v1::KpiDirection direction) {
  const bool more_is_better = direction == metrics::v1::KPI_DIRECTION_UP;
  if (difference == 0 || (!more_is_better && direction != metrics::v1::KPI_DIRECTION_DOWN)) {
    return Style::kPlain;
  }
  return (difference > 0) == more_is_better ? Style::kGood : Style::kBad;
}

// A row, and the one above it if there is one.
struct Place {
  const KpiRow& row;
  const KpiRow* above = nullptr;
};

// The columns of a table of cells, one after the other.
class CellTable {
 public:
  CellTable(const QueryKpiRequest& asked, const KpiTable& table, const Terminal& terminal)
      : asked_(asked), table_(table), terminal_(terminal), figures_(table) {}

  Table Make(int picture_columns) const {
    Columns columns;
    AddGroups(columns);
    AddValues(columns, picture_columns);
    if (AnyRow(table_, [](const KpiRow& row) { return row.has_reference(); })) {
      AddReferences(columns);
    }
    if (HasParts(table_)) {
      columns.push_back({{"Numerator", Align::kRight, kDropParts},
                         [](const Place& place) { return PlainNumber(place.row.numerator()); }});
      columns.push_back({{"Denominator", Align::kRight, kDropParts},
                         [](const Place& place) { return PlainNumber(place.row.denominator()); }});
    }
    columns.push_back({{"Rests on", Align::kRight, kDropSampleSizes},
                       [](const Place& place) { return FormatCount(place.row.sample_size()); }});
    std::vector<Column> headings;
    for (const auto& [heading, cell] : columns) headings.push_back(heading);
    Table out(headings);
    for (int i = 0; i < table_.rows_size(); ++i) {
      const Place place = {table_.rows(i), i > 0 ? &table_.rows(i - 1) : nullptr};
      std::vector<std::string> cells;
      for (const auto& [heading, cell] : columns) cells.push_back(cell(place));
      out.AddRow(cells);
    }
    return out;
  }

 private:
  using Columns = std::vector<std::pair<Column, std::function<std::string(const Place&)>>>;

  static bool RepeatsGroup(const Place& place) {
    return place.above != nullptr && place.above->group() == place.row.group();
  }

  static bool RepeatsPair(const Place& place) {
    return RepeatsGroup(place) && place.above->then_group() == place.row.then_group();
  }

  void AddGroups(Columns& columns) const {
    const bool has_second = table_.then_by() != metrics::v1::GROUP_BY_UNSPECIFIED;
    const bool has_periods = !RowsArePeriods(table_) && PeriodNames(table_).size() > 1;
    // Of several rows, the first names their group.
    const bool in_blocks = has_second || has_periods;
    // The organisation need not be named where there is nothing else.
    const bool is_organisation =
        !AnyRow(table_, [](const KpiRow& row) { return !row.group().empty(); });
    if (!is_organisation || !in_blocks) {
      columns.push_back({{GroupHeader(table_.group_by())}, [in_blocks](const Place& place) {
                           return in_blocks && RepeatsGroup(place) ? "" : GroupName(place.row);
                         }});
    }
    if (NeedsIds(table_)) {
      columns.push_back({{"Id", Align::kLeft, kDropIds}, [in_blocks](const Place& place) {
                           return in_blocks && RepeatsGroup(place) ? ""
                                                                   : Printable(place.row.group());
                         }});
    }
    if (has_second) {
      columns.push_back({{GroupHeader(table_.then_by())}, [has_periods](const Place& place) {
                           return has_periods && RepeatsPair(place) ? "" : ThenGroupName(place.row);
                         }});
    }
    if (has_periods) {
      columns.push_back(
          {{"Period"}, [](const Place& place) { return Printable(place.row.period()); }});
    }
  }

  void AddValues(Columns& columns, int picture_columns) const {
    columns.push_back({{"Value", Align::kRight}, [this](const Place& place) {
                         return place.row.has_value()
                                    ? figures_.Value(place.row.value())
                                    : Paint("undefined", Style::kWarning, terminal_);
                       }});
    if (picture_columns > 0) {
      const PictureScale scale = ScaleOf(table_, picture_columns);
      columns.push_back({{""}, [scale, this](const Place& place) {
                           return Picture(table_, place.row, scale, terminal_);
                         }});
    }
    if (!HasIntervals(table_)) return;
    columns.push_back(
        {{"95 % interval", Align::kRight, kDropIntervals}, [this](const Place& place) {
           return place.row.has_interval() ? figures_.Interval(place.row.interval()) : "-";
         }});
    if (!AnyRow(table_, HasSignal)) return;
    columns.push_back(
        {{"Stands out"}, [this](const Place& place) -> std::string {
           if (!HasSignal(place.row)) return "";
           const bool is_above = place.row.signal() == metrics::v1::KPI_SIGNAL_ABOVE_PEERS;
           return Paint(is_above ? "above peers" : "below peers",
                        StyleOf(is_above ? 1 : -1, table_.definition().direction()), terminal_);
         }});
  }

  static bool HasSignal(const KpiRow& row) {
    return row.signal() != metrics::v1::KPI_SIGNAL_UNSPECIFIED;
  }

  void AddReferences(Columns& columns) const {
    columns.push_back(
        {{ComparisonHeader(asked_.comparison()), Align::kRight}, [this](const Place& place) {
           const metrics::v1::KpiReference& reference = place.row.reference();
           return reference.has_value() ? figures_.Value(reference.value()) : "-";
         }});
    columns.push_back({{"Difference", Align::kRight}, [this](const Place& place) -> std::string {
                         if (!HasBoth(place.row)) return "-";
                         const double difference = place.row.reference().difference();
                         return Paint(figures_.Difference(difference),
                                      StyleOf(difference, table_.definition().direction()),
                                      terminal_);
                       }});
    if (asked_.comparison() != metrics::v1::KPI_COMPARISON_PEER_QUARTILE) return;
    columns.push_back({{"Better than", Align::kRight}, [](const Place& place) {
                         return HasBoth(place.row)
                                    ? FormatPercent(place.row.reference().better_than_share(), 0)
                                    : "-";
                       }});
  }

  static bool HasBoth(const KpiRow& row) { return row.has_value() && row.reference().has_value(); }

  const QueryKpiRequest& asked_;
  const KpiTable& table_;
  const Terminal& terminal_;
  const KpiFigures figures_;
};

std::string Cells(const QueryKpiRequest& asked, const KpiTable& table, const Terminal& terminal) {
  const CellTable cells(asked, table, terminal);
  Table out = cells.Make(0);
  const int room = terminal.width_columns - out.Width(terminal) - kGapColumns;
  if (CanHavePicture(table) && room >= kMinPictureColumns && out.DroppedHeaders(terminal).empty()) {
    out = cells.Make(std::min(room, kMaxPictureColumns));
  }
  return out.Render(terminal) + "\n" + DroppedText(out.DroppedHeaders(terminal), "--csv", terminal);
}

}  // namespace

std::string KpiReport(const QueryKpiRequest& asked, const KpiTable& table,
                      const Terminal& terminal) {
  return KpiTitle(asked, table, terminal) +
         (IsSeriesOfGroups(table) ? KpiSeriesTable(table, terminal)
                                  : Cells(asked, table, terminal)) +
         ReasonsText(table, terminal) +
         FootnotesText(table, HasParts(table) && !IsSeriesOfGroups(table), terminal);
}

}  // namespace quotacast::cli
