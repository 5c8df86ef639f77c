// Goal: partials merge exactly or are refused. Method: small plans, split in every way that is
// legal and in those that are not.
#include "simulator/engine/partial.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "simulator/engine/engine.h"
#include "simulator/model/model.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

std::unique_ptr<Plan> MakePlan(uint64_t seed) {
  const testing::Company company = testing::MakeVariedCompany(3, 5, 2, 1);
  EngineOptions options;
  options.trials = 64;
  options.seed = seed;
  auto plan = Compile(company.model, company.state, {}, options, nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *std::move(plan);
}

std::string ReasonOf(const absl::Status& status) {
  const auto detail = GetDetail(status);
  return detail.has_value() ? detail->reason : "";
}

TEST(PartialTest, MergeIsCommutativeAndHasAZero) {
  const auto plan = MakePlan(1);
  const int batch = plan->layout().batch_size;
  ASSERT_GE(plan->layout().trials, 2 * batch);
  const Partial a = *plan->SimulateRange(0, batch, nullptr);
  const Partial b = *plan->SimulateRange(batch, batch, nullptr);
  const auto ab = Merge(a, b);
  const auto ba = Merge(b, a);
  ASSERT_TRUE(ab.ok() && ba.ok());
  EXPECT_TRUE(*ab == *ba);
  EXPECT_FALSE(*ab == a);
  EXPECT_EQ(ab->trial_count(), 2 * batch);
  const auto with_zero = Merge(EmptyPartial(plan->shape()), a);
  ASSERT_TRUE(with_zero.ok());
  EXPECT_TRUE(*with_zero == a);
}

TEST(PartialTest, OverlapIsRefused) {
  const auto plan = MakePlan(1);
  const int batch = plan->layout().batch_size;
  const Partial a = *plan->SimulateRange(0, 2 * batch, nullptr);
  const Partial b = *plan->SimulateRange(batch, batch, nullptr);
  const auto merged = Merge(a, b);
  EXPECT_EQ(merged.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(merged.status()), "PARTIAL_OVERLAP");
}

TEST(PartialTest, AnotherPlanIsRefused) {
  const auto plan = MakePlan(1);
  const auto other = MakePlan(2);
  const int batch = plan->layout().batch_size;
  const auto merged =
      Merge(*plan->SimulateRange(0, batch, nullptr), *other->SimulateRange(batch, batch, nullptr));
  EXPECT_EQ(ReasonOf(merged.status()), "PARTIAL_MISMATCH");
}

TEST(PartialTest, SamplesAreGatheredInTrialOrder) {
  const auto plan = MakePlan(1);
  const int batch = plan->layout().batch_size;
  const int64_t trials = plan->layout().trials;
  const Partial whole = *plan->SimulateRange(0, trials, nullptr);
  const Partial second = *plan->SimulateRange(batch, batch, nullptr);
  const int series = plan->shape().EntitySeries(2, 0);
  const std::vector<int64_t> all = GatherSamples(plan->shape(), whole, series);
  const std::vector<int64_t> part = GatherSamples(plan->shape(), second, series);
  ASSERT_EQ(all.size(), static_cast<size_t>(trials));
  EXPECT_EQ(std::vector<int64_t>(all.begin() + batch, all.begin() + 2 * batch), part);
  // The moments are those of the samples.
  ExactMoments from_samples, from_moments;
  for (const int64_t sample : all) from_samples.Add(sample);
  for (int k = 0; k < whole.draw_count; ++k) {
    from_moments.Merge(whole.moments[series * whole.draw_count + k]);
  }
  EXPECT_EQ(from_samples, from_moments);
}

}  // namespace
}  // namespace quotacast::simulator
