#include "services/simulation/converters.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "base/string_views.h"
#include "services/simulation/scenario_fields.h"
#include "simulator/engine/drivers.h"

namespace quotacast::simulation {
namespace {

bool HasHire(const simulator::Scenario& scenario, const std::string& id) {
  return std::any_of(scenario.hires.begin(), scenario.hires.end(),
                     [&id](const simulator::Hire& hire) { return hire.key == id; });
}

// Resolves the line a threshold asks about.
std::optional<simulator::Entity> EntityFrom(const v1::EntityRef& ref, const Business& business,
                                            const std::vector<simulator::Scenario>& scenarios,
                                            const std::string& path, FieldErrors& errors) {
  simulator::Entity entity;
  entity.key = ref.entity_id();
  const std::string id_path = FieldPath(path, "entity_id");
  switch (ref.level()) {
    case v1::LEVEL_ORG:
      if (entity.key.empty()) return entity;
      errors.Add(id_path, absl::StrCat("is `", entity.key, "`; the organisation has no id"));
      return std::nullopt;
    case v1::LEVEL_TEAM:
      entity.level = simulator::Level::kTeam;
      if (business.team_positions.count(entity.key) > 0) return entity;
      errors.Add(id_path, UnknownName("team", "teams", entity.key, TeamIds(business)));
      return std::nullopt;
    case v1::LEVEL_REP: {
      entity.level = simulator::Level::kRep;
      if (business.rep_positions.count(entity.key) > 0) return entity;
      const auto has = [&entity](const simulator::Scenario& scenario) {
        return HasHire(scenario, entity.key);
      };
      entity.is_hire = std::all_of(scenarios.begin(), scenarios.end(), has);
      if (entity.is_hire) return entity;
      if (std::any_of(scenarios.begin(), scenarios.end(), has)) {
        errors.Add(id_path, absl::StrCat("`", entity.key,
                                         "` is not hired in every scenario, so "
                                         "the question has no answer in some"));
      } else {
        errors.Add(id_path, UnknownName("rep", "reps", entity.key, RepIds(business)));
      }
      return std::nullopt;
    }
    default:
      errors.Add(FieldPath(path, "level"), "is not set; want LEVEL_ORG, LEVEL_TEAM or LEVEL_REP");
      return std::nullopt;
  }
}

void CheckThresholdDay(absl::CivilDay by, const Business& business, const std::string& path,
                       FieldErrors& errors) {
  const FiscalPeriod& period = business.state.periods.back();
  const absl::CivilDay first = std::max(period.start, business.state.as_of + 1);
  if (by >= first && by < period.end) return;
  errors.Add(path, absl::StrCat("is ", FormatIsoDate(by), "; want a day from ",
                                FormatIsoDate(first), " to ", FormatIsoDate(period.end - 1),
                                ", after the data and inside ", period.name));
}

}  // namespace

absl::Status CheckSpec(const v1::ForecastSpec& spec) {
  FieldErrors errors;
  if (spec.parent().empty()) {
    errors.Add("spec.parent", "is empty; want \"workspaces/{workspace}\"");
  }
  if (spec.trial_count() < 0 || spec.trial_count() > simulator::kMaxTrials) {
    errors.Add("spec.trial_count",
               absl::StrCat("is ", spec.trial_count(), "; want 1 to ", simulator::kMaxTrials,
                            ", or 0 for ", kDefaultTrials));
  }
  if (spec.step_days() != 0 && spec.step_days() != 1 && spec.step_days() != 7) {
    errors.Add("spec.step_days", absl::StrCat("is ", spec.step_days(), "; want 7, 1, or 0 for 7"));
  }
  if (spec.driver_count() < 0 || spec.driver_count() > simulator::kMaxDrivers) {
    errors.Add("spec.driver_count",
               absl::StrCat("is ", spec.driver_count(), "; want 0 to ", simulator::kMaxDrivers));
  }
  if (spec.tail_share() != 0 && !(spec.tail_share() > 0 && spec.tail_share() <= 1)) {
    errors.Add("spec.tail_share", absl::StrCat("is ", spec.tail_share(),
                                               "; want a share above 0, at most 1, or 0 for ",
                                               simulator::kDefaultTailShare));
  }
  for (int i = 0; i < spec.levels_size(); ++i) {
    if (spec.levels(i) == v1::LEVEL_ORG || spec.levels(i) == v1::LEVEL_TEAM ||
        spec.levels(i) == v1::LEVEL_REP) {
      continue;
    }
    errors.Add(ItemPath("spec.levels", i),
               absl::StrCat("is ", static_cast<int>(spec.levels(i)),
                            "; want LEVEL_ORG, LEVEL_TEAM or LEVEL_REP"));
  }
  if (spec.as_of().has_effective_date()) {
    DayFrom(spec.as_of().effective_date(), "spec.as_of.effective_date", errors);
  }
  if (spec.thresholds_size() > kMaxThresholds) {
    errors.Add("spec.thresholds", absl::StrCat("has ", spec.thresholds_size(),
                                               " entries; want at most ", kMaxThresholds));
  }
  if (spec.reps_at_quota_shares_size() > kMaxShareQuestions) {
    errors.Add("spec.reps_at_quota_shares",
               absl::StrCat("has ", spec.reps_at_quota_shares_size(), " entries; want at most ",
                            kMaxShareQuestions));
  }
  for (int i = 0; i < spec.reps_at_quota_shares_size(); ++i) {
    const double share = spec.reps_at_quota_shares(i);
    if (share > 0 && share <= 1) continue;  // NaN is neither.
    errors.Add(ItemPath("spec.reps_at_quota_shares", i),
               absl::StrCat("is ", share, "; want a share above 0, at most 1"));
  }
  return errors.Result();
}

absl::StatusOr<RunSpec> RunSpecFrom(const v1::ForecastSpec& spec, const Business& business,
                                    const std::vector<simulator::Scenario>& scenarios) {
  RunSpec run;
  if (spec.trial_count() != 0) run.requested_trials = spec.trial_count();
  if (spec.step_days() != 0) run.step_days = spec.step_days();
  if (spec.tail_share() != 0) run.tail_share = spec.tail_share();
  run.driver_count = spec.driver_count();
  run.seed = spec.seed();
  run.period = static_cast<int>(business.state.periods.size()) - 1;
  if (spec.levels_size() > 0) {
    run.wants_org = false;
    for (const int level : spec.levels()) {
      run.wants_org |= level == v1::LEVEL_ORG;
      run.wants_teams |= level == v1::LEVEL_TEAM;
      run.wants_reps |= level == v1::LEVEL_REP;
    }
  }
  FieldErrors errors;
  std::set<absl::CivilDay> cuts;
  for (int i = 0; i < spec.thresholds_size(); ++i) {
    const v1::ThresholdQuery& query = spec.thresholds(i);
    const std::string path = ItemPath("spec.thresholds", i);
    simulator::Threshold threshold;
    threshold.period = run.period;
    const auto entity =
        EntityFrom(query.entity(), business, scenarios, FieldPath(path, "entity"), errors);
    if (entity.has_value()) threshold.entity = *entity;
    if (query.has_amount()) {
      const auto amount =
          MinorUnitsFrom(query.amount(), business.currency, FieldPath(path, "amount"), errors);
      threshold.amount_minor_units = amount.value_or(0);
    } else {
      errors.Add(FieldPath(path, "amount"), "is missing; want the amount to reach");
    }
    if (query.has_by_date()) {
      const std::string by_path = FieldPath(path, "by_date");
      threshold.by = DayFrom(query.by_date(), by_path, errors);
      if (threshold.by.has_value()) {
        CheckThresholdDay(*threshold.by, business, by_path, errors);
        cuts.insert(*threshold.by);
      }
    }
    run.thresholds.push_back(std::move(threshold));
  }
  if (!errors.empty()) return errors.Result();
  run.cut_days.assign(cuts.begin(), cuts.end());
  return run;
}

}  // namespace quotacast::simulation
