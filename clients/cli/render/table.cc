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

std::vector<int> Table::ColumnWidths(const Terminal& terminal) const {
  std::vector<int> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    int width = DisplayWidth(columns_[i].header);
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[i]));
    widths.push_back(width);
  }
  const int gaps = kGapColumns * (static_cast<int>(widths.size()) - 1);
  int excess = std::accumulate(widths.begin(), widths.end(), gaps) - terminal.width_columns;
  while (excess > 0) {
    int widest = -1;
    for (size_t i = 0; i < widths.size(); ++i) {
      if (columns_[i].align != Align::kLeft || widths[i] <= kMinLeftColumns) continue;
      if (widest < 0 || widths[i] > widths[widest]) widest = static_cast<int>(i);
    }
    if (widest < 0) break;
    --widths[widest];
    --excess;
  }
  return widths;
}

std::string Table::Render(const Terminal& terminal) const {
  const std::vector<int> widths = ColumnWidths(terminal);
  std::string header;
  std::string rule;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const std::string gap = i == 0 ? "" : std::string(kGapColumns, ' ');
    header += gap + Fit(columns_[i].header, widths[i], columns_[i].align, terminal);
    rule += gap;
    for (int k = 0; k < widths[i]; ++k) rule += terminal.unicode ? "─" : "-";
  }
  while (!header.empty() && header.back() == ' ') header.pop_back();
  std::string out = EndLine(Paint(header, Style::kHeading, terminal), terminal);
  out += EndLine(rule, terminal);
  for (const auto& row : rows_) {
    std::string line;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line += std::string(kGapColumns, ' ');
      line += Fit(row[i], widths[i], columns_[i].align, terminal);
    }
    out += EndLine(std::move(line), terminal);
  }
  return out;
}

}  // namespace quotacast::cli
