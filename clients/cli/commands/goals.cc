#include "clients/cli/commands/goals.h"

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/planning_report.h"
#include "clients/cli/render/progress_bar.h"
#include "clients/cli/scenario_source.h"
#include "clients/cpp/planning_client.h"
#include "quotacast/planning/v1/planning_service.pb.h"

namespace quotacast::cli {
namespace {

struct CreateArguments {
  std::string id;
  std::string display_name;
  std::string entity = "org";
  std::string amount;
  std::string currency = "USD";
  double share = 0;
  std::string due_date;
  std::string kind = "target";
  std::string owner;
};

struct EvaluateArguments {
  std::string id;
  std::string scenario;
  int64_t trial_count = 0;
  uint64_t seed = 0;
  std::string as_of;
};

struct DropArguments {
  std::string id;
  std::string reason;
};

absl::StatusOr<planning::v1::GoalKind> ParseKind(const std::string& text) {
  if (text == "commit") return planning::v1::GOAL_KIND_COMMIT;
  if (text == "target") return planning::v1::GOAL_KIND_TARGET;
  if (text == "stretch") return planning::v1::GOAL_KIND_STRETCH;
  return UsageError(absl::StrCat("\"", text, "\" is not a kind: commit, target or stretch"));
}

absl::StatusOr<planning::v1::Goal> MakeGoal(const CreateArguments& arguments) {
  if (arguments.amount.empty() == (arguments.share == 0)) {
    return UsageError("give either --amount (bookings) or --share (of reps at quota)");
  }
  planning::v1::Goal goal;
  goal.set_display_name(arguments.display_name);
  QC_ASSIGN_OR_RETURN(*goal.mutable_entity(), ParseEntityArgument(arguments.entity));
  if (arguments.amount.empty()) {
    goal.set_metric(planning::v1::GOAL_METRIC_REPS_AT_QUOTA_SHARE);
    goal.set_share(arguments.share);
  } else {
    goal.set_metric(planning::v1::GOAL_METRIC_BOOKINGS);
    QC_ASSIGN_OR_RETURN(*goal.mutable_amount(),
                        ParseMoneyArgument(arguments.amount, arguments.currency));
  }
  QC_ASSIGN_OR_RETURN(*goal.mutable_due_date(), ParseDateArgument(arguments.due_date));
  QC_ASSIGN_OR_RETURN(const planning::v1::GoalKind kind, ParseKind(arguments.kind));
  goal.set_kind(kind);
  goal.set_owner(arguments.owner);
  return goal;
}

absl::StatusOr<int> Create(const CreateArguments& arguments, CommandContext& context) {
  planning::v1::CreateGoalRequest request;
  request.set_parent(context.workspace);
  request.set_goal_id(arguments.id);
  QC_ASSIGN_OR_RETURN(*request.mutable_goal(), MakeGoal(arguments));
  clients::PlanningClient client(context.channel);
  QC_ASSIGN_OR_RETURN(const planning::v1::CreateGoalResponse response,
                      client.CreateGoal(request, context.call_options));
  context.out << (context.json ? ToJson(response) : GoalReport(response.goal(), context.terminal));
  return kExitOk;
}

absl::StatusOr<int> List(CommandContext& context) {
  clients::PlanningClient client(context.channel);
  planning::v1::ListGoalsRequest request;
  request.set_parent(context.workspace);
  planning::v1::ListGoalsResponse all;
  do {
    QC_ASSIGN_OR_RETURN(const planning::v1::ListGoalsResponse page,
                        client.ListGoals(request, context.call_options));
    all.mutable_goals()->MergeFrom(page.goals());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  context.out << (context.json ? ToJson(all) : GoalsReport(all, context.terminal));
  return kExitOk;
}

absl::StatusOr<int> Show(const std::string& id, CommandContext& context) {
  clients::PlanningClient client(context.channel);
  planning::v1::GetGoalRequest request;
  request.set_name(ResourceName(context.workspace, "goals", id));
  QC_ASSIGN_OR_RETURN(const planning::v1::GetGoalResponse response,
                      client.GetGoal(request, context.call_options));
  context.out << (context.json ? ToJson(response) : GoalReport(response.goal(), context.terminal));
  return kExitOk;
}

absl::StatusOr<int> Evaluate(const EvaluateArguments& arguments, CommandContext& context) {
  planning::v1::EvaluateGoalRequest request;
  request.set_name(ResourceName(context.workspace, "goals", arguments.id));
  request.set_trial_count(arguments.trial_count);
  request.set_seed(arguments.seed);
  if (!arguments.as_of.empty()) {
    QC_ASSIGN_OR_RETURN(*request.mutable_as_of_date(), ParseDateArgument(arguments.as_of));
  }
  if (!arguments.scenario.empty()) {
    QC_ASSIGN_OR_RETURN(*request.mutable_scenario(), LoadScenario(arguments.scenario, context));
  }
  clients::PlanningClient client(context.channel);
  absl::StatusOr<planning::v1::EvaluateGoalResponse> response;
  {
    ProgressBar progress("Simulating", context.clock, context.terminal, context.err);
    response = client.EvaluateGoal(request, context.call_options);
  }
  if (!response.ok()) return response.status();
  context.out << (context.json ? ToJson(*response)
                               : GoalEvaluationReport(response->evaluation(), context.terminal));
  return response->evaluation().has_refusal() ? kExitRefused : kExitOk;
}

absl::StatusOr<int> Drop(const DropArguments& arguments, CommandContext& context) {
  clients::PlanningClient client(context.channel);
  planning::v1::DropGoalRequest request;
  request.set_name(ResourceName(context.workspace, "goals", arguments.id));
  request.set_reason(arguments.reason);
  QC_ASSIGN_OR_RETURN(const planning::v1::DropGoalResponse response,
                      client.DropGoal(request, context.call_options));
  context.out << (context.json ? ToJson(response) : GoalReport(response.goal(), context.terminal));
  return kExitOk;
}

void AddCreate(CLI::App& group, Commands& commands) {
  auto arguments = std::make_shared<CreateArguments>();
  CLI::App* command = group.add_subcommand("create", "Set a goal");
  command->add_option("ID", arguments->id, "Lower-case letters, digits and hyphens")->required();
  command->add_option("--name", arguments->display_name, "Name shown to people");
  command->add_option("--entity", arguments->entity, "Whose number: org (default), team:ID, rep:ID")
      ->check(CheckedBy(ParseEntityArgument, "ENTITY"));
  command->add_option("--amount", arguments->amount,
                      "Bookings to reach, from the start of the period of the due date");
  command->add_option("--currency", arguments->currency, "Currency of --amount (default USD)");
  command->add_option("--share", arguments->share, "Share of reps to reach their quota, up to 1")
      ->check(CLI::Range(0.001, 1.0));
  command->add_option("--due", arguments->due_date, "Last day that counts")
      ->required()
      ->check(CheckedBy(ParseDateArgument, "DATE"));
  command->add_option("--kind", arguments->kind, "commit, target (default) or stretch")
      ->check(CheckedBy(ParseKind, "KIND"));
  command->add_option("--owner", arguments->owner, "The person who answers for it")->required();
  command->footer(
      "Example:\n"
      "  quotacast --data-dir ./company goals create q4-bookings --amount 3,000,000 \\\n"
      "      --due 2017-12-31 --kind commit --owner \"Dana Reyes\"");
  commands.push_back(
      {command, [arguments](CommandContext& context) { return Create(*arguments, context); }, {}});
}

void AddEvaluate(CLI::App& group, Commands& commands) {
  auto arguments = std::make_shared<EvaluateArguments>();
  CLI::App* command = group.add_subcommand("evaluate", "Simulate how likely a goal is");
  command->add_option("ID", arguments->id, "The goal")->required();
  command->add_option("--scenario", arguments->scenario,
                      "Under a scenario: a file, or the id of a saved one (default: base)");
  command->add_option("--trials", arguments->trial_count, "Trials to simulate (default 10,000)")
      ->check(CLI::Range(int64_t{1}, int64_t{10'000'000}));
  command->add_option("--seed", arguments->seed, "Seed of chance (default 0)");
  command->add_option("--as-of", arguments->as_of, "Last day whose facts count")
      ->check(CheckedBy(ParseDateArgument, "DATE"));
  command->footer(
      "Exit code 4 tells that there is too little history.\n\n"
      "Example:\n"
      "  quotacast --data-dir ./company goals evaluate q4-bookings --seed 7");
  commands.push_back(
      {command,
       [arguments](CommandContext& context) { return Evaluate(*arguments, context); },
       {}});
}

}  // namespace

void AddGoalsCommands(CLI::App& app, Commands& commands) {
  CLI::App* group = app.add_subcommand("goals", "Set goals, and see how likely they are");
  group->require_subcommand(1);
  group->footer("Example:\n  quotacast --data-dir ./company goals list");
  AddCreate(*group, commands);

  CLI::App* list = group->add_subcommand("list", "List the goals");
  list->footer("Example:\n  quotacast --data-dir ./company goals list");
  commands.push_back({list, [](CommandContext& context) { return List(context); }, {}});

  auto id = std::make_shared<std::string>();
  CLI::App* show = group->add_subcommand("show", "Show a goal");
  show->add_option("ID", *id, "The goal")->required();
  show->footer("Example:\n  quotacast --data-dir ./company goals show q4-bookings");
  commands.push_back({show, [id](CommandContext& context) { return Show(*id, context); }, {}});

  AddEvaluate(*group, commands);

  auto drop_arguments = std::make_shared<DropArguments>();
  CLI::App* drop = group->add_subcommand("drop", "Give a goal up; the record stays");
  drop->add_option("ID", drop_arguments->id, "The goal")->required();
  drop->add_option("--reason", drop_arguments->reason, "Why")->required();
  drop->footer(
      "Example:\n"
      "  quotacast --data-dir ./company goals drop q4-bookings --reason \"plan changed\"");
  commands.push_back(
      {drop,
       [drop_arguments](CommandContext& context) { return Drop(*drop_arguments, context); },
       {}});
}

}  // namespace quotacast::cli
