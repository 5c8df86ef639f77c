#include "clients/cli/commands/metrics.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/kpi_report.h"
#include "clients/cpp/metrics_client.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {
namespace {

// As the service takes it.
constexpr int kMaxHorizonDays = 3650;

struct MetricsArguments {
  std::string kpi;
  std::string by = "org";
  std::string period;
  std::string as_of;
  // 0: not given.
  int horizon_days = 0;
  bool csv = false;
};

absl::StatusOr<metrics::v1::QueryKpiRequest> MakeRequest(const MetricsArguments& arguments,
                                                         const CommandContext& context) {
  metrics::v1::QueryKpiRequest request;
  request.set_parent(context.workspace);
  request.set_kpi(arguments.kpi);
  request.set_period(arguments.period);
  QC_ASSIGN_OR_RETURN(const metrics::v1::GroupBy group_by, ParseGroupByArgument(arguments.by));
  request.set_group_by(group_by);
  request.set_horizon_days(arguments.horizon_days);
  if (!arguments.as_of.empty()) {
    QC_ASSIGN_OR_RETURN(*request.mutable_as_of()->mutable_effective_date(),
                        ParseDateArgument(arguments.as_of));
  }
  return request;
}

bool HasRowOfOrganisation(const metrics::v1::KpiDefinition& kpi) {
  return std::find(kpi.group_bys().begin(), kpi.group_bys().end(), metrics::v1::GROUP_BY_ORG) !=
         kpi.group_bys().end();
}

// Every KPI that the organisation has a figure of.
absl::StatusOr<int> Summarise(const MetricsArguments& arguments, CommandContext& context) {
  if (arguments.by != "org") return UsageError("--by needs --kpi NAME");
  if (arguments.csv) return UsageError("--csv needs --kpi NAME");
  clients::MetricsClient client(context.channel);
  QC_ASSIGN_OR_RETURN(const metrics::v1::ListKpisResponse kpis,
                      client.ListKpis({}, context.call_options));
  QC_ASSIGN_OR_RETURN(metrics::v1::QueryKpiRequest request, MakeRequest(arguments, context));
  std::vector<metrics::v1::KpiTable> tables;
  std::string json;
  for (const metrics::v1::KpiDefinition& kpi : kpis.kpis()) {
    if (!HasRowOfOrganisation(kpi)) continue;
    request.set_kpi(kpi.name());
    QC_ASSIGN_OR_RETURN(const metrics::v1::QueryKpiResponse response,
                        client.QueryKpi(request, context.call_options));
    tables.push_back(response.table());
    if (!json.empty()) json += ",\n";
    if (context.json) json += ToJson(response);
  }
  if (context.json) {
    context.out << "[\n" << json << "]\n";
  } else {
    context.out << KpiSummaryReport(tables, arguments.period, context.terminal);
  }
  return kExitOk;
}

absl::StatusOr<int> Run(const MetricsArguments& arguments, CommandContext& context) {
  if (arguments.csv && context.json) return UsageError("--csv and --json exclude each other");
  if (arguments.kpi.empty()) return Summarise(arguments, context);
  clients::MetricsClient client(context.channel);
  QC_ASSIGN_OR_RETURN(const metrics::v1::QueryKpiRequest request, MakeRequest(arguments, context));
  QC_ASSIGN_OR_RETURN(const metrics::v1::QueryKpiResponse response,
                      client.QueryKpi(request, context.call_options));
  if (arguments.csv) {
    // Another program reads the rows; what a person should know goes where the person looks.
    context.out << KpiCsv(response.table());
    context.err << KpiNotes(response.table(), context.terminal);
    return kExitOk;
  }
  context.out << (context.json ? ToJson(response) : KpiReport(response.table(), context.terminal));
  return kExitOk;
}

}  // namespace

void AddMetricsCommand(CLI::App& app, Commands& commands) {
  auto arguments = std::make_shared<MetricsArguments>();
  CLI::App* command = app.add_subcommand("metrics", "Show the key figures of the business");
  command->add_option("--kpi", arguments->kpi,
                      "One KPI (quotacast kpis lists them); without it all are summarised");
  command
      ->add_option("--by", arguments->by,
                   "A row per org, rep, team, product, period, segment, stage ...; quotacast kpis "
                   "explain NAME lists those of a KPI")
      ->check(CheckedBy(ParseGroupByArgument, "GROUP"));
  command->add_option("--period", arguments->period,
                      "Fiscal period such as 2017Q3; without it all history");
  command->add_option("--as-of", arguments->as_of, "Last day whose facts count")
      ->check(CheckedBy(ParseDateArgument, "DATE"));
  command
      ->add_option("--horizon", arguments->horizon_days,
                   "Age in days that KPIs by age look at (default 180)")
      ->check(CLI::Range(1, kMaxHorizonDays))
      ->type_name("DAYS");
  command->add_flag("--csv", arguments->csv, "Print the rows as CSV, and notes on standard error");
  command->footer(
      "Example:\n"
      "  quotacast --data-dir ./company metrics --kpi win_rate_closed --by rep --period 2017Q3");
  commands.push_back(
      {command, [arguments](CommandContext& context) { return Run(*arguments, context); }, {}});
}

}  // namespace quotacast::cli
