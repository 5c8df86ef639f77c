// Goal: coverage is counted as defined, with an error that knows of clusters. Method: cases worked
// out by hand; generated ranks, flat and too narrow, with each company's ranks equal.
#include "tests/validation/interval_tally.h"

#include <cmath>

#include "base/random.h"
#include "gtest/gtest.h"

namespace quotacast::validation {
namespace {

double Uniform(uint64_t seed, uint32_t index) {
  return UniformOpen(RandomBlock(seed, 9, 0, RandomPurpose::kSynthetic, index)[0]);
}

TEST(RankAmong, CountsDrawsBelow) {
  EXPECT_DOUBLE_EQ(RankAmong({3, 1, 2}, 2.5), 2.5 / 4);
  EXPECT_DOUBLE_EQ(RankAmong({3, 1, 2}, 0), 0.5 / 4);
  EXPECT_DOUBLE_EQ(RankAmong({3, 1, 2}, 9), 3.5 / 4);
  EXPECT_DOUBLE_EQ(RankAmong({1, 1, 1}, 1), 0.5);  // In the middle of its equals.
}

TEST(IntervalTally, CountsByHand) {
  IntervalTally tally;
  tally.Add("a", 1, 0.5);
  tally.Add("a", 1, 0.8);   // In 80 %, not in 50 %.
  tally.Add("a", 2, 0.05);  // In 95 % only.
  tally.Add("a", 2, 0.99);  // In none.
  const Coverage coverage = tally.Summarize().at("a");
  EXPECT_EQ(coverage.count, 4);
  EXPECT_EQ(coverage.company_count, 2);
  EXPECT_EQ(coverage.share[0], 0.25);
  EXPECT_EQ(coverage.share[1], 0.5);
  EXPECT_EQ(coverage.share[2], 0.75);
  EXPECT_EQ(coverage.rank_counts[5], 1);
  EXPECT_EQ(coverage.rank_counts[9], 1);
  EXPECT_DOUBLE_EQ(coverage.mean_rank, 0.585);
  // Residuals of 80 %: 2 - 1 and 0 - 1; sqrt(2 * 2 / 1) / 4.
  EXPECT_DOUBLE_EQ(coverage.standard_error[1], 0.5);
}

// 400 companies of ten equal ranks: as good as 400 ranks, and the error must say so. Two errors
// and 5 points hold the flat ones (1 in 10,000 would fail) and not those of half the spread.
TEST(IntervalTally, TellsFlatRanksFromNarrowOnes) {
  IntervalTally tally;
  for (int company = 0; company < 400; ++company) {
    const double rank = Uniform(7, static_cast<uint32_t>(company));
    for (int i = 0; i < 10; ++i) {
      tally.Add("flat", company, rank);
      tally.Add("narrow", company, std::fmin(1, std::fmax(0, 0.5 + 2 * (rank - 0.5))));
    }
  }
  const auto summary = tally.Summarize();
  EXPECT_TRUE(IsWithin(summary.at("flat"), 0.05));
  EXPECT_FALSE(IsWithin(summary.at("narrow"), 0.05));
  EXPECT_NEAR(summary.at("flat").standard_error[1], std::sqrt(0.8 * 0.2 / 400), 0.004);
}

}  // namespace
}  // namespace quotacast::validation
