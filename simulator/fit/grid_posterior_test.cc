// Goal: grids give the posterior they stand for. Method: densities with known means.
#include "simulator/fit/grid_posterior.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

// A half-normal has the mean it is named by; uneven grids must not matter.
TEST(GridPosterior, HalfNormalHasItsMean) {
  std::vector<double> values;
  std::vector<double> log_density;
  for (double x = 0; x < 1.5; x += x < 0.3 ? 0.005 : 0.02) {
    values.push_back(x);
    log_density.push_back(LogHalfNormal(x, 0.2));
  }
  const GridPosterior grid = Normalised(values, log_density);
  EXPECT_NEAR(std::accumulate(grid.weights.begin(), grid.weights.end(), 0.0), 1, 1e-12);
  EXPECT_NEAR(grid.mean(), 0.2, 1e-3);
  // E x^2 = pi / 2 mean^2.
  EXPECT_NEAR(grid.MeanOf([](double x) { return x * x; }), M_PI / 2 * 0.04, 1e-3);
  // 256 stratified draws: their mean is off by less than the largest gap over 256 or so.
  double sum = 0;
  for (const double draw : DrawValues(grid, 1, "x", 256)) sum += draw / 256;
  EXPECT_NEAR(sum, 0.2, 0.005);
}

// Mean median e^{s^2 / 2}.
TEST(GridPosterior, LogNormalHasItsMean) {
  std::vector<double> values;
  std::vector<double> log_density;
  for (double x = 0.001; x < 8; x *= 1.02) {
    values.push_back(x);
    log_density.push_back(LogLogNormal(x, 0.2, 0.7));
  }
  EXPECT_NEAR(Normalised(values, log_density).mean(), 0.2 * std::exp(0.245), 2e-3);
}

// Weights .25 .5 .25: halves are {1, 2} and {2, 3} with a quarter each of their ends.
TEST(GridPosterior, CondensedKeepsTheMean) {
  const GridPosterior grid = {{1, 2, 3}, {0.25, 0.5, 0.25}};
  EXPECT_EQ(Condensed(grid, 2), (std::vector<double>{1.5, 2.5}));
  EXPECT_EQ(Condensed(grid, 4), (std::vector<double>{1, 2, 2, 3}));
  const std::vector<double> thirds = Condensed(grid, 3);
  ASSERT_EQ(thirds.size(), 3u);
  EXPECT_NEAR(thirds[0] + thirds[1] + thirds[2], 6, 1e-9);
  EXPECT_EQ(Condensed({{0}, {1}}, 3), (std::vector<double>{0, 0, 0}));
}

TEST(GridPosterior, ImpossibleValuesAreNeverDrawn) {
  const double never = -std::numeric_limits<double>::infinity();
  const GridPosterior grid = Normalised({1, 2, 3}, {never, 0, never});
  for (const double draw : DrawValues(grid, 1, "x", 16)) EXPECT_EQ(draw, 2);
  EXPECT_EQ(grid.mean(), 2);
}

TEST(GridPosterior, OnePointIsCertain) {
  EXPECT_EQ(DrawValues(Normalised({0.5}, {-700}), 1, "x", 3), (std::vector<double>{0.5, 0.5, 0.5}));
}

}  // namespace
}  // namespace quotacast::simulator
