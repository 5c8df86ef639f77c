// crash: kills a server, and the database under it, as often as wanted, at moments chosen by a
// seed, and checks what is left.
//
//   tools/do crash            # 500 kills of the server on each store, 50 of PostgreSQL
//   tools/do crash 2000 --seed 7 --store sqlite
#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "services/eventlog/postgres_test_cluster.h"
#include "tests/crash/crash_run.h"
#include "tests/support/child_process.h"

namespace quotacast::tests {
namespace {

// Each says what was killed and what came of it; false when a promise was broken.
bool RunAndReport(const std::string& what, const CrashOptions& options, const Clock& clock) {
  std::cout << what << ": " << options.kill_count << " kills (seed " << options.seed << ") ..."
            << std::endl;
  const absl::Time start = clock.Now();
  const CrashReport report = RunCrashes(options);
  const double seconds = absl::ToDoubleSeconds(clock.Now() - start);
  std::cout << "  " << report.kill_count << " kills, " << report.event_count << " events, "
            << report.acknowledged_batch_count << " batches acknowledged, "
            << report.unacknowledged_batch_count << " durable without; " << seconds << " s\n  "
            << (report.status.ok() ? "nothing lost, nothing twice" : report.status.ToString())
            << std::endl;
  return report.status.ok();
}

int Main(int argc, char** argv) {
  CrashOptions options;
  options.kill_count = 500;
  int database_kill_count = 50;
  std::vector<std::string> stores = {"sqlite", "postgres"};
  CLI::App app(
      "Kills quotacastd at random moments, and then PostgreSQL under it, and checks that nothing\n"
      "acknowledged is lost and nothing is there twice.",
      "crash");
  app.add_option("--kills", options.kill_count, "Kills of the server, on each store")
      ->capture_default_str();
  app.add_option("--database-kills", database_kill_count,
                 "Kills of PostgreSQL, with the server and under a server that stays; each is\n"
                 "followed by a recovery of a second or two")
      ->capture_default_str();
  app.add_option("--store", stores, "Which stores: sqlite, postgres, or both")
      ->check(CLI::IsMember({"sqlite", "postgres"}))
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Chooses the moments")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  const SystemClock clock;
  bool is_kept = true;
  for (const std::string& store : stores) {
    CrashOptions on_store = options;
    on_store.server_flags = {"--services", "ingestion"};
    if (store == "sqlite") {
      on_store.server_flags.insert(on_store.server_flags.end(),
                                   {"--data-dir", MakeTempDirectory("crash")});
      is_kept &= RunAndReport("server on sqlite", on_store, clock);
      continue;
    }
    const auto cluster = eventlog::PostgresTestCluster::Start();
    const auto run = [&](const std::string& what) {
      CrashOptions fresh = on_store;
      fresh.server_flags.insert(
          fresh.server_flags.end(),
          {"--event-store", cluster->ConnectionString(cluster->CreateDatabase())});
      is_kept &= RunAndReport(what, fresh, clock);
    };
    run("server on postgres");
    on_store.kill_count = database_kill_count;
    on_store.kill_store = [&cluster] {
      cluster->Crash();
      cluster->Restart();
      return absl::OkStatus();
    };
    run("server and database");
    on_store.server_survives = true;
    run("database under a server that stays");
  }
  return is_kept ? 0 : 1;
}

}  // namespace
}  // namespace quotacast::tests

int main(int argc, char** argv) { return quotacast::tests::Main(argc, argv); }
