#include "services/ingestion/event_rules.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/money.h"
#include "base/string_views.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/event_kinds.h"

namespace quotacast::ingestion {

using crm::v1::CrmEvent;
using crm::v1::EntityKind;

namespace {

constexpr int32_t kNanosPerSecond = 1'000'000'000;
// 1900-01-01 and 2200-01-01, in seconds since 1970.
constexpr int64_t kFirstSecond = -2'208'988'800;
constexpr int64_t kEndSecond = 7'258'118'400;

bool IsDay(const google::type::Date& date) {
  constexpr int32_t kDaysOfMonth[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int32_t year = date.year();
  const int32_t month = date.month();
  if (year < kMinYear || year > kMaxYear || month < 1 || month > 12 || date.day() < 1) return false;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return date.day() <= kDaysOfMonth[month - 1] + (month == 2 && leap ? 1 : 0);
}

// At most kMaxProblemValueBytes, and no character of UTF-8 cut in two.
std::string Cut(std::string_view text) {
  size_t size = std::min(text.size(), kMaxProblemValueBytes);
  while (size < text.size() && size > 0 && (static_cast<uint8_t>(text[size]) & 0xc0) == 0x80) {
    --size;
  }
  return std::string(text.substr(0, size));
}

// True when `key` is "<kind>/<id>", or begins with that and a slash when `open`.
bool KeyIs(std::string_view key, std::string_view kind, std::string_view id, bool open) {
  if (key.size() < kind.size() + 1 + id.size() || key.substr(0, kind.size()) != kind ||
      key[kind.size()] != '/') {
    return false;
  }
  const std::string_view rest = key.substr(kind.size() + 1);
  if (rest.substr(0, id.size()) != id) return false;
  return rest.size() == id.size() || (open && rest[id.size()] == '/');
}

}  // namespace

// One event under the rules. Each check returns whether all is well, and notes the fault if not;
// paths are only put together then.
class EventCheck {
 public:
  EventCheck(EventRules& rules, const v1::NewEvent& event) : rules_(rules), event_(event) {}

  bool Run() {
    return IdPart("id.source", event_.id().source()) &&
           IdPart("id.source_key", event_.id().source_key()) &&
           IdPart("id.version", event_.id().version()) &&
           (!event_.has_effective_time() || Instant(event_.effective_time(), "effective_time")) &&
           Change(event_.event());
  }
  std::optional<EventFault> TakeFault() { return std::move(fault_); }

 private:
  bool Fail(std::string_view field, std::string_view value, std::string_view reason,
            std::string message) {
    fault_ =
        EventFault{group_.empty() ? std::string(field)
                                  : absl::StrCat("event.", AbslView(group_), ".", AbslView(field)),
                   Cut(value), std::string(reason), std::move(message)};
    return false;
  }

  bool IdPart(const char* field, const std::string& value) {
    if (value.empty()) return Fail(field, value, "MISSING_FIELD", "is empty");
    if (value.size() > eventlog::kMaxIdBytes) {
      return Fail(field, value, "VALUE_TOO_LONG",
                  absl::StrCat("has ", value.size(), " bytes; at most ", eventlog::kMaxIdBytes,
                               " are kept"));
    }
    return NoNul(field, value);
  }
  bool NoNul(const char* field, const std::string& value) {
    if (std::memchr(value.data(), 0, value.size()) == nullptr) return true;
    return Fail(field, absl::CHexEscape(value), "NUL_BYTE", "holds a NUL byte; ids are text");
  }
  // The id of what the event is about.
  bool Id(const char* field, const std::string& value) {
    if (value.empty()) return Fail(field, value, "MISSING_FIELD", "is empty");
    return Ref(field, value);
  }
  // The id of something else; may be empty.
  bool Ref(const char* field, const std::string& value) {
    if (value.size() > kMaxEntityIdBytes) {
      return Fail(field, value, "VALUE_TOO_LONG",
                  absl::StrCat("has ", value.size(), " bytes; ids and periods have at most ",
                               kMaxEntityIdBytes));
    }
    return NoNul(field, value);
  }
  bool Text(const char* field, const std::string& value) {
    if (value.size() <= kMaxTextBytes) return true;
    return Fail(field, value, "VALUE_TOO_LONG",
                absl::StrCat("has ", value.size(), " bytes; texts have at most ", kMaxTextBytes));
  }
  bool Day(const char* field, bool present, const google::type::Date& date) {
    if (!present || IsDay(date)) return true;
    return Fail(field, absl::StrCat(date.year(), "-", date.month(), "-", date.day()),
                "INVALID_DATE",
                absl::StrCat("is no day of the years ", kMinYear, " to ", kMaxYear));
  }
  bool Instant(const google::protobuf::Timestamp& time, const char* field) {
    if (time.seconds() >= kFirstSecond && time.seconds() < kEndSecond && time.nanos() >= 0 &&
        time.nanos() < kNanosPerSecond) {
      return true;
    }
    return Fail(field, absl::StrCat(time.seconds(), " s, ", time.nanos(), " ns"), "INVALID_TIME",
                absl::StrCat("is no instant of the years ", kMinYear, " to ", kMaxYear));
  }
  bool Time(const char* field, bool present, const google::protobuf::Timestamp& time) {
    return !present || Instant(time, field);
  }
  bool Amount(const char* field, bool present, const google::type::Money& money) {
    if (!present) return true;
    const int digits = rules_.MinorUnitDigitsOf(money.currency_code());
    if (digits < 0) {
      return Fail(absl::StrCat(field, ".currency_code"), money.currency_code(), "UNKNOWN_CURRENCY",
                  "is not an ISO 4217 code; expected three upper-case letters such as USD");
    }
    constexpr int32_t kNanosPerMinorUnit[] = {1'000'000'000, 100'000'000, 10'000'000, 1'000'000,
                                              100'000};
    constexpr int64_t kScale[] = {1, 10, 100, 1000, 10'000};
    const int32_t nanos = money.nanos();
    const int64_t units = money.units();
    int64_t minor_units = 0;
    if (nanos > -kNanosPerSecond && nanos < kNanosPerSecond &&
        nanos % kNanosPerMinorUnit[digits] == 0 && !(units > 0 && nanos < 0) &&
        !(units < 0 && nanos > 0) && !__builtin_mul_overflow(units, kScale[digits], &minor_units) &&
        !__builtin_add_overflow(minor_units, int64_t{nanos / kNanosPerMinorUnit[digits]},
                                &minor_units)) {
      return true;
    }
    return Fail(field, absl::StrCat(units, " units, ", nanos, " nanos"), "INVALID_AMOUNT",
                absl::StrCat("is no amount of ", money.currency_code(),
                             " in whole minor units; units and nanos have one sign"));
  }
  template <typename Number>
  bool Range(const char* field, bool present, Number value, Number low, Number high) {
    // Written so that what is no number fails.
    if (!present || (value >= low && value <= high)) return true;
    return Fail(field, absl::StrCat(value), "VALUE_OUT_OF_RANGE",
                absl::StrCat("is outside ", low, " to ", high));
  }
  // `last` is the enum's greatest value; all from 1 to it exist.
  bool Enum(const char* field, bool present, int value, int last) {
    if (!present || (value >= 1 && value <= last)) return true;
    return Fail(field, absl::StrCat(value), "UNKNOWN_VALUE",
                value == 0 ? "is not set" : "is no value of the enum");
  }
  bool Key(EntityKind kind, const std::string& id, bool open = false) {
    const std::string_view name = EntityKindName(kind);
    const std::string& key = event_.id().source_key();
    if (KeyIs(key, name, id, open)) return true;
    group_ = "";
    return Fail("id.source_key", key, "KEY_MISMATCH",
                absl::StrCat("is not \"", AbslView(name), "/", id, open ? "/...\"" : "\"",
                             ", the record that the event is about"));
  }
  bool Count(const char* field, int count, int limit) {
    if (count <= limit) return true;
    return Fail(field, absl::StrCat(count), "VALUE_OUT_OF_RANGE",
                absl::StrCat("has ", count, " elements; at most ", limit, " are kept"));
  }

  bool Change(const CrmEvent& event);
  bool Of(const crm::v1::OpportunityChange& change) {
    return Id("opportunity_id", change.opportunity_id()) &&
           Ref("owner_rep_id", change.owner_rep_id()) && Ref("account_id", change.account_id()) &&
           Ref("product_id", change.product_id()) && Ref("segment_id", change.segment_id()) &&
           Ref("stage_id", change.stage_id()) &&
           Amount("amount", change.has_amount(), change.amount()) &&
           Day("created_date", change.has_created_date(), change.created_date()) &&
           Day("expected_close_date", change.has_expected_close_date(),
               change.expected_close_date()) &&
           Ref("pipeline_id", change.pipeline_id()) &&
           Enum("motion", change.has_motion(), change.motion(), crm::v1::Motion_MAX) &&
           Text("lead_source", change.lead_source()) && Ref("lead_id", change.lead_id()) &&
           Enum("forecast_category", change.has_forecast_category(), change.forecast_category(),
                crm::v1::ForecastCategory_MAX) &&
           Range("crm_probability", change.has_crm_probability(), change.crm_probability(), 0.0,
                 1.0) &&
           Range("rep_probability", change.has_rep_probability(), change.rep_probability(), 0.0,
                 1.0) &&
           Text("close_reason", change.close_reason()) && Text("competitor", change.competitor()) &&
           Text("customer_problem", change.customer_problem()) &&
           Range("discovery_rating", change.has_discovery_rating(), change.discovery_rating(), 1,
                 5) &&
           (!change.has_splits() || Splits(change.splits())) &&
           Ref("territory_id", change.territory_id()) &&
           Key(crm::v1::ENTITY_KIND_OPPORTUNITY, change.opportunity_id());
  }
  bool Of(const crm::v1::RepChange& change) {
    return Id("rep_id", change.rep_id()) && Text("display_name", change.display_name()) &&
           Ref("team_id", change.team_id()) &&
           Day("start_date", change.has_start_date(), change.start_date()) &&
           Day("end_date", change.has_end_date(), change.end_date()) &&
           Text("role", change.role()) && Ref("manager_rep_id", change.manager_rep_id()) &&
           Ref("segment_id", change.segment_id()) && Ref("territory_id", change.territory_id()) &&
           Range("fte_basis_points", change.has_fte_basis_points(), change.fte_basis_points(), 0,
                 kMaxBasisPoints) &&
           Enum("status", change.has_status(), change.status(), crm::v1::RepStatus_MAX) &&
           Ref("comp_plan_id", change.comp_plan_id()) &&
           Key(crm::v1::ENTITY_KIND_REP, change.rep_id());
  }
  bool Of(const crm::v1::TeamChange& change) {
    return Id("team_id", change.team_id()) && Text("display_name", change.display_name()) &&
           Ref("parent_team_id", change.parent_team_id()) &&
           Ref("manager_rep_id", change.manager_rep_id()) &&
           Key(crm::v1::ENTITY_KIND_TEAM, change.team_id());
  }
  bool Of(const crm::v1::ProductChange& change) {
    return Id("product_id", change.product_id()) && Text("display_name", change.display_name()) &&
           Text("series", change.series()) &&
           Amount("list_price", change.has_list_price(), change.list_price()) &&
           Amount("unit_cost", change.has_unit_cost(), change.unit_cost()) &&
           Key(crm::v1::ENTITY_KIND_PRODUCT, change.product_id());
  }
  bool Of(const crm::v1::AccountChange& change) {
    return Id("account_id", change.account_id()) && Text("display_name", change.display_name()) &&
           Text("industry", change.industry()) && Text("location", change.location()) &&
           Ref("owner_rep_id", change.owner_rep_id()) &&
           Ref("territory_id", change.territory_id()) &&
           Amount("yearly_potential", change.has_yearly_potential(), change.yearly_potential()) &&
           Day("customer_since", change.has_customer_since(), change.customer_since()) &&
           Ref("parent_account_id", change.parent_account_id()) &&
           Text("buyer_behaviour", change.buyer_behaviour()) &&
           Key(crm::v1::ENTITY_KIND_ACCOUNT, change.account_id());
  }
  bool Of(const crm::v1::StageChange& change) {
    return Id("stage_id", change.stage_id()) && Text("label", change.label()) &&
           Range("position", change.has_position(), change.position(), 1, 10000) &&
           Enum("category", true, change.category(), crm::v1::StageCategory_MAX) &&
           Ref("pipeline_id", change.pipeline_id()) &&
           Range("default_probability", change.has_default_probability(),
                 change.default_probability(), 0.0, 1.0) &&
           Key(crm::v1::ENTITY_KIND_STAGE, change.stage_id());
  }
  bool Of(const crm::v1::PipelineChange& change) {
    return Id("pipeline_id", change.pipeline_id()) && Text("label", change.label()) &&
           Key(crm::v1::ENTITY_KIND_PIPELINE, change.pipeline_id());
  }
  bool Of(const crm::v1::LeadChange& change) {
    return Id("lead_id", change.lead_id()) &&
           Time("created_time", change.has_created_time(), change.created_time()) &&
           Text("lead_source", change.lead_source()) &&
           Enum("status", change.has_status(), change.status(), crm::v1::LeadStatus_MAX) &&
           Ref("owner_rep_id", change.owner_rep_id()) &&
           Time("first_touch_time", change.has_first_touch_time(), change.first_touch_time()) &&
           Range("touch_count", change.has_touch_count(), change.touch_count(), 0, 1000000) &&
           Ref("account_id", change.account_id()) &&
           Ref("opportunity_id", change.opportunity_id()) &&
           Ref("segment_id", change.segment_id()) &&
           Text("disqualification_reason", change.disqualification_reason()) &&
           Key(crm::v1::ENTITY_KIND_LEAD, change.lead_id());
  }
  bool Of(const crm::v1::ActivityChange& change) {
    return Id("activity_id", change.activity_id()) &&
           Enum("kind", change.has_kind(), change.kind(), crm::v1::ActivityKind_MAX) &&
           Ref("rep_id", change.rep_id()) && Ref("opportunity_id", change.opportunity_id()) &&
           Ref("lead_id", change.lead_id()) && Ref("account_id", change.account_id()) &&
           Time("start_time", change.has_start_time(), change.start_time()) &&
           Range("duration_minutes", change.has_duration_minutes(), change.duration_minutes(), 0,
                 kMaxDurationMinutes) &&
           Ref("contact_id", change.contact_id()) &&
           Key(crm::v1::ENTITY_KIND_ACTIVITY, change.activity_id());
  }
  bool Of(const crm::v1::CommitmentChange& change) {
    return Id("commitment_id", change.commitment_id()) && Ref("rep_id", change.rep_id()) &&
           Ref("account_id", change.account_id()) &&
           Ref("opportunity_id", change.opportunity_id()) && Text("topic", change.topic()) &&
           Day("made_date", change.has_made_date(), change.made_date()) &&
           Day("due_date", change.has_due_date(), change.due_date()) &&
           Day("done_date", change.has_done_date(), change.done_date()) &&
           Key(crm::v1::ENTITY_KIND_COMMITMENT, change.commitment_id());
  }
  bool Of(const crm::v1::FeedbackChange& change) {
    return Id("feedback_id", change.feedback_id()) &&
           Ref("opportunity_id", change.opportunity_id()) &&
           Ref("account_id", change.account_id()) && Ref("stage_id", change.stage_id()) &&
           Text("topic", change.topic()) &&
           Range("rating", change.has_rating(), change.rating(), 1, 5) &&
           Text("comment", change.comment()) &&
           Day("given_date", change.has_given_date(), change.given_date()) &&
           Key(crm::v1::ENTITY_KIND_FEEDBACK, change.feedback_id());
  }
  bool Of(const crm::v1::InsightChange& change) {
    return Id("insight_id", change.insight_id()) && Ref("account_id", change.account_id()) &&
           Ref("owner_rep_id", change.owner_rep_id()) && Text("topic", change.topic()) &&
           Text("finding", change.finding()) && Text("evidence", change.evidence()) &&
           Day("learned_date", change.has_learned_date(), change.learned_date()) &&
           Day("expiry_date", change.has_expiry_date(), change.expiry_date()) &&
           Key(crm::v1::ENTITY_KIND_INSIGHT, change.insight_id());
  }
  bool Of(const crm::v1::IncidentChange& change) {
    return Id("incident_id", change.incident_id()) && Ref("account_id", change.account_id()) &&
           Ref("owner_rep_id", change.owner_rep_id()) && Text("topic", change.topic()) &&
           Time("opened_time", change.has_opened_time(), change.opened_time()) &&
           Time("acknowledged_time", change.has_acknowledged_time(), change.acknowledged_time()) &&
           Time("resolved_time", change.has_resolved_time(), change.resolved_time()) &&
           Key(crm::v1::ENTITY_KIND_INCIDENT, change.incident_id());
  }
  bool Of(const crm::v1::TrainingChange& change) {
    return Id("training_id", change.training_id()) && Ref("rep_id", change.rep_id()) &&
           Enum("kind", change.has_kind(), change.kind(), crm::v1::TrainingKind_MAX) &&
           Text("topic", change.topic()) &&
           Range("duration_minutes", change.has_duration_minutes(), change.duration_minutes(), 0,
                 kMaxDurationMinutes) &&
           Day("trained_date", change.has_trained_date(), change.trained_date()) &&
           Key(crm::v1::ENTITY_KIND_TRAINING, change.training_id());
  }
  bool Of(const crm::v1::OrderLineChange& change) {
    return Id("order_id", change.order_id()) && Ref("line_id", change.line_id()) &&
           Day("order_date", change.has_order_date(), change.order_date()) &&
           Ref("product_id", change.product_id()) &&
           Amount("unit_price", change.has_unit_price(), change.unit_price()) &&
           Amount("amount", change.has_amount(), change.amount()) &&
           Amount("cost", change.has_cost(), change.cost()) && Ref("rep_id", change.rep_id()) &&
           Ref("account_id", change.account_id()) && Ref("territory_id", change.territory_id()) &&
           Ref("opportunity_id", change.opportunity_id()) &&
           Key(crm::v1::ENTITY_KIND_ORDER_LINE, change.order_id(), /*open=*/true);
  }
  bool Of(const crm::v1::TerritoryChange& change) {
    return Id("territory_id", change.territory_id()) &&
           Text("display_name", change.display_name()) &&
           Ref("parent_territory_id", change.parent_territory_id()) &&
           Key(crm::v1::ENTITY_KIND_TERRITORY, change.territory_id());
  }
  bool Of(const crm::v1::TerritoryAssignmentChange& change) {
    return Id("rep_id", change.rep_id()) && Id("territory_id", change.territory_id()) &&
           RequiredDay("start_date", change.has_start_date(), change.start_date()) &&
           Day("end_date", change.has_end_date(), change.end_date()) &&
           Key(crm::v1::ENTITY_KIND_TERRITORY_ASSIGNMENT, change.rep_id(), /*open=*/true);
  }
  bool Of(const crm::v1::CompPlanChange& change) {
    return Id("comp_plan_id", change.comp_plan_id()) &&
           Text("display_name", change.display_name()) &&
           Amount("base_pay", change.has_base_pay(), change.base_pay()) &&
           Amount("on_target_earnings", change.has_on_target_earnings(),
                  change.on_target_earnings()) &&
           Tiers(change) &&
           Amount("commission_cap", change.has_commission_cap(), change.commission_cap()) &&
           Amount("draw", change.has_draw(), change.draw()) &&
           Key(crm::v1::ENTITY_KIND_COMP_PLAN, change.comp_plan_id());
  }
  bool Of(const crm::v1::RepForecastChange& change) {
    return Id("rep_id", change.rep_id()) && Id("period", change.period()) &&
           Amount("low", change.has_low(), change.low()) &&
           Amount("expected", change.has_expected(), change.expected()) &&
           Amount("high", change.has_high(), change.high()) &&
           Amount("commit", change.has_commit(), change.commit()) &&
           Amount("best_case", change.has_best_case(), change.best_case()) &&
           Key(crm::v1::ENTITY_KIND_REP_FORECAST, change.rep_id(), /*open=*/true);
  }
  bool Of(const crm::v1::QuotaChange& change);
  bool Of(const crm::v1::FiscalCalendarChange& change);
  bool Of(const crm::v1::Retraction& change);
  bool Of(const crm::v1::Deletion& change);
  bool Of(const crm::v1::Merge& change);
  bool RequiredDay(const char* field, bool present, const google::type::Date& date) {
    if (!present) return Fail(field, "", "MISSING_FIELD", "is missing");
    return Day(field, present, date);
  }
  bool Splits(const crm::v1::OpportunitySplits& splits);
  bool Tiers(const crm::v1::CompPlanChange& change);

  EventRules& rules_;
  const v1::NewEvent& event_;
  std::string_view group_;  // "opportunity" while its fields are checked.
  std::optional<EventFault> fault_;
};

bool EventCheck::Change(const CrmEvent& event) {
  switch (event.change_case()) {
    case CrmEvent::kOpportunity:
      group_ = "opportunity";
      return Of(event.opportunity());
    case CrmEvent::kRep:
      group_ = "rep";
      return Of(event.rep());
    case CrmEvent::kTeam:
      group_ = "team";
      return Of(event.team());
    case CrmEvent::kProduct:
      group_ = "product";
      return Of(event.product());
    case CrmEvent::kAccount:
      group_ = "account";
      return Of(event.account());
    case CrmEvent::kStage:
      group_ = "stage";
      return Of(event.stage());
    case CrmEvent::kPipeline:
      group_ = "pipeline";
      return Of(event.pipeline());
    case CrmEvent::kLead:
      group_ = "lead";
      return Of(event.lead());
    case CrmEvent::kActivity:
      group_ = "activity";
      return Of(event.activity());
    case CrmEvent::kCommitment:
      group_ = "commitment";
      return Of(event.commitment());
    case CrmEvent::kFeedback:
      group_ = "feedback";
      return Of(event.feedback());
    case CrmEvent::kInsight:
      group_ = "insight";
      return Of(event.insight());
    case CrmEvent::kIncident:
      group_ = "incident";
      return Of(event.incident());
    case CrmEvent::kTraining:
      group_ = "training";
      return Of(event.training());
    case CrmEvent::kOrderLine:
      group_ = "order_line";
      return Of(event.order_line());
    case CrmEvent::kTerritory:
      group_ = "territory";
      return Of(event.territory());
    case CrmEvent::kTerritoryAssignment:
      group_ = "territory_assignment";
      return Of(event.territory_assignment());
    case CrmEvent::kCompPlan:
      group_ = "comp_plan";
      return Of(event.comp_plan());
    case CrmEvent::kRepForecast:
      group_ = "rep_forecast";
      return Of(event.rep_forecast());
    case CrmEvent::kQuota:
      group_ = "quota";
      return Of(event.quota());
    case CrmEvent::kFiscalCalendar:
      group_ = "fiscal_calendar";
      return Of(event.fiscal_calendar());
    case CrmEvent::kRetraction:
      group_ = "retraction";
      return Of(event.retraction());
    case CrmEvent::kDeletion:
      group_ = "deletion";
      return Of(event.deletion());
    case CrmEvent::kMerge:
      group_ = "merge";
      return Of(event.merge());
    case CrmEvent::kErasure:
      return Fail("event.erasure", "", "RESERVED_EVENT",
                  "is written by ErasePerson only, which also changes the earlier events");
    case CrmEvent::CHANGE_NOT_SET:
      break;
  }
  return Fail("event", "", "MISSING_FIELD",
              "says nothing: one of its changes, such as `opportunity`, has to be set");
}

bool EventCheck::Splits(const crm::v1::OpportunitySplits& splits) {
  if (!Count("splits", splits.splits_size(), kMaxSplits)) return false;
  int64_t sum = 0;
  bool any_revenue = false;
  for (const crm::v1::OpportunitySplit& split : splits.splits()) {
    if (!Id("splits.rep_id", split.rep_id()) ||
        !Range("splits.share_basis_points", true, split.share_basis_points(), 0, kMaxBasisPoints)) {
      return false;
    }
    if (split.is_overlay()) continue;
    any_revenue = true;
    sum += split.share_basis_points();
  }
  if (!any_revenue || sum == kMaxBasisPoints) return true;
  return Fail("splits.share_basis_points", absl::StrCat(sum), "VALUE_OUT_OF_RANGE",
              absl::StrCat("adds up to ", sum, "; the revenue shares of a deal add up to ",
                           kMaxBasisPoints));
}

bool EventCheck::Tiers(const crm::v1::CompPlanChange& change) {
  if (!Count("tiers", change.tiers_size(), kMaxCompPlanTiers)) return false;
  int32_t last = -1;
  for (const crm::v1::CompPlanTier& tier : change.tiers()) {
    if (!Range("tiers.from_attainment_basis_points", true, tier.from_attainment_basis_points(), 0,
               kMaxTierBasisPoints) ||
        !Range("tiers.rate_basis_points", true, tier.rate_basis_points(), 0, kMaxTierBasisPoints)) {
      return false;
    }
    if (tier.from_attainment_basis_points() <= last) {
      return Fail("tiers.from_attainment_basis_points",
                  absl::StrCat(tier.from_attainment_basis_points()), "VALUE_OUT_OF_RANGE",
                  absl::StrCat("does not rise: the tier before begins at ", last));
    }
    last = tier.from_attainment_basis_points();
  }
  return true;
}

bool EventCheck::Of(const crm::v1::QuotaChange& change) {
  const int subject_count = (change.rep_id().empty() ? 0 : 1) + (change.team_id().empty() ? 0 : 1) +
                            (change.territory_id().empty() ? 0 : 1);
  if (subject_count != 1) {
    return Fail("rep_id", change.rep_id(), "MISSING_FIELD",
                "exactly one of rep_id, team_id and territory_id has to be set");
  }
  if (!change.has_amount() && !change.has_unit_count()) {
    return Fail("amount", "", "MISSING_FIELD", "is missing, and so is unit_count");
  }
  if (!Ref("rep_id", change.rep_id()) || !Ref("team_id", change.team_id()) ||
      !Ref("territory_id", change.territory_id()) || !Id("period", change.period()) ||
      !Amount("amount", change.has_amount(), change.amount()) ||
      !Range("kind", true, static_cast<int>(change.kind()), 0, int{crm::v1::QuotaKind_MAX}) ||
      !Ref("component", change.component()) ||
      !Range("unit_count", change.has_unit_count(), change.unit_count(), int64_t{0},
             int64_t{1'000'000'000'000}) ||
      !Day("start_date", change.has_start_date(), change.start_date())) {
    return false;
  }
  // What follows in the key tells subject, period, kind and component in the source's own way.
  const std::string& key = event_.id().source_key();
  const size_t kind_size = EntityKindName(crm::v1::ENTITY_KIND_QUOTA).size();
  if (KindOfSourceKey(key) == crm::v1::ENTITY_KIND_QUOTA && key.size() > kind_size + 1) return true;
  group_ = "";
  return Fail("id.source_key", key, "KEY_MISMATCH",
              "is not \"quota/<subject>/<period>\", what the event is about");
}

bool EventCheck::Of(const crm::v1::FiscalCalendarChange& change) {
  switch (change.calendar_case()) {
    case crm::v1::FiscalCalendarChange::kStartMonth:
      if (!Range("start_month", true, change.start_month(), 1, 12)) return false;
      break;
    case crm::v1::FiscalCalendarChange::kFourFourFive:
      if (!RequiredDay("four_four_five.first_year_start",
                       change.four_four_five().has_first_year_start(),
                       change.four_four_five().first_year_start()) ||
          !Range("four_four_five.first_year", true, change.four_four_five().first_year(), kMinYear,
                 kMaxYear) ||
          !Count("four_four_five.weeks_in_year", change.four_four_five().weeks_in_year_size(),
                 kMaxYear - kMinYear + 1)) {
        return false;
      }
      for (const int32_t weeks : change.four_four_five().weeks_in_year()) {
        if (!Range("four_four_five.weeks_in_year", true, weeks, 52, 53)) return false;
      }
      break;
    case crm::v1::FiscalCalendarChange::kExplicitPeriods:
      break;  // How periods fit together the calendar itself knows when it is used.
    case crm::v1::FiscalCalendarChange::CALENDAR_NOT_SET:
      return Fail("calendar", "", "MISSING_FIELD", "is not set");
  }
  if (KindOfSourceKey(event_.id().source_key()) == crm::v1::ENTITY_KIND_FISCAL_CALENDAR) {
    return true;
  }
  group_ = "";
  return Fail("id.source_key", event_.id().source_key(), "KEY_MISMATCH",
              "is not \"fiscal_calendar\", what the event is about");
}

bool EventCheck::Of(const crm::v1::Retraction& change) {
  if (!IdPart("version", change.version()) || !Text("reason", change.reason())) return false;
  if (change.version() == event_.id().version()) {
    return Fail("version", change.version(), "VALUE_OUT_OF_RANGE",
                "is the retraction's own version; it names the one taken back");
  }
  if (KindOfSourceKey(event_.id().source_key()) != crm::v1::ENTITY_KIND_UNSPECIFIED) return true;
  group_ = "";
  return Fail("id.source_key", event_.id().source_key(), "KEY_MISMATCH",
              "does not begin with a kind of record, such as \"opportunity/\"");
}

bool EventCheck::Of(const crm::v1::Deletion& change) {
  return Enum("entity", true, change.entity(), crm::v1::ENTITY_KIND_PIPELINE) &&
         Id("entity_id", change.entity_id()) && Text("reason", change.reason()) &&
         Key(change.entity(), change.entity_id(), /*open=*/true);
}

bool EventCheck::Of(const crm::v1::Merge& change) {
  if (!Enum("entity", true, change.entity(), crm::v1::ENTITY_KIND_PIPELINE) ||
      !Id("from_id", change.from_id()) || !Id("into_id", change.into_id())) {
    return false;
  }
  if (change.from_id() == change.into_id()) {
    return Fail("into_id", change.into_id(), "VALUE_OUT_OF_RANGE",
                "is from_id; a record is not merged into itself");
  }
  if (KeyIs(event_.id().source_key(), EntityKindName(change.entity()), change.into_id(), false)) {
    return true;
  }
  return Key(change.entity(), change.from_id());
}

std::optional<EventFault> EventRules::Check(const v1::NewEvent& event) {
  EventCheck check(*this, event);
  if (check.Run()) return std::nullopt;
  return check.TakeFault();
}

int EventRules::MinorUnitDigitsOf(const std::string& currency) {
  if (currency == last_currency_) return last_digits_;
  const absl::StatusOr<int> digits = MinorUnitDigits(currency);
  last_currency_ = currency;
  last_digits_ = digits.ok() ? *digits : -1;
  return last_digits_;
}

}  // namespace quotacast::ingestion
