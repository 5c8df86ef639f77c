// Goal: a series keeps its shape in one line. Method: series worked by hand, with and without
// Unicode.
#include "clients/cli/render/sparkline.h"

#include <optional>
#include <vector>

#include "clients/cli/render/terminal.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

Terminal Ascii() {
  Terminal terminal;
  terminal.unicode = false;
  return terminal;
}

TEST(SparklineTest, EveryLevelOnce) {
  EXPECT_EQ(Sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 8, Terminal()), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(Sparkline({4, 3, 2, 1, 0}, 8, Ascii()), "^*-._");
}

TEST(SparklineTest, GoesFromTheLeastToTheGreatestWhateverTheirSigns) {
  EXPECT_EQ(Sparkline({-10, 0, -5}, 8, Ascii()), "_^-");
  EXPECT_EQ(Sparkline({1e12, 1e12 + 1}, 8, Ascii()), "_^");
}

TEST(SparklineTest, WhatHasNoValueIsAGap) {
  EXPECT_EQ(Sparkline({0, std::nullopt, 1}, 8, Terminal()), "▁ █");
  EXPECT_EQ(Sparkline({std::nullopt}, 8, Terminal()), " ");
  EXPECT_EQ(Sparkline({}, 8, Terminal()), "");
}

TEST(SparklineTest, AFlatSeriesLiesInTheMiddle) {
  EXPECT_EQ(Sparkline({3, 3, 3}, 8, Ascii()), "---");
  EXPECT_EQ(Sparkline({3}, 8, Terminal()), "▅");
  EXPECT_EQ(Sparkline({0, 0}, 8, Terminal()), "▁▁");
}

TEST(SparklineTest, ALongSeriesIsShownByItsLastValues) {
  // The 100 that is left out does not press the others down.
  EXPECT_EQ(Sparkline({100, 0, 1}, 2, Ascii()), "_^");
  EXPECT_EQ(Sparkline({1, 2}, 0, Ascii()), "");
}

}  // namespace
}  // namespace quotacast::cli
