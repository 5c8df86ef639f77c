#include "services/simulation/capacity_limits.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/simulation/scenario_fields.h"
#include "simulator/model/audience.h"

namespace quotacast::simulation {
namespace {

// Of a deal followed for a week beside one whose fate a single number decides: both are about 100
// ns (simulator/README.md). As many deals close early, the estimate of a year is twice what it
// takes.
constexpr double kCostOfDealWeek = 1;

// People an answer names before it only counts.
constexpr size_t kNamedPeople = 3;

// Whether the rep, or without one the hires, have a limit that begins before `end`: the first that
// covers them counts.
bool IsLimited(const simulator::Scenario& scenario, std::optional<int> rep, absl::CivilDay end) {
  const int limit = simulator::FirstCovering(scenario.capacity_limits, rep);
  if (limit == -1) return false;
  const std::optional<absl::CivilDay>& start = scenario.capacity_limits[limit].start;
  return !start.has_value() || *start < end;
}

// By rep.
std::vector<bool> LimitedReps(const Business& business, const simulator::Scenario& scenario,
                              absl::CivilDay end) {
  std::vector<bool> limited;
  for (size_t r = 0; r < business.state.reps.size(); ++r) {
    limited.push_back(IsLimited(scenario, static_cast<int>(r), end));
  }
  return limited;
}

}  // namespace

void AddCapacityLimits(const v1::Scenario& message, std::string_view path, const Business& business,
                       simulator::Scenario& scenario, FieldErrors& errors) {
  const std::string list = FieldPath(path, "capacity_limits");
  if (!Fits(message.capacity_limits_size(), simulator::kMaxCapacityLimits, list, errors)) return;
  for (int i = 0; i < message.capacity_limits_size(); ++i) {
    const v1::CapacityLimit& from = message.capacity_limits(i);
    const std::string item = ItemPath(list, i);
    Participants people =
        ParticipantsFrom(from.audience(), FieldPath(item, "audience"), business, errors);
    simulator::CapacityLimit limit;
    limit.reps = std::move(people.reps);
    limit.covers_hires = people.covers_hires;
    limit.open_deals = from.open_deals();
    if (!(limit.open_deals > 0 && limit.open_deals <= simulator::kMaxCapacityDeals)) {
      errors.Add(FieldPath(item, "open_deals"),
                 absl::StrCat("is ", limit.open_deals, "; want a number above 0, at most ",
                              simulator::kMaxCapacityDeals));
    }
    if (from.has_initiative_tax()) {
      limit.initiative_tax = from.initiative_tax();
      CheckRange(limit.initiative_tax, 0, 1, FieldPath(item, "initiative_tax"), errors);
    }
    if (from.has_start_date()) {
      limit.start = RequiredDayFrom(true, from.start_date(), "the first day of the limit",
                                    FieldPath(item, "start_date"), errors);
    }
    scenario.capacity_limits.push_back(std::move(limit));
  }
}

double DealsPerTrial(const Business& business, const simulator::Scenario& scenario) {
  double deals = std::max(1.0, business.deals_per_trial);
  if (scenario.capacity_limits.empty()) return deals;
  const absl::CivilDay end = business.state.periods.back().end;
  const double days = static_cast<double>(end - (business.state.as_of + 1));
  std::vector<bool> followed = LimitedReps(business, scenario, end);
  const bool with_hires = IsLimited(scenario, std::nullopt, end);
  // Successors leave later than those they follow, so the chains end.
  for (size_t round = 0; round < scenario.departures.size(); ++round) {
    for (const simulator::Departure& departure : scenario.departures) {
      if (departure.successor.has_value() && followed[*departure.successor]) {
        followed[departure.rep] = true;
      }
    }
  }
  double deal_days = 0;
  for (const simulator::OpenDeal& deal : business.state.open_deals) {
    if (followed[deal.rep]) deal_days += days;
  }
  for (const simulator::Reassignment& reassignment : scenario.reassignments) {
    if (followed[reassignment.rep]) deal_days += days;
  }
  // What may come of leads and customers, and what is created at any day of the horizon, every lead
  // that comes included.
  for (const simulator::OpenLead& lead : business.state.open_leads) {
    if (followed[lead.rep] && !business.model.draws.front().lead_cells.empty()) deal_days += days;
  }
  for (const simulator::Customer& customer : business.state.customers) {
    if (!followed[customer.rep]) continue;
    if (!customer.is_renewed && !business.model.renewal_segments.empty()) deal_days += days / 2;
    if (!customer.is_expanded && !business.model.expansion_segments.empty()) deal_days += days / 2;
  }
  const simulator::ParameterDraw& draw = business.model.draws.front();
  const size_t segments = business.model.segments.size();
  double rates = 0, largest_team_rate = 0;
  for (size_t i = 0; i < draw.creation_rate_per_day.size(); ++i) {
    if (!followed[i / segments]) continue;
    rates += draw.creation_rate_per_day[i];
    if (!draw.lead_rate_per_day.empty()) rates += draw.lead_rate_per_day[i];
  }
  for (size_t i = 0; i < draw.team_creation_rate_per_day.size(); i += segments) {
    double rate = 0;
    for (size_t g = 0; g < segments; ++g) rate += draw.team_creation_rate_per_day[i + g];
    largest_team_rate = std::max(largest_team_rate, rate);
  }
  if (with_hires) rates += static_cast<double>(scenario.hires.size()) * largest_team_rate;
  deal_days += rates * days * days / 2;
  return deals + kCostOfDealWeek * deal_days / 7;
}

std::optional<std::string> CapacityNote(const Business& business,
                                        const simulator::Scenario& scenario, absl::CivilDay end) {
  if (scenario.capacity_limits.empty()) return std::nullopt;
  std::vector<std::string> people;
  const std::vector<bool> limited = LimitedReps(business, scenario, end);
  for (size_t r = 0; r < limited.size(); ++r) {
    if (limited[r]) people.push_back(absl::StrCat("`", business.state.reps[r].key, "`"));
  }
  if (IsLimited(scenario, std::nullopt, end)) {
    for (const simulator::Hire& hire : scenario.hires) {
      people.push_back(absl::StrCat("`", hire.key, "`"));
    }
  }
  if (people.empty()) return std::nullopt;
  const size_t named = std::min(people.size(), kNamedPeople);
  std::string names = absl::StrJoin(people.begin(), people.begin() + named, ", ");
  if (people.size() > named) absl::StrAppend(&names, " and ", people.size() - named, " more");
  return absl::StrCat("Capacity limits hold for ", names,
                      ": their deals are simulated one by one, and all of a person's deals go "
                      "slower while more are open than the person can work on.");
}

}  // namespace quotacast::simulation
