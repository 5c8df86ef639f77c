// Goal: what a scenario changes, side by side and as a distribution. Method: a golden text, and the
// refusal.
#include "clients/cli/render/comparison_report.h"

#include <string>

#include "clients/cli/render/terminal.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::cli {
namespace {

TEST(ComparisonReportTest, Whole) {
  EXPECT_EQ("\n" + ComparisonReport(SampleComparison(), Terminal()),
            R"(
Comparison for 2017Q4, bookings in USD

Scenario                      P10        P50        P90  P(quota)       Change  Books more  At quota
──────────────────────  ─────────  ─────────  ─────────  ────────  ───────────  ──────────  ────────
base                    2,477,000  2,877,000  3,277,000      37 %                           15 of 30
Coaching and two hires  2,477,000  2,877,000  3,277,000      37 %  +15.0 ± 2.0        83 %  15 of 30

Change: of P(quota) against base, in points. Books more: share of outcomes in which the scenario
books more; all scenarios meet the same chance events. At quota: reps who reach theirs, median.

Coaching and two hires against base
It adds about USD 120,000 and lifts the probability to 52 %.

Difference of the organisation's bookings, outcome by outcome:
                 USD
        -50,000 to 0 │▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 15 %
           no change │▒▒▒▒▒▒ 2 %
        0 to +50,000 │████████████████████████████████████████████ 15 %
 +50,000 to +100,000 │████████████████████████████████████████████ 15 %
+100,000 to +150,000 │████████████████████████████████████████████ 15 %
+150,000 to +200,000 │████████████████████████████████████████████ 15 %
+200,000 to +250,000 │████████████████████████████████████████████ 15 %
+250,000 to +300,000 │██████████████████ 6 %

Team      P10   Median       P90  Books more       Change
────  ───────  ───────  ────────  ──────────  ───────────
East  +10,000  +90,000  +170,000        83 %  +15.0 ± 2.0
West  -50,000  +30,000  +110,000        83 %  +15.0 ± 2.0

Data   as of 30 Sep 2017, known by 2017-07-14 02:40 UTC (event 16,321); thin history; past
       reconstructed from an import
Model  3f2a9c01d7e4, 64 parameter draws; scenario 1b2c3d4e5f60
Run    seed 7, 10,048 trials, engine scalar-1
note: The history covers three quarters only.
)");
}

TEST(ComparisonReportTest, SaysWhatInitiativesCost) {
  simulation::v1::ComparisonResult result = SampleComparison();
  EXPECT_EQ(ComparisonReport(result, Terminal()).find("initiatives cost"), std::string::npos);
  google::type::Money& cost = *result.mutable_scenarios(1)
                                   ->mutable_outcome()
                                   ->mutable_forecast()
                                   ->mutable_initiative_cost();
  cost.set_currency_code("USD");
  cost.set_units(12'500);
  const std::string text = ComparisonReport(result, Terminal());
  EXPECT_NE(text.find("Its initiatives cost USD 12,500 up to the end of 2017Q4."),
            std::string::npos)
      << text;
}

// A team that a scenario does not touch is neither better nor worse.
TEST(ComparisonReportTest, SameInEveryOutcome) {
  simulation::v1::ComparisonResult result = SampleComparison();
  auto* west = result.mutable_scenarios(1)->mutable_differences(2);
  *west->mutable_difference() = SampleDistribution(0, 0, 0);
  *west->mutable_better_probability() = SampleEstimate(0, 0, 0, 0);
  *west->mutable_tie_probability() = SampleEstimate(1, 0, 0, 0);
  *west->mutable_attain_probability_change() = SampleEstimate(0, 0, 0, 0);
  const std::string text = ComparisonReport(result, Terminal());
  EXPECT_NE(text.find("same            0\n"), std::string::npos) << text;
}

TEST(ComparisonReportTest, Refused) {
  simulation::v1::ComparisonResult result;
  result.mutable_refusal()->set_message("There are 12 won deals; at least 20 are needed.");
  EXPECT_EQ(ComparisonReport(result, Terminal()),
            "No forecast: There are 12 won deals; at least 20 are needed.\n");
}

TEST(ComparisonReportTest, PayoutsWhereBothPay) {
  simulation::v1::ComparisonResult result = SampleComparison();
  EXPECT_EQ(ComparisonReport(result, Terminal()).find("Payout"), std::string::npos);
  *result.mutable_scenarios(1)->mutable_differences(0)->mutable_payout_difference() =
      SampleDistribution(12'000, 4'000, 100);
  const std::string text = ComparisonReport(result, Terminal());
  EXPECT_NE(text.find("\nPayout: +USD 12,000 on average; -USD 4,000 to +USD 28,000 in 8 of 10 "
                      "outcomes\n"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace quotacast::cli
