// Many KPIs of the whole organisation at a glance.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_KPI_SUMMARY_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_KPI_SUMMARY_H_

#include <string>
#include <vector>

#include "clients/cli/render/terminal.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {

// A row per table's row under a heading per kind of figure: money, shares and multiples, time,
// counts; what it is set beside and the difference where `asked` wants that. Those that are
// undefined follow by reason. `asked` is what all of them were asked, but for the KPI.
std::string KpiSummaryReport(const metrics::v1::QueryKpiRequest& asked,
                             const std::vector<metrics::v1::KpiTable>& tables,
                             const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_KPI_SUMMARY_H_
