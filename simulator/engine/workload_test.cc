// Goal: deals of one person share the person's time as the rule says. Method: clocks and rates by
// hand; then the stationary law of processor sharing (oracle O11), which holds whatever the law of
// lives, and the expected number of open deals without a limit (oracle O5).
//
// Stationary laws: 300 to 400 trials of 1,000 to 1,500 days after 300 to 2,500 of warming up (near
// saturation a day is felt for a year or two), which begin with as many open deals as are expected;
// two looks a day. The mean number of open deals is judged at 4.6 standard errors between trials, a
// false alarm in 2.4e5 each; whole laws at a total variation of 0.02, near saturation 0.05: two to
// ten times what sampling gives here. Seeds are fixed.
#include "simulator/engine/workload.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "simulator/engine/deal_course.h"
#include "simulator/engine/inversion.h"
#include "simulator/engine/step_grid.h"
#include "simulator/engine/win_thresholds.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

const absl::CivilDay kAsOf(2017, 9, 30);

StepGrid DaysOf(int days) {
  return BuildStepGrid(kAsOf, {{"P", kAsOf + 1, kAsOf + 1 + days}}, 1, {});
}

LeverPath Plain(const StepGrid& grid) {
  LeverPath path;
  path.win_shift.assign(grid.steps.size(), 0);
  path.cycle_factor.assign(grid.steps.size(), 1);
  path.creation_factor.assign(grid.steps.size(), 1);
  return path;
}

// One stage left at these hazards a day by age; half of the first day counts.
struct Life {
  std::vector<int> edges;
  std::vector<double> rates;

  StageCell Cell() const {
    StageCell cell;
    cell.entry_day_exit_share = 1 - std::exp(-0.5 * rates[0]);
    cell.first_week_exit_share = cell.entry_day_exit_share;
    cell.entry_advance_probability = 0.5;
    for (const double rate : rates) cell.ages.push_back({rate, 0.5});
    return cell;
  }
  double RateAt(int age) const {
    size_t bin = 0;
    while (bin < edges.size() && age >= edges[bin]) ++bin;
    return rates[bin];
  }
};

DealCourse CourseOf(const StageCell& cell, const std::vector<int>& edges, const LeverPath& path) {
  return DealCourse(&cell, 1, edges, RescaleThresholds(&cell, 1, edges, 0, 1), path, {});
}

WorkedDeal DealOn(const DealCourse& course, uint64_t id) {
  WorkedDeal deal;
  deal.id = id;
  deal.course = &course;
  return deal;
}

// Lets the step go on up to `day` at one speed.
template <typename OnWin>
void Pass(Workload& workload, double day, double speed, const OnWin& on_win) {
  while (workload.day() < day) workload.AdvanceUntil(day, speed, on_win);
}
void Pass(Workload& workload, double day, double speed) {
  Pass(workload, day, speed, [](const WorkedDeal&) {});
}

// Nothing happens before the age of 7 days, everything then: the day of the win tells the clock.
TEST(WorkloadTest, TheClockDecidesTheAge) {
  const StepGrid grid = DaysOf(60);
  StageCell cell;
  cell.ages = {{0, 1}, {1e6, 1}};
  const DealCourse course = CourseOf(cell, {7}, Plain(grid));
  const auto day_of_win = [&](double speed, double later_speed, int age_days) {
    Workload workload(grid, 1, 1);
    workload.Clear(0, 0);
    WorkedDeal deal = DealOn(course, 9);
    deal.age_days = age_days;
    workload.AddOpen(deal);
    int won = -1;
    for (int day = 0; day < grid.step_count(); ++day) {
      workload.BeginStep(day, {});
      for (const double until : {0.5, 1.0}) {
        Pass(workload, until, day < 10 ? speed : later_speed,
             [&](const WorkedDeal&) { won = day; });
      }
      workload.EndStep();
    }
    EXPECT_TRUE(workload.deals().empty());
    return won;
  };
  EXPECT_EQ(day_of_win(1, 1, 0), 7);
  EXPECT_EQ(day_of_win(1, 1, 5), 2);
  EXPECT_EQ(day_of_win(0.5, 0.5, 0), 14);
  EXPECT_EQ(day_of_win(0.5, 0.5, 6), 2);
  EXPECT_EQ(day_of_win(0.25, 0.5, 0), 19);  // 2.5 by day 10, 4.5 days' work left.
  EXPECT_EQ(day_of_win(0.5, 1, 0), 12);     // 5 by day 10.
}

// Hazards are slowed down by the speed: after t days at speed c the share exp(-r c t) is left.
TEST(WorkloadTest, ExposureGrowsWithTheClock) {
  const StepGrid grid = DaysOf(20);
  const Life life = {{}, {0.05}};
  const StageCell cell = life.Cell();
  const DealCourse course = CourseOf(cell, {}, Plain(grid));
  constexpr int kDeals = 40'000;
  for (const double speed : {1.0, 0.3}) {
    Workload workload(grid, 1, 5);
    workload.Clear(0, 2);
    for (int i = 0; i < kDeals; ++i) workload.AddOpen(DealOn(course, 100 + i));
    int won = 0;
    for (int day = 0; day < 20; ++day) {
      workload.BeginStep(day, {});
      Pass(workload, 1, speed, [&](const WorkedDeal&) { ++won; });
      workload.EndStep();
      EXPECT_EQ(workload.active_count(), static_cast<int>(workload.deals().size()));
    }
    const double left = std::exp(-0.05 * speed * 20);
    const double error = std::sqrt(kDeals * left * (1 - left));
    EXPECT_NEAR(static_cast<double>(workload.deals().size()), kDeals * left, 4.6 * error);
    EXPECT_NEAR(won, 0.5 * kDeals * (1 - left), 4.6 * std::sqrt(kDeals * 0.25));
  }
}

// The exposure of the step of entry is that of the whole step, whenever in it the stage is entered
// and however it is cut: the share that stays is 1 - h0.
TEST(WorkloadTest, TheStepOfEntryCountsInFull) {
  const StepGrid grid = BuildStepGrid(kAsOf, {{"P", kAsOf + 1, kAsOf + 15}}, 7, {});
  StageCell cell;
  cell.entry_day_exit_share = 0.1;
  cell.first_week_exit_share = 0.4;
  cell.entry_advance_probability = 0.5;
  cell.ages = {{0, 0.5}};
  const DealCourse course = CourseOf(cell, {}, Plain(grid));
  constexpr int kDeals = 20'000;
  for (const int from_day : {0, 3, 6}) {
    Workload workload(grid, 7, 6);
    workload.Clear(0, 1);
    workload.BeginStep(0, {});
    for (int day = 0; day < 7; ++day) {
      for (int i = 0; day == from_day && i < kDeals; ++i) {
        WorkedDeal deal = DealOn(course, i);
        deal.purpose = RandomPurpose::kNewDealTiming;
        workload.Create(deal);
      }
      Pass(workload, day + 1, 1);
    }
    workload.EndStep();
    EXPECT_NEAR(static_cast<double>(workload.deals().size()), 0.6 * kDeals,
                4.6 * std::sqrt(kDeals * 0.24));
    // Never left at later ages: takes nobody's time.
    workload.BeginStep(1, {});
    EXPECT_EQ(workload.active_count(), 0);
    // At the boundary the age is 1 to 7 days with equal weight.
    double age = 0;
    for (const WorkedDeal& deal : workload.deals()) age += deal.age_days;
    const double staying = static_cast<double>(workload.deals().size());
    EXPECT_NEAR(age / staying, 4, 4.6 * 2 / std::sqrt(staying));
  }
}

TEST(WorkloadTest, DealsThatStandStillTakeNoTime) {
  const StepGrid grid = DaysOf(3);
  const Life life = {{}, {0.1}};
  const StageCell cell = life.Cell();
  LeverPath path = Plain(grid);
  path.cycle_factor[1] = 0;
  const DealCourse course = CourseOf(cell, {}, path);
  Workload workload(grid, 1, 7);
  workload.Clear(0, 0);
  for (int i = 0; i < 100; ++i) {
    WorkedDeal deal = DealOn(course, i);
    deal.is_inherited = i == 7;
    workload.AddOpen(deal);
  }
  workload.BeginStep(0, {});
  EXPECT_EQ(workload.active_count(), 100);
  Pass(workload, 1, 1e-9);
  workload.EndStep();
  workload.BeginStep(1, {});
  EXPECT_EQ(workload.active_count(), 0);
  Pass(workload, 1, 1, [](const WorkedDeal&) { FAIL(); });
  workload.EndStep();
  EXPECT_EQ(workload.deals().size(), 100u);
  // Left at random: the person's own stand still, inherited ones go on.
  workload.BeginStep(2, {0, 0});
  EXPECT_EQ(workload.active_count(), 1);
}

struct Span {
  int warm_days = 500;
  int days = 2'000;  // Those of warming up included.
  int trials = 400;
};

// Mean days of work until the stage is left, by the hazards.
double MeanLife(const Life& life) {
  const double entry = 0.5 * life.rates[0];
  double days = 0.5 * (1 - std::exp(-entry)) / entry;  // Entry at any time of the day.
  double stays = std::exp(-entry);
  for (int age = 1; age < 5'000; ++age) {
    const double rate = life.RateAt(age);
    days += stays * (1 - std::exp(-rate)) / rate;
    stays *= std::exp(-rate);
  }
  return days;
}

struct OpenLaw {
  std::vector<double> shares;  // P(L = n).
  double mean = 0;
  double error = 0;  // Of the mean.
};

// Starts with `first` open deals.
OpenLaw SimulateOpen(const Life& life, double arrivals_per_day, double capacity, int first,
                     const Span& span) {
  const StepGrid grid = DaysOf(span.days);
  const StageCell cell = life.Cell();
  const DealCourse course = CourseOf(cell, life.edges, Plain(grid));
  OpenLaw law;
  law.shares.assign(400, 0);
  double squares = 0;
  for (uint32_t trial = 0; trial < static_cast<uint32_t>(span.trials); ++trial) {
    Workload workload(grid, 1, 77);
    workload.Clear(trial / 4, static_cast<int>(trial % 4));
    uint64_t id = 0;
    while (id < static_cast<uint64_t>(first)) workload.AddOpen(DealOn(course, ++id));
    const auto pass = [&](double until) {
      while (workload.day() < until) {
        const double speed = std::min(1.0, capacity / std::max(1, workload.active_count()));
        workload.AdvanceUntil(until, speed, [](const WorkedDeal&) {});
      }
    };
    double sum = 0;
    for (int day = 0; day < span.days; ++day) {
      workload.BeginStep(day, {});
      const auto uniform = [&](uint32_t i) {
        return UniformOpen(RandomBlock(78, day, trial, RandomPurpose::kNewDealCount, i)[0]);
      };
      std::vector<double> arrivals;
      const int count = PoissonQuantile(arrivals_per_day, uniform(0));
      for (int i = 1; i <= count; ++i) arrivals.push_back(uniform(static_cast<uint32_t>(i)));
      std::sort(arrivals.begin(), arrivals.end());
      size_t next = 0;
      for (const double look : {0.0, 0.5, 1.0}) {
        for (; next < arrivals.size() && arrivals[next] <= look; ++next) {
          pass(arrivals[next]);
          workload.Create(DealOn(course, ++id));
        }
        pass(look);
        if (day < span.warm_days || look == 1) continue;
        law.shares[static_cast<size_t>(workload.active_count())] += 1;
        sum += workload.active_count();
      }
      workload.EndStep();
    }
    const double mean = sum / ((span.days - span.warm_days) * 2);
    law.mean += mean / span.trials;
    squares += mean * mean / span.trials;
  }
  for (double& share : law.shares) share /= 2.0 * (span.days - span.warm_days) * span.trials;
  law.error = std::sqrt((squares - law.mean * law.mean) / (span.trials - 1));
  return law;
}

// Constant hazards, many short lives beside long ones, and lives of nearly one length.
const Life kLives[] = {{{}, {0.1}}, {{4}, {0.3, 0.04}}, {{8}, {0.02, 0.4}}};

constexpr double kCapacity = 12;

// P(L = n) proportional to rho^n / prod_{i <= n} min(i, C).
std::vector<double> SharingLaw(double rho) {
  std::vector<double> law(400, 1);
  double total = 1;
  for (size_t n = 1; n < law.size(); ++n) {
    law[n] = law[n - 1] * rho / std::min<double>(static_cast<double>(n), kCapacity);
    total += law[n];
  }
  for (double& share : law) share /= total;
  return law;
}

double MeanOf(const std::vector<double>& law) {
  double mean = 0;
  for (size_t n = 0; n < law.size(); ++n) mean += static_cast<double>(n) * law[n];
  return mean;
}

TEST(WorkloadTest, OpenDealsWithoutALimit) {
  for (const Life& life : kLives) {
    const double rho = 10;
    const OpenLaw law = SimulateOpen(life, rho / MeanLife(life), 1e9, 0, {});
    EXPECT_NEAR(law.mean, rho, 4.6 * law.error) << life.rates[0];
  }
}

TEST(WorkloadTest, TheStationaryLawOfProcessorSharing) {
  struct Case {
    double rho;
    Span span;
  };
  const Case cases[] = {{7, {300, 1'300, 400}}, {10, {500, 2'000, 400}}, {11, {2'500, 4'000, 300}}};
  for (const auto& [rho, span] : cases) {
    const std::vector<double> expected = SharingLaw(rho);
    const double mean = MeanOf(expected);
    for (const Life& life : kLives) {
      const OpenLaw law = SimulateOpen(life, rho / MeanLife(life), kCapacity,
                                       static_cast<int>(std::lround(mean)), span);
      EXPECT_NEAR(law.mean, mean, 4.6 * law.error) << rho << " " << life.rates[0];
      double variation = 0;
      for (size_t n = 0; n < expected.size(); ++n) {
        variation += 0.5 * std::abs(law.shares[n] - expected[n]);
      }
      std::printf("rho %.0f, hazard %.2f first: mean %.3f of %.3f, error %.3f, variation %.4f\n",
                  rho, life.rates[0], law.mean, mean, law.error, variation);
      EXPECT_LT(variation, rho > 10 ? 0.05 : 0.02) << rho << " " << life.rates[0];
    }
  }
}

}  // namespace
}  // namespace quotacast::simulator
