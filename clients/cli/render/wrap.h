// Breaks prose into lines.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_WRAP_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_WRAP_H_

#include <string>
#include <string_view>

namespace quotacast::cli {

// `text` at most `width_columns` wide, broken at spaces, every line ended by '\n'. The first line
// begins with `first_prefix`, the others with as many spaces. Line breaks in `text` are kept; a
// single word that is wider than a line is cut into pieces. Empty text gives the prefix alone.
std::string Wrap(std::string_view text, int width_columns, std::string_view first_prefix = "");

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_WRAP_H_
