// Goal: a scenario is found by what people type. Method: base, files right and wrong, and saved
// ones in a fake planning service.
#include "clients/cli/scenario_source.h"

#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "clients/cli/arguments.h"
#include "clients/cli/command.h"
#include "clients/cli/json_output.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/simulation/v1/scenario.pb.h"

namespace quotacast::cli {
namespace {

class ScenarioSourceTest : public ::testing::Test {
 protected:
  absl::StatusOr<simulation::v1::Scenario> Load(const std::string& text) {
    return LoadScenario(text, context_);
  }
  FakeServices services_;
  std::ostringstream out_;
  FakeClock clock_{absl::UnixEpoch()};
  CommandContext context_ = {
      services_.channel(), "workspaces/w", false, Terminal(), {}, out_, out_, clock_};
};

TEST_F(ScenarioSourceTest, BaseChangesNothing) {
  const absl::StatusOr<simulation::v1::Scenario> base = Load("base");
  ASSERT_TRUE(base.ok());
  EXPECT_EQ(base->display_name(), "base");
  EXPECT_EQ(base->initiatives_size() + base->hires_size(), 0);
}

TEST_F(ScenarioSourceTest, TheExampleIsAScenario) {
  const absl::StatusOr<simulation::v1::Scenario> example =
      Load(WriteTempFile("scenario/example.json", ExampleScenarioJson()));
  ASSERT_TRUE(example.ok()) << example.status();
  EXPECT_EQ(example->display_name(), "Coaching and two hires");
  EXPECT_EQ(example->initiatives_size(), 1);
  EXPECT_EQ(example->hires_size(), 2);
  EXPECT_DOUBLE_EQ(example->initiatives(0).effect().win().sd(), 0.05);
}

TEST_F(ScenarioSourceTest, AFileMayHoldEveryLever) {
  const absl::StatusOr<simulation::v1::Scenario> scenario =
      Load(WriteTempFile("scenario/levers.json", R"json({
  "initiatives": [{
    "initiativeId": "a",
    "effect": {"stageWins": [{"stageId": "Negotiation", "win": {"mean": 0.1}}],
               "size": {"mean": 0.05}, "ramp": {"mean": 0.2}},
    "segmentIds": ["all"],
    "startDate": {"year": 2017, "month": 10, "day": 2},
    "waves": [{"startDate": {"year": 2017, "month": 11, "day": 1}}],
    "overheadHoursPerWeek": 3,
    "fadeHalfLifeWeeks": 26,
    "reviewsLapseDate": {"year": 2017, "month": 12, "day": 1},
    "headrooms": [{"repId": "ann", "share": 0.3}],
    "cost": {"oneOff": {"currencyCode": "USD", "units": "5000"}}
  }],
  "hires": [{"hireId": "h", "leadTimeMeanWeeks": 9, "quality": {"sd": 0.2}}],
  "departures": [{"repId": "ann", "lastDate": {"year": 2017, "month": 11, "day": 15},
                  "successorRepId": "ben", "freezeWeeks": 0, "inheritedWin": {"mean": 0}}],
  "absences": [{"repId": "cy", "startDate": {"year": 2017, "month": 11, "day": 1},
                "lastDate": {"year": 2017, "month": 11, "day": 30}}],
  "attrition": {"ratePerYear": 0.25, "backfillWeeks": 9},
  "reassignments": [{"opportunityId": "deal-3", "repId": "cy"}],
  "quotaChanges": [{"factor": 0.9},
                   {"repId": "ben", "quota": {"currencyCode": "USD", "units": "70000"}}],
  "demandShocks": [{"startDate": {"year": 2017, "month": 10, "day": 15},
                    "segmentIds": ["all"], "creation": {"mean": -0.3, "sd": 0.1}}]
})json"));
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  const simulation::v1::InitiativeChange& initiative = scenario->initiatives(0);
  EXPECT_EQ(initiative.effect().stage_wins(0).stage_id(), "Negotiation");
  EXPECT_EQ(initiative.waves(0).start_date().month(), 11);
  EXPECT_EQ(initiative.fade_half_life_weeks(), 26);
  EXPECT_EQ(initiative.cost().one_off().units(), 5'000);
  EXPECT_EQ(scenario->hires(0).lead_time_mean_weeks(), 9);
  EXPECT_TRUE(scenario->departures(0).has_freeze_weeks());
  EXPECT_EQ(scenario->absences(0).last_date().day(), 30);
  EXPECT_EQ(scenario->attrition().backfill_weeks(), 9);
  EXPECT_EQ(scenario->reassignments(0).opportunity_id(), "deal-3");
  EXPECT_EQ(scenario->quota_changes(1).quota().units(), 70'000);
  EXPECT_EQ(scenario->demand_shocks(0).creation().sd(), 0.1);
}

TEST_F(ScenarioSourceTest, AFileWithoutANameIsCalledAfterItself) {
  EXPECT_EQ(Load(WriteTempFile("scenario/plan-b.json", "{}"))->display_name(), "plan-b");
}

TEST_F(ScenarioSourceTest, AFileThatIsNoScenario) {
  const absl::Status status = Load(WriteTempFile("scenario/bad.json", "{\"hire\": 1}")).status();
  EXPECT_TRUE(IsUsageError(status));
  EXPECT_NE(status.message().find("bad.json"), absl::string_view::npos) << status;
}

TEST_F(ScenarioSourceTest, SavedOnesById) {
  auto& saved = services_.saved_scenarios["workspaces/w/scenarios/two-hires"];
  saved.mutable_scenario()->add_hires()->set_hire_id("h");
  for (const char* text : {"two-hires", "scenarios/two-hires"}) {
    const absl::StatusOr<simulation::v1::Scenario> scenario = Load(text);
    ASSERT_TRUE(scenario.ok()) << scenario.status();
    EXPECT_EQ(scenario->hires(0).hire_id(), "h");
    EXPECT_EQ(scenario->display_name(), text);
  }
}

TEST_F(ScenarioSourceTest, NeitherFileNorSaved) {
  const absl::Status status = Load("plan-c").status();
  EXPECT_TRUE(IsUsageError(status));
  EXPECT_EQ(status.message(),
            "scenario \"plan-c\" is neither a file nor the id of a saved scenario");
}

TEST_F(ScenarioSourceTest, OtherErrorsOfTheServicePass) {
  services_.saved_scenarios["workspaces/w/scenarios/x"];
  services_.failure = Overloaded("busy", absl::Seconds(1));
  EXPECT_EQ(Load("x").status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace quotacast::cli
