// Goal: a back-test in text, from headline to warnings, on narrow and plain terminals too. Method:
// the sample back-test; parts of the text by hand.
#include "clients/cli/render/backtest_report.h"

#include <string>

#include "absl/strings/str_split.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/testing/sample_backtest.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(BacktestReportTest, HoldsEverything) {
  const std::string text = BacktestReport(SampleBacktest(), Terminal());
  EXPECT_EQ(text.find("Back-test of 2017Q2 to 2017Q3\n\n4 forecasts of 2 periods"), 0u) << text;
  for (const char* part :
       {"Organisation   all          4  50 % (12 to 88)", "Reps           all          8",
        "+44 % (-10 to +60)", "-7 %", "-450,000", "21.2 %", "0.188",
        "Organisation  ▁▁▁▁█▁▁▁▁█  calibrated: 0 to 2 of 4 in each tenth",
        "2017Q2 week 9, as of 26 May 2017: 12 deals were won", "2,100,000", "no",
        "note: Past days are seen as they are known today.", "seed 7, 4,096 trials each",
        "of a past day counts"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(BacktestReportTest, NarrowAndPlain) {
  Terminal terminal;
  terminal.unicode = false;
  terminal.width_columns = 60;
  const std::string text = BacktestReport(SampleBacktest(), terminal);
  for (const auto& line : absl::StrSplit(text, '\n')) {
    EXPECT_LE(DisplayWidth(std::string(line)), 60) << line;
    for (const char c : line) EXPECT_LT(static_cast<unsigned char>(c), 128) << line;
  }
}

TEST(BacktestReportTest, WithoutAnyScoreTheRefusalsRemain) {
  BacktestResult result = SampleBacktest();
  result.forecasts.clear();
  result.summary.clear_scores();
  result.summary.clear_periods();
  result.summary.set_summary("Nothing was scored.");
  const std::string text = BacktestReport(result, Terminal());
  EXPECT_EQ(text.find("Back-test\n\nNothing was scored.\n"), 0u) << text;
  EXPECT_NE(text.find("12 deals were won"), std::string::npos);
  EXPECT_EQ(text.find("P10"), std::string::npos);
}

}  // namespace
}  // namespace quotacast::cli
