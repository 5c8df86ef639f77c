#include "services/quotacastd/serve.h"

#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/freed_memory.h"
#include "base/status_macros.h"
#include "services/quotacastd/suite.h"
#include "services/serving/logger.h"
#include "services/serving/watchdog.h"

namespace quotacast::quotacastd {
namespace {

constexpr double kDrainSecondsMax = 3600;

struct Flags {
  std::string data_dir;
  std::string event_store;
  std::string listen = "127.0.0.1:7070";
  std::string services = "all";
  std::string ingestion;
  std::string metrics;
  std::string simulation;
  double drain_seconds = 10;
  double drain_notice_seconds = 0;
  int64_t workspace_events_per_second = 0;
  int64_t workspace_events_max = 0;
  int64_t metrics_memory_max_mib = SuiteOptions().metrics_memory_max_mib;
  std::string metrics_snapshot_dir;
  std::string log_level = "info";
  bool allow_remote = false;
};

void AddFlags(CLI::App& app, const std::string& program, Flags& flags) {
  app.add_option("--data-dir", flags.data_dir,
                 "Folder of the event logs, created when missing; one process at a time")
      ->type_name("DIR");
  app.add_option("--event-store", flags.event_store,
                 "PostgreSQL database of the event logs, instead of --data-dir; any number of "
                 "processes at a time. Passwords belong into PGPASSFILE or PGPASSWORD")
      ->type_name("postgresql://USER@HOST/DATABASE")
      ->envname("QUOTACAST_EVENT_STORE");
  app.add_option("--listen", flags.listen, "Where to listen; port 0 picks a free one")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--services", flags.services,
                 "Services of this process: all, or a list of ingestion, metrics, simulation, "
                 "planning")
      ->type_name("LIST")
      ->capture_default_str();
  app.add_option("--ingestion", flags.ingestion, "The ingestion service, when it runs elsewhere")
      ->type_name("HOST:PORT");
  app.add_option("--metrics", flags.metrics, "The metrics service, when it runs elsewhere")
      ->type_name("HOST:PORT");
  app.add_option("--simulation", flags.simulation, "The simulation service, when it runs elsewhere")
      ->type_name("HOST:PORT");
  app.add_option("--drain-seconds", flags.drain_seconds,
                 "On SIGTERM: how long running calls may take to end")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, kDrainSecondsMax))
      ->capture_default_str();
  app.add_option("--drain-notice-seconds", flags.drain_notice_seconds,
                 "On SIGTERM: how long health reports NOT_SERVING before new calls are refused")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, kDrainSecondsMax))
      ->capture_default_str();
  app.add_option("--workspace-events-per-second", flags.workspace_events_per_second,
                 "Events that programs may append to one workspace per second; 0: no limit")
      ->type_name("COUNT")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--workspace-events-max", flags.workspace_events_max,
                 "Events that one workspace may have for programs to append more; 0: no limit")
      ->type_name("COUNT")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--metrics-memory-max-mib", flags.metrics_memory_max_mib,
                 "Memory for the histories that KPIs are made from; a workspace that needs more is "
                 "refused")
      ->type_name("MIB")
      ->check(CLI::Range(int64_t{16}, int64_t{1} << 24))
      ->capture_default_str();
  app.add_option("--metrics-snapshot-dir", flags.metrics_snapshot_dir,
                 "Folder of snapshots of these histories, which spare a restart reading the whole "
                 "log; off: none. Otherwise snapshots in --data-dir, with --event-store none")
      ->type_name("DIR");
  app.add_option("--log-level", flags.log_level,
                 "Log lines (JSON, on standard error): debug, info, warning, error or off")
      ->type_name("LEVEL")
      ->capture_default_str();
  app.add_flag("--allow-remote", flags.allow_remote,
               "Listen on addresses other than loopback; callers are not authenticated");
  app.footer(absl::StrCat("Example: all services on one port, data in ./data\n  ", program,
                          " --data-dir data --listen 127.0.0.1:7070"));
}

absl::StatusOr<SuiteOptions> ToSuiteOptions(const Flags& flags) {
  SuiteOptions options;
  QC_ASSIGN_OR_RETURN(options.services, ParseServices(flags.services));
  QC_ASSIGN_OR_RETURN(options.log_level, serving::ParseLogLevel(flags.log_level));
  options.data_dir = flags.data_dir;
  options.event_store = flags.event_store;
  options.listen_address = flags.listen;
  options.allow_remote = flags.allow_remote;
  options.ingestion_address = flags.ingestion;
  options.metrics_address = flags.metrics;
  options.simulation_address = flags.simulation;
  options.workspace_events_per_second = flags.workspace_events_per_second;
  options.workspace_events_max = flags.workspace_events_max;
  options.metrics_memory_max_mib = flags.metrics_memory_max_mib;
  options.metrics_snapshot_dir = flags.metrics_snapshot_dir;
  return options;
}

int Fail(const std::string& program, const absl::Status& status) {
  std::string message(status.message());
  const std::optional<ErrorDetail> detail = GetDetail(status);
  if (absl::IsInvalidArgument(status) && detail.has_value() && !detail->field_violations.empty()) {
    // The fields of SuiteOptions' errors are the flags' names.
    const FieldViolation& violation = detail->field_violations[0];
    message = absl::StrCat("--", violation.field, " ", violation.description);
  }
  std::fprintf(stderr, "%s: %s\n", program.c_str(), message.c_str());
  return absl::IsInvalidArgument(status) ? kServeExitUsage : kServeExitError;
}

// Waits for a signal of `set`; all threads block them, so they arrive here and nowhere else.
int WaitForSignal(const sigset_t& set) {
  int signal_number = 0;
  // sigwait fails only for a set with a number that is no signal.
  while (sigwait(&set, &signal_number) != 0) {
  }
  return signal_number;
}

}  // namespace

int Serve(const std::string& program, const std::vector<std::string>& arguments) {
  CLI::App app("Serves the sales forecasts: ingestion, metrics, simulation and planning over gRPC.",
               program);
  Flags flags;
  AddFlags(app, program, flags);
  try {
    // The library wants the last argument first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kServeExitOk : kServeExitUsage;
  }
  const absl::StatusOr<SuiteOptions> options = ToSuiteOptions(flags);
  if (!options.ok()) return Fail(program, options.status());
  KeepFreedMemory();

  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A limit on file size is an error for the log to report, not the end of the process.
  signal(SIGXFSZ, SIG_IGN);

  absl::StatusOr<std::unique_ptr<Suite>> suite = Suite::Start(*options);
  if (!suite.ok()) return Fail(program, suite.status());
  std::printf("listening on %s\n", (*suite)->address().c_str());
  std::fflush(stdout);

  WaitForSignal(signals);
  // Who asks twice wants it now. The thread ends with the process.
  std::thread([signals, program] {
    WaitForSignal(signals);
    serving::ExitHard(program + ": second signal, leaving without draining");
  }).detach();
  (*suite)->Drain({.notice = absl::Seconds(flags.drain_notice_seconds),
                   .grace = absl::Seconds(flags.drain_seconds)});
  return kServeExitOk;
}

}  // namespace quotacast::quotacastd
