// Rows for other programs: RFC 4180.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_CSV_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_CSV_H_

#include <string>
#include <vector>

namespace quotacast::cli {

// One row with its line end (CR LF): quotes around what could be taken for the end of a field,
// quotes in it doubled.
std::string CsvLine(const std::vector<std::string>& fields);

// The shortest decimal text that is read back as the same number, never with an exponent.
std::string ExactNumber(double value);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_CSV_H_
