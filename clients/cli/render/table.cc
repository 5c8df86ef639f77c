#include "clients/cli/render/table.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/render/style.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"

namespace quotacast::cli {
namespace {

constexpr int kGapColumns = 2;
constexpr int kMinLeftColumns = 8;
// What a left-aligned column gets before others are dropped for it.
constexpr int kRoomyLeftColumns = 20;

bool CanBeCut(const Column& column) { return column.align == Align::kLeft && !column.is_whole; }

std::string Fit(const std::string& cell, int width, Align align, const Terminal& terminal) {
  const std::string text =
      DisplayWidth(cell) > width ? Truncate(cell, width, terminal.unicode) : cell;
  return align == Align::kRight ? PadLeft(text, width) : PadRight(text, width);
}

std::string EndLine(std::string line, const Terminal& terminal) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (DisplayWidth(line) > terminal.width_columns) {
    line = Truncate(line, terminal.width_columns, terminal.unicode);
  }
  return line + "\n";
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::AddRow(std::vector<std::string> cells) {
  if (cells.size() > columns_.size()) {
    std::fputs("Table: more cells than columns\n", stderr);
    std::abort();
  }
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

int Table::NaturalWidth(size_t column) const {
  int width = DisplayWidth(columns_[column].header);
  for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[column]));
  return width;
}

std::vector<size_t> Table::ShownColumns(const Terminal& terminal) const {
  std::vector<size_t> shown(columns_.size());
  std::iota(shown.begin(), shown.end(), size_t{0});
  while (true) {
    int needed = -kGapColumns;
    int drop_order = 0;
    for (const size_t i : shown) {
      const int width = NaturalWidth(i);
      needed += kGapColumns + (CanBeCut(columns_[i]) ? std::min(width, kRoomyLeftColumns) : width);
      drop_order = std::max(drop_order, columns_[i].drop_order);
    }
    if (needed <= terminal.width_columns || drop_order == 0) return shown;
    shown.erase(std::remove_if(shown.begin(), shown.end(),
                               [&](size_t i) { return columns_[i].drop_order == drop_order; }),
                shown.end());
  }
}

std::vector<int> Table::ColumnWidths(const std::vector<size_t>& shown,
                                     const Terminal& terminal) const {
  std::vector<int> widths;
  for (const size_t i : shown) widths.push_back(NaturalWidth(i));
  const int gaps = kGapColumns * (static_cast<int>(widths.size()) - 1);
  int excess = std::accumulate(widths.begin(), widths.end(), gaps) - terminal.width_columns;
  while (excess > 0) {
    int widest = -1;
    for (size_t i = 0; i < widths.size(); ++i) {
      if (!CanBeCut(columns_[shown[i]]) || widths[i] <= kMinLeftColumns) continue;
      if (widest < 0 || widths[i] > widths[widest]) widest = static_cast<int>(i);
    }
    if (widest < 0) break;
    --widths[widest];
    --excess;
  }
  return widths;
}

std::vector<std::string> Table::DroppedHeaders(const Terminal& terminal) const {
  const std::vector<size_t> shown = ShownColumns(terminal);
  std::vector<std::string> headers;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (!std::binary_search(shown.begin(), shown.end(), i)) headers.push_back(columns_[i].header);
  }
  return headers;
}

int Table::Width(const Terminal& terminal) const {
  const std::vector<int> widths = ColumnWidths(ShownColumns(terminal), terminal);
  const int gaps = kGapColumns * (static_cast<int>(widths.size()) - 1);
  return std::min(terminal.width_columns, std::accumulate(widths.begin(), widths.end(), gaps));
}

std::string Table::Render(const Terminal& terminal) const {
  const std::vector<size_t> shown = ShownColumns(terminal);
  const std::vector<int> widths = ColumnWidths(shown, terminal);
  const auto line_of = [&](const auto& text_of) {
    std::string line;
    for (size_t i = 0; i < shown.size(); ++i) {
      if (i > 0) line += std::string(kGapColumns, ' ');
      line += Fit(text_of(shown[i]), widths[i], columns_[shown[i]].align, terminal);
    }
    return line;
  };
  std::string header = line_of([&](size_t i) { return columns_[i].header; });
  while (!header.empty() && header.back() == ' ') header.pop_back();
  std::string rule;
  for (size_t i = 0; i < widths.size(); ++i) {
    rule += i == 0 ? "" : std::string(kGapColumns, ' ');
    for (int k = 0; k < widths[i]; ++k) rule += terminal.unicode ? "─" : "-";
  }
  std::string out = EndLine(Paint(header, Style::kHeading, terminal), terminal);
  out += EndLine(rule, terminal);
  for (const auto& row : rows_) {
    out += EndLine(line_of([&](size_t i) { return row[i]; }), terminal);
  }
  return out;
}

}  // namespace quotacast::cli
