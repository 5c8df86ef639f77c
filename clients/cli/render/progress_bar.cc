#include "clients/cli/render/progress_bar.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <ostream>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"

namespace quotacast::cli {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(1);
constexpr std::chrono::milliseconds kRedrawInterval(100);
constexpr int kBarColumns = 30;

}  // namespace

std::string ProgressLine(const ProgressState& state, absl::Duration elapsed,
                         const Terminal& terminal) {
  std::string bar;
  std::string share;
  if (state.total_count > 0) {
    const double done = std::clamp(
        static_cast<double>(state.done_count) / static_cast<double>(state.total_count), 0.0, 1.0);
    const int filled = static_cast<int>(std::floor(kBarColumns * done));
    for (int i = 0; i < kBarColumns; ++i) {
      bar += i < filled ? (terminal.unicode ? "█" : "#") : (terminal.unicode ? "░" : ".");
    }
    share = absl::StrFormat(" %3.0f %%", std::floor(100 * done));
  }
  std::string line = state.label;
  if (!bar.empty()) absl::StrAppend(&line, " ", bar, share);
  absl::StrAppend(&line, "  ", absl::ToInt64Seconds(elapsed), " s");
  if (!state.note.empty()) absl::StrAppend(&line, "  ", state.note);
  return Truncate(line, terminal.width_columns - 1, terminal.unicode);
}

ProgressBar::ProgressBar(std::string label, const Clock& clock, const Terminal& terminal,
                         std::ostream& err)
    : clock_(clock), terminal_(terminal), err_(err), start_(clock.Now()) {
  state_.label = std::move(label);
  if (terminal_.progress) thread_ = std::thread([this] { Draw(); });
}

ProgressBar::~ProgressBar() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    done_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void ProgressBar::Update(int64_t done_count, int64_t total_count, std::string note) {
  std::lock_guard<std::mutex> lock(mutex_);
  state_.done_count = done_count;
  state_.total_count = total_count;
  state_.note = std::move(note);
}

void ProgressBar::Draw() {
  bool drawn = false;
  std::unique_lock<std::mutex> lock(mutex_);
  while (!done_) {
    const absl::Duration elapsed = clock_.Now() - start_;
    if (elapsed >= kPatience) {
      // "\r" and "erase to the end of the line": the line is drawn in place.
      err_ << "\r" << ProgressLine(state_, elapsed, terminal_) << "\x1b[K" << std::flush;
      drawn = true;
    }
    changed_.wait_for(lock, kRedrawInterval, [this] { return done_; });
  }
  if (drawn) err_ << "\r\x1b[K" << std::flush;
}

}  // namespace quotacast::cli
