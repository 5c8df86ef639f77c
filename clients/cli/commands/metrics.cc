#include "clients/cli/commands/metrics.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"
#include "clients/cli/commands/actuals.h"
#include "clients/cli/commands/all_kpis.h"
#include "clients/cli/commands/kpi_query.h"
#include "clients/cli/commands/row_format.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/kpi_csv.h"
#include "clients/cli/render/kpi_report.h"
#include "clients/cli/render/kpi_summary.h"
#include "clients/cli/render/kpi_table_text.h"
#include "clients/cpp/metrics_client.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {
namespace {

struct MetricsArguments {
  KpiQueryArguments query;
  RowFormat format;
};

absl::StatusOr<int> Summarise(const MetricsArguments& arguments, CommandContext& context) {
  for (const auto& [option, is_given] :
       {std::pair<const char*, bool>{"--by", !arguments.query.by.empty()},
        {"--then-by", !arguments.query.then_by.empty()},
        {"--to", !arguments.query.to.empty()},
        {"--csv", arguments.format.csv},
        {"--ndjson", arguments.format.ndjson}}) {
    if (is_given) return UsageError(std::string(option) + " needs --kpi NAME");
  }
  QC_ASSIGN_OR_RETURN(const metrics::v1::QueryKpiRequest asked,
                      MakeKpiRequest(arguments.query, context.workspace));
  const absl::StatusOr<std::vector<metrics::v1::QueryKpiResponse>> responses =
      QueryAllKpis(asked, context);
  if (!responses.ok()) return AsTyped(responses.status());
  if (context.json) {
    std::string json;
    for (const metrics::v1::QueryKpiResponse& response : *responses) {
      json += (json.empty() ? "" : ",\n") + ToJson(response);
    }
    context.out << "[\n" << json << "]\n";
    return kExitOk;
  }
  std::vector<metrics::v1::KpiTable> tables;
  for (const metrics::v1::QueryKpiResponse& response : *responses) {
    tables.push_back(response.table());
  }
  context.out << KpiSummaryReport(asked, tables, context.terminal);
  return kExitOk;
}

absl::StatusOr<int> Run(const MetricsArguments& arguments, CommandContext& context) {
  QC_RETURN_IF_ERROR(CheckOneFormat(arguments.format, context.json));
  if (arguments.query.kpi.empty()) return Summarise(arguments, context);
  QC_ASSIGN_OR_RETURN(const metrics::v1::QueryKpiRequest asked,
                      MakeKpiRequest(arguments.query, context.workspace));
  clients::MetricsClient client(context.channel);
  const absl::StatusOr<metrics::v1::QueryKpiResponse> response =
      client.QueryKpi(asked, context.call_options);
  if (!response.ok()) return AsTyped(response.status());
  if (context.json) {
    context.out << ToJson(*response);
    return kExitOk;
  }
  if (!arguments.format.csv && !arguments.format.ndjson) {
    context.out << KpiReport(asked, response->table(), context.terminal);
    return kExitOk;
  }
  // Another program reads the rows; what a person should know goes where the person looks.
  if (arguments.format.csv) {
    context.out << KpiCsv(response->table(), asked.comparison());
  } else {
    for (const metrics::v1::KpiRow& row : response->table().rows()) context.out << ToJsonLine(row);
  }
  context.err << KpiNotes(response->table(), context.terminal);
  return kExitOk;
}

}  // namespace

void AddMetricsCommand(CLI::App& app, Commands& commands) {
  auto arguments = std::make_shared<MetricsArguments>();
  CLI::App* command = app.add_subcommand("metrics", "Show the key figures of the business");
  command->require_subcommand(0, 1);
  AddKpiQueryOptions(*command, arguments->query);
  AddRowFormatOptions(*command, arguments->format);
  command->footer(
      "Example:\n"
      "  quotacast --data-dir ./company metrics --kpi win_rate_closed --by rep --period 2017Q3\n"
      "  quotacast --data-dir ./company metrics --kpi bookings --by team --period 2017Q1 \\\n"
      "      --to 2017Q4 --filter segment=smb\n"
      "  quotacast --data-dir ./company metrics --period 2017Q3 --compare previous_period");
  // Both are parsed when actuals are asked for, and the first that is parsed runs.
  AddActualsCommand(*command, commands);
  commands.push_back(
      {command, [arguments](CommandContext& context) { return Run(*arguments, context); }, {}});
}

}  // namespace quotacast::cli
