#include "clients/cli/commands/scenarios.h"

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/planning_report.h"
#include "clients/cli/scenario_source.h"
#include "clients/cpp/planning_client.h"
#include "quotacast/planning/v1/planning_service.pb.h"

namespace quotacast::cli {
namespace {

struct SaveArguments {
  std::string id;
  std::string file;
};

absl::StatusOr<int> Save(const SaveArguments& arguments, CommandContext& context) {
  planning::v1::SaveScenarioRequest request;
  request.set_parent(context.workspace);
  request.set_scenario_id(arguments.id);
  QC_ASSIGN_OR_RETURN(*request.mutable_scenario(), LoadScenario(arguments.file, context));
  clients::PlanningClient client(context.channel);
  QC_ASSIGN_OR_RETURN(const planning::v1::SaveScenarioResponse response,
                      client.SaveScenario(request, context.call_options));
  context.out << (context.json ? ToJson(response)
                               : SavedScenarioReport(response.scenario(), context.terminal));
  return kExitOk;
}

absl::StatusOr<int> List(CommandContext& context) {
  clients::PlanningClient client(context.channel);
  planning::v1::ListScenariosRequest request;
  request.set_parent(context.workspace);
  planning::v1::ListScenariosResponse all;
  do {
    QC_ASSIGN_OR_RETURN(const planning::v1::ListScenariosResponse page,
                        client.ListScenarios(request, context.call_options));
    all.mutable_scenarios()->MergeFrom(page.scenarios());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  context.out << (context.json ? ToJson(all) : ScenariosReport(all, context.terminal));
  return kExitOk;
}

absl::StatusOr<int> Show(const std::string& id, CommandContext& context) {
  clients::PlanningClient client(context.channel);
  planning::v1::GetScenarioRequest request;
  request.set_name(ResourceName(context.workspace, "scenarios", id));
  QC_ASSIGN_OR_RETURN(const planning::v1::GetScenarioResponse response,
                      client.GetScenario(request, context.call_options));
  context.out << (context.json ? ToJson(response)
                               : SavedScenarioReport(response.scenario(), context.terminal));
  return kExitOk;
}

absl::StatusOr<int> Freeze(const std::string& id, CommandContext& context) {
  clients::PlanningClient client(context.channel);
  planning::v1::FreezeScenarioRequest request;
  request.set_name(ResourceName(context.workspace, "scenarios", id));
  QC_ASSIGN_OR_RETURN(const planning::v1::FreezeScenarioResponse response,
                      client.FreezeScenario(request, context.call_options));
  context.out << (context.json ? ToJson(response)
                               : SavedScenarioReport(response.scenario(), context.terminal));
  return kExitOk;
}

}  // namespace

void AddScenariosCommands(CLI::App& app, Commands& commands) {
  CLI::App* group = app.add_subcommand("scenarios", "Keep scenarios under a name");
  group->require_subcommand(1);
  group->footer("Example:\n  quotacast --data-dir ./company scenarios list");

  auto save_arguments = std::make_shared<SaveArguments>();
  CLI::App* save = group->add_subcommand("save", "Save a scenario, or replace a draft");
  save->add_option("ID", save_arguments->id, "Lower-case letters, digits and hyphens")->required();
  save->add_option("--file", save_arguments->file,
                   "A scenario file; quotacast compare --example prints one")
      ->required()
      ->check(CLI::ExistingFile);
  save->footer(
      "Example:\n"
      "  quotacast --data-dir ./company scenarios save two-hires --file two-hires.json");
  commands.push_back(
      {save,
       [save_arguments](CommandContext& context) { return Save(*save_arguments, context); },
       {}});

  CLI::App* list = group->add_subcommand("list", "List the saved scenarios");
  list->footer("Example:\n  quotacast --data-dir ./company scenarios list");
  commands.push_back({list, [](CommandContext& context) { return List(context); }, {}});

  auto show_id = std::make_shared<std::string>();
  CLI::App* show = group->add_subcommand("show", "Show a saved scenario");
  show->add_option("ID", *show_id, "The scenario")->required();
  show->footer("Example:\n  quotacast --data-dir ./company scenarios show two-hires");
  commands.push_back(
      {show, [show_id](CommandContext& context) { return Show(*show_id, context); }, {}});

  auto freeze_id = std::make_shared<std::string>();
  CLI::App* freeze = group->add_subcommand("freeze", "Fix a draft for good");
  freeze->add_option("ID", *freeze_id, "The scenario")->required();
  freeze->footer("Example:\n  quotacast --data-dir ./company scenarios freeze two-hires");
  commands.push_back(
      {freeze, [freeze_id](CommandContext& context) { return Freeze(*freeze_id, context); }, {}});
}

}  // namespace quotacast::cli
