// Goal: twenty dots that say what the probability says, without false certainty. Method: golden
// texts at ordinary and extreme probabilities.
#include "clients/cli/render/dot_plot.h"

#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(DotPlotTest, CountsOutcomes) {
  EXPECT_EQ(DotPlot(0.64, "the quota", Terminal()),
            "●●●●●●●●●●●●●○○○○○○○  13 of 20 outcomes reach the quota\n");
  EXPECT_EQ(DotPlot(0.04, "the goal", Terminal()),
            "●○○○○○○○○○○○○○○○○○○○  1 of 20 outcomes reaches the goal\n");
}

TEST(DotPlotTest, NoCertaintyAtTheEnds) {
  EXPECT_EQ(DotPlot(0.99, "the quota", Terminal()),
            "●●●●●●●●●●●●●●●●●●●●  nearly every outcome reaches the quota\n");
  EXPECT_EQ(DotPlot(0.0, "the quota", Terminal()),
            "○○○○○○○○○○○○○○○○○○○○  hardly any outcome reaches the quota\n");
}

TEST(DotPlotTest, Ascii) {
  Terminal terminal;
  terminal.unicode = false;
  EXPECT_EQ(DotPlot(0.5, "the quota", terminal),
            "##########..........  10 of 20 outcomes reach the quota\n");
}

}  // namespace
}  // namespace quotacast::cli
