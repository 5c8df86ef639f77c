// Errors as a person can act on them.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_ERROR_TEXT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_ERROR_TEXT_H_

#include <string>

#include "absl/status/status.h"
#include "clients/cli/render/terminal.h"

namespace quotacast::cli {

// "error: ..." with one line per field at fault, and "hint: ..." where the reason has a known way
// on: when to try again, import first, override a limit, start a server at `server` (the address
// that was called; empty when the services run in this process). CHECKs that `status` is not OK.
std::string ErrorText(const absl::Status& status, const std::string& server,
                      const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_ERROR_TEXT_H_
