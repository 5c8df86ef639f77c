// Scenarios side by side, and by how much they differ.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_COMPARISON_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_COMPARISON_REPORT_H_

#include <string>

#include "clients/cli/render/terminal.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::cli {

// Per scenario its forecast of the organisation, then per scenario beyond the first: a plain
// sentence, the distribution of the difference, and the difference per team and rep; what it
// rests on at the end. Or the refusal.
std::string ComparisonReport(const simulation::v1::ComparisonResult& result,
                             const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_COMPARISON_REPORT_H_
