#include "services/planning/initiative_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/string_views.h"

namespace quotacast::planning {
namespace {

void CheckAdoption(const simulation::v1::Adoption& adoption, const std::string& path,
                   FieldErrors& errors) {
  // 0 stands for the default, the whole of the effect.
  CheckRange(adoption.ceiling(), 0, 1, Path(path, "ceiling"), errors);
  CheckRange(adoption.half_time_weeks(), 0, kMaxWeeks, Path(path, "half_time_weeks"), errors);
  CheckRange(adoption.width_weeks(), 0, kMaxWeeks, Path(path, "width_weeks"), errors);
  if (adoption.has_width_weeks() && adoption.width_weeks() == 0 &&
      !(adoption.has_half_time_weeks() && adoption.half_time_weeks() == 0)) {
    errors.Add(Path(path, "width_weeks"), "is 0; want more, or half_time_weeks 0 for at once");
  }
}

void CheckStageWins(const simulation::v1::InitiativeEffect& effect, const std::string& path,
                    FieldErrors& errors) {
  std::set<std::string> stages;
  for (int i = 0; i < effect.stage_wins_size(); ++i) {
    const simulation::v1::StageEffect& at = effect.stage_wins(i);
    const std::string item = Item(Path(path, "stage_wins"), i);
    const std::string stage_path = Path(item, "stage_id");
    CheckRequiredText(at.stage_id(), stage_path, "a stage", errors);
    if (!stages.insert(at.stage_id()).second) {
      errors.Add(stage_path, absl::StrCat("`", at.stage_id(), "` appears twice"));
    }
    if (!at.has_win()) errors.Add(Path(item, "win"), "is missing; want the shift");
    CheckEffect(at.has_win(), at.win(), Path(item, "win"), errors);
  }
}

void CheckEffects(const simulation::v1::InitiativeEffect& effect, const std::string& path,
                  FieldErrors& errors) {
  const struct {
    bool present;
    const simulation::v1::UncertainEffect& effect;
    const char* field;
  } drivers[] = {
      {effect.has_win(), effect.win(), "win"},
      {effect.has_cycle(), effect.cycle(), "cycle"},
      {effect.has_creation(), effect.creation(), "creation"},
      {effect.has_size(), effect.size(), "size"},
      {effect.has_ramp(), effect.ramp(), "ramp"},
      {effect.has_attrition(), effect.attrition(), "attrition"},
      {effect.has_lead_volume(), effect.lead_volume(), "lead_volume"},
      {effect.has_lead_work(), effect.lead_work(), "lead_work"},
      {effect.has_lead_response(), effect.lead_response(), "lead_response"},
      {effect.has_churn(), effect.churn(), "churn"},
      {effect.has_selling_time(), effect.selling_time(), "selling_time"},
  };
  bool any = effect.stage_wins_size() > 0;
  for (const auto& driver : drivers) any = any || driver.present;
  if (!any) {
    errors.Add(path,
               "has no driver; want at least one of win, stage_wins, cycle, creation, size, "
               "ramp, attrition, lead_volume, lead_work, lead_response, churn and selling_time");
  }
  for (const auto& driver : drivers) {
    CheckEffect(driver.present, driver.effect, Path(path, driver.field), errors);
  }
  CheckStageWins(effect, path, errors);
}

void CheckHeadrooms(const simulation::v1::InitiativeChange& change, std::string_view path,
                    FieldErrors& errors) {
  std::set<std::string> reps;
  for (int i = 0; i < change.headrooms_size(); ++i) {
    const simulation::v1::RepHeadroom& headroom = change.headrooms(i);
    const std::string item = Item(Path(path, "headrooms"), i);
    CheckRequiredText(headroom.rep_id(), Path(item, "rep_id"), "a rep", errors);
    if (!reps.insert(headroom.rep_id()).second) {
      errors.Add(Path(item, "rep_id"), absl::StrCat("`", headroom.rep_id(), "` appears twice"));
    }
    CheckRange(headroom.share(), 0, 1, Path(item, "share"), errors);
  }
}

void CheckCost(const simulation::v1::InitiativeCost& cost, const std::string& path,
               FieldErrors& errors) {
  if (cost.has_one_off()) CheckAmount(cost.one_off(), Path(path, "one_off"), errors);
  if (cost.has_per_rep()) CheckAmount(cost.per_rep(), Path(path, "per_rep"), errors);
  if (cost.has_per_week()) CheckAmount(cost.per_week(), Path(path, "per_week"), errors);
}

// An end, a wave or a lapse of reviews before the start contradicts it.
void CheckDates(const simulation::v1::InitiativeChange& change, std::string_view path,
                FieldErrors& errors) {
  const std::optional<absl::CivilDay> start =
      DayFrom(change.has_start_date(), change.start_date(), Path(path, "start_date"), errors);
  const auto check = [&](const google::type::Date& date, const std::string& field) {
    const std::optional<absl::CivilDay> day = DayFrom(true, date, field, errors);
    if (start.has_value() && day.has_value()) CheckNotBefore(*day, *start, field, errors);
    return day;
  };
  std::optional<absl::CivilDay> last;
  if (change.has_last_date()) last = check(change.last_date(), Path(path, "last_date"));
  if (change.has_reviews_lapse_date()) {
    check(change.reviews_lapse_date(), Path(path, "reviews_lapse_date"));
  }
  const std::string list = Path(path, "waves");
  if (change.waves_size() > kMaxWaves) {
    errors.Add(list,
               absl::StrCat("has ", change.waves_size(), " entries; want at most ", kMaxWaves));
    return;
  }
  for (int i = 0; i < change.waves_size(); ++i) {
    const std::string field = Path(Item(list, i), "start_date");
    if (!change.waves(i).has_start_date()) {
      errors.Add(field, "is missing; want a day");
      continue;
    }
    const std::optional<absl::CivilDay> day = check(change.waves(i).start_date(), field);
    if (day.has_value() && last.has_value() && *day > *last) {
      errors.Add(field, absl::StrCat("is ", FormatIsoDate(*day), ", after the last day ",
                                     FormatIsoDate(*last)));
    }
  }
}

std::string IdOf(const v1::Initiative& initiative) { return initiative.change().initiative_id(); }

}  // namespace

void CheckEffect(bool present, const simulation::v1::UncertainEffect& effect,
                 const std::string& path, FieldErrors& errors) {
  if (!present) return;
  CheckRange(effect.mean(), -kMaxEffectMean, kMaxEffectMean, Path(path, "mean"), errors);
  CheckRange(effect.sd(), 0, kMaxEffectSd, Path(path, "sd"), errors);
}

void CheckNotBefore(absl::CivilDay day, absl::CivilDay start, const std::string& path,
                    FieldErrors& errors) {
  if (day >= start) return;
  errors.Add(path,
             absl::StrCat("is ", FormatIsoDate(day), ", before the start ", FormatIsoDate(start)));
}

void CheckNames(const google::protobuf::RepeatedPtrField<std::string>& names, std::string_view want,
                const std::string& path, FieldErrors& errors) {
  std::set<std::string> seen;
  for (int i = 0; i < names.size(); ++i) {
    CheckRequiredText(names[i], Item(path, i), want, errors);
    if (!seen.insert(names[i]).second) {
      errors.Add(Item(path, i), absl::StrCat("`", names[i], "` appears twice"));
    }
  }
}

void CheckChange(const simulation::v1::InitiativeChange& change, std::string_view path,
                 FieldErrors& errors) {
  CheckText(change.display_name(), Path(path, "display_name"), errors);
  CheckText(change.evidence(), Path(path, "evidence"), errors);
  CheckEffects(change.effect(), Path(path, "effect"), errors);
  CheckAdoption(change.adoption(), Path(path, "adoption"), errors);
  CheckNames(change.segment_ids(), "a segment", Path(path, "segment_ids"), errors);
  CheckRange(change.overhead_hours_per_week(), 0, kHoursPerWeek,
             Path(path, "overhead_hours_per_week"), errors);
  CheckRange(change.fade_half_life_weeks(), 0, kMaxWeeks, Path(path, "fade_half_life_weeks"),
             errors);
  // 0 stands for the default.
  CheckRange(change.lapse_half_life_weeks(), 0, kMaxWeeks, Path(path, "lapse_half_life_weeks"),
             errors);
  CheckHeadrooms(change, path, errors);
  CheckCost(change.cost(), Path(path, "cost"), errors);
  CheckDates(change, path, errors);
}

Run RunOf(const v1::Initiative& initiative) {
  Run run;
  run.start = CheckedDay(initiative.change().start_date());
  if (initiative.change().has_last_date()) {
    run.end = CheckedDay(initiative.change().last_date()) + 1;
  }
  if (initiative.state() == v1::INITIATIVE_STATE_STOPPED) {
    const absl::CivilDay stop = CheckedDay(initiative.stop_date());
    run.end = run.end.has_value() ? std::min(*run.end, stop) : stop;
  }
  return run;
}

std::vector<LimitExcess> ExcessOf(const v1::Initiative& candidate,
                                  const Collection<v1::Initiative>& initiatives) {
  const Run run = RunOf(candidate);
  // The number running changes upwards only on first days, so one of these is the first day of any
  // excess.
  std::set<absl::CivilDay> days = {run.start};
  std::vector<const v1::Initiative*> others;
  for (size_t i = 0; i < initiatives.size(); ++i) {
    others.push_back(&initiatives.at(i));
    const absl::CivilDay start = RunOf(initiatives.at(i)).start;
    if (run.Covers(start)) days.insert(start);
  }
  std::vector<LimitExcess> excess;
  for (const std::string& rep : candidate.rep_ids()) {
    std::vector<const v1::Initiative*> of_rep;
    for (const v1::Initiative* other : others) {
      // Written sorted by ResolveAudience.
      if (std::binary_search(other->rep_ids().begin(), other->rep_ids().end(), rep)) {
        of_rep.push_back(other);
      }
    }
    if (static_cast<int>(of_rep.size()) < kMaxInitiativesPerRep) continue;
    for (const absl::CivilDay day : days) {
      LimitExcess found{rep, day, {}};
      for (const v1::Initiative* other : of_rep) {
        if (RunOf(*other).Covers(day)) found.initiative_ids.push_back(IdOf(*other));
      }
      if (static_cast<int>(found.initiative_ids.size()) < kMaxInitiativesPerRep) continue;
      excess.push_back(std::move(found));
      break;
    }
  }
  return excess;
}

absl::Status LimitError(std::string_view candidate_id, const std::vector<LimitExcess>& excess) {
  const LimitExcess& first = excess.front();
  std::string message = absl::StrCat(
      "rep `", first.rep_id, "` would take part in ", first.initiative_ids.size() + 1,
      " initiatives on ", FormatIsoDate(first.day), ": ", absl::StrJoin(first.initiative_ids, ", "),
      " and ", AbslView(candidate_id), "; at most ", kMaxInitiativesPerRep, " at a time get done");
  if (excess.size() > 1) {
    absl::StrAppend(&message, ". So would ", excess.size() - 1, " more of the audience");
  }
  absl::StrAppend(&message,
                  ". Move it, stop another, or fill limit_override with a reason and an approver");
  return FailedPrecondition("INITIATIVE_LIMIT", message);
}

}  // namespace quotacast::planning
