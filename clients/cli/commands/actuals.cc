#include "clients/cli/commands/actuals.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/cli/actuals_table.h"
#include "clients/cli/arguments.h"
#include "clients/cli/commands/kpi_query.h"
#include "clients/cli/commands/row_format.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/actuals_report.h"
#include "clients/cpp/metrics_client.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "quotacast/simulation/v1/forecast.pb.h"
#include "quotacast/type/v1/as_of.pb.h"

namespace quotacast::cli {
namespace {

using metrics::v1::GetActualsResponse;

struct ActualsArguments {
  std::string period;
  std::string to;
  std::string as_of;
  std::string level;
  RowFormat format;
};

absl::StatusOr<metrics::v1::GetActualsRequest> MakeRequest(const ActualsArguments& arguments,
                                                           const std::string& workspace) {
  metrics::v1::GetActualsRequest request;
  request.set_parent(workspace);
  request.set_first_period(arguments.period);
  // One period alone, unless a series was asked for.
  request.set_last_period(arguments.to.empty() ? arguments.period : arguments.to);
  if (!arguments.as_of.empty()) {
    QC_ASSIGN_OR_RETURN(*request.mutable_as_of()->mutable_effective_date(),
                        ParseDateArgument(arguments.as_of));
  }
  return request;
}

// Names of reps and teams as of the same moment, and which team lies below which: the actuals
// themselves have ids alone.
absl::StatusOr<metrics::v1::PipelineStateHeader> GetRoster(const type::v1::AsOf& as_of,
                                                           clients::MetricsClient& client,
                                                           const CommandContext& context) {
  metrics::v1::GetStateRequest request;
  request.set_parent(context.workspace);
  *request.mutable_as_of() = as_of;
  metrics::v1::PipelineStateHeader header;
  QC_RETURN_IF_ERROR(client.GetState(
      request,
      [&](metrics::v1::GetStateResponse&& message) {
        header = std::move(*message.mutable_header());
        return false;  // The deals are of no use here.
      },
      context.call_options));
  return header;
}

absl::StatusOr<int> Run(const ActualsArguments& arguments, CommandContext& context) {
  QC_RETURN_IF_ERROR(CheckOneFormat(arguments.format, context.json));
  if (context.json && !arguments.level.empty()) {
    return UsageError(
        "--json prints what the service says, by rep; --level goes with the table, "
        "--csv and --ndjson");
  }
  QC_ASSIGN_OR_RETURN(const std::vector<simulation::v1::Level> levels,
                      ParseLevelArgument(arguments.level.empty() ? "rep" : arguments.level));
  QC_ASSIGN_OR_RETURN(const metrics::v1::GetActualsRequest request,
                      MakeRequest(arguments, context.workspace));
  clients::MetricsClient client(context.channel);
  std::vector<GetActualsResponse> messages;
  const absl::Status got = client.GetActuals(
      request,
      [&](GetActualsResponse&& message) {
        messages.push_back(std::move(message));
        return true;
      },
      context.call_options);
  if (!got.ok()) return AsTyped(got);
  if (context.json) {
    std::string json;
    for (const GetActualsResponse& message : messages) {
      json += (json.empty() ? "" : ",\n") + ToJson(message);
    }
    context.out << "[\n" << json << "]\n";
    return kExitOk;
  }
  metrics::v1::PipelineStateHeader roster;
  if (!messages.empty()) {
    absl::StatusOr<metrics::v1::PipelineStateHeader> known =
        GetRoster(messages[0].header().as_of(), client, context);
    // Reps and the organisation can do without names; teams would lack what lies below them.
    const bool needs_teams =
        std::find(levels.begin(), levels.end(), simulation::v1::LEVEL_TEAM) != levels.end();
    if (known.ok()) {
      roster = *std::move(known);
    } else if (needs_teams || absl::IsCancelled(known.status())) {
      return known.status();
    }
  }
  QC_ASSIGN_OR_RETURN(const ActualsTable table, MakeActualsTable(messages, roster, levels));
  if (!arguments.format.csv && !arguments.format.ndjson) {
    context.out << ActualsReport(table, context.terminal);
    return kExitOk;
  }
  context.out << (arguments.format.csv ? ActualsCsv(table) : ActualsNdjson(table));
  context.err << ActualsNotes(table, context.terminal);
  return kExitOk;
}

// What was typed before `actuals` was meant for it, and would be lost.
absl::Status CheckNothingBefore(const CLI::App& metrics) {
  for (const CLI::Option* option : metrics.get_options()) {
    if (option->count() > 0) {
      return UsageError(absl::StrCat(option->get_name(), " goes behind \"actuals\", if it has it"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

void AddActualsCommand(CLI::App& metrics, Commands& commands) {
  auto arguments = std::make_shared<ActualsArguments>();
  CLI::App* command =
      metrics.add_subcommand("actuals", "Show what came of past periods, by rep, team or all");
  command->add_option("--period", arguments->period,
                      "Fiscal period such as 2017Q3; without it all from the first deal on");
  command->add_option("--to", arguments->to,
                      "Last fiscal period of several, the first of which is --period");
  command->add_option("--as-of", arguments->as_of, "Last day whose facts count")
      ->check(CheckedBy(ParseDateArgument, "DATE"));
  command->add_option("--level", arguments->level, "rep (default), team, org or all of them")
      ->check(CheckedBy(ParseLevelArgument, "LEVEL"));
  AddRowFormatOptions(*command, arguments->format);
  command->footer(
      "Example:\n"
      "  quotacast --data-dir ./company metrics actuals --period 2017Q3 --level team\n"
      "  quotacast --data-dir ./company metrics actuals --csv > actuals.csv");
  const CLI::App* before = &metrics;
  commands.push_back({command,
                      [arguments, before](CommandContext& context) -> absl::StatusOr<int> {
                        QC_RETURN_IF_ERROR(CheckNothingBefore(*before));
                        return Run(*arguments, context);
                      },
                      {}});
}

}  // namespace quotacast::cli
