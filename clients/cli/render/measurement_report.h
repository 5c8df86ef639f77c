// What the history says of initiatives, in words.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_MEASUREMENT_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_MEASUREMENT_REPORT_H_

#include <string>

#include "clients/cli/render/terminal.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::cli {

// A sentence and a table per initiative effect, then the notes.
std::string MeasurementReport(const simulation::v1::MeasureInitiativesResponse& response,
                              const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_MEASUREMENT_REPORT_H_
