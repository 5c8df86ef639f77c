// The `quotacast` command: the outside world, wired to the command line.
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "clients/cli/app.h"
#include "clients/cli/render/terminal.h"
#include "clients/cpp/channel.h"
#include "services/quotacastd/serve.h"
#include "services/quotacastd/suite.h"
#include "services/serving/logger.h"

namespace {

using quotacast::cli::DataDirOptions;
using quotacast::cli::Session;

volatile sig_atomic_t interrupted = 0;

// The first Ctrl-C cancels the running call; the second ends the process as usual.
void OnInterrupt(int signal_number) {
  interrupted = 1;
  signal(signal_number, SIG_DFL);
}

std::optional<std::string> Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

quotacast::cli::TerminalFacts Facts() {
  quotacast::cli::TerminalFacts facts;
  facts.stdout_is_terminal = isatty(STDOUT_FILENO) == 1;
  facts.stderr_is_terminal = isatty(STDERR_FILENO) == 1;
  winsize window = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0) facts.window_columns = window.ws_col;
  return facts;
}

absl::StatusOr<Session> OpenDataDir(const DataDirOptions& options) {
  quotacast::quotacastd::SuiteOptions suite_options;
  suite_options.data_dir = options.data_dir;
  suite_options.log_level =
      options.verbose ? quotacast::serving::LogLevel::kInfo : quotacast::serving::LogLevel::kError;
  absl::StatusOr<std::unique_ptr<quotacast::quotacastd::Suite>> started =
      quotacast::quotacastd::Suite::Start(suite_options);
  if (!started.ok()) return started.status();
  std::shared_ptr<quotacast::quotacastd::Suite> suite = *std::move(started);
  return Session{suite, suite->channel()};
}

}  // namespace

int main(int argc, char** argv) {
  const quotacast::SystemClock clock;
  const quotacast::cli::Environment environment = {
      std::cout,
      std::cerr,
      quotacast::cli::DescribeTerminal(Facts(), Variable),
      Variable,
      clock,
      [] { return interrupted != 0; },
      [](const std::string& address) {
        signal(SIGINT, OnInterrupt);
        return quotacast::clients::ConnectTo(address);
      },
      [](const DataDirOptions& options) {
        signal(SIGINT, OnInterrupt);
        return OpenDataDir(options);
      },
      [](const std::vector<std::string>& arguments) {
        return quotacast::quotacastd::Serve("quotacast serve", arguments);
      }};
  return quotacast::cli::RunQuotacast(std::vector<std::string>(argv + 1, argv + argc), environment);
}
