// world: runs simulated worlds by their seeds, as many as wanted, and shows the way of one.
//
//   tools/do world                      # 2,000 seeds
//   tools/do world --runs 100000 --seed 1
//   tools/do world --seed 17 --trace    # one run, step by step
#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "base/clock.h"
#include "tests/world/planted_bug.h"
#include "tests/world/world.h"

namespace quotacast::tests {
namespace {

struct Flags {
  uint64_t seed = 1;
  int64_t runs = 2'000;
  bool trace = false;
  std::string bug;
};

int RunSeeds(const Flags& flags, PlantedBug bug) {
  const SystemClock clock;
  const absl::Time start = clock.Now();
  WorldReport sum;
  for (uint64_t seed = flags.seed; seed < flags.seed + static_cast<uint64_t>(flags.runs); ++seed) {
    const WorldReport report = RunWorld({.seed = seed, .bug = bug});
    if (flags.trace) std::cout << report.trace;
    if (!report.status.ok()) {
      std::cout << "seed " << seed << ": " << report.status << "\n"
                << "replay: tools/do world --seed " << seed << " --trace\n";
      return 1;
    }
    sum.event_count += report.event_count;
    sum.fault_count += report.fault_count;
    sum.crash_count += report.crash_count;
  }
  const double seconds = absl::ToDoubleSeconds(clock.Now() - start);
  std::cout << flags.runs << " worlds from seed " << flags.seed << ": " << sum.event_count
            << " events, " << sum.fault_count << " faults, " << sum.crash_count
            << " crashes, nothing lost, nothing twice; " << seconds << " s, "
            << static_cast<double>(flags.runs) / seconds << " seeds/s\n";
  return 0;
}

int Main(int argc, char** argv) {
  Flags flags;
  CLI::App app("Runs simulated worlds, each given by its seed.", "world");
  app.add_option("--seed", flags.seed, "The first seed")->capture_default_str();
  app.add_option("--runs", flags.runs, "How many seeds from there")->capture_default_str();
  app.add_flag("--trace", flags.trace, "Print the steps; of one run unless --runs is given");
  std::map<std::string, PlantedBug> bugs;
  for (const auto& [bug, name] : kPlantedBugs) bugs[std::string(name)] = bug;
  app.add_option("--bug", flags.bug, "Plant a bug, to see it found")->check(CLI::IsMember(bugs));
  CLI11_PARSE(app, argc, argv);
  if (flags.trace && app.count("--runs") == 0) flags.runs = 1;
  return RunSeeds(flags, flags.bug.empty() ? PlantedBug::kNone : bugs[flags.bug]);
}

}  // namespace
}  // namespace quotacast::tests

int main(int argc, char** argv) { return quotacast::tests::Main(argc, argv); }
