// A series of figures as one word.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_SPARKLINE_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_SPARKLINE_H_

#include <optional>
#include <string>
#include <vector>

#include "clients/cli/render/terminal.h"

namespace quotacast::cli {

// "▁▃▅█": a character per value, from the least of them (▁) to the greatest (█); what has no value
// is a space. Without Unicode, of "_.-*^". All equal: the middle one, or the lowest when they are
// 0. A series longer than `max_columns` is shown by its last values.
std::string Sparkline(const std::vector<std::optional<double>>& values, int max_columns,
                      const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_SPARKLINE_H_
