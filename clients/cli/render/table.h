// Tables with aligned columns.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_TABLE_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "clients/cli/render/terminal.h"

namespace quotacast::cli {

enum class Align { kLeft, kRight };

struct Column {
  std::string header;
  Align align = Align::kLeft;
  // Where there is no room for all columns, those with the highest number go first, all of one
  // number together. 0: it stays.
  int drop_order = 0;
  // Never cut, such as a name that is typed again.
  bool is_whole = false;
};

// Rows of text under headings. Cells may hold UTF-8 and colour; names that come
// from data are passed through Printable first.
class Table {
 public:
  explicit Table(std::vector<Column> columns);

  // A missing cell is empty; more cells than columns are a mistake of the caller's and abort.
  void AddRow(std::vector<std::string> cells);

  bool empty() const { return rows_.empty(); }

  // Headings, a rule, the rows; every line ends with '\n' and none is wider than the terminal:
  // columns that may be dropped are, while the others cannot have what they need (left-aligned
  // ones up to 20); then left-aligned columns are cut (the widest first, down to 8), then whole
  // lines.
  std::string Render(const Terminal& terminal) const;

  // The headings of the columns that Render leaves out.
  std::vector<std::string> DroppedHeaders(const Terminal& terminal) const;

  // Columns of the terminal that Render uses.
  int Width(const Terminal& terminal) const;

 private:
  // Of a whole column, headings included.
  int NaturalWidth(size_t column) const;
  std::vector<size_t> ShownColumns(const Terminal& terminal) const;
  // Of the columns shown.
  std::vector<int> ColumnWidths(const std::vector<size_t>& shown, const Terminal& terminal) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_TABLE_H_
