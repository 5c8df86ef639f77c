// Goal: worse, equal and better are told apart, and their totals are exact. Method: golden pictures
// and differences with all outcomes on one side or equal.
#include "clients/cli/render/difference_histogram.h"

#include <string>

#include "clients/cli/render/terminal.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"
#include "quotacast/simulation/v1/forecast.pb.h"

namespace quotacast::cli {
namespace {

// 60 columns without Unicode.
Terminal Ascii() {
  Terminal terminal;
  terminal.unicode = false;
  terminal.width_columns = 60;
  return terminal;
}

TEST(DifferenceHistogramTest, Unicode) {
  EXPECT_EQ(
      "\n" + DifferenceHistogram(SampleComparison().scenarios(1).differences(0), "USD", Terminal()),
      R"(
                 USD
        -50,000 to 0 │▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 15 %
           no change │▒▒▒▒▒▒ 2 %
        0 to +50,000 │████████████████████████████████████████████ 15 %
 +50,000 to +100,000 │████████████████████████████████████████████ 15 %
+100,000 to +150,000 │████████████████████████████████████████████ 15 %
+150,000 to +200,000 │████████████████████████████████████████████ 15 %
+200,000 to +250,000 │████████████████████████████████████████████ 15 %
+250,000 to +300,000 │██████████████████ 6 %
)");
}

TEST(DifferenceHistogramTest, Ascii) {
  EXPECT_EQ(
      "\n" + DifferenceHistogram(SampleComparison().scenarios(1).differences(0), "USD", Ascii()),
      R"(
                 USD
        -50,000 to 0 |------------------------------ 15 %
           no change |==== 2 %
        0 to +50,000 |############################### 15 %
 +50,000 to +100,000 |############################### 15 %
+100,000 to +150,000 |############################### 15 %
+150,000 to +200,000 |############################### 15 %
+200,000 to +250,000 |############################### 15 %
+250,000 to +300,000 |############ 6 %
)");
}

TEST(DifferenceHistogramTest, AllOutcomesEqual) {
  simulation::v1::EntityDifference difference;
  *difference.mutable_difference() = SampleDistribution(0, 0, 0);
  difference.mutable_tie_probability()->set_value(1);
  EXPECT_EQ(DifferenceHistogram(difference, "USD", Ascii()),
            "      USD\n"
            "no change |========================================== 100 %\n");
}

TEST(DifferenceHistogramTest, AllOutcomesBetter) {
  simulation::v1::EntityDifference difference;
  *difference.mutable_difference() = SampleDistribution(100, 2, 0);
  difference.mutable_better_probability()->set_value(1);
  const std::string text = DifferenceHistogram(difference, "USD", Ascii());
  EXPECT_EQ(text.find("-20 to 0"), std::string::npos) << text;
  EXPECT_EQ(text.find("no change"), std::string::npos) << text;
  EXPECT_NE(text.find("+80 to +100 |"), std::string::npos) << text;
}

TEST(DifferenceHistogramTest, WithoutQuantilesNothing) {
  EXPECT_EQ(DifferenceHistogram({}, "USD", Terminal()), "");
}

}  // namespace
}  // namespace quotacast::cli
