// Runs a command line against fake services.
#ifndef QUOTACAST_CLIENTS_CLI_TESTING_RUN_CLI_H_
#define QUOTACAST_CLIENTS_CLI_TESTING_RUN_CLI_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/testing/fake_services.h"

namespace quotacast::cli {

struct CliRun {
  int exit_code = -1;
  std::string out;
  std::string err;
  // How the services were reached: "data-dir D", "data-dir D verbose", "server A", "".
  std::string reached;
  // What `serve` was given.
  std::vector<std::string> serve_arguments;
};

struct CliOptions {
  std::map<std::string, std::string> variables;
  Terminal terminal;
  // What opening a data directory returns when not OK.
  absl::Status open_failure;
  bool interrupted = false;
};

// Runs `arguments` without the program's name.
CliRun RunCli(FakeServices& services, const std::vector<std::string>& arguments,
              const CliOptions& options = {});

// The same with --data-dir D in front.
CliRun RunCliOnData(FakeServices& services, std::vector<std::string> arguments,
                    const CliOptions& options = {});

// Writes a file into the test's temporary folder and returns its path.
std::string WriteTempFile(const std::string& name, const std::string& text);

// The widest line of `text`.
int WidestLine(const std::string& text);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_TESTING_RUN_CLI_H_
