#include "services/metrics/customers_of_view.h"

#include <cstddef>
#include <unordered_map>

#include "absl/time/civil_time.h"
#include "base/random.h"
#include "simulator/fit/customers.h"

namespace quotacast::metrics {
namespace {

bool IsThere(const BookRep& rep, absl::CivilDay day) {
  return (!rep.start_day || *rep.start_day <= day) && (!rep.end_day || *rep.end_day > day);
}

// Who takes over what follows the deals of those who have left.
class Successors {
 public:
  explicit Successors(const BookView& view) : view_(view) {
    std::vector<bool> owns_deals(view.reps.size());
    for (size_t i = 0; i < view.opportunities.size(); ++i) {
      const BookOpportunity& deal = view.opportunities[i];
      owns_deals[static_cast<size_t>(deal.rep)] = true;
      if (deal.account < 0 || !Stays(deal.rep)) continue;
      const auto [latest, is_new] = latest_deals_.emplace(deal.account, static_cast<int>(i));
      const BookOpportunity& other = view.opportunities[static_cast<size_t>(latest->second)];
      if (!is_new && deal.created_day > other.created_day) latest->second = static_cast<int>(i);
    }
    colleagues_.resize(view.teams.size());
    for (size_t r = 0; r < view.reps.size(); ++r) {
      if (!owns_deals[r] || !Stays(static_cast<int>(r))) continue;
      colleagues_[static_cast<size_t>(view.reps[r].team)].push_back(static_cast<int>(r));
    }
  }

  // -1 when there is nobody.
  int OwnerOf(const BookOpportunity& win) const {
    if (Stays(win.rep)) return win.rep;
    const auto latest = latest_deals_.find(win.account);
    if (latest != latest_deals_.end()) {
      const BookOpportunity& later = view_.opportunities[static_cast<size_t>(latest->second)];
      if (later.created_day > win.created_day) return later.rep;
    }
    const std::vector<int>& team =
        colleagues_[static_cast<size_t>(view_.reps[static_cast<size_t>(win.rep)].team)];
    if (team.empty()) return -1;
    return team[StableId("customer", win.id) % team.size()];
  }

 private:
  bool Stays(int rep) const {
    return IsThere(view_.reps[static_cast<size_t>(rep)], view_.as_of.effective_day);
  }

  const BookView& view_;
  std::unordered_map<int, int> latest_deals_;  // By account: of those whose owner is there.
  std::vector<std::vector<int>> colleagues_;   // By team.
};

}  // namespace

std::vector<CustomerOfView> CustomersOf(const BookView& view, const DealOrigins& origins) {
  const Successors successors(view);
  std::vector<bool> is_renewed(origins.deals.size());
  std::vector<bool> is_expanded(origins.deals.size());
  for (const DealOrigin& deal : origins.deals) {
    if (deal.predecessor < 0) continue;
    const bool renews = deal.origin == simulator::DealOrigin::kRenewal;
    (renews ? is_renewed : is_expanded)[static_cast<size_t>(deal.predecessor)] = true;
  }
  std::vector<CustomerOfView> customers;
  for (size_t i = 0; i < origins.deals.size(); ++i) {
    const BookOpportunity& win = view.opportunities[i];
    if (win.outcome != StageCategory::kWon) continue;
    const int64_t age_days = view.as_of.effective_day + 1 - win.close_day;
    if (age_days > simulator::kMaxCustomerAgeDays) continue;
    const int rep = successors.OwnerOf(win);
    if (rep < 0) continue;
    customers.push_back({.win = static_cast<int>(i),
                         .rep = rep,
                         .age_days = static_cast<int32_t>(age_days),
                         .is_renewed = is_renewed[i],
                         .is_expanded = is_expanded[i]});
  }
  return customers;
}

}  // namespace quotacast::metrics
