// For tests: how often intervals of 64 posterior draws hold the planted truth.
#ifndef QUOTACAST_SIMULATOR_FIT_INTERVAL_COVERAGE_H_
#define QUOTACAST_SIMULATOR_FIT_INTERVAL_COVERAGE_H_

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::simulator {

struct IntervalCoverage {
  int total = 0;
  int half = 0;
  int eighty = 0;
  int ninety_five = 0;

  // `draws` has 64. Where they lie on a grid, `half_cell` is half the distance of its values.
  void Count(std::vector<double> draws, double truth, double half_cell = 0) {
    std::sort(draws.begin(), draws.end());
    auto covers = [&](size_t low, size_t high) {
      return draws[low] - half_cell <= truth && truth <= draws[high] + half_cell;
    };
    ++total;
    half += covers(16, 47);
    eighty += covers(6, 57);
    ninety_five += covers(1, 62);
  }

  std::string Text() const {
    return std::to_string(half) + " " + std::to_string(eighty) + " " + std::to_string(ninety_five) +
           " of " + std::to_string(total);
  }
};

// The order statistics leave 31, 51 and 61 of 65 gaps between them. Bounds are four binomial
// standard deviations (false alarm 6e-5 each) and `slack` for what is known to widen or narrow
// intervals.
inline void ExpectCovers(const IntervalCoverage& coverage, double slack, const std::string& what) {
  const double n = coverage.total;
  auto near = [&](int covered, double share) {
    EXPECT_NEAR(covered / n, share, 4 * std::sqrt(share * (1 - share) / n) + slack)
        << what << " " << share << ": " << coverage.Text();
  };
  near(coverage.half, 31.0 / 65);
  near(coverage.eighty, 51.0 / 65);
  near(coverage.ninety_five, 61.0 / 65);
  testing::Test::RecordProperty(what, coverage.Text());
}

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_INTERVAL_COVERAGE_H_
