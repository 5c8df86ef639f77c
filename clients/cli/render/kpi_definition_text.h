// What KPIs are, as a person reads it.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_KPI_DEFINITION_TEXT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_KPI_DEFINITION_TEXT_H_

#include <string>
#include <vector>

#include "clients/cli/render/terminal.h"
#include "quotacast/metrics/v1/kpi.pb.h"

namespace quotacast::cli {

// All KPIs, a row each: name, display name, unit, formula.
std::string KpiDefinitionsReport(const std::vector<metrics::v1::KpiDefinition>& definitions,
                                 const Terminal& terminal);

// All that is to be known about one KPI, in plain words.
std::string KpiExplanation(const metrics::v1::KpiDefinition& definition, const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_KPI_DEFINITION_TEXT_H_
