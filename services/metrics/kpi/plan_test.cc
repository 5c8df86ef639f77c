// Goal: plans are found up and down the teams, and set against bookings and quotas. Method: teams
// counted by hand. That plans come into views is shown in book_plan_test.
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/kpi/view_maker.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GROUP_BY_TEAM;

// Company (top) has East and West; East has North. Plans: North 100, East none, West 300.
ViewMaker Company() {
  ViewMaker maker(CivilDay(2017, 12, 31));
  const int company = maker.Team("company");
  const int east = maker.Team("east", company);
  const int west = maker.Team("west", company);
  const int north = maker.Team("north", east);
  maker.Rep("ann", north);
  maker.Rep("bob", west);
  maker.view().reps[0].quotas = {{"2017Q4", 15'000}};
  maker.view().reps[1].quotas = {{"2017Q4", 33'000}};
  maker.view().plan_quotas = {{north, "2017Q4", 10'000}, {west, "2017Q4", 30'000}};
  maker.Closed("ann", kWonStage, CivilDay(2017, 9, 1), CivilDay(2017, 10, 1), 80);
  maker.Closed("bob", kWonStage, CivilDay(2017, 9, 1), CivilDay(2017, 12, 31), 360);
  return maker;
}

TEST(AttainmentPlan, AddsUpThePlansBelow) {
  ViewMaker maker = Company();
  const auto table =
      maker.Ask({.kpi = "attainment_plan", .group_by = GROUP_BY_TEAM, .period = "2017Q4"});
  EXPECT_EQ(Cell(table, "north"), "0.8 = 80/100 (n=1)");
  EXPECT_EQ(Cell(table, "east"), "0.8 = 80/100 (n=1)");
  EXPECT_EQ(Cell(table, "west"), "1.2 = 360/300 (n=1)");
  EXPECT_EQ(Cell(table, "company"), "1.1 = 440/400 (n=2)");
  EXPECT_EQ(Cell(table, "team"), "undefined: no plan above zero is set for 2017Q4");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "attainment_plan", .period = "2017Q4"})), "1.1 = 440/400 (n=2)");
  // A plan of the company's own counts instead of those below.
  maker.view().plan_quotas.push_back({1, "2017Q4", 50'000});
  EXPECT_EQ(Cell(maker.Ask({.kpi = "attainment_plan", .period = "2017Q4"})),
            "0.88 = 440/500 (n=2)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "attainment_plan", .period = "2017Q3"})),
            "undefined: no plan above zero is set for 2017Q3");
}

TEST(OverAssignment, IsQuotasOverPlan) {
  ViewMaker maker = Company();
  const auto table =
      maker.Ask({.kpi = "over_assignment", .group_by = GROUP_BY_TEAM, .period = "2017Q4"});
  EXPECT_EQ(Cell(table, "north"), "1.5 = 150/100 (n=1)");
  EXPECT_EQ(Cell(table, "company"), "1.2 = 480/400 (n=2)");
  maker.view().plan_quotas.push_back({1, "2018Q1", 50'000});
  EXPECT_EQ(Cell(maker.Ask({.kpi = "over_assignment", .period = "2018Q1"})),
            "undefined: no quota above zero is set for 2018Q1");
  maker.view().reps[0].quotas.push_back({"2018Q1", 60'000});
  EXPECT_EQ(Cell(maker.Ask({.kpi = "over_assignment", .period = "2018Q1"})), "1.2 = 600/500 (n=1)");
  maker.view().plan_quotas.back().amount_minor_units = 0;
  EXPECT_EQ(Cell(maker.Ask({.kpi = "over_assignment", .period = "2018Q1"})),
            "undefined: no plan above zero is set for 2018Q1");
}

}  // namespace
}  // namespace quotacast::metrics
