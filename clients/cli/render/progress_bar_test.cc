// Goal: progress appears on a terminal after a second, fits the line, and leaves no trace. Method:
// the line as a golden text; the bar with a clock that a test moves.
#include "clients/cli/render/progress_bar.h"

#include <sstream>
#include <string>

#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(ProgressLineTest, ShowsShareTimeAndNote) {
  EXPECT_EQ(
      ProgressLine({"Simulating", 62, 100, "P(quota) 37 % so far"}, absl::Seconds(3), Terminal()),
      "Simulating ██████████████████░░░░░░░░░░░░  62 %  3 s  P(quota) 37 % so far");
  Terminal ascii;
  ascii.unicode = false;
  EXPECT_EQ(ProgressLine({"Importing", 1, 3, ""}, absl::Seconds(1), ascii),
            "Importing ##########....................  33 %  1 s");
}

TEST(ProgressLineTest, WithoutATotalOnlyTimePasses) {
  EXPECT_EQ(ProgressLine({"Simulating", 5, 0, ""}, absl::Milliseconds(2900), Terminal()),
            "Simulating  2 s");
}

TEST(ProgressLineTest, StaysWithinTheLineAndTheBar) {
  Terminal narrow;
  narrow.width_columns = 40;
  EXPECT_EQ(ProgressLine({"Simulating", 500, 100, ""}, absl::Seconds(1), narrow),
            "Simulating ███████████████████████████…");
}

TEST(ProgressBarTest, DrawsNothingWithoutATerminal) {
  FakeClock clock(absl::UnixEpoch());
  std::ostringstream err;
  {
    ProgressBar bar("Importing", clock, Terminal(), err);
    clock.Advance(absl::Seconds(5));
    bar.Update(1, 2);
  }
  EXPECT_EQ(err.str(), "");
}

TEST(ProgressBarTest, QuickWorkShowsNothing) {
  const FakeClock clock(absl::UnixEpoch());
  Terminal terminal;
  terminal.progress = true;
  std::ostringstream err;
  { ProgressBar bar("Importing", clock, terminal, err); }
  EXPECT_EQ(err.str(), "");
}

}  // namespace
}  // namespace quotacast::cli
