// Goal: the draws are standard normal. Method: 20,000 draws in ten bins of equal probability;
// chi-square with 9 degrees below 33.72, false alarm 10^-4. Once two-humped or of another spread,
// the statistic is in the hundreds.
#include "simulator/testing/normal_draws.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "gtest/gtest.h"
#include "simulator/testing/closed_forms.h"

namespace quotacast::simulator::testing {
namespace {

TEST(NormalDrawsTest, AreStandardNormal) {
  std::array<double, 10> counts = {};
  for (uint64_t entity = 0; entity < 20; ++entity) {
    for (uint32_t index = 0; index < 1'000; ++index) {
      const double p = Phi(NormalDraw(1, entity, index));
      ++counts[std::min<size_t>(9, static_cast<size_t>(10 * p))];
    }
  }
  double chi_square = 0;
  for (const double count : counts) chi_square += (count - 2'000) * (count - 2'000) / 2'000;
  EXPECT_LT(chi_square, 33.72);
}

}  // namespace
}  // namespace quotacast::simulator::testing
