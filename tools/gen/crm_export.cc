#include "tools/gen/crm_export.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/civil_date.h"
#include "base/status_macros.h"
#include "tools/gen/activities.h"
#include "tools/gen/after_sales.h"
#include "tools/gen/csv_files.h"
#include "tools/gen/customers.h"
#include "tools/gen/days.h"
#include "tools/gen/deals.h"
#include "tools/gen/leads.h"
#include "tools/gen/rep_records.h"
#include "tools/gen/truth.h"
#include "tools/gen/words.h"

namespace quotacast::gen {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);
constexpr char kCurrency[] = "USD";

std::string Date(absl::CivilDay day) { return FormatIsoDate(day); }
std::string Major(int64_t amount) { return absl::StrCat(amount, ".00"); }
std::string Minor(int64_t amount) {
  const int64_t magnitude = amount < 0 ? -amount : amount;
  return absl::StrFormat("%s%d.%02d", amount < 0 ? "-" : "", magnitude / 100, magnitude % 100);
}
std::string_view Boolean(bool value) { return value ? "true" : "false"; }

std::string_view ActivityWord(ActivityKind kind) {
  static constexpr std::array<std::string_view, 5> kWords = {"call", "email", "meeting", "demo",
                                                             "internal"};
  return kWords[static_cast<int>(kind)];
}

std::string_view StatusWord(RepStatus status) {
  static constexpr std::array<std::string_view, 3> kWords = {"active", "on_leave", "left"};
  return kWords[static_cast<int>(status)];
}

std::string_view TrainingWord(TrainingKind kind) {
  static constexpr std::array<std::string_view, 3> kWords = {"client", "product", "skill"};
  return kWords[static_cast<int>(kind)];
}

std::string_view QuotaWord(QuotaKind kind) {
  static constexpr std::array<std::string_view, 3> kWords = {"street", "plan", "roll_up"};
  return kWords[static_cast<int>(kind)];
}

// Writes all files. What had not happened on the last day is left out.
class Export {
 public:
  Export(const Company& company, const Ledger& ledger, bool is_full, CsvFiles& files)
      : company_(company),
        ledger_(ledger),
        people_(company.people),
        last_day_(company.options.last_day),
        is_full_(is_full),
        files_(files) {}

  void Write() {
    CreateFiles();
    if (is_full_) CreateFurtherFiles();
    WriteTeams();
    WriteReps();
    WriteProducts();
    WriteAccounts();
    WriteQuotas();
    if (is_full_) {
      WriteTerritories();
      WriteCompPlans();
      WriteForecasts();
      WriteTrainings();
    }
    ForEachWeek(company_, [this](const Week& week) {
      if (week.start > last_day_) return false;
      for (const Deal& deal : week.deals) {
        if (deal.origin.created <= last_day_) WriteDeal(deal);
      }
      if (is_full_) WriteFurther(week);
      return true;
    });
  }

 private:
  void CreateFiles() {
    files_.Create("teams.csv", "team_id,team_name,parent_team_id");
    files_.Create("products.csv", is_full_ ? "product_id,product_name,series,list_price,unit_cost,"
                                             "currency"
                                           : "product_id,product_name,series,list_price");
    files_.Create("reps.csv", is_full_
                                  ? "rep_id,changed_date,rep_name,team_id,start_date,end_date,role,"
                                    "territory_id,fte_percent,status,comp_plan_id"
                                  : "rep_id,rep_name,team_id,start_date,end_date");
    files_.Create("accounts.csv",
                  is_full_ ? "account_id,changed_date,account_name,industry,location,owner_rep_id,"
                             "territory_id,yearly_potential,currency,customer_since_date,"
                             "buyer_behaviour"
                           : "account_id,account_name,industry,location");
    files_.Create("quotas.csv", is_full_ ? "rep_id,team_id,period,kind,amount,currency"
                                         : "rep,period,amount,currency");
    files_.Create("opportunities.csv",
                  is_full_ ? "opportunity_id,rep_id,account_id,product_id,segment_id,created_date,"
                             "amount,currency,expected_close_date,motion,lead_source,lead_id,"
                             "territory_id,customer_problem,discovery_rating"
                           : "opportunity_id,rep_id,account_id,product_id,segment,created_date,"
                             "amount,expected_close_date");
    files_.Create("stage_history.csv",
                  is_full_ ? "opportunity_id,changed_date,stage_id,amount,close_reason,competitor"
                           : "opportunity_id,changed_date,stage,amount");
  }

  void CreateFurtherFiles() {
    files_.Create("territories.csv",
                  "territory_id,changed_date,territory_name,parent_territory_id");
    files_.Create("territory_assignments.csv", "rep_id,territory_id,start_date,end_date");
    files_.Create("comp_plans.csv",
                  "comp_plan_id,changed_date,comp_plan_name,base_pay,on_target_earnings,"
                  "commission_cap,draw,currency,tiers");
    files_.Create("leads.csv",
                  "lead_id,created_time,lead_source,status,owner_rep_id,first_touch_time,"
                  "touch_count,account_id,opportunity_id,segment_id,disqualification_reason,"
                  "is_inbound,disqualified_time,converted_time");
    files_.Create("opportunity_changes.csv", "opportunity_id,changed_date,field,new_value");
    files_.Create("opportunity_splits.csv",
                  "opportunity_id,changed_date,rep_id,share_percent,is_overlay");
    files_.Create("activities.csv",
                  "activity_id,kind,rep_id,opportunity_id,lead_id,account_id,start_time,"
                  "duration_minutes,is_automated,is_inbound,is_done");
    files_.Create("commitments.csv",
                  "commitment_id,rep_id,account_id,opportunity_id,topic,made_date,due_date,"
                  "done_date");
    files_.Create("feedback.csv",
                  "feedback_id,opportunity_id,account_id,stage_id,topic,rating,comment,given_date");
    files_.Create("insights.csv",
                  "insight_id,account_id,owner_rep_id,topic,finding,evidence,learned_date,"
                  "expiry_date");
    files_.Create("incidents.csv",
                  "incident_id,account_id,owner_rep_id,topic,opened_time,acknowledged_time,"
                  "resolved_time,is_recovered");
    files_.Create("trainings.csv", "training_id,rep_id,kind,topic,duration_minutes,trained_date");
    files_.Create("order_lines.csv",
                  "order_id,line_id,order_date,product_id,quantity,unit_price,amount,cost,"
                  "currency,rep_id,account_id,territory_id,opportunity_id");
    files_.Create("rep_forecasts.csv",
                  "rep_id,period,made_date,low,expected,high,commit,best_case,currency");
    files_.Create("deletions.csv", "entity,entity_id,deleted_date,reason");
    files_.Create("merges.csv", "entity,from_id,into_id,merged_date");
  }

  const std::string& RepId(int rep) const { return people_.reps[rep].id; }
  const std::string& TeamId(int team) const { return people_.teams[team].id; }
  const std::string& TerritoryId(int seat) const { return people_.seats[seat].territory_id; }

  std::string DateIfKnown(std::optional<absl::CivilDay> day) const {
    return day.has_value() && *day <= last_day_ ? Date(*day) : "";
  }
  bool IsKnown(int64_t minute) const { return DayOfMinute(minute) <= last_day_; }
  std::string MinuteIfKnown(int64_t minute) const {
    return IsKnown(minute) ? FormatMinute(minute) : "";
  }

  void WriteTeams() {
    for (const Team& team : people_.teams) {
      files_.Write("teams.csv", {team.id, team.name, team.parent_id});
    }
  }

  void WriteReps() {
    for (size_t i = 0; i < people_.reps.size(); ++i) {
      const Rep& rep = people_.reps[i];
      if (rep.start > last_day_) continue;
      if (is_full_) {
        WriteRepChanges(static_cast<int>(i));
      } else {
        files_.Write("reps.csv", {rep.id, rep.name, TeamId(TeamOf(people_, rep.seat, last_day_)),
                                  Date(rep.start), DateIfKnown(rep.end)});
      }
    }
  }

  void WriteRepChanges(int index) {
    const Rep& rep = people_.reps[index];
    const absl::CivilDay hired = std::max(rep.start, company_.options.start);
    files_.Write("reps.csv",
                 {rep.id, Date(hired), rep.name, TeamId(TeamOf(people_, rep.seat, hired)),
                  Date(rep.start), "", "Account Executive", TerritoryId(rep.seat), "100", "active",
                  kCompPlans[CompPlanOf(rep, hired)].id});
    for (const RepChange& change : ChangesOf(company_, index)) {
      if (change.day > last_day_) break;
      files_.Write("reps.csv",
                   {rep.id, Date(change.day), "",
                    change.team.has_value() ? std::string_view(TeamId(*change.team)) : "", "",
                    DateIfKnown(change.end), "", "", "",
                    change.status.has_value() ? StatusWord(*change.status) : "", ""});
    }
  }

  void WriteProducts() {
    for (const Product& product : kProducts) {
      if (is_full_) {
        files_.Write("products.csv", {product.id, product.name, "Quill", Major(product.list_price),
                                      Major(product.unit_cost), kCurrency});
      } else {
        files_.Write("products.csv",
                     {product.id, product.name, "Quill", Major(product.list_price)});
      }
    }
  }

  void WriteAccounts() {
    for (int i = 0; i < AccountCount(company_.options); ++i) {
      const Account account = MakeAccount(company_.options, i);
      if (!is_full_) {
        files_.Write("accounts.csv",
                     {account.id, account.name, account.industry, account.location});
        continue;
      }
      const auto owner = RepInSeat(people_, account.seat, company_.options.start);
      files_.Write("accounts.csv",
                   {account.id, Date(company_.options.start), account.name, account.industry,
                    account.location, owner.has_value() ? std::string_view(RepId(*owner)) : "",
                    TerritoryId(account.seat), Major(account.yearly_potential), kCurrency, "",
                    account.buyer_behaviour});
      WriteAccountChanges(i, account);
    }
  }

  void WriteAccountChanges(int index, const Account& account) {
    const absl::CivilDay first_win = kEpoch + ledger_.first_win[index];
    const auto write = [&](absl::CivilDay day, std::string_view owner, std::string_view since) {
      files_.Write("accounts.csv",
                   {account.id, Date(day), "", "", "", owner, "", "", "", since, ""});
    };
    if (first_win <= last_day_) write(first_win, "", Date(first_win));
    for (const TerritoryAssignment& assignment : AssignmentsOf(company_, account.seat)) {
      if (assignment.start <= first_win || assignment.start > last_day_) continue;
      write(assignment.start, RepId(assignment.rep), "");
    }
    if (const auto merge = MergeOf(company_.options, index); merge.has_value()) {
      files_.Write("merges.csv", {"account", account.id, AccountId(merge->into), Date(merge->day)});
    }
  }

  void WriteQuotas() {
    for (const Quota& quota : company_.quotas) {
      const std::string period = QuarterName(quota.quarter);
      if (is_full_) {
        files_.Write("quotas.csv", {quota.rep >= 0 ? std::string_view(RepId(quota.rep)) : "",
                                    quota.team >= 0 ? std::string_view(TeamId(quota.team)) : "",
                                    period, QuotaWord(quota.kind), Major(quota.amount), kCurrency});
      } else if (quota.kind == QuotaKind::kStreet) {
        files_.Write("quotas.csv", {RepId(quota.rep), period, Major(quota.amount), kCurrency});
      }
    }
  }

  void WriteTerritories() {
    const std::string start = Date(company_.options.start);
    for (const Team& team : people_.teams) {
      files_.Write("territories.csv", {team.id, start, team.name, team.parent_id});
    }
    for (size_t i = 0; i < people_.seats.size(); ++i) {
      const Seat& seat = people_.seats[i];
      files_.Write("territories.csv",
                   {seat.territory_id, start, seat.territory_name, TeamId(seat.team)});
      if (seat.later_team != seat.team && people_.reorganised <= last_day_) {
        files_.Write("territories.csv",
                     {seat.territory_id, Date(people_.reorganised), "", TeamId(seat.later_team)});
      }
      for (const TerritoryAssignment& assignment : AssignmentsOf(company_, static_cast<int>(i))) {
        if (assignment.start > last_day_) break;
        files_.Write("territory_assignments.csv",
                     {RepId(assignment.rep), seat.territory_id, Date(assignment.start),
                      DateIfKnown(assignment.end)});
      }
    }
  }

  void WriteCompPlans() {
    for (const CompPlan& plan : kCompPlans) {
      std::string tiers;
      for (const CompPlanTier& tier : plan.tiers) {
        absl::StrAppend(&tiers, tiers.empty() ? "" : ";", tier.from_attainment_percent, ":",
                        tier.rate_percent);
      }
      files_.Write("comp_plans.csv", {plan.id, Date(company_.options.start), plan.name,
                                      Major(plan.base_pay), Major(plan.on_target_earnings),
                                      plan.commission_cap > 0 ? Major(plan.commission_cap) : "",
                                      plan.draw > 0 ? Major(plan.draw) : "", kCurrency, tiers});
    }
  }

  void WriteForecasts() {
    for (int quarter = ledger_.first_quarter; quarter <= QuarterOf(last_day_); ++quarter) {
      for (size_t i = 0; i < people_.reps.size(); ++i) {
        for (const RepForecast& f : ForecastsOf(company_, ledger_, static_cast<int>(i), quarter)) {
          if (f.day < company_.options.start || f.day > last_day_) continue;
          files_.Write("rep_forecasts.csv", {RepId(f.rep), QuarterName(quarter), Date(f.day),
                                             Major(f.low), Major(f.expected), Major(f.high),
                                             Major(f.commit), Major(f.best_case), kCurrency});
        }
      }
    }
  }

  void WriteTrainings() {
    for (size_t i = 0; i < people_.reps.size(); ++i) {
      for (const Training& training : TrainingsOf(company_, static_cast<int>(i))) {
        if (training.day > last_day_) continue;
        files_.Write("trainings.csv",
                     {training.id, RepId(training.rep), TrainingWord(training.kind), training.topic,
                      absl::StrCat(training.duration_minutes), Date(training.day)});
      }
    }
  }

  void WriteDeal(const Deal& deal) {
    const std::string id = DealId(deal.number);
    const Origin& origin = deal.origin;
    const SegmentTruth& segment = company_.segments[origin.segment];
    if (is_full_) {
      files_.Write(
          "opportunities.csv",
          {id, RepId(origin.rep), AccountId(origin.account), segment.product_id, segment.id,
           Date(origin.created), Major(deal.amount), kCurrency, Date(deal.expected_close),
           MotionWord(MotionOf(deal, ledger_)), SourceOf(deal),
           origin.lead != nullptr ? LeadId(origin.lead->number) : "", TerritoryId(origin.seat),
           ProblemOf(deal), absl::StrCat(deal.discovery_rating)});
    } else {
      files_.Write("opportunities.csv", {id, RepId(origin.rep), AccountId(origin.account),
                                         segment.product_id, segment.id, Date(origin.created),
                                         Major(deal.amount), Date(deal.expected_close)});
    }
    for (const StageEntry& entry : deal.path) {
      if (entry.day > last_day_) break;
      WriteStageEntry(deal, id, entry);
    }
  }

  void WriteStageEntry(const Deal& deal, const std::string& id, const StageEntry& entry) {
    const bool is_lost = entry.stage == kLostStage;
    const std::string amount = is_lost ? "" : Major(entry.amount);
    if (!is_full_) {
      files_.Write("stage_history.csv", {id, Date(entry.day), kStageIds[entry.stage], amount});
      return;
    }
    files_.Write("stage_history.csv",
                 {id, Date(entry.day), kStageIds[entry.stage], amount,
                  is_lost ? kLossReasons[entry.reason] : "",
                  entry.reason == kCompetitorReason ? CompetitorOf(deal) : ""});
  }

  void WriteFurther(const Week& week) {
    for (const Lead& lead : week.leads) {
      if (IsKnown(lead.created_minute)) WriteUnconverted(lead);
    }
    for (const Deal& deal : week.deals) {
      if (deal.origin.created > last_day_) continue;
      if (deal.origin.lead != nullptr) WriteLead(*deal.origin.lead, "converted", deal.number);
      WriteDealChanges(deal);
      WriteActivities(ActivitiesOf(company_, deal));
      WriteCustomerRecords(deal);
    }
    for (size_t rep = 0; rep < people_.reps.size(); ++rep) {
      WriteActivities(InternalMeetings(company_, static_cast<int>(rep), week.start));
    }
  }

  // A lead that becomes a deal by the last day is written with the deal, whose id it names.
  void WriteUnconverted(const Lead& lead) {
    WriteActivities(ActivitiesOf(company_, lead));
    if (lead.converted.has_value() && *lead.converted <= last_day_) return;
    const bool is_touched =
        lead.first_touch_minute.has_value() && IsKnown(*lead.first_touch_minute);
    const bool is_given_up = lead.disqualified.has_value() && *lead.disqualified <= last_day_;
    WriteLead(lead, is_given_up ? "disqualified" : is_touched ? "working" : "new", 0);
  }

  void WriteLead(const Lead& lead, std::string_view status, int64_t deal) {
    const auto touch_count = std::count_if(lead.touch_minutes.begin(), lead.touch_minutes.end(),
                                           [this](int64_t minute) { return IsKnown(minute); });
    files_.Write(
        "leads.csv",
        {LeadId(lead.number), FormatMinute(lead.created_minute), kLeadSources[lead.source].id,
         status, RepId(lead.rep),
         lead.first_touch_minute.has_value() ? MinuteIfKnown(*lead.first_touch_minute) : "",
         absl::StrCat(touch_count), AccountId(lead.account), deal > 0 ? DealId(deal) : "",
         company_.segments[lead.segment].id,
         status == "disqualified" ? kDisqualifications[lead.disqualification] : "",
         Boolean(kLeadSources[lead.source].is_inbound),
         status == "disqualified" ? FormatMinute(DisqualifiedMinute(lead)) : "",
         status == "converted" ? FormatMinute(ConvertedMinute(lead)) : ""});
  }

  std::string NewValue(const FieldChange& change) const {
    switch (change.field) {
      case Field::kAmount:
        return Major(change.value);
      case Field::kExpectedClose:
        return Date(kEpoch + change.value);
      case Field::kOwner:
        return RepId(static_cast<int>(change.value));
      case Field::kCategory:
        return CategoryWord(static_cast<Category>(change.value));
    }
    return "";
  }

  void WriteDealChanges(const Deal& deal) {
    const std::string id = DealId(deal.number);
    for (const FieldChange& change : deal.changes) {
      if (change.day > last_day_) break;
      files_.Write("opportunity_changes.csv",
                   {id, Date(change.day), FieldWord(change.field), NewValue(change)});
    }
    for (const Split& split : deal.splits) {
      files_.Write("opportunity_splits.csv",
                   {id, Date(deal.origin.created), RepId(split.rep),
                    absl::StrCat(split.share_percent), Boolean(split.is_overlay)});
    }
    if (deal.deleted.has_value() && *deal.deleted <= last_day_) {
      files_.Write("deletions.csv", {"opportunity", id, Date(*deal.deleted), kDeletionReason});
    }
    if (deal.merged.has_value() && *deal.merged <= last_day_) {
      files_.Write("merges.csv", {"opportunity", id, DealId(deal.merged_into), Date(*deal.merged)});
    }
  }

  void WriteActivities(const std::vector<Activity>& activities) {
    for (const Activity& activity : activities) {
      if (!IsKnown(activity.start_minute)) continue;
      files_.Write("activities.csv",
                   {activity.id, ActivityWord(activity.kind), RepId(activity.rep),
                    activity.deal > 0 ? DealId(activity.deal) : "",
                    activity.lead > 0 ? LeadId(activity.lead) : "",
                    activity.account >= 0 ? AccountId(activity.account) : "",
                    FormatMinute(activity.start_minute), absl::StrCat(activity.duration_minutes),
                    Boolean(activity.is_automated), Boolean(activity.is_inbound), "true"});
    }
  }

  void WriteCustomerRecords(const Deal& deal) {
    const std::string id = DealId(deal.number);
    const std::string account = AccountId(deal.origin.account);
    for (const Commitment& made : CommitmentsOf(company_, deal)) {
      if (made.made > last_day_) continue;
      files_.Write("commitments.csv", {made.id, RepId(made.rep), account, id, made.topic,
                                       Date(made.made), Date(made.due), DateIfKnown(made.done)});
    }
    for (const Feedback& given : FeedbackOf(company_, deal)) {
      if (given.day > last_day_) continue;
      files_.Write("feedback.csv", {given.id, id, account, kStageIds[given.stage], given.topic,
                                    absl::StrCat(given.rating), given.comment, Date(given.day)});
    }
    for (const OrderLine& line : OrderLinesOf(company_, deal)) {
      if (line.day > last_day_) continue;
      files_.Write("order_lines.csv",
                   {line.order_id, absl::StrCat(line.line), Date(line.day), line.product_id,
                    absl::StrCat(line.quantity), Minor(line.unit_price), Minor(line.amount),
                    Minor(line.cost), kCurrency, RepId(line.rep), account,
                    TerritoryId(deal.origin.seat), id});
    }
    const auto insight = InsightOf(company_, deal);
    if (insight.has_value() && insight->day <= last_day_) {
      files_.Write("insights.csv",
                   {insight->id, account, RepId(insight->rep), insight->topic, insight->finding,
                    insight->evidence, Date(insight->day), Date(insight->expiry)});
    }
    const auto incident = IncidentOf(company_, deal);
    if (incident.has_value() && IsKnown(incident->opened_minute)) {
      const bool is_over = IsKnown(incident->resolved_minute);
      files_.Write("incidents.csv", {incident->id, account, RepId(incident->rep), incident->topic,
                                     FormatMinute(incident->opened_minute),
                                     MinuteIfKnown(incident->acknowledged_minute),
                                     MinuteIfKnown(incident->resolved_minute),
                                     is_over ? Boolean(incident->is_recovered) : ""});
    }
  }

  const Company& company_;
  const Ledger& ledger_;
  const People& people_;
  absl::CivilDay last_day_;
  bool is_full_;
  CsvFiles& files_;
};

}  // namespace

absl::Status WriteCrmExport(const Company& company, const Ledger& ledger,
                            const ExportOptions& options, const std::string& folder) {
  CsvFiles files(folder);
  Export(company, ledger, options.is_full, files).Write();
  QC_RETURN_IF_ERROR(files.Close());
  return WriteTruth(company, ledger, folder);
}

}  // namespace quotacast::gen
