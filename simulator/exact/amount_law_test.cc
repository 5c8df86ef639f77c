// Goal: amounts have the moments and spreads of their law. Method: sums over all rounded amounts,
// written independently of the engine (testing/closed_forms), and hand-worked splits.
#include "simulator/exact/amount_law.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/model/model.h"
#include "simulator/testing/closed_forms.h"

namespace quotacast::simulator {
namespace {

TEST(AmountLawTest, SplitsByHand) {
  const Lattice lattice = {10, 8, false};
  const SpreadAmount on_node = SpreadOver(lattice, 30, Spread::kLinear);
  EXPECT_EQ(on_node.first, 3);
  EXPECT_EQ(on_node.weights[0], 1);
  const SpreadAmount linear = SpreadOver(lattice, 34, Spread::kLinear);
  EXPECT_EQ(linear.first, 3);
  EXPECT_NEAR(linear.weights[0], 0.6, 1e-15);
  EXPECT_NEAR(linear.weights[1], 0.4, 1e-15);
  // Around node 3, d = .4: (d^2 - d) / 2, 1 - d^2, (d^2 + d) / 2.
  const SpreadAmount quadratic = SpreadOver(lattice, 34, Spread::kQuadratic);
  EXPECT_EQ(quadratic.first, 2);
  EXPECT_NEAR(quadratic.weights[0], -0.12, 1e-15);
  EXPECT_NEAR(quadratic.weights[1], 0.84, 1e-15);
  EXPECT_NEAR(quadratic.weights[2], 0.28, 1e-15);
  // Below the second node there is none to the left: d = -.8 around node 1.
  const SpreadAmount small = SpreadOver(lattice, 2, Spread::kQuadratic);
  EXPECT_EQ(small.first, 0);
  EXPECT_NEAR(small.weights[0], 0.72, 1e-15);
  EXPECT_EQ(lattice.FirstNodeAtLeast(0), 0);
  EXPECT_EQ(lattice.FirstNodeAtLeast(1), 1);
  EXPECT_EQ(lattice.FirstNodeAtLeast(70), 7);
  EXPECT_EQ(lattice.FirstNodeAtLeast(71), 8);
}

TEST(AmountLawTest, MomentsCountRoundingAndCap) {
  const struct {
    double median, sd;
    int cap;
  } cases[] = {
      {4, 0.7, 40}, {0.4, 1, 9}, {500, 0.8, 2'000}, {3'000, 0.5, 60'000}, {9'000, 0.3, 9'500}};
  for (const auto& c : cases) {
    const AmountLaw law(AmountDistribution{std::log(c.median), c.sd, c.cap});
    const std::vector<double> exact = testing::RoundedLognormal(std::log(c.median), c.sd, c.cap);
    double mean = 0, second = 0;
    for (int a = 0; a <= c.cap; ++a) {
      mean += a * exact[a];
      second += static_cast<double>(a) * a * exact[a];
    }
    EXPECT_NEAR(law.mean(), mean, 1e-8 * mean) << c.median;
    EXPECT_NEAR(law.second_moment(), second, 2e-8 * second) << c.median;
    EXPECT_EQ(law.Atom().amount, c.cap);
    EXPECT_NEAR(law.Atom().probability, exact[c.cap], 1e-12);
    // Single minor units: the rounded law itself.
    const std::vector<double> units = law.OnLattice({1, c.cap + 1, true}, Spread::kLinear);
    for (int a = 0; a <= c.cap; ++a) EXPECT_NEAR(units[a], exact[a], 1e-12) << a;
  }
}

// Mean-preserving and, with three nodes, variance-preserving; all mass on a lattice that reaches
// the cap. The spread is of amounts before rounding: 1/12 of a minor unit's square less.
TEST(AmountLawTest, SpreadsKeepMoments) {
  const AmountDistribution distribution = {std::log(50'000.0), 0.9, 900'000};
  const AmountLaw law(distribution);
  for (const double width : {700.0, 12'345.6, 100'000.0, 400'000.0}) {
    for (const Spread spread : {Spread::kLinear, Spread::kQuadratic}) {
      const Lattice lattice = {width, static_cast<int>(900'000 / width) + 3, false};
      const std::vector<double> masses = law.OnLattice(lattice, spread);
      double total = 0, mean = 0, second = 0;
      for (size_t n = 0; n < masses.size(); ++n) {
        const double x = width * static_cast<double>(n);
        total += masses[n];
        mean += x * masses[n];
        second += x * x * masses[n];
        if (spread == Spread::kLinear) {
          EXPECT_GE(masses[n], 0);
        }
      }
      EXPECT_NEAR(total, 1, 1e-10);
      EXPECT_NEAR(mean, law.mean(), 1e-6 * law.mean()) << width;
      if (spread == Spread::kQuadratic) {
        EXPECT_NEAR(second, law.second_moment(), 1e-6 * law.second_moment()) << width;
      } else {
        EXPECT_GT(second, law.second_moment());
      }
    }
  }
}

TEST(AmountLawTest, ConstantsAreAtoms) {
  const AmountLaw law(AmountDistribution{std::log(100.0), 0, 1'000});
  EXPECT_TRUE(law.is_constant());
  EXPECT_EQ(law.constant(), 100);
  EXPECT_EQ(law.mean(), 100);
  EXPECT_EQ(law.second_moment(), 10'000);
  EXPECT_EQ(law.OnLattice({40, 4, false}, Spread::kLinear), (std::vector<double>{0, 0, 0.5, 0.5}));
  // Beyond the lattice: nothing on it.
  EXPECT_EQ(law.OnLattice({10, 4, false}, Spread::kLinear), (std::vector<double>{0, 0, 0, 0}));
}

}  // namespace
}  // namespace quotacast::simulator
