// Goal: the fan reads as a picture on any terminal. Method: golden pictures in Unicode and ASCII,
// and the shapes at which a picture could go wrong.
#include "clients/cli/render/fan_chart.h"

#include <string>

#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "clients/cli/render/forecast_report.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

// 60 columns without Unicode.
Terminal Ascii() {
  Terminal terminal;
  terminal.unicode = false;
  terminal.width_columns = 60;
  return terminal;
}

TEST(FanChartTest, Unicode) {
  EXPECT_EQ("\n" + RenderFanChart(FanChartOf(SampleForecast()), Terminal()),
            R"(
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
)");
}

TEST(FanChartTest, AsciiAtSixtyColumns) {
  EXPECT_EQ("\n" + RenderFanChart(FanChartOf(SampleForecast()), Ascii()),
            R"(
USD
    |                                         P90 3.28M
    |                                     ..+
 3M +-----------------------------------.-+-# quota 3M
    |                               ..+++###+ median 2.88M
    |                            ..++####++.. P10 2.48M
    |                         ..++###++...
    |                      ..+####++..
 2M +                   ..+###++..
    |                 .+###+...
    |              .####+..
    |            .##+..
    |           ##.
 1M +         .#.
    |        ##
    |      ##
    |    ##
    |   #
  0 +###
    +----------------------------------------
     30 Sep        1 Nov       1 Dec   31 Dec
     # median  + every second outcome  . 8 of 10 outcomes
     - quota
)");
}

TEST(FanChartTest, ColourChangesNoCharacter) {
  Terminal color;
  color.color = true;
  const FanChart chart = FanChartOf(SampleForecast());
  const std::string painted = RenderFanChart(chart, color);
  std::string plain;
  for (size_t i = 0; i < painted.size(); ++i) {
    if (painted[i] == '\x1b') {
      i = painted.find('m', i);
    } else {
      plain += painted[i];
    }
  }
  EXPECT_NE(painted, plain);
  EXPECT_EQ(plain, RenderFanChart(chart, Terminal()));
}

TEST(FanChartTest, NeedsTwoDays) {
  FanChart chart;
  EXPECT_EQ(RenderFanChart(chart, Terminal()), "");
  chart.points.push_back({absl::CivilDay(2017, 10, 1), 1, 1, 1, 1, 1});
  EXPECT_EQ(RenderFanChart(chart, Terminal()), "");
  chart.points.push_back(chart.points[0]);
  EXPECT_EQ(RenderFanChart(chart, Terminal()), "");
}

// Nothing booked, nothing expected, a quota out of reach, negative bookings: no line leaves the
// terminal and every final figure is named.
TEST(FanChartTest, OddShapesStayInThePicture) {
  const absl::CivilDay first(2017, 10, 1);
  for (const double level : {0.0, -5e5, 1.0, 4e12}) {
    for (const double quota : {0.0, 1.0, 9e9}) {
      FanChart chart;
      chart.quota = quota;
      chart.currency = "USD";
      chart.points = {{first, 0, 0, 0, 0, 0}, {first + 90, level, level, level, level, level}};
      const std::string text = RenderFanChart(chart, Ascii());
      for (const char* label : {"P90", "median", "P10", "quota"}) {
        EXPECT_NE(text.find(std::string(label) + " "), std::string::npos) << label << "\n" << text;
      }
      for (const auto line : absl::StrSplit(text, '\n')) {
        EXPECT_LE(DisplayWidth(std::string_view(line.data(), line.size())), 60) << text;
      }
    }
  }
}

}  // namespace
}  // namespace quotacast::cli
