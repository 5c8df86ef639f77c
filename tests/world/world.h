// Ingestion, metrics, writers, importers and readers in one thread, on a store that fails and a
// clock that jumps. What happens next, and what goes wrong, follows from the seed alone: a run that
// broke something breaks it again.
//
//   WorldReport report = RunWorld({.seed = 17});
//   if (!report.status.ok()) ...  // Names the step and what is broken; report.trace tells the way.
#ifndef QUOTACAST_TESTS_WORLD_WORLD_H_
#define QUOTACAST_TESTS_WORLD_WORLD_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "tests/world/planted_bug.h"

namespace quotacast::tests {

struct WorldOptions {
  uint64_t seed = 1;
  PlantedBug bug = PlantedBug::kNone;
};

struct WorldReport {
  absl::Status status;  // FAILED_PRECONDITION: what was broken, and in which step.
  std::string trace;    // One line per step; the same for the same options.
  int64_t event_count = 0;
  int64_t acknowledged_event_count = 0;
  int64_t crash_count = 0;
  int64_t fault_count = 0;  // Crashes included.
  int64_t conflict_count = 0;
};

// Runs one world to its end: some 200 steps among failures, then as many without as everybody needs
// to finish. The invariants of LogChecker hold after every step; at the end also: every writer is
// done and its sequence number is that of its last batch; the union of what a reader got is the
// log; imports left what they leave without failures; the book equals one built from scratch.
WorldReport RunWorld(const WorldOptions& options);

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_WORLD_WORLD_H_
