#include "services/eventlog/sqlite_checkpointer.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "services/eventlog/sqlite_connection.h"

namespace quotacast::eventlog {
namespace {

// Checkpoints in a row, after which a writer that adds pages as fast as they are moved is left
// alone until the next is due.
constexpr int kMaxChases = 4;

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteCheckpointer>> SqliteCheckpointer::Open(
    const std::string& path, const SqliteCheckpointerOptions& options) {
  QC_ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> connection,
                      SqliteConnection::Open(path, options.busy_timeout, options.vfs));
  // How a checkpoint syncs is a setting of the connection that does it.
  QC_RETURN_IF_ERROR(
      connection->Execute(absl::StrCat("PRAGMA synchronous = ", options.synchronous)));
  return absl::WrapUnique(new SqliteCheckpointer(std::move(connection), options));
}

SqliteCheckpointer::SqliteCheckpointer(std::unique_ptr<SqliteConnection> connection,
                                       const SqliteCheckpointerOptions& options)
    : options_(options),
      connection_(std::move(connection)),
      due_page_count_(options.trigger_pages) {
  if (options_.has_thread) thread_ = std::thread([this] { Run(); });
}

SqliteCheckpointer::~SqliteCheckpointer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    work_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void SqliteCheckpointer::NoteCommit(int wal_page_count) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (wal_page_count < wal_page_count_) {  // It was started over.
    ++wal_number_;
    moved_page_count_ = 0;
    due_page_count_ = options_.trigger_pages;
    is_tail_left_ = false;
    is_held_ = false;
    chase_count_ = 0;
  }
  wal_page_count_ = wal_page_count;
  if (!IsDue()) return;
  if (options_.has_thread) {
    work_.notify_one();
    return;
  }
  lock.unlock();
  const std::unique_lock<std::mutex> connection_lock = Exclude();
  lock.lock();
  Checkpoint(lock);
}

void SqliteCheckpointer::BeforeWrite() {
  std::unique_lock<std::mutex> connection_lock(connection_mutex_, std::defer_lock);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const bool is_full = wal_page_count_ >= options_.max_wal_pages &&
                         (is_held_ ? IsDue() : wal_page_count_ > moved_page_count_);
    if (!is_tail_left_ && !is_full) return;
    if (!is_full && !connection_lock.try_lock())
      return;  // A checkpoint runs: not worth waiting for.
  }
  if (!connection_lock.owns_lock()) connection_lock.lock();
  std::unique_lock<std::mutex> lock(mutex_);
  Checkpoint(lock);
  is_held_ = wal_page_count_ > moved_page_count_;
}

void SqliteCheckpointer::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return stopping_ || IsDue(); });
    if (stopping_) return;
    lock.unlock();
    {
      const std::unique_lock<std::mutex> connection_lock = Exclude();
      lock.lock();
      // The writer may have moved all while this thread waited for the connection.
      if (IsDue()) Checkpoint(lock);
    }
  }
}

void SqliteCheckpointer::Checkpoint(std::unique_lock<std::mutex>& lock) {
  const int64_t wal_number = wal_number_;
  lock.unlock();
  const absl::StatusOr<SqliteCheckpoint> checkpoint =
      connection_->Checkpoint(SqliteCheckpointMode::kPassive);
  lock.lock();
  ++checkpoint_count_;
  is_tail_left_ = false;
  due_page_count_ = options_.trigger_pages;
  if (wal_number != wal_number_) return;  // What was moved belongs to a log that is over.
  if (!checkpoint.ok() || checkpoint->was_hindered) {
    due_page_count_ += wal_page_count_ - moved_page_count_;
    return;
  }
  moved_page_count_ = checkpoint->moved_page_count;
  // What stays because a reader still looks at older pages is not tried again at once.
  const int held_page_count = checkpoint->wal_page_count - checkpoint->moved_page_count;
  due_page_count_ += held_page_count;
  if (held_page_count > 0 || wal_page_count_ < options_.restart_pages) return;
  // Each checkpoint in a row finds only what the writer added during the one before.
  const int left_page_count = wal_page_count_ - moved_page_count_;
  is_tail_left_ = left_page_count > 0 && left_page_count <= options_.tail_pages;
  if (!is_tail_left_ && ++chase_count_ % kMaxChases != 0) due_page_count_ = options_.tail_pages + 1;
}

int64_t SqliteCheckpointer::checkpoint_count() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return checkpoint_count_;
}

}  // namespace quotacast::eventlog
