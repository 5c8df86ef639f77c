// Goal: a sound event passes, and each way of being unsound is told with field, value and reason.
// Method: a table of sound events, one per kind, and a table of one change each that spoils one;
// limits at the maximum and one beyond.
#include "services/ingestion/event_rules.h"

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/sample_events.h"

namespace quotacast::ingestion {
namespace {

v1::NewEvent Parse(const std::string& text) {
  v1::NewEvent event;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &event)) << text;
  return event;
}

// "key" and "change { ... }" as an event.
v1::NewEvent EventOf(const std::string& key, const std::string& change) {
  return Parse("id { source: 's' source_key: '" + key + "' version: 'v' } event { " + change +
               " }");
}

TEST(EventRulesTest, SoundEventsOfEveryKindPass) {
  const std::vector<v1::NewEvent> events = {
      SampleEvent(1),
      SampleRep("7", "Anna"),
      EventOf("opportunity/1",
              "opportunity { opportunity_id: '1' crm_probability: 1 discovery_rating: 5 splits { "
              "splits { rep_id: 'a' share_basis_points: 4000 } splits { rep_id: 'b' "
              "share_basis_points: 6000 } splits { rep_id: 'c' share_basis_points: 10000 "
              "is_overlay: true } } }"),
      EventOf("team/1", "team { team_id: '1' }"),
      EventOf("product/1",
              "product { product_id: '1' list_price { currency_code: 'KWD' units: 1 "
              "nanos: 1000000 } }"),
      EventOf("account/1",
              "account { account_id: '1' customer_since { year: 2000 month: 2 day: "
              "29 } }"),
      EventOf("stage/1", "stage { stage_id: '1' position: 1 category: STAGE_CATEGORY_OPEN }"),
      EventOf("quota/a/2017Q4",
              "quota { rep_id: 'a' period: '2017Q4' amount { currency_code: "
              "'USD' units: 5 } }"),
      EventOf("quota/team:t/2017Q4", "quota { team_id: 't' period: '2017Q4' unit_count: 3 }"),
      EventOf("fiscal_calendar", "fiscal_calendar { start_month: 12 }"),
      EventOf("fiscal_calendar",
              "fiscal_calendar { four_four_five { first_year: 2017 first_year_start { year: 2017 "
              "month: 1 day: 1 } weeks_in_year: 53 } }"),
      EventOf("opportunity/1", "retraction { version: 'Won@2017-03-01' }"),
      EventOf("order_line/1/2", "deletion { entity: ENTITY_KIND_ORDER_LINE entity_id: '1' }"),
      EventOf("account/1", "merge { entity: ENTITY_KIND_ACCOUNT from_id: '1' into_id: '2' }"),
      EventOf("account/2", "merge { entity: ENTITY_KIND_ACCOUNT from_id: '1' into_id: '2' }"),
      EventOf("lead/1", "lead { lead_id: '1' status: LEAD_STATUS_NEW touch_count: 0 }"),
      EventOf("activity/1",
              "activity { activity_id: '1' kind: ACTIVITY_KIND_CALL "
              "duration_minutes: 527040 }"),
      EventOf("commitment/1", "commitment { commitment_id: '1' }"),
      EventOf("feedback/1", "feedback { feedback_id: '1' rating: 1 }"),
      EventOf("insight/1", "insight { insight_id: '1' }"),
      EventOf("incident/1", "incident { incident_id: '1' opened_time { seconds: 7258118399 } }"),
      EventOf("training/1", "training { training_id: '1' kind: TRAINING_KIND_SKILL }"),
      EventOf("order_line/1/2",
              "order_line { order_id: '1' line_id: '2' amount { currency_code: "
              "'EUR' units: -5 nanos: -10000000 } }"),
      EventOf("order_line/1", "order_line { order_id: '1' }"),
      EventOf("territory/1", "territory { territory_id: '1' }"),
      EventOf("territory_assignment/a/1",
              "territory_assignment { rep_id: 'a' territory_id: '1' start_date { year: 2017 month: "
              "1 day: 1 } }"),
      EventOf("comp_plan/1",
              "comp_plan { comp_plan_id: '1' tiers { rate_basis_points: 500 } tiers "
              "{ from_attainment_basis_points: 10000 rate_basis_points: 900 } }"),
      EventOf("rep_forecast/a/2017Q4", "rep_forecast { rep_id: 'a' period: '2017Q4' }"),
      EventOf("pipeline/1", "pipeline { pipeline_id: '1' }"),
  };
  EventRules rules;
  for (const v1::NewEvent& event : events) {
    const std::optional<EventFault> fault = rules.Check(event);
    EXPECT_FALSE(fault.has_value()) << fault->field << " " << fault->message << "\n"
                                    << event.DebugString();
  }
}

struct Case {
  std::function<void(v1::NewEvent&)> spoil;  // SampleEvent(1).
  std::string field;
  std::string reason;
};

TEST(EventRulesTest, EachFaultOfADealIsToldWithItsField) {
  const auto deal = [](v1::NewEvent& event) -> crm::v1::OpportunityChange& {
    return *event.mutable_event()->mutable_opportunity();
  };
  const std::vector<Case> cases = {
      {[](auto& e) { e.clear_id(); }, "id.source", "MISSING_FIELD"},
      {[](auto& e) { e.mutable_id()->clear_version(); }, "id.version", "MISSING_FIELD"},
      {[](auto& e) { e.mutable_id()->set_version(std::string(513, 'v')); }, "id.version",
       "VALUE_TOO_LONG"},
      {[](auto& e) { e.mutable_id()->set_source(std::string("a\0b", 3)); }, "id.source",
       "NUL_BYTE"},
      {[](auto& e) { e.mutable_id()->set_source_key("opportunity/D2"); }, "id.source_key",
       "KEY_MISMATCH"},
      {[](auto& e) { e.mutable_id()->set_source_key("rep/D1"); }, "id.source_key", "KEY_MISMATCH"},
      {[](auto& e) { e.mutable_id()->set_source_key("opportunity/D1/x"); }, "id.source_key",
       "KEY_MISMATCH"},
      {[](auto& e) { e.mutable_effective_time()->set_seconds(7'258'118'400); }, "effective_time",
       "INVALID_TIME"},
      {[](auto& e) { e.mutable_effective_time()->set_seconds(-2'208'988'801); }, "effective_time",
       "INVALID_TIME"},
      {[](auto& e) { e.mutable_effective_time()->set_nanos(1'000'000'000); }, "effective_time",
       "INVALID_TIME"},
      {[](auto& e) { e.clear_event(); }, "event", "MISSING_FIELD"},
      {[](auto& e) { e.mutable_event()->mutable_erasure(); }, "event.erasure", "RESERVED_EVENT"},
      {[&](auto& e) { deal(e).clear_opportunity_id(); }, "event.opportunity.opportunity_id",
       "MISSING_FIELD"},
      {[&](auto& e) { deal(e).set_owner_rep_id(std::string(201, 'r')); },
       "event.opportunity.owner_rep_id", "VALUE_TOO_LONG"},
      {[&](auto& e) { deal(e).set_stage_id(std::string("a\0", 2)); }, "event.opportunity.stage_id",
       "NUL_BYTE"},
      {[&](auto& e) { deal(e).set_close_reason(std::string(4097, 'r')); },
       "event.opportunity.close_reason", "VALUE_TOO_LONG"},
      {[&](auto& e) { deal(e).mutable_amount()->set_currency_code("XXX"); },
       "event.opportunity.amount.currency_code", "UNKNOWN_CURRENCY"},
      {[&](auto& e) { deal(e).mutable_amount()->clear_currency_code(); },
       "event.opportunity.amount.currency_code", "UNKNOWN_CURRENCY"},
      {[&](auto& e) { deal(e).mutable_amount()->set_nanos(5); }, "event.opportunity.amount",
       "INVALID_AMOUNT"},
      {[&](auto& e) { deal(e).mutable_amount()->set_nanos(-10'000'000); },
       "event.opportunity.amount", "INVALID_AMOUNT"},
      {[&](auto& e) {
         deal(e).mutable_amount()->set_units(std::numeric_limits<int64_t>::max() / 100 + 1);
       },
       "event.opportunity.amount", "INVALID_AMOUNT"},
      {[&](auto& e) { deal(e).mutable_created_date()->set_day(29); },
       "event.opportunity.created_date", "INVALID_DATE"},
      {[&](auto& e) { deal(e).mutable_created_date()->set_year(1899); },
       "event.opportunity.created_date", "INVALID_DATE"},
      {[&](auto& e) { deal(e).mutable_created_date()->set_year(2200); },
       "event.opportunity.created_date", "INVALID_DATE"},
      {[&](auto& e) { deal(e).mutable_created_date()->set_month(13); },
       "event.opportunity.created_date", "INVALID_DATE"},
      {[&](auto& e) { deal(e).set_motion(crm::v1::MOTION_UNSPECIFIED); },
       "event.opportunity.motion", "UNKNOWN_VALUE"},
      {[&](auto& e) { deal(e).set_motion(static_cast<crm::v1::Motion>(4)); },
       "event.opportunity.motion", "UNKNOWN_VALUE"},
      {[&](auto& e) { deal(e).set_crm_probability(1.01); }, "event.opportunity.crm_probability",
       "VALUE_OUT_OF_RANGE"},
      {[&](auto& e) { deal(e).set_rep_probability(std::numeric_limits<double>::quiet_NaN()); },
       "event.opportunity.rep_probability", "VALUE_OUT_OF_RANGE"},
      {[&](auto& e) { deal(e).set_discovery_rating(6); }, "event.opportunity.discovery_rating",
       "VALUE_OUT_OF_RANGE"},
      {[&](auto& e) {
         auto& split = *deal(e).mutable_splits()->add_splits();
         split.set_rep_id("a");
         split.set_share_basis_points(9999);
       },
       "event.opportunity.splits.share_basis_points", "VALUE_OUT_OF_RANGE"},
      {[&](auto& e) {
         auto& split = *deal(e).mutable_splits()->add_splits();
         split.set_rep_id("a");
         split.set_share_basis_points(10'001);
       },
       "event.opportunity.splits.share_basis_points", "VALUE_OUT_OF_RANGE"},
  };
  EventRules rules;
  for (const Case& expected : cases) {
    v1::NewEvent event = SampleEvent(1);
    expected.spoil(event);
    const std::optional<EventFault> fault = rules.Check(event);
    ASSERT_TRUE(fault.has_value()) << expected.field << " " << expected.reason;
    EXPECT_EQ(fault->field, expected.field) << fault->message;
    EXPECT_EQ(fault->reason, expected.reason) << fault->message;
    EXPECT_FALSE(fault->message.empty());
    EXPECT_LE(fault->value.size(), kMaxProblemValueBytes);
  }
  EXPECT_FALSE(rules.Check(SampleEvent(1)).has_value());  // A fault leaves nothing behind.
}

TEST(EventRulesTest, OtherKindsHaveTheirFaultsToo) {
  const std::vector<std::pair<v1::NewEvent, std::string>> cases = {
      {EventOf("rep/1", "rep { rep_id: '1' fte_basis_points: 10001 }"),
       "event.rep.fte_basis_points"},
      {EventOf("rep/1", "rep { rep_id: '1' fte_basis_points: -1 }"), "event.rep.fte_basis_points"},
      {EventOf("stage/1", "stage { stage_id: '1' }"), "event.stage.category"},
      {EventOf("stage/1", "stage { stage_id: '1' position: 0 category: STAGE_CATEGORY_OPEN }"),
       "event.stage.position"},
      {EventOf("quota/a/p", "quota { rep_id: 'a' team_id: 't' period: 'p' unit_count: 1 }"),
       "event.quota.rep_id"},
      {EventOf("quota/a/p", "quota { rep_id: 'a' period: 'p' }"), "event.quota.amount"},
      {EventOf("quota/", "quota { rep_id: 'a' period: 'p' unit_count: 1 }"), "id.source_key"},
      {EventOf("fiscal_calendar", "fiscal_calendar { }"), "event.fiscal_calendar.calendar"},
      {EventOf("fiscal_calendar", "fiscal_calendar { start_month: 13 }"),
       "event.fiscal_calendar.start_month"},
      {EventOf("team/1", "retraction { }"), "event.retraction.version"},
      {EventOf("team/1", "retraction { version: 'v' }"), "event.retraction.version"},
      {EventOf("thing/1", "retraction { version: 'w' }"), "id.source_key"},
      {EventOf("team/1", "deletion { entity_id: '1' }"), "event.deletion.entity"},
      {EventOf("team/1", "deletion { entity: ENTITY_KIND_REP entity_id: '1' }"), "id.source_key"},
      {EventOf("team/1", "merge { entity: ENTITY_KIND_TEAM from_id: '1' into_id: '1' }"),
       "event.merge.into_id"},
      {EventOf("activity/1", "activity { activity_id: '1' duration_minutes: 527041 }"),
       "event.activity.duration_minutes"},
      {EventOf("feedback/1", "feedback { feedback_id: '1' rating: 0 }"), "event.feedback.rating"},
      {EventOf("order_line/12", "order_line { order_id: '1' }"), "id.source_key"},
      {EventOf("territory_assignment/a/1",
               "territory_assignment { rep_id: 'a' territory_id: '1' }"),
       "event.territory_assignment.start_date"},
      {EventOf("comp_plan/1", "comp_plan { comp_plan_id: '1' tiers { } tiers { } }"),
       "event.comp_plan.tiers.from_attainment_basis_points"},
      {EventOf("lead/1", "lead { lead_id: '1' created_time { nanos: -1 } }"),
       "event.lead.created_time"},
  };
  EventRules rules;
  for (const auto& [event, field] : cases) {
    const std::optional<EventFault> fault = rules.Check(event);
    ASSERT_TRUE(fault.has_value()) << event.DebugString();
    EXPECT_EQ(fault->field, field) << fault->message;
  }
}

TEST(EventRulesTest, LimitsHoldAtTheMaximum) {
  EventRules rules;
  v1::NewEvent event = SampleEvent(1);
  event.mutable_id()->set_version(std::string(eventlog::kMaxIdBytes, 'v'));
  crm::v1::OpportunityChange& change = *event.mutable_event()->mutable_opportunity();
  change.set_owner_rep_id(std::string(kMaxEntityIdBytes, 'r'));
  change.set_close_reason(std::string(kMaxTextBytes, 'r'));
  change.mutable_amount()->set_units(std::numeric_limits<int64_t>::max() / 100);
  for (int i = 0; i < kMaxSplits; ++i) {
    crm::v1::OpportunitySplit& split = *change.mutable_splits()->add_splits();
    split.set_rep_id("a");
    split.set_share_basis_points(kMaxBasisPoints / kMaxSplits);
  }
  EXPECT_FALSE(rules.Check(event).has_value());
  change.mutable_splits()->add_splits()->set_rep_id("b");
  ASSERT_TRUE(rules.Check(event).has_value());
  EXPECT_EQ(rules.Check(event)->field, "event.opportunity.splits");
}

TEST(EventRulesTest, LongValuesAreCutBetweenCharacters) {
  v1::NewEvent event = SampleEvent(1);
  std::string long_id = "x";
  for (int i = 0; i < 200; ++i) long_id += "é";
  event.mutable_event()->mutable_opportunity()->set_account_id(long_id);
  const std::optional<EventFault> fault = EventRules().Check(event);
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->value.size(), 199u);
}

}  // namespace
}  // namespace quotacast::ingestion
