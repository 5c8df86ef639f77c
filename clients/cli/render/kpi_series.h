// Several groups over several periods: a row per group, a column per period, and its course.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_KPI_SERIES_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_KPI_SERIES_H_

#include <string>

#include "clients/cli/render/terminal.h"
#include "quotacast/metrics/v1/kpi.pb.h"

namespace quotacast::cli {

// Whether there is more than one group, more than one period, and nothing beside the values.
bool IsSeriesOfGroups(const metrics::v1::KpiTable& table);

// The table alone. Each row has a line in characters from the least of its values to the greatest;
// the latest periods are shown where there is no room for all.
std::string KpiSeriesTable(const metrics::v1::KpiTable& table, const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_KPI_SERIES_H_
