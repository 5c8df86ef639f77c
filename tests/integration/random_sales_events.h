// What the generator's company is too tidy for: deals that skip stages, come without amounts or
// dates or are reopened, reps of every tenure who come and go, teams with plans of their own.
#ifndef QUOTACAST_TESTS_INTEGRATION_RANDOM_SALES_EVENTS_H_
#define QUOTACAST_TESTS_INTEGRATION_RANDOM_SALES_EVENTS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "google/type/money.pb.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/book.h"
#include "tests/integration/random_events.h"
#include "tools/gen/options.h"

namespace quotacast {

// Appends to a book that holds the generator's company; the same events for the same seed.
class RandomSalesEvents : private RandomEvents {
 public:
  RandomSalesEvents(const gen::CompanyOptions& options, metrics::Book& book)
      : RandomEvents(options.seed, "random", StartOfDayUtc(options.last_day + 1), book),
        options_(options) {}

  // Remembers the ids that the company uses.
  void Notice(const crm::v1::CrmEvent& event) {
    if (event.has_rep()) rep_ids_.insert(event.rep().rep_id());
    if (event.has_team()) {
      (event.team().has_parent_team_id() ? leaf_team_ids_ : top_team_ids_)
          .insert(event.team().team_id());
    }
    if (event.has_product()) product_ids_.insert(event.product().product_id());
    if (!event.has_quota()) return;
    periods_.insert(event.quota().period());
    currency_ = event.quota().amount().currency_code();
  }

  void AppendAll() {
    for (int number = 0; number < 24; ++number) AppendRep(number);
    AppendPlans();
    for (int number = 0; number < 500; ++number) AppendDeal(number);
  }

 private:
  static constexpr absl::CivilDay kAlways{1970, 1, 1};

  bool Percent(int percent) { return Below(100) < percent; }

  std::string AnyOf(const std::set<std::string>& ids) {
    auto id = ids.begin();
    std::advance(id, Below(static_cast<int>(ids.size())));
    return *id;
  }

  void SetMoney(int64_t units, google::type::Money& money) const {
    money.set_currency_code(currency_);
    money.set_units(units);
  }

  void Append(const std::string& key, absl::CivilDay effective, const crm::v1::CrmEvent& event) {
    RandomEvents::Append(key, absl::StrCat("event", next_offset()), StartOfDayUtc(effective),
                         event);
  }

  // A day of the history, or of the two years before.
  absl::CivilDay StartDay() {
    const auto history_days = static_cast<int>(options_.last_day - options_.start);
    return options_.start + (Percent(30) ? -Below(730) : Below(history_days));
  }

  void AppendRep(int number) {
    crm::v1::CrmEvent event;
    crm::v1::RepChange& rep = *event.mutable_rep();
    rep.set_rep_id(absl::StrCat("random_rep_", number));
    if (!Percent(10)) rep.set_team_id(AnyOf(Percent(20) ? top_team_ids_ : leaf_team_ids_));
    if (Percent(50)) rep.set_segment_id("North");
    const absl::CivilDay start = StartDay();
    if (!Percent(20)) {
      SetDate(start, rep.mutable_start_date());
      start_days_[rep.rep_id()] = start;
    }
    if (Percent(40)) {
      const absl::CivilDay end = start + 30 + Below(500);
      // Some leave with the last day of a month.
      SetDate(Percent(40) ? absl::CivilDay(absl::CivilMonth(end) + 1) : end,
              rep.mutable_end_date());
    }
    Append("rep/" + rep.rep_id(), kAlways, event);
    random_rep_ids_.insert(rep.rep_id());
    for (const std::string& period : periods_) {
      if (!Percent(70)) continue;
      crm::v1::CrmEvent quota_event;
      crm::v1::QuotaChange& quota = *quota_event.mutable_quota();
      quota.set_rep_id(rep.rep_id());
      quota.set_period(period);
      SetMoney(Percent(15) ? 0 : 10'000 + 1'000 * Below(100), *quota.mutable_amount());
      Append(absl::StrCat("quota/", rep.rep_id(), "/", period), kAlways, quota_event);
    }
  }

  void AppendPlan(const std::string& team, const std::string& period, int64_t units) {
    crm::v1::CrmEvent event;
    crm::v1::QuotaChange& plan = *event.mutable_quota();
    plan.set_team_id(team);
    plan.set_period(period);
    plan.set_kind(crm::v1::QUOTA_KIND_PLAN);
    SetMoney(units, *plan.mutable_amount());
    Append(absl::StrCat("plan/", team, "/", period), options_.start + 1, event);
  }

  // Teams below have plans, or none; some of those above take theirs back.
  void AppendPlans() {
    for (const std::string& period : periods_) {
      for (const std::string& team : leaf_team_ids_) {
        if (Percent(60)) AppendPlan(team, period, 1'000 * (100 + Below(900)));
      }
      for (const std::string& team : top_team_ids_) {
        if (Percent(40)) AppendPlan(team, period, 0);
      }
    }
  }

  // Hardly ever somebody who is still to begin.
  std::string OwnerOn(absl::CivilDay day) {
    constexpr int kMostTries = 8;
    std::string owner;
    for (int i = 0; i < kMostTries; ++i) {
      owner = AnyOf(Percent(70) ? random_rep_ids_ : rep_ids_);
      const auto start = start_days_.find(owner);
      if (start == start_days_.end() || start->second <= day) break;
    }
    return owner;
  }

  void FillDeal(absl::CivilDay day, bool is_new, crm::v1::OpportunityChange& deal) {
    if (Percent(is_new ? 60 : 30)) {
      SetMoney(Percent(10) ? 0 : 500 * (1 + Below(120)), *deal.mutable_amount());
    }
    if (Percent(is_new ? 80 : 30)) {
      SetDate(day + Below(150), deal.mutable_expected_close_date());
    }
    if (!is_new) return;
    if (!Percent(5)) deal.set_owner_rep_id(OwnerOn(day));
    if (Percent(70)) deal.set_product_id(AnyOf(product_ids_));
  }

  void AppendDeal(int number) {
    static const std::vector<std::string> kOpenStages = {"Discovery", "Qualification", "Proposal",
                                                         "Negotiation"};
    const auto history_days = static_cast<int>(options_.last_day - options_.start);
    absl::CivilDay day = options_.start + Below(history_days);
    const int last_stage = static_cast<int>(kOpenStages.size()) - 1;
    int stage = Below(3);
    for (int step = 0; step < 12 && day <= options_.last_day; ++step) {
      const bool closes = step > 0 && Percent(25);
      crm::v1::CrmEvent event;
      crm::v1::OpportunityChange& deal = *event.mutable_opportunity();
      deal.set_opportunity_id(absl::StrCat("random_deal_", number));
      deal.set_stage_id(!closes       ? kOpenStages[static_cast<size_t>(stage)]
                        : Percent(60) ? "Closed Won"
                                      : "Closed Lost");
      FillDeal(day, step == 0, deal);
      Append("opportunity/" + deal.opportunity_id(), day, event);
      if (closes && !Percent(15)) return;
      day += Percent(10) ? 0 : 3 + Below(40);
      if (Percent(20)) {
        stage = std::max(0, stage - 1);
      } else {
        stage = std::min(last_stage, stage + 1 + Below(2));
      }
    }
  }

  gen::CompanyOptions options_;
  std::set<std::string> rep_ids_, random_rep_ids_, leaf_team_ids_, top_team_ids_, product_ids_;
  std::set<std::string> periods_;
  std::map<std::string, absl::CivilDay> start_days_;  // Of random reps.
  std::string currency_;
};

}  // namespace quotacast

#endif  // QUOTACAST_TESTS_INTEGRATION_RANDOM_SALES_EVENTS_H_
