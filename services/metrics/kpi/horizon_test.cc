// Goal: the win rate by age is the Aalen-Johansen estimate, treats open deals as censored, and
// refuses what the data do not reach. Method: cases worked out by hand; a plain implementation that
// walks from age to age over all deals, on generated ones; 2,000 samples from a known process for
// the interval, which must cover in 93 to 97 % (the standard error of the count is 0.5 %).
#include "services/metrics/kpi/horizon.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using End = AgedDeal::End;

uint32_t Draw(int sample, int index, uint32_t purpose) {
  return RandomBlock(11, static_cast<uint64_t>(sample), static_cast<uint32_t>(index),
                     RandomPurpose::kSynthetic, purpose)[0];
}

// Each age by itself, counting over all deals.
double PlainWonByAge(const std::vector<AgedDeal>& deals, int horizon_days) {
  double open_share = 1;
  double won_share = 0;
  for (int age = 0; age <= horizon_days; ++age) {
    double at_risk = 0, won = 0, lost = 0;
    for (const AgedDeal& deal : deals) {
      if (deal.age_days >= age) ++at_risk;
      if (deal.age_days == age && deal.end == End::kWon) ++won;
      if (deal.age_days == age && deal.end == End::kLost) ++lost;
    }
    if (at_risk == 0) break;
    won_share += open_share * won / at_risk;
    open_share *= 1 - (won + lost) / at_risk;
  }
  return won_share;
}

// The first age at which the plain implementation has reached half.
int PlainHalfAge(const std::vector<AgedDeal>& deals, int horizon_days) {
  int age = 0;
  while (PlainWonByAge(deals, age) < PlainWonByAge(deals, horizon_days) / 2 - 1e-12) ++age;
  return age;
}

TEST(WonByAge, TakesOpenDealsAsCensored) {
  // At 10 one of five is won; one leaves unseen at 15; at 20 one of three is lost; at 30 one of two
  // is won: 1/5 + (4/5)(2/3)(1/2).
  const std::vector<AgedDeal> deals = {{30, End::kWon},
                                       {10, End::kWon},
                                       {20, End::kLost},
                                       {15, End::kStillOpen},
                                       {40, End::kStillOpen}};
  EXPECT_NEAR(WonByAge(deals, 30)->share, 0.2 + 0.8 * 2 / 3 / 2, 1e-12);
  EXPECT_EQ(WonByAge(deals, 30)->won_count, 2);
  EXPECT_NEAR(WonByAge(deals, 29)->share, 0.2, 1e-12);
  EXPECT_EQ(WonByAge(deals, 9)->share, 0);
  EXPECT_EQ(WonByAge(deals, 9)->half_age_days, std::nullopt);
  // Half of 0.2 is reached at 10, of 0.467 at 30.
  EXPECT_EQ(WonByAge(deals, 29)->half_age_days, 10);
  EXPECT_EQ(WonByAge(deals, 30)->half_age_days, 30);
  EXPECT_FALSE(WonByAge(deals, 9)->interval.has_value());
}

TEST(WonByAge, WithoutCensoringItIsThePlainShareWithItsBinomialVariance) {
  std::vector<AgedDeal> deals;
  for (int i = 0; i < 100; ++i) deals.push_back({i, i % 4 == 0 ? End::kWon : End::kLost});
  const std::optional<CumulativeIncidence> won = WonByAge(deals, 200);
  ASSERT_TRUE(won.has_value());
  EXPECT_NEAR(won->share, 0.25, 1e-12);
  const double spread =
      1.959963984540054 * std::sqrt(0.25 * 0.75 / 100) / (0.25 * std::abs(std::log(0.25)));
  EXPECT_NEAR(won->interval->low, std::pow(0.25, std::exp(spread)), 1e-9);
  EXPECT_NEAR(won->interval->high, std::pow(0.25, std::exp(-spread)), 1e-9);
}

TEST(WonByAge, EndsComeBeforeCensoringAtOneAge) {
  EXPECT_EQ(WonByAge({{5, End::kStillOpen}, {5, End::kWon}}, 5)->share, 0.5);
}

TEST(WonByAge, RefusesAHorizonThatNoDealReaches) {
  EXPECT_FALSE(WonByAge({{10, End::kStillOpen}, {5, End::kWon}}, 11).has_value());
  EXPECT_TRUE(WonByAge({{10, End::kStillOpen}, {5, End::kWon}}, 10).has_value());
  // Nothing is left to be decided.
  EXPECT_EQ(WonByAge({{10, End::kLost}, {5, End::kWon}}, 1'000)->share, 0.5);
}

TEST(WonByAge, AgreesWithAPlainImplementation) {
  for (int sample = 0; sample < 50; ++sample) {
    std::vector<AgedDeal> deals;
    for (int i = 0; i < 200; ++i) {
      deals.push_back({Draw(sample, i, 0) % 90, static_cast<End>(Draw(sample, i, 1) % 3)});
    }
    deals.push_back({90, End::kStillOpen});
    for (const int horizon : {0, 1, 30, 89, 90}) {
      EXPECT_NEAR(WonByAge(deals, horizon)->share, PlainWonByAge(deals, horizon), 1e-12);
      if (PlainWonByAge(deals, horizon) == 0) continue;
      EXPECT_EQ(WonByAge(deals, horizon)->half_age_days, PlainHalfAge(deals, horizon));
    }
  }
}

// Expected figures: testdata/lifelines_reference.py, which makes the same deals.
TEST(WonByAge, AgreesWithLifelines) {
  std::vector<AgedDeal> deals;
  for (int64_t i = 0; i < 400; ++i) {
    deals.push_back({1 + i * 7919 % 10007, static_cast<End>((i * i * 31 + i * 17) / 5 % 3)});
  }
  const struct {
    int horizon_days;
    double share, low, high;
    int half_age_days;
  } expected[] = {{500, 0.020321256, 0.009598959, 0.038114958, 328},
                  {2'500, 0.107515098, 0.078573507, 0.141537817, 1'271},
                  {5'000, 0.233620069, 0.189456642, 0.280574782, 2'695},
                  {9'000, 0.562036712, 0.489682338, 0.628149634, 5'822}};
  for (const auto& figure : expected) {
    const auto won = WonByAge(deals, figure.horizon_days);
    ASSERT_TRUE(won.has_value());
    EXPECT_NEAR(won->share, figure.share, 1e-9);
    EXPECT_NEAR(won->interval->low, figure.low, 1e-9);
    EXPECT_NEAR(won->interval->high, figure.high, 1e-9);
    EXPECT_EQ(won->half_age_days, figure.half_age_days);
  }
}

TEST(WonByAge, TheIntervalCoversTheTruth) {
  // A deal ends on each day with 2 %, a third of the ends are wins; seen for 1 to 120 days.
  constexpr int kHorizon = 60;
  const double truth = (1 - std::pow(0.98, kHorizon)) / 3;
  constexpr int kSampleCount = 2'000;
  int covered_count = 0;
  for (int sample = 0; sample < kSampleCount; ++sample) {
    std::vector<AgedDeal> deals = {{200, End::kStillOpen}};
    for (int i = 0; i < 150; ++i) {
      const double uniform = (Draw(sample, i, 0) + 0.5) / 4294967296.0;
      const auto end_age = static_cast<int64_t>(std::ceil(std::log(uniform) / std::log(0.98)));
      const int64_t seen_days = 1 + Draw(sample, i, 1) % 120;
      if (end_age > seen_days) {
        deals.push_back({seen_days, End::kStillOpen});
      } else {
        deals.push_back({end_age, Draw(sample, i, 2) % 3 == 0 ? End::kWon : End::kLost});
      }
    }
    const auto won = WonByAge(deals, kHorizon);
    ASSERT_TRUE(won.has_value() && won->interval.has_value());
    if (won->interval->low <= truth && truth <= won->interval->high) ++covered_count;
  }
  EXPECT_GE(covered_count, kSampleCount * 93 / 100);
  EXPECT_LE(covered_count, kSampleCount * 97 / 100);
}

TEST(WinRateHorizon, CountsTheCohortAtItsAge) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Closed("fast", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 1, 31), {.rep = "ann"});
  feed.Closed("slow", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 8, 1), {.rep = "ann"});
  feed.Closed("lost", "Lost", CivilDay(2017, 2, 1), CivilDay(2017, 3, 1), {.rep = "bob"});
  feed.Deal("open", "Discovery", CivilDay(2017, 3, 1), {.rep = "bob"});
  const KpiTableQuery query{.kpi = "win_rate_horizon", .period = "2017Q1", .horizon_days = 60};
  const auto table = Ask(feed, CivilDay(2017, 12, 31), query);
  EXPECT_EQ(Cell(table), "0.25 = 1/4 (n=4)");
  EXPECT_TRUE(table.rows(0).has_interval());
  EXPECT_TRUE(HasNote(table, "by the age of 60 days"));
  // On 31 March no deal is 180 days old.
  EXPECT_EQ(
      Cell(Ask(feed, CivilDay(2017, 3, 31), {.kpi = "win_rate_horizon", .period = "2017Q1"})),
      "undefined: no deal created in 2017Q1 is 180 days old yet, and some are still open: ask "
      "for a shorter horizon");
  EXPECT_EQ(
      Cell(Ask(feed, CivilDay(2017, 12, 31), {.kpi = "win_rate_horizon", .period = "2017Q3"})),
      "undefined: no deal was created in 2017Q3");
  const auto by_rep = Ask(feed, CivilDay(2017, 12, 31),
                          {.kpi = "win_rate_horizon",
                           .group_by = metrics::v1::GROUP_BY_REP,
                           .period = "2017Q1",
                           .horizon_days = 250});
  EXPECT_EQ(Cell(by_rep, "ann"), "1 = 2/2 (n=2)");
  EXPECT_EQ(Cell(by_rep, "bob"), "0 = 0/2 (n=2)");
}

TEST(CycleDaysOpenAware, CountsDealsThatAreStillOpen) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  // Won after 10 and after 100 days; the two others were open for 50 days when last seen.
  feed.Closed("fast", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 1, 11), {.rep = "ann"});
  feed.Closed("slow", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 4, 11), {.rep = "ann"});
  feed.Deal("o1", "Discovery", CivilDay(2017, 11, 11), {.rep = "ann"});
  feed.Deal("o2", "Discovery", CivilDay(2017, 11, 11), {.rep = "ann"});
  feed.Deal("o3", "Discovery", CivilDay(2017, 1, 1), {.rep = "bob"});
  const CivilDay day(2017, 12, 31);
  // One of five by the age of 10; of the two that were watched to 100 one is won then: half of
  // 1/5 + 4/5 x 1/2 = 0.6 is reached at 100, where the median of the wins is 55.
  EXPECT_EQ(Cell(Ask(feed, day, {.kpi = "cycle_days_open_aware"})), "100 = 2/5 (n=5)");
  EXPECT_EQ(Cell(Ask(feed, day, {.kpi = "sales_cycle_days"})), "55 = 110/2 (n=2)");
  EXPECT_EQ(Cell(Ask(feed, day, {.kpi = "cycle_days_open_aware", .horizon_days = 60})),
            "10 = 1/5 (n=5)");
  EXPECT_EQ(
      Cell(Ask(feed, day, {.kpi = "cycle_days_open_aware", .group_by = metrics::v1::GROUP_BY_REP}),
           "bob"),
      "undefined: no deal created was won by the age of 180 days");
  EXPECT_EQ(Cell(Ask(feed, day, {.kpi = "cycle_days_open_aware", .period = "2017Q4"})),
            "undefined: no deal created in 2017Q4 is 180 days old yet, and some are still open: "
            "ask for a shorter horizon");
  EXPECT_EQ(Cell(Ask(feed, day, {.kpi = "cycle_days_open_aware", .period = "2017Q2"})),
            "undefined: no deal was created in 2017Q2");
}

}  // namespace
}  // namespace quotacast::metrics
