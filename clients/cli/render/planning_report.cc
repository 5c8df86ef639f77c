#include "clients/cli/render/planning_report.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/string_views.h"
#include "clients/cli/render/certificate_text.h"
#include "clients/cli/render/dot_plot.h"
#include "clients/cli/render/forecast_report.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

using planning::v1::Goal;
using planning::v1::Initiative;
using planning::v1::SavedScenario;

std::string IdOf(const std::string& name) {
  return Printable(std::string_view(name).substr(name.rfind('/') + 1));
}

const char* KindText(planning::v1::GoalKind kind) {
  switch (kind) {
    case planning::v1::GOAL_KIND_COMMIT:
      return "commit";
    case planning::v1::GOAL_KIND_TARGET:
      return "target";
    case planning::v1::GOAL_KIND_STRETCH:
      return "stretch";
    default:
      return "-";
  }
}

std::string EntityText(const simulation::v1::EntityRef& entity) {
  switch (entity.level()) {
    case simulation::v1::LEVEL_TEAM:
      return Printable("team " + entity.entity_id());
    case simulation::v1::LEVEL_REP:
      return Printable("rep " + entity.entity_id());
    default:
      return "organisation";
  }
}

std::string TargetText(const Goal& goal) {
  if (goal.metric() == planning::v1::GOAL_METRIC_REPS_AT_QUOTA_SHARE) {
    return FormatPercent(goal.share(), 0) + " of reps";
  }
  return FormatMoney(goal.amount());
}

std::string StateText(const Initiative& initiative) {
  return initiative.state() == planning::v1::INITIATIVE_STATE_STOPPED
             ? absl::StrCat("stopped ", FormatDate(initiative.stop_date()))
             : "committed";
}

std::string AudienceText(const simulation::v1::Audience& audience) {
  std::vector<std::string> parts;
  for (const auto& team : audience.team_ids()) parts.push_back("team " + team);
  for (const auto& rep : audience.rep_ids()) parts.push_back("rep " + rep);
  return parts.empty() ? "everybody" : Printable(absl::StrJoin(parts, ", "));
}

std::string RunText(const simulation::v1::InitiativeChange& change) {
  std::string out = "from " + FormatDate(change.start_date());
  if (change.has_last_date()) absl::StrAppend(&out, " to ", FormatDate(change.last_date()));
  return out;
}

std::string EffectText(const simulation::v1::InitiativeEffect& effect) {
  std::vector<std::string> parts;
  const auto add = [&](bool present, const char* driver,
                       const simulation::v1::UncertainEffect& size) {
    if (present) {
      parts.push_back(absl::StrFormat("%s %+.3g (sd %.3g)", driver, size.mean(), size.sd()));
    }
  };
  add(effect.has_win(), "win", effect.win());
  add(effect.has_cycle(), "cycle", effect.cycle());
  add(effect.has_creation(), "creation", effect.creation());
  return parts.empty() ? "none" : absl::StrJoin(parts, ", ");
}

// Lines "Label   text", the labels as wide as the longest.
class Fields {
 public:
  explicit Fields(const Terminal& terminal) : terminal_(terminal) {}
  void Add(const char* label, const std::string& text) {
    if (text.empty()) return;
    out_ += Wrap(text, terminal_.width_columns,
                 Paint(PadRight(label, kLabelColumns), Style::kFaint, terminal_));
  }
  std::string text() const { return out_; }

 private:
  static constexpr int kLabelColumns = 12;
  const Terminal& terminal_;
  std::string out_;
};

const char* ScenarioStateText(const SavedScenario& scenario) {
  return scenario.state() == planning::v1::SAVED_SCENARIO_STATE_FROZEN ? "frozen" : "draft";
}

}  // namespace

std::string GoalsReport(const planning::v1::ListGoalsResponse& response, const Terminal& terminal) {
  if (response.goals_size() == 0) return "No goals yet.\n";
  Table table({{"Goal"},
               {"Name"},
               {"Whose"},
               {"Target", Align::kRight},
               {"Due", Align::kRight},
               {"Kind"},
               {"Owner"}});
  for (const Goal& goal : response.goals()) {
    const bool dropped = goal.state() == planning::v1::GOAL_STATE_DROPPED;
    const bool is_org = goal.entity().entity_id().empty();
    table.AddRow({IdOf(goal.name()), Printable(goal.display_name()),
                  is_org ? "org" : EntityText(goal.entity()), TargetText(goal),
                  FormatDate(goal.due_date()), dropped ? "dropped" : KindText(goal.kind()),
                  Printable(goal.owner())});
  }
  return table.Render(terminal);
}

std::string InitiativesReport(const planning::v1::ListInitiativesResponse& response,
                              const Terminal& terminal) {
  if (response.initiatives_size() == 0) return "No initiatives yet.\n";
  Table table(
      {{"Initiative"}, {"Audience"}, {"Reps", Align::kRight}, {"Runs"}, {"Effect"}, {"State"}});
  for (const Initiative& initiative : response.initiatives()) {
    table.AddRow({IdOf(initiative.name()), AudienceText(initiative.change().audience()),
                  FormatCount(initiative.rep_ids_size()), RunText(initiative.change()),
                  EffectText(initiative.change().effect()), StateText(initiative)});
  }
  return table.Render(terminal);
}

std::string ScenariosReport(const planning::v1::ListScenariosResponse& response,
                            const Terminal& terminal) {
  if (response.scenarios_size() == 0) return "No saved scenarios yet.\n";
  Table table({{"Scenario"},
               {"Name"},
               {"Initiatives", Align::kRight},
               {"Hires", Align::kRight},
               {"State"},
               {"Saved", Align::kRight}});
  for (const SavedScenario& scenario : response.scenarios()) {
    table.AddRow({IdOf(scenario.name()), Printable(scenario.scenario().display_name()),
                  FormatCount(scenario.scenario().initiatives_size()),
                  FormatCount(scenario.scenario().hires_size()), ScenarioStateText(scenario),
                  FormatInstant(scenario.create_time())});
  }
  return table.Render(terminal);
}

std::string GoalReport(const Goal& goal, const Terminal& terminal) {
  Fields fields(terminal);
  fields.Add("Goal", absl::StrCat(IdOf(goal.name()), goal.display_name().empty() ? "" : ": ",
                                  Printable(goal.display_name())));
  fields.Add("Target", absl::StrCat(EntityText(goal.entity()), ", ", TargetText(goal),
                                    goal.has_amount() ? "" : " at quota", " by ",
                                    FormatDate(goal.due_date())));
  fields.Add("Kind", KindText(goal.kind()));
  fields.Add("Owner", Printable(goal.owner()));
  if (goal.state() == planning::v1::GOAL_STATE_DROPPED) {
    fields.Add("Dropped", Printable(goal.dropped_reason()));
  }
  return fields.text();
}

std::string InitiativeReport(const Initiative& initiative, const Terminal& terminal) {
  const auto& change = initiative.change();
  Fields fields(terminal);
  fields.Add("Initiative",
             absl::StrCat(IdOf(initiative.name()), change.display_name().empty() ? "" : ": ",
                          Printable(change.display_name())));
  fields.Add("Sponsor", Printable(initiative.sponsor()));
  fields.Add("Audience", absl::StrCat(AudienceText(change.audience()), " (",
                                      CountOf(initiative.rep_ids_size(), "rep"), ")"));
  fields.Add("Effect", EffectText(change.effect()));
  fields.Add("Runs", RunText(change));
  fields.Add("Evidence", Printable(change.evidence()));
  fields.Add("State", StateText(initiative));
  fields.Add("Because", Printable(initiative.stop_reason()));
  if (initiative.has_limit_override()) {
    fields.Add("Override",
               Printable(absl::StrCat(initiative.limit_override().reason(), " (approved by ",
                                      initiative.limit_override().approver(), ")")));
  }
  return fields.text();
}

std::string SavedScenarioReport(const SavedScenario& scenario, const Terminal& terminal) {
  Fields fields(terminal);
  fields.Add("Scenario", absl::StrCat(IdOf(scenario.name()),
                                      scenario.scenario().display_name().empty() ? "" : ": ",
                                      Printable(scenario.scenario().display_name())));
  for (const auto& change : scenario.scenario().initiatives()) {
    fields.Add("Initiative",
               Printable(absl::StrCat(
                   change.display_name().empty() ? change.initiative_id() : change.display_name(),
                   ": ", EffectText(change.effect()), ", ", RunText(change), ", ",
                   AudienceText(change.audience()))));
  }
  for (const auto& hire : scenario.scenario().hires()) {
    fields.Add("Hire", Printable(absl::StrCat(hire.hire_id(), ": team ", hire.team_id(), " from ",
                                              FormatDate(hire.start_date()))));
  }
  if (scenario.scenario().initiatives_size() + scenario.scenario().hires_size() == 0) {
    fields.Add("Changes", "none: the business as it stands");
  }
  fields.Add("State", ScenarioStateText(scenario));
  if (scenario.has_as_of()) {
    fields.Add("Judged", absl::StrCat(AsOfText(scenario.as_of()), " (event ",
                                      FormatCount(scenario.as_of().log_offset()), ")"));
  }
  return fields.text();
}

std::string GoalEvaluationReport(const planning::v1::GoalEvaluation& evaluation,
                                 const Terminal& terminal) {
  if (evaluation.has_refusal()) {
    return RefusalText(evaluation.refusal(), terminal) + "\n" +
           CertificateText(evaluation.certificate(), nullptr, terminal) +
           WarningsText(evaluation.certificate(), terminal);
  }
  std::string out = Wrap(Printable(evaluation.summary()), terminal.width_columns) + "\n";
  out += DotPlot(evaluation.probability().value(), "the goal", terminal);
  absl::StrAppend(&out, "P(goal) ", FormatProbability(evaluation.probability()),
                  terminal.unicode ? " ± " : " +/- ", FormatPointsError(evaluation.probability()),
                  " points\n\n", CertificateText(evaluation.certificate(), nullptr, terminal));
  return out + WarningsText(evaluation.certificate(), terminal);
}

}  // namespace quotacast::cli
