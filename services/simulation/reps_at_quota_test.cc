// Goal: the probability that a share of the reps reaches its quota is counted exactly.
// Method: a partial written by hand, with the number of people at quota of every trial known.

#include "services/simulation/reps_at_quota.h"

#include "gtest/gtest.h"

namespace quotacast::simulation {
namespace {

simulator::PlanShape Shape(simulator::SeriesStorage storage) {
  simulator::PlanShape shape;
  shape.period_count = 1;
  shape.draw_count = 2;
  shape.batch_size = 4;
  shape.eligible_rep_count = {5};
  shape.groups.resize(4);
  shape.groups[1].storage = storage;
  shape.groups[1].first_slot = storage == simulator::SeriesStorage::kSamples ? 1 : 0;
  return shape;
}

TEST(RepsAtQuota, PeopleNeededRoundsUpButNotForBinaryDust) {
  EXPECT_EQ(PeopleNeeded(0.5, 4), 2);
  EXPECT_EQ(PeopleNeeded(0.5, 5), 3);
  EXPECT_EQ(PeopleNeeded(0.6, 5), 3);
  EXPECT_EQ(PeopleNeeded(1, 7), 7);
  EXPECT_EQ(PeopleNeeded(0.01, 7), 1);
}

TEST(RepsAtQuota, CountsTrialsPerDraw) {
  const simulator::PlanShape shape = Shape(simulator::SeriesStorage::kSamples);
  simulator::Partial partial;
  partial.draw_count = 2;
  partial.batch_size = 4;
  // Slot 0 belongs to another series; slot 1 counts people: draw 0 has 3 of 4 trials with at least
  // three people, draw 1 has 1 of 4.
  partial.batches = {{0, {9, 9, 9, 9, 3, 4, 5, 2}}, {1, {9, 9, 9, 9, 0, 1, 2, 3}}};
  const auto estimate = RepsAtQuotaProbability(shape, partial, 0, 0.6);
  ASSERT_TRUE(estimate.has_value());
  EXPECT_DOUBLE_EQ(estimate->value, 0.5);
  EXPECT_GT(estimate->monte_carlo_se, 0);
  // Draw means .75 and .25: variance .125, error sqrt(.125 / 2).
  EXPECT_NEAR(estimate->total_se, 0.25, 1e-12);
}

TEST(RepsAtQuota, HistogramsAnswerToo) {
  const simulator::PlanShape shape = Shape(simulator::SeriesStorage::kHistogram);
  simulator::Partial partial;
  partial.draw_count = 2;
  partial.batch_size = 4;
  partial.batches = {{0, {}}, {1, {}}};
  partial.histograms.resize(1);
  for (const int people : {3, 4, 5, 2, 0, 1, 2, 3}) partial.histograms[0].Add(people);
  const auto estimate = RepsAtQuotaProbability(shape, partial, 0, 0.6);
  ASSERT_TRUE(estimate.has_value());
  EXPECT_DOUBLE_EQ(estimate->value, 0.5);
  EXPECT_NEAR(estimate->monte_carlo_se, 0.1767767, 1e-6);
}

TEST(RepsAtQuota, NobodyWithAQuotaIsNoAnswer) {
  simulator::PlanShape shape = Shape(simulator::SeriesStorage::kSamples);
  shape.eligible_rep_count = {0};
  EXPECT_EQ(RepsAtQuotaProbability(shape, simulator::Partial(), 0, 0.5), std::nullopt);
}

}  // namespace
}  // namespace quotacast::simulation
