#include "tools/gen/history.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "tools/gen/customers.h"
#include "tools/gen/days.h"

namespace quotacast::gen {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);

class Walk {
 public:
  explicit Walk(const Company& company) : company_(company) {}

  Week Next(absl::CivilDay start) {
    Week week;
    week.start = start;
    AddLeads(week);
    AddDeals(week);
    return week;
  }

 private:
  void AddLeads(Week& week) {
    const int seat_count = static_cast<int>(company_.people.seats.size());
    for (int seat = 0; seat < seat_count; ++seat) {
      for (Lead& lead : LeadsOfWeek(company_, seat, week.start)) {
        week.leads.push_back(std::move(lead));
      }
    }
    std::stable_sort(week.leads.begin(), week.leads.end(), [](const Lead& a, const Lead& b) {
      return a.created_minute < b.created_minute;
    });
    for (Lead& lead : week.leads) {
      lead.number = ++lead_count_;
      if (lead.converted.has_value()) Wait(FromLead(company_, lead));
    }
  }

  void AddDeals(Week& week) {
    std::vector<Origin> origins = std::move(waiting_[WeekOf(week.start)]);
    waiting_.erase(WeekOf(week.start));
    const int seat_count = static_cast<int>(company_.people.seats.size());
    for (int seat = 0; seat < seat_count; ++seat) {
      for (Origin& origin : ProspectedInWeek(company_, seat, week.start)) {
        origins.push_back(std::move(origin));
      }
    }
    std::stable_sort(origins.begin(), origins.end(),
                     [](const Origin& a, const Origin& b) { return a.created < b.created; });
    week.deals.reserve(origins.size());
    for (const Origin& origin : origins) {
      Deal deal = MakeDeal(company_, origin);
      deal.number = ++deal_count_;
      if (deal.merged.has_value()) FindOriginal(week, deal);
      for (Origin& next : FollowUps(company_, deal)) Wait(std::move(next));
      week.deals.push_back(std::move(deal));
    }
  }

  // A duplicate is merged into an earlier deal of its seat; without one it is deleted.
  static void FindOriginal(const Week& week, Deal& duplicate) {
    for (auto deal = week.deals.rbegin(); deal != week.deals.rend(); ++deal) {
      if (deal->origin.seat != duplicate.origin.seat) continue;
      if (deal->deleted.has_value() || deal->merged.has_value()) continue;
      duplicate.merged_into = deal->number;
      return;
    }
    duplicate.deleted = duplicate.merged;
    duplicate.merged.reset();
  }

  void Wait(Origin origin) { waiting_[WeekOf(origin.created)].push_back(std::move(origin)); }

  int64_t WeekOf(absl::CivilDay day) const { return (day - company_.options.start) / 7; }

  const Company& company_;
  std::map<int64_t, std::vector<Origin>> waiting_;  // By week of creation.
  int64_t lead_count_ = 0;
  int64_t deal_count_ = 0;
};

void Count(const Company& company, const Deal& deal, Ledger& ledger) {
  const absl::CivilDay last_day = company.options.last_day;
  if (deal.origin.created <= last_day) {
    ++ledger.exported_deal_count;
    size_t known = deal.path.size();
    while (known > 0 && deal.path[known - 1].day > last_day) --known;
    ledger.exported_won_count += deal.path[known - 1].stage == kWonStage;
  }
  if (!deal.IsWon() || deal.deleted.has_value() || deal.merged.has_value()) return;
  const StageEntry& win = deal.path.back();
  int32_t& first = ledger.first_win[deal.origin.account];
  first = std::min(first, static_cast<int32_t>(win.day - kEpoch));
  const auto quarter = static_cast<size_t>(QuarterOf(win.day) - ledger.first_quarter);
  if (quarter >= ledger.total.size()) return;
  ledger.total[quarter] += win.amount;
  ledger.owned[deal.last_owner][quarter] += win.amount;
  for (const Split& split : Credits(deal)) {
    ledger.credited[split.rep][quarter] += win.amount * split.share_percent / 100;
  }
}

}  // namespace

void ForEachWeek(const Company& company, absl::FunctionRef<bool(const Week&)> visit) {
  Walk walk(company);
  for (absl::CivilDay start = company.options.start; start < Horizon(company.options); start += 7) {
    if (!visit(walk.Next(start))) return;
  }
}

Ledger MakeLedger(const Company& company) {
  Ledger ledger;
  ledger.first_quarter = QuarterOf(company.options.start);
  const int quarter_count = QuarterOf(Horizon(company.options)) - ledger.first_quarter + 1;
  ledger.total.resize(quarter_count);
  ledger.owned.assign(company.people.reps.size(), std::vector<int64_t>(quarter_count));
  ledger.credited = ledger.owned;
  ledger.first_win.assign(AccountCount(company.options), std::numeric_limits<int32_t>::max());
  ForEachWeek(company, [&](const Week& week) {
    for (const Deal& deal : week.deals) Count(company, deal, ledger);
    return true;
  });
  return ledger;
}

}  // namespace quotacast::gen
