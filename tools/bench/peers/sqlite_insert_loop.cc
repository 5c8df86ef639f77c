#include "tools/bench/peers/sqlite_insert_loop.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/status_macros.h"

namespace quotacast::bench {
namespace {

// When the rows say they were recorded; any constant costs the same.
constexpr int64_t kRecordedMicros = 1'800'000'000'000'000;

void BindText(sqlite3_stmt* statement, int position, const std::string& text) {
  sqlite3_bind_text(statement, position, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

}  // namespace

absl::Status SqliteInsertLoop::Error(const char* what) const {
  return absl::InternalError(absl::StrCat(what, ": ", sqlite3_errmsg(database_)));
}

absl::Status SqliteInsertLoop::Run(const std::string& sql) {
  return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK
             ? absl::OkStatus()
             : Error(sql.c_str());
}

absl::StatusOr<std::unique_ptr<SqliteInsertLoop>> SqliteInsertLoop::Create(
    const std::string& path, const std::string& log_path) {
  auto loop = absl::WrapUnique(new SqliteInsertLoop);
  if (sqlite3_open(path.c_str(), &loop->database_) != SQLITE_OK) return loop->Error("open");
  QC_RETURN_IF_ERROR(loop->CopySchema(log_path));
  QC_RETURN_IF_ERROR(loop->Run("PRAGMA journal_mode = WAL"));
  QC_RETURN_IF_ERROR(loop->Run("PRAGMA synchronous = FULL"));
  QC_RETURN_IF_ERROR(loop->Prepare());
  return loop;
}

SqliteInsertLoop::~SqliteInsertLoop() {
  sqlite3_finalize(insert_);
  sqlite3_close(database_);
}

absl::Status SqliteInsertLoop::CopySchema(const std::string& log_path) {
  QC_RETURN_IF_ERROR(Run(absl::StrCat("ATTACH '", log_path, "' AS log")));
  sqlite3_stmt* select = nullptr;
  sqlite3_prepare_v2(database_,
                     "SELECT sql FROM log.sqlite_schema WHERE tbl_name = 'event' AND sql IS NOT "
                     "NULL ORDER BY type DESC",
                     -1, &select, nullptr);
  std::vector<std::string> definitions;
  while (sqlite3_step(select) == SQLITE_ROW) {
    definitions.push_back(reinterpret_cast<const char*>(sqlite3_column_text(select, 0)));
  }
  sqlite3_finalize(select);
  if (definitions.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(log_path, " has no table of events"));
  }
  QC_RETURN_IF_ERROR(Run("DETACH log"));
  for (const std::string& definition : definitions) QC_RETURN_IF_ERROR(Run(definition));
  return absl::OkStatus();
}

absl::Status SqliteInsertLoop::Prepare() {
  sqlite3_stmt* columns = nullptr;
  sqlite3_prepare_v2(database_, "SELECT 1 FROM pragma_table_info('event') WHERE name = 'checksum'",
                     -1, &columns, nullptr);
  has_checksum_ = sqlite3_step(columns) == SQLITE_ROW;
  sqlite3_finalize(columns);
  const std::string sql = absl::StrCat(
      R"sql(INSERT INTO event (workspace, "offset", source, source_key, version, effective_micros,
                               recorded_micros, payload)sql",
      has_checksum_ ? ", checksum" : "", ") VALUES ('default', ?1, ?2, ?3, ?4, ?5, ?6, ?7",
      has_checksum_ ? ", ?8" : "",
      ") ON CONFLICT (workspace, source, source_key, version) DO NOTHING");
  return sqlite3_prepare_v2(database_, sql.c_str(), -1, &insert_, nullptr) == SQLITE_OK
             ? absl::OkStatus()
             : Error("prepare");
}

absl::Status SqliteInsertLoop::Insert(absl::Span<const LogRow> rows, size_t batch_rows) {
  for (size_t begin = 0; begin < rows.size(); begin += batch_rows) {
    QC_RETURN_IF_ERROR(Run("BEGIN IMMEDIATE"));
    for (const LogRow& row : rows.subspan(begin, std::min(batch_rows, rows.size() - begin))) {
      sqlite3_bind_int64(insert_, 1, last_offset_ + 1);
      BindText(insert_, 2, row.source);
      BindText(insert_, 3, row.source_key);
      BindText(insert_, 4, row.version);
      sqlite3_bind_int64(insert_, 5, row.effective_micros);
      sqlite3_bind_int64(insert_, 6, kRecordedMicros);
      sqlite3_bind_blob(insert_, 7, row.payload.data(), static_cast<int>(row.payload.size()),
                        SQLITE_STATIC);
      // As wide as a real one.
      if (has_checksum_) sqlite3_bind_int64(insert_, 8, int64_t{0x7fffffff} - last_offset_);
      const int code = sqlite3_step(insert_);
      sqlite3_reset(insert_);
      if (code != SQLITE_DONE) return Error("insert");
      last_offset_ += sqlite3_changes(database_);
    }
    QC_RETURN_IF_ERROR(Run("COMMIT"));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> SqliteInsertLoop::RowCount() {
  sqlite3_stmt* select = nullptr;
  sqlite3_prepare_v2(database_, "SELECT count(*) FROM event", -1, &select, nullptr);
  const bool has_row = sqlite3_step(select) == SQLITE_ROW;
  const int64_t count = sqlite3_column_int64(select, 0);
  sqlite3_finalize(select);
  if (!has_row) return Error("count");
  return count;
}

}  // namespace quotacast::bench
