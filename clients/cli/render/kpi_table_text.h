// What texts about KPI tables share: names of rows, the title, the lines below.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_KPI_TABLE_TEXT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_KPI_TABLE_TEXT_H_

#include <string>
#include <vector>

#include "clients/cli/render/terminal.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {

// "Lead source" for GROUP_BY_LEAD_SOURCE; "Group" where a table does not say what its rows are.
std::string GroupHeader(metrics::v1::GroupBy group_by);

// "Previous period".
std::string ComparisonHeader(metrics::v1::KpiComparison comparison);

// Names of a row's groups, printable; the id stands in for a name that is missing.
std::string GroupName(const metrics::v1::KpiRow& row);
std::string ThenGroupName(const metrics::v1::KpiRow& row);

// Names of the periods of the rows, each once, in order of appearance.
std::vector<std::string> PeriodNames(const metrics::v1::KpiTable& table);

// Whether the rows are periods or months already.
bool RowsArePeriods(const metrics::v1::KpiTable& table);

// "Win rate (closed), 2017Q1 to 2017Q3, as of 31 Dec 2017, USD", and what was let through by
// filters on a line of its own.
std::string KpiTitle(const metrics::v1::QueryKpiRequest& asked, const metrics::v1::KpiTable& table,
                     const Terminal& terminal);

// "Only region west, east; and segment smb": empty without filters.
std::string FiltersText(const metrics::v1::QueryKpiRequest& asked, const Terminal& terminal);

// Why cells have no value, and why nothing stands beside them, each reason once.
std::string ReasonsText(const metrics::v1::KpiTable& table, const Terminal& terminal);

// Formula, caveat and notes; what lies above and below the line when the table shows it.
std::string FootnotesText(const metrics::v1::KpiTable& table, bool shows_parts,
                          const Terminal& terminal);

// The notes of a table alone, a paragraph each.
std::string KpiNotes(const metrics::v1::KpiTable& table, const Terminal& terminal);

// What to do about columns that found no room; empty when all did. `option` prints them all.
std::string DroppedText(const std::vector<std::string>& headers, const std::string& option,
                        const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_KPI_TABLE_TEXT_H_
