// ingestion_bench: how fast events become durable and come back, and what the way through gRPC
// costs against the shortest program that writes the same rows. Every figure comes with a check of
// the answer behind it.
//
//   tools/do bench ingestion --check

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "clients/cpp/channel.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tools/bench/append_driver.h"
#include "tools/bench/figures.h"
#include "tools/bench/machine_time.h"
#include "tools/bench/measured_store.h"
#include "tools/bench/opportunity_events.h"
#include "tools/bench/peers/log_row.h"
#include "tools/bench/server_process.h"

namespace quotacast::bench {
namespace {

constexpr uint64_t kSeed = 7;
constexpr int64_t kBatchEvents = 1'000;
// Events are made outside the measured time, this many at once, for server and peer alike.
constexpr int64_t kChunkEvents = 100'000;
constexpr double kMinRatio = 0.5;
constexpr double kMinReplayPerCore = 300'000;
constexpr double kMaxAcknowledgementMillis = 20;
// Half load arrives in batches of this size for this long, on a fresh server in each round.
constexpr int64_t kPacedBatchEvents = 100;
constexpr double kPacedSeconds = 2;
// The floor is for rounds in which the host left the machine its processors: so many of them are
// wanted, within so many in all. With fewer than kMinQuietRounds every round counts.
constexpr int kQuietRounds = 7;
constexpr int kMaxPacedRounds = 21;
constexpr int kMinQuietRounds = 3;
// What the server may grow from 10^5 events to ten times as many: caches that fill once.
constexpr double kMaxGrowthMegabytes = 48;

struct Options {
  std::string server = "bazel-bin/services/quotacastd/quotacastd";
  std::string folder;
  std::vector<std::string> stores = {"sqlite", "postgres"};
  int64_t size_max = 1'000'000;
  bool check = false;
};

struct Workplace {
  const Options& options;
  const Clock& clock;
  std::filesystem::path scratch;
  int directory_count = 0;

  std::filesystem::path NewDirectory() {
    const std::filesystem::path path = scratch / absl::StrCat("run", ++directory_count);
    std::filesystem::create_directories(path);
    return path;
  }
};

int RoundCount(int64_t size) {
  if (size <= 10'000) return 9;
  if (size <= 100'000) return 5;
  return size <= 1'000'000 ? 3 : 1;
}

// Events [begin, end) in batches, numbered on from `sequence`.
std::vector<ingestion::v1::AppendEventsRequest> MakeBatches(int64_t begin, int64_t end,
                                                            int64_t batch_events,
                                                            int64_t sequence) {
  std::vector<ingestion::v1::AppendEventsRequest> batches;
  for (int64_t first = begin; first < end; first += batch_events) {
    ingestion::v1::AppendBatch& batch = *batches.emplace_back().mutable_batch();
    batch.set_sequence(sequence++);
    for (int64_t i = first; i < std::min(end, first + batch_events); ++i) {
      *batch.add_events() = OpportunityEvent(kSeed, i);
    }
  }
  return batches;
}

std::vector<LogRow> MakeRows(int64_t begin, int64_t end) {
  std::vector<LogRow> rows;
  for (int64_t i = begin; i < end; ++i) {
    const ingestion::v1::NewEvent event = OpportunityEvent(kSeed, i);
    rows.push_back({event.id().source(), event.id().source_key(), event.id().version(),
                    event.effective_time().seconds() * 1'000'000,
                    event.event().SerializeAsString()});
  }
  return rows;
}

// Seconds of the peer for `size` rows beside the server's log.
absl::StatusOr<double> RunPeer(Workplace& workplace, MeasuredStore& store, int64_t size,
                               const std::string& data_dir) {
  QC_ASSIGN_OR_RETURN(const PeerLoop loop, store.NewPeer(data_dir));
  double seconds = 0;
  for (int64_t begin = 0; begin < size; begin += kChunkEvents) {
    const std::vector<LogRow> rows = MakeRows(begin, std::min(size, begin + kChunkEvents));
    const absl::Time start = workplace.clock.Now();
    QC_RETURN_IF_ERROR(loop.insert(rows, kBatchEvents));
    seconds += absl::ToDoubleSeconds(workplace.clock.Now() - start);
  }
  QC_ASSIGN_OR_RETURN(const int64_t count, loop.row_count());
  if (count != size) return absl::InternalError(absl::StrCat("the peer wrote ", count, " rows"));
  return seconds;
}

// A server with `size` events in its log, and what it took.
struct FilledServer {
  std::unique_ptr<ServerProcess> process;
  std::shared_ptr<grpc::Channel> channel;  // Goes before the process.
  std::filesystem::path folder;
  double seconds = 0;
  double processor_seconds = 0;
  double megabytes_after_chunk = 0;
};

absl::StatusOr<FilledServer> FillServer(Workplace& workplace, MeasuredStore& store, int64_t size) {
  FilledServer server;
  server.folder = workplace.NewDirectory();
  QC_ASSIGN_OR_RETURN(std::vector<std::string> flags, store.Prepare(server.folder.string()));
  for (const char* flag : {"--services", "ingestion", "--log-level", "warning"}) {
    flags.push_back(flag);
  }
  QC_ASSIGN_OR_RETURN(server.process, ServerProcess::Start(workplace.options.server, flags));
  server.channel = clients::ConnectTo(server.process->address());
  QC_ASSIGN_OR_RETURN(const auto driver, AppendDriver::Open(server.channel, workplace.clock));
  QC_ASSIGN_OR_RETURN(const double used_before, server.process->ProcessorSeconds());
  for (int64_t begin = 0; begin < size; begin += kChunkEvents) {
    const auto batches = MakeBatches(begin, std::min(size, begin + kChunkEvents), kBatchEvents,
                                     driver->next_sequence());
    const absl::Time start = workplace.clock.Now();
    QC_RETURN_IF_ERROR(driver->SendAll(batches));
    server.seconds += absl::ToDoubleSeconds(workplace.clock.Now() - start);
    if (begin == 0) {
      QC_ASSIGN_OR_RETURN(server.megabytes_after_chunk, server.process->ResidentMegabytes());
    }
  }
  QC_ASSIGN_OR_RETURN(const double used_after, server.process->ProcessorSeconds());
  server.processor_seconds = used_after - used_before;
  if (driver->last_offset() != size) {
    return absl::InternalError(absl::StrCat("the log ends at ", driver->last_offset()));
  }
  return server;
}

void StopServer(FilledServer& server) {
  // It drains at once when nobody is connected.
  server.channel.reset();
  server.process.reset();
  std::filesystem::remove_all(server.folder);
}

// The whole log back, and whether it is what was sent.
absl::Status MeasureReplay(Workplace& workplace, const std::string& store_name,
                           const FilledServer& server, int64_t size, Figures& figures) {
  std::vector<double> per_core, per_second;
  for (int round = 0; round < 3; ++round) {
    QC_ASSIGN_OR_RETURN(const double used_before, server.process->ProcessorSeconds());
    const absl::Time start = workplace.clock.Now();
    QC_ASSIGN_OR_RETURN(const Replay replay, ReplayFeed(server.channel));
    const double seconds = absl::ToDoubleSeconds(workplace.clock.Now() - start);
    QC_ASSIGN_OR_RETURN(const double used_after, server.process->ProcessorSeconds());
    per_core.push_back(static_cast<double>(size) / (used_after - used_before));
    per_second.push_back(static_cast<double>(size) / seconds);
    if (round > 0) continue;
    uint64_t sent_checksum = 0;
    for (int64_t i = 0; i < size; ++i) {
      sent_checksum += IdChecksum(OpportunityEvent(kSeed, i).id());
    }
    figures.AtLeast(store_name + "_replay_is_what_was_sent",
                    replay.event_count == size && replay.id_checksum == sent_checksum ? 1 : 0, 1);
  }
  figures.AtLeast(store_name + "_replay_events_per_core_second", Median(per_core),
                  kMinReplayPerCore);
  figures.Note(store_name + "_replay_events_per_second", Median(per_second));
  return absl::OkStatus();
}

// What happened to batches that arrived at half of the rate at which the server takes such batches.
struct HalfLoad {
  double events_per_second = 0;
  std::vector<absl::Duration> delays;  // Ascending.
  double stolen_share = 0;             // Of the processors' time meanwhile, by the host.

  bool IsQuiet() const { return stolen_share <= kMaxStolenShare; }
  double Millis(double share) const {
    const auto position = static_cast<size_t>(share * static_cast<double>(delays.size() - 1));
    return absl::ToDoubleMilliseconds(delays[position]);
  }
};

// On a server of its own: first as fast as the stream takes the batches, then at half of that.
absl::StatusOr<HalfLoad> RunHalfLoad(Workplace& workplace, MeasuredStore& store) {
  QC_ASSIGN_OR_RETURN(FilledServer server, FillServer(workplace, store, kChunkEvents));
  HalfLoad load;
  {
    QC_ASSIGN_OR_RETURN(const auto driver, AppendDriver::Open(server.channel, workplace.clock));
    const auto fast =
        MakeBatches(kChunkEvents, 2 * kChunkEvents, kPacedBatchEvents, driver->next_sequence());
    const absl::Time start = workplace.clock.Now();
    QC_RETURN_IF_ERROR(driver->SendAll(fast));
    load.events_per_second = static_cast<double>(kChunkEvents) /
                             absl::ToDoubleSeconds(workplace.clock.Now() - start) / 2;
    QC_RETURN_IF_ERROR(store.Settle());
    const auto event_count = static_cast<int64_t>(load.events_per_second * kPacedSeconds);
    const auto paced = MakeBatches(2 * kChunkEvents, 2 * kChunkEvents + event_count,
                                   kPacedBatchEvents, driver->next_sequence());
    const MachineWatch watch;
    QC_ASSIGN_OR_RETURN(
        load.delays,
        driver->SendPaced(paced, absl::Seconds(kPacedBatchEvents / load.events_per_second)));
    load.stolen_share = watch.StolenShare();
  }
  StopServer(server);
  std::sort(load.delays.begin(), load.delays.end());
  return load;
}

// Rounds until enough of them were quiet.
absl::StatusOr<std::vector<HalfLoad>> RunHalfLoads(Workplace& workplace, MeasuredStore& store) {
  std::vector<HalfLoad> loads;
  int quiet_count = 0;
  while (quiet_count < kQuietRounds && loads.size() < kMaxPacedRounds) {
    QC_ASSIGN_OR_RETURN(HalfLoad load, RunHalfLoad(workplace, store));
    if (load.IsQuiet()) ++quiet_count;
    loads.push_back(std::move(load));
  }
  return loads;
}

absl::Status MeasureHalfLoad(Workplace& workplace, MeasuredStore& store, Figures& figures) {
  QC_ASSIGN_OR_RETURN(const std::vector<HalfLoad> loads, RunHalfLoads(workplace, store));
  std::vector<double> rates, middles, tails, all_tails, stolen;
  const auto quiet_count = std::count_if(loads.begin(), loads.end(),
                                         [](const HalfLoad& load) { return load.IsQuiet(); });
  for (const HalfLoad& load : loads) {
    all_tails.push_back(load.Millis(0.99));
    stolen.push_back(load.stolen_share);
    if (quiet_count >= kMinQuietRounds && !load.IsQuiet()) continue;
    rates.push_back(load.events_per_second);
    middles.push_back(load.Millis(0.5));
    tails.push_back(load.Millis(0.99));
  }
  const std::string name = absl::StrCat(std::string(store.name()), "_half_load_");
  figures.Note(name + "rounds", static_cast<double>(loads.size()));
  figures.Note(name + "quiet_rounds", static_cast<double>(quiet_count));
  figures.Note(name + "stolen_share_max", *std::max_element(stolen.begin(), stolen.end()));
  figures.Note(name + "events_per_second", Median(rates));
  figures.Note(name + "acknowledgement_p50_ms", Median(middles));
  figures.AtMost(name + "acknowledgement_p99_ms", Median(tails), kMaxAcknowledgementMillis);
  figures.Note(name + "acknowledgement_p99_ms_min", *std::min_element(tails.begin(), tails.end()));
  figures.Note(name + "acknowledgement_p99_ms_max", *std::max_element(tails.begin(), tails.end()));
  figures.Note(name + "acknowledgement_p99_ms_with_disturbed_rounds", Median(all_tails));
  return absl::OkStatus();
}

// Peer and server in turn, so that both see the same machine.
absl::Status MeasureAppends(Workplace& workplace, MeasuredStore& store, int64_t size,
                            Figures& figures) {
  const std::string store_name(store.name());
  std::vector<double> ratios, peer_rates, server_rates, processor_micros;
  for (int round = 0; round < RoundCount(size); ++round) {
    QC_ASSIGN_OR_RETURN(FilledServer server, FillServer(workplace, store, size));
    QC_ASSIGN_OR_RETURN(const double peer_seconds,
                        RunPeer(workplace, store, size, server.folder.string()));
    ratios.push_back(peer_seconds / server.seconds);
    peer_rates.push_back(static_cast<double>(size) / peer_seconds);
    server_rates.push_back(static_cast<double>(size) / server.seconds);
    processor_micros.push_back(server.processor_seconds * 1e6 / static_cast<double>(size));
    if (size >= 1'000'000 && round == 0) {
      QC_ASSIGN_OR_RETURN(const double megabytes, server.process->ResidentMegabytes());
      const std::string name = absl::StrCat(store_name, "_", size, "_megabytes_");
      figures.Note(name + "after_100000", server.megabytes_after_chunk);
      figures.Note(name + "after_all", megabytes);
      figures.AtMost(name + "grown", megabytes - server.megabytes_after_chunk, kMaxGrowthMegabytes);
      QC_RETURN_IF_ERROR(
          MeasureReplay(workplace, absl::StrCat(store_name, "_", size), server, size, figures));
    }
    StopServer(server);
  }
  const std::string name = absl::StrCat(store_name, "_", size);
  figures.Note(name + "_peer_events_per_second", Median(peer_rates));
  figures.Note(name + "_events_per_second", Median(server_rates));
  figures.Note(name + "_server_processor_micros_per_event", Median(processor_micros));
  figures.AtLeast(name + "_over_bare_loop_median", Median(ratios), kMinRatio);
  figures.Note(name + "_over_bare_loop_min", *std::min_element(ratios.begin(), ratios.end()));
  figures.Note(name + "_over_bare_loop_max", *std::max_element(ratios.begin(), ratios.end()));
  return absl::OkStatus();
}

absl::Status Measure(Workplace& workplace, MeasuredStore& store, Figures& figures) {
  for (int64_t size = 10'000; size <= workplace.options.size_max; size *= 10) {
    QC_RETURN_IF_ERROR(MeasureAppends(workplace, store, size, figures));
  }
  return MeasureHalfLoad(workplace, store, figures);
}

absl::Status MeasureAll(Workplace& workplace, Figures& figures) {
  for (const std::string& name : workplace.options.stores) {
    const std::unique_ptr<MeasuredStore> store =
        name == "sqlite" ? NewSqliteStore() : NewPostgresStore();
    QC_RETURN_IF_ERROR(Measure(workplace, *store, figures));
  }
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  Options options;
  options.folder = std::filesystem::temp_directory_path().string();
  CLI::App app(
      "Measures how fast events become durable through gRPC, against a bare loop that writes the\n"
      "same rows, and how fast they come back. One line per figure: name, value, floor, ok or\n"
      "short.\n\nExample: ingestion_bench --check",
      "ingestion_bench");
  app.add_option("--server", options.server, "The quotacastd to start")->capture_default_str();
  app.add_option("--folder", options.folder, "Where the SQLite logs are written: the disk measured")
      ->capture_default_str();
  app.add_option("--size", options.size_max, "Largest number of events; from 10,000 by tens")
      ->check(CLI::Range(10'000, 100'000'000))
      ->capture_default_str();
  app.add_option("--store", options.stores, "Which stores: sqlite, postgres, or both")
      ->check(CLI::IsMember({"sqlite", "postgres"}))
      ->delimiter(',')
      ->capture_default_str();
  app.add_flag("--check", options.check, "Exit with 1 when a figure falls short");
  CLI11_PARSE(app, argc, argv);

  std::string pattern = (std::filesystem::path(options.folder) / "quotacast_bench_XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    std::cerr << "ingestion_bench: cannot make a folder like " << pattern << "\n";
    return 2;
  }
  const SystemClock clock;
  Workplace workplace{options, clock, pattern};
  Figures figures;
  const absl::Status status = MeasureAll(workplace, figures);
  std::filesystem::remove_all(pattern);
  if (!status.ok()) {
    std::cerr << "ingestion_bench: " << status << "\n";
    return 2;
  }
  return options.check && figures.short_count() > 0 ? 1 : 0;
}

}  // namespace
}  // namespace quotacast::bench

int main(int argc, char** argv) { return quotacast::bench::Main(argc, argv); }
