// One question to every KPI that the organisation has a figure of.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_ALL_KPIS_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_ALL_KPIS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/command.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {

// `asked` names no KPI. In order of name. A KPI that cannot be had in this workspace or in this
// way, such as a sum of money in several currencies, is answered with its definition and one
// undefined row that says why; one that cannot be compared so, with its figure and the reason
// beside it. An error when the question itself is wrong, or no KPI could be answered.
absl::StatusOr<std::vector<metrics::v1::QueryKpiResponse>> QueryAllKpis(
    const metrics::v1::QueryKpiRequest& asked, const CommandContext& context);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_ALL_KPIS_H_
