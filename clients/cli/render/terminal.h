// What the output is shown on. Rendering functions take a Terminal and return text, so that a
// test can ask for any terminal.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_TERMINAL_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_TERMINAL_H_

#include <functional>
#include <optional>
#include <string>

namespace quotacast::cli {

inline constexpr int kDefaultWidthColumns = 100;  // Files and pipes.
inline constexpr int kMinWidthColumns = 40;
inline constexpr int kMaxWidthColumns = 120;  // Wider lines are hard to read.

struct Terminal {
  int width_columns = kDefaultWidthColumns;
  bool color = false;
  bool unicode = true;
  // True when progress may be drawn, that is when standard error is a terminal.
  bool progress = false;
};

// An environment variable, or nothing when it is not set.
using VariableReader = std::function<std::optional<std::string>(const std::string& name)>;

// What of the outside world matters.
struct TerminalFacts {
  bool stdout_is_terminal = false;
  bool stderr_is_terminal = false;
  int window_columns = 0;  // 0 when not known.
};

// Colour: on a terminal, unless NO_COLOR is set to anything or TERM is "dumb". Unicode: when the
// first of LC_ALL, LC_CTYPE, LANG that is set and not empty names UTF-8. Width: the window's,
// within the limits above; without a window the default.
Terminal DescribeTerminal(const TerminalFacts& facts, const VariableReader& variable);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_TERMINAL_H_
