#include "clients/cli/render/fan_chart.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"

namespace quotacast::cli {
namespace {

constexpr int kRowCount = 18;
constexpr int kMaxColumns = 100;
constexpr int kTickCount = 4;
constexpr int kRightLabelColumns = 14;  // "median 12.3M" and a space.

struct Marks {
  const char* median;
  const char* inner;
  const char* outer;
  const char* quota;
  const char* axis;
  const char* corner;
  const char* tick;
  const char* floor;
};
constexpr Marks kUnicodeMarks = {"█", "▒", "░", "╌", "│", "└", "┤", "─"};
constexpr Marks kAsciiMarks = {"#", "+", ".", "-", "|", "+", "+", "-"};

// 1, 2, 2.5 or 5 times a power of ten, at least `value`.
double NiceStep(double value) {
  const double power = std::pow(10.0, std::floor(std::log10(value)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * power >= value * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

FanChartPoint Between(const FanChartPoint& a, const FanChartPoint& b, double share) {
  const auto mix = [share](double x, double y) { return x + share * (y - x); };
  return {
      a.date,           mix(a.p10, b.p10), mix(a.p25, b.p25), mix(a.p50, b.p50), mix(a.p75, b.p75),
      mix(a.p90, b.p90)};
}

// The quantiles `days` after the first point.
FanChartPoint At(const std::vector<FanChartPoint>& points, double days) {
  for (size_t i = 1; i < points.size(); ++i) {
    const double from = static_cast<double>(points[i - 1].date - points[0].date);
    const double to = static_cast<double>(points[i].date - points[0].date);
    if (days <= to && to > from) {
      return Between(points[i - 1], points[i], std::max(0.0, (days - from) / (to - from)));
    }
  }
  return points.back();
}

// The value axis: rows from the top, row r covers [Bottom(r), Bottom(r) + row_height).
struct Scale {
  double floor;
  double row_height;
  double tick_step;

  double Bottom(int row) const { return floor + (kRowCount - 1 - row) * row_height; }
  int RowOf(double value) const {
    const int from_bottom = static_cast<int>(std::floor((value - floor) / row_height));
    return kRowCount - 1 - std::clamp(from_bottom, 0, kRowCount - 1);
  }
};

Scale MakeScale(const FanChart& chart) {
  double top = chart.quota.value_or(0);
  double bottom = 0;  // Bookings are shown from nothing, so that heights compare.
  for (const FanChartPoint& point : chart.points) {
    top = std::max(top, point.p90);
    bottom = std::min(bottom, point.p10);
  }
  if (!(top > bottom)) top = bottom + 1;
  const double tick_step = NiceStep((top - bottom) / kTickCount);
  const double floor = std::floor(bottom / tick_step) * tick_step;
  const double row_height = (top - floor) * 1.04 / kRowCount;
  return {floor, row_height, tick_step};
}

// What stands at the right of the rows: the final figures from the top down. The quota (without
// one the median) stands at its own row, the others as near to theirs as there is room.
std::vector<std::string> RightLabels(const FanChart& chart, const Scale& scale,
                                     const Terminal& terminal) {
  struct Label {
    const char* name;
    double value;
    Style style;
    bool is_anchor;
  };
  const FanChartPoint& end = chart.points.back();
  const bool with_quota = chart.quota.has_value();
  std::vector<Label> labels = {{"P90", end.p90, Style::kOuterBand, false},
                               {"median", end.p50, Style::kMedian, !with_quota},
                               {"P10", end.p10, Style::kOuterBand, false}};
  if (with_quota) labels.push_back({"quota", *chart.quota, Style::kQuota, true});
  std::stable_sort(labels.begin(), labels.end(),
                   [](const Label& a, const Label& b) { return a.value > b.value; });
  const int count = static_cast<int>(labels.size());
  int anchor = 0;
  while (!labels[anchor].is_anchor) ++anchor;
  std::vector<int> row_of(count);
  row_of[anchor] =
      std::clamp(scale.RowOf(labels[anchor].value), anchor, kRowCount - count + anchor);
  for (int i = anchor - 1; i >= 0; --i) {
    row_of[i] = std::clamp(scale.RowOf(labels[i].value), i, row_of[i + 1] - 1);
  }
  for (int i = anchor + 1; i < count; ++i) {
    row_of[i] = std::clamp(scale.RowOf(labels[i].value), row_of[i - 1] + 1, kRowCount - count + i);
  }
  std::vector<std::string> rows(kRowCount);
  for (int i = 0; i < count; ++i) {
    rows[row_of[i]] = Paint(absl::StrCat(labels[i].name, " ", FormatCompact(labels[i].value)),
                            labels[i].style, terminal);
  }
  return rows;
}

std::string DateAxis(const FanChart& chart, int plot_columns, int left_columns) {
  const absl::CivilDay first = chart.points.front().date;
  const absl::CivilDay last = chart.points.back().date;
  std::string line(left_columns + plot_columns + kRightLabelColumns, ' ');
  const auto column_of = [&](absl::CivilDay day) {
    return left_columns + static_cast<int>(std::lround(static_cast<double>(day - first) /
                                                       (last - first) * (plot_columns - 1)));
  };
  const auto put = [&](int at, const std::string& label) {
    for (int i = at - 2; i < at + static_cast<int>(label.size()) + 2; ++i) {
      if (i >= 0 && i < static_cast<int>(line.size()) && line[i] != ' ') return;
    }
    line.replace(at, label.size(), label);
  };
  const std::string end_label = FormatDayAndMonth(last);
  put(column_of(first), FormatDayAndMonth(first));
  put(column_of(last) + 1 - static_cast<int>(end_label.size()), end_label);
  for (absl::CivilMonth month = absl::CivilMonth(first) + 1; absl::CivilDay(month) < last;
       ++month) {
    put(column_of(absl::CivilDay(month)), FormatDayAndMonth(absl::CivilDay(month)));
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line + "\n";
}

// The legend under the plot, on a second line where one is too short for it.
std::string Legend(const FanChart& chart, const Marks& marks, int left_columns,
                   const Terminal& terminal) {
  struct Entry {
    const char* mark;
    const char* words;
    Style style;
  };
  std::vector<Entry> entries = {{marks.median, "median", Style::kMedian},
                                {marks.inner, "every second outcome", Style::kInnerBand},
                                {marks.outer, "8 of 10 outcomes", Style::kOuterBand}};
  if (chart.quota.has_value()) entries.push_back({marks.quota, "quota", Style::kQuota});
  const std::string indent(left_columns, ' ');
  std::string out;
  std::string line = indent;
  for (const Entry& entry : entries) {
    const std::string text =
        absl::StrCat(Paint(entry.mark, entry.style, terminal), " ", entry.words);
    const std::string gap = line == indent ? "" : "  ";
    if (!gap.empty() && DisplayWidth(line) + DisplayWidth(text) + 2 > terminal.width_columns) {
      absl::StrAppend(&out, line, "\n");
      line = indent + text;
    } else {
      absl::StrAppend(&line, gap, text);
    }
  }
  return absl::StrCat(out, line, "\n");
}

}  // namespace

std::string RenderFanChart(const FanChart& chart, const Terminal& terminal) {
  if (chart.points.size() < 2 || chart.points.back().date <= chart.points.front().date) return "";
  const Marks& marks = terminal.unicode ? kUnicodeMarks : kAsciiMarks;
  const Scale scale = MakeScale(chart);

  // Amounts at the rows that hold a round value.
  std::vector<std::string> left(kRowCount);
  int left_columns = DisplayWidth(chart.currency);
  const double top = scale.Bottom(0) + scale.row_height;
  for (int tick = 0; scale.floor + tick * scale.tick_step < top; ++tick) {
    const double value = scale.floor + tick * scale.tick_step;
    left[scale.RowOf(value)] = FormatCompact(value);
    left_columns = std::max(left_columns, DisplayWidth(FormatCompact(value)));
  }
  const int plot_columns = std::max(
      10, std::min(terminal.width_columns, kMaxColumns) - left_columns - 3 - kRightLabelColumns);
  const std::vector<std::string> right = RightLabels(chart, scale, terminal);
  const int quota_row = chart.quota.has_value() ? scale.RowOf(*chart.quota) : -1;
  const double day_count =
      static_cast<double>(chart.points.back().date - chart.points.front().date);

  std::vector<FanChartPoint> columns;
  for (int x = 0; x < plot_columns; ++x) {
    columns.push_back(At(chart.points, day_count * x / (plot_columns - 1)));
  }
  std::string out = PadLeft(chart.currency, left_columns) + "\n";
  for (int row = 0; row < kRowCount; ++row) {
    absl::StrAppend(&out, PadLeft(left[row], left_columns), " ",
                    left[row].empty() ? marks.axis : marks.tick);
    const double center = scale.Bottom(row) + scale.row_height / 2;
    for (int x = 0; x < plot_columns; ++x) {
      const FanChartPoint& column = columns[x];
      const bool in_inner = center >= column.p25 && center <= column.p75;
      const bool in_outer = center >= column.p10 && center <= column.p90;
      if (scale.RowOf(column.p50) == row) {
        out += Paint(marks.median, Style::kMedian, terminal);
      } else if (row == quota_row && (!in_outer || x % 2 == 0)) {
        // Inside the fan every other column, so that both can be seen.
        out += Paint(marks.quota, Style::kQuota, terminal);
      } else if (in_inner) {
        out += Paint(marks.inner, Style::kInnerBand, terminal);
      } else if (in_outer) {
        out += Paint(marks.outer, Style::kOuterBand, terminal);
      } else {
        out += ' ';
      }
    }
    if (!right[row].empty()) absl::StrAppend(&out, " ", right[row]);
    while (out.back() == ' ') out.pop_back();
    out += '\n';
  }
  absl::StrAppend(&out, std::string(left_columns + 1, ' '), marks.corner);
  for (int x = 0; x < plot_columns; ++x) out += marks.floor;
  absl::StrAppend(&out, "\n", DateAxis(chart, plot_columns, left_columns + 2));
  out += Legend(chart, marks, left_columns + 2, terminal);
  return out;
}

}  // namespace quotacast::cli
