#include "services/simulation/scenario_changes.h"

#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/random.h"
#include "base/string_views.h"
#include "services/simulation/scenario_fields.h"

namespace quotacast::simulation {
namespace {

// Above it the nearest names are not looked for: comparing takes longer than it helps.
constexpr size_t kMaxDealsCompared = 20'000;

// Days until the as-of date are in the history; a change to them would change nothing.
bool IsStillToCome(absl::CivilDay last, std::string_view what, const std::string& path,
                   const Business& business, FieldErrors& errors) {
  if (last > business.state.as_of) return true;
  errors.Add(path, absl::StrCat("is ", FormatIsoDate(last), "; the data goes up to ",
                                FormatIsoDate(business.state.as_of), ", and ", AbslView(what),
                                " is in it: want a later day"));
  return false;
}

std::string RepKey(const Business& business, int rep) { return business.state.reps[rep].key; }

class DepartureConverter {
 public:
  DepartureConverter(const Business& business, FieldErrors& errors)
      : business_(business), errors_(errors) {}

  void Add(const v1::DepartureChange& message, const std::string& path,
           simulator::Scenario& scenario) {
    simulator::Departure departure;
    const std::string rep_path = FieldPath(path, "rep_id");
    const auto rep = PresentRepFrom(message.rep_id(), rep_path, business_, errors_);
    const std::string last_path = FieldPath(path, "last_date");
    const auto last = RequiredDayFrom(message.has_last_date(), message.last_date(),
                                      "the last day in the job", last_path, errors_);
    if (message.has_freeze_weeks()) departure.freeze_weeks = message.freeze_weeks();
    CheckRange(departure.freeze_weeks, 0, kMaxWeeks, FieldPath(path, "freeze_weeks"), errors_);
    departure.inherited_win = InheritedWinFrom(message.has_inherited_win(), message.inherited_win(),
                                               FieldPath(path, "inherited_win"), errors_);
    if (!rep.has_value() || !last.has_value()) return;
    departure.rep = *rep;
    departure.id = StableId("departure", message.rep_id());
    departure.end = *last + 1;
    if (!ends_.emplace(*rep, departure.end).second) {
      errors_.Add(rep_path, absl::StrCat("`", message.rep_id(), "` leaves twice"));
    }
    if (*last < business_.state.as_of) {
      IsStillToCome(*last, "who left by then", last_path, business_, errors_);
    }
    const auto& known = business_.state.reps[*rep].end_date;
    if (known.has_value() && departure.end > *known) {
      errors_.Add(last_path,
                  absl::StrCat("is ", FormatIsoDate(*last), "; by the data `", message.rep_id(),
                               "` leaves on ", FormatIsoDate(*known - 1), ": want no later day"));
    }
    if (!message.successor_rep_id().empty()) {
      departure.successor = PresentRepFrom(message.successor_rep_id(),
                                           FieldPath(path, "successor_rep_id"), business_, errors_);
    }
    successors_.emplace_back(path, scenario.departures.size());
    scenario.departures.push_back(departure);
  }

  // Who takes over must be somebody else and stay longer.
  void CheckSuccessors(const simulator::Scenario& scenario) {
    for (const auto& [path, position] : successors_) {
      const simulator::Departure& departure = scenario.departures[position];
      if (!departure.successor.has_value()) continue;
      const int successor = *departure.successor;
      const std::string successor_path = FieldPath(path, "successor_rep_id");
      if (successor == departure.rep) {
        errors_.Add(successor_path, absl::StrCat("is `", RepKey(business_, successor),
                                                 "`, who leaves; want another rep"));
        continue;
      }
      std::optional<absl::CivilDay> end = business_.state.reps[successor].end_date;
      if (const auto leaves = ends_.find(successor); leaves != ends_.end()) end = leaves->second;
      if (end.has_value() && *end <= departure.end) {
        errors_.Add(successor_path,
                    absl::StrCat("is `", RepKey(business_, successor), "`, whose last day is ",
                                 FormatIsoDate(*end - 1), "; want somebody who is there after ",
                                 FormatIsoDate(departure.end - 1)));
      }
    }
  }

 private:
  const Business& business_;
  FieldErrors& errors_;
  std::unordered_map<int, absl::CivilDay> ends_;  // By rep.
  std::vector<std::pair<std::string, size_t>> successors_;
};

void AddAbsence(const v1::AbsenceChange& message, const std::string& path, const Business& business,
                simulator::Scenario& scenario, FieldErrors& errors) {
  const auto rep = PresentRepFrom(message.rep_id(), FieldPath(path, "rep_id"), business, errors);
  const auto start = RequiredDayFrom(message.has_start_date(), message.start_date(),
                                     "the first day away", FieldPath(path, "start_date"), errors);
  const std::string last_path = FieldPath(path, "last_date");
  const auto last = RequiredDayFrom(message.has_last_date(), message.last_date(),
                                    "the last day away", last_path, errors);
  if (!start.has_value() || !last.has_value()) return;
  if (*last < *start) {
    errors.Add(last_path, absl::StrCat("is ", FormatIsoDate(*last), ", before the start ",
                                       FormatIsoDate(*start)));
  } else if (IsStillToCome(*last, "an absence that was over by then", last_path, business,
                           errors) &&
             rep.has_value()) {
    scenario.absences.push_back({*rep, *start, *last + 1});
  }
}

class ReassignmentConverter {
 public:
  ReassignmentConverter(const Business& business, FieldErrors& errors)
      : business_(business), errors_(errors) {
    for (size_t i = 0; i < business.state.open_deals.size(); ++i) {
      deals_.emplace(business.state.open_deals[i].key, static_cast<int>(i));
    }
  }

  void Add(const v1::ReassignmentChange& message, const std::string& path,
           simulator::Scenario& scenario) {
    simulator::Reassignment reassignment;
    reassignment.inherited_win =
        InheritedWinFrom(message.has_inherited_win(), message.inherited_win(),
                         FieldPath(path, "inherited_win"), errors_);
    const auto rep =
        PresentRepFrom(message.rep_id(), FieldPath(path, "rep_id"), business_, errors_);
    const std::string deal_path = FieldPath(path, "opportunity_id");
    const auto deal = deals_.find(message.opportunity_id());
    if (deal == deals_.end()) {
      errors_.Add(deal_path, UnknownDeal(message.opportunity_id()));
    } else if (!seen_.insert(deal->second).second) {
      errors_.Add(deal_path,
                  absl::StrCat("`", message.opportunity_id(), "` gets a new owner twice"));
    } else if (rep.has_value()) {
      reassignment.id = StableId("reassignment", message.opportunity_id());
      reassignment.deal = deal->second;
      reassignment.rep = *rep;
      scenario.reassignments.push_back(reassignment);
    }
  }

 private:
  std::string UnknownDeal(const std::string& id) const {
    std::vector<std::string> keys;
    if (deals_.size() > kMaxDealsCompared) {
      return absl::StrCat("unknown open deal `", id, "`; none of the ", deals_.size(),
                          " open deals is called so");
    }
    for (const simulator::OpenDeal& deal : business_.state.open_deals) keys.push_back(deal.key);
    return UnknownName("open deal", "open deals", id, keys);
  }

  const Business& business_;
  FieldErrors& errors_;
  std::unordered_map<std::string, int> deals_;
  std::set<int> seen_;
};

// The quotas of people by position and how they are called.
class QuotaChangeConverter {
 public:
  QuotaChangeConverter(const Business& business, const simulator::Scenario& scenario,
                       FieldErrors& errors)
      : business_(business), errors_(errors) {
    for (const simulator::RepState& rep : business.state.reps) {
      people_.emplace(rep.key, static_cast<int>(names_.size()));
      names_.push_back(rep.key);
      AddPerson(rep.quota_minor_units);
    }
    for (const simulator::Hire& hire : scenario.hires) {
      people_.emplace(hire.key, static_cast<int>(names_.size()));
      names_.push_back(hire.key);
      AddPerson(hire.quota_minor_units);
    }
    for (const FiscalPeriod& period : business.state.periods) periods_.push_back(period.name);
  }

  void Add(const v1::QuotaChange& message, const std::string& path, simulator::Scenario& scenario) {
    simulator::QuotaChange change;
    bool sound = true;
    if (!message.rep_id().empty()) {
      const auto person = people_.find(message.rep_id());
      if (person != people_.end()) {
        change.person = person->second;
      } else {
        sound = false;
        errors_.Add(FieldPath(path, "rep_id"),
                    UnknownName("rep", "reps and hires", message.rep_id(), names_));
      }
    }
    if (!message.period().empty()) {
      change.period = PositionFrom(message.period(), periods_, "period", "periods",
                                   FieldPath(path, "period"), errors_);
      sound = sound && change.period.has_value();
    }
    if (message.has_quota()) {
      change.quota_minor_units =
          MinorUnitsFrom(message.quota(), business_.currency, FieldPath(path, "quota"), errors_);
      sound = sound && change.quota_minor_units.has_value();
    } else if (message.has_factor()) {
      change.factor = message.factor();
      sound = sound && IsSoundFactor(message, change, path);
    } else {
      sound = false;
      errors_.Add(path, "changes nothing; want quota or factor");
    }
    if (!sound) return;
    if (change.person.has_value() && change.quota_minor_units.has_value()) {
      has_quota_[*change.person] = true;
    }
    scenario.quota_changes.push_back(change);
  }

 private:
  void AddPerson(const std::vector<std::optional<int64_t>>& quotas) {
    bool any = false;
    for (const auto& quota : quotas) any = any || quota.has_value();
    has_quota_.push_back(any);
  }

  bool IsSoundFactor(const v1::QuotaChange& message, const simulator::QuotaChange& change,
                     const std::string& path) {
    const std::string factor_path = FieldPath(path, "factor");
    if (!(message.factor() > 0 && message.factor() <= simulator::kMaxQuotaFactor)) {
      errors_.Add(factor_path,
                  absl::StrCat("is ", message.factor(), "; want a factor above 0, at most ",
                               simulator::kMaxQuotaFactor));
      return false;
    }
    if (change.person.has_value() && !has_quota_[*change.person]) {
      errors_.Add(factor_path, absl::StrCat("is ", message.factor(), ", but `", message.rep_id(),
                                            "` has no quota to change; want quota"));
      return false;
    }
    return true;
  }

  const Business& business_;
  FieldErrors& errors_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, int> people_;
  std::vector<bool> has_quota_;  // In some period, so far.
  std::vector<std::string> periods_;
};

}  // namespace

void AddStaffChanges(const v1::Scenario& message, const std::string& path, const Business& business,
                     simulator::Scenario& scenario, FieldErrors& errors) {
  const std::string departures = FieldPath(path, "departures");
  const std::string absences = FieldPath(path, "absences");
  const std::string reassignments = FieldPath(path, "reassignments");
  if (Fits(message.departures_size(), simulator::kMaxStaffChanges, departures, errors)) {
    DepartureConverter converter(business, errors);
    for (int i = 0; i < message.departures_size(); ++i) {
      converter.Add(message.departures(i), ItemPath(departures, i), scenario);
    }
    converter.CheckSuccessors(scenario);
  }
  if (Fits(message.absences_size(), simulator::kMaxStaffChanges, absences, errors)) {
    for (int i = 0; i < message.absences_size(); ++i) {
      AddAbsence(message.absences(i), ItemPath(absences, i), business, scenario, errors);
    }
  }
  if (message.reassignments_size() == 0 ||
      !Fits(message.reassignments_size(), simulator::kMaxStaffChanges, reassignments, errors)) {
    return;
  }
  ReassignmentConverter converter(business, errors);
  for (int i = 0; i < message.reassignments_size(); ++i) {
    converter.Add(message.reassignments(i), ItemPath(reassignments, i), scenario);
  }
}

void AddAttrition(const v1::AttritionLever& message, const std::string& path,
                  simulator::Scenario& scenario, FieldErrors& errors) {
  const std::string field = FieldPath(path, "attrition");
  simulator::Attrition attrition;
  if (message.has_rate_per_year()) attrition.rate_per_year = message.rate_per_year();
  CheckRange(attrition.rate_per_year.value_or(0), 0, kMaxAttritionPerYear,
             FieldPath(field, "rate_per_year"), errors);
  if (message.has_backfill_weeks()) attrition.backfill_weeks = message.backfill_weeks();
  CheckRange(attrition.backfill_weeks.value_or(0), 0, kMaxWeeks, FieldPath(field, "backfill_weeks"),
             errors);
  if (message.has_freeze_weeks()) attrition.freeze_weeks = message.freeze_weeks();
  CheckRange(attrition.freeze_weeks, 0, kMaxWeeks, FieldPath(field, "freeze_weeks"), errors);
  attrition.inherited_win = InheritedWinFrom(message.has_inherited_win(), message.inherited_win(),
                                             FieldPath(field, "inherited_win"), errors);
  scenario.attrition = attrition;
}

void AddQuotaChanges(const v1::Scenario& message, const std::string& path, const Business& business,
                     simulator::Scenario& scenario, FieldErrors& errors) {
  const std::string list = FieldPath(path, "quota_changes");
  if (message.quota_changes_size() == 0 ||
      !Fits(message.quota_changes_size(), simulator::kMaxQuotaChanges, list, errors)) {
    return;
  }
  QuotaChangeConverter converter(business, scenario, errors);
  for (int i = 0; i < message.quota_changes_size(); ++i) {
    converter.Add(message.quota_changes(i), ItemPath(list, i), scenario);
  }
}

void AddDemandShocks(const v1::Scenario& message, const std::string& path, const Business& business,
                     simulator::Scenario& scenario, FieldErrors& errors) {
  const std::string list = FieldPath(path, "demand_shocks");
  if (!Fits(message.demand_shocks_size(), simulator::kMaxDemandShocks, list, errors)) return;
  std::set<uint64_t> ids;
  for (int i = 0; i < message.demand_shocks_size(); ++i) {
    const v1::DemandShock& change = message.demand_shocks(i);
    const std::string item = ItemPath(list, i);
    simulator::DemandShock shock;
    if (!change.has_creation() && !change.has_win()) {
      errors.Add(item, "has no effect; want creation or win");
    }
    shock.creation =
        EffectFrom(change.has_creation(), change.creation(), FieldPath(item, "creation"), errors);
    shock.win = EffectFrom(change.has_win(), change.win(), FieldPath(item, "win"), errors);
    shock.segments =
        SegmentsFrom(change.segment_ids(), FieldPath(item, "segment_ids"), business, errors);
    const auto start = RequiredDayFrom(change.has_start_date(), change.start_date(),
                                       "the first day", FieldPath(item, "start_date"), errors);
    if (!start.has_value()) continue;
    shock.start = *start;
    // The effects belong to the shock's days and segments, wherever it stands in the list.
    std::string key = FormatIsoDate(*start);
    if (change.has_last_date()) {
      const std::string last_path = FieldPath(item, "last_date");
      const auto last = DayFrom(change.last_date(), last_path, errors);
      if (!last.has_value()) continue;
      if (*last < *start) {
        errors.Add(last_path, absl::StrCat("is ", FormatIsoDate(*last), ", before the start ",
                                           FormatIsoDate(*start)));
        continue;
      }
      if (!IsStillToCome(*last, "what was over by then", last_path, business, errors)) continue;
      shock.end = *last + 1;
      absl::StrAppend(&key, "/", FormatIsoDate(*last));
    }
    for (const int segment : shock.segments) {
      absl::StrAppend(&key, "/", business.model.segments[segment]);
    }
    shock.id = StableId("demand_shock", key);
    if (!ids.insert(shock.id).second) {
      errors.Add(item, "has the days and segments of another; want one of both effects together");
      continue;
    }
    scenario.demand_shocks.push_back(std::move(shock));
  }
}

}  // namespace quotacast::simulation
