// What the command's exit code means. Stable: scripts rely on it.
#ifndef QUOTACAST_CLIENTS_CLI_EXIT_CODE_H_
#define QUOTACAST_CLIENTS_CLI_EXIT_CODE_H_

namespace quotacast::cli {

enum ExitCode {
  kExitOk = 0,
  kExitError = 1,          // A service said no, or could not be reached.
  kExitUsage = 2,          // The command line makes no sense; nothing was done.
  kExitRowsRejected = 3,   // An import kept the good rows and left bad ones out.
  kExitRefused = 4,        // Too little history for an honest forecast.
  kExitFaultsFound = 5,    // `log verify` found faults.
  kExitInterrupted = 130,  // Ctrl-C.
};

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_EXIT_CODE_H_
