#include "services/metrics/snapshot_keeper.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "base/thread_priority.h"
#include "services/metrics/book_snapshot.h"

namespace quotacast::metrics {

SnapshotKeeper::SnapshotKeeper(std::shared_ptr<const SnapshotFolder> folder, Feed feed,
                               const Clock* clock, SnapshotNotes notes)
    : folder_(std::move(folder)), feed_(std::move(feed)), clock_(clock), notes_(std::move(notes)) {
  for (const std::string& workspace : folder_->Workspaces()) {
    const auto head = folder_->ReadHead(workspace, kSnapshotHeadBytesMax);
    const auto offset =
        head.ok() ? BookSnapshot::ReadOffset(workspace, head->bytes()) : head.status();
    if (offset.ok()) {
      known_[workspace].saved_through = *offset;
    } else {
      Refuse(workspace, std::string(offset.status().message()));
    }
  }
  thread_ = std::thread([this] {
    GiveWayToOtherThreads();
    Run();
  });
}

SnapshotKeeper::~SnapshotKeeper() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    is_ending_ = true;
    queue_.clear();
  }
  changed_.notify_all();
  thread_.join();
  const absl::Time deadline = clock_->Now() + kFinalLookMax;
  Look([&] { return clock_->Now() > deadline; }, kFinalLookEventsMax);
  for (auto& [workspace, known] : known_) {
    const std::shared_ptr<Book> book = known.book.lock();
    if (book == nullptr || !known.is_looked_to_end || book->is_outdated() ||
        book->last_offset() <= known.saved_through || book->memory_bytes() > kFinalBookBytesMax) {
      continue;
    }
    Write(workspace, *book);
  }
}

absl::StatusOr<std::shared_ptr<Book>> SnapshotKeeper::Load(const std::string& workspace,
                                                           const Cancelled& cancelled) {
  const absl::StatusOr<SnapshotFile> file = folder_->Read(workspace);
  if (absl::IsNotFound(file.status())) return nullptr;
  if (!file.ok()) {
    Note(SnapshotNote::Kind::kFailed, workspace, 0, std::string(file.status().message()));
    return nullptr;
  }
  absl::StatusOr<std::unique_ptr<Book>> read = BookSnapshot::Read(workspace, file->bytes());
  if (!read.ok()) {
    Refuse(workspace, std::string(read.status().message()));
    return nullptr;
  }
  std::shared_ptr<Book> book = *std::move(read);
  bool is_same_log = false;
  QC_RETURN_IF_ERROR(feed_(workspace, book->last_offset() - 1, cancelled,
                           [&](const ingestion::v1::WatchEventsResponse& batch) {
                             if (batch.events_size() == 0) return true;
                             is_same_log = book->IsLast(batch.events(0));
                             return false;
                           }));
  if (cancelled && cancelled()) return absl::CancelledError("the caller went away");
  if (!is_same_log) {
    Refuse(workspace, "its last event is not in the log");
    return nullptr;
  }
  Note(SnapshotNote::Kind::kLoaded, workspace, book->last_offset());
  return book;
}

void SnapshotKeeper::Offer(const std::string& workspace, const std::shared_ptr<Book>& book) {
  const int64_t last_offset = book->last_offset();
  std::lock_guard<std::mutex> lock(mutex_);
  Known& known = known_[workspace];
  known.book = book;
  const int64_t wanted = std::max(kSnapshotEventsMin, last_offset / kSnapshotShare);
  const int64_t known_through = std::max(known.saved_through, known.tried_through);
  if (known.is_queued || last_offset - known_through < wanted) return;
  known.is_queued = true;
  known.tried_through = last_offset;
  queue_.emplace_back(workspace, book);
  changed_.notify_all();
}

void SnapshotKeeper::Erase(const std::string& workspace, int64_t erasure_offset) {
  std::lock_guard<std::mutex> lock(mutex_);
  Known& known = known_[workspace];
  known.erased_through = std::max(known.erased_through, erasure_offset);
  if (known.saved_through == 0 || known.saved_through >= erasure_offset) return;
  Note(SnapshotNote::Kind::kErased, workspace, known.saved_through);
  DeleteFile(workspace, known);
}

void SnapshotKeeper::LookForErasures() {
  Look([this] { return is_ending_.load(); }, INT64_MAX);
}

void SnapshotKeeper::Look(const Cancelled& cancelled, int64_t events_max) {
  std::vector<std::pair<std::string, int64_t>> from;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto& [workspace, known] : known_) {
      known.is_looked_to_end = false;
      const std::shared_ptr<Book> book = known.book.lock();
      if (known.saved_through > 0) {
        from.emplace_back(workspace, std::max(known.saved_through, known.looked_through));
      } else if (book != nullptr) {
        from.emplace_back(workspace, book->last_offset());
      }
    }
  }
  for (const auto& [workspace, offset] : from) {
    int64_t looked_through = offset;
    int64_t erasure_offset = 0;
    bool is_stopped = false;
    const auto look_at = [&](const ingestion::v1::WatchEventsResponse& batch) {
      for (const ingestion::v1::EventRecord& record : batch.events()) {
        looked_through = record.offset();
        if (record.event().has_erasure()) erasure_offset = record.offset();
      }
      events_max -= batch.events_size();
      is_stopped = events_max <= 0 || (cancelled && cancelled());
      return !is_stopped;
    };
    // What the feed cannot say now is asked again.
    const absl::Status status = feed_(workspace, offset, cancelled, look_at);
    if (erasure_offset > 0) Erase(workspace, erasure_offset);
    std::lock_guard<std::mutex> lock(mutex_);
    Known& known = known_[workspace];
    known.looked_through = std::max(known.looked_through, looked_through);
    known.is_looked_to_end = status.ok() && !is_stopped;
  }
}

void SnapshotKeeper::WaitUntilIdle() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return queue_.empty() && !is_busy_; });
}

void SnapshotKeeper::Run() {
  LookForErasures();
  std::unique_lock<std::mutex> lock(mutex_);
  while (!is_ending_) {
    is_busy_ = false;
    changed_.notify_all();
    const bool is_awake = changed_.wait_for(lock, kErasureLookPause,
                                            [this] { return is_ending_ || !queue_.empty(); });
    if (is_ending_) break;
    is_busy_ = true;
    if (is_awake) {
      const auto [workspace, book] = queue_.front();
      queue_.pop_front();
      lock.unlock();
      Write(workspace, *book);
      lock.lock();
      known_[workspace].is_queued = false;
    } else {
      lock.unlock();
      LookForErasures();
      lock.lock();
    }
  }
}

void SnapshotKeeper::Write(const std::string& workspace, const Book& book) {
  int64_t last_offset = 0;
  bool is_kept = false;
  const absl::Status status = folder_->Write(
      workspace,
      [&](const SnapshotWriter::Sink& sink) -> absl::Status {
        SnapshotWriter writer(sink);
        QC_ASSIGN_OR_RETURN(last_offset, BookSnapshot::Write(workspace, book, writer));
        return absl::OkStatus();
      },
      [&](const std::function<absl::Status()>& rename) -> absl::Status {
        std::lock_guard<std::mutex> lock(mutex_);
        Known& known = known_[workspace];
        // Meanwhile an erasure may have come.
        if (last_offset < known.erased_through) return absl::OkStatus();
        QC_RETURN_IF_ERROR(rename());
        known.saved_through = last_offset;
        is_kept = true;
        return absl::OkStatus();
      });
  if (!status.ok()) {
    Note(SnapshotNote::Kind::kFailed, workspace, last_offset, std::string(status.message()));
  } else if (is_kept) {
    Note(SnapshotNote::Kind::kWritten, workspace, last_offset);
  }
}

void SnapshotKeeper::Refuse(const std::string& workspace, const std::string& reason) {
  Note(SnapshotNote::Kind::kRefused, workspace, 0, reason);
  std::lock_guard<std::mutex> lock(mutex_);
  DeleteFile(workspace, known_[workspace]);
}

void SnapshotKeeper::DeleteFile(const std::string& workspace, Known& known) {
  known.saved_through = 0;
  known.tried_through = 0;
  const absl::Status status = folder_->Delete(workspace);
  if (!status.ok()) {
    Note(SnapshotNote::Kind::kFailed, workspace, 0, std::string(status.message()));
  }
}

void SnapshotKeeper::Note(SnapshotNote::Kind kind, const std::string& workspace, int64_t log_offset,
                          const std::string& reason) const {
  if (notes_) notes_({kind, workspace, log_offset, reason});
}

}  // namespace quotacast::metrics
