// Goal: the command line as a whole: global flags in both positions, where the services are found,
// help, usage errors and exit codes. Method: whole command lines against fake services.
#include "clients/cli/app.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

using Arguments = std::vector<std::string>;

class AppTest : public ::testing::Test {
 protected:
  CliRun Run(const Arguments& arguments, const CliOptions& options = {}) {
    return RunCli(services_, arguments, options);
  }
  FakeServices services_;
};

TEST_F(AppTest, GlobalFlagsBeforeTheCommand) {
  const CliRun run =
      Run({"--data-dir", "D", "--workspace", "acme", "--json", "--verbose", "goals", "list"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(run.reached, "data-dir D verbose");
  EXPECT_EQ(run.out, "{\n \"goals\": [],\n \"nextPageToken\": \"\"\n}\n");
}

TEST_F(AppTest, GlobalFlagsAfterTheCommand) {
  const CliRun run = Run({"goals", "list", "--json", "--data-dir", "D", "--verbose"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(run.reached, "data-dir D verbose");
  EXPECT_EQ(run.out, "{\n \"goals\": [],\n \"nextPageToken\": \"\"\n}\n");
}

TEST_F(AppTest, TheWorkspaceNamesTheParent) {
  ASSERT_EQ(Run({"--data-dir", "D", "forecast", "--workspace", "acme"}).exit_code, kExitOk);
  EXPECT_EQ(services_.forecast_request.spec().parent(), "workspaces/acme");
  ASSERT_EQ(Run({"--data-dir", "D", "forecast"}).exit_code, kExitOk);
  EXPECT_EQ(services_.forecast_request.spec().parent(), "workspaces/default");
}

TEST_F(AppTest, TheServerFromFlagOrVariable) {
  EXPECT_EQ(Run({"goals", "list", "--server", "h:1"}).reached, "server h:1");
  CliOptions options;
  options.variables = {{"QUOTACAST_SERVER", "h:2"}};
  EXPECT_EQ(Run({"goals", "list"}, options).reached, "server h:2");
  EXPECT_EQ(Run({"goals", "list", "--server", "h:1"}, options).reached, "server h:1");
  EXPECT_EQ(Run({"goals", "list", "--data-dir", "D"}, options).reached, "data-dir D");
}

TEST_F(AppTest, NowhereToFindTheServices) {
  const CliRun run = Run({"goals", "list"});
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err,
            "error: where is the data? --data-dir DIR works on a folder without a server; --server "
            "HOST:PORT (or\n"
            "       the variable QUOTACAST_SERVER) asks a running one\n"
            "See quotacast goals list --help\n");
}

TEST_F(AppTest, ServerAndDataDirExcludeEachOther) {
  const CliRun run = Run({"goals", "list", "--server", "h:1", "--data-dir", "D"});
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_NE(run.err.find("exclude each other"), std::string::npos) << run.err;
}

TEST_F(AppTest, UsageErrorsNameTheCommandAndPrintNothingOnStdout) {
  for (const Arguments& arguments :
       {Arguments{}, Arguments{"nonsense"}, Arguments{"goals"}, Arguments{"forecast", "--oops"},
        Arguments{"forecast", "--trials", "0"}, Arguments{"forecast", "--level", "galaxy"},
        Arguments{"forecast", "--as-of", "2017-02-30"}, Arguments{"metrics", "--by", "moon"},
        Arguments{"quota", "set"}, Arguments{"quota", "set", "--file", "/nonexistent.csv"},
        Arguments{"goals", "create", "x"}}) {
    const CliRun run = Run(arguments);
    EXPECT_EQ(run.exit_code, kExitUsage) << run.err;
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(run.err.find("error: "), 0u) << run.err;
    EXPECT_NE(run.err.find("--help\n"), std::string::npos) << run.err;
  }
  EXPECT_NE(Run({"forecast", "--as-of", "2017-02-30"}).err.find("See quotacast forecast --help"),
            std::string::npos);
}

// Every command explains itself with an example, within the terminal.
TEST_F(AppTest, HelpOfEveryCommand) {
  for (const Arguments& command : {Arguments{},
                                   Arguments{"import"},
                                   Arguments{"quota", "set"},
                                   Arguments{"metrics"},
                                   Arguments{"kpis"},
                                   Arguments{"kpis", "explain"},
                                   Arguments{"forecast"},
                                   Arguments{"compare"},
                                   Arguments{"goals"},
                                   Arguments{"goals", "create"},
                                   Arguments{"goals", "list"},
                                   Arguments{"goals", "show"},
                                   Arguments{"goals", "evaluate"},
                                   Arguments{"goals", "drop"},
                                   Arguments{"initiatives"},
                                   Arguments{"initiatives", "create"},
                                   Arguments{"initiatives", "list"},
                                   Arguments{"initiatives", "show"},
                                   Arguments{"initiatives", "stop"},
                                   Arguments{"scenarios"},
                                   Arguments{"scenarios", "save"},
                                   Arguments{"scenarios", "list"},
                                   Arguments{"scenarios", "show"},
                                   Arguments{"scenarios", "freeze"}}) {
    Arguments arguments = command;
    arguments.push_back("--help");
    const CliRun run = Run(arguments);
    EXPECT_EQ(run.exit_code, kExitOk);
    EXPECT_EQ(run.err, "");
    EXPECT_NE(run.out.find("Example:\n  quotacast "), std::string::npos) << run.out;
    EXPECT_LE(WidestLine(run.out), kDefaultWidthColumns) << run.out;
  }
  const std::string help = Run({"--help"}).out;
  for (const char* command : {"serve", "import", "quota", "metrics", "kpis", "forecast", "compare",
                              "goals", "initiatives", "scenarios"}) {
    EXPECT_NE(help.find(std::string("\n  ") + command + " "), std::string::npos) << help;
  }
}

TEST_F(AppTest, ServeGetsItsArgumentsUntouched) {
  const CliRun run = Run({"serve", "--data-dir", "D", "--listen", "127.0.0.1:0", "--help"});
  EXPECT_EQ(run.exit_code, 17);
  EXPECT_EQ(run.serve_arguments,
            (Arguments{"--data-dir", "D", "--listen", "127.0.0.1:0", "--help"}));
  EXPECT_EQ(run.reached, "");
  EXPECT_EQ(Run({"--data-dir", "D", "serve", "--listen", "h:0"}).serve_arguments,
            (Arguments{"--data-dir", "D", "--listen", "h:0"}));
}

TEST_F(AppTest, AServiceErrorIsExitCodeOne) {
  services_.failure = Overloaded("16 forecasts are running", absl::Seconds(2));
  const CliRun run = RunCliOnData(services_, {"forecast"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err,
            "error: 16 forecasts are running\nhint: the server is busy; try again in 2 s\n");
}

TEST_F(AppTest, FieldViolationsReachThePerson) {
  services_.failure = InvalidField("spec.period", "unknown period \"2017Q9\"");
  const CliRun run = RunCliOnData(services_, {"forecast", "--period", "2017Q9"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_EQ(run.err, "error: one value cannot be used\n  spec.period: unknown period \"2017Q9\"\n");
}

TEST_F(AppTest, ADirectoryInUseIsExplained) {
  CliOptions options;
  options.open_failure =
      FailedPrecondition("DATA_DIR_IN_USE", "\"D\" is in use by the process with id 4711");
  const CliRun run = Run({"--data-dir", "D", "goals", "list"}, options);
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_EQ(run.err, "error: \"D\" is in use by the process with id 4711\n");
}

TEST_F(AppTest, CtrlCCancelsTheCall) {
  CliOptions options;
  options.interrupted = true;
  const CliRun run = Run({"--data-dir", "D", "forecast"}, options);
  EXPECT_EQ(run.exit_code, kExitInterrupted);
  EXPECT_EQ(run.err, "Interrupted.\n");
  EXPECT_EQ(run.out, "");
}

TEST_F(AppTest, NoColorWins) {
  CliOptions options;
  options.terminal.color = true;
  services_.kpis.add_kpis()->set_name("win_rate_closed");
  const Arguments list = {"--data-dir", "D", "kpis"};
  EXPECT_NE(Run(list, options).out.find('\x1b'), std::string::npos);
  Arguments without = list;
  without.push_back("--no-color");
  EXPECT_EQ(Run(without, options).out.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace quotacast::cli
