// The `quotacast` command: the outside world, wired to the command line.
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "clients/cli/app.h"
#include "clients/cli/data_dir_session.h"
#include "clients/cli/render/terminal.h"
#include "clients/cpp/channel.h"
#include "services/quotacastd/serve.h"

namespace {

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
      [](const quotacast::cli::DataDirOptions& options) {
        signal(SIGINT, OnInterrupt);
        return quotacast::cli::OpenDataDir(options);
      },
      [](const std::vector<std::string>& arguments) {
        return quotacast::quotacastd::Serve("quotacast serve", arguments);
      }};
  return quotacast::cli::RunQuotacast(std::vector<std::string>(argv + 1, argv + argc), environment);
}
