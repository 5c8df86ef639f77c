// The options of `quotacast metrics` as a question to the service, and its answers in terms of
// them.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_KPI_QUERY_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_KPI_QUERY_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {

// As typed; empty where nothing was.
struct KpiQueryArguments {
  std::string kpi;
  std::string by;
  std::string then_by;
  std::vector<std::string> filters;
  std::string period;
  std::string to;
  std::string compare;
  std::string as_of;
  // 0: not given.
  int horizon_days = 0;
};

// `arguments` lives as long as `command`.
void AddKpiQueryOptions(CLI::App& command, KpiQueryArguments& arguments);

// Filters of one grouping become one: what counts is in any of their groups. UsageError for what
// cannot be asked.
absl::StatusOr<metrics::v1::QueryKpiRequest> MakeKpiRequest(const KpiQueryArguments& arguments,
                                                            const std::string& workspace);

// An error of the service in the words of the command line: "--to" for "last_period", "rep" for
// "GROUP_BY_REP".
absl::Status AsTyped(const absl::Status& status);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_KPI_QUERY_H_
