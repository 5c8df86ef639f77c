// Goal: the forecast from headline to certificate, or an honest refusal. Method: golden texts.
#include "clients/cli/render/forecast_report.h"

#include <string>

#include "absl/strings/str_split.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"
#include "quotacast/simulation/v1/forecast.pb.h"

namespace quotacast::cli {
namespace {

TEST(ForecastReportTest, Whole) {
  EXPECT_EQ("\n" + ForecastReport(SampleForecast(), Terminal()),
            R"(
Forecast of 2017Q4 (1 Oct 2017 to 31 Dec 2017)

The organisation makes its quota of USD 3,000,000 with 37 % probability.

●●●●●●●○○○○○○○○○○○○○  7 of 20 outcomes reach the quota

USD
    │                                                                                 P90 3.28M
    │                                                                           ░░░░▒
 3M ┤╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌░╌░╌▒╌▒╌▒██ quota 3M
    │                                                               ░░░░▒▒▒▒███████▒▒ median 2.88M
    │                                                         ░░░░▒▒▒▒██████▒▒▒▒▒▒░░░ P10 2.48M
    │                                                   ░░░▒▒▒▒███████▒▒▒▒░░░░░░
    │                                             ░░░▒▒▒███████▒▒▒▒░░░░░
 2M ┤                                       ░░░▒▒███████▒▒▒░░░░░
    │                                 ░░░▒███████▒▒▒░░░░
    │                            ░▒▒██████▒▒▒░░░
    │                        ░░█████▒░░░░
    │                     ░████░░
 1M ┤                  ░███░░
    │               ████░
    │            ███░
    │        ████
    │     ███
  0 ┤█████
    └────────────────────────────────────────────────────────────────────────────────
     30 Sep                     1 Nov                     1 Dec                31 Dec
     █ median  ▒ every second outcome  ░ 8 of 10 outcomes  ╌ quota

Amounts in USD. P10, P50, P90: bookings not exceeded in 1, 5, 9 of 10 outcomes. Worst 5 %: mean
bookings of those outcomes.

Organisation      Quota  Booked  Worst 5 %        P10        P50        P90  P(quota)  ± pts
────────────  ─────────  ──────  ─────────  ─────────  ─────────  ─────────  ────────  ─────
Organisation  3,000,000  12,500  2,412,000  2,477,000  2,877,000  3,277,000      37 %    0.9

Team             Quota  Booked  Worst 5 %        P10        P50        P90  P(quota)  ± pts
───────────  ─────────  ──────  ─────────  ─────────  ─────────  ─────────  ────────  ─────
East [east]  1,400,000       0          -  1,260,000  1,500,000  1,740,000      71 %    0.9
West [west]          -       0          -  1,137,000  1,377,000  1,617,000         -      -

Rep            Quota  Booked  Worst 5 %     P10     P50     P90  P(quota)  ± pts
─────────────  ─────  ──────  ─────────  ──────  ──────  ──────  ────────  ─────
hire-1 (hire)      -       0          -  20,000  40,000  60,000         -      -

Reps at quota: 15 of 30 (median); 13 to 17 in 8 of 10 outcomes

Data   as of 30 Sep 2017, known by 2017-07-14 02:40 UTC (event 16,321); thin history; past
       reconstructed from an import
Model  3f2a9c01d7e4, 64 parameter draws; scenario 1b2c3d4e5f60
Run    seed 7, 10,048 trials, engine scalar-1; P(quota) ± 0.5 points by chance, ± 6.0 by what the
       history cannot tell
note: The history covers three quarters only.
)");
}

TEST(ForecastReportTest, WhatPlansPay) {
  simulation::v1::ForecastOutcome outcome = SampleForecast();
  EXPECT_EQ(ForecastReport(outcome, Terminal()).find("Payout"), std::string::npos);
  auto* organisation = outcome.mutable_forecast()->mutable_entities(0);
  *organisation->mutable_payout() = SampleDistribution(288'000, 10'000, 400);
  *organisation->mutable_payout_tail_mean() = SampleEstimate(345'678, 900, 0, 1'000);
  auto* west = outcome.mutable_forecast()->mutable_entities(2);
  *west->mutable_payout() = SampleDistribution(100'000, 5'000, 200);
  const std::string text = ForecastReport(outcome, Terminal(), 0.1);
  const size_t start = text.find("Payout ");
  ASSERT_NE(start, std::string::npos) << text;
  EXPECT_EQ("\n" + text.substr(start, text.find("\n\n", start) + 1 - start), R"(
Payout           Mean      P10      P50      P90  Dearest 10 %  Of bookings
────────────  ───────  ───────  ───────  ───────  ────────────  ───────────
Organisation  288,000  248,000  288,000  328,000       345,700       10.0 %
West [west]   100,000   80,000  100,000  120,000             -        7.3 %
What the scenario's compensation plans pay for the period. Dearest 10 %: mean payout of those
outcomes.
)");
}

TEST(ForecastReportTest, Refused) {
  simulation::v1::ForecastOutcome outcome;
  outcome.mutable_refusal()->set_reason("DATA_TIER_TOO_LOW");
  outcome.mutable_refusal()->set_message(
      "There are 12 won deals; at least 20 are needed for a forecast.");
  *outcome.mutable_certificate() = SampleCertificate();
  EXPECT_EQ("\n" + ForecastReport(outcome, Terminal()),
            R"(
No forecast: There are 12 won deals; at least 20 are needed for a forecast.

Data   as of 30 Sep 2017, known by 2017-07-14 02:40 UTC (event 16,321); thin history; past
       reconstructed from an import
Model  3f2a9c01d7e4, 64 parameter draws; scenario 1b2c3d4e5f60
Run    seed 7, 10,048 trials, engine scalar-1
note: The history covers three quarters only.
)");
}

TEST(ForecastReportTest, WithoutQuotaNoDotsAndNoLine) {
  simulation::v1::ForecastOutcome outcome = SampleForecast();
  auto* organisation = outcome.mutable_forecast()->mutable_entities(0);
  organisation->clear_quota();
  organisation->clear_attain_probability();
  const std::string text = ForecastReport(outcome, Terminal());
  EXPECT_EQ(text.find("of 20 outcomes"), std::string::npos) << text;
  EXPECT_EQ(text.find("quota 3M"), std::string::npos) << text;
  EXPECT_NE(text.find("median 2.88M"), std::string::npos) << text;
}

TEST(ForecastReportTest, FitsEveryTerminal) {
  for (const int width : {60, 80, 100, 120}) {
    Terminal terminal;
    terminal.width_columns = width;
    for (const auto line : absl::StrSplit(ForecastReport(SampleForecast(), terminal), '\n')) {
      EXPECT_LE(DisplayWidth(std::string_view(line.data(), line.size())), width);
    }
  }
}

}  // namespace
}  // namespace quotacast::cli
