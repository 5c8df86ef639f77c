// What a subcommand is, and what it is given to run.
#ifndef QUOTACAST_CLIENTS_CLI_COMMAND_H_
#define QUOTACAST_CLIENTS_CLI_COMMAND_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "clients/cli/render/terminal.h"
#include "clients/cpp/call_options.h"
#include "grpcpp/channel.h"

namespace quotacast::cli {

struct CommandContext {
  // To the services; null when the command said that it needs none.
  std::shared_ptr<grpc::Channel> channel;
  // "workspaces/default".
  std::string workspace;
  // Print the response message instead of text for people.
  bool json = false;
  Terminal terminal;
  // Carries Ctrl-C to every call.
  clients::CallOptions call_options;
  std::ostream& out;
  std::ostream& err;
  const Clock& clock;
};

// One subcommand that does something (not a mere group of others).
struct Command {
  CLI::App* app;
  // The exit code (exit_code.h); an error status is shown and becomes kExitError, or kExitUsage
  // when it was made by UsageError (arguments.h).
  std::function<absl::StatusOr<int>(CommandContext&)> run;
  // Asked after parsing; empty: it always needs the services.
  std::function<bool()> is_offline;
};

using Commands = std::vector<Command>;

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMAND_H_
