// Goal: reps leave at the rate that is given (oracle O10: heads over time,
// expected rep-weeks). Method: closed forms of a constant rate, bands by hand.
#include "simulator/engine/departure_law.h"

#include <cmath>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "simulator/engine/step_grid.h"
#include "simulator/engine/tenure.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

StepGrid Weeks(int weeks) {
  const absl::CivilDay as_of(2017, 9, 30);
  return BuildStepGrid(as_of, {{"p", as_of + 1, as_of + 1 + 7 * weeks}}, 7, {});
}

std::vector<double> Gone(const Attrition& attrition, const ParameterDraw& parameters,
                         const Tenure& tenure, int weeks, double factor = 1, int most = 100) {
  const StepGrid grid = Weeks(weeks);
  return GoneBy(attrition, parameters, tenure, std::vector<double>(weeks, factor),
                DepartureStepsOf(grid, most), grid);
}

Attrition AtRate(double rate) {
  Attrition attrition;
  attrition.rate_per_year = rate;
  return attrition;
}

// With q the share that leaves in a week, (1 - q)^w are there in week w, and
// the expected weeks in the job within n are (1 - (1 - q)^n) / q.
TEST(DepartureLawTest, HeadsFallGeometrically) {
  const double q = 1 - std::exp(-0.4 * 7 / 365.25);
  const std::vector<double> gone = Gone(AtRate(0.4), {}, {}, 13);
  ASSERT_EQ(gone.size(), 12u);
  double weeks = 1;  // Everybody is there in the first.
  for (size_t e = 0; e < gone.size(); ++e) {
    EXPECT_NEAR(1 - gone[e], std::pow(1 - q, static_cast<double>(e) + 1), 1e-14);
    weeks += 1 - gone[e];
  }
  EXPECT_NEAR(weeks, (1 - std::pow(1 - q, 13)) / q, 1e-12);
}

// A share A a year is a rate of -ln(1 - A): weekly 1 - (1 - A)^(7 / 365.25).
TEST(DepartureLawTest, AYearAtARateLeavesItsShare) {
  const std::vector<double> gone = Gone(AtRate(-std::log(0.75)), {}, {}, 54);
  const double year = 365.25 / 7;
  EXPECT_NEAR(gone[51], 1 - std::pow(0.75, 52 / year), 1e-12);
}

TEST(DepartureLawTest, RatesComeFromTheLeverTheBandsOrTheDefault) {
  ParameterDraw draw;
  EXPECT_NEAR(Gone({}, draw, {}, 2)[0], 1 - std::exp(-0.25 * 7 / 365.25), 1e-15);
  draw.attrition_bands = {{0, 1}, {90, 0.5}, {365, 0.1}};
  const auto first = [&](double start_day) {
    Tenure tenure;
    tenure.start_day = start_day;
    return -std::log(1 - Gone({}, draw, tenure, 2)[0]) * 365.25 / 7;
  };
  EXPECT_NEAR(first(-10), 1, 1e-9);
  EXPECT_NEAR(first(-86), 1,
              1e-9);                   // 89.5 days at the midpoint of the first week.
  EXPECT_NEAR(first(-87), 0.5, 1e-9);  // 90.5.
  EXPECT_NEAR(first(-1'000), 0.1, 1e-9);
  EXPECT_NEAR(-std::log(1 - Gone({}, draw, {}, 2)[0]) * 365.25 / 7, 0.1,
              1e-9);  // Unknown: long.
  EXPECT_NEAR(-std::log(1 - Gone(AtRate(2), draw, {}, 2)[0]) * 365.25 / 7, 2, 1e-9);
  EXPECT_NEAR(-std::log(1 - Gone(AtRate(2), draw, {}, 2, 1.5)[0]) * 365.25 / 7, 3, 1e-9);
}

TEST(DepartureLawTest, LongHorizonsHaveFewerSteps) {
  EXPECT_EQ(DepartureStepsOf(Weeks(5), 26).first_steps, (std::vector<int>{1, 2, 3, 4}));
  EXPECT_EQ(DepartureStepsOf(Weeks(5), 2).first_steps, (std::vector<int>{2, 4}));
  EXPECT_EQ(DepartureStepsOf(Weeks(6), 2).first_steps, (std::vector<int>{3}));
  EXPECT_EQ(DepartureStepsOf(Weeks(53), 26).first_steps.size(), 26u);
  EXPECT_TRUE(DepartureStepsOf(Weeks(1), 26).first_steps.empty());
  // Whoever leaves in between counts from the next of them.
  const std::vector<double> fine = Gone(AtRate(1), {}, {}, 5);
  EXPECT_EQ(Gone(AtRate(1), {}, {}, 5, 1, 2), (std::vector<double>{fine[1], fine[3]}));
}

}  // namespace
}  // namespace quotacast::simulator
