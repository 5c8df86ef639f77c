// The command line as a function: everything but the outside world.
#ifndef QUOTACAST_CLIENTS_CLI_APP_H_
#define QUOTACAST_CLIENTS_CLI_APP_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "clients/cli/render/terminal.h"
#include "grpcpp/channel.h"

namespace quotacast::cli {

// A channel and whatever has to live as long as it is used, such as servers in this process.
// Destroyed in reverse order of declaration: the channel first.
struct Session {
  std::shared_ptr<void> host;
  std::shared_ptr<grpc::Channel> channel;
};

struct DataDirOptions {
  std::string data_dir;
  // Show the services' log on standard error.
  bool verbose = false;
};

// The outside world, given by main and by tests.
struct Environment {
  std::ostream& out;
  std::ostream& err;
  Terminal terminal;
  VariableReader variable;
  const Clock& clock;
  // Ctrl-C. Thread-safe.
  std::function<bool()> cancelled;
  // Connects to a running server.
  std::function<std::shared_ptr<grpc::Channel>(const std::string& address)> connect;
  // Runs the services in this process on a folder.
  std::function<absl::StatusOr<Session>(const DataDirOptions&)> open_data_dir;
  // Runs `quotacast serve` with the arguments after it; returns the exit code.
  std::function<int(const std::vector<std::string>& arguments)> serve;
};

// Runs one command line, without the program's name. Returns the exit code (exit_code.h).
int RunQuotacast(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_APP_H_
