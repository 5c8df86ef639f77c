// Goal: close rates are shrunk as much as the peers' spread and the rep's deals say. Method: a
// prior worked out by hand; planted reps whose rates come from a beta distribution, of which the
// fitted weight must be recovered and the shrunk rates must be nearer to the truth than the raw
// ones.
#include "services/metrics/kpi/close_rate.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/random.h"
#include "boost/math/distributions/beta.hpp"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

double Uniform(int sample, int index, uint32_t purpose) {
  return (RandomBlock(13, static_cast<uint64_t>(sample), static_cast<uint32_t>(index),
                      RandomPurpose::kSynthetic, purpose)[0] +
          0.5) /
         4294967296.0;
}

TEST(FitPeerPrior, IsTheMomentEstimate) {
  // Shares 1/4 and 3/4 of four deals each: rate 1/2, spread 2 x 4 / 16 = 0.5, by chance 0.25, and
  // 0.25 x (8 - 4 - 1) = 0.75 for each unit of correlation: 1/3, so two deals.
  const auto prior = FitPeerPrior({{1, 4}, {3, 4}});
  ASSERT_TRUE(prior.has_value());
  EXPECT_DOUBLE_EQ(prior->rate, 0.5);
  EXPECT_NEAR(prior->weight, 2, 1e-12);
}

TEST(FitPeerPrior, WeighsAllDealsWhenRepsDoNotDiffer) {
  EXPECT_DOUBLE_EQ(FitPeerPrior({{2, 4}, {2, 4}, {0, 0}})->weight, 8);
}

TEST(FitPeerPrior, NeedsTwoRepsAndBothOutcomes) {
  EXPECT_FALSE(FitPeerPrior({}).has_value());
  EXPECT_FALSE(FitPeerPrior({{2, 4}, {0, 0}}).has_value());
  EXPECT_FALSE(FitPeerPrior({{4, 4}, {4, 4}}).has_value());
  EXPECT_FALSE(FitPeerPrior({{0, 4}, {0, 4}}).has_value());
  EXPECT_TRUE(FitPeerPrior({{1, 1}, {0, 1}}).has_value());
}

TEST(FitPeerPrior, RecoversAPlantedPriorAndComesNearerToTheTruth) {
  const boost::math::beta_distribution<> planted(6, 14);  // Rate 0.3, weight 20.
  double weight_sum = 0, raw_error = 0, shrunk_error = 0;
  constexpr int kCompanyCount = 40;
  for (int company = 0; company < kCompanyCount; ++company) {
    std::vector<double> truths;
    std::vector<Share> shares;
    for (int rep = 0; rep < 100; ++rep) {
      truths.push_back(boost::math::quantile(planted, Uniform(company, rep, 0)));
      Share share;
      share.count = 5 + rep % 30;
      for (int deal = 0; deal < share.count; ++deal) {
        if (Uniform(company, rep * 100 + deal, 1) < truths.back()) ++share.success_count;
      }
      shares.push_back(share);
    }
    const auto prior = FitPeerPrior(shares);
    ASSERT_TRUE(prior.has_value());
    weight_sum += prior->weight;
    for (size_t rep = 0; rep < shares.size(); ++rep) {
      const double won = static_cast<double>(shares[rep].success_count);
      const double all = static_cast<double>(shares[rep].count);
      const double shrunk = (won + prior->weight * prior->rate) / (all + prior->weight);
      raw_error += std::pow(won / all - truths[rep], 2);
      shrunk_error += std::pow(shrunk - truths[rep], 2);
    }
  }
  EXPECT_NEAR(weight_sum / kCompanyCount, 20, 5);
  EXPECT_LT(shrunk_error, 0.7 * raw_error);
}

TEST(CloseRateShrunk, PullsFewDealsToThePeers) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  const auto close = [&feed](const std::string& rep, int won_count, int lost_count) {
    for (int i = 0; i < won_count + lost_count; ++i) {
      feed.Closed(absl::StrCat(rep, i), i < won_count ? "Won" : "Lost", CivilDay(2017, 1, 1),
                  CivilDay(2017, 2, 1), {.rep = rep});
    }
  };
  close("ann", 1, 3);
  close("bob", 3, 1);
  feed.Rep("new", "");
  const auto table = Ask(feed, CivilDay(2017, 12, 31),
                         {.kpi = "close_rate_shrunk", .group_by = metrics::v1::GROUP_BY_REP});
  // The prior of the hand-worked case above: two deals at one half.
  EXPECT_EQ(Cell(table, "ann"), "0.333333 = 1/4 (n=4)");
  EXPECT_EQ(Cell(table, "bob"), "0.666667 = 3/4 (n=4)");
  EXPECT_EQ(Cell(table, "new"), "0.5 = 0/0 (n=0)");
  EXPECT_TRUE(HasNote(table, "peers close at 50.0 %"));
  // Beta(1, 1) is uniform.
  for (const auto& row : table.rows()) {
    if (row.group() != "new") continue;
    EXPECT_NEAR(row.interval().low(), 0.025, 1e-9);
    EXPECT_NEAR(row.interval().high(), 0.975, 1e-9);
  }
  EXPECT_EQ(
      Cell(Ask(feed, CivilDay(2017, 12, 31),
               {.kpi = "close_rate_shrunk",
                .group_by = metrics::v1::GROUP_BY_REP,
                .period = "2017Q3"}),
           "ann"),
      "undefined: there is nothing to compare in 2017Q3: it takes two reps with closed deals, "
      "and wins and losses among them");
}

// 25 deals each: one rep wins nearly all, one nearly none, the others as the peers do.
TEST(CloseRateShrunk, SaysWhoStandsOut) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  const std::map<std::string, int> wins = {{"all", 23}, {"none", 1}, {"a", 11},
                                           {"b", 12},   {"c", 13},   {"d", 12}};
  for (const auto& [rep, won_count] : wins) {
    for (int i = 0; i < 25; ++i) {
      feed.Closed(absl::StrCat(rep, "-", i), i < won_count ? "Won" : "Lost", CivilDay(2017, 1, 1),
                  CivilDay(2017, 2, 1), {.rep = rep});
    }
  }
  const auto table = Ask(feed, CivilDay(2017, 12, 31),
                         {.kpi = "close_rate_shrunk", .group_by = metrics::v1::GROUP_BY_REP});
  for (const auto& row : table.rows()) {
    EXPECT_EQ(row.signal(), row.group() == "all"    ? metrics::v1::KPI_SIGNAL_ABOVE_PEERS
                            : row.group() == "none" ? metrics::v1::KPI_SIGNAL_BELOW_PEERS
                                                    : metrics::v1::KPI_SIGNAL_UNSPECIFIED)
        << row.group();
  }
}

// Of 2,000 reps in companies of twenty who are all alike, with 40 deals each: how many stand out
// by chance. None did; if one in a thousand does, more than 8 come up once in 4,000 runs.
TEST(CloseRateShrunk, RepsAlikeRarelyStandOut) {
  int flagged_count = 0;
  for (uint32_t company = 0; company < 100; ++company) {
    TestFeed feed(CivilDay(2018, 1, 2));
    feed.Stages();
    for (uint32_t rep = 0; rep < 20; ++rep) {
      for (uint32_t deal = 0; deal < 40; ++deal) {
        const bool is_won =
            RandomBlock(11, company, rep, RandomPurpose::kSynthetic, deal)[0] % 10 < 3;
        feed.Closed(absl::StrCat(rep, "-", deal), is_won ? "Won" : "Lost", CivilDay(2017, 1, 1),
                    CivilDay(2017, 2, 1), {.rep = absl::StrCat("rep", rep)});
      }
    }
    const auto table = Ask(feed, CivilDay(2017, 12, 31),
                           {.kpi = "close_rate_shrunk", .group_by = metrics::v1::GROUP_BY_REP});
    for (const auto& row : table.rows()) {
      if (row.signal() != metrics::v1::KPI_SIGNAL_UNSPECIFIED) ++flagged_count;
    }
  }
  EXPECT_LE(flagged_count, 8) << "of 2,000";
}

}  // namespace
}  // namespace quotacast::metrics
