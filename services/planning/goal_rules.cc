#include "services/planning/goal_rules.h"

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "services/planning/roster.h"

namespace quotacast::planning {
namespace {

using simulation::v1::EntityForecast;
using simulation::v1::EntityRef;
using simulation::v1::ForecastResult;

void CheckEntity(const v1::Goal& goal, const std::string& path, FieldErrors& errors) {
  const EntityRef& entity = goal.entity();
  switch (entity.level()) {
    case simulation::v1::LEVEL_ORG:
      if (!entity.entity_id().empty()) {
        errors.Add(Path(path, "entity_id"),
                   absl::StrCat("is `", entity.entity_id(), "`; want none for the organisation"));
      }
      return;
    case simulation::v1::LEVEL_TEAM:
    case simulation::v1::LEVEL_REP:
      CheckRequiredText(entity.entity_id(), Path(path, "entity_id"), "the id of the team or rep",
                        errors);
      if (goal.metric() == v1::GOAL_METRIC_REPS_AT_QUOTA_SHARE) {
        errors.Add(Path(path, "level"),
                   "is not the organisation; the share of reps at quota is the organisation's");
      }
      return;
    default:
      errors.Add(Path(path, "level"), "is not set; want organisation, team or rep");
  }
}

void CheckTarget(const v1::Goal& goal, std::string_view path, FieldErrors& errors) {
  switch (goal.metric()) {
    case v1::GOAL_METRIC_BOOKINGS:
      if (goal.has_amount()) {
        CheckAmount(goal.amount(), Path(path, "amount"), errors);
      } else {
        errors.Add(Path(path, "amount"), "is missing; bookings need an amount");
      }
      return;
    case v1::GOAL_METRIC_REPS_AT_QUOTA_SHARE:
      if (goal.target_case() != v1::Goal::kShare || !(goal.share() > 0 && goal.share() <= 1)) {
        errors.Add(Path(path, "share"),
                   absl::StrCat("is ", goal.share(), "; want a share above 0, at most 1"));
      }
      return;
    default:
      errors.Add(Path(path, "metric"), "is not set; want bookings or share of reps at quota");
  }
}

std::string EntityText(const EntityRef& entity) {
  switch (entity.level()) {
    case simulation::v1::LEVEL_TEAM:
      return absl::StrCat("team ", entity.entity_id());
    case simulation::v1::LEVEL_REP:
      return absl::StrCat("rep ", entity.entity_id());
    default:
      return "the organisation";
  }
}

// "37 % chance that the organisation books USD 2,400,000 by 2017-12-31".
std::string ChanceText(const v1::Goal& goal, double probability) {
  const std::string due = FormatIsoDate(CheckedDay(goal.due_date()));
  if (goal.metric() == v1::GOAL_METRIC_BOOKINGS) {
    return absl::StrCat(PercentText(probability), " chance that ", EntityText(goal.entity()),
                        " books at least ", AmountText(goal.amount()), " by ", due);
  }
  return absl::StrCat(PercentText(probability), " chance that at least ", PercentText(goal.share()),
                      " of the reps with a quota reach it by ", due);
}

const char* KindText(v1::GoalKind kind) {
  switch (kind) {
    case v1::GOAL_KIND_COMMIT:
      return "a commitment";
    case v1::GOAL_KIND_TARGET:
      return "a target";
    default:
      return "a stretch goal";
  }
}

// What the probability makes of the goal, beside what it is called.
std::string VerdictText(v1::GoalKind stated, v1::GoalKind suggested) {
  if (suggested == v1::GOAL_KIND_UNSPECIFIED) {
    return "that is out of reach: fewer than one outcome in ten gets there, too few even for a "
           "stretch goal";
  }
  if (suggested == stated) return absl::StrCat("that is ", KindText(suggested), ", as stated");
  return absl::StrCat("that is ", KindText(suggested), ", not ", KindText(stated), " as stated");
}

std::string SummaryText(const v1::Goal& goal, const v1::EvaluateGoalRequest& request,
                        double probability) {
  std::string text = ChanceText(goal, probability);
  if (request.has_scenario()) {
    const std::string& name = request.scenario().display_name();
    absl::StrAppend(&text, " under ", name.empty() ? "the scenario" : absl::StrCat("`", name, "`"));
  }
  return absl::StrCat(text, "; ", VerdictText(goal.kind(), KindOfProbability(probability)), ".");
}

bool SameEntity(const EntityRef& a, const EntityRef& b) {
  return a.level() == b.level() && a.entity_id() == b.entity_id();
}

bool SameDay(const google::type::Date& a, const google::type::Date& b) {
  return CheckedDay(a) == CheckedDay(b);
}

// What the goal's number is expected to be. A day inside the period has a distribution only for the
// organisation, on the days of its fan.
void FillExpected(const v1::Goal& goal, const ForecastResult& forecast,
                  v1::GoalEvaluation& evaluation) {
  if (goal.metric() == v1::GOAL_METRIC_REPS_AT_QUOTA_SHARE) {
    *evaluation.mutable_expected() = forecast.reps_at_quota_share();
    return;
  }
  if (CheckedDay(forecast.period().end_date()) == CheckedDay(goal.due_date()) + 1) {
    for (const EntityForecast& line : forecast.entities()) {
      if (!SameEntity(line.entity(), goal.entity())) continue;
      *evaluation.mutable_expected() = line.bookings();
    }
    return;
  }
  if (goal.entity().level() != simulation::v1::LEVEL_ORG) return;
  for (const simulation::v1::FanPoint& point : forecast.org_fan()) {
    if (SameDay(point.date(), goal.due_date())) *evaluation.mutable_expected() = point.bookings();
  }
}

}  // namespace

void CheckGoal(const v1::Goal& goal, std::string_view path, FieldErrors& errors) {
  CheckText(goal.display_name(), Path(path, "display_name"), errors);
  CheckTarget(goal, path, errors);
  CheckEntity(goal, Path(path, "entity"), errors);
  DayFrom(goal.has_due_date(), goal.due_date(), Path(path, "due_date"), errors);
  if (goal.kind() != v1::GOAL_KIND_COMMIT && goal.kind() != v1::GOAL_KIND_TARGET &&
      goal.kind() != v1::GOAL_KIND_STRETCH) {
    errors.Add(Path(path, "kind"), "is not set; want commit, target or stretch");
  }
  CheckRequiredText(goal.owner(), Path(path, "owner"), "the person who answers for it", errors);
}

v1::GoalKind KindOfProbability(double probability) {
  if (probability >= kCommitProbability) return v1::GOAL_KIND_COMMIT;
  if (probability >= kTargetProbability) return v1::GOAL_KIND_TARGET;
  if (probability >= kStretchProbability) return v1::GOAL_KIND_STRETCH;
  return v1::GOAL_KIND_UNSPECIFIED;
}

absl::StatusOr<simulation::v1::ForecastRequest> QuestionOf(
    const v1::Goal& goal, const v1::EvaluateGoalRequest& request, std::string_view parent,
    const metrics::v1::PipelineStateHeader& header) {
  const absl::CivilDay due = CheckedDay(goal.due_date());
  if (header.periods_size() == 0) return absl::InternalError("the state has no periods");
  const type::v1::FiscalPeriod& period = header.periods(header.periods_size() - 1);
  if (goal.metric() == v1::GOAL_METRIC_REPS_AT_QUOTA_SHARE &&
      CheckedDay(period.end_date()) != due + 1) {
    return FailedPrecondition(
        "GOAL_WITHIN_PERIOD",
        absl::StrCat("the goal is due on ", FormatIsoDate(due),
                     ", but quotas are for whole periods: ", period.name(), " ends on ",
                     FormatIsoDate(CheckedDay(period.end_date()) - 1)));
  }
  const EntityRef& entity = goal.entity();
  if ((entity.level() == simulation::v1::LEVEL_TEAM && !HasTeam(header, entity.entity_id())) ||
      (entity.level() == simulation::v1::LEVEL_REP && !HasRep(header, entity.entity_id()))) {
    return FailedPrecondition("GOAL_ENTITY_UNKNOWN",
                              absl::StrCat("there is no ", EntityText(entity), " in the data"));
  }
  if (goal.has_amount() && goal.amount().currency_code() != header.currency_code()) {
    return FailedPrecondition(
        "MIXED_CURRENCY",
        absl::StrCat("the goal is in ", goal.amount().currency_code(), " and the data in ",
                     header.currency_code(), "; amounts are not converted"));
  }
  simulation::v1::ForecastRequest question;
  simulation::v1::ForecastSpec& spec = *question.mutable_spec();
  spec.set_parent(std::string(parent));
  // The pair that the roster was read at: the answer is about the same data.
  *spec.mutable_as_of() = header.as_of();
  spec.set_period(period.name());
  spec.add_levels(entity.level());
  spec.set_trial_count(request.trial_count());
  spec.set_seed(request.seed());
  if (goal.metric() == v1::GOAL_METRIC_BOOKINGS) {
    simulation::v1::ThresholdQuery& threshold = *spec.add_thresholds();
    *threshold.mutable_entity() = entity;
    *threshold.mutable_amount() = goal.amount();
    *threshold.mutable_by_date() = goal.due_date();
  } else {
    spec.add_reps_at_quota_shares(goal.share());
  }
  if (request.has_scenario()) *question.mutable_scenario() = request.scenario();
  return question;
}

absl::StatusOr<v1::GoalEvaluation> EvaluationOf(const v1::Goal& goal,
                                                const v1::EvaluateGoalRequest& request,
                                                const simulation::v1::ForecastResponse& response) {
  v1::GoalEvaluation evaluation;
  evaluation.set_goal(goal.name());
  *evaluation.mutable_certificate() = response.outcome().certificate();
  if (response.outcome().has_refusal()) {
    *evaluation.mutable_refusal() = response.outcome().refusal();
    evaluation.set_summary(response.outcome().refusal().message());
    return evaluation;
  }
  const ForecastResult& forecast = response.outcome().forecast();
  const bool is_bookings = goal.metric() == v1::GOAL_METRIC_BOOKINGS;
  if (!is_bookings && forecast.eligible_rep_count() == 0) {
    return FailedPrecondition("NO_QUOTA",
                              absl::StrCat("nobody has a quota in ", forecast.period().name()));
  }
  if ((is_bookings ? forecast.thresholds_size() : forecast.reps_at_quota_size()) != 1) {
    return absl::InternalError("the forecast does not answer the question of the goal");
  }
  *evaluation.mutable_probability() =
      is_bookings ? forecast.thresholds(0).probability() : forecast.reps_at_quota(0).probability();
  FillExpected(goal, forecast, evaluation);
  const double probability = evaluation.probability().value();
  evaluation.set_suggested_kind(KindOfProbability(probability));
  evaluation.set_summary(SummaryText(goal, request, probability));
  return evaluation;
}

}  // namespace quotacast::planning
