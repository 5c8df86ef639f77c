// Goal: a figure that misses its floor is counted and says so; medians are medians.
// Method: the printed lines captured and compared.

#include "tools/bench/figures.h"

#include <cmath>

#include "gtest/gtest.h"

namespace quotacast::bench {
namespace {

TEST(Figures, PrintOneLineEachAndCountShortOnes) {
  ::testing::internal::CaptureStdout();
  Figures figures;
  figures.AtMost("seconds", 1.5, 2);
  figures.AtMost("mb", 101, 100);
  figures.AtLeast("ratio", 30, 20);
  figures.AtLeast("nothing", std::nan(""), 0);
  figures.Note("trials", 10'240);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(),
            "seconds\t1.5\t<=2\tok\n"
            "mb\t101\t<=100\tshort\n"
            "ratio\t30\t>=20\tok\n"
            "nothing\tnan\t>=0\tshort\n"
            "trials\t10240\t-\tok\n");
  EXPECT_EQ(figures.short_count(), 2);
}

TEST(Median, OfOddAndEvenNumbers) {
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 2, 3}), 2.5);
  EXPECT_EQ(Median({7}), 7);
}

TEST(Figures, CountWrongAnswersApartFromShortFigures) {
  Figures figures;
  figures.AtLeast("speed", 1, 2);
  figures.IsRight("answer", true);
  EXPECT_EQ(figures.wrong_count(), 0);
  figures.IsRight("other_answer", false);
  EXPECT_EQ(figures.wrong_count(), 1);
  EXPECT_EQ(figures.short_count(), 2);
}

}  // namespace
}  // namespace quotacast::bench
