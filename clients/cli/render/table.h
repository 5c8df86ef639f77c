// Tables with aligned columns.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_TABLE_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_TABLE_H_

#include <string>
#include <vector>

#include "clients/cli/render/terminal.h"

namespace quotacast::cli {

enum class Align { kLeft, kRight };

struct Column {
  std::string header;
  Align align = Align::kLeft;
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
  // left-aligned columns are cut first (the widest first, down to 8), then whole lines.
  std::string Render(const Terminal& terminal) const;

 private:
  std::vector<int> ColumnWidths(const Terminal& terminal) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_TABLE_H_
