#include "clients/cli/commands/kpis.h"

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/kpi_definition_text.h"
#include "clients/cpp/metrics_client.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {
namespace {

absl::StatusOr<int> List(CommandContext& context) {
  clients::MetricsClient client(context.channel);
  QC_ASSIGN_OR_RETURN(const metrics::v1::ListKpisResponse response,
                      client.ListKpis({}, context.call_options));
  context.out << (context.json
                      ? ToJson(response)
                      : KpiDefinitionsReport({response.kpis().begin(), response.kpis().end()},
                                             context.terminal));
  return kExitOk;
}

absl::StatusOr<int> Explain(const std::string& name, CommandContext& context) {
  clients::MetricsClient client(context.channel);
  metrics::v1::GetKpiRequest request;
  request.set_kpi(name);
  QC_ASSIGN_OR_RETURN(const metrics::v1::GetKpiResponse response,
                      client.GetKpi(request, context.call_options));
  context.out << (context.json ? ToJson(response)
                               : KpiExplanation(response.definition(), context.terminal));
  return kExitOk;
}

}  // namespace

void AddKpisCommands(CLI::App& app, Commands& commands) {
  CLI::App* list = app.add_subcommand("kpis", "List the KPIs, or explain one of them");
  list->require_subcommand(0, 1);
  list->footer(
      "Example:\n"
      "  quotacast --data-dir ./company kpis\n"
      "  quotacast --data-dir ./company kpis explain win_rate_closed");

  auto name = std::make_shared<std::string>();
  CLI::App* explain =
      list->add_subcommand("explain", "Say what a KPI counts, and what it leaves out");
  explain->add_option("NAME", *name, "The KPI")->required();
  explain->footer("Example:\n  quotacast --data-dir ./company kpis explain win_rate_closed");
  // Both are parsed when one is explained, and the first that is parsed runs.
  commands.push_back(
      {explain, [name](CommandContext& context) { return Explain(*name, context); }, {}});
  commands.push_back({list, [](CommandContext& context) { return List(context); }, {}});
}

}  // namespace quotacast::cli
