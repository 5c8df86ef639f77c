#include "clients/cli/testing/run_cli.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "clients/cli/app.h"
#include "clients/cli/render/text_width.h"
#include "gtest/gtest.h"

namespace quotacast::cli {

CliRun RunCli(FakeServices& services, const std::vector<std::string>& arguments,
              const CliOptions& options) {
  CliRun run;
  std::ostringstream out;
  std::ostringstream err;
  const FakeClock clock(absl::FromUnixSeconds(1'500'000'000));
  const Environment environment = {out,
                                   err,
                                   options.terminal,
                                   [&](const std::string& name) -> std::optional<std::string> {
                                     const auto found = options.variables.find(name);
                                     if (found == options.variables.end()) return std::nullopt;
                                     return found->second;
                                   },
                                   clock,
                                   [&] { return options.interrupted; },
                                   [&](const std::string& address) {
                                     run.reached = "server " + address;
                                     return services.channel();
                                   },
                                   [&](const DataDirOptions& data_dir) -> absl::StatusOr<Session> {
                                     run.reached = "data-dir " + data_dir.data_dir +
                                                   (data_dir.verbose ? " verbose" : "");
                                     if (!options.open_failure.ok()) return options.open_failure;
                                     return Session{nullptr, services.channel()};
                                   },
                                   [&](const std::vector<std::string>& serve_arguments) {
                                     run.serve_arguments = serve_arguments;
                                     return 17;
                                   }};
  run.exit_code = RunQuotacast(arguments, environment);
  run.out = out.str();
  run.err = err.str();
  return run;
}

CliRun RunCliOnData(FakeServices& services, std::vector<std::string> arguments,
                    const CliOptions& options) {
  arguments.insert(arguments.begin(), {"--data-dir", "D"});
  return RunCli(services, arguments, options);
}

std::string WriteTempFile(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

int WidestLine(const std::string& text) {
  int widest = 0;
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (const std::string& line : lines) widest = std::max(widest, DisplayWidth(line));
  return widest;
}

}  // namespace quotacast::cli
