// Waiting for appends of any process: one thread asks the database for the last offsets of all
// workspaces that somebody waits for, in one query, while somebody waits. Not one query per waiter.
#ifndef QUOTACAST_SERVICES_EVENTLOG_POSTGRES_OFFSET_POLLER_H_
#define QUOTACAST_SERVICES_EVENTLOG_POSTGRES_OFFSET_POLLER_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace quotacast::eventlog {

// Between two questions: how late a waiter hears of another process's append at most, beside the
// query itself. Appends of this process wake it at once.
inline constexpr absl::Duration kOffsetPollInterval = absl::Milliseconds(20);
// While the database does not answer.
inline constexpr absl::Duration kOffsetPollIntervalAfterError = absl::Milliseconds(500);

// Thread-safe. The destructor ends all waits; none may begin once it runs.
class PostgresOffsetPoller {
 public:
  // Last offsets of those of the workspaces that have one.
  using Query = std::function<absl::StatusOr<std::map<std::string, int64_t>>(
      const std::vector<std::string>& workspaces)>;

  explicit PostgresOffsetPoller(Query query);
  PostgresOffsetPoller(const PostgresOffsetPoller&) = delete;
  PostgresOffsetPoller& operator=(const PostgresOffsetPoller&) = delete;
  ~PostgresOffsetPoller();

  // An append of this process has been committed.
  void Note(std::string_view workspace, int64_t last_offset);

  // Until an offset beyond `after_offset` is known, `timeout` has passed, or the destructor runs.
  // Returns false for the last: then the object must not be used again.
  bool Wait(std::string_view workspace, int64_t after_offset, absl::Duration timeout);

 private:
  struct Watched {
    int64_t last_offset = 0;  // As far as known.
    int waiter_count = 0;
  };

  void Run();
  // mutex_ must be held.
  std::vector<std::string> WatchedNames() const;

  const Query query_;
  std::mutex mutex_;
  std::condition_variable grown_;    // An offset has grown, or stopping_.
  std::condition_variable watched_;  // The first waiter has come, or stopping_.
  std::condition_variable idle_;     // waiter_count_ has fallen to 0.
  // All below guarded by mutex_.
  std::map<std::string, Watched, std::less<>> workspaces_;  // Ever noted or waited for.
  int waiter_count_ = 0;
  bool stopping_ = false;

  std::thread thread_;  // Last, so that it starts when everything else is there.
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_POSTGRES_OFFSET_POLLER_H_
