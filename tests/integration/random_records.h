// Random events beside those of the generator's company, which keeps its records regular: deals
// without an owner, account, motion or amount, reopened ones, activities of unknown reps and of
// named people, insights that expire, incidents that go on, leads that come back from conversion,
// and forecasts that reps made before the period began.
#ifndef QUOTACAST_TESTS_INTEGRATION_RANDOM_RECORDS_H_
#define QUOTACAST_TESTS_INTEGRATION_RANDOM_RECORDS_H_

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/book.h"
#include "tests/integration/random_events.h"
#include "tools/gen/options.h"

namespace quotacast {

// What events name, for random ones to name, too.
struct Names {
  std::set<std::string> reps, accounts, deals;

  void Read(const crm::v1::CrmEvent& event) {
    if (event.has_rep()) reps.insert(event.rep().rep_id());
    if (event.has_account()) accounts.insert(event.account().account_id());
    if (event.has_opportunity()) deals.insert(event.opportunity().opportunity_id());
  }
};

inline void SetTime(absl::Time time, google::protobuf::Timestamp* timestamp) {
  timestamp->set_seconds(absl::ToUnixSeconds(time));
}

inline void SetCents(int64_t cents, google::type::Money* money) {
  money->set_currency_code("USD");
  money->set_units(cents / 100);
  money->set_nanos(static_cast<int32_t>(cents % 100) * 10'000'000);
}

// Appends them, recorded on the day after the last one; each seed of the options makes the same.
class RandomRecords : private RandomEvents {
 public:
  RandomRecords(const gen::CompanyOptions& options, const Names& names, metrics::Book& book)
      : RandomEvents(options.seed, "added", StartOfDayUtc(options.last_day + 1), book),
        options_(options),
        reps_(names.reps.begin(), names.reps.end()),
        accounts_(names.accounts.begin(), names.accounts.end()),
        deals_(names.deals.begin(), names.deals.end()) {}

  void AppendAll(int calendar_start_month) {
    AppendReference(calendar_start_month);
    for (int number = 0; number < 500; ++number) AppendDeal(absl::StrCat("added-", number));
    for (int number = 0; number < 300; ++number) AppendDealFields();
    for (int number = 0; number < 1'500; ++number) AppendActivity(absl::StrCat("added-", number));
    for (int number = 0; number < 300; ++number) AppendInsight(absl::StrCat("added-", number));
    for (int number = 0; number < 300; ++number) AppendIncident(absl::StrCat("added-", number));
    for (int number = 0; number < 400; ++number) AppendLead(absl::StrCat("added-", number));
    for (const std::string& rep : reps_) AppendForecasts(rep);
  }

 private:
  bool Chance(int of) { return Below(of) == 0; }
  absl::CivilDay AnyDay() {
    return options_.start + Below(static_cast<int>(options_.last_day - options_.start) + 1);
  }
  absl::Time AnyTime() { return StartOfDayUtc(AnyDay()) + absl::Minutes(Below(24 * 60)); }
  const std::string& AnyOf(const std::vector<std::string>& ids) {
    return ids[static_cast<size_t>(Below(static_cast<int>(ids.size())))];
  }
  // One in eight is of somebody whom no source describes.
  std::string AnyRep() { return Chance(8) ? "nobody_knows" : AnyOf(reps_); }
  // Few enough that they come back year after year.
  std::string AnyAccount() {
    if (Chance(6)) return absl::StrCat("added-", Below(20));
    return accounts_[static_cast<size_t>(Below(30)) % accounts_.size()];
  }

  void Say(const std::string& key, const std::string& stage, absl::CivilDay day,
           const crm::v1::CrmEvent& event) {
    Append(key, absl::StrCat(stage, "@", FormatIsoDate(day)), StartOfDayUtc(day), event);
  }

  // The fiscal year, a rep without a team, and accounts of which some have no potential or owner.
  void AppendReference(int calendar_start_month) {
    crm::v1::CrmEvent calendar;
    calendar.mutable_fiscal_calendar()->set_start_month(calendar_start_month);
    Say("fiscal_calendar", "start", options_.start, calendar);
    crm::v1::CrmEvent rep;
    rep.mutable_rep()->set_rep_id("added-rep");
    SetDate(options_.start + 100, rep.mutable_rep()->mutable_start_date());
    SetDate(options_.last_day - 20, rep.mutable_rep()->mutable_end_date());
    Say("rep/added-rep", "hired", options_.start + 100, rep);
    reps_.push_back("added-rep");
    for (int number = 0; number < 20; ++number) {
      const std::string id = absl::StrCat("added-", number);
      crm::v1::CrmEvent event;
      crm::v1::AccountChange& change = *event.mutable_account();
      change.set_account_id(id);
      if (Chance(3)) change.set_owner_rep_id(AnyOf(reps_));
      if (!Chance(4))
        SetCents(Chance(4) ? 0 : Below(20'000'000), change.mutable_yearly_potential());
      Say(absl::StrCat("account/", id), "account", options_.start, event);
    }
  }

  // Mostly closed within weeks; some reopened, some without owner, account, motion or amount.
  void AppendDeal(const std::string& id) {
    const std::string key = absl::StrCat("opportunity/", id);
    const absl::CivilDay created = AnyDay();
    crm::v1::CrmEvent creation;
    crm::v1::OpportunityChange& change = *creation.mutable_opportunity();
    change.set_opportunity_id(id);
    change.set_stage_id("Discovery");
    SetDate(created, change.mutable_created_date());
    if (!Chance(10)) change.set_owner_rep_id(AnyOf(reps_));
    if (!Chance(10)) change.set_account_id(AnyAccount());
    if (!Chance(4)) change.set_motion(static_cast<crm::v1::Motion>(1 + Below(3)));
    if (!Chance(3)) change.set_discovery_rating(1 + Below(5));
    if (Chance(2)) change.set_customer_problem("Orders are late.");
    Say(key, "Discovery", created, creation);
    if (Chance(6)) return;
    const absl::CivilDay closed = created + Below(120);
    crm::v1::CrmEvent closing;
    closing.mutable_opportunity()->set_opportunity_id(id);
    closing.mutable_opportunity()->set_stage_id(Chance(2) ? "Closed Won" : "Closed Lost");
    if (!Chance(8)) {
      SetCents(Chance(8) ? 0 : Below(5'000'000), closing.mutable_opportunity()->mutable_amount());
    }
    Say(key, "closed", closed, closing);
    if (!Chance(10)) return;
    crm::v1::CrmEvent reopening;
    reopening.mutable_opportunity()->set_opportunity_id(id);
    reopening.mutable_opportunity()->set_stage_id("Proposal");
    Say(key, "Proposal", closed + 1 + Below(30), reopening);
  }

  // Another rating of a generated deal.
  void AppendDealFields() {
    const std::string& id = AnyOf(deals_);
    crm::v1::CrmEvent event;
    event.mutable_opportunity()->set_opportunity_id(id);
    event.mutable_opportunity()->set_discovery_rating(1 + Below(5));
    Say(absl::StrCat("opportunity/", id), "rating", AnyDay(), event);
  }

  void AppendActivity(const std::string& id) {
    const absl::Time start = AnyTime();
    crm::v1::CrmEvent event;
    crm::v1::ActivityChange& change = *event.mutable_activity();
    change.set_activity_id(id);
    change.set_kind(static_cast<crm::v1::ActivityKind>(Below(8)));
    change.set_rep_id(AnyRep());
    if (!Chance(5)) change.set_account_id(AnyAccount());
    if (!Chance(3)) change.set_contact_id(absl::StrCat("person-", Below(40)));
    if (Chance(6)) change.set_lead_id(absl::StrCat("added-", Below(400)));
    SetTime(start, change.mutable_start_time());
    if (!Chance(4)) change.set_duration_minutes(Below(180));
    change.set_is_automated(Chance(6));
    change.set_is_inbound(Chance(6));
    if (!Chance(4)) change.set_is_done(!Chance(6));
    Append(absl::StrCat("activity/", id), "done", start, event);
  }

  void AppendInsight(const std::string& id) {
    const absl::CivilDay learned = AnyDay();
    crm::v1::CrmEvent event;
    crm::v1::InsightChange& change = *event.mutable_insight();
    change.set_insight_id(id);
    change.set_account_id(AnyAccount());
    change.set_owner_rep_id(AnyRep());
    SetDate(learned, change.mutable_learned_date());
    if (!Chance(3)) SetDate(learned + 1 + Below(300), change.mutable_expiry_date());
    Say(absl::StrCat("insight/", id), "learned", learned, event);
  }

  // Some go on, some were put right without a word before.
  void AppendIncident(const std::string& id) {
    const absl::Time opened = AnyTime();
    crm::v1::CrmEvent event;
    crm::v1::IncidentChange& change = *event.mutable_incident();
    change.set_incident_id(id);
    change.set_account_id(AnyAccount());
    change.set_owner_rep_id(AnyRep());
    SetTime(opened, change.mutable_opened_time());
    if (!Chance(3)) {
      SetTime(opened + absl::Minutes(Below(60'000)), change.mutable_acknowledged_time());
    }
    if (!Chance(3)) {
      SetTime(opened + absl::Minutes(Below(120'000)), change.mutable_resolved_time());
    }
    Append(absl::StrCat("incident/", id), "state", opened, event);
  }

  // Some came back from conversion, some were touched with nobody counting.
  void AppendLead(const std::string& id) {
    const std::string key = absl::StrCat("lead/", id);
    const absl::Time created = AnyTime();
    crm::v1::CrmEvent event;
    crm::v1::LeadChange& change = *event.mutable_lead();
    change.set_lead_id(id);
    SetTime(created, change.mutable_created_time());
    change.set_status(crm::v1::LEAD_STATUS_NEW);
    if (!Chance(10)) change.set_owner_rep_id(AnyRep());
    if (Chance(3)) change.set_touch_count(Below(9));
    if (Chance(3)) {
      SetTime(created + absl::Minutes(Below(20'000)), change.mutable_first_touch_time());
    }
    Append(key, "new", created, event);
    absl::Time moment = created;
    for (const auto status : {crm::v1::LEAD_STATUS_WORKING, crm::v1::LEAD_STATUS_CONVERTED,
                              crm::v1::LEAD_STATUS_QUALIFIED, crm::v1::LEAD_STATUS_CONVERTED}) {
      moment += absl::Minutes(Below(30'000));
      if (Chance(3)) break;
      crm::v1::CrmEvent step;
      step.mutable_lead()->set_lead_id(id);
      step.mutable_lead()->set_status(status);
      Append(key, absl::StrCat("status", absl::ToUnixSeconds(moment)), moment, step);
    }
  }

  // Of the periods of two years, each once or twice, up to some weeks into the period.
  void AppendForecasts(const std::string& rep) {
    for (int number = 0; number < 8; ++number) {
      const std::string period = absl::StrCat(2025 + number / 4, "Q", 1 + number % 4);
      const absl::CivilDay start(2024 + number / 4, 11 + 3 * (number % 4), 1);
      for (int saying = 0; saying <= Below(3); ++saying) {
        const absl::CivilDay said = start + Below(120);
        crm::v1::CrmEvent event;
        event.mutable_rep_forecast()->set_rep_id(rep);
        event.mutable_rep_forecast()->set_period(period);
        SetCents(Below(40'000'000), event.mutable_rep_forecast()->mutable_expected());
        Say(absl::StrCat("rep_forecast/", rep, "/", period), "forecast", said, event);
      }
    }
  }

  const gen::CompanyOptions options_;
  std::vector<std::string> reps_;
  const std::vector<std::string> accounts_;
  const std::vector<std::string> deals_;
};

}  // namespace quotacast

#endif  // QUOTACAST_TESTS_INTEGRATION_RANDOM_RECORDS_H_
