// KPI tables and definitions, as text for people and as CSV.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_KPI_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_KPI_REPORT_H_

#include <string>
#include <vector>

#include "clients/cli/render/terminal.h"
#include "quotacast/metrics/v1/kpi.pb.h"

namespace quotacast::cli {

// A value in the unit of its KPI: "64.4 %", "2.3x" for coverage, "47 days", "USD 1,234,568",
// "1,234.50 USD/day"; or "undefined: <reason>".
std::string KpiValue(const metrics::v1::KpiDefinition& definition, const metrics::v1::KpiRow& row,
                     const std::string& currency = "");

// One KPI: a row per group, with its interval when any row has one, the formula, its caveat and the
// notes.
std::string KpiReport(const metrics::v1::KpiTable& table, const Terminal& terminal);

// The notes of a table alone, a paragraph each.
std::string KpiNotes(const metrics::v1::KpiTable& table, const Terminal& terminal);

// The rows of a table under a line of headings, as RFC 4180 has it: group, group_display_name,
// period, value, undefined_reason, numerator, denominator, sample_size, interval_low,
// interval_high. What a row does not have is empty. Figures are in the KPI's unit, with all the
// digits that a reader needs to get the same number back, and never with an exponent.
std::string KpiCsv(const metrics::v1::KpiTable& table);

// Several KPIs of the whole organisation, a row each. `period` heads it; empty: all history.
std::string KpiSummaryReport(const std::vector<metrics::v1::KpiTable>& tables,
                             const std::string& period, const Terminal& terminal);

// All KPIs, a row each: name, display name, unit, formula.
std::string KpiDefinitionsReport(const std::vector<metrics::v1::KpiDefinition>& definitions,
                                 const Terminal& terminal);

// All that is to be known about one KPI, in plain words.
std::string KpiExplanation(const metrics::v1::KpiDefinition& definition, const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_KPI_REPORT_H_
