#include "services/planning/scenario_rules.h"

#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/digest/sha256.h"
#include "services/planning/initiative_rules.h"

namespace quotacast::planning {
namespace {

void CheckCount(int count, int max, const std::string& path, FieldErrors& errors) {
  if (count <= max) return;
  errors.Add(path, absl::StrCat("has ", count, " entries; want at most ", max));
}

void CheckUnique(const std::string& id, const std::string& path, std::set<std::string>& seen,
                 FieldErrors& errors) {
  CheckRequiredText(id, path, "an id", errors);
  if (!seen.insert(id).second) errors.Add(path, "`" + id + "` appears twice in the scenario");
}

void CheckHire(const simulation::v1::HireChange& hire, const std::string& path,
               FieldErrors& errors) {
  CheckRequiredText(hire.team_id(), Path(path, "team_id"), "the team joined", errors);
  DayFrom(hire.has_start_date(), hire.start_date(), Path(path, "start_date"), errors);
  if (hire.has_ramp_weeks() && !(hire.ramp_weeks() > 0 && hire.ramp_weeks() <= kMaxWeeks)) {
    errors.Add(
        Path(path, "ramp_weeks"),
        absl::StrCat("is ", hire.ramp_weeks(), "; want a number above 0, at most ", kMaxWeeks));
  }
  if (hire.has_quota_per_period()) {
    CheckAmount(hire.quota_per_period(), Path(path, "quota_per_period"), errors);
  }
  CheckRange(hire.lead_time_mean_weeks(), 0, kMaxWeeks, Path(path, "lead_time_mean_weeks"), errors);
  CheckEffect(hire.has_quality(), hire.quality(), Path(path, "quality"), errors);
}

// A required day no earlier than `start`, when there is one.
void CheckLast(bool present, const google::type::Date& date, std::optional<absl::CivilDay> start,
               const std::string& path, FieldErrors& errors) {
  const std::optional<absl::CivilDay> last = DayFrom(present, date, path, errors);
  if (start.has_value() && last.has_value()) CheckNotBefore(*last, *start, path, errors);
}

void CheckDepartures(const simulation::v1::Scenario& scenario, const std::string& list,
                     FieldErrors& errors) {
  std::set<std::string> reps;
  for (int i = 0; i < scenario.departures_size(); ++i) {
    const simulation::v1::DepartureChange& departure = scenario.departures(i);
    const std::string item = Item(list, i);
    CheckRequiredText(departure.rep_id(), Path(item, "rep_id"), "who leaves", errors);
    if (!reps.insert(departure.rep_id()).second) {
      errors.Add(Path(item, "rep_id"), "`" + departure.rep_id() + "` leaves twice");
    }
    CheckLast(departure.has_last_date(), departure.last_date(), std::nullopt,
              Path(item, "last_date"), errors);
    CheckText(departure.successor_rep_id(), Path(item, "successor_rep_id"), errors);
    if (!departure.successor_rep_id().empty() &&
        departure.successor_rep_id() == departure.rep_id()) {
      errors.Add(Path(item, "successor_rep_id"),
                 "is `" + departure.rep_id() + "`, who leaves; want another rep");
    }
    CheckRange(departure.freeze_weeks(), 0, kMaxWeeks, Path(item, "freeze_weeks"), errors);
    CheckEffect(departure.has_inherited_win(), departure.inherited_win(),
                Path(item, "inherited_win"), errors);
  }
}

void CheckAbsences(const simulation::v1::Scenario& scenario, const std::string& list,
                   FieldErrors& errors) {
  for (int i = 0; i < scenario.absences_size(); ++i) {
    const simulation::v1::AbsenceChange& absence = scenario.absences(i);
    const std::string item = Item(list, i);
    CheckRequiredText(absence.rep_id(), Path(item, "rep_id"), "who is away", errors);
    const std::optional<absl::CivilDay> start =
        DayFrom(absence.has_start_date(), absence.start_date(), Path(item, "start_date"), errors);
    CheckLast(absence.has_last_date(), absence.last_date(), start, Path(item, "last_date"), errors);
  }
}

void CheckReassignments(const simulation::v1::Scenario& scenario, const std::string& list,
                        FieldErrors& errors) {
  std::set<std::string> deals;
  for (int i = 0; i < scenario.reassignments_size(); ++i) {
    const simulation::v1::ReassignmentChange& reassignment = scenario.reassignments(i);
    const std::string item = Item(list, i);
    const std::string deal_path = Path(item, "opportunity_id");
    CheckRequiredText(reassignment.opportunity_id(), deal_path, "a deal", errors);
    if (!deals.insert(reassignment.opportunity_id()).second) {
      errors.Add(deal_path, "`" + reassignment.opportunity_id() + "` gets a new owner twice");
    }
    CheckRequiredText(reassignment.rep_id(), Path(item, "rep_id"), "the new owner", errors);
    CheckEffect(reassignment.has_inherited_win(), reassignment.inherited_win(),
                Path(item, "inherited_win"), errors);
  }
}

void CheckQuotaChanges(const simulation::v1::Scenario& scenario, const std::string& list,
                       FieldErrors& errors) {
  for (int i = 0; i < scenario.quota_changes_size(); ++i) {
    const simulation::v1::QuotaChange& change = scenario.quota_changes(i);
    const std::string item = Item(list, i);
    CheckText(change.rep_id(), Path(item, "rep_id"), errors);
    CheckText(change.period(), Path(item, "period"), errors);
    if (change.has_quota()) {
      CheckAmount(change.quota(), Path(item, "quota"), errors);
    } else if (!change.has_factor()) {
      errors.Add(item, "changes nothing; want quota or factor");
    } else if (!(change.factor() > 0 && change.factor() <= kMaxQuotaFactor)) {
      errors.Add(Path(item, "factor"),
                 absl::StrCat("is ", change.factor(), "; want a factor above 0, at most ",
                              kMaxQuotaFactor));
    }
  }
}

void CheckDemandShocks(const simulation::v1::Scenario& scenario, const std::string& list,
                       FieldErrors& errors) {
  for (int i = 0; i < scenario.demand_shocks_size(); ++i) {
    const simulation::v1::DemandShock& shock = scenario.demand_shocks(i);
    const std::string item = Item(list, i);
    const std::optional<absl::CivilDay> start =
        DayFrom(shock.has_start_date(), shock.start_date(), Path(item, "start_date"), errors);
    if (shock.has_last_date()) {
      CheckLast(true, shock.last_date(), start, Path(item, "last_date"), errors);
    }
    CheckNames(shock.segment_ids(), "a segment", Path(item, "segment_ids"), errors);
    if (!shock.has_creation() && !shock.has_win()) {
      errors.Add(item, "has no effect; want creation or win");
    }
    CheckEffect(shock.has_creation(), shock.creation(), Path(item, "creation"), errors);
    CheckEffect(shock.has_win(), shock.win(), Path(item, "win"), errors);
  }
}

void CheckAttrition(const simulation::v1::AttritionLever& attrition, const std::string& path,
                    FieldErrors& errors) {
  CheckRange(attrition.rate_per_year(), 0, kMaxAttritionPerYear, Path(path, "rate_per_year"),
             errors);
  CheckRange(attrition.backfill_weeks(), 0, kMaxWeeks, Path(path, "backfill_weeks"), errors);
  CheckRange(attrition.freeze_weeks(), 0, kMaxWeeks, Path(path, "freeze_weeks"), errors);
  CheckEffect(attrition.has_inherited_win(), attrition.inherited_win(), Path(path, "inherited_win"),
              errors);
}

}  // namespace

void CheckScenario(const simulation::v1::Scenario& scenario, std::string_view path,
                   FieldErrors& errors) {
  CheckText(scenario.display_name(), Path(path, "display_name"), errors);
  CheckCount(scenario.initiatives_size(), kMaxScenarioInitiatives, Path(path, "initiatives"),
             errors);
  CheckCount(scenario.hires_size(), kMaxScenarioHires, Path(path, "hires"), errors);
  const std::string departures = Path(path, "departures");
  const std::string absences = Path(path, "absences");
  const std::string reassignments = Path(path, "reassignments");
  const std::string quota_changes = Path(path, "quota_changes");
  const std::string demand_shocks = Path(path, "demand_shocks");
  CheckCount(scenario.departures_size(), kMaxScenarioStaffChanges, departures, errors);
  CheckCount(scenario.absences_size(), kMaxScenarioStaffChanges, absences, errors);
  CheckCount(scenario.reassignments_size(), kMaxScenarioStaffChanges, reassignments, errors);
  CheckCount(scenario.quota_changes_size(), kMaxScenarioQuotaChanges, quota_changes, errors);
  CheckCount(scenario.demand_shocks_size(), kMaxScenarioDemandShocks, demand_shocks, errors);
  if (scenario.ByteSizeLong() > kMaxScenarioBytes) {
    errors.Add(path, absl::StrCat("takes ", scenario.ByteSizeLong(), " bytes; want at most ",
                                  kMaxScenarioBytes));
  }
  if (!errors.empty()) return;
  std::set<std::string> initiative_ids;
  for (int i = 0; i < scenario.initiatives_size(); ++i) {
    const std::string item = Item(Path(path, "initiatives"), i);
    CheckUnique(scenario.initiatives(i).initiative_id(), Path(item, "initiative_id"),
                initiative_ids, errors);
    CheckChange(scenario.initiatives(i), item, errors);
  }
  std::set<std::string> hire_ids;
  for (int i = 0; i < scenario.hires_size(); ++i) {
    const std::string item = Item(Path(path, "hires"), i);
    CheckUnique(scenario.hires(i).hire_id(), Path(item, "hire_id"), hire_ids, errors);
    CheckHire(scenario.hires(i), item, errors);
  }
  CheckDepartures(scenario, departures, errors);
  CheckAbsences(scenario, absences, errors);
  CheckReassignments(scenario, reassignments, errors);
  CheckQuotaChanges(scenario, quota_changes, errors);
  CheckDemandShocks(scenario, demand_shocks, errors);
  if (scenario.has_attrition())
    CheckAttrition(scenario.attrition(), Path(path, "attrition"), errors);
  if (scenario.has_interference()) {
    const std::string item = Path(path, "interference");
    CheckRange(scenario.interference().median(), 0, kMaxInterferenceMedian, Path(item, "median"),
               errors);
    CheckRange(scenario.interference().log_sd(), 0, kMaxInterferenceLogSd, Path(item, "log_sd"),
               errors);
  }
}

std::string ScenarioHash(const simulation::v1::Scenario& scenario) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    scenario.SerializeToCodedStream(&output);
  }
  return digest::Sha256Hex(bytes);
}

}  // namespace quotacast::planning
