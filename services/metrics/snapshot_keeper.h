// Keeps snapshots of the books of a service: reads them when a book is first asked for, writes them
// beside the queries, and takes away those that hold what was erased.
#ifndef QUOTACAST_SERVICES_METRICS_SNAPSHOT_KEEPER_H_
#define QUOTACAST_SERVICES_METRICS_SNAPSHOT_KEEPER_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "services/metrics/book.h"
#include "services/metrics/feed.h"
#include "services/metrics/snapshot_folder.h"

namespace quotacast::metrics {

// A snapshot is written when so many events are newer than the last one: reading them from the log
// takes a third of a second, which nobody notices at a restart.
inline constexpr int64_t kSnapshotEventsMin = 100'000;
// And so large a share of the book's events, one in so many: each write is of the whole book, so
// that all of them together write about eight times what the log grew by.
inline constexpr int64_t kSnapshotShare = 8;
// Larger books are not written at the end of the process, which has ten seconds to end in; the
// last snapshot written before serves.
inline constexpr size_t kFinalBookBytesMax = size_t{1} << 30;
// A person's data that was erased from the log lies in no snapshot for longer than this, also when
// nobody asks for the workspace.
inline constexpr std::chrono::seconds kErasureLookPause{60};

// So many events are looked through for erasures at the end of the process, and so long; the next
// start looks through the others.
inline constexpr int64_t kFinalLookEventsMax = 200'000;
inline constexpr absl::Duration kFinalLookMax = absl::Seconds(2);

// What became of a snapshot, for the log.
struct SnapshotNote {
  enum class Kind {
    kLoaded,
    kWritten,
    kRefused,  // Of no use, and deleted; the log is read from its start.
    kErased,   // Deleted, for an erasure is newer.
    kFailed,   // Could not be read, written or deleted.
  };
  Kind kind = Kind::kLoaded;
  std::string workspace;
  int64_t log_offset = 0;  // The last event it holds, where that is known.
  std::string reason;      // Of kRefused and kFailed.
};
using SnapshotNotes = std::function<void(const SnapshotNote&)>;  // May be empty; thread-safe.

// Thread-safe.
class SnapshotKeeper {
 public:
  // Starts a thread, which looks for erasures at once and then every kErasureLookPause.
  // `clock` must outlive it.
  SnapshotKeeper(std::shared_ptr<const SnapshotFolder> folder, Feed feed, const Clock* clock,
                 SnapshotNotes notes);
  SnapshotKeeper(const SnapshotKeeper&) = delete;
  SnapshotKeeper& operator=(const SnapshotKeeper&) = delete;
  // Looks for erasures once more, and writes the books that still live and are newer than their
  // snapshots, unless the log could not be looked through. Nobody may call anything any more.
  ~SnapshotKeeper();

  // The book of the snapshot, which has yet to be caught up with the feed; null when there is none
  // of use. The feed is asked whether it is of the same log. The status is that of the feed.
  absl::StatusOr<std::shared_ptr<Book>> Load(const std::string& workspace,
                                             const Cancelled& cancelled);

  // The book is caught up. Writes it in the background when it has grown enough.
  void Offer(const std::string& workspace, const std::shared_ptr<Book>& book);

  // There is an erasure at this offset: a snapshot that ends before it is deleted, and none that
  // does is written any more.
  void Erase(const std::string& workspace, int64_t erasure_offset);

  // Reads what the feeds of the snapshots have beyond them and deletes those that an erasure came
  // after. The thread does it by itself.
  void LookForErasures();

  // Waits until all that was begun is written. For tests.
  void WaitUntilIdle();

 private:
  struct Known {
    int64_t saved_through = 0;   // 0: there is no file.
    int64_t tried_through = 0;   // A disk that took nothing is tried again when there is more.
    int64_t looked_through = 0;  // By Look, and whether it came to the end of the log.
    bool is_looked_to_end = false;
    int64_t erased_through = 0;
    bool is_queued = false;
    std::weak_ptr<Book> book;  // The latest.
  };

  void Run();
  // Looks for erasures in at most so many events: beyond the snapshots, and beyond what the books
  // hold that have none yet.
  void Look(const Cancelled& cancelled, int64_t events_max);
  void Write(const std::string& workspace, const Book& book);
  void Refuse(const std::string& workspace, const std::string& reason);
  // Under the lock.
  void DeleteFile(const std::string& workspace, Known& known);
  void Note(SnapshotNote::Kind kind, const std::string& workspace, int64_t log_offset,
            const std::string& reason = "") const;

  const std::shared_ptr<const SnapshotFolder> folder_;
  const Feed feed_;
  const Clock* const clock_;
  const SnapshotNotes notes_;
  std::mutex mutex_;  // Guards what follows, and which files there are.
  std::condition_variable changed_;
  std::map<std::string, Known> known_;                               // By workspace.
  std::deque<std::pair<std::string, std::shared_ptr<Book>>> queue_;  // One per workspace at most.
  bool is_busy_ = true;
  std::atomic<bool> is_ending_{false};
  std::thread thread_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_SNAPSHOT_KEEPER_H_
