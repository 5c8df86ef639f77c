// Any subset of the services in this process, wired to each other and to those that run elsewhere.
#ifndef QUOTACAST_SERVICES_QUOTACASTD_SUITE_H_
#define QUOTACAST_SERVICES_QUOTACASTD_SUITE_H_

#include <grpcpp/channel.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "services/serving/logger.h"

namespace quotacast::quotacastd {

enum class Service { kIngestion, kMetrics, kSimulation, kPlanning };

// All four.
std::set<Service> AllServices();

// "all", or names separated by commas: "ingestion,metrics". INVALID_ARGUMENT otherwise.
absl::StatusOr<std::set<Service>> ParseServices(std::string_view names);

// Where a PostgreSQL database holds ingestion's and planning's log.
inline constexpr char kIngestionSchema[] = "quotacast_events";
inline constexpr char kPlanningSchema[] = "quotacast_planning";

// Says that no snapshots are kept.
inline constexpr char kNoSnapshots[] = "off";

// In the data directory, beside the logs: how forecasts did when they were last back-tested.
inline constexpr char kTrackRecordsFile[] = "track_records.txt";

struct SuiteOptions {
  std::set<Service> services = AllServices();

  // Where ingestion and planning keep their logs (events.db, planning.db), and a simulation service
  // beside them its track records (kTrackRecordsFile); created when missing, and locked. Needed
  // when one of the two is hosted, unless `event_store` or `in_memory`.
  std::string data_dir;
  // A PostgreSQL connection string (see eventlog::PostgresAddress::Parse): keeps both logs in that
  // database instead, in the schemas below. Not locked: several processes may use it at once.
  std::string event_store;
  // Keeps the logs in memory instead: for tests and throw-away runs.
  bool in_memory = false;

  // Where to listen ("127.0.0.1:0"); empty: reachable through channel() only.
  std::string listen_address;
  // See serving::ServerOptions.
  bool allow_remote = false;

  // "host:port" of services that others of this process need and that it does not host.
  std::string ingestion_address;
  std::string metrics_address;
  std::string simulation_address;

  // What programs may append to one workspace: events per second, and events in all. 0: no limit.
  int64_t workspace_events_per_second = 0;
  int64_t workspace_events_max = 0;

  // Memory that the metrics service keeps books of workspaces in, MiB. A workspace that needs more
  // is refused; books not used for longest make room for others.
  int64_t metrics_memory_max_mib = 8'192;

  // Where the metrics service keeps snapshots of its books, so that a restart need not read the
  // whole log: created when missing, and locked. Empty: "snapshots" in `data_dir` when this process
  // hosts metrics and keeps events there, else nowhere. kNoSnapshots: nowhere.
  std::string metrics_snapshot_dir;

  // Threads of one simulation; 0: one per core. Never changes a result.
  int simulation_threads = 0;

  serving::LogLevel log_level = serving::LogLevel::kWarning;
  std::FILE* log_file = stderr;

  // What the business calls "now": the default as-of and the recorded time of events. Null: the
  // machine's clock. Deadlines are on the machine's clock whatever this one says. Must outlive the
  // suite.
  const Clock* clock = nullptr;
};

struct DrainOptions {
  // How long health says NOT_SERVING before new calls are refused, for load balancers.
  absl::Duration notice = absl::ZeroDuration();
  // How long running calls may take to end before they are cancelled.
  absl::Duration grace = absl::ZeroDuration();
};

// Thread-safe, except that destruction must come last.
class Suite {
 public:
  // Starts the services; each is ready when this returns. Errors: INVALID_ARGUMENT (INVALID_FIELD:
  // no service, a missing or superfluous address or data_dir), FAILED_PRECONDITION
  // (DATA_DIR_IN_USE, DATA_DIR_UNUSABLE, REMOTE_LISTEN_REFUSED), UNAVAILABLE (LISTEN_FAILED), and
  // what opening the logs returns.
  static absl::StatusOr<std::unique_ptr<Suite>> Start(const SuiteOptions& options);
  Suite(const Suite&) = delete;
  Suite& operator=(const Suite&) = delete;
  // Drains at once, then ends the services, callers before callees. The process leaves with a
  // message when that hangs.
  ~Suite();

  // To the hosted services, without a socket. Must not be used after Drain.
  std::shared_ptr<grpc::Channel> channel();

  // Where it listens, the port in numbers; empty when it does not.
  const std::string& address() const;

  // Health turns NOT_SERVING, then new calls are refused, running ones end or are cancelled; the
  // process leaves with a message when that hangs. May be called again.
  void Drain(const DrainOptions& options);

 private:
  struct Parts;  // Keeps the services' headers out of this one.
  explicit Suite(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace quotacast::quotacastd

#endif  // QUOTACAST_SERVICES_QUOTACASTD_SUITE_H_
