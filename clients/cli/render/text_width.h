// How wide text is on a terminal, and padding and cutting by that width.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_TEXT_WIDTH_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_TEXT_WIDTH_H_

#include <string>
#include <string_view>

namespace quotacast::cli {

// Columns that UTF-8 `text` takes: combining marks 0, East Asian wide characters and emoji 2,
// colour sequences (ESC [ ... m) 0, a byte that is not UTF-8 1.
int DisplayWidth(std::string_view text);

// `text` with spaces to `width_columns`; unchanged when it is as wide already.
std::string PadRight(std::string_view text, int width_columns);
std::string PadLeft(std::string_view text, int width_columns);

// `text` without colour sequences, cut to `width_columns`, ending in an ellipsis ("…", or "~"
// without Unicode) where something was cut.
std::string Truncate(std::string_view text, int width_columns, bool unicode);

// `text` as it may be shown: control characters (a name from a CRM may hold any) become '?'.
std::string Printable(std::string_view text);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_TEXT_WIDTH_H_
