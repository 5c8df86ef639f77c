#include "services/planning/planning.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/planning/field_values.h"
#include "services/planning/goal_rules.h"
#include "services/planning/initiative_rules.h"
#include "services/planning/resource_names.h"
#include "services/planning/roster.h"
#include "services/planning/scenario_rules.h"

namespace quotacast::planning {
namespace {

constexpr char kBaseScenarioId[] = "base";  // What commands call the business as it stands.

google::protobuf::Timestamp TimestampFrom(absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(micros / 1'000'000);
  stamp.set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1'000));
  return stamp;
}

absl::Status AlreadyExists(const std::string& name) {
  ErrorDetail detail;
  detail.reason = "ALREADY_EXISTS";
  detail.resource = name;
  return WithDetail(absl::AlreadyExistsError(absl::StrCat(name, " exists; choose another id")),
                    detail);
}

// The resource a name stands for; NOT_FOUND when there is none.
template <typename Message>
absl::StatusOr<const Message*> Existing(const Collection<Message>& collection,
                                        const ResourceName& name, const std::string& written) {
  const Message* found = collection.Find(name.id);
  if (found == nullptr) return NotFound(written, absl::StrCat("there is no ", written));
  return found;
}

// Fills a page of `collection` into `response` by way of `add`.
template <typename Message, typename Response, typename Add>
absl::StatusOr<Response> ListPage(const Collection<Message>& collection, const char* name,
                                  int32_t page_size, const std::string& page_token,
                                  const Add& add) {
  QC_ASSIGN_OR_RETURN(const PageRange page, PageOf(name, collection.size(), page_size, page_token));
  Response response;
  for (size_t i = page.begin; i < page.end; ++i) *add(response) = collection.at(i);
  response.set_next_page_token(page.next_page_token);
  return response;
}

// The forecast names its fields after its own request; ours are called a little differently.
absl::Status WithOurPaths(const absl::Status& status) {
  constexpr char kSpec[] = "spec.";
  const std::optional<ErrorDetail> detail = GetDetail(status);
  if (status.code() != absl::StatusCode::kInvalidArgument || !detail.has_value() ||
      detail->reason != "INVALID_FIELD") {
    return status;
  }
  std::vector<FieldViolation> violations = detail->field_violations;
  for (FieldViolation& violation : violations) {
    if (absl::StartsWith(violation.field, kSpec)) violation.field.erase(0, sizeof(kSpec) - 1);
  }
  if (violations.empty()) return status;
  return InvalidFields(std::move(violations));
}

}  // namespace

Planning::Planning(eventlog::EventLog& log, const Clock& clock, PlanningSources sources,
                   PlanningLimits limits)
    : log_(log), clock_(clock), sources_(std::move(sources)), limits_(limits) {}

absl::StatusOr<PlanBook*> Planning::BookOf(const std::string& workspace) {
  const auto found = books_.find(workspace);
  if (found != books_.end()) {
    QC_RETURN_IF_ERROR(found->second.CatchUp(log_, workspace));
    return &found->second;
  }
  PlanBook book;
  QC_RETURN_IF_ERROR(book.CatchUp(log_, workspace));
  return &(books_[workspace] = std::move(book));
}

template <typename Message>
absl::Status Planning::Write(const std::string& workspace, PlanBook& book,
                             std::string_view collection, std::string_view id, int64_t last_version,
                             const Message& message) {
  const eventlog::Event event =
      ChangeEvent(collection, id, last_version + 1, clock_.Now(), message.SerializeAsString());
  QC_ASSIGN_OR_RETURN(const std::vector<eventlog::AppendResult> results,
                      log_.Append(workspace, {&event, 1}));
  QC_RETURN_IF_ERROR(book.CatchUp(log_, workspace));
  if (results.front().outcome != eventlog::AppendOutcome::kAppended) {
    // Only another process on the same log could have taken this version.
    ErrorDetail detail;
    detail.reason = "CONCURRENT_CHANGE";
    return WithDetail(absl::AbortedError(absl::StrCat(NameOf(workspace, collection, id),
                                                      " was changed at the same time; look at it "
                                                      "and try again")),
                      detail);
  }
  return absl::OkStatus();
}

absl::Status Planning::CheckRoom(size_t size, std::string_view collection) const {
  if (size < limits_.max_resources) return absl::OkStatus();
  ErrorDetail detail;
  detail.reason = "TOO_MANY_RESOURCES";
  return WithDetail(absl::ResourceExhaustedError(
                        absl::StrCat("the workspace has ", size, " ", AbslView(collection),
                                     ", and no more than ", limits_.max_resources, " are kept")),
                    detail);
}

absl::StatusOr<v1::CreateGoalResponse> Planning::CreateGoal(const v1::CreateGoalRequest& request) {
  QC_ASSIGN_OR_RETURN(const std::string workspace, ParseParent(request.parent()));
  QC_RETURN_IF_ERROR(CheckResourceId(request.goal_id(), "goal_id"));
  FieldErrors errors;
  CheckGoal(request.goal(), "goal", errors);
  QC_RETURN_IF_ERROR(errors.Result());
  v1::CreateGoalResponse response;
  v1::Goal& goal = *response.mutable_goal();
  goal = request.goal();
  goal.set_name(NameOf(workspace, kGoals, request.goal_id()));
  goal.set_state(v1::GOAL_STATE_ACTIVE);
  goal.clear_dropped_reason();
  *goal.mutable_create_time() = TimestampFrom(clock_.Now());

  const std::lock_guard<std::mutex> lock(mutex_);
  QC_ASSIGN_OR_RETURN(PlanBook * book, BookOf(workspace));
  if (book->goals().Find(request.goal_id()) != nullptr) return AlreadyExists(goal.name());
  QC_RETURN_IF_ERROR(CheckRoom(book->goals().size(), kGoals));
  QC_RETURN_IF_ERROR(Write(workspace, *book, kGoals, request.goal_id(), 0, goal));
  return response;
}

absl::StatusOr<v1::GetGoalResponse> Planning::GetGoal(const v1::GetGoalRequest& request) {
  QC_ASSIGN_OR_RETURN(const ResourceName name, ParseName(request.name(), kGoals));
  const std::lock_guard<std::mutex> lock(mutex_);
  QC_ASSIGN_OR_RETURN(PlanBook * book, BookOf(name.workspace));
  QC_ASSIGN_OR_RETURN(const v1::Goal* goal, Existing(book->goals(), name, request.name()));
  v1::GetGoalResponse response;
  *response.mutable_goal() = *goal;
  return response;
}

absl::StatusOr<v1::ListGoalsResponse> Planning::ListGoals(const v1::ListGoalsRequest& request) {
  QC_ASSIGN_OR_RETURN(const std::string workspace, ParseParent(request.parent()));
  const std::lock_guard<std::mutex> lock(mutex_);
  QC_ASSIGN_OR_RETURN(PlanBook * book, BookOf(workspace));
  return ListPage<v1::Goal, v1::ListGoalsResponse>(
      book->goals(), kGoals, request.page_size(), request.page_token(),
      [](v1::ListGoalsResponse& response) { return response.add_goals(); });
}

absl::StatusOr<v1::DropGoalResponse> Planning::DropGoal(const v1::DropGoalRequest& request) {
  QC_ASSIGN_OR_RETURN(const ResourceName name, ParseName(request.name(), kGoals));
  FieldErrors errors;
  CheckRequiredText(request.reason(), "reason", "why it is given up", errors);
  QC_RETURN_IF_ERROR(errors.Result());
  const std::lock_guard<std::mutex> lock(mutex_);
  QC_ASSIGN_OR_RETURN(PlanBook * book, BookOf(name.workspace));
  QC_ASSIGN_OR_RETURN(const v1::Goal* goal, Existing(book->goals(), name, request.name()));
  if (goal->state() == v1::GOAL_STATE_DROPPED) {
    return FailedPrecondition(
        "GOAL_DROPPED",
        absl::StrCat(request.name(), " was dropped before: ", goal->dropped_reason()));
  }
  v1::DropGoalResponse response;
  *response.mutable_goal() = *goal;
  response.mutable_goal()->set_state(v1::GOAL_STATE_DROPPED);
  response.mutable_goal()->set_dropped_reason(request.reason());
  QC_RETURN_IF_ERROR(Write(name.workspace, *book, kGoals, name.id, book->goals().VersionOf(name.id),
                           response.goal()));
  return response;
}

absl::StatusOr<v1::EvaluateGoalResponse> Planning::EvaluateGoal(
    const v1::EvaluateGoalRequest& request, const CallScope& scope) {
  QC_ASSIGN_OR_RETURN(const ResourceName name, ParseName(request.name(), kGoals));
  type::v1::AsOf as_of;
  if (request.has_as_of_date()) {
    FieldErrors errors;
    DayFrom(true, request.as_of_date(), "as_of_date", errors);
    QC_RETURN_IF_ERROR(errors.Result());
    *as_of.mutable_effective_date() = request.as_of_date();
  }
  v1::GetGoalRequest get;
  get.set_name(request.name());
  QC_ASSIGN_OR_RETURN(const v1::GetGoalResponse got, GetGoal(get));
  const v1::Goal& goal = got.goal();
  const std::string parent = absl::StrCat("workspaces/", name.workspace);
  const std::string due = FormatIsoDate(CheckedDay(goal.due_date()));

  // First what the data covers: a period that is over has no state to start from.
  QC_ASSIGN_OR_RETURN(const metrics::v1::PipelineStateHeader now,
                      sources_.roster(parent, as_of, "", scope));
  const absl::CivilDay last_known = CheckedDay(now.as_of().effective_date());
  if (last_known >= CheckedDay(goal.due_date())) {
    return FailedPrecondition(
        "GOAL_PAST_DUE", absl::StrCat("the goal was due on ", due, " and the data goes up to ",
                                      FormatIsoDate(last_known),
                                      ": there is nothing left to forecast; ask as of an earlier "
                                      "day"));
  }
  QC_ASSIGN_OR_RETURN(const metrics::v1::PipelineStateHeader header,
                      sources_.roster(parent, now.as_of(), due, scope));
  QC_ASSIGN_OR_RETURN(const simulation::v1::ForecastRequest question,
                      QuestionOf(goal, request, parent, header));
  const absl::StatusOr<simulation::v1::ForecastResponse> forecast =
      sources_.forecast(question, scope);
  if (!forecast.ok()) return WithOurPaths(forecast.status());
  v1::EvaluateGoalResponse response;
  QC_ASSIGN_OR_RETURN(*response.mutable_evaluation(), EvaluationOf(goal, request, *forecast));
  return response;
}

absl::StatusOr<v1::CreateInitiativeResponse> Planning::CreateInitiative(
    const v1::CreateInitiativeRequest& request, const CallScope& scope) {
  QC_ASSIGN_OR_RETURN(const std::string workspace, ParseParent(request.parent()));
  QC_RETURN_IF_ERROR(CheckResourceId(request.initiative_id(), "initiative_id"));
  FieldErrors errors;
  const v1::Initiative& asked = request.initiative();
  CheckRequiredText(asked.sponsor(), "initiative.sponsor", "the person or group behind it", errors);
  CheckChange(asked.change(), "initiative.change", errors);
  if (asked.has_limit_override()) {
    CheckRequiredText(asked.limit_override().reason(), "initiative.limit_override.reason",
                      "why more than two are needed", errors);
    CheckRequiredText(asked.limit_override().approver(), "initiative.limit_override.approver",
                      "who answers for it", errors);
  }
  QC_RETURN_IF_ERROR(errors.Result());
  QC_ASSIGN_OR_RETURN(const metrics::v1::PipelineStateHeader header,
                      sources_.roster(request.parent(), type::v1::AsOf(), "", scope));
  const std::vector<std::string> reps =
      ResolveAudience(asked.change().audience(), header, "initiative.change.audience", errors);
  QC_RETURN_IF_ERROR(errors.Result());

  v1::CreateInitiativeResponse response;
  v1::Initiative& initiative = *response.mutable_initiative();
  initiative.set_name(NameOf(workspace, kInitiatives, request.initiative_id()));
  initiative.set_sponsor(asked.sponsor());
  *initiative.mutable_change() = asked.change();
  initiative.mutable_change()->set_initiative_id(request.initiative_id());
  initiative.set_state(v1::INITIATIVE_STATE_COMMITTED);
  for (const std::string& rep : reps) initiative.add_rep_ids(rep);
  *initiative.mutable_create_time() = TimestampFrom(clock_.Now());

  const std::lock_guard<std::mutex> lock(mutex_);
  QC_ASSIGN_OR_RETURN(PlanBook * book, BookOf(workspace));
  if (book->initiatives().Find(request.initiative_id()) != nullptr) {
    return AlreadyExists(initiative.name());
  }
  QC_RETURN_IF_ERROR(CheckRoom(book->initiatives().size(), kInitiatives));
  const std::vector<LimitExcess> excess = ExcessOf(initiative, book->initiatives());
  if (!excess.empty()) {
    if (!asked.has_limit_override()) return LimitError(request.initiative_id(), excess);
    *initiative.mutable_limit_override() = asked.limit_override();
  }
  QC_RETURN_IF_ERROR(Write(workspace, *book, kInitiatives, request.initiative_id(), 0, initiative));
  return response;
}

absl::StatusOr<v1::GetInitiativeResponse> Planning::GetInitiative(
    const v1::GetInitiativeRequest& request) {
  QC_ASSIGN_OR_RETURN(const ResourceName name, ParseName(request.name(), kInitiatives));
  const std::lock_guard<std::mutex> lock(mutex_);
  QC_ASSIGN_OR_RETURN(PlanBook * book, BookOf(name.workspace));
  QC_ASSIGN_OR_RETURN(const v1::Initiative* initiative,
                      Existing(book->initiatives(), name, request.name()));
  v1::GetInitiativeResponse response;
  *response.mutable_initiative() = *initiative;
  return response;
}

absl::StatusOr<v1::ListInitiativesResponse> Planning::ListInitiatives(
    const v1::ListInitiativesRequest& request) {
  QC_ASSIGN_OR_RETURN(const std::string workspace, ParseParent(request.parent()));
  const std::lock_guard<std::mutex> lock(mutex_);
  QC_ASSIGN_OR_RETURN(PlanBook * book, BookOf(workspace));
  return ListPage<v1::Initiative, v1::ListInitiativesResponse>(
      book->initiatives(), kInitiatives, request.page_size(), request.page_token(),
      [](v1::ListInitiativesResponse& response) { return response.add_initiatives(); });
}

absl::StatusOr<v1::StopInitiativeResponse> Planning::StopInitiative(
    const v1::StopInitiativeRequest& request) {
  QC_ASSIGN_OR_RETURN(const ResourceName name, ParseName(request.name(), kInitiatives));
  FieldErrors errors;
  CheckRequiredText(request.reason(), "reason", "why it is stopped", errors);
  const std::optional<absl::CivilDay> stop =
      DayFrom(request.has_stop_date(), request.stop_date(), "stop_date", errors);
  QC_RETURN_IF_ERROR(errors.Result());
  const std::lock_guard<std::mutex> lock(mutex_);
  QC_ASSIGN_OR_RETURN(PlanBook * book, BookOf(name.workspace));
  QC_ASSIGN_OR_RETURN(const v1::Initiative* initiative,
                      Existing(book->initiatives(), name, request.name()));
  if (initiative->state() == v1::INITIATIVE_STATE_STOPPED) {
    return FailedPrecondition("INITIATIVE_STOPPED",
                              absl::StrCat(request.name(), " was stopped before, on ",
                                           FormatIsoDate(CheckedDay(initiative->stop_date()))));
  }
  const Run run = RunOf(*initiative);
  if (run.end.has_value() && *stop >= *run.end) {
    return InvalidField("stop_date",
                        absl::StrCat("is ", FormatIsoDate(*stop), "; it ends by itself after ",
                                     FormatIsoDate(*run.end - 1)));
  }
  v1::StopInitiativeResponse response;
  v1::Initiative& stopped = *response.mutable_initiative();
  stopped = *initiative;
  stopped.set_state(v1::INITIATIVE_STATE_STOPPED);
  *stopped.mutable_stop_date() = request.stop_date();
  stopped.set_stop_reason(request.reason());
  QC_RETURN_IF_ERROR(Write(name.workspace, *book, kInitiatives, name.id,
                           book->initiatives().VersionOf(name.id), stopped));
  return response;
}

absl::StatusOr<v1::SaveScenarioResponse> Planning::SaveScenario(
    const v1::SaveScenarioRequest& request) {
  QC_ASSIGN_OR_RETURN(const std::string workspace, ParseParent(request.parent()));
  const std::string& id = request.scenario_id();
  QC_RETURN_IF_ERROR(CheckResourceId(id, "scenario_id"));
  if (id == kBaseScenarioId) {
    return InvalidField("scenario_id",
                        "is `base`, which stands for the business as it is; choose another");
  }
  FieldErrors errors;
  CheckScenario(request.scenario(), "scenario", errors);
  QC_RETURN_IF_ERROR(errors.Result());
  v1::SaveScenarioResponse response;
  v1::SavedScenario& saved = *response.mutable_scenario();
  saved.set_name(NameOf(workspace, kScenarios, id));
  *saved.mutable_scenario() = request.scenario();
  saved.set_state(v1::SAVED_SCENARIO_STATE_DRAFT);
  *saved.mutable_create_time() = TimestampFrom(clock_.Now());

  const std::lock_guard<std::mutex> lock(mutex_);
  QC_ASSIGN_OR_RETURN(PlanBook * book, BookOf(workspace));
  if (const v1::SavedScenario* before = book->scenarios().Find(id)) {
    if (before->state() == v1::SAVED_SCENARIO_STATE_FROZEN) {
      return FailedPrecondition(
          "SCENARIO_FROZEN",
          absl::StrCat(saved.name(), " is frozen; save the change under another id"));
    }
    *saved.mutable_create_time() = before->create_time();
  } else {
    QC_RETURN_IF_ERROR(CheckRoom(book->scenarios().size(), kScenarios));
  }
  QC_RETURN_IF_ERROR(
      Write(workspace, *book, kScenarios, id, book->scenarios().VersionOf(id), saved));
  return response;
}

absl::StatusOr<v1::GetScenarioResponse> Planning::GetScenario(
    const v1::GetScenarioRequest& request) {
  QC_ASSIGN_OR_RETURN(const ResourceName name, ParseName(request.name(), kScenarios));
  const std::lock_guard<std::mutex> lock(mutex_);
  QC_ASSIGN_OR_RETURN(PlanBook * book, BookOf(name.workspace));
  QC_ASSIGN_OR_RETURN(const v1::SavedScenario* scenario,
                      Existing(book->scenarios(), name, request.name()));
  v1::GetScenarioResponse response;
  *response.mutable_scenario() = *scenario;
  return response;
}

absl::StatusOr<v1::ListScenariosResponse> Planning::ListScenarios(
    const v1::ListScenariosRequest& request) {
  QC_ASSIGN_OR_RETURN(const std::string workspace, ParseParent(request.parent()));
  const std::lock_guard<std::mutex> lock(mutex_);
  QC_ASSIGN_OR_RETURN(PlanBook * book, BookOf(workspace));
  return ListPage<v1::SavedScenario, v1::ListScenariosResponse>(
      book->scenarios(), kScenarios, request.page_size(), request.page_token(),
      [](v1::ListScenariosResponse& response) { return response.add_scenarios(); });
}

absl::StatusOr<v1::FreezeScenarioResponse> Planning::FreezeScenario(
    const v1::FreezeScenarioRequest& request, const CallScope& scope) {
  QC_ASSIGN_OR_RETURN(const ResourceName name, ParseName(request.name(), kScenarios));
  // Whether there is anything to freeze is known before the data is asked for.
  v1::GetScenarioRequest get;
  get.set_name(request.name());
  QC_ASSIGN_OR_RETURN(v1::GetScenarioResponse got, GetScenario(get));
  v1::FreezeScenarioResponse response;
  if (got.scenario().state() == v1::SAVED_SCENARIO_STATE_FROZEN) {
    *response.mutable_scenario() = std::move(*got.mutable_scenario());
    return response;
  }
  QC_ASSIGN_OR_RETURN(
      const metrics::v1::PipelineStateHeader header,
      sources_.roster(absl::StrCat("workspaces/", name.workspace), type::v1::AsOf(), "", scope));
  const std::lock_guard<std::mutex> lock(mutex_);
  QC_ASSIGN_OR_RETURN(PlanBook * book, BookOf(name.workspace));
  QC_ASSIGN_OR_RETURN(const v1::SavedScenario* draft,
                      Existing(book->scenarios(), name, request.name()));
  v1::SavedScenario& frozen = *response.mutable_scenario();
  frozen = *draft;
  // Somebody else may have been faster.
  if (frozen.state() == v1::SAVED_SCENARIO_STATE_FROZEN) return response;
  frozen.set_state(v1::SAVED_SCENARIO_STATE_FROZEN);
  *frozen.mutable_as_of() = header.as_of();
  frozen.set_scenario_hash(ScenarioHash(frozen.scenario()));
  *frozen.mutable_freeze_time() = TimestampFrom(clock_.Now());
  QC_RETURN_IF_ERROR(Write(name.workspace, *book, kScenarios, name.id,
                           book->scenarios().VersionOf(name.id), frozen));
  return response;
}

}  // namespace quotacast::planning
