// crash: kills a server as often as wanted, at moments chosen by a seed, and checks what is left.
//
//   tools/do crash            # 500 kills
//   tools/do crash 2000 --seed 7
#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>
#include <string>

#include "absl/time/time.h"
#include "base/clock.h"
#include "tests/crash/crash_run.h"
#include "tests/support/child_process.h"

namespace quotacast::tests {
namespace {

int Main(int argc, char** argv) {
  CrashOptions options;
  options.kill_count = 500;
  CLI::App app("Kills quotacastd at random moments and checks that nothing is lost or repeated.",
               "crash");
  app.add_option("--kills", options.kill_count, "How many times")->capture_default_str();
  app.add_option("--seed", options.seed, "Chooses the moments")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  options.server_flags = {"--services", "ingestion", "--data-dir", MakeTempDirectory("crash")};

  const SystemClock clock;
  const absl::Time start = clock.Now();
  const CrashReport report = RunCrashes(options);
  const double seconds = absl::ToDoubleSeconds(clock.Now() - start);
  std::cout << report.kill_count << " kills (seed " << options.seed << "): " << report.event_count
            << " events, " << report.acknowledged_batch_count << " batches acknowledged, "
            << report.unacknowledged_batch_count << " durable without; " << seconds << " s\n";
  if (report.status.ok()) {
    std::cout << "nothing lost, nothing twice\n";
    return 0;
  }
  std::cout << report.status << "\n";
  return 1;
}

}  // namespace
}  // namespace quotacast::tests

int main(int argc, char** argv) { return quotacast::tests::Main(argc, argv); }
