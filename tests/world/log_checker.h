// What must be true of a workspace's log whatever happened to the processes around it. It looks at
// the store from behind, past all faults, and keeps a copy of what it saw.
#ifndef QUOTACAST_TESTS_WORLD_LOG_CHECKER_H_
#define QUOTACAST_TESTS_WORLD_LOG_CHECKER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/eventlog/event_log.h"

namespace quotacast::tests {

// Not thread-safe. `store` outlives it. Errors are FAILED_PRECONDITION and name what is broken.
class LogChecker {
 public:
  LogChecker(const eventlog::EventLog& store, std::string workspace);

  // An import may write any event of this source; all others are announced by Sends.
  void AllowSource(const std::string& source) { free_sources_.insert(source); }

  // A writer is about to send this batch, perhaps again. `owns_ids`: nobody else sends its ids, so
  // the log has all of them or none.
  void Sends(absl::Span<const eventlog::Event> batch, bool owns_ids);

  // The writer was told that this batch is durable.
  absl::Status Acknowledged(absl::Span<const eventlog::Event> batch);

  // Reads what is new in the store: offsets 1, 2, 3 ... without gap, recorded times in order, no
  // id twice, nothing that nobody sent, no batch in part.
  absl::Status Look();

  // Reads everything again: nothing that was seen has changed or gone, everything acknowledged is
  // there, conflicts are kept, checksums are right.
  absl::Status LookAgainAtAll() const;

  // As seen by the last Look; events()[i] has offset i + 1.
  const std::vector<eventlog::StoredEvent>& events() const { return events_; }
  size_t acknowledged_event_count() const { return acknowledged_.size(); }

 private:
  using Id = std::tuple<std::string, std::string, std::string>;  // Source, key, version.

  absl::Status Take(const eventlog::StoredEvent& stored);
  absl::Status CheckBatches();
  absl::Status CheckAcknowledged(const eventlog::Event& event,
                                 const std::set<std::tuple<Id, std::string>>& conflicts) const;
  absl::Status Broken(const std::string& what) const;

  const eventlog::EventLog& store_;
  const std::string workspace_;
  std::set<std::string> free_sources_;
  std::map<Id, std::set<std::string>> sent_;    // Payloads.
  std::vector<std::vector<Id>> whole_batches_;  // Not in the log yet.
  std::set<Id> own_ids_;                        // Of whole_batches_, past and present.
  std::vector<eventlog::Event> acknowledged_;
  std::vector<eventlog::StoredEvent> events_;
  std::map<Id, size_t> positions_;  // In events_.
};

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_WORLD_LOG_CHECKER_H_
