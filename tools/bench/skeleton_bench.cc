// skeleton_bench: what a user waits for - start, import, forecast - and what the engine gains over
// the obvious simulation. Every figure comes with a check of the answer behind it.
//
//   tools/do bench skeleton --check

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/ingestion_client.h"
#include "clients/cpp/metrics_client.h"
#include "clients/cpp/simulation_client.h"
#include "services/simulation/business.h"
#include "simulator/engine/engine.h"
#include "tools/bench/figures.h"
#include "tools/bench/peers/naive_stage_walk.h"
#include "tools/bench/server_process.h"

namespace quotacast::bench {
namespace {

constexpr char kParent[] = "workspaces/default";
constexpr int64_t kTrials = 10'000;
constexpr int64_t kCheckTrials = 40'000;
constexpr uint64_t kSeed = 7;
// |z| of two correct means exceeds this once in 240,000 comparisons.
constexpr double kMaxZ = 4.6;
constexpr int kRounds = 5;
// The scalar engine on the less favourable of the two workloads: MavenTech's deals have two stages,
// are decided within weeks and mostly won, and each win of a deal without an amount costs a draw.
constexpr double kMinRatio = 2.5;
constexpr size_t kChunkBytes = 1 << 20;
// Major units, the same for every agent: about what one of them books in a quarter.
constexpr int64_t kMavenTechQuota = 75'000;

struct Options {
  std::string server = "bazel-bin/services/quotacastd/quotacastd";
  std::string generator = "bazel-bin/tools/gen/quotacast_gen";
  std::string datasets;
  bool check = false;
};

// A company to import, and the question asked about it.
struct Workload {
  std::string profile;
  std::vector<std::filesystem::path> files;
  std::filesystem::path quotas;
  absl::CivilDay as_of;
  std::string period;
};

double Seconds(absl::Duration duration) { return absl::ToDoubleSeconds(duration); }

std::vector<std::filesystem::path> CsvFiles(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".csv" && entry.path().filename() != "quotas.csv") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The public data set, with one quota for every agent.
absl::StatusOr<Workload> MavenTech(const std::filesystem::path& folder,
                                   const std::filesystem::path& scratch) {
  Workload workload = {"maventech", CsvFiles(folder), scratch / "quotas.csv",
                       absl::CivilDay(2017, 9, 30), "2017Q4"};
  std::ifstream agents(folder / "sales_teams.csv");
  std::ofstream quotas(workload.quotas);
  quotas << "rep,period,amount,currency\n";
  std::string line;
  std::getline(agents, line);  // Column names.
  int count = 0;
  while (std::getline(agents, line)) {
    quotas << line.substr(0, line.find(',')) << ",2017Q4," << kMavenTechQuota << ",USD\n";
    ++count;
  }
  if (count == 0) return absl::NotFoundError("no agents in " + folder.string());
  return workload;
}

// The synthetic company, for machines without the data set.
absl::StatusOr<Workload> Generated(const std::string& generator,
                                   const std::filesystem::path& scratch) {
  const std::filesystem::path folder = scratch / "company";
  QC_RETURN_IF_ERROR(RunCommand({generator, "--out", folder.string(), "--last-day", "2026-09-30"}));
  return Workload{"crm_history", CsvFiles(folder), folder / "quotas.csv",
                  absl::CivilDay(2026, 9, 30), "2026Q4"};
}

absl::StatusOr<ingestion::v1::ImportFilesResponse> Import(
    clients::IngestionClient& ingestion, const std::string& profile,
    const std::vector<std::filesystem::path>& paths) {
  ingestion::v1::ImportHeader header;
  header.set_parent(kParent);
  header.set_profile_name(profile);
  size_t next = 0;
  std::ifstream file;
  return ingestion.ImportFiles(
      header, [&](ingestion::v1::FileChunk& chunk) -> absl::StatusOr<bool> {
        if (!file.is_open()) {
          if (next == paths.size()) return false;
          file.open(paths[next], std::ios::binary);
          if (!file) return absl::NotFoundError("cannot read " + paths[next].string());
        }
        chunk.set_file_name(paths[next].filename().string());
        std::string data(kChunkBytes, '\0');
        file.read(data.data(), static_cast<std::streamsize>(data.size()));
        data.resize(static_cast<size_t>(file.gcount()));
        *chunk.mutable_data() = std::move(data);
        if (file.eof()) {
          file.close();
          file.clear();
          ++next;
        }
        return true;
      });
}

type::v1::AsOf AsOfDay(absl::CivilDay day) {
  type::v1::AsOf as_of;
  as_of.mutable_effective_date()->set_year(static_cast<int>(day.year()));
  as_of.mutable_effective_date()->set_month(day.month());
  as_of.mutable_effective_date()->set_day(day.day());
  return as_of;
}

simulation::v1::ForecastRequest Question(const Workload& workload, int64_t trials) {
  simulation::v1::ForecastRequest request;
  simulation::v1::ForecastSpec& spec = *request.mutable_spec();
  spec.set_parent(kParent);
  *spec.mutable_as_of() = AsOfDay(workload.as_of);
  spec.set_period(workload.period);
  spec.add_levels(simulation::v1::LEVEL_ORG);
  spec.add_levels(simulation::v1::LEVEL_TEAM);
  spec.add_levels(simulation::v1::LEVEL_REP);
  spec.set_trial_count(trials);
  spec.set_seed(kSeed);
  return request;
}

const type::v1::Estimate& OrgMean(const simulation::v1::ForecastResponse& response) {
  return response.outcome().forecast().entities(0).bookings().mean();
}

// The model and state behind the forecast, as the engine takes them.
absl::StatusOr<simulation::Business> FetchBusiness(clients::MetricsClient& metrics,
                                                   const Workload& workload) {
  metrics::v1::FitModelRequest fit;
  fit.set_parent(kParent);
  *fit.mutable_as_of() = AsOfDay(workload.as_of);
  QC_ASSIGN_OR_RETURN(const metrics::v1::FitModelResponse fitted, metrics.FitModel(fit));
  metrics::v1::GetStateRequest get_state;
  get_state.set_parent(kParent);
  *get_state.mutable_as_of() = fitted.model().as_of();
  get_state.set_last_period(workload.period);
  simulation::StateMessages state;
  QC_RETURN_IF_ERROR(metrics.GetState(get_state, [&](metrics::v1::GetStateResponse&& part) {
    state.Add(std::move(part));
    return true;
  }));
  return simulation::BusinessFrom(fitted.model(), state);
}

// The engine from nothing to figures, on one thread.
absl::StatusOr<simulator::Forecast> RunEngine(const simulation::Business& business) {
  simulator::EngineOptions options;
  options.seed = kSeed;
  options.trials = kTrials;
  options.period_count = static_cast<int>(business.state.periods.size());
  const auto never = [] { return false; };
  QC_ASSIGN_OR_RETURN(const std::unique_ptr<simulator::Plan> plan,
                      simulator::Compile(business.model, business.state, {}, options, never));
  QC_ASSIGN_OR_RETURN(
      const simulator::Partial partial,
      simulator::SimulateParallel(*plan, 0, plan->layout().trials, 1, never, nullptr));
  return simulator::Summarize(*plan, partial, {});
}

// Engine and peer in turn, on one thread each, so that both see the same machine.
absl::Status ComparePeers(const simulation::Business& business,
                          const type::v1::Estimate& served_mean, const Clock& clock,
                          Figures& figures) {
  const NaiveStageWalk naive(business.model, business.state, 7);
  const int64_t naive_trials = 4 * static_cast<int64_t>(business.model.draws.size());
  const double minor_per_major = static_cast<double>(business.currency.minor_per_major());
  NaiveSums sums;
  std::vector<double> ratios, naive_seconds, engine_seconds;
  simulator::Estimate engine_mean;
  for (int round = 0; round < kRounds; ++round) {
    absl::Time start = clock.Now();
    naive.Simulate(kSeed, round * naive_trials, naive_trials, &sums);
    naive_seconds.push_back(Seconds(clock.Now() - start) / static_cast<double>(naive_trials));
    start = clock.Now();
    QC_ASSIGN_OR_RETURN(const simulator::Forecast forecast, RunEngine(business));
    engine_seconds.push_back(Seconds(clock.Now() - start) / static_cast<double>(forecast.trials));
    engine_mean = forecast.periods.back().entities.front().bookings.mean;
    ratios.push_back(naive_seconds.back() / engine_seconds.back());
  }
  const NaiveResult peer = NaiveStageWalk::Summarize(sums);
  const double z = std::abs(peer.mean - engine_mean.value) /
                   std::hypot(peer.monte_carlo_se, engine_mean.monte_carlo_se);
  figures.AtMost("peer_mean_abs_z", z, kMaxZ);
  figures.Note("peer_mean_relative_error", peer.monte_carlo_se / peer.mean);
  figures.AtMost("engine_here_minus_server",
                 std::abs(engine_mean.value / minor_per_major - served_mean.value()), 0);
  figures.Note("naive_trials_per_second", 1 / Median(naive_seconds));
  figures.Note("engine_trials_per_second", 1 / Median(engine_seconds));
  figures.AtLeast("engine_over_naive_median", Median(ratios), kMinRatio);
  figures.Note("engine_over_naive_min", *std::min_element(ratios.begin(), ratios.end()));
  figures.Note("engine_over_naive_max", *std::max_element(ratios.begin(), ratios.end()));
  return absl::OkStatus();
}

absl::Status Measure(const Options& options, const std::filesystem::path& scratch,
                     Figures& figures) {
  const SystemClock clock;
  const std::filesystem::path maventech = std::filesystem::path(options.datasets) / "maventech";
  const bool real_data = !options.datasets.empty() && std::filesystem::exists(maventech);
  QC_ASSIGN_OR_RETURN(const Workload workload, real_data ? MavenTech(maventech, scratch)
                                                         : Generated(options.generator, scratch));

  absl::Time start = clock.Now();
  QC_ASSIGN_OR_RETURN(
      const std::unique_ptr<ServerProcess> server,
      ServerProcess::Start(options.server, {"--data-dir", (scratch / "data").string()}));
  const auto channel = clients::ConnectTo(server->address());
  clients::IngestionClient ingestion(channel);
  clients::MetricsClient metrics(channel);
  clients::SimulationClient simulation(channel);
  QC_RETURN_IF_ERROR(ingestion.ListProfiles({}).status());
  figures.AtMost("ready_seconds", Seconds(clock.Now() - start), 1);
  QC_ASSIGN_OR_RETURN(const double idle_megabytes, server->ResidentMegabytes());
  figures.AtMost("idle_megabytes", idle_megabytes, 100);

  start = clock.Now();
  QC_ASSIGN_OR_RETURN(const auto report, Import(ingestion, workload.profile, workload.files));
  figures.AtMost(real_data ? "maventech_import_seconds" : "generated_import_seconds",
                 Seconds(clock.Now() - start), 2);
  figures.AtLeast("imported_events", static_cast<double>(report.appended_event_count()), 1'000);
  QC_RETURN_IF_ERROR(Import(ingestion, "quotas", {workload.quotas}).status());

  QC_ASSIGN_OR_RETURN(const double used_before, server->ProcessorSeconds());
  start = clock.Now();
  QC_ASSIGN_OR_RETURN(const auto first, simulation.Forecast(Question(workload, kTrials)));
  figures.AtMost("first_forecast_seconds", Seconds(clock.Now() - start), 3);
  QC_ASSIGN_OR_RETURN(const double used_after, server->ProcessorSeconds());
  figures.Note("first_forecast_processor_seconds", used_after - used_before);
  if (!first.outcome().has_forecast()) {
    return absl::FailedPreconditionError("refused: " + first.outcome().refusal().message());
  }
  start = clock.Now();
  QC_ASSIGN_OR_RETURN(const auto second, simulation.Forecast(Question(workload, kTrials)));
  figures.Note("second_forecast_seconds", Seconds(clock.Now() - start));
  figures.AtLeast("same_bytes_twice",
                  first.SerializeAsString() == second.SerializeAsString() ? 1 : 0, 1);
  simulation::v1::ForecastRequest longer = Question(workload, kCheckTrials);
  longer.mutable_spec()->set_seed(kSeed + 1);
  QC_ASSIGN_OR_RETURN(const auto check, simulation.Forecast(longer));
  figures.AtMost(
      "mean_against_longer_run_abs_z",
      std::abs(OrgMean(first).value() - OrgMean(check).value()) /
          std::hypot(OrgMean(first).monte_carlo_error(), OrgMean(check).monte_carlo_error()),
      kMaxZ);
  QC_ASSIGN_OR_RETURN(const double megabytes, server->ResidentMegabytes());
  figures.Note("megabytes_after_forecasts", megabytes);

  QC_ASSIGN_OR_RETURN(const simulation::Business business, FetchBusiness(metrics, workload));
  figures.Note("open_deals", static_cast<double>(business.state.open_deals.size()));
  figures.Note("reps", static_cast<double>(business.state.reps.size()));
  return ComparePeers(business, OrgMean(first), clock, figures);
}

int Main(int argc, char** argv) {
  Options options;
  if (const char* datasets = std::getenv("QUOTACAST_DATASETS")) options.datasets = datasets;
  CLI::App app(
      "Measures start, import, forecast and the engine against a plain simulation of the same\n"
      "model, checking every answer. One line per figure: name, value, floor, ok or short.\n\n"
      "Example: skeleton_bench --check",
      "skeleton_bench");
  app.add_option("--server", options.server, "The quotacastd to start")->capture_default_str();
  app.add_option("--generator", options.generator, "Makes a company when there are no datasets")
      ->capture_default_str();
  app.add_option("--datasets", options.datasets,
                 "Folder of public datasets; default $QUOTACAST_DATASETS");
  app.add_flag("--check", options.check, "Exit with 1 when a figure falls short");
  CLI11_PARSE(app, argc, argv);

  std::string pattern =
      (std::filesystem::temp_directory_path() / "quotacast_bench_XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    std::cerr << "skeleton_bench: cannot make a folder like " << pattern << "\n";
    return 2;
  }
  Figures figures;
  const absl::Status status = Measure(options, pattern, figures);
  std::filesystem::remove_all(pattern);
  if (!status.ok()) {
    std::cerr << "skeleton_bench: " << status << "\n";
    return 2;
  }
  return options.check && figures.short_count() > 0 ? 1 : 0;
}

}  // namespace
}  // namespace quotacast::bench

int main(int argc, char** argv) { return quotacast::bench::Main(argc, argv); }
