// Goal: productive days follow ramp, departures, absences and the draw. Method: closed forms and
// steps worked out by hand.
#include "simulator/engine/tenure.h"

#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "simulator/engine/levers.h"
#include "simulator/engine/step_grid.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

StepGrid Weeks(int weeks) {
  const absl::CivilDay as_of(2017, 9, 30);
  return BuildStepGrid(as_of, {{"p", as_of + 1, as_of + 1 + 7 * weeks}}, 7, {});
}

Tenure Starting(double day) {
  Tenure tenure;
  tenure.start_day = day;
  return tenure;
}

double ExposureWeeks(double ramp_weeks, int weeks, double speed) {
  const std::vector<double> days =
      ProductiveDays(Starting(0), ramp_weeks, std::vector<double>(weeks, speed), Weeks(weeks));
  return std::accumulate(days.begin(), days.end(), 0.0) / 7;
}

// Exposure of a linear ramp of tau weeks over T weeks: T - tau / 2 for T >= tau, T^2 / (2 tau)
// before; with midpoints the same for whole tau.
TEST(TenureTest, RampExposureHasItsClosedForm) {
  EXPECT_NEAR(ExposureWeeks(22, 26, 1), 26 - 11, 1e-12);
  EXPECT_NEAR(ExposureWeeks(22, 13, 1), 13.0 * 13 / 44, 1e-12);
  EXPECT_NEAR(ExposureWeeks(1, 5, 1), 4.5, 1e-12);
}

// At twice the speed the ramp takes half as long.
TEST(TenureTest, RampSpeedShortensTheRamp) {
  EXPECT_NEAR(ExposureWeeks(22, 26, 2), 26 - 5.5, 1e-12);
  EXPECT_NEAR(ExposureWeeks(22, 8, 2), 8.0 * 8 / 22, 1e-12);
}

// Ten weeks in at the as-of date, twice as fast from week 2 on: 12 weeks' worth after two weeks,
// then two a week.
TEST(TenureTest, RampSpeedActsFromItsWeekOn) {
  const std::vector<double> days =
      ProductiveDays(Starting(-70), 22, {1, 1, 2, 2, 2, 2, 2, 2}, Weeks(8));
  EXPECT_NEAR(days[1] / 7, 11.5 / 22, 1e-12);
  EXPECT_NEAR(days[2] / 7, 13.0 / 22, 1e-12);
  EXPECT_NEAR(days[3] / 7, 15.0 / 22, 1e-12);
  EXPECT_NEAR(days[7] / 7, 1, 1e-12);
  EXPECT_EQ(ProductiveDays(Starting(-70), 22, {1, 1}, Weeks(2)),
            ProductiveDays(Starting(-70), 22, {}, Weeks(2)));
}

TEST(TenureTest, StartedLongAgoIsFullAndLeaversStop) {
  EXPECT_EQ(ProductiveDays(Starting(-1'000), 22, {}, Weeks(3)), (std::vector<double>{7, 7, 7}));
  Tenure leaver;
  leaver.end_day = 9;
  EXPECT_EQ(ProductiveDays(leaver, 22, {}, Weeks(3)), (std::vector<double>{7, 2, 0}));
  EXPECT_EQ(ProductiveDays(Starting(50), 22, {}, Weeks(3)), (std::vector<double>{0, 0, 0}));
}

TEST(TenureTest, AbsentDaysCreateNothing) {
  Tenure tenure;
  tenure.absences = {{3, 9}, {12, 30}};
  tenure.end_day = 13;
  EXPECT_EQ(ProductiveDays(tenure, 22, {}, Weeks(3)), (std::vector<double>{3, 3, 0}));
}

TEST(TenureTest, CanonicalDropsWhatChangesNothing) {
  PipelineModel model;
  model.draws.resize(2);
  model.draws[1].ramp_weeks = 30;
  const StepGrid grid = Weeks(3);
  Tenure tenure = Starting(-210);
  tenure.end_day = 21;
  tenure.absences = {{21, 40}};
  EXPECT_TRUE(Canonical(tenure, model, grid) == Tenure());
  EXPECT_TRUE(Canonical(Starting(-209), model, grid) == Starting(-209));  // One draw still ramps.
  tenure.hire = 0;
  EXPECT_EQ(Canonical(tenure, model, grid).start_day, -210);  // The lead time is to be added.
}

TEST(TenureTest, CreatedFollowsTheDraw) {
  const StepGrid grid = Weeks(2);
  LeverPath path;
  path.creation_factor = {1, 3};
  ParameterDraw parameters;
  LeverDraw levers;
  levers.hire_lead_days = {7};
  levers.hire_quality = {std::log(2.0)};
  Tenure tenure = Starting(-7);
  tenure.hire = 0;
  // With a week of lead time the hire starts on day 0; 22 weeks of ramp unless the draw differs.
  std::vector<double> created = CreatedPerStep(tenure, parameters, levers, path, grid);
  EXPECT_NEAR(created[0], 2 * 7 * 0.5 / 22, 1e-12);
  EXPECT_NEAR(created[1], 2 * 3 * 7 * 1.5 / 22, 1e-12);
  parameters.ramp_weeks = 3;
  created = CreatedPerStep(tenure, parameters, levers, path, grid);
  EXPECT_NEAR(created[0], 2 * 7 * 0.5 / 3, 1e-12);
  tenure.ramp_weeks = 5;  // The hire's own.
  created = CreatedPerStep(tenure, parameters, levers, path, grid);
  EXPECT_NEAR(created[0], 2 * 7 * 0.5 / 5, 1e-12);
}

}  // namespace
}  // namespace quotacast::simulator
