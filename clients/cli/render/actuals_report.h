// What came of past periods, for people and for other programs.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_ACTUALS_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_ACTUALS_REPORT_H_

#include <string>

#include "clients/cli/actuals_table.h"
#include "clients/cli/render/terminal.h"

namespace quotacast::cli {

// A row per group and period that holds anything, and the notes.
std::string ActualsReport(const ActualsTable& table, const Terminal& terminal);

// What a reader should keep in mind: periods that go on, a history that was imported.
std::string ActualsNotes(const ActualsTable& table, const Terminal& terminal);

// All cells under a line of headings: level, group, group_display_name, team, period, booked,
// quota, currency, won_count, lost_count, created_count. Amounts are exact, in major units.
std::string ActualsCsv(const ActualsTable& table);

// The same a JSON object per line, in protobuf JSON: {"level":"rep","group":"R001",
// "groupDisplayName":"Ada","team":"east","period":{...},"figures":{...}}, where the figures are an
// ActualsRepPeriod.
std::string ActualsNdjson(const ActualsTable& table);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_ACTUALS_REPORT_H_
