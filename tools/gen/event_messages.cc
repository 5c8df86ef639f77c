#include "tools/gen/event_messages.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "tools/gen/after_sales.h"
#include "tools/gen/days.h"
#include "tools/gen/words.h"

namespace quotacast::gen {
namespace {

using crm::v1::CrmEvent;
using ingestion::v1::NewEvent;

constexpr char kSource[] = "quotacast_gen";
constexpr char kCurrency[] = "USD";
constexpr absl::CivilDay kEpoch(1970, 1, 1);

// Starts an event; the caller fills in what changed.
NewEvent Begin(int64_t minute, std::string key, std::string version) {
  NewEvent event;
  event.mutable_id()->set_source(kSource);
  event.mutable_id()->set_source_key(std::move(key));
  event.mutable_id()->set_version(std::move(version));
  event.mutable_effective_time()->set_seconds(minute * 60);
  return event;
}

std::string On(const char* what, absl::CivilDay day) {
  return absl::StrCat(what, "@", FormatIsoDate(day));
}

void SetDate(absl::CivilDay day, google::type::Date* date) {
  date->set_year(static_cast<int>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

void SetMinute(int64_t minute, google::protobuf::Timestamp* time) {
  time->set_seconds(minute * 60);
}

void SetMinorUnits(int64_t amount, google::type::Money* money) {
  money->set_currency_code(kCurrency);
  money->set_units(amount / 100);
  money->set_nanos(static_cast<int32_t>(amount % 100) * 10'000'000);
}

void SetMoney(int64_t major_units, google::type::Money* money) {
  SetMinorUnits(major_units * 100, money);
}

void TellOfStages(absl::CivilDay start, EventTaker take) {
  NewEvent calendar = Begin(MinuteOf(start), "fiscal_calendar", On("calendar", start));
  calendar.mutable_event()->mutable_fiscal_calendar()->set_start_month(1);
  take(MinuteOf(start), calendar);
  for (int stage = 0; stage < kStageCount + 2; ++stage) {
    NewEvent event =
        Begin(MinuteOf(start), absl::StrCat("stage/", kStageIds[stage]), On("definition", start));
    auto& change = *event.mutable_event()->mutable_stage();
    change.set_stage_id(kStageIds[stage]);
    change.set_label(kStageIds[stage]);
    change.set_category(stage == kWonStage    ? crm::v1::STAGE_CATEGORY_WON
                        : stage == kLostStage ? crm::v1::STAGE_CATEGORY_LOST
                                              : crm::v1::STAGE_CATEGORY_OPEN);
    if (stage < kStageCount) change.set_position(stage + 1);
    take(MinuteOf(start), event);
  }
}

void TellOfTeams(const Company& company, EventTaker take) {
  const absl::CivilDay start = company.options.start;
  for (const Team& team : company.people.teams) {
    NewEvent event = Begin(MinuteOf(start), absl::StrCat("team/", team.id), On("team", start));
    auto& change = *event.mutable_event()->mutable_team();
    change.set_team_id(team.id);
    change.set_display_name(team.name);
    if (!team.parent_id.empty()) change.set_parent_team_id(team.parent_id);
    take(MinuteOf(start), event);
  }
}

void TellOfTerritories(const Company& company, EventTaker take) {
  const absl::CivilDay start = company.options.start;
  const auto tell = [&](absl::CivilDay day, const std::string& id, const std::string& name,
                        const std::string& parent) {
    NewEvent event = Begin(MinuteOf(day), absl::StrCat("territory/", id), On("territory", day));
    auto& change = *event.mutable_event()->mutable_territory();
    change.set_territory_id(id);
    if (!name.empty()) change.set_display_name(name);
    if (!parent.empty()) change.set_parent_territory_id(parent);
    take(MinuteOf(day), event);
  };
  for (const Team& team : company.people.teams) tell(start, team.id, team.name, team.parent_id);
  for (const Seat& seat : company.people.seats) {
    tell(start, seat.territory_id, seat.territory_name, company.people.teams[seat.team].id);
    if (seat.later_team == seat.team) continue;
    tell(company.people.reorganised, seat.territory_id, "",
         company.people.teams[seat.later_team].id);
  }
}

void TellOfProducts(absl::CivilDay start, EventTaker take) {
  for (const Product& product : kProducts) {
    NewEvent event =
        Begin(MinuteOf(start), absl::StrCat("product/", product.id), On("product", start));
    auto& change = *event.mutable_event()->mutable_product();
    change.set_product_id(product.id);
    change.set_display_name(product.name);
    change.set_series("Quill");
    SetMoney(product.list_price, change.mutable_list_price());
    SetMoney(product.unit_cost, change.mutable_unit_cost());
    take(MinuteOf(start), event);
  }
}

void TellOfCompPlans(absl::CivilDay start, EventTaker take) {
  for (const CompPlan& plan : kCompPlans) {
    NewEvent event = Begin(MinuteOf(start), absl::StrCat("comp_plan/", plan.id), On("plan", start));
    auto& change = *event.mutable_event()->mutable_comp_plan();
    change.set_comp_plan_id(plan.id);
    change.set_display_name(plan.name);
    SetMoney(plan.base_pay, change.mutable_base_pay());
    SetMoney(plan.on_target_earnings, change.mutable_on_target_earnings());
    if (plan.commission_cap > 0) SetMoney(plan.commission_cap, change.mutable_commission_cap());
    if (plan.draw > 0) SetMoney(plan.draw, change.mutable_draw());
    for (const CompPlanTier& tier : plan.tiers) {
      auto& added = *change.add_tiers();
      added.set_from_attainment_basis_points(tier.from_attainment_percent * 100);
      added.set_rate_basis_points(tier.rate_percent * 100);
    }
    take(MinuteOf(start), event);
  }
}

void TellOfAccount(const Company& company, int account, EventTaker take) {
  const absl::CivilDay start = company.options.start;
  const Account made = MakeAccount(company.options, account);
  NewEvent event = Begin(MinuteOf(start), absl::StrCat("account/", made.id), On("account", start));
  auto& change = *event.mutable_event()->mutable_account();
  change.set_account_id(made.id);
  change.set_display_name(made.name);
  change.set_industry(made.industry);
  change.set_location(made.location);
  change.set_territory_id(company.people.seats[made.seat].territory_id);
  SetMoney(made.yearly_potential, change.mutable_yearly_potential());
  change.set_buyer_behaviour(made.buyer_behaviour);
  if (const auto owner = RepInSeat(company.people, made.seat, start); owner.has_value()) {
    change.set_owner_rep_id(company.people.reps[*owner].id);
  }
  take(MinuteOf(start), event);
}

void TellOfCustomerSince(const std::string& account_id, absl::CivilDay day, EventTaker take) {
  NewEvent event =
      Begin(MinuteOf(day), absl::StrCat("account/", account_id), On("customer_since", day));
  auto& change = *event.mutable_event()->mutable_account();
  change.set_account_id(account_id);
  SetDate(day, change.mutable_customer_since());
  take(MinuteOf(day), event);
}

void TellOfMerge(crm::v1::EntityKind kind, const char* kind_name, const std::string& from,
                 const std::string& into, absl::CivilDay day, EventTaker take) {
  NewEvent event =
      Begin(MinuteOf(day, 20 * 60), absl::StrCat(kind_name, "/", from), On("merged", day));
  auto& change = *event.mutable_event()->mutable_merge();
  change.set_entity(kind);
  change.set_from_id(from);
  change.set_into_id(into);
  take(MinuteOf(day, 20 * 60), event);
}

// The customers of a seat have a new owner with each assignment.
void TellOfOwners(const Company& company, const Ledger& ledger,
                  const TerritoryAssignment& assignment, EventTaker take) {
  const int64_t minute = MinuteOf(assignment.start);
  for (int turn = 0; turn < kAccountsPerSeat; ++turn) {
    const int account = AccountOfSeat(company.options, assignment.seat, turn);
    if (ledger.first_win[account] >= assignment.start - kEpoch) continue;
    NewEvent event = Begin(minute, absl::StrCat("account/", AccountId(account)),
                           On("owner_rep_id", assignment.start));
    auto& change = *event.mutable_event()->mutable_account();
    change.set_account_id(AccountId(account));
    change.set_owner_rep_id(company.people.reps[assignment.rep].id);
    take(minute, event);
  }
}

void TellOfAssignment(const Company& company, const TerritoryAssignment& assignment,
                      EventTaker take) {
  const Rep& rep = company.people.reps[assignment.rep];
  const std::string& territory = company.people.seats[assignment.seat].territory_id;
  const std::string key = absl::StrCat("territory_assignment/", rep.id, "/", territory, "/",
                                       FormatIsoDate(assignment.start));
  const auto tell = [&](absl::CivilDay day, std::string version, bool has_ended) {
    NewEvent event = Begin(MinuteOf(day), key, std::move(version));
    auto& change = *event.mutable_event()->mutable_territory_assignment();
    change.set_rep_id(rep.id);
    change.set_territory_id(territory);
    SetDate(assignment.start, change.mutable_start_date());
    if (has_ended) SetDate(*assignment.end, change.mutable_end_date());
    take(MinuteOf(day), event);
  };
  tell(assignment.start, On("start", assignment.start), false);
  if (assignment.end.has_value()) tell(*assignment.end, On("end", *assignment.end), true);
}

void TellOfHiring(const Company& company, const Rep& rep, EventTaker take) {
  const absl::CivilDay day = std::max(rep.start, company.options.start);
  const Seat& seat = company.people.seats[rep.seat];
  NewEvent event = Begin(MinuteOf(day), absl::StrCat("rep/", rep.id), On("hired", day));
  auto& change = *event.mutable_event()->mutable_rep();
  change.set_rep_id(rep.id);
  change.set_display_name(rep.name);
  change.set_team_id(company.people.teams[TeamOf(company.people, rep.seat, day)].id);
  SetDate(rep.start, change.mutable_start_date());
  change.set_role("Account Executive");
  change.set_territory_id(seat.territory_id);
  change.set_fte_basis_points(10'000);
  change.set_status(crm::v1::REP_STATUS_ACTIVE);
  change.set_comp_plan_id(kCompPlans[CompPlanOf(rep, day)].id);
  take(MinuteOf(day), event);
}

crm::v1::RepStatus StatusMessage(RepStatus status) {
  switch (status) {
    case RepStatus::kActive:
      return crm::v1::REP_STATUS_ACTIVE;
    case RepStatus::kOnLeave:
      return crm::v1::REP_STATUS_ON_LEAVE;
    case RepStatus::kLeft:
      return crm::v1::REP_STATUS_LEFT;
  }
  return crm::v1::REP_STATUS_UNSPECIFIED;
}

crm::v1::Motion MotionMessage(Motion motion) {
  switch (motion) {
    case Motion::kNew:
      return crm::v1::MOTION_NEW;
    case Motion::kExpansion:
      return crm::v1::MOTION_EXPANSION;
    case Motion::kRenewal:
      return crm::v1::MOTION_RENEWAL;
  }
  return crm::v1::MOTION_UNSPECIFIED;
}

crm::v1::ForecastCategory CategoryMessage(int64_t category) {
  switch (static_cast<Category>(category)) {
    case Category::kPipeline:
      return crm::v1::FORECAST_CATEGORY_PIPELINE;
    case Category::kBestCase:
      return crm::v1::FORECAST_CATEGORY_BEST_CASE;
    case Category::kCommit:
      return crm::v1::FORECAST_CATEGORY_COMMIT;
  }
  return crm::v1::FORECAST_CATEGORY_UNSPECIFIED;
}

crm::v1::ActivityKind KindMessage(ActivityKind kind) {
  switch (kind) {
    case ActivityKind::kCall:
      return crm::v1::ACTIVITY_KIND_CALL;
    case ActivityKind::kEmail:
      return crm::v1::ACTIVITY_KIND_EMAIL;
    case ActivityKind::kMeeting:
      return crm::v1::ACTIVITY_KIND_MEETING;
    case ActivityKind::kDemo:
      return crm::v1::ACTIVITY_KIND_DEMO;
    case ActivityKind::kInternal:
      return crm::v1::ACTIVITY_KIND_INTERNAL;
  }
  return crm::v1::ACTIVITY_KIND_UNSPECIFIED;
}

// Tells of one deal; holds what its parts share.
class DealTeller {
 public:
  DealTeller(const Company& company, const Ledger& ledger, const Deal& deal, EventTaker take)
      : company_(company),
        ledger_(ledger),
        deal_(deal),
        take_(take),
        id_(DealId(deal.number)),
        key_(absl::StrCat("opportunity/", id_)) {}

  void Tell() {
    TellOfCreation();
    TellOfConversion();
    TellOfPath();
    TellOfChanges();
    TellOfSplits();
    TellOfMistake();
    for (const Activity& activity : ActivitiesOf(company_, deal_)) {
      TellOfActivity(company_, activity, take_);
    }
    for (const Commitment& commitment : CommitmentsOf(company_, deal_)) Tell(commitment);
    for (const OrderLine& line : OrderLinesOf(company_, deal_)) Tell(line);
    for (const Feedback& feedback : FeedbackOf(company_, deal_)) Tell(feedback);
    if (const auto insight = InsightOf(company_, deal_); insight.has_value()) Tell(*insight);
    if (const auto incident = IncidentOf(company_, deal_); incident.has_value()) Tell(*incident);
  }

 private:
  const std::string& RepId(int rep) const { return company_.people.reps[rep].id; }
  std::string AccountName() const { return AccountId(deal_.origin.account); }
  const std::string& TerritoryId() const {
    return company_.people.seats[deal_.origin.seat].territory_id;
  }

  void Take(int64_t minute, const NewEvent& event) { take_(minute, event); }

  void TellOfCreation() {
    const Origin& origin = deal_.origin;
    NewEvent event = Begin(MinuteOf(origin.created), key_, On(kStageIds[0], origin.created));
    auto& change = *event.mutable_event()->mutable_opportunity();
    change.set_opportunity_id(id_);
    change.set_owner_rep_id(RepId(origin.rep));
    change.set_account_id(AccountName());
    change.set_product_id(company_.segments[origin.segment].product_id);
    change.set_segment_id(company_.segments[origin.segment].id);
    change.set_stage_id(kStageIds[0]);
    SetMoney(deal_.amount, change.mutable_amount());
    SetDate(origin.created, change.mutable_created_date());
    SetDate(deal_.expected_close, change.mutable_expected_close_date());
    change.set_motion(MotionMessage(MotionOf(deal_, ledger_)));
    change.set_lead_source(SourceOf(deal_));
    if (origin.lead != nullptr) change.set_lead_id(LeadId(origin.lead->number));
    change.set_customer_problem(ProblemOf(deal_));
    change.set_discovery_rating(deal_.discovery_rating);
    change.set_territory_id(TerritoryId());
    Take(MinuteOf(origin.created), event);
  }

  void TellOfConversion() {
    if (deal_.origin.lead == nullptr) return;
    const Lead& lead = *deal_.origin.lead;
    const int64_t minute = ConvertedMinute(lead);
    NewEvent event =
        Begin(minute, absl::StrCat("lead/", LeadId(lead.number)), On("converted", *lead.converted));
    auto& change = *event.mutable_event()->mutable_lead();
    change.set_lead_id(LeadId(lead.number));
    change.set_status(crm::v1::LEAD_STATUS_CONVERTED);
    change.set_touch_count(static_cast<int>(lead.touch_minutes.size()));
    change.set_opportunity_id(id_);
    Take(minute, event);
  }

  void TellOfPath() {
    std::map<std::pair<absl::CivilDay, int>, int> entries;
    ++entries[{deal_.path.front().day, 0}];
    for (size_t i = 1; i < deal_.path.size(); ++i) {
      const StageEntry& entry = deal_.path[i];
      const int nth = ++entries[{entry.day, entry.stage}];
      std::string version = On(kStageIds[entry.stage], entry.day);
      if (nth > 1) absl::StrAppend(&version, "+", nth);
      NewEvent event = Begin(MinuteOf(entry.day), key_, std::move(version));
      auto& change = *event.mutable_event()->mutable_opportunity();
      change.set_opportunity_id(id_);
      change.set_stage_id(kStageIds[entry.stage]);
      if (entry.stage != kLostStage) SetMoney(entry.amount, change.mutable_amount());
      if (entry.stage == kLostStage) change.set_close_reason(kLossReasons[entry.reason]);
      if (entry.reason == kCompetitorReason) change.set_competitor(CompetitorOf(deal_));
      Take(MinuteOf(entry.day), event);
    }
  }

  void TellOfChanges() {
    std::map<std::pair<absl::CivilDay, Field>, int> entries;
    for (const FieldChange& change : deal_.changes) {
      const int nth = ++entries[{change.day, change.field}];
      std::string version = On(FieldWord(change.field), change.day);
      if (nth > 1) absl::StrAppend(&version, "+", nth);
      NewEvent event = Begin(MinuteOf(change.day), key_, std::move(version));
      auto& message = *event.mutable_event()->mutable_opportunity();
      message.set_opportunity_id(id_);
      switch (change.field) {
        case Field::kAmount:
          SetMoney(change.value, message.mutable_amount());
          break;
        case Field::kExpectedClose:
          SetDate(kEpoch + change.value, message.mutable_expected_close_date());
          break;
        case Field::kOwner:
          message.set_owner_rep_id(RepId(static_cast<int>(change.value)));
          break;
        case Field::kCategory:
          message.set_forecast_category(CategoryMessage(change.value));
          break;
      }
      Take(MinuteOf(change.day), event);
    }
  }

  void TellOfSplits() {
    if (deal_.splits.empty()) return;
    const absl::CivilDay day = deal_.origin.created;
    NewEvent event = Begin(MinuteOf(day), key_, On("splits", day));
    auto& change = *event.mutable_event()->mutable_opportunity();
    change.set_opportunity_id(id_);
    for (const Split& split : deal_.splits) {
      auto& added = *change.mutable_splits()->add_splits();
      added.set_rep_id(RepId(split.rep));
      added.set_share_basis_points(split.share_percent * 100);
      added.set_is_overlay(split.is_overlay);
    }
    Take(MinuteOf(day), event);
  }

  void TellOfMistake() {
    if (deal_.merged.has_value()) {
      TellOfMerge(crm::v1::ENTITY_KIND_OPPORTUNITY, "opportunity", id_, DealId(deal_.merged_into),
                  *deal_.merged, take_);
    }
    if (!deal_.deleted.has_value()) return;
    const int64_t minute = MinuteOf(*deal_.deleted, 20 * 60);
    NewEvent event = Begin(minute, key_, On("deleted", *deal_.deleted));
    auto& change = *event.mutable_event()->mutable_deletion();
    change.set_entity(crm::v1::ENTITY_KIND_OPPORTUNITY);
    change.set_entity_id(id_);
    change.set_reason(kDeletionReason);
    Take(minute, event);
  }

  void Tell(const Commitment& commitment) {
    const std::string key = absl::StrCat("commitment/", commitment.id);
    NewEvent event = Begin(MinuteOf(commitment.made), key, On("made", commitment.made));
    auto& change = *event.mutable_event()->mutable_commitment();
    change.set_commitment_id(commitment.id);
    change.set_rep_id(RepId(commitment.rep));
    change.set_account_id(AccountName());
    change.set_opportunity_id(id_);
    change.set_topic(commitment.topic);
    SetDate(commitment.made, change.mutable_made_date());
    SetDate(commitment.due, change.mutable_due_date());
    Take(MinuteOf(commitment.made), event);
    NewEvent kept = Begin(MinuteOf(commitment.done), key, On("done", commitment.done));
    kept.mutable_event()->mutable_commitment()->set_commitment_id(commitment.id);
    SetDate(commitment.done, kept.mutable_event()->mutable_commitment()->mutable_done_date());
    Take(MinuteOf(commitment.done), kept);
  }

  void Tell(const OrderLine& line) {
    NewEvent event =
        Begin(MinuteOf(line.day), absl::StrCat("order_line/", line.order_id, "/", line.line),
              On("line", line.day));
    auto& change = *event.mutable_event()->mutable_order_line();
    change.set_order_id(line.order_id);
    change.set_line_id(absl::StrCat(line.line));
    SetDate(line.day, change.mutable_order_date());
    change.set_product_id(line.product_id);
    change.set_quantity(line.quantity);
    SetMinorUnits(line.unit_price, change.mutable_unit_price());
    SetMinorUnits(line.amount, change.mutable_amount());
    SetMinorUnits(line.cost, change.mutable_cost());
    change.set_rep_id(RepId(line.rep));
    change.set_account_id(AccountName());
    change.set_territory_id(TerritoryId());
    change.set_opportunity_id(id_);
    Take(MinuteOf(line.day), event);
  }

  void Tell(const Feedback& feedback) {
    NewEvent event = Begin(MinuteOf(feedback.day), absl::StrCat("feedback/", feedback.id),
                           On("given", feedback.day));
    auto& change = *event.mutable_event()->mutable_feedback();
    change.set_feedback_id(feedback.id);
    change.set_opportunity_id(id_);
    change.set_account_id(AccountName());
    change.set_stage_id(kStageIds[feedback.stage]);
    change.set_topic(feedback.topic);
    change.set_rating(feedback.rating);
    change.set_comment(feedback.comment);
    SetDate(feedback.day, change.mutable_given_date());
    Take(MinuteOf(feedback.day), event);
  }

  void Tell(const Insight& insight) {
    NewEvent event = Begin(MinuteOf(insight.day), absl::StrCat("insight/", insight.id),
                           On("learned", insight.day));
    auto& change = *event.mutable_event()->mutable_insight();
    change.set_insight_id(insight.id);
    change.set_account_id(AccountName());
    change.set_owner_rep_id(RepId(insight.rep));
    change.set_topic(insight.topic);
    change.set_finding(insight.finding);
    change.set_evidence(insight.evidence);
    SetDate(insight.day, change.mutable_learned_date());
    SetDate(insight.expiry, change.mutable_expiry_date());
    Take(MinuteOf(insight.day), event);
  }

  void Tell(const Incident& incident) {
    const std::string key = absl::StrCat("incident/", incident.id);
    NewEvent opened = Begin(incident.opened_minute, key, "opened");
    auto& change = *opened.mutable_event()->mutable_incident();
    change.set_incident_id(incident.id);
    change.set_account_id(AccountName());
    change.set_owner_rep_id(RepId(incident.rep));
    change.set_topic(incident.topic);
    SetMinute(incident.opened_minute, change.mutable_opened_time());
    Take(incident.opened_minute, opened);
    NewEvent answered = Begin(incident.acknowledged_minute, key, "acknowledged");
    auto& answer = *answered.mutable_event()->mutable_incident();
    answer.set_incident_id(incident.id);
    SetMinute(incident.acknowledged_minute, answer.mutable_acknowledged_time());
    Take(incident.acknowledged_minute, answered);
    NewEvent resolved = Begin(incident.resolved_minute, key, "resolved");
    auto& end = *resolved.mutable_event()->mutable_incident();
    end.set_incident_id(incident.id);
    SetMinute(incident.resolved_minute, end.mutable_resolved_time());
    end.set_is_recovered(incident.is_recovered);
    Take(incident.resolved_minute, resolved);
  }

  const Company& company_;
  const Ledger& ledger_;
  const Deal& deal_;
  EventTaker take_;
  std::string id_;
  std::string key_;
};

}  // namespace

void TellOfBeginning(const Company& company, EventTaker take) {
  const absl::CivilDay start = company.options.start;
  TellOfStages(start, take);
  TellOfTeams(company, take);
  TellOfTerritories(company, take);
  TellOfProducts(start, take);
  TellOfCompPlans(start, take);
  for (int account = 0; account < AccountCount(company.options); ++account) {
    TellOfAccount(company, account, take);
  }
}

void TellOfRep(const Company& company, int rep, EventTaker take) {
  const Rep& who = company.people.reps[rep];
  TellOfHiring(company, who, take);
  for (const RepChange& change : ChangesOf(company, rep)) {
    NewEvent event = Begin(MinuteOf(change.day), absl::StrCat("rep/", who.id),
                           On(change.status.has_value() ? "status" : "team_id", change.day));
    auto& message = *event.mutable_event()->mutable_rep();
    message.set_rep_id(who.id);
    if (change.team.has_value()) message.set_team_id(company.people.teams[*change.team].id);
    if (change.status.has_value()) message.set_status(StatusMessage(*change.status));
    if (change.end.has_value()) SetDate(*change.end, message.mutable_end_date());
    take(MinuteOf(change.day), event);
  }
  for (const Training& training : TrainingsOf(company, rep)) {
    TellOfTraining(company, training, take);
  }
}

void TellOfSeat(const Company& company, const Ledger& ledger, int seat, EventTaker take) {
  for (const TerritoryAssignment& assignment : AssignmentsOf(company, seat)) {
    TellOfAssignment(company, assignment, take);
    if (assignment.start > company.options.start) {
      TellOfOwners(company, ledger, assignment, take);
    }
  }
  for (int turn = 0; turn < kAccountsPerSeat; ++turn) {
    const int account = AccountOfSeat(company.options, seat, turn);
    const absl::CivilDay first_win = kEpoch + ledger.first_win[account];
    if (first_win <= company.options.last_day) {
      TellOfCustomerSince(AccountId(account), first_win, take);
    }
    if (const auto merge = MergeOf(company.options, account); merge.has_value()) {
      TellOfMerge(crm::v1::ENTITY_KIND_ACCOUNT, "account", AccountId(account),
                  AccountId(merge->into), merge->day, take);
    }
  }
}

void TellOfTraining(const Company& company, const Training& training, EventTaker take) {
  NewEvent event = Begin(MinuteOf(training.day), absl::StrCat("training/", training.id),
                         On("trained", training.day));
  auto& change = *event.mutable_event()->mutable_training();
  change.set_training_id(training.id);
  change.set_rep_id(company.people.reps[training.rep].id);
  change.set_kind(training.kind == TrainingKind::kClient    ? crm::v1::TRAINING_KIND_CLIENT
                  : training.kind == TrainingKind::kProduct ? crm::v1::TRAINING_KIND_PRODUCT
                                                            : crm::v1::TRAINING_KIND_SKILL);
  change.set_topic(training.topic);
  change.set_duration_minutes(training.duration_minutes);
  SetDate(training.day, change.mutable_trained_date());
  take(MinuteOf(training.day), event);
}

void TellOfForecast(const Company& company, const RepForecast& forecast, EventTaker take) {
  const std::string& rep_id = company.people.reps[forecast.rep].id;
  const std::string period = QuarterName(forecast.quarter);
  NewEvent event = Begin(MinuteOf(forecast.day), absl::StrCat("rep_forecast/", rep_id, "/", period),
                         On("forecast", forecast.day));
  auto& change = *event.mutable_event()->mutable_rep_forecast();
  change.set_rep_id(rep_id);
  change.set_period(period);
  SetMoney(forecast.low, change.mutable_low());
  SetMoney(forecast.expected, change.mutable_expected());
  SetMoney(forecast.high, change.mutable_high());
  SetMoney(forecast.commit, change.mutable_commit());
  SetMoney(forecast.best_case, change.mutable_best_case());
  take(MinuteOf(forecast.day), event);
}

void TellOfQuota(const Company& company, const Quota& quota, EventTaker take) {
  const absl::CivilDay day = QuotaDay(company, quota);
  const std::string period = QuarterName(quota.quarter);
  const std::string subject = quota.rep >= 0
                                  ? company.people.reps[quota.rep].id
                                  : absl::StrCat("team/", company.people.teams[quota.team].id);
  NewEvent event =
      Begin(MinuteOf(day), absl::StrCat("quota/", subject, "/", period), On("quota", day));
  auto& change = *event.mutable_event()->mutable_quota();
  if (quota.rep >= 0) change.set_rep_id(company.people.reps[quota.rep].id);
  if (quota.team >= 0) change.set_team_id(company.people.teams[quota.team].id);
  change.set_period(period);
  SetMoney(quota.amount, change.mutable_amount());
  change.set_kind(quota.kind == QuotaKind::kStreet ? crm::v1::QUOTA_KIND_STREET
                  : quota.kind == QuotaKind::kPlan ? crm::v1::QUOTA_KIND_PLAN
                                                   : crm::v1::QUOTA_KIND_ROLL_UP);
  take(MinuteOf(day), event);
}

void TellOfDeal(const Company& company, const Ledger& ledger, const Deal& deal, EventTaker take) {
  DealTeller(company, ledger, deal, take).Tell();
}

void TellOfLead(const Company& company, const Lead& lead, EventTaker take) {
  const std::string id = LeadId(lead.number);
  const std::string key = absl::StrCat("lead/", id);
  NewEvent event = Begin(lead.created_minute, key, "new");
  auto& change = *event.mutable_event()->mutable_lead();
  change.set_lead_id(id);
  SetMinute(lead.created_minute, change.mutable_created_time());
  change.set_lead_source(kLeadSources[lead.source].id);
  change.set_status(crm::v1::LEAD_STATUS_NEW);
  change.set_owner_rep_id(company.people.reps[lead.rep].id);
  change.set_account_id(AccountId(lead.account));
  change.set_segment_id(company.segments[lead.segment].id);
  change.set_is_inbound(kLeadSources[lead.source].is_inbound);
  take(lead.created_minute, event);
  if (lead.first_touch_minute.has_value()) {
    NewEvent touched = Begin(*lead.first_touch_minute, key, "working");
    auto& working = *touched.mutable_event()->mutable_lead();
    working.set_lead_id(id);
    working.set_status(crm::v1::LEAD_STATUS_WORKING);
    SetMinute(*lead.first_touch_minute, working.mutable_first_touch_time());
    take(*lead.first_touch_minute, touched);
  }
  if (lead.disqualified.has_value()) {
    const int64_t minute = DisqualifiedMinute(lead);
    NewEvent given_up = Begin(minute, key, On("disqualified", *lead.disqualified));
    auto& end = *given_up.mutable_event()->mutable_lead();
    end.set_lead_id(id);
    end.set_status(crm::v1::LEAD_STATUS_DISQUALIFIED);
    end.set_touch_count(static_cast<int>(lead.touch_minutes.size()));
    end.set_disqualification_reason(kDisqualifications[lead.disqualification]);
    take(minute, given_up);
  }
  for (const Activity& activity : ActivitiesOf(company, lead)) {
    TellOfActivity(company, activity, take);
  }
}

void TellOfActivity(const Company& company, const Activity& activity, EventTaker take) {
  NewEvent event = Begin(activity.start_minute, absl::StrCat("activity/", activity.id), "done");
  auto& change = *event.mutable_event()->mutable_activity();
  change.set_activity_id(activity.id);
  change.set_kind(KindMessage(activity.kind));
  change.set_rep_id(company.people.reps[activity.rep].id);
  if (activity.deal > 0) change.set_opportunity_id(DealId(activity.deal));
  if (activity.lead > 0) change.set_lead_id(LeadId(activity.lead));
  if (activity.account >= 0) change.set_account_id(AccountId(activity.account));
  SetMinute(activity.start_minute, change.mutable_start_time());
  change.set_duration_minutes(activity.duration_minutes);
  change.set_is_automated(activity.is_automated);
  change.set_is_inbound(activity.is_inbound);
  change.set_is_done(true);
  take(activity.start_minute, event);
}

}  // namespace quotacast::gen
