// Goal: the score equals its definition E|X - y| - E|X - X'| / 2 over distinct pairs. Method:
// direct double sum on small samples; the closed form for a uniform forecast.
#include "simulator/stats/crps.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

double ByDefinition(const std::vector<int64_t>& samples, int64_t outcome) {
  const double n = static_cast<double>(samples.size());
  double error = 0, pairs = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    error += std::abs(static_cast<double>(samples[i] - outcome));
    for (size_t j = 0; j < samples.size(); ++j) {
      pairs += std::abs(static_cast<double>(samples[i] - samples[j]));
    }
  }
  return error / n - pairs / (2 * n * (n - 1));
}

TEST(CrpsTest, MatchesTheDefinition) {
  std::vector<int64_t> samples = {5, -3, 12, 12, 40, 0, 7};
  for (const int64_t outcome : {-10, 0, 7, 100}) {
    EXPECT_NEAR(FairCrps(samples, outcome), ByDefinition(samples, outcome), 1e-12);
  }
}

TEST(CrpsTest, OneSampleIsTheAbsoluteError) {
  std::vector<int64_t> one = {10};
  EXPECT_EQ(FairCrps(one, 4), 6);
}

TEST(CrpsTest, UniformForecastHasItsClosedForm) {
  // For X uniform on [0, c] and y inside: (y^2 + (c - y)^2) / (2c) - c / 6. With 0..1000 the
  // discreteness is below 1 in 1000.
  std::vector<int64_t> samples;
  for (int64_t x = 0; x <= 1'000; ++x) samples.push_back(x);
  EXPECT_NEAR(FairCrps(samples, 500), 250 - 1000.0 / 6, 0.5);
  EXPECT_NEAR(FairCrps(samples, 0), 500 - 1000.0 / 6, 0.5);
}

}  // namespace
}  // namespace quotacast::simulator
