// Goal: recursion and convolution give the laws of their sums. Method: binomial, Poisson and
// negative binomial counts in closed form; large counts, which take halvings, against the same law
// made of parts.
#include "simulator/exact/compound_law.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/exact/amount_law.h"
#include "simulator/testing/closed_forms.h"

namespace quotacast::simulator {
namespace {

TEST(CompoundLawTest, CountsInClosedForm) {
  std::vector<double> unit(30, 0), law;
  unit[1] = 1;
  CompoundLaw(3.5, {}, unit, &law);
  for (int n = 0; n < 30; ++n) {
    EXPECT_NEAR(law[n], std::exp(n * std::log(3.5) - 3.5 - std::lgamma(n + 1)), 1e-14) << n;
  }
  for (const double k : {0.3, 1.0, 10.0}) {
    CompoundLaw(3.5, {false, k}, unit, &law);
    const double a = 3.5 / (3.5 + k);
    for (int n = 0; n < 30; ++n) {
      EXPECT_NEAR(law[n],
                  std::exp(std::lgamma(k + n) - std::lgamma(k) - std::lgamma(n + 1) +
                           k * std::log(1 - a) + n * std::log(a)),
                  1e-13)
          << n;
    }
  }
  CompoundLaw(0, {false, 10}, unit, &law);
  EXPECT_EQ(law[0], 1);
}

// Amounts of 0 count as wins that bring nothing; amounts beyond the lattice leave mass out.
TEST(CompoundLawTest, DefectiveAmounts) {
  const std::vector<double> severity = {0.2, 0.3, 0.1, 0};
  std::vector<double> law;
  CompoundLaw(2, {false, 4}, severity, &law);
  const double a = 2.0 / 6;
  const double zero = std::pow((1 - a) / (1 - a * 0.2), 4);
  EXPECT_NEAR(law[0], zero, 1e-15);
  double sum = 0;
  for (const double mass : law) sum += mass;
  EXPECT_NEAR(1 - sum, testing::PanjerTail(a, 3 * a, zero, severity, 4), 1e-14);
}

// A mean of 3,000 underflows at nothing won; the law is that of thirty sums of a mean of 100.
TEST(CompoundLawTest, LargeCountsAreMadeOfHalves) {
  std::vector<double> unit(4'001, 0), law;
  unit[1] = 1;
  CompoundLaw(3'000, {}, unit, &law);
  for (const int n : {2'800, 3'000, 3'100}) {
    const double exact = std::exp(n * std::log(3'000.0) - 3'000 - std::lgamma(n + 1.0));
    EXPECT_NEAR(law[n], exact, 1e-9 * exact) << n;
  }
  CompoundLaw(3'000, {false, 2'000}, unit, &law);
  const double a = 3'000.0 / 5'000;
  for (const int n : {2'700, 3'000, 3'300}) {
    const double exact = std::exp(std::lgamma(2'000.0 + n) - std::lgamma(2'000.0) -
                                  std::lgamma(n + 1.0) + 2'000 * std::log(1 - a) + n * std::log(a));
    EXPECT_NEAR(law[n], exact, 1e-9 * exact) << n;
  }
}

TEST(CompoundLawTest, DealsAreConvolved) {
  std::vector<double> law = {1, 0, 0, 0, 0, 0}, scratch;
  SpreadAmount two;
  two.first = 2;
  AddDeal(0.3, two, &law, &scratch);
  AddDeal(0.3, two, &law, &scratch);
  EXPECT_NEAR(law[0], 0.49, 1e-15);
  EXPECT_NEAR(law[2], 0.42, 1e-15);
  EXPECT_NEAR(law[4], 0.09, 1e-15);
  SpreadAmount split;
  split.first = 1;
  split.weights[0] = 0.75;
  split.weights[1] = 0.25;
  AddDeal(0.4, split, &law, &scratch);
  EXPECT_NEAR(law[0], 0.6 * 0.49, 1e-15);
  EXPECT_NEAR(law[1], 0.4 * 0.75 * 0.49, 1e-15);
  EXPECT_NEAR(law[2], 0.6 * 0.42 + 0.4 * 0.25 * 0.49, 1e-15);
  EXPECT_NEAR(law[5], 0.4 * 0.75 * 0.09, 1e-15);
  // The same amounts as a law of their own; a deal beyond the lattice leaves mass out.
  std::vector<double> other = {1, 0, 0, 0, 0, 0};
  AddDeal(0.3, {0, 0, 1, 0, 0, 0}, &other, &scratch);
  AddDeal(0.3, {0, 0, 1, 0, 0, 0}, &other, &scratch);
  AddDeal(0.4, {0, 0.75, 0.25, 0, 0, 0}, &other, &scratch);
  for (size_t n = 0; n < law.size(); ++n) EXPECT_NEAR(other[n], law[n], 1e-15);
  SpreadAmount far;
  far.first = 6;
  AddDeal(0.5, far, &law, &scratch);
  for (size_t n = 0; n < law.size(); ++n) EXPECT_NEAR(law[n], 0.5 * other[n], 1e-15);
}

}  // namespace
}  // namespace quotacast::simulator
