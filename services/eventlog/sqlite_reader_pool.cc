#include "services/eventlog/sqlite_reader_pool.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_validation.h"
#include "services/eventlog/sqlite_connection.h"

namespace quotacast::eventlog {

// One connection with its statements; used by one thread at a time.
class SqliteReaderPool::Reader {
 public:
  static absl::StatusOr<std::unique_ptr<Reader>> Open(const std::string& path,
                                                      absl::Duration busy_timeout) {
    QC_ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> connection,
                        SqliteConnection::Open(path, busy_timeout));
    QC_RETURN_IF_ERROR(connection->Execute("PRAGMA query_only = 1"));
    auto reader = absl::WrapUnique(new Reader(std::move(connection)));
    QC_RETURN_IF_ERROR(reader->PrepareStatements());
    return reader;
  }

  absl::StatusOr<std::vector<StoredEvent>> Read(std::string_view workspace, int64_t after_offset,
                                                size_t max_events) {
    const SqliteScope scope(read_);
    read_.BindText(1, workspace);
    read_.BindInt(2, after_offset);
    read_.BindInt(3, static_cast<int64_t>(std::min(
                         max_events, static_cast<size_t>(std::numeric_limits<int64_t>::max()))));
    return Collect(read_);
  }

  absl::StatusOr<std::vector<StoredEvent>> ReadKey(std::string_view workspace,
                                                   std::string_view source,
                                                   std::string_view source_key) {
    const SqliteScope scope(read_key_);
    read_key_.BindText(1, workspace);
    read_key_.BindText(2, source);
    read_key_.BindText(3, source_key);
    return Collect(read_key_);
  }

  absl::StatusOr<int64_t> LastOffset(std::string_view workspace) {
    const SqliteScope scope(last_offset_);
    last_offset_.BindText(1, workspace);
    QC_RETURN_IF_ERROR(last_offset_.Step().status());
    return last_offset_.Int(0);  // max() of nothing is NULL, which reads as 0.
  }

  absl::StatusOr<std::vector<std::string>> Workspaces() {
    const SqliteScope scope(workspaces_);
    std::vector<std::string> names;
    while (true) {
      QC_ASSIGN_OR_RETURN(const bool has_row, workspaces_.Step());
      if (!has_row) return names;
      names.push_back(workspaces_.Bytes(0));
    }
  }

 private:
  explicit Reader(std::unique_ptr<SqliteConnection> connection)
      : connection_(std::move(connection)) {}

  absl::Status PrepareStatements() {
    const std::pair<SqliteStatement*, std::string_view> statements[] = {
        {&read_, R"sql(
SELECT "offset", source, source_key, version, effective_micros, recorded_micros, payload
FROM event WHERE workspace = ?1 AND "offset" > ?2 ORDER BY "offset" LIMIT ?3)sql"},
        {&read_key_, kReadKeySql},
        {&last_offset_, R"sql(SELECT max("offset") FROM event WHERE workspace = ?1)sql"},
        // Leaps from one workspace to the next along the index instead of visiting every event.
        {&workspaces_, R"sql(
WITH RECURSIVE name(value) AS (
  SELECT min(workspace) FROM event
  UNION ALL
  SELECT (SELECT min(workspace) FROM event WHERE workspace > value) FROM name
  WHERE value IS NOT NULL
)
SELECT value FROM name WHERE value IS NOT NULL)sql"},
    };
    for (const auto& entry : statements) {
      QC_ASSIGN_OR_RETURN(*entry.first, connection_->Prepare(entry.second));
    }
    return absl::OkStatus();
  }

  static absl::StatusOr<std::vector<StoredEvent>> Collect(SqliteStatement& statement) {
    std::vector<StoredEvent> events;
    while (true) {
      QC_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
      if (!has_row) return events;
      StoredEvent stored;
      stored.offset = statement.Int(0);
      stored.event.id = {statement.Bytes(1), statement.Bytes(2), statement.Bytes(3)};
      if (!statement.IsNull(4)) stored.event.effective_time = EffectiveTime(statement.Int(4));
      stored.recorded_time = absl::FromUnixMicros(statement.Int(5));
      stored.event.payload = statement.Bytes(6);
      events.push_back(std::move(stored));
    }
  }

  const std::unique_ptr<SqliteConnection> connection_;
  SqliteStatement read_;
  SqliteStatement read_key_;
  SqliteStatement last_offset_;
  SqliteStatement workspaces_;
};

SqliteReaderPool::SqliteReaderPool(std::string path, absl::Duration busy_timeout)
    : path_(std::move(path)), busy_timeout_(busy_timeout) {}

SqliteReaderPool::~SqliteReaderPool() = default;

absl::StatusOr<std::unique_ptr<SqliteReaderPool::Reader>> SqliteReaderPool::Borrow() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Reader> reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
  }
  return Reader::Open(path_, busy_timeout_);
}

void SqliteReaderPool::Return(std::unique_ptr<Reader> reader) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (idle_.size() < kMaxIdleReaders) idle_.push_back(std::move(reader));
}

absl::StatusOr<std::vector<StoredEvent>> SqliteReaderPool::Read(std::string_view workspace,
                                                                int64_t after_offset,
                                                                size_t max_events) {
  QC_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, Borrow());
  absl::StatusOr<std::vector<StoredEvent>> events =
      reader->Read(workspace, after_offset, max_events);
  if (events.ok()) Return(std::move(reader));
  return events;
}

absl::StatusOr<std::vector<StoredEvent>> SqliteReaderPool::ReadKey(std::string_view workspace,
                                                                   std::string_view source,
                                                                   std::string_view source_key) {
  QC_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, Borrow());
  absl::StatusOr<std::vector<StoredEvent>> events = reader->ReadKey(workspace, source, source_key);
  if (events.ok()) Return(std::move(reader));
  return events;
}

absl::StatusOr<int64_t> SqliteReaderPool::LastOffset(std::string_view workspace) {
  QC_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, Borrow());
  const absl::StatusOr<int64_t> offset = reader->LastOffset(workspace);
  if (offset.ok()) Return(std::move(reader));
  return offset;
}

absl::StatusOr<std::vector<std::string>> SqliteReaderPool::Workspaces() {
  QC_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, Borrow());
  absl::StatusOr<std::vector<std::string>> names = reader->Workspaces();
  if (names.ok()) Return(std::move(reader));
  return names;
}

size_t SqliteReaderPool::IdleCountForTesting() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return idle_.size();
}

}  // namespace quotacast::eventlog
