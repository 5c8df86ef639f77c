// --data-dir: the services inside this process. The one place where the command meets them.
#ifndef QUOTACAST_CLIENTS_CLI_DATA_DIR_SESSION_H_
#define QUOTACAST_CLIENTS_CLI_DATA_DIR_SESSION_H_

#include "absl/status/statusor.h"
#include "clients/cli/app.h"

namespace quotacast::cli {

// Starts all services on the folder, created when missing, reachable from this process only. They
// end with the session. Errors: those of Suite::Start, FAILED_PRECONDITION (DATA_DIR_IN_USE) among
// them. The services' log goes to standard error: errors only, with `verbose` all of it.
absl::StatusOr<Session> OpenDataDir(const DataDirOptions& options);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_DATA_DIR_SESSION_H_
