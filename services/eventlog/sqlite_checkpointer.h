// Moves committed pages from the write-ahead log of an SQLite file into the file itself, beside the
// writer and not in its way: a checkpoint on the writing thread makes every append that arrives
// meanwhile wait for it.
//
// SQLite starts the write-ahead log over from its beginning only when a write finds all of it
// moved. Beside a busy writer that never happens by itself, so the last few pages are moved while
// it stands still (BeforeWrite); and a log that has outgrown its bound makes the writer wait for
// all of it.
#ifndef QUOTACAST_SERVICES_EVENTLOG_SQLITE_CHECKPOINTER_H_
#define QUOTACAST_SERVICES_EVENTLOG_SQLITE_CHECKPOINTER_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/eventlog/sqlite_connection.h"

namespace quotacast::eventlog {

struct SqliteCheckpointerOptions {
  absl::Duration busy_timeout;
  // Pages that are committed and not moved before a checkpoint begins.
  int trigger_pages = 0;
  // Pages of the write-ahead log from which on it is to be started over: checkpoints follow each
  // other until no more than `tail_pages` are left, which are moved while the writer stands still.
  int restart_pages = 0;
  int tail_pages = 0;
  // Pages of the write-ahead log at which the writer waits until all are moved.
  int max_wal_pages = 0;
  std::string vfs;  // As SqliteConnection::Open.
  std::string synchronous = "FULL";
  // False: checkpoints run inside NoteCommit, so that one thread does everything in one order.
  bool has_thread = true;
};

// A checkpoint that fails changes nothing that is committed; it is tried again after as many pages
// more. The methods are called by one thread, the writing one. The destructor waits for a running
// checkpoint.
class SqliteCheckpointer {
 public:
  // On a file that is in WAL mode. Errors as SqliteConnection::Open.
  static absl::StatusOr<std::unique_ptr<SqliteCheckpointer>> Open(
      const std::string& path, const SqliteCheckpointerOptions& options);
  SqliteCheckpointer(const SqliteCheckpointer&) = delete;
  SqliteCheckpointer& operator=(const SqliteCheckpointer&) = delete;
  ~SqliteCheckpointer();

  // After each commit: the pages that the write-ahead log then has.
  void NoteCommit(int wal_page_count);
  // Before a transaction begins: moves what is left of a log that is to be started over, when that
  // is little or the log has reached its bound.
  void BeforeWrite();
  // No checkpoint runs while the lock is held.
  std::unique_lock<std::mutex> Exclude() { return std::unique_lock<std::mutex>(connection_mutex_); }

  int64_t checkpoint_count() const;

 private:
  SqliteCheckpointer(std::unique_ptr<SqliteConnection> connection,
                     const SqliteCheckpointerOptions& options);

  void Run();
  // One passive checkpoint. `lock` holds mutex_, which is free meanwhile.
  void Checkpoint(std::unique_lock<std::mutex>& lock);
  bool IsDue() const { return wal_page_count_ - moved_page_count_ >= due_page_count_; }

  const SqliteCheckpointerOptions options_;
  std::mutex connection_mutex_;  // Never waited for under mutex_.
  const std::unique_ptr<SqliteConnection> connection_;

  mutable std::mutex mutex_;
  std::condition_variable work_;
  // All below guarded by mutex_.
  bool stopping_ = false;
  int64_t checkpoint_count_ = 0;
  int wal_page_count_ = 0;     // Since the log was last started over.
  int moved_page_count_ = 0;   // Of these.
  int chase_count_ = 0;        // Checkpoints since it was to be started over.
  int64_t wal_number_ = 0;     // How often it was started over.
  int due_page_count_ = 0;     // Pages not moved at which the next checkpoint begins.
  bool is_tail_left_ = false;  // A checkpoint has moved all but a short tail.
  // A reader held up what the writer wanted to move, with nothing written meanwhile: at the bound
  // it is tried again when it is due. Until then all is moved there, due or not.
  bool is_held_ = false;

  std::thread thread_;  // Last, so that it starts when everything else is there.
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_SQLITE_CHECKPOINTER_H_
