#include "clients/cli/render/terminal.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace quotacast::cli {
namespace {

bool LocaleIsUtf8(const VariableReader& variable) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::optional<std::string> value = variable(name);
    if (!value.has_value() || value->empty()) continue;
    const std::string lower = absl::AsciiStrToLower(*value);
    return absl::StrContains(lower, "utf-8") || absl::StrContains(lower, "utf8");
  }
  return false;
}

}  // namespace

Terminal DescribeTerminal(const TerminalFacts& facts, const VariableReader& variable) {
  Terminal terminal;
  terminal.color = facts.stdout_is_terminal && !variable("NO_COLOR").has_value() &&
                   variable("TERM").value_or("") != "dumb";
  terminal.unicode = LocaleIsUtf8(variable);
  terminal.progress = facts.stderr_is_terminal && variable("TERM").value_or("") != "dumb";
  if (facts.stdout_is_terminal && facts.window_columns > 0) {
    terminal.width_columns = std::clamp(facts.window_columns, kMinWidthColumns, kMaxWidthColumns);
  }
  return terminal;
}

}  // namespace quotacast::cli
