// Goal: leads, renewals and expansions enter the first stage when the model says. Method: a lead
// before a pipeline against the same pipeline with one stage more, step by step; products of
// hazards by hand, with and without a lever on churn.
#include "simulator/engine/entry_flow.h"

#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "simulator/engine/levers.h"
#include "simulator/engine/segment_flow.h"
#include "simulator/engine/step_calendar.h"
#include "simulator/engine/step_grid.h"
#include "simulator/engine/win_thresholds.h"
#include "simulator/model/model.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

const absl::CivilDay kAsOf(2017, 10, 17);
const std::vector<int> kEdges = testing::AgingEdges();

// Steps of 7 days but for cuts at the ends of the periods and one in between.
StepGrid Grid() {
  return BuildStepGrid(kAsOf,
                       {{"a", absl::CivilDay(2017, 10, 1), absl::CivilDay(2017, 11, 11)},
                        {"b", absl::CivilDay(2017, 11, 11), absl::CivilDay(2018, 1, 20)}},
                       7, {absl::CivilDay(2017, 10, 27)});
}

// The first stage of the long pipeline moves like the leads: the same speed, and a shift of its
// own.
LeverPath Path(int steps) {
  LeverPath path;
  for (int w = 0; w < steps; ++w) {
    path.win_shift.push_back(0);
    path.cycle_factor.push_back(w == 2 ? 0 : 1 + 0.05 * w);
    path.creation_factor.push_back(1);
    path.lead_work_shift.push_back(0.04 * w);
  }
  path.lead_speed_factor = path.cycle_factor;
  path.stage_win_shift.assign(static_cast<size_t>(kMaxStages * steps), 0);
  for (int w = 0; w < steps; ++w) path.stage_win_shift[static_cast<size_t>(w)] = 0.04 * w;
  return path;
}

SegmentFlow Flow(const std::vector<StageCell>& stages, const StepGrid& grid,
                 const LeverPath& path) {
  const int count = static_cast<int>(stages.size());
  return SegmentFlow(stages.data(), count, kEdges,
                     RescaleThresholds(stages.data(), count, kEdges, 0, 7), grid, path, {}, {0});
}

class EntryFlowTest : public ::testing::Test {
 protected:
  EntryFlowTest()
      : grid_(Grid()),
        path_(Path(grid_.step_count())),
        long_flow_(Flow(testing::AgingStages(), grid_, path_)),
        leads_(testing::AgingStages()[0], kEdges, grid_, path_) {
    LeverPath behind = path_;
    behind.stage_win_shift.clear();
    const std::vector<StageCell> stages = {testing::AgingStages()[1], testing::AgingStages()[2]};
    flow_.emplace(Flow(stages, grid_, behind));
  }

  const StepGrid grid_;
  const LeverPath path_;
  const SegmentFlow long_flow_;
  const LeadFlow leads_;
  std::optional<SegmentFlow> flow_;
};

TEST_F(EntryFlowTest, AnOpenLeadIsADealWithOneStageMore) {
  for (const int age : {0, 3, 8, 9, 25, 400}) {
    std::vector<double> expected, actual;
    long_flow_.OpenDealWins(0, age, &expected);
    flow_->EntryWins(leads_.OpenLeadEntries(age), &actual);
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t j = 0; j < expected.size(); ++j) EXPECT_NEAR(actual[j], expected[j], 1e-14) << j;
    EXPECT_GT(actual.back(), 0.05);
  }
}

TEST_F(EntryFlowTest, NewLeadsAreNewDealsWithOneStageMore) {
  std::vector<double> coming;
  for (int w = 0; w < grid_.step_count(); ++w) coming.push_back(w % 3 == 1 ? 0 : 1 + 0.3 * w);
  std::vector<double> expected, actual;
  long_flow_.NewDealWins(coming, grid_, &expected);
  flow_->NewDealWins(leads_.NewLeadEntries(coming), grid_, &actual);
  for (size_t j = 0; j < expected.size(); ++j) EXPECT_NEAR(actual[j], expected[j], 1e-13) << j;
}

// One rate: of leads open at the start, (1 - h)^w h p become opportunities in week w.
TEST(LeadFlowTest, GeometricLeads) {
  StageCell cell;
  cell.ages = {{0.05, 0.3}};
  const StepGrid grid = BuildStepGrid(kAsOf, {{"p", kAsOf + 1, kAsOf + 29}}, 7, {});
  LeverPath path;
  path.lead_speed_factor = {1, 1, 0, 2};
  const LeadFlow leads(cell, {}, grid, path);
  const double stays = std::exp(-0.35);
  const std::vector<double> entering = leads.OpenLeadEntries(5);
  EXPECT_NEAR(entering[0], (1 - stays) * 0.3, 1e-14);
  EXPECT_NEAR(entering[1], stays * (1 - stays) * 0.3, 1e-14);
  EXPECT_EQ(entering[2], 0);  // Leads stand still.
  EXPECT_NEAR(entering[3], stays * stays * (1 - stays * stays) * 0.3, 1e-14);
}

// Bins below 10 days, below 20 and from there on; a customer aged 5 days at weekly steps is 5, 12,
// 19 and 26 days old at their starts.
TEST(FollowUpTest, ProductsOfHazards) {
  const StepGrid grid = BuildStepGrid(kAsOf, {{"p", kAsOf + 1, kAsOf + 29}}, 7, {});
  const std::vector<double> rates = {0.01, 0.03, 0};
  const std::vector<double> plain = FollowUpEntries(rates.data(), {10, 20}, 5, 0.3, {}, grid);
  const double first = std::exp(-0.07), second = std::exp(-0.21);
  EXPECT_NEAR(plain[0], 1 - first, 1e-14);
  EXPECT_NEAR(plain[1], first * (1 - second), 1e-14);
  EXPECT_NEAR(plain[2], first * second * (1 - second), 1e-14);
  EXPECT_EQ(plain[3], 0);
  // From the second step on twice as many customers are lost: K(1) and K(2) are what is left after
  // one and two weeks of 0.3 a year more.
  const std::vector<double> churned =
      FollowUpEntries(rates.data(), {10, 20}, 5, 0.3, {0, std::log(2.0), std::log(2.0), 0}, grid);
  const double k = std::exp(-0.3 * 7 / 365.25);
  EXPECT_NEAR(churned[0], 1 - first, 1e-14);
  EXPECT_NEAR(churned[1], first * (1 - std::exp(-0.21 * k)), 1e-14);
  EXPECT_NEAR(churned[2], first * std::exp(-0.21 * k) * (1 - std::exp(-0.21 * k * k)), 1e-14);
  // A lever of no effect, and one where nobody is lost, change no bit.
  EXPECT_EQ(FollowUpEntries(rates.data(), {10, 20}, 5, 0.3, {0, 0, 0, 0}, grid), plain);
  EXPECT_EQ(FollowUpEntries(rates.data(), {10, 20}, 5, 0, {5, 5, 5, 900}, grid), plain);
}

TEST(FollowUpTest, AgesThatNoStepTellsApartAreOne) {
  const StepGrid grid = BuildStepGrid(kAsOf, {{"p", kAsOf + 1, kAsOf + 29}}, 7, {});
  const std::vector<int> edges = {10, 365};
  const std::vector<double> rates = {0.01, 0.03, 0.002};
  // Steps begin on days 0, 7, 14 and 21: 10 is first reached on day 7 from ages of 3 to 9.
  EXPECT_EQ(CanonicalCustomerAge(2, edges, grid), 0);
  EXPECT_EQ(CanonicalCustomerAge(3, edges, grid), 3);
  EXPECT_EQ(CanonicalCustomerAge(9, edges, grid), 3);
  EXPECT_EQ(CanonicalCustomerAge(10, edges, grid), 10);
  EXPECT_EQ(CanonicalCustomerAge(343, edges, grid), 10);
  EXPECT_EQ(CanonicalCustomerAge(344, edges, grid), 344);
  EXPECT_EQ(CanonicalCustomerAge(5'000, edges, grid), 365);
  for (int age = 0; age < 500; ++age) {
    const int canonical = CanonicalCustomerAge(age, edges, grid);
    ASSERT_LE(canonical, age);
    ASSERT_EQ(FollowUpEntries(rates.data(), edges, canonical, 0, {}, grid),
              FollowUpEntries(rates.data(), edges, age, 0, {}, grid))
        << age;
  }
}

}  // namespace
}  // namespace quotacast::simulator
