// KPI tables and definitions.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_KPI_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_KPI_REPORT_H_

#include <string>
#include <vector>

#include "clients/cli/render/terminal.h"
#include "quotacast/metrics/v1/kpi.pb.h"

namespace quotacast::cli {

// A value in the unit of its KPI: "64.4 %", "2.3x" for coverage, "47 days", "USD 1,234,568"; or
// "undefined: <reason>".
std::string KpiValue(const metrics::v1::KpiDefinition& definition, const metrics::v1::KpiRow& row,
                     const std::string& currency = "");

// One KPI: a row per group, the formula, its caveat and the notes.
std::string KpiReport(const metrics::v1::KpiTable& table, const Terminal& terminal);

// Several KPIs of the whole organisation, a row each. `period` heads it; empty: all history.
std::string KpiSummaryReport(const std::vector<metrics::v1::KpiTable>& tables,
                             const std::string& period, const Terminal& terminal);

// What each KPI is.
std::string KpiDefinitionsReport(const std::vector<metrics::v1::KpiDefinition>& definitions,
                                 const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_KPI_REPORT_H_
