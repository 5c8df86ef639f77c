#include "services/metrics/kpi/dimension.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "services/metrics/day_number.h"
#include "services/metrics/period_position.h"

namespace quotacast::metrics {
namespace {

using metrics::v1::GroupBy;

// By DealMotion, beginning with kNew.
constexpr std::array<const char*, 3> kMotionIds = {"new", "expansion", "renewal"};
constexpr std::array<const char*, 3> kMotionNames = {"New business", "Expansion", "Renewal"};

// The periods in which deals were created; days that no calendar reaches are in none.
std::vector<FiscalPeriod> CreationPeriods(const BookView& view) {
  std::vector<int32_t> days = *view.columns->created_day;
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  std::vector<FiscalPeriod> periods;
  for (const int32_t number : days) {
    const absl::CivilDay day = DayOfNumber(number);
    if (!periods.empty() && day < periods.back().end) continue;
    absl::StatusOr<FiscalPeriod> period = view.calendar.PeriodContaining(day);
    if (period.ok()) periods.push_back(*std::move(period));
  }
  return periods;
}

}  // namespace

std::string NoneIdOf(GroupBy group_by) {
  switch (group_by) {
    case metrics::v1::GROUP_BY_PRODUCT:
      return "(no product)";
    case metrics::v1::GROUP_BY_INDUSTRY:
      return "(no industry)";
    case metrics::v1::GROUP_BY_LEAD_SOURCE:
      return "(no lead source)";
    case metrics::v1::GROUP_BY_COHORT:
      return "(no cohort)";
    case metrics::v1::GROUP_BY_MOTION:
      return "(no motion)";
    case metrics::v1::GROUP_BY_ACCOUNT:
      return "(no account)";
    case metrics::v1::GROUP_BY_CLOSE_REASON:
      return "(no close reason)";
    case metrics::v1::GROUP_BY_COMPETITOR:
      return "(no competitor)";
    case metrics::v1::GROUP_BY_ROLE:
      return "(no role)";
    default:
      return "";
  }
}

bool IsOfReps(GroupBy group_by) {
  switch (group_by) {
    case metrics::v1::GROUP_BY_UNSPECIFIED:
    case metrics::v1::GROUP_BY_ORG:
    case metrics::v1::GROUP_BY_PERIOD:
    case metrics::v1::GROUP_BY_MONTH:
    case metrics::v1::GROUP_BY_REP:
    case metrics::v1::GROUP_BY_TEAM:
    case metrics::v1::GROUP_BY_ROLE:
      return true;
    default:
      return false;
  }
}

bool IsFilterDimension(GroupBy group_by) {
  switch (group_by) {
    case metrics::v1::GROUP_BY_REP:
    case metrics::v1::GROUP_BY_TEAM:
    case metrics::v1::GROUP_BY_PRODUCT:
    case metrics::v1::GROUP_BY_SEGMENT:
      return true;
    default:
      return !NoneIdOf(group_by).empty();
  }
}

Dimension::Dimension(const BookView& view, GroupBy group_by) : group_by_(group_by) {
  switch (group_by) {
    case metrics::v1::GROUP_BY_REP:
      AddReps(view);
      return;
    case metrics::v1::GROUP_BY_TEAM:
      AddTeams(view);
      return;
    case metrics::v1::GROUP_BY_STAGE:
      AddStages(view);
      return;
    case metrics::v1::GROUP_BY_SEGMENT:
      AddTexts(view.segments);
      return;
    case metrics::v1::GROUP_BY_PRODUCT: {
      std::vector<KpiGroup> products;
      for (const BookProduct& product : view.products) {
        products.push_back({product.id, product.display_name});
      }
      AddEntries(products);
      break;
    }
    case metrics::v1::GROUP_BY_INDUSTRY: {
      std::vector<std::string> industries = {""};
      for (const BookAccount& account : view.accounts) industries.push_back(account.industry);
      AddTexts(industries);
      break;
    }
    case metrics::v1::GROUP_BY_ROLE: {
      std::vector<std::string> roles;
      for (const BookRep& rep : view.reps) roles.push_back(rep.role);
      AddTexts(roles);
      break;
    }
    case metrics::v1::GROUP_BY_LEAD_SOURCE:
    case metrics::v1::GROUP_BY_CLOSE_REASON:
    case metrics::v1::GROUP_BY_COMPETITOR: {
      std::vector<KpiGroup> entries;
      const std::vector<std::string>& texts =
          group_by == metrics::v1::GROUP_BY_LEAD_SOURCE    ? view.lead_sources
          : group_by == metrics::v1::GROUP_BY_CLOSE_REASON ? view.close_reasons
                                                           : view.competitors;
      for (const std::string& text : texts) entries.push_back({text, text});
      AddEntries(entries);
      break;
    }
    case metrics::v1::GROUP_BY_MOTION:
      AddMotions(view);
      break;
    case metrics::v1::GROUP_BY_ACCOUNT:
      AddAccounts(view);
      break;
    case metrics::v1::GROUP_BY_COHORT:
      AddCohorts(view);
      break;
    default:
      groups_.push_back({"", "Organisation"});
      groups_of_key_ = {{0}};
      return;
  }
  AddNone(view);
}

void Dimension::AddReps(const BookView& view) {
  for (const BookRep& rep : view.reps) {
    groups_of_key_.push_back({static_cast<int>(groups_.size())});
    groups_.push_back({rep.id, rep.display_name});
  }
}

void Dimension::AddTeams(const BookView& view) {
  std::vector<int> by_id(view.teams.size());
  std::iota(by_id.begin(), by_id.end(), 0);
  std::sort(by_id.begin(), by_id.end(), [&](int a, int b) {
    return view.teams[static_cast<size_t>(a)].id < view.teams[static_cast<size_t>(b)].id;
  });
  std::vector<int> group_of_team(view.teams.size());
  for (const int team : by_id) {
    const BookTeam& source = view.teams[static_cast<size_t>(team)];
    group_of_team[static_cast<size_t>(team)] = static_cast<int>(groups_.size());
    groups_.push_back({source.id, source.display_name});
  }
  for (const BookRep& rep : view.reps) {
    absl::InlinedVector<int, 2>& groups = groups_of_key_.emplace_back();
    for (int team = rep.team; team >= 0; team = view.teams[static_cast<size_t>(team)].parent) {
      groups.push_back(group_of_team[static_cast<size_t>(team)]);
    }
  }
}

void Dimension::AddStages(const BookView& view) {
  groups_of_key_.resize(view.stages.size() + 1);  // Key 0: a deal as a whole.
  for (size_t stage = 0; stage < view.stages.size(); ++stage) {
    if (view.stages[stage].category != StageCategory::kOpen) continue;
    groups_of_key_[stage + 1] = {static_cast<int>(groups_.size())};
    groups_.push_back({view.stages[stage].id, view.stages[stage].label});
  }
}

void Dimension::AddMotions(const BookView& view) {
  std::vector<bool> is_used(kMotionIds.size() + 1);
  for (const DealRef deal : view.columns->All()) is_used[KeyOf(deal)] = true;
  groups_of_key_.resize(is_used.size());
  for (size_t motion = 0; motion < kMotionIds.size(); ++motion) {
    if (!is_used[motion + 1]) continue;
    groups_of_key_[motion + 1] = {static_cast<int>(groups_.size())};
    groups_.push_back({kMotionIds[motion], kMotionNames[motion]});
  }
}

void Dimension::AddAccounts(const BookView& view) {
  std::vector<bool> has_deal(view.accounts.size() + 1);
  for (const DealRef deal : view.columns->All()) has_deal[KeyOf(deal)] = true;
  groups_of_key_.resize(has_deal.size());
  for (size_t account = 0; account < view.accounts.size(); ++account) {
    if (!has_deal[account + 1]) continue;
    groups_of_key_[account + 1] = {static_cast<int>(groups_.size())};
    groups_.push_back({view.accounts[account].id, view.accounts[account].display_name});
  }
}

void Dimension::AddCohorts(const BookView& view) {
  cohorts_ = CreationPeriods(view);
  std::vector<KpiGroup> entries;
  for (const FiscalPeriod& period : cohorts_) entries.push_back({period.name, period.name});
  AddEntries(entries);
}

void Dimension::AddTexts(const std::vector<std::string>& texts) {
  std::set<std::string> different(texts.begin(), texts.end());
  different.erase("");
  for (const std::string& text : different) groups_.push_back({text, text});
  for (const std::string& text : texts) {
    absl::InlinedVector<int, 2>& groups = groups_of_key_.emplace_back();
    if (text.empty()) continue;
    groups.push_back(static_cast<int>(std::distance(different.begin(), different.find(text))));
  }
}

void Dimension::AddEntries(const std::vector<KpiGroup>& entries) {
  groups_of_key_.resize(1);
  for (const KpiGroup& entry : entries) {
    groups_of_key_.push_back({static_cast<int>(groups_.size())});
    groups_.push_back(entry);
  }
}

void Dimension::AddNone(const BookView& view) {
  std::vector<bool> is_without(groups_of_key_.size());
  const auto look_at = [&](size_t key) { is_without[key] = groups_of_key_[key].empty(); };
  if (IsOfReps(group_by_)) {
    for (size_t rep = 0; rep < view.reps.size(); ++rep) look_at(KeyOfRep(static_cast<int>(rep)));
  } else {
    for (const DealRef deal : view.columns->All()) look_at(KeyOf(deal));
  }
  if (std::find(is_without.begin(), is_without.end(), true) == is_without.end()) return;
  const std::string id = NoneIdOf(group_by_);
  groups_.insert(groups_.begin(), KpiGroup{id, id});
  for (size_t key = 0; key < groups_of_key_.size(); ++key) {
    for (int& group : groups_of_key_[key]) ++group;
    if (is_without[key]) groups_of_key_[key] = {0};
  }
}

size_t Dimension::KeyOf(const DealRef& deal) const {
  switch (group_by_) {
    case metrics::v1::GROUP_BY_REP:
    case metrics::v1::GROUP_BY_TEAM:
    case metrics::v1::GROUP_BY_ROLE:
      return static_cast<size_t>(deal.rep());
    case metrics::v1::GROUP_BY_SEGMENT:
      return static_cast<size_t>(deal.segment());
    case metrics::v1::GROUP_BY_PRODUCT:
      return static_cast<size_t>(deal.product() + 1);
    case metrics::v1::GROUP_BY_ACCOUNT:
    case metrics::v1::GROUP_BY_INDUSTRY:
      return static_cast<size_t>(deal.account() + 1);
    case metrics::v1::GROUP_BY_LEAD_SOURCE:
      return static_cast<size_t>(deal.lead_source() + 1);
    case metrics::v1::GROUP_BY_CLOSE_REASON:
      return static_cast<size_t>(deal.close_reason() + 1);
    case metrics::v1::GROUP_BY_COMPETITOR:
      return static_cast<size_t>(deal.competitor() + 1);
    case metrics::v1::GROUP_BY_MOTION:
      return static_cast<size_t>(deal.motion());
    case metrics::v1::GROUP_BY_COHORT: {
      const std::optional<size_t> cohort = PositionOfDay(cohorts_, DayOfNumber(deal.created_day()));
      return cohort ? *cohort + 1 : 0;
    }
    default:
      return 0;
  }
}

size_t Dimension::KeyOfStay(const DealRef& deal, int stage) const {
  return group_by_ == metrics::v1::GROUP_BY_STAGE ? static_cast<size_t>(stage) + 1 : KeyOf(deal);
}

size_t Dimension::KeyOfRep(int rep) const {
  switch (group_by_) {
    case metrics::v1::GROUP_BY_REP:
    case metrics::v1::GROUP_BY_TEAM:
    case metrics::v1::GROUP_BY_ROLE:
      return static_cast<size_t>(rep);
    default:
      return 0;
  }
}

bool Dimension::Knows(const BookView& view, const std::string& id) const {
  if (id.empty()) return false;
  if (id == NoneIdOf(group_by_)) return true;
  if (std::any_of(groups_.begin(), groups_.end(),
                  [&](const KpiGroup& group) { return group.id == id; })) {
    return true;
  }
  switch (group_by_) {
    case metrics::v1::GROUP_BY_MOTION:
      return std::find(kMotionIds.begin(), kMotionIds.end(), id) != kMotionIds.end();
    case metrics::v1::GROUP_BY_ACCOUNT:
      return std::any_of(view.accounts.begin(), view.accounts.end(),
                         [&](const BookAccount& account) { return account.id == id; });
    case metrics::v1::GROUP_BY_COHORT:
      return view.calendar.PeriodNamed(id).ok();
    default:
      return false;
  }
}

}  // namespace quotacast::metrics
