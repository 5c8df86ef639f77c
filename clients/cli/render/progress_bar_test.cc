// Goal: progress appears on a terminal after a second, fits the line, and leaves no trace. Method:
// the line as a golden text; the bar with a clock that a test moves.
#include "clients/cli/render/progress_bar.h"

#include <condition_variable>
#include <mutex>
#include <ostream>
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

// Tells when something was flushed through it.
class FlushWatcher final : public std::stringbuf {
 public:
  void WaitForFlush() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return flushed_; });
  }

 private:
  int sync() override {
    std::lock_guard<std::mutex> lock(mutex_);
    flushed_ = true;
    changed_.notify_all();
    return 0;
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  bool flushed_ = false;  // Guarded by mutex_.
};

TEST(ProgressBarTest, SlowWorkIsShownAndWipedAway) {
  FakeClock clock(absl::UnixEpoch());
  Terminal terminal;
  terminal.progress = true;
  FlushWatcher buffer;
  std::ostream err(&buffer);
  {
    ProgressBar bar("Importing", clock, terminal, err);
    bar.Update(1, 2);
    clock.Advance(absl::Seconds(2));
    buffer.WaitForFlush();
  }
  const std::string drawn = buffer.str();
  EXPECT_EQ(drawn.find("\rImporting ███████████████░░░░░░░░░░░░░░░  50 %  2 s\x1b[K"), 0u) << drawn;
  EXPECT_EQ(drawn.substr(drawn.size() - 4), "\r\x1b[K");
}

}  // namespace
}  // namespace quotacast::cli
