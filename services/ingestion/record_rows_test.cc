// Goal: rows of every kind become the events they should, at the time they became true, and bad
// ones are reported with a reason. Method: small files under the shipped profile "crm_history",
// whose header names are the canonical fields; events are compared with lines written by hand.
#include "services/ingestion/record_rows.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/ingestion.h"
#include "services/ingestion/small_company.h"

namespace quotacast::ingestion {
namespace {

using testing::ElementsAre;

class RecordRowsTest : public testing::Test {
 protected:
  // Imports HistoryCompany with `files` beside it; lines_ are the events of `key_prefix`.
  v1::ImportFilesResponse Import(const Files& files, const std::string& key_prefix) {
    Files all = HistoryCompany();
    for (const auto& file : files) all[file.first] = file.second;
    const auto response = ImportFiles(ingestion_, "w", ShippedProfile("crm_history"), all);
    EXPECT_TRUE(response.ok()) << response.status();
    lines_.clear();
    for (const std::string& line : LogLines(log_, "w")) {
      if (line.substr(0, key_prefix.size()) == key_prefix) lines_.push_back(line);
    }
    return response.value_or(v1::ImportFilesResponse());
  }

  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
  eventlog::InMemoryEventLog log_{&clock_};
  Ingestion ingestion_{log_, clock_};
  std::vector<std::string> lines_;
};

TEST_F(RecordRowsTest, DatedRowsOfARepAreOneEventEach) {
  const Files files = {
      {"territories.csv", "territory_id,parent_territory_id\nNA,\nEast,NA\n"},
      {"comp_plans.csv",
       "comp_plan_id,base_pay,on_target_earnings,tiers\nStandard,80000,160000,0:8;100:12\n"},
      {"reps.csv",
       "rep_id,changed_date,rep_name,team_id,start_date,role,manager_rep_id,territory_id,"
       "fte_percent,status,comp_plan_id\n"
       "R1,2016-01-01,Ada Quill,T2,2016-01-01,AE,R2,East,100,active,Standard\n"
       "R2,2016-01-01,Ben Moss,T2,2016-01-01,,,,,,\n"
       "R1,2017-03-01,,,,,,,62.5,on_leave,\n"}};
  EXPECT_THAT(ProblemLines(Import(files, "rep/R1")), ElementsAre());
  EXPECT_THAT(
      lines_,
      ElementsAre("rep/R1 2016-01-01 @2016-01-01: rep { rep_id: \"R1\" display_name: \"Ada "
                  "Quill\" team_id: \"T2\" start_date { year: 2016 month: 1 day: 1 } role: "
                  "\"AE\" manager_rep_id: \"R2\" territory_id: \"East\" fte_basis_points: 10000 "
                  "status: REP_STATUS_ACTIVE comp_plan_id: \"Standard\" }",
                  "rep/R1 2017-03-01 @2017-03-01: rep { rep_id: \"R1\" fte_basis_points: 6250 "
                  "status: REP_STATUS_ON_LEAVE }"));
  const v1::ImportFilesResponse again = Import(files, "comp_plan/");
  EXPECT_EQ(again.appended_event_count(), 0);
  EXPECT_THAT(lines_, ElementsAre("comp_plan/Standard 1 @1970-01-01: comp_plan { comp_plan_id: "
                                  "\"Standard\" display_name: \"Standard\" base_pay { "
                                  "currency_code: \"USD\" units: 80000 } on_target_earnings { "
                                  "currency_code: \"USD\" units: 160000 } tiers { "
                                  "rate_basis_points: 800 } tiers { "
                                  "from_attainment_basis_points: 10000 rate_basis_points: 1200 "
                                  "} }"));
}

TEST_F(RecordRowsTest, LeadsHaveAnEventPerDatedMoment) {
  Import({{"leads.csv",
           "lead_id,created_time,lead_source,status,owner_rep_id,first_touch_time,touch_count,"
           "opportunity_id,converted_time,is_inbound\n"
           "L1,2017-01-02 08:30,web,converted,R1,2017-01-02 10:00,3,H1,2017-01-05 00:00,yes\n"
           "L2,2017-01-03 09:00,web,disqualified,,,,,,\n"
           "L3,2017-01-04 09:00,,new,,,,,,\n"}},
         "lead/");
  EXPECT_THAT(
      lines_,
      ElementsAre(
          "lead/L1 created @2017-01-02: lead { lead_id: \"L1\" created_time { seconds: "
          "1483345800 } lead_source: \"web\" status: LEAD_STATUS_NEW owner_rep_id: \"R1\" "
          "is_inbound: true }",
          "lead/L1 first_touch @2017-01-02: lead { lead_id: \"L1\" status: LEAD_STATUS_WORKING "
          "first_touch_time { seconds: 1483351200 } touch_count: 3 }",
          "lead/L1 converted @2017-01-05: lead { lead_id: \"L1\" status: LEAD_STATUS_CONVERTED "
          "opportunity_id: \"H1\" }",
          "lead/L2 created @2017-01-03: lead { lead_id: \"L2\" created_time { seconds: "
          "1483434000 } lead_source: \"web\" status: LEAD_STATUS_NEW }",
          "lead/L2 undated @undated: lead { lead_id: \"L2\" status: LEAD_STATUS_DISQUALIFIED }",
          "lead/L3 created @2017-01-04: lead { lead_id: \"L3\" created_time { seconds: "
          "1483520400 } status: LEAD_STATUS_NEW }"));
}

TEST_F(RecordRowsTest, WhatHappensAtCustomers) {
  const Files files = {
      {"activities.csv",
       "activity_id,kind,rep_id,opportunity_id,start_time,duration_minutes,is_automated\n"
       "V1,call,R1,H1,2017-01-03T09:00:00+01:00,25,0\n"},
      {"commitments.csv",
       "commitment_id,rep_id,account_id,topic,made_date,due_date,done_date\n"
       "C1,R1,A1,billing,2017-01-10,2017-01-20,2017-01-25\n"},
      {"feedback.csv",
       "feedback_id,opportunity_id,stage_id,topic,rating,given_date\n"
       "F1,H1,Proposal,pitch,4,2017-01-21\n"},
      {"insights.csv",
       "insight_id,account_id,owner_rep_id,finding,learned_date,expiry_date\n"
       "I1,A1,R1,Buys in May,2017-02-01,2018-02-01\n"},
      {"incidents.csv",
       "incident_id,account_id,opened_time,acknowledged_time,resolved_time,is_recovered\n"
       "X1,A1,2017-02-01 08:00,2017-02-01 09:30,2017-02-03 12:00,true\n"},
      {"trainings.csv",
       "training_id,rep_id,kind,topic,duration_minutes,trained_date\n"
       "N1,R1,client,Retail,90,2017-02-05\n"},
      {"order_lines.csv",
       "order_id,line_id,order_date,product_id,quantity,unit_price,amount,rep_id\n"
       "O1,1,2017-02-06,P1,-2,50,-100,R1\n"},
      {"territories.csv", "territory_id\nEast\n"},
      {"territory_assignments.csv",
       "rep_id,territory_id,start_date,end_date\nR1,East,2017-01-01,2017-06-01\n"}};
  EXPECT_THAT(ProblemLines(Import(files, "activity/")), ElementsAre());
  EXPECT_THAT(lines_,
              ElementsAre("activity/V1 1 @2017-01-03: activity { activity_id: \"V1\" kind: "
                          "ACTIVITY_KIND_CALL rep_id: \"R1\" opportunity_id: \"H1\" start_time { "
                          "seconds: 1483430400 } duration_minutes: 25 is_automated: false }"));
  Import(files, "commitment/");
  EXPECT_THAT(lines_,
              ElementsAre("commitment/C1 made @2017-01-10: commitment { commitment_id: \"C1\" "
                          "rep_id: \"R1\" account_id: \"A1\" topic: \"billing\" made_date { year: "
                          "2017 month: 1 day: 10 } due_date { year: 2017 month: 1 day: 20 } }",
                          "commitment/C1 done @2017-01-25: commitment { commitment_id: \"C1\" "
                          "done_date { year: 2017 month: 1 day: 25 } }"));
  Import(files, "incident/");
  EXPECT_EQ(lines_.size(), 3u);
  EXPECT_EQ(lines_.back(),
            "incident/X1 resolved @2017-02-03: incident { incident_id: \"X1\" resolved_time { "
            "seconds: 1486123200 } is_recovered: true }");
  Import(files, "order_line/");
  EXPECT_THAT(lines_,
              ElementsAre("order_line/O1/1 1 @2017-02-06: order_line { order_id: \"O1\" line_id: "
                          "\"1\" order_date { year: 2017 month: 2 day: 6 } product_id: \"P1\" "
                          "quantity: -2 unit_price { currency_code: \"USD\" units: 50 } amount { "
                          "currency_code: \"USD\" units: -100 } rep_id: \"R1\" }"));
  Import(files, "territory_assignment/");
  EXPECT_THAT(lines_,
              ElementsAre("territory_assignment/R1/East/2017-01-01 1 @2017-01-01: "
                          "territory_assignment { rep_id: \"R1\" territory_id: \"East\" "
                          "start_date { year: 2017 month: 1 day: 1 } end_date { year: 2017 month: "
                          "6 day: 1 } }"));
  EXPECT_EQ(Import(files, "training/").appended_event_count(), 0);
}

TEST_F(RecordRowsTest, QuotasOfRepsTeamsAndTerritories) {
  const v1::ImportFilesResponse response =
      Import({{"territories.csv", "territory_id\nEast\n"},
              {"quotas.csv",
               "rep_id,team_id,territory_id,period,amount,kind,component,unit_count\n"
               "R1,,,2017Q1,1000,street,,\n"
               ",T2,,2017Q1,2000,roll_up,,\n"
               ",,East,2017Q1,,,renewals,12\n"
               "R1,T2,,2017Q1,1000,,,\n"
               ",,,2017Q1,1000,,,\n"
               "R1,,,2017Q2,,,,\n"
               "R1,,,2017Q2,5,stret,,\n"}},
             "quota/");
  EXPECT_THAT(lines_,
              ElementsAre("quota/R1/2017Q1 1 @1970-01-01: quota { rep_id: \"R1\" period: "
                          "\"2017Q1\" amount { currency_code: \"USD\" units: 1000 } kind: "
                          "QUOTA_KIND_STREET }",
                          "quota/team:T2/2017Q1/roll_up 1 @1970-01-01: quota { period: "
                          "\"2017Q1\" amount { currency_code: \"USD\" units: 2000 } team_id: "
                          "\"T2\" kind: QUOTA_KIND_ROLL_UP }",
                          "quota/territory:East/2017Q1//renewals 1 @1970-01-01: quota { period: "
                          "\"2017Q1\" territory_id: \"East\" component: \"renewals\" unit_count: "
                          "12 }"));
  EXPECT_THAT(ProblemLines(response), ElementsAre("E quotas.csv:5 rep_id=R1 TWO_SUBJECTS",
                                                  "E quotas.csv:6 rep_id= MISSING_FIELD",
                                                  "E quotas.csv:7 amount= MISSING_FIELD",
                                                  "E quotas.csv:8 kind=stret UNKNOWN_WORD"));
}

TEST_F(RecordRowsTest, ForecastsDeletionsAndMerges) {
  const Files files = {
      {"rep_forecasts.csv",
       "rep_id,period,made_date,low,expected,high,commit,best_case\n"
       "R1,2017Q1,2017-01-15,100,200,300,150,250\n"
       "R1,2017Q1,2017-02-15,150,210,260,180,250\n"},
      {"deletions.csv",
       "entity,entity_id,deleted_date,restored,reason\n"
       "opportunity,H2,2017-03-01,,duplicate\nopportunity,H2,2017-03-05,true,\n"
       "account,A9,2017-03-01,,\n"},
      {"merges.csv", "entity,from_id,into_id,merged_date\nopportunity,H3,H1,2017-04-01\n"}};
  const v1::ImportFilesResponse response = Import(files, "rep_forecast/");
  ASSERT_EQ(lines_.size(), 2u);
  EXPECT_EQ(lines_[1],
            "rep_forecast/R1/2017Q1 2017-02-15 @2017-02-15: rep_forecast { rep_id: \"R1\" period: "
            "\"2017Q1\" low { currency_code: \"USD\" units: 150 } expected { currency_code: "
            "\"USD\" units: 210 } high { currency_code: \"USD\" units: 260 } commit { "
            "currency_code: \"USD\" units: 180 } best_case { currency_code: \"USD\" units: 250 } "
            "}");
  EXPECT_THAT(ProblemLines(response),
              ElementsAre("E deletions.csv:4 entity_id=A9 UNKNOWN_ACCOUNT"));
  EXPECT_EQ(Import(files, "opportunity/H").appended_event_count(), 0);
  std::vector<std::string> ends(lines_.end() - 3, lines_.end());
  EXPECT_THAT(ends,
              ElementsAre("opportunity/H2 deleted@2017-03-01 @2017-03-01: deletion { entity: "
                          "ENTITY_KIND_OPPORTUNITY entity_id: \"H2\" reason: \"duplicate\" }",
                          "opportunity/H2 restored@2017-03-05 @2017-03-05: deletion { entity: "
                          "ENTITY_KIND_OPPORTUNITY entity_id: \"H2\" restored: true }",
                          "opportunity/H3 merged@2017-04-01 @2017-04-01: merge { entity: "
                          "ENTITY_KIND_OPPORTUNITY from_id: \"H3\" into_id: \"H1\" }"));
}

TEST_F(RecordRowsTest, BadValuesAreNamed) {
  const v1::ImportFilesResponse response = Import(
      {{"activities.csv",
        "activity_id,kind,rep_id,opportunity_id,lead_id,account_id,start_time,duration_minutes,"
        "is_done\n"
        "V1,cal,R1,,,,,,\n"
        "V2,call,R9,,,,,,\n"
        "V3,call,R1,H9,L9,A9,,,\n"
        "V4,call,R1,,,,2017-01-03 25:00,,\n"
        "V5,call,R1,,,,,525600,\n"
        "V6,call,R1,,,,,525601,\n"
        "V7,call,R1,,,,,,perhaps\n"},
       {"commitments.csv", "commitment_id,made_date,done_date\nC1,2017-02-01,2017-01-31\n"},
       {"feedback.csv", "feedback_id,rating\nF1,5\nF2,6\nF3,0\n"},
       {"comp_plans.csv", "comp_plan_id,tiers\nP1,100:12;0:8\nP2,x\n"},
       {"merges.csv", "entity,from_id,into_id,merged_date\nopportunity,H1,H1,2017-04-01\n"}},
      "activity/");
  EXPECT_THAT(
      ProblemLines(response),
      ElementsAre(
          "E activities.csv:2 kind=cal UNKNOWN_WORD", "E activities.csv:3 rep_id=R9 UNKNOWN_REP",
          "E activities.csv:5 start_time=2017-01-03 25:00 INVALID_DATE",
          "E activities.csv:7 duration_minutes=525601 INVALID_NUMBER",
          "E activities.csv:8 is_done=perhaps INVALID_BOOLEAN",
          "E commitments.csv:2 done_date=2017-01-31 END_BEFORE_START",
          "E comp_plans.csv:2 tiers=100:12;0:8 INVALID_NUMBER",
          "E comp_plans.csv:3 tiers=x INVALID_NUMBER", "E feedback.csv:3 rating=6 INVALID_NUMBER",
          "E feedback.csv:4 rating=0 INVALID_NUMBER", "E merges.csv:2 into_id=H1 MERGE_WITH_ITSELF",
          "W activities.csv:4 opportunity_id=H9 UNKNOWN_OPPORTUNITY",
          "W activities.csv:4 lead_id=L9 UNKNOWN_LEAD",
          "W activities.csv:4 account_id=A9 UNKNOWN_ACCOUNT"));
  EXPECT_NE(response.problems(0).message().find("did you mean \"call\"?"), std::string::npos)
      << response.problems(0).message();
  EXPECT_EQ(lines_.size(), 2u);
}

}  // namespace
}  // namespace quotacast::ingestion
