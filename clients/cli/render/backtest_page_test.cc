// Goal: one page with everything, that fetches nothing, runs nothing and takes no name for markup;
// pictures that show where outcomes lie. Method: the sample back-test; tags counted.
#include "clients/cli/render/backtest_page.h"

#include <string>
#include <vector>

#include "clients/cli/render/backtest_charts.h"
#include "clients/cli/testing/sample_backtest.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

int CountOfText(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(BacktestPageTest, HoldsEverything) {
  const std::string page = BacktestPage(SampleBacktest());
  for (const char* part :
       {"<title>Back-test of forecasts, 2017Q2 to 2017Q3</title>",
        "4 forecasts of 2 periods, 2017Q2 to 2017Q3.", ">directional<", "How to read this",
        "Did the intervals hold?", "50 % (12 to 88)", "+44 % (-10 to +60)",
        "<td class=\"no\">-7 %</td>", "Where outcomes fell", "Was P(quota) right?",
        "12 deals were won, a forecast needs 20.", "3f2a9c01d7e4",
        "Past days are seen as they are known today.", "31 Mar 2017", "prefers-color-scheme: dark",
        "@media print"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
}

TEST(BacktestPageTest, NeedsNothingElse) {
  const std::string page = BacktestPage(SampleBacktest());
  for (const char* part : {"<script", "http:", "https:", "url(", "<link", "<img", "@import"}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
  for (const char* tag : {"svg", "table", "figure", "div", "h2", "tr", "td", "dl", "ul"}) {
    const std::string open = std::string("<") + tag;
    EXPECT_EQ(CountOfText(page, open + ">") + CountOfText(page, open + " "),
              CountOfText(page, std::string("</") + tag + ">"))
        << tag;
  }
}

TEST(BacktestPageTest, TakesNoTextForMarkup) {
  BacktestResult result = SampleBacktest();
  result.summary.set_summary("<script>alert(1)</script>");
  result.summary.mutable_refusals(0)->mutable_refusal()->set_message("<img src=x>");
  for (auto& forecast : result.forecasts) forecast.set_period("Q<2>");
  const std::string page = BacktestPage(result);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("Q<2>"), std::string::npos);
  EXPECT_NE(page.find("Q&lt;2&gt;"), std::string::npos);
}

TEST(BacktestChartsTest, OneColumnPerForecastAndOneLinePerPeriod) {
  const std::string chart = IntervalChart(SampleBacktest());
  EXPECT_EQ(CountOfText(chart, "class=\"median\""), 4);
  EXPECT_EQ(CountOfText(chart, "class=\"actual-line\""), 2);
  // The second period came out above every interval.
  EXPECT_EQ(CountOfText(chart, "class=\"actual outside\""), 2);
  EXPECT_EQ(CountOfText(chart, "class=\"actual\""), 2);
  BacktestResult none = SampleBacktest();
  none.forecasts.clear();
  EXPECT_EQ(IntervalChart(none), "");
}

TEST(BacktestChartsTest, TenBarsAndABand) {
  const BacktestResult result = SampleBacktest();
  const std::string chart = PitChart(result.summary.scores(0));
  EXPECT_EQ(CountOfText(chart, "class=\"bar\""), 10);
  EXPECT_EQ(CountOfText(chart, "class=\"expected\""), 1);
}

TEST(BacktestChartsTest, ReliabilityOnlyWithQuotas) {
  const BacktestResult result = SampleBacktest();
  EXPECT_EQ(ReliabilityChart(result.summary.scores(0)), "");
  EXPECT_EQ(CountOfText(ReliabilityChart(result.summary.scores(3)), "class=\"bin\""), 1);
}

TEST(BacktestPageTest, WithoutAnyScore) {
  BacktestResult result;
  result.summary.set_summary("Nothing was scored.");
  const std::string page = BacktestPage(result);
  EXPECT_NE(page.find("Nothing was scored."), std::string::npos);
  EXPECT_EQ(page.find("<svg"), std::string::npos);
}

}  // namespace
}  // namespace quotacast::cli
