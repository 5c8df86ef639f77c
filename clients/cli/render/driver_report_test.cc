// Goal: drivers as a person reads them. Method: golden texts; cases that lack a side or the quota.
#include "clients/cli/render/driver_report.h"

#include <string>

#include "absl/strings/str_split.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"
#include "quotacast/simulation/v1/forecast.pb.h"

namespace quotacast::cli {
namespace {

TEST(DriverReportTest, Whole) {
  EXPECT_EQ("\n" + DriverReport(SampleDrivers(), Terminal()), R"(
What the period depends on

Most depends on 1C1I7A6R (Anna Snelling, USD 120,000): if it is won, P(quota) is 64 %; if not, 41 %.

Open deal  Rep            Stage      Amount  P(won)  If won  If not     Change  Spread
─────────  ─────────────  ────────  ───────  ──────  ──────  ──────  ─────────  ──────
1C1I7A6R   Anna Snelling  Engaging  120,000    35 %    64 %    41 %  +23 ± 1.1  21.4 %
Z063OYW0   zoe            Engaging  120,000   >99 %    64 %       -          -   0.0 %
HAXMC4IX   zoe            Engaging        -    20 %    42 %    41 %   +1 ± 2.1   0.0 %
If won, If not: P(quota) in the outcomes that win the deal in the period, and in the others. Change:
the difference in points, with its error by chance; it is what the deal goes along with, so shared
luck counts too. Spread: share of the spread of the organisation's bookings.

Rep            Spread
─────────────  ──────
Anna Snelling  31.0 %
zoe            22.0 %
All others     47.0 %
)");
}

TEST(DriverReportTest, NothingAskedForIsNothingSaid) {
  EXPECT_EQ(DriverReport(SampleForecast().forecast(), Terminal()), "");
}

TEST(DriverReportTest, NoiseGetsNoSentence) {
  simulation::v1::ForecastResult forecast = SampleDrivers();
  *forecast.mutable_deal_drivers(0)->mutable_attain_probability_if_won() =
      SampleEstimate(0.44, 0.01, 0.05, 0.02);
  EXPECT_EQ(DriverReport(forecast, Terminal()).find("Most depends"), std::string::npos);
}

TEST(DriverReportTest, WithoutQuotaTheSpreadAlone) {
  simulation::v1::ForecastResult forecast = SampleDrivers();
  for (auto& deal : *forecast.mutable_deal_drivers()) {
    deal.clear_attain_probability_if_won();
    deal.clear_attain_probability_if_not_won();
  }
  const std::string text = DriverReport(forecast, Terminal());
  EXPECT_EQ(text.find("If won"), std::string::npos) << text;
  EXPECT_EQ(text.find("Most depends"), std::string::npos) << text;
  EXPECT_NE(text.find("Spread"), std::string::npos) << text;
}

TEST(DriverReportTest, FitsEveryTerminal) {
  for (const int width : {60, 80, 100, 120}) {
    Terminal terminal;
    terminal.width_columns = width;
    for (const auto line : absl::StrSplit(DriverReport(SampleDrivers(), terminal), '\n')) {
      EXPECT_LE(DisplayWidth(std::string_view(line.data(), line.size())), width);
    }
  }
}

}  // namespace
}  // namespace quotacast::cli
