// Goal: ramps and leavers are estimated from everybody who was there, with intervals that cover.
// Method: hand-worked exposures; histories with planted ramps and departures.
#include "simulator/fit/tenure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "simulator/fit/interval_coverage.h"
#include "simulator/fit/planted_history.h"
#include "simulator/fit/posterior.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

// 12 reps, half of them joining over two years.
PlantedPipeline Joiners(double ramp_weeks) {
  PlantedPipeline pipeline;
  pipeline.stage_count = 1;
  pipeline.cells = {{0.9, 0.5, 1, 0.5}};
  pipeline.rep_count = 12;
  pipeline.ramp_weeks = ramp_weeks;
  for (int r = 0; r < 12; ++r) {
    pipeline.rep_starts.push_back(pipeline.first_day + (r % 2 == 0 ? -2'000 : 50 * r));
    pipeline.creation_factors.push_back(r % 3 == 0 ? 0.7 : 1.2);
  }
  return pipeline;
}

// 200 companies with ramps from the prior: about 6 joiners of 25 deals each. Grid values are 8 %
// apart: half cells, slack .03. Some joiners start in the last weeks and are still ramping.
TEST(FitRamp, IntervalsCoverRampsDrawnFromThePrior) {
  constexpr int kCompanies = 200;
  const std::vector<double> z = StratifiedUniforms(7, 1, 0, kCompanies);
  IntervalCoverage coverage;
  for (int c = 0; c < kCompanies; ++c) {
    const double truth = kDefaultRampWeeks * std::exp(kRampLogSd * NormalQuantile(z[c]));
    const PlantedPipeline pipeline = Joiners(truth);
    const RampFit fit = FitRamp(PlantHistory(pipeline, 100 + c), pipeline.first_day);
    coverage.Count(DrawValues(fit.weeks, c, "ramp", 64), truth, 0.04 * truth);
  }
  ExpectCovers(coverage, 0.03, "ramp");
}

// Who leaves early counts for the days they were there: the ramp does not look shorter because only
// those who made it are left. 60 joiners, half of whom leave after 100 days; sd about 8 %,
// bounds 4.
TEST(FitRamp, LeaversAreCensored) {
  PlantedPipeline pipeline = Joiners(30);
  pipeline.rep_count = 120;
  pipeline.rep_starts.clear();
  pipeline.creation_factors.clear();
  for (int r = 0; r < 120; ++r) {
    pipeline.rep_starts.push_back(pipeline.first_day + (r % 2 == 0 ? -2'000 : 5 * r));
  }
  History history = PlantHistory(pipeline, 5);
  for (int r = 1; r < 120; r += 4) {
    history.reps[r].end = std::min(*history.reps[r].start + 100, history.as_of);
  }
  const RampFit fit = FitRamp(history, pipeline.first_day);
  EXPECT_NEAR(fit.weeks.mean(), 30, 9);
  // All who created anything; four left or were cut off before their first deal.
  EXPECT_EQ(fit.rep_count, 56);
}

TEST(FitRamp, WithoutJoinersThePriorRemains) {
  PlantedPipeline pipeline = Joiners(30);
  pipeline.rep_starts.assign(12, pipeline.first_day - 2'000);
  const RampFit fit = FitRamp(PlantHistory(pipeline, 5), pipeline.first_day);
  EXPECT_EQ(fit.rep_count, 0);
  EXPECT_EQ(fit.created_count, 0);
  // Median of the prior: half of the weight lies below.
  double below = 0;
  for (size_t i = 0; i < fit.weeks.values.size(); ++i) {
    if (fit.weeks.values[i] < kDefaultRampWeeks) below += fit.weeks.weights[i];
  }
  EXPECT_NEAR(below, 0.5, 0.05);
}

History Staff(absl::CivilDay as_of) {
  History history;
  history.teams = {"t"};
  history.as_of = as_of;
  return history;
}

// Window of 2020 and 2021 (731 days). A rep there since mid 2019 who leaves at the end of 2020:
// tenure 184 days at the window, to 365 in band 0: 181 days, then 185 days to the end in band 1.
// One without dates: all 731 days in the last band. One who had left before: nothing.
TEST(FitAttrition, CountsYearsAtRiskByHand) {
  History history = Staff(absl::CivilDay(2021, 12, 31));
  const absl::CivilDay window(2020, 1, 1);
  history.reps = {{"left", 0, absl::CivilDay(2019, 7, 1), absl::CivilDay(2021, 1, 1)},
                  {"undated", 0, {}, {}},
                  {"before", 0, absl::CivilDay(2018, 1, 1), absl::CivilDay(2019, 12, 1)}};
  const AttritionFit fit = FitAttrition(history, window, 64, 1);
  EXPECT_EQ(fit.leavers, (std::vector<double>{0, 1, 0}));
  EXPECT_NEAR(fit.rep_years[0], 181 / 365.25, 1e-9);
  EXPECT_NEAR(fit.rep_years[1], 185 / 365.25, 1e-9);
  EXPECT_NEAR(fit.rep_years[2], 731 / 365.25, 1e-9);
  ASSERT_EQ(fit.draws.size(), 64u);
  EXPECT_EQ(fit.draws[0][0].from_tenure_days, 0);
  EXPECT_EQ(fit.draws[0][1].from_tenure_days, 365);
}

TEST(FitAttrition, NobodySeenToLeaveIsUnknown) {
  History history = Staff(absl::CivilDay(2021, 12, 31));
  history.reps = {{"a", 0, absl::CivilDay(2019, 7, 1), {}}, {"b", 0, {}, {}}};
  EXPECT_TRUE(FitAttrition(history, absl::CivilDay(2020, 1, 1), 64, 1).draws.empty());
}

// 300 companies of 40 seats over 3 years, a leaver replaced at once; rates from the prior: a gamma
// level of weight 2, bands gamma of weight 4 around it. Companies without a leaver give no estimate
// and do not count, which favours high draws a little: slack .03.
TEST(FitAttrition, IntervalsCoverRatesDrawnFromThePrior) {
  constexpr int kCompanies = 300;
  IntervalCoverage young;
  IntervalCoverage old;
  for (int c = 0; c < kCompanies; ++c) {
    uint32_t index = 0;
    auto uniform = [&] {
      const std::array<uint32_t, 4> words =
          RandomBlock(900 + c, 1, 0, RandomPurpose::kSynthetic, index++);
      return UniformOpen(words[0], words[1]);
    };
    const double level = GammaQuantile(kAttritionPriorCount,
                                       kAttritionPriorCount / kDefaultAttritionPerYear, uniform());
    std::array<double, 3> rates{};
    for (double& rate : rates) {
      rate = GammaQuantile(kAttritionBandCount, kAttritionBandCount / level, uniform());
    }
    const absl::CivilDay window(2020, 1, 1);
    History history = Staff(window + 3 * 365);
    for (int seat = 0; seat < 40; ++seat) {
      absl::CivilDay start = window - static_cast<int>(uniform() * 1'500);
      absl::CivilDay day = std::max(start, window);
      for (; day <= history.as_of; ++day) {
        const int tenure = static_cast<int>(day - start);
        const double rate = rates[tenure < 365 ? 0 : tenure < 3 * 365 ? 1 : 2];
        if (uniform() > rate / 365.25) continue;
        history.reps.push_back({std::to_string(history.reps.size()), 0, start, day});
        start = day;
      }
      history.reps.push_back({std::to_string(history.reps.size()), 0, start, {}});
    }
    const AttritionFit fit = FitAttrition(history, window, 64, c);
    if (fit.draws.empty()) continue;
    std::array<std::vector<double>, 2> draws;
    for (const std::vector<AttritionBand>& bands : fit.draws) {
      draws[0].push_back(bands[0].rate_per_year);
      draws[1].push_back(bands[2].rate_per_year);
    }
    young.Count(draws[0], rates[0]);
    old.Count(draws[1], rates[2]);
  }
  EXPECT_GT(young.total, 280);
  ExpectCovers(young, 0.03, "young");
  ExpectCovers(old, 0.03, "old");
}

}  // namespace
}  // namespace quotacast::simulator
