// The difference of two scenarios as horizontal bars.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_DIFFERENCE_HISTOGRAM_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_DIFFERENCE_HISTOGRAM_H_

#include <string>

#include "clients/cli/render/terminal.h"
#include "quotacast/simulation/v1/forecast.pb.h"

namespace quotacast::cli {

// A bar per range of the difference, with zero at an edge, so that worse and better are apart;
// "no change" has a bar of its own where outcomes tie. The shape inside each side is
// interpolated from the quantiles; the totals of worse, no change and better are exact. Empty
// when the difference has no quantiles.
std::string DifferenceHistogram(const simulation::v1::EntityDifference& difference,
                                const std::string& currency, const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_DIFFERENCE_HISTOGRAM_H_
