// The deals and reps that a period depends on, as tables.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_DRIVER_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_DRIVER_REPORT_H_

#include <string>

#include "clients/cli/render/terminal.h"
#include "quotacast/simulation/v1/forecast.pb.h"

namespace quotacast::cli {

// The first deal in a sentence, a table of deals, a table of reps with what the others carry; empty
// when the forecast has no drivers.
std::string DriverReport(const simulation::v1::ForecastResult& forecast, const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_DRIVER_REPORT_H_
