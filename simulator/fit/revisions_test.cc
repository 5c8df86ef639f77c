// Goal: revisions of amounts are read where there are any and only there, and a new deal's final
// amount lies where the fit says. Method: deals by hand; planted revisions; bounds state their
// false-alarm rates.
#include "simulator/fit/revisions.h"

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "simulator/fit/interval_coverage.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

constexpr double kNoDecay = std::numeric_limits<double>::infinity();
const absl::CivilDay kStart(2021, 1, 1);

History TwoStages() {
  History history;
  history.segments = {"all"};
  history.stages = {"first", "second"};
  history.as_of = kStart + 365;
  return history;
}

// Ten days in each stage, stated as given at the start of each, won at `final`.
HistoryDeal Deal(int n, int64_t first, int64_t second, int64_t final) {
  HistoryDeal deal;
  deal.id = std::to_string(n);
  deal.created = kStart;
  deal.visits = {{0, kStart}, {1, kStart + 10}};
  deal.end = DealEnd::kWon;
  deal.end_day = kStart + 20;
  deal.won_amount_minor_units = final;
  deal.stated_amounts = {{kStart, first}, {kStart + 10, second}, {kStart + 20, final}};
  return deal;
}

RevisionFit FitOf(const History& history) { return FitRevisions(history, kStart, kNoDecay); }

// 40 deals stated at 100 and 90, won at 80 and 81 by turns. Stage 1: ratios .8 and .81, log ratio
// of the mean ln .805 = -.2169; variance of the logs 3.9e-5. All: x is ln .8, ln .81, ln .889, ln
// .9. Little noise, so shrinkage is slight: level near ln of the mean of all ratios, .84972:
// -.16284 times .01 / (.01 + var / 40), var = .002783 -> -.16171; stage 1 shrunk to that with .0025
// / (.0025 + v / 40), v = (40 * 3.9e-5 + 5 * .002474) / 45 = 3.09e-4.
TEST(FitRevisions, ByHand) {
  History history = TwoStages();
  for (int n = 0; n < 40; ++n)
    history.deals.push_back(Deal(n, 10'000, 9'000, n % 2 ? 8'000 : 8'100));
  const RevisionFit fit = FitOf(history);
  ASSERT_EQ(fit.revisions.size(), 2u);
  EXPECT_EQ(fit.deal_counts, (std::vector<double>{40, 40}));
  const double v = fit.revisions[0].log_sd * fit.revisions[0].log_sd;
  EXPECT_NEAR(v, 3.1e-4, 1e-5);
  EXPECT_NEAR(fit.revisions[0].log_mean + v / 2, -0.2168, 3e-4);
  EXPECT_NEAR(fit.revisions[1].log_mean, -0.1112, 1e-3);
}

// The amount is written at the close, or was 0, or negative, until then: no revisions. So with
// amounts that never change.
TEST(FitRevisions, AmountsWrittenAtTheCloseAreNone) {
  for (const int64_t open : {0, -5}) {
    History history = TwoStages();
    for (int n = 0; n < 40; ++n) history.deals.push_back(Deal(n, open, open, 8'000 + n));
    EXPECT_TRUE(FitOf(history).revisions.empty()) << open;
  }
  History late = TwoStages();
  History same = TwoStages();
  for (int n = 0; n < 40; ++n) {
    late.deals.push_back(Deal(n, 1, 1, 8'000));
    late.deals.back().stated_amounts = {{kStart + 20, 8'000}};
    same.deals.push_back(Deal(n, 8'000, 8'000, 8'000));
  }
  EXPECT_TRUE(FitOf(late).revisions.empty());
  EXPECT_TRUE(FitOf(same).revisions.empty());
}

TEST(FitRevisions, LostOpenAndInstantDealsSayNothing) {
  History history = TwoStages();
  for (int n = 0; n < 40; ++n) {
    history.deals.push_back(Deal(n, 10'000, 10'000, 5'000));
    if (n % 3 == 0) history.deals.back().end = DealEnd::kLost;
    if (n % 3 == 1) history.deals.back().end = DealEnd::kOpen;
    if (n % 3 == 2) {  // Entered and won on one day: the amount of that day is the final one.
      history.deals.back().visits = {{1, kStart + 20}};
    }
  }
  EXPECT_TRUE(FitOf(history).revisions.empty());
}

// One deal in five was entered at a cent: that is no amount. Of the others one in four lost 5 %.
TEST(FitRevisions, PlaceholdersSayNothing) {
  History history = TwoStages();
  for (int n = 0; n < 50; ++n) {
    const int64_t final = n % 5 == 1 ? 9'500 : 10'000;
    history.deals.push_back(Deal(n, n % 5 == 0 ? 1 : 10'000, 10'000, final));
  }
  const RevisionFit fit = FitOf(history);
  EXPECT_EQ(fit.deal_counts, (std::vector<double>{40, 50}));
  const AmountRevision& first = fit.revisions[0];
  EXPECT_NEAR(std::exp(first.log_mean + first.log_sd * first.log_sd / 2), 0.9875, 0.003);
}

// 400 companies, means and spreads of ln(final / stated) of their own, 40 deals each; the next deal
// lies in the central 50, 80 and 95 % of what the fit says of its stage. Plug-in of 40 deals: slack
// .02. The median is not what is fitted (the mean is), which a lognormal truth does not notice.
TEST(FitRevisions, TheNextDealIsCovered) {
  IntervalCoverage coverage;
  std::vector<double> quantiles;
  for (int i = 0; i < 64; ++i) quantiles.push_back(NormalQuantile((i + 1) / 65.0));
  for (int c = 0; c < 400; ++c) {
    uint32_t index = 0;
    auto normal = [&] {
      const std::array<uint32_t, 4> words =
          RandomBlock(c + 1, 1, 0, RandomPurpose::kSynthetic, index++);
      return NormalQuantile(UniformOpen(words[0], words[1]));
    };
    const double mean = kRevisionMeanSd * normal();
    const double sd = 0.1 + 0.1 * std::abs(normal());
    auto revise = [&](double stage_sd) {
      return static_cast<int64_t>(1e6 * std::exp(mean + stage_sd * normal()));
    };
    History history = TwoStages();
    for (int n = 0; n < 40; ++n) {
      const int64_t final = revise(sd);
      history.deals.push_back(Deal(n, 1'000'000, final, final));
    }
    const RevisionFit fit = FitOf(history);
    std::vector<double> predicted;
    for (const double z : quantiles) {
      predicted.push_back(fit.revisions[0].log_mean + fit.revisions[0].log_sd * z);
    }
    coverage.Count(predicted, mean + sd * normal());
  }
  ExpectCovers(coverage, 0.02, "revisions");
}

TEST(FitRevisions, FewDealsSayNothing) {
  History history = TwoStages();
  for (int n = 0; n < kMinRevisedDeals - 1; ++n) {
    history.deals.push_back(Deal(n, 10'000, 9'000, 8'000));
  }
  EXPECT_TRUE(FitOf(history).revisions.empty());
  history.deals.push_back(Deal(99, 10'000, 9'000, 8'000));
  EXPECT_EQ(FitOf(history).revisions.size(), 2u);
}

}  // namespace
}  // namespace quotacast::simulator
