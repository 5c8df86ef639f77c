// A probability as twenty dots: people judge frequencies better than percentages.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_DOT_PLOT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_DOT_PLOT_H_

#include <string>
#include <string_view>

#include "clients/cli/render/terminal.h"

namespace quotacast::cli {

// "●●●●●●●●●●●●●○○○○○○○  13 of 20 outcomes reach the quota", one line. Where rounding would claim
// certainty it says "nearly every outcome reaches" or "hardly any outcome reaches". `what` is the
// object, such as "the quota". `probability` is in [0, 1].
std::string DotPlot(double probability, std::string_view what, const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_DOT_PLOT_H_
