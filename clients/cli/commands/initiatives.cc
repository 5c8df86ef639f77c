#include "clients/cli/commands/initiatives.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "clients/cli/arguments.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/planning_report.h"
#include "clients/cpp/planning_client.h"
#include "quotacast/planning/v1/planning_service.pb.h"

namespace quotacast::cli {
namespace {

struct CreateArguments {
  std::string id;
  std::string file;
  std::string display_name;
  std::string sponsor;
  std::vector<std::string> teams;
  std::vector<std::string> reps;
  std::string win;
  std::string cycle;
  std::string creation;
  std::string start_date;
  std::string last_date;
  double ceiling = 0;
  double half_time_weeks = -1;
  double width_weeks = -1;
  std::string evidence;
  std::string override_reason;
  std::string approver;
};

struct StopArguments {
  std::string id;
  std::string date;
  std::string reason;
};

// Flags over what the file says: a flag that was given wins.
absl::StatusOr<planning::v1::Initiative> MakeInitiative(const CreateArguments& arguments) {
  planning::v1::Initiative initiative;
  if (!arguments.file.empty()) {
    QC_ASSIGN_OR_RETURN(const std::string json, ReadTextFile(arguments.file));
    const absl::Status parsed = FromJson(json, arguments.file, initiative);
    if (!parsed.ok()) return UsageError(StdView(parsed.message()));
  }
  auto& change = *initiative.mutable_change();
  if (!arguments.display_name.empty()) change.set_display_name(arguments.display_name);
  if (!arguments.sponsor.empty()) initiative.set_sponsor(arguments.sponsor);
  for (const std::string& team : arguments.teams) change.mutable_audience()->add_team_ids(team);
  for (const std::string& rep : arguments.reps) change.mutable_audience()->add_rep_ids(rep);
  auto& effect = *change.mutable_effect();
  if (!arguments.win.empty()) {
    QC_ASSIGN_OR_RETURN(*effect.mutable_win(), ParseEffectArgument(arguments.win));
  }
  if (!arguments.cycle.empty()) {
    QC_ASSIGN_OR_RETURN(*effect.mutable_cycle(), ParseEffectArgument(arguments.cycle));
  }
  if (!arguments.creation.empty()) {
    QC_ASSIGN_OR_RETURN(*effect.mutable_creation(), ParseEffectArgument(arguments.creation));
  }
  if (!arguments.start_date.empty()) {
    QC_ASSIGN_OR_RETURN(*change.mutable_start_date(), ParseDateArgument(arguments.start_date));
  }
  if (!arguments.last_date.empty()) {
    QC_ASSIGN_OR_RETURN(*change.mutable_last_date(), ParseDateArgument(arguments.last_date));
  }
  if (arguments.ceiling > 0) change.mutable_adoption()->set_ceiling(arguments.ceiling);
  if (arguments.half_time_weeks >= 0) {
    change.mutable_adoption()->set_half_time_weeks(arguments.half_time_weeks);
  }
  if (arguments.width_weeks >= 0) {
    change.mutable_adoption()->set_width_weeks(arguments.width_weeks);
  }
  if (!arguments.evidence.empty()) change.set_evidence(arguments.evidence);
  if (!arguments.override_reason.empty()) {
    initiative.mutable_limit_override()->set_reason(arguments.override_reason);
    initiative.mutable_limit_override()->set_approver(arguments.approver);
  }
  if (!change.has_start_date()) return UsageError("--start (or a --file with startDate) is needed");
  return initiative;
}

absl::StatusOr<int> Create(const CreateArguments& arguments, CommandContext& context) {
  planning::v1::CreateInitiativeRequest request;
  request.set_parent(context.workspace);
  request.set_initiative_id(arguments.id);
  QC_ASSIGN_OR_RETURN(*request.mutable_initiative(), MakeInitiative(arguments));
  clients::PlanningClient client(context.channel);
  QC_ASSIGN_OR_RETURN(const planning::v1::CreateInitiativeResponse response,
                      client.CreateInitiative(request, context.call_options));
  context.out << (context.json ? ToJson(response)
                               : InitiativeReport(response.initiative(), context.terminal));
  return kExitOk;
}

absl::StatusOr<int> List(CommandContext& context) {
  clients::PlanningClient client(context.channel);
  planning::v1::ListInitiativesRequest request;
  request.set_parent(context.workspace);
  planning::v1::ListInitiativesResponse all;
  do {
    QC_ASSIGN_OR_RETURN(const planning::v1::ListInitiativesResponse page,
                        client.ListInitiatives(request, context.call_options));
    all.mutable_initiatives()->MergeFrom(page.initiatives());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  context.out << (context.json ? ToJson(all) : InitiativesReport(all, context.terminal));
  return kExitOk;
}

absl::StatusOr<int> Show(const std::string& id, CommandContext& context) {
  clients::PlanningClient client(context.channel);
  planning::v1::GetInitiativeRequest request;
  request.set_name(ResourceName(context.workspace, "initiatives", id));
  QC_ASSIGN_OR_RETURN(const planning::v1::GetInitiativeResponse response,
                      client.GetInitiative(request, context.call_options));
  context.out << (context.json ? ToJson(response)
                               : InitiativeReport(response.initiative(), context.terminal));
  return kExitOk;
}

absl::StatusOr<int> Stop(const StopArguments& arguments, CommandContext& context) {
  planning::v1::StopInitiativeRequest request;
  request.set_name(ResourceName(context.workspace, "initiatives", arguments.id));
  QC_ASSIGN_OR_RETURN(*request.mutable_stop_date(), ParseDateArgument(arguments.date));
  request.set_reason(arguments.reason);
  clients::PlanningClient client(context.channel);
  QC_ASSIGN_OR_RETURN(const planning::v1::StopInitiativeResponse response,
                      client.StopInitiative(request, context.call_options));
  context.out << (context.json ? ToJson(response)
                               : InitiativeReport(response.initiative(), context.terminal));
  return kExitOk;
}

void AddCreate(CLI::App& group, Commands& commands) {
  auto arguments = std::make_shared<CreateArguments>();
  CLI::App* command = group.add_subcommand("create", "Commit to an initiative");
  command->add_option("ID", arguments->id, "Lower-case letters, digits and hyphens")->required();
  command
      ->add_option("--file", arguments->file,
                   "Protobuf JSON of quotacast.planning.v1.Initiative; flags win over it")
      ->check(CLI::ExistingFile);
  command->add_option("--name", arguments->display_name, "Name shown to people");
  command->add_option("--sponsor", arguments->sponsor, "The person or group behind it");
  command->add_option("--team", arguments->teams, "A team that takes part; may be repeated")
      ->allow_extra_args(false);
  command
      ->add_option("--rep", arguments->reps,
                   "A rep who takes part; may be repeated; without --team and --rep everybody")
      ->allow_extra_args(false);
  command
      ->add_option("--win", arguments->win,
                   "Effect on winning, probit scale: 0.10 takes 50 % to 54 %; MEAN or MEAN:SD")
      ->check(CheckedBy(ParseEffectArgument, "EFFECT"));
  command
      ->add_option("--cycle", arguments->cycle,
                   "Effect on speed: 0.10 lets deals move 10.5 % faster")
      ->check(CheckedBy(ParseEffectArgument, "EFFECT"));
  command
      ->add_option("--creation", arguments->creation,
                   "Effect on new deals: 0.10 creates 10.5 % more")
      ->check(CheckedBy(ParseEffectArgument, "EFFECT"));
  command->add_option("--start", arguments->start_date, "First day")
      ->check(CheckedBy(ParseDateArgument, "DATE"));
  command->add_option("--until", arguments->last_date, "Last day it runs (default: open)")
      ->check(CheckedBy(ParseDateArgument, "DATE"));
  command
      ->add_option("--ceiling", arguments->ceiling,
                   "Share of the effect finally reached (default 1)")
      ->check(CLI::Range(0.001, 1.0));
  command
      ->add_option("--half-time-weeks", arguments->half_time_weeks,
                   "Weeks until half of it is reached (default 8)")
      ->check(CLI::NonNegativeNumber);
  command
      ->add_option("--width-weeks", arguments->width_weeks,
                   "Weeks from 10 % to 90 % of it (default 12)")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--evidence", arguments->evidence, "Where the effect size comes from");
  CLI::Option* reason =
      command->add_option("--override-reason", arguments->override_reason,
                          "Go beyond the limit of two initiatives per rep, for this reason");
  CLI::Option* approver =
      command->add_option("--approver", arguments->approver, "Who answers for going beyond it");
  reason->needs(approver);
  approver->needs(reason);
  command->footer(
      "Example:\n"
      "  quotacast --data-dir ./company initiatives create discovery-coaching \\\n"
      "      --name \"Discovery coaching\" --sponsor \"Dana Reyes\" --team east \\\n"
      "      --win 0.10:0.05 --start 2017-10-01 --evidence \"pilot of one team\"");
  commands.push_back(
      {command, [arguments](CommandContext& context) { return Create(*arguments, context); }, {}});
}

}  // namespace

void AddInitiativesCommands(CLI::App& app, Commands& commands) {
  CLI::App* group =
      app.add_subcommand("initiatives", "Commit to initiatives, at most two per rep at a time");
  group->require_subcommand(1);
  group->footer("Example:\n  quotacast --data-dir ./company initiatives list");
  AddCreate(*group, commands);

  CLI::App* list = group->add_subcommand("list", "List the initiatives");
  list->footer("Example:\n  quotacast --data-dir ./company initiatives list");
  commands.push_back({list, [](CommandContext& context) { return List(context); }, {}});

  auto id = std::make_shared<std::string>();
  CLI::App* show = group->add_subcommand("show", "Show an initiative");
  show->add_option("ID", *id, "The initiative")->required();
  show->footer("Example:\n  quotacast --data-dir ./company initiatives show discovery-coaching");
  commands.push_back({show, [id](CommandContext& context) { return Show(*id, context); }, {}});

  auto stop_arguments = std::make_shared<StopArguments>();
  CLI::App* stop = group->add_subcommand("stop", "Stop an initiative; the record stays");
  stop->add_option("ID", stop_arguments->id, "The initiative")->required();
  stop->add_option("--on", stop_arguments->date, "First day it no longer runs")
      ->required()
      ->check(CheckedBy(ParseDateArgument, "DATE"));
  stop->add_option("--reason", stop_arguments->reason, "Why")->required();
  stop->footer(
      "Example:\n"
      "  quotacast --data-dir ./company initiatives stop discovery-coaching \\\n"
      "      --on 2017-11-15 --reason \"no effect seen\"");
  commands.push_back(
      {stop,
       [stop_arguments](CommandContext& context) { return Stop(*stop_arguments, context); },
       {}});
}

}  // namespace quotacast::cli
