#include "clients/cli/app.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "clients/cli/arguments.h"
#include "clients/cli/command.h"
#include "clients/cli/commands/backtest.h"
#include "clients/cli/commands/compare.h"
#include "clients/cli/commands/forecast.h"
#include "clients/cli/commands/goals.h"
#include "clients/cli/commands/import.h"
#include "clients/cli/commands/initiatives.h"
#include "clients/cli/commands/kpis.h"
#include "clients/cli/commands/log.h"
#include "clients/cli/commands/metrics.h"
#include "clients/cli/commands/model.h"
#include "clients/cli/commands/quarantine.h"
#include "clients/cli/commands/quota.h"
#include "clients/cli/commands/scenarios.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/help_formatter.h"
#include "clients/cli/render/error_text.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

struct GlobalArguments {
  std::string server;
  std::string data_dir;
  std::string workspace = "default";
  bool json = false;
  bool no_color = false;
  bool verbose = false;
};

constexpr char kFooter[] =
    "Exit codes: 0 well done; 1 a service reported an error; 2 the command line makes no sense;\n"
    "3 an import left rows out; 4 too little history for an honest forecast; 5 log verify found\n"
    "faults; 130 interrupted.\n"
    "--json prints protobuf JSON (lowerCamelCase names, 64-bit integers as strings) and nothing\n"
    "else; of commands that report progress, the final result.\n\n"
    "Example:\n"
    "  quotacast --data-dir ./company import --profile maventech ./maventech\n"
    "  quotacast --data-dir ./company forecast --period 2017Q4 --level team";

void AddGlobalOptions(CLI::App& app, GlobalArguments& arguments) {
  app.add_option("--server", arguments.server,
                 "Ask a running server at HOST:PORT (or set QUOTACAST_SERVER)");
  app.add_option("--data-dir", arguments.data_dir,
                 "Work on this folder, with the services inside this process");
  app.add_option("--workspace", arguments.workspace, "The tenant (default \"default\")");
  app.add_flag("--json", arguments.json, "Print the response message as JSON");
  app.add_flag("--no-color", arguments.no_color, "No colour, as with NO_COLOR");
  app.add_flag("--verbose", arguments.verbose, "With --data-dir: show the services' log");
}

// One parsed command line.
class Invocation {
 public:
  explicit Invocation(const Environment& environment)
      : environment_(environment),
        app_("Quotacast: will the sales organisation make its number, and what would change it?",
             "quotacast") {
    app_.formatter(MakeHelpFormatter(environment.terminal));
    app_.fallthrough();
    app_.require_subcommand(1);
    app_.footer(kFooter);
    AddGlobalOptions(app_, global_);
    // The server has options of its own, its help included: everything after it goes there.
    serve_ = app_.add_subcommand("serve", "Run the services (the same as quotacastd)");
    serve_->set_help_flag();
    serve_->fallthrough(false);
    serve_->prefix_command();
    AddImportCommand(app_, commands_);
    AddQuarantineCommands(app_, commands_);
    AddQuotaCommand(app_, commands_);
    AddMetricsCommand(app_, commands_);
    AddKpisCommands(app_, commands_);
    AddModelCommands(app_, commands_);
    AddForecastCommand(app_, commands_);
    AddCompareCommand(app_, commands_);
    AddBacktestCommand(app_, commands_);
    AddGoalsCommands(app_, commands_);
    AddInitiativesCommands(app_, commands_);
    AddScenariosCommands(app_, commands_);
    AddLogCommands(app_, commands_);
  }

  int Run(std::vector<std::string> arguments) {
    // CLI11 takes them from the back.
    std::reverse(arguments.begin(), arguments.end());
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::Success& help) {
      app_.exit(help, environment_.out, environment_.err);
      return kExitOk;
    } catch (const CLI::ParseError& error) {
      return Usage(error.what());
    }
    terminal_ = environment_.terminal;
    if (global_.no_color) terminal_.color = false;
    if (serve_->parsed()) return Serve();
    for (const Command& command : commands_) {
      if (command.app->parsed()) return RunCommand(command);
    }
    return Usage("a command is missing");
  }

 private:
  int Usage(const std::string& message) {
    const Terminal& terminal = environment_.terminal;
    environment_.err << Wrap(message, terminal.width_columns,
                             Paint("error:", Style::kBad, terminal) + " ");
    std::string help = "quotacast";
    const CLI::App* app = &app_;
    while (!app->get_subcommands().empty()) {
      app = app->get_subcommands()[0];
      absl::StrAppend(&help, " ", app->get_name());
    }
    environment_.err << "See " << help << " --help\n";
    return kExitUsage;
  }

  // Global options given before `serve` mean the same to the server.
  int Serve() {
    std::vector<std::string> arguments = serve_->remaining();
    if (!global_.data_dir.empty()) {
      arguments.insert(arguments.begin(), {"--data-dir", global_.data_dir});
    }
    return environment_.serve(arguments);
  }

  // Where to find the services; an empty session when the command needs none.
  absl::StatusOr<Session> Connect(const Command& command) {
    if (command.is_offline && command.is_offline()) return Session{};
    if (!global_.server.empty() && !global_.data_dir.empty()) {
      return UsageError("--server and --data-dir exclude each other");
    }
    if (!global_.data_dir.empty()) {
      return environment_.open_data_dir({global_.data_dir, global_.verbose});
    }
    if (global_.server.empty()) {
      global_.server = environment_.variable("QUOTACAST_SERVER").value_or("");
    }
    if (global_.server.empty()) {
      return UsageError(
          "where is the data? --data-dir DIR works on a folder without a server; --server "
          "HOST:PORT (or the variable QUOTACAST_SERVER) asks a running one");
    }
    return Session{nullptr, environment_.connect(global_.server)};
  }

  int RunCommand(const Command& command) {
    absl::StatusOr<Session> session = Connect(command);
    if (!session.ok()) return Report(session.status());
    CommandContext context = {session->channel,
                              absl::StrCat("workspaces/", global_.workspace),
                              global_.json,
                              terminal_,
                              {absl::InfiniteFuture(), environment_.cancelled},
                              environment_.out,
                              environment_.err,
                              environment_.clock};
    const absl::StatusOr<int> exit_code = command.run(context);
    environment_.out.flush();
    return exit_code.ok() ? *exit_code : Report(exit_code.status());
  }

  int Report(const absl::Status& status) {
    if (IsUsageError(status)) return Usage(std::string(status.message()));
    if (absl::IsCancelled(status) && environment_.cancelled && environment_.cancelled()) {
      environment_.err << "Interrupted.\n";
      return kExitInterrupted;
    }
    environment_.err << ErrorText(status, global_.server, terminal_);
    return kExitError;
  }

  const Environment& environment_;
  CLI::App app_;
  GlobalArguments global_;
  CLI::App* serve_ = nullptr;
  Commands commands_;
  Terminal terminal_;
};

}  // namespace

int RunQuotacast(const std::vector<std::string>& arguments, const Environment& environment) {
  return Invocation(environment).Run(arguments);
}

}  // namespace quotacast::cli
