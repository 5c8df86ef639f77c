// A KPI table as a person reads it.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_KPI_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_KPI_REPORT_H_

#include <string>

#include "clients/cli/render/terminal.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {

// What `asked` was answered with: a row per cell, with its interval, what it is set beside and the
// difference where any row has them, and a picture of the values where there is room; of several
// groups over several periods, a row per group (kpi_series.h). Below, why cells are undefined, the
// formula, its caveat and the notes.
std::string KpiReport(const metrics::v1::QueryKpiRequest& asked, const metrics::v1::KpiTable& table,
                      const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_KPI_REPORT_H_
