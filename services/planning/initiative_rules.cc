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

void CheckEffect(bool present, const simulation::v1::UncertainEffect& effect,
                 const std::string& path, FieldErrors& errors) {
  if (!present) return;
  CheckRange(effect.mean(), -kMaxEffectMean, kMaxEffectMean, Path(path, "mean"), errors);
  CheckRange(effect.sd(), 0, kMaxEffectSd, Path(path, "sd"), errors);
}

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

std::string IdOf(const v1::Initiative& initiative) { return initiative.change().initiative_id(); }

}  // namespace

void CheckChange(const simulation::v1::InitiativeChange& change, std::string_view path,
                 FieldErrors& errors) {
  CheckText(change.display_name(), Path(path, "display_name"), errors);
  CheckText(change.evidence(), Path(path, "evidence"), errors);
  const simulation::v1::InitiativeEffect& effect = change.effect();
  const std::string effect_path = Path(path, "effect");
  if (!effect.has_win() && !effect.has_cycle() && !effect.has_creation()) {
    errors.Add(effect_path, "has no driver; want at least one of win, cycle and creation");
  }
  CheckEffect(effect.has_win(), effect.win(), Path(effect_path, "win"), errors);
  CheckEffect(effect.has_cycle(), effect.cycle(), Path(effect_path, "cycle"), errors);
  CheckEffect(effect.has_creation(), effect.creation(), Path(effect_path, "creation"), errors);
  CheckAdoption(change.adoption(), Path(path, "adoption"), errors);
  const std::optional<absl::CivilDay> start =
      DayFrom(change.has_start_date(), change.start_date(), Path(path, "start_date"), errors);
  if (!change.has_last_date()) return;
  const std::string last_path = Path(path, "last_date");
  const std::optional<absl::CivilDay> last = DayFrom(true, change.last_date(), last_path, errors);
  if (start.has_value() && last.has_value() && *last < *start) {
    errors.Add(last_path, absl::StrCat("is ", FormatIsoDate(*last), ", before the start ",
                                       FormatIsoDate(*start)));
  }
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
