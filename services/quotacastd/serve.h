// The server process as a function: what `quotacastd` and `quotacast serve` run.
#ifndef QUOTACAST_SERVICES_QUOTACASTD_SERVE_H_
#define QUOTACAST_SERVICES_QUOTACASTD_SERVE_H_

#include <string>
#include <vector>

namespace quotacast::quotacastd {

// Exit codes, the same as the command's (clients/cli/exit_code.h), beside
// serving::kWatchdogExitCode for a shutdown that hangs.
inline constexpr int kServeExitOk = 0;
inline constexpr int kServeExitError = 1;
inline constexpr int kServeExitUsage = 2;

// Parses `arguments` (without the program's name; --help lists them), serves until SIGTERM or
// SIGINT, drains and returns the exit code; a second signal ends the process at once. Prints
// "listening on HOST:PORT" and a newline to stdout when it is ready, errors and logs to stderr.
// `program` is the name in the help text.
//
// Blocks both signals in the calling thread, and so in all it starts: call it before the process
// has other threads.
int Serve(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace quotacast::quotacastd

#endif  // QUOTACAST_SERVICES_QUOTACASTD_SERVE_H_
