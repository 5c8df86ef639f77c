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
#include "services/eventlog/event_checksum.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_validation.h"
#include "services/eventlog/page_verifier.h"
#include "services/eventlog/sqlite_connection.h"

namespace quotacast::eventlog {
namespace {

// A usual page. Moving events as the vector grows costs a tenth of a read.
constexpr size_t kReservedEvents = 1'000;

}  // namespace

// One connection with its statements; used by one thread at a time.
class SqliteReaderPool::Reader {
 public:
  static absl::StatusOr<std::unique_ptr<Reader>> Open(const std::string& path,
                                                      absl::Duration busy_timeout,
                                                      const std::string& vfs) {
    QC_ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> connection,
                        SqliteConnection::Open(path, busy_timeout, vfs));
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
    read_.BindInt(3, Limit(max_events));
    return Collect(read_, max_events);
  }

  absl::StatusOr<std::vector<StoredEvent>> ReadKey(std::string_view workspace,
                                                   std::string_view source,
                                                   std::string_view source_key) {
    const SqliteScope scope(read_key_);
    read_key_.BindText(1, workspace);
    read_key_.BindText(2, source);
    read_key_.BindText(3, source_key);
    return Collect(read_key_, /*max_events=*/1);
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

  absl::StatusOr<std::vector<Conflict>> ListConflicts(std::string_view workspace,
                                                      int64_t after_number, size_t max_conflicts) {
    const SqliteScope scope(list_conflicts_);
    list_conflicts_.BindText(1, workspace);
    list_conflicts_.BindInt(2, after_number);
    list_conflicts_.BindInt(3, Limit(max_conflicts));
    std::vector<Conflict> conflicts;
    while (true) {
      QC_ASSIGN_OR_RETURN(const bool has_row, list_conflicts_.Step());
      if (!has_row) return conflicts;
      Conflict& conflict = conflicts.emplace_back();
      conflict.number = list_conflicts_.Int(0);
      conflict.kept_offset = list_conflicts_.Int(1);
      conflict.recorded_time = absl::FromUnixMicros(list_conflicts_.Int(2));
      conflict.event.id = {list_conflicts_.Bytes(3), list_conflicts_.Bytes(4),
                           list_conflicts_.Bytes(5)};
      conflict.event.effective_time = EffectiveTime(list_conflicts_.OptionalInt(6));
      conflict.event.payload = list_conflicts_.Bytes(7);
    }
  }

  absl::StatusOr<std::optional<Record>> GetRecord(std::string_view workspace, std::string_view kind,
                                                  std::string_view key) {
    const SqliteScope scope(get_record_);
    get_record_.BindText(1, workspace);
    get_record_.BindText(2, kind);
    get_record_.BindText(3, key);
    QC_ASSIGN_OR_RETURN(const bool has_row, get_record_.Step());
    if (!has_row) return std::nullopt;
    return RecordOf(kind, get_record_);
  }

  absl::StatusOr<std::vector<Record>> ListRecords(std::string_view workspace, std::string_view kind,
                                                  std::string_view after_key, size_t max_records) {
    const SqliteScope scope(list_records_);
    list_records_.BindText(1, workspace);
    list_records_.BindText(2, kind);
    list_records_.BindText(3, after_key);
    list_records_.BindInt(4, Limit(max_records));
    std::vector<Record> records;
    while (true) {
      QC_ASSIGN_OR_RETURN(const bool has_row, list_records_.Step());
      if (!has_row) return records;
      records.push_back(RecordOf(kind, list_records_));
    }
  }

  absl::StatusOr<int64_t> CountRecords(std::string_view workspace, std::string_view kind) {
    const SqliteScope scope(count_records_);
    count_records_.BindText(1, workspace);
    count_records_.BindText(2, kind);
    QC_RETURN_IF_ERROR(count_records_.Step().status());
    return count_records_.Int(0);
  }

  // Three statements and thus three snapshots: nothing but appends happens in between that could
  // matter, and by asking for the count first, an append only makes it too small.
  absl::StatusOr<VerifiedPage> Verify(std::string_view workspace, int64_t after_offset,
                                      size_t max_events) {
    QC_ASSIGN_OR_RETURN(const LogStats stats, Stats(workspace));
    std::optional<int64_t> previous_recorded_micros;
    {
      const SqliteScope scope(recorded_at_);
      recorded_at_.BindText(1, workspace);
      recorded_at_.BindInt(2, after_offset);
      QC_ASSIGN_OR_RETURN(const bool has_row, recorded_at_.Step());
      if (has_row) previous_recorded_micros = recorded_at_.Int(0);
    }
    PageVerifier verifier(after_offset, previous_recorded_micros);
    const SqliteScope scope(verify_);
    verify_.BindText(1, workspace);
    verify_.BindInt(2, after_offset);
    verify_.BindInt(3, Limit(max_events));
    while (true) {
      QC_ASSIGN_OR_RETURN(const bool has_row, verify_.Step());
      if (!has_row) break;
      std::optional<uint32_t> checksum;
      if (!verify_.IsNull(8)) checksum = static_cast<uint32_t>(verify_.Int(8));
      verifier.Check(FieldsOfRow(workspace, verify_), checksum);
    }
    if (static_cast<size_t>(verifier.page().event_count) < max_events) {
      verifier.CheckEnd(stats.event_count);
    }
    return verifier.page();
  }

  absl::StatusOr<LogStats> Stats(std::string_view workspace) {
    const SqliteScope scope(stats_);
    stats_.BindText(1, workspace);
    QC_RETURN_IF_ERROR(stats_.Step().status());
    LogStats stats;
    stats.event_count = stats_.Int(0);
    stats.payload_bytes = stats_.Int(1);
    stats.erased_event_count = stats_.Int(2);
    stats.conflict_count = stats_.Int(3);
    stats.first_recorded_time = EffectiveTime(stats_.OptionalInt(4));
    stats.last_recorded_time = EffectiveTime(stats_.OptionalInt(5));
    return stats;
  }

 private:
  explicit Reader(std::unique_ptr<SqliteConnection> connection)
      : connection_(std::move(connection)) {}

  absl::Status PrepareStatements() {
    const std::pair<SqliteStatement*, std::string_view> statements[] = {
        {&read_, R"sql(
SELECT "offset", source, source_key, version, effective_micros, recorded_micros, payload, is_erased
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
        {&list_conflicts_, R"sql(
SELECT number, kept_offset, recorded_micros, source, source_key, version, effective_micros, payload
FROM conflict WHERE workspace = ?1 AND number > ?2 ORDER BY number LIMIT ?3)sql"},
        {&get_record_, R"sql(
SELECT "key", recorded_micros, value FROM record
WHERE workspace = ?1 AND kind = ?2 AND "key" = ?3)sql"},
        {&list_records_, R"sql(
SELECT "key", recorded_micros, value FROM record
WHERE workspace = ?1 AND kind = ?2 AND "key" > ?3 ORDER BY "key" LIMIT ?4)sql"},
        {&count_records_,
         R"sql(SELECT count(*) FROM record WHERE workspace = ?1 AND kind = ?2)sql"},
        {&recorded_at_,
         R"sql(SELECT recorded_micros FROM event WHERE workspace = ?1 AND "offset" = ?2)sql"},
        {&verify_, R"sql(
SELECT "offset", source, source_key, version, effective_micros, recorded_micros, payload, is_erased,
       checksum
FROM event WHERE workspace = ?1 AND "offset" > ?2 ORDER BY "offset" LIMIT ?3)sql"},
        {&stats_, R"sql(
SELECT max(event_count), max(payload_bytes), max(erased_event_count),  -- One row or none.
       (SELECT count(*) FROM conflict WHERE workspace = ?1),
       (SELECT recorded_micros FROM event WHERE workspace = ?1 ORDER BY "offset" LIMIT 1),
       (SELECT recorded_micros FROM event WHERE workspace = ?1 ORDER BY "offset" DESC LIMIT 1)
FROM workspace WHERE workspace = ?1)sql"},
    };
    for (const auto& entry : statements) {
      QC_ASSIGN_OR_RETURN(*entry.first, connection_->Prepare(entry.second));
    }
    return absl::OkStatus();
  }

  static int64_t Limit(size_t count) {
    return static_cast<int64_t>(
        std::min(count, static_cast<size_t>(std::numeric_limits<int64_t>::max())));
  }

  static Record RecordOf(std::string_view kind, const SqliteStatement& row) {
    return {std::string(kind), row.Bytes(0), row.Bytes(2), absl::FromUnixMicros(row.Int(1))};
  }

  // Columns in the order of the statements that read events; the views live as long as the row.
  static StoredFields FieldsOfRow(std::string_view workspace, const SqliteStatement& row) {
    StoredFields fields;
    fields.workspace = workspace;
    fields.offset = row.Int(0);
    fields.source = row.View(1);
    fields.source_key = row.View(2);
    fields.version = row.View(3);
    fields.effective_micros = row.OptionalInt(4);
    fields.recorded_micros = row.Int(5);
    fields.payload = row.View(6);
    fields.is_erased = row.Int(7) != 0;
    return fields;
  }

  // All rows. Room for `max_events`, within bounds, is made with the first one.
  static absl::StatusOr<std::vector<StoredEvent>> Collect(SqliteStatement& statement,
                                                          size_t max_events) {
    std::vector<StoredEvent> events;
    while (true) {
      QC_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
      if (!has_row) return events;
      if (events.empty()) events.reserve(std::min(max_events, kReservedEvents));
      StoredEvent& stored = events.emplace_back();
      stored.offset = statement.Int(0);
      stored.event.id.source = statement.View(1);
      stored.event.id.source_key = statement.View(2);
      stored.event.id.version = statement.View(3);
      stored.event.effective_time = EffectiveTime(statement.OptionalInt(4));
      stored.recorded_time = absl::FromUnixMicros(statement.Int(5));
      stored.event.payload = statement.View(6);
      stored.is_erased = statement.Int(7) != 0;
    }
  }

  const std::unique_ptr<SqliteConnection> connection_;
  SqliteStatement read_;
  SqliteStatement read_key_;
  SqliteStatement last_offset_;
  SqliteStatement workspaces_;
  SqliteStatement list_conflicts_;
  SqliteStatement get_record_;
  SqliteStatement list_records_;
  SqliteStatement count_records_;
  SqliteStatement recorded_at_;
  SqliteStatement verify_;
  SqliteStatement stats_;
};

SqliteReaderPool::SqliteReaderPool(std::string path, absl::Duration busy_timeout, std::string vfs)
    : path_(std::move(path)), busy_timeout_(busy_timeout), vfs_(std::move(vfs)) {}

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
  return Reader::Open(path_, busy_timeout_, vfs_);
}

void SqliteReaderPool::Return(std::unique_ptr<Reader> reader) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (idle_.size() < kMaxIdleReaders) idle_.push_back(std::move(reader));
}

template <typename Ask>
auto SqliteReaderPool::With(Ask ask) -> decltype(ask(std::declval<Reader&>())) {
  QC_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, Borrow());
  auto answer = ask(*reader);
  if (answer.ok()) Return(std::move(reader));
  return answer;
}

absl::StatusOr<std::vector<StoredEvent>> SqliteReaderPool::Read(std::string_view workspace,
                                                                int64_t after_offset,
                                                                size_t max_events) {
  return With([&](Reader& reader) { return reader.Read(workspace, after_offset, max_events); });
}

absl::StatusOr<std::vector<StoredEvent>> SqliteReaderPool::ReadKey(std::string_view workspace,
                                                                   std::string_view source,
                                                                   std::string_view source_key) {
  return With([&](Reader& reader) { return reader.ReadKey(workspace, source, source_key); });
}

absl::StatusOr<int64_t> SqliteReaderPool::LastOffset(std::string_view workspace) {
  return With([&](Reader& reader) { return reader.LastOffset(workspace); });
}

absl::StatusOr<std::vector<std::string>> SqliteReaderPool::Workspaces() {
  return With([](Reader& reader) { return reader.Workspaces(); });
}

absl::StatusOr<std::vector<Conflict>> SqliteReaderPool::ListConflicts(std::string_view workspace,
                                                                      int64_t after_number,
                                                                      size_t max_conflicts) {
  return With(
      [&](Reader& reader) { return reader.ListConflicts(workspace, after_number, max_conflicts); });
}

absl::StatusOr<std::optional<Record>> SqliteReaderPool::GetRecord(std::string_view workspace,
                                                                  std::string_view kind,
                                                                  std::string_view key) {
  return With([&](Reader& reader) { return reader.GetRecord(workspace, kind, key); });
}

absl::StatusOr<std::vector<Record>> SqliteReaderPool::ListRecords(std::string_view workspace,
                                                                  std::string_view kind,
                                                                  std::string_view after_key,
                                                                  size_t max_records) {
  return With(
      [&](Reader& reader) { return reader.ListRecords(workspace, kind, after_key, max_records); });
}

absl::StatusOr<int64_t> SqliteReaderPool::CountRecords(std::string_view workspace,
                                                       std::string_view kind) {
  return With([&](Reader& reader) { return reader.CountRecords(workspace, kind); });
}

absl::StatusOr<VerifiedPage> SqliteReaderPool::Verify(std::string_view workspace,
                                                      int64_t after_offset, size_t max_events) {
  return With([&](Reader& reader) { return reader.Verify(workspace, after_offset, max_events); });
}

absl::StatusOr<LogStats> SqliteReaderPool::Stats(std::string_view workspace) {
  return With([&](Reader& reader) { return reader.Stats(workspace); });
}

size_t SqliteReaderPool::IdleCountForTesting() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return idle_.size();
}

}  // namespace quotacast::eventlog
