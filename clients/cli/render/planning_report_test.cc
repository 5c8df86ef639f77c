// Goal: goals, initiatives and scenarios in lists and one by one. Method: golden texts.
#include "clients/cli/render/planning_report.h"

#include <string>

#include "clients/cli/render/terminal.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(PlanningReportTest, Goals) {
  EXPECT_EQ("\n" + GoalsReport(SampleGoals(), Terminal()),
            R"(
Goal         Name                 Whose             Target          Due  Kind     Owner
───────────  ───────────────────  ─────────  ─────────────  ───────────  ───────  ──────────
q4-bookings  Close the year well  org        USD 3,000,000  31 Dec 2017  commit   Dana Reyes
east-reps                         team east   60 % of reps  31 Dec 2017  dropped  Li Wei
)");
}

TEST(PlanningReportTest, OneGoal) {
  EXPECT_EQ("\n" + GoalReport(SampleGoals().goals(1), Terminal()),
            R"(
Goal        east-reps
Target      team east, 60 % of reps at quota by 31 Dec 2017
Kind        stretch
Owner       Li Wei
Dropped     the team was split
)");
}

TEST(PlanningReportTest, Initiatives) {
  EXPECT_EQ("\n" + InitiativesReport(SampleInitiatives(), Terminal()),
            R"(
Initiative          Audience   Reps  Runs             Effect              State
──────────────────  ─────────  ────  ───────────────  ──────────────────  ───────────────────
discovery-coaching  team east     2  from 1 Oct 2017  win +0.1 (sd 0.05)  stopped 15 Nov 2017
)");
}

TEST(PlanningReportTest, OneInitiative) {
  EXPECT_EQ("\n" + InitiativeReport(SampleInitiatives().initiatives(0), Terminal()),
            R"(
Initiative  discovery-coaching: Discovery coaching
Sponsor     Dana Reyes
Audience    team east (2 reps)
Effect      win +0.1 (sd 0.05)
Runs        from 1 Oct 2017
Evidence    pilot of one team, 2017Q2
State       stopped 15 Nov 2017
Because     no effect seen
Override    pilot ends in a week (approved by Dana Reyes)
)");
}

TEST(PlanningReportTest, Scenarios) {
  EXPECT_EQ("\n" + ScenariosReport(SampleScenarios(), Terminal()),
            R"(
Scenario   Name                    Initiatives  Hires  State                  Saved
─────────  ──────────────────────  ───────────  ─────  ──────  ────────────────────
two-hires  Coaching and two hires            1      1  frozen  2017-07-14 02:40 UTC
)");
}

TEST(PlanningReportTest, OneScenario) {
  EXPECT_EQ("\n" + SavedScenarioReport(SampleScenarios().scenarios(0), Terminal()),
            R"(
Scenario    two-hires: Coaching and two hires
Initiative  Discovery coaching: win +0.1 (sd 0.05), from 1 Oct 2017, team east
Hire        hire-1: team east from 16 Oct 2017
State       frozen
Judged      as of 30 Sep 2017 (event 16,321)
)");
}

TEST(PlanningReportTest, Evaluation) {
  EXPECT_EQ("\n" + GoalEvaluationReport(SampleEvaluation(), Terminal()),
            R"(
The goal is reached with 37 % probability.

●●●●●●●○○○○○○○○○○○○○  7 of 20 outcomes reach the goal
P(goal) 37 % ± 0.9 points

Data   as of 30 Sep 2017, known by 2017-07-14 02:40 UTC (event 16,321); thin history; past
       reconstructed from an import
Model  3f2a9c01d7e4, 64 parameter draws; scenario 1b2c3d4e5f60
Run    seed 7, 10,048 trials, engine scalar-1
note: The history covers three quarters only.
)");
}

TEST(PlanningReportTest, NothingYet) {
  EXPECT_EQ(GoalsReport({}, Terminal()), "No goals yet.\n");
  EXPECT_EQ(InitiativesReport({}, Terminal()), "No initiatives yet.\n");
  EXPECT_EQ(ScenariosReport({}, Terminal()), "No saved scenarios yet.\n");
}

TEST(PlanningReportTest, RefusedEvaluation) {
  planning::v1::GoalEvaluation evaluation;
  evaluation.mutable_refusal()->set_message("There are 12 won deals.");
  const std::string text = GoalEvaluationReport(evaluation, Terminal());
  EXPECT_EQ(text.find("No forecast: There are 12 won deals.\n"), 0u) << text;
}

}  // namespace
}  // namespace quotacast::cli
