#include "services/quotacastd/suite.h"

#include <grpcpp/channel.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "clients/cpp/channel.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/eventlog/postgres_connection.h"
#include "services/eventlog/postgres_event_log.h"
#include "services/eventlog/sqlite_event_log.h"
#include "services/ingestion/server/ingestion_service.h"
#include "services/ingestion/workspace_limits.h"
#include "services/metrics/server/metrics_service.h"
#include "services/metrics/snapshot_folder.h"
#include "services/metrics/snapshot_keeper.h"
#include "services/planning/server/planning_service.h"
#include "services/quotacastd/directory_lock.h"
#include "services/quotacastd/serving_limits.h"
#include "services/serving/logger.h"
#include "services/serving/server.h"
#include "services/serving/serving.h"
#include "services/serving/watchdog.h"
#include "services/simulation/server/simulation_service.h"
#include "services/simulation/track_records.h"

namespace quotacast::quotacastd {
namespace {

// How much longer than planned a shutdown may take before it counts as hanging.
constexpr absl::Duration kHangLimit = absl::Seconds(10);

const std::map<std::string, Service>& ServicesByName() {
  static const auto* const kServices = new std::map<std::string, Service>{
      {"ingestion", Service::kIngestion},
      {"metrics", Service::kMetrics},
      {"simulation", Service::kSimulation},
      {"planning", Service::kPlanning},
  };
  return *kServices;
}

// An address is needed exactly when someone here calls the service and it is not here itself.
absl::Status CheckAddress(std::string_view flag, const std::string& address, bool hosted,
                          bool needed) {
  if (hosted && !address.empty()) {
    return InvalidField(
        flag, absl::StrCat("is \"", address, "\", but this process hosts that service itself"));
  }
  if (!hosted && needed && address.empty()) {
    return InvalidField(flag,
                        "is missing: a service of this process needs it, and it is not in "
                        "--services");
  }
  return absl::OkStatus();
}

absl::Status Check(const SuiteOptions& options) {
  const auto hosts = [&options](Service service) { return options.services.count(service) > 0; };
  if (options.services.empty()) return InvalidField("services", "is empty");
  const bool keeps_log = hosts(Service::kIngestion) || hosts(Service::kPlanning);
  if (!options.event_store.empty()) {
    if (options.in_memory || !options.data_dir.empty()) {
      return InvalidField("event-store",
                          "goes without a data-dir: the logs are kept in one place or the other");
    }
    if (!keeps_log) {
      return InvalidField("event-store",
                          "is given, but this process hosts neither ingestion nor planning");
    }
    QC_RETURN_IF_ERROR(eventlog::PostgresAddress::Parse(options.event_store).status());
  } else if (keeps_log && !options.in_memory && options.data_dir.empty()) {
    return InvalidField("data-dir",
                        "is missing: ingestion and planning keep their logs there, or in the "
                        "PostgreSQL database of --event-store");
  }
  if (options.simulation_threads < 0) {
    return InvalidField("simulation-threads",
                        absl::StrCat("is ", options.simulation_threads, "; expected 0 or more"));
  }
  if (options.workspace_events_per_second < 0) {
    return InvalidField("workspace-events-per-second",
                        absl::StrCat("is ", options.workspace_events_per_second,
                                     "; expected 0 (no limit) or more"));
  }
  if (options.workspace_events_max < 0) {
    return InvalidField("workspace-events-max", absl::StrCat("is ", options.workspace_events_max,
                                                             "; expected 0 (no limit) or more"));
  }
  if (options.metrics_memory_max_mib < 16) {
    return InvalidField(
        "metrics-memory-max-mib",
        absl::StrCat("is ", options.metrics_memory_max_mib, "; expected 16 or more"));
  }
  if (!options.metrics_snapshot_dir.empty() && options.metrics_snapshot_dir != kNoSnapshots) {
    if (!hosts(Service::kMetrics)) {
      return InvalidField("metrics-snapshot-dir",
                          "is given, but this process does not host the metrics service");
    }
    if (hosts(Service::kIngestion) && options.in_memory) {
      return InvalidField("metrics-snapshot-dir",
                          "is given, but the log is in memory and ends with the process");
    }
  }
  QC_RETURN_IF_ERROR(CheckAddress("ingestion", options.ingestion_address,
                                  hosts(Service::kIngestion), hosts(Service::kMetrics)));
  QC_RETURN_IF_ERROR(CheckAddress("metrics", options.metrics_address, hosts(Service::kMetrics),
                                  hosts(Service::kSimulation) || hosts(Service::kPlanning)));
  return CheckAddress("simulation", options.simulation_address, hosts(Service::kSimulation),
                      hosts(Service::kPlanning));
}

}  // namespace

std::set<Service> AllServices() {
  std::set<Service> services;
  for (const auto& [name, service] : ServicesByName()) services.insert(service);
  return services;
}

absl::StatusOr<std::set<Service>> ParseServices(std::string_view names) {
  if (names == "all") return AllServices();
  std::set<Service> services;
  for (const absl::string_view name : absl::StrSplit(AbslView(names), ',')) {
    const auto found = ServicesByName().find(std::string(name));
    if (found == ServicesByName().end()) {
      return InvalidField("services",
                          absl::StrCat("names \"", name,
                                       "\"; expected all, or some of ingestion, metrics, "
                                       "simulation and planning separated by commas"));
    }
    services.insert(found->second);
  }
  return services;
}

// A service that others of this process call also has a server of its own, without a socket: so it
// is up before its callers are made, and each is constructed with a ready channel. Members are in
// the order of construction; destruction goes backwards, callers before callees.
struct Suite::Parts {
  explicit Parts(const SuiteOptions& options)
      : clock(options.clock == nullptr ? &machine_clock : options.clock),
        logger(options.log_level, machine_clock, options.log_file) {}

  // In the file or in the PostgreSQL schema.
  absl::Status OpenLog(const SuiteOptions& options, const std::string& file_name,
                       const std::string& schema, std::unique_ptr<eventlog::EventLog>& log);
  absl::Status StartIngestion(const SuiteOptions& options);
  absl::Status StartMetrics(const SuiteOptions& options);
  // Opens the folder of snapshots when there is to be one.
  absl::Status OpenSnapshots(const SuiteOptions& options, metrics::MetricsOptions& metrics_options);
  absl::Status StartSimulation(const SuiteOptions& options);
  absl::Status StartPlanning(const SuiteOptions& options);
  absl::Status StartPublicServer(const SuiteOptions& options);

  // Adds a service to the public server and starts its inner one.
  absl::Status Host(const char* name, grpc::Service* service,
                    std::unique_ptr<serving::Server>& inner_server);

  const SystemClock machine_clock;  // Deadlines and durations.
  const Clock* const clock;         // What the business calls "now".
  serving::Logger logger;
  std::unique_ptr<DirectoryLock> lock;
  std::unique_ptr<DirectoryLock> snapshot_lock;

  std::unique_ptr<eventlog::EventLog> event_log;
  std::unique_ptr<ingestion::IngestionService> ingestion;
  std::unique_ptr<serving::Server> ingestion_server;
  std::unique_ptr<metrics::MetricsService> metrics;
  std::unique_ptr<serving::Server> metrics_server;
  std::unique_ptr<simulation::TrackRecords> track_records;
  std::unique_ptr<simulation::SimulationService> simulation;
  std::unique_ptr<serving::Server> simulation_server;
  std::unique_ptr<eventlog::EventLog> planning_log;
  std::unique_ptr<planning::PlanningService> planning;

  std::vector<serving::HostedService> hosted;
  std::unique_ptr<serving::Server> public_server;
};

namespace {

// The database's name without its password; empty when the logs are elsewhere.
std::string StoreName(const SuiteOptions& options) {
  if (options.event_store.empty()) return "";
  const auto address = eventlog::PostgresAddress::Parse(options.event_store);
  return address.ok() ? address->name() : "";
}

// Empty: no snapshots.
std::string SnapshotDirectory(const SuiteOptions& options) {
  if (options.metrics_snapshot_dir == kNoSnapshots) return "";
  if (!options.metrics_snapshot_dir.empty()) return options.metrics_snapshot_dir;
  // Beside the log, where it is a file of this process.
  if (options.services.count(Service::kIngestion) == 0 || options.in_memory ||
      options.data_dir.empty()) {
    return "";
  }
  return (std::filesystem::path(options.data_dir) / "snapshots").string();
}

const char* EventOf(metrics::SnapshotNote::Kind kind) {
  switch (kind) {
    case metrics::SnapshotNote::Kind::kLoaded:
      return "snapshot_loaded";
    case metrics::SnapshotNote::Kind::kWritten:
      return "snapshot_written";
    case metrics::SnapshotNote::Kind::kRefused:
      return "snapshot_refused";
    case metrics::SnapshotNote::Kind::kErased:
      return "snapshot_erased";
    case metrics::SnapshotNote::Kind::kFailed:
      return "snapshot_failed";
  }
  return "snapshot";
}

// The service goes on without a snapshot, slower at its next start.
serving::LogLevel LevelOf(metrics::SnapshotNote::Kind kind) {
  return kind == metrics::SnapshotNote::Kind::kRefused ||
                 kind == metrics::SnapshotNote::Kind::kFailed
             ? serving::LogLevel::kWarning
             : serving::LogLevel::kInfo;
}

// The service in this process, or where it runs otherwise.
std::shared_ptr<grpc::Channel> ChannelTo(const std::unique_ptr<serving::Server>& inner_server,
                                         const std::string& address) {
  if (inner_server != nullptr) {
    return inner_server->InProcessChannel(clients::DefaultChannelArguments());
  }
  return clients::ConnectTo(address);
}

}  // namespace

absl::Status Suite::Parts::Host(const char* name, grpc::Service* service,
                                std::unique_ptr<serving::Server>& inner_server) {
  hosted.push_back({name, service});
  QC_ASSIGN_OR_RETURN(inner_server, serving::Server::Start({}, {hosted.back()}, machine_clock));
  return absl::OkStatus();
}

absl::Status Suite::Parts::OpenLog(const SuiteOptions& options, const std::string& file_name,
                                   const std::string& schema,
                                   std::unique_ptr<eventlog::EventLog>& log) {
  if (options.in_memory) {
    log = std::make_unique<eventlog::InMemoryEventLog>(clock);
    return absl::OkStatus();
  }
  if (!options.event_store.empty()) {
    QC_ASSIGN_OR_RETURN(log, eventlog::PostgresEventLog::Open(options.event_store, schema, clock));
    return absl::OkStatus();
  }
  const std::string path = (std::filesystem::path(options.data_dir) / file_name).string();
  QC_ASSIGN_OR_RETURN(log, eventlog::SqliteEventLog::Open(path, clock));
  return absl::OkStatus();
}

absl::Status Suite::Parts::StartIngestion(const SuiteOptions& options) {
  QC_RETURN_IF_ERROR(OpenLog(options, "events.db", kIngestionSchema, event_log));
  const ingestion::WorkspaceLimitOptions limits = {
      .events_per_second = options.workspace_events_per_second,
      .events_max = options.workspace_events_max};
  ingestion = std::make_unique<ingestion::IngestionService>(
      *event_log, IngestionServing(), *clock, machine_clock, logger.call_log(), limits);
  return Host(ingestion::kIngestionServiceName, ingestion.get(), ingestion_server);
}

absl::Status Suite::Parts::OpenSnapshots(const SuiteOptions& options,
                                         metrics::MetricsOptions& metrics_options) {
  const std::string directory = SnapshotDirectory(options);
  if (directory.empty()) return absl::OkStatus();
  QC_ASSIGN_OR_RETURN(snapshot_lock, DirectoryLock::Acquire(directory));
  QC_ASSIGN_OR_RETURN(metrics_options.snapshot_folder, metrics::SnapshotFolder::Open(directory));
  metrics_options.snapshot_notes = [this](const metrics::SnapshotNote& note) {
    serving::JsonLine line;
    line.Add("workspace", note.workspace);
    if (note.log_offset > 0) line.Add("log_offset", note.log_offset);
    if (!note.reason.empty()) line.Add("reason", note.reason);
    logger.Write(LevelOf(note.kind), EventOf(note.kind), line);
  };
  return absl::OkStatus();
}

absl::Status Suite::Parts::StartMetrics(const SuiteOptions& options) {
  metrics::MetricsOptions metrics_options;
  metrics_options.book_bytes_max = static_cast<size_t>(options.metrics_memory_max_mib) << 20;
  QC_RETURN_IF_ERROR(OpenSnapshots(options, metrics_options));
  metrics = std::make_unique<metrics::MetricsService>(
      ChannelTo(ingestion_server, options.ingestion_address), MetricsServing(), *clock,
      machine_clock, logger.call_log(), metrics_options);
  return Host(metrics::kMetricsServiceName, metrics.get(), metrics_server);
}

absl::Status Suite::Parts::StartSimulation(const SuiteOptions& options) {
  simulation::SimulationLimits limits;
  limits.threads = options.simulation_threads > 0
                       ? options.simulation_threads
                       : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  // Beside the logs when they are files here; replicas elsewhere each have their own.
  if (lock != nullptr) {
    const auto path = std::filesystem::path(options.data_dir) / kTrackRecordsFile;
    track_records = std::make_unique<simulation::FileTrackRecords>(path.string());
  } else {
    track_records = std::make_unique<simulation::InMemoryTrackRecords>();
  }
  simulation = std::make_unique<simulation::SimulationService>(
      ChannelTo(metrics_server, options.metrics_address), limits, SimulationServing(),
      machine_clock, logger.call_log(), track_records.get());
  return Host(simulation::kSimulationServiceName, simulation.get(), simulation_server);
}

absl::Status Suite::Parts::StartPlanning(const SuiteOptions& options) {
  QC_RETURN_IF_ERROR(OpenLog(options, "planning.db", kPlanningSchema, planning_log));
  planning = std::make_unique<planning::PlanningService>(
      *planning_log, ChannelTo(simulation_server, options.simulation_address),
      ChannelTo(metrics_server, options.metrics_address), planning::PlanningLimits(),
      PlanningServing(), *clock, machine_clock, logger.call_log());
  hosted.push_back({planning::kPlanningServiceName, planning.get()});
  return absl::OkStatus();
}

absl::Status Suite::Parts::StartPublicServer(const SuiteOptions& options) {
  serving::ServerOptions server_options;
  server_options.listen_address = options.listen_address;
  server_options.allow_remote = options.allow_remote;
  QC_ASSIGN_OR_RETURN(public_server, serving::Server::Start(server_options, hosted, machine_clock));
  if (lock != nullptr) QC_RETURN_IF_ERROR(lock->PublishAddress(public_server->address()));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Suite>> Suite::Start(const SuiteOptions& options) {
  QC_RETURN_IF_ERROR(Check(options));
  if (!options.listen_address.empty()) {
    QC_RETURN_IF_ERROR(serving::CheckListenAddress(options.listen_address, options.allow_remote));
  }
  const auto hosts = [&options](Service service) { return options.services.count(service) > 0; };
  auto parts = std::make_unique<Parts>(options);
  const bool keeps_files = !options.in_memory && options.event_store.empty();
  if ((hosts(Service::kIngestion) || hosts(Service::kPlanning)) && keeps_files) {
    QC_ASSIGN_OR_RETURN(parts->lock, DirectoryLock::Acquire(options.data_dir));
  }
  if (hosts(Service::kIngestion)) QC_RETURN_IF_ERROR(parts->StartIngestion(options));
  if (hosts(Service::kMetrics)) QC_RETURN_IF_ERROR(parts->StartMetrics(options));
  if (hosts(Service::kSimulation)) QC_RETURN_IF_ERROR(parts->StartSimulation(options));
  if (hosts(Service::kPlanning)) QC_RETURN_IF_ERROR(parts->StartPlanning(options));
  QC_RETURN_IF_ERROR(parts->StartPublicServer(options));
  parts->logger.Write(serving::LogLevel::kInfo, "ready",
                      serving::JsonLine()
                          .Add("address", parts->public_server->address())
                          .Add("data_dir", options.data_dir)
                          .Add("event_store", StoreName(options)));
  return std::unique_ptr<Suite>(new Suite(std::move(parts)));
}

Suite::Suite(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Suite::~Suite() {
  const serving::Watchdog watchdog(kHangLimit, [] {
    serving::ExitHard("quotacast: the services do not end; leaving without them");
  });
  parts_->public_server->Drain(absl::ZeroDuration(), absl::ZeroDuration());
  parts_.reset();
}

std::shared_ptr<grpc::Channel> Suite::channel() {
  return parts_->public_server->InProcessChannel(clients::DefaultChannelArguments());
}

const std::string& Suite::address() const { return parts_->public_server->address(); }

void Suite::Drain(const DrainOptions& options) {
  const serving::Watchdog watchdog(options.notice + options.grace + kHangLimit, [] {
    serving::ExitHard("quotacast: calls do not end although they were cancelled; leaving");
  });
  parts_->logger.Write(serving::LogLevel::kInfo, "draining");
  parts_->public_server->Drain(options.notice, options.grace);
  parts_->logger.Write(serving::LogLevel::kInfo, "drained");
}

}  // namespace quotacast::quotacastd
