// Kills a server again and again while programs append to it and one follows the feed, and checks
// after each restart that nothing acknowledged is gone and nothing is there twice.
#ifndef QUOTACAST_TESTS_CRASH_CRASH_RUN_H_
#define QUOTACAST_TESTS_CRASH_CRASH_RUN_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace quotacast::tests {

struct CrashOptions {
  uint64_t seed = 1;
  int kill_count = 50;
  // Of quotacastd beside --listen: where its store is.
  std::vector<std::string> server_flags;
  // Kills what the server writes to, before the server itself, and brings it back; empty: the
  // server alone is killed.
  std::function<absl::Status()> kill_store;
  // With kill_store: the server is left running and has to go on with the store that comes back.
  bool server_survives = false;
};

struct CrashReport {
  absl::Status status;  // FAILED_PRECONDITION: what was broken, and after which kill.
  int kill_count = 0;
  int64_t event_count = 0;
  int64_t acknowledged_batch_count = 0;
  // Batches that were in the log although the kill kept their acknowledgement from arriving: the
  // kills met the server at work.
  int64_t unacknowledged_batch_count = 0;
};

// Needs the built quotacastd. The moments of the kills follow from the seed as far as a machine
// with other work to do allows; what is checked does not depend on them.
CrashReport RunCrashes(const CrashOptions& options);

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_CRASH_CRASH_RUN_H_
