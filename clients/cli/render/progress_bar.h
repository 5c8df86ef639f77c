// Progress on standard error, for anything that takes longer than a second.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_PROGRESS_BAR_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_PROGRESS_BAR_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <ostream>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "base/clock.h"
#include "clients/cli/render/terminal.h"

namespace quotacast::cli {

struct ProgressState {
  std::string label;  // "Simulating".
  int64_t done_count = 0;
  int64_t total_count = 0;  // 0 when not known: the line then only shows that time passes.
  std::string note;         // Such as "P(quota) 37 % so far".
};

// One line of progress, at most as wide as the terminal, without line end:
// "Simulating ████████░░░░  62 %  3 s  P(quota) 37 % so far".
std::string ProgressLine(const ProgressState& state, absl::Duration elapsed,
                         const Terminal& terminal);

// Draws the line again and again while it lives, beginning a second after it was made, and wipes
// it at the end. Draws nothing when terminal.progress is false. Update may be called from one
// thread at a time; drawing happens on a thread of its own.
class ProgressBar {
 public:
  ProgressBar(std::string label, const Clock& clock, const Terminal& terminal, std::ostream& err);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void Update(int64_t done_count, int64_t total_count, std::string note = "");

 private:
  void Draw();

  const Clock& clock_;
  const Terminal terminal_;
  std::ostream& err_;
  const absl::Time start_;
  std::mutex mutex_;
  std::condition_variable changed_;
  ProgressState state_;  // Guarded by mutex_.
  bool done_ = false;    // Guarded by mutex_.
  std::thread thread_;
};

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_PROGRESS_BAR_H_
