// Goal: values of any bytes go in and out, and each kind of failure names the file, the reason and
// what to do. Method: real files in a temporary directory, made wrong in each way.
#include "services/eventlog/sqlite_connection.h"

#include <sqlite3.h>

#include <cstdint>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "services/eventlog/temp_directory.h"

namespace quotacast::eventlog {
namespace {

void ExpectRefused(const absl::Status& status, absl::StatusCode code, const std::string& reason,
                   const std::string& path) {
  EXPECT_EQ(status.code(), code) << status;
  ASSERT_TRUE(GetDetail(status).has_value()) << status;
  EXPECT_EQ(GetDetail(status)->reason, reason) << status;
  EXPECT_NE(std::string(status.message()).find(path), std::string::npos) << status;
  EXPECT_EQ(GetDetail(status)->retry_after.has_value(), code == absl::StatusCode::kUnavailable);
}

class SqliteConnectionTest : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteConnection> Open() {
    absl::StatusOr<std::unique_ptr<SqliteConnection>> connection =
        SqliteConnection::Open(path_, absl::ZeroDuration());
    EXPECT_TRUE(connection.ok()) << connection.status();
    return *std::move(connection);
  }

  TempDirectory directory_;
  const std::string path_ = directory_.File("a.db");
};

TEST_F(SqliteConnectionTest, ValuesGoInAndOut) {
  const auto connection = Open();
  ASSERT_TRUE(connection->Execute("CREATE TABLE t (i INT, s TEXT, b BLOB, n INT) STRICT").ok());
  const std::string odd("zero\0 and \xff", 11);
  SqliteStatement insert = *connection->Prepare("INSERT INTO t VALUES (?1, ?2, ?3, ?4)");
  insert.BindInt(1, std::numeric_limits<int64_t>::min());
  insert.BindText(2, odd);
  insert.BindBlob(3, odd);
  insert.BindNull(4);
  EXPECT_FALSE(*insert.Step());
  EXPECT_EQ(connection->ChangedRowCount(), 1);
  insert.Reset();
  // Empty is not NULL; and Reset has cleared what was bound.
  insert.BindText(2, {});
  insert.BindBlob(3, {});
  EXPECT_FALSE(*insert.Step());

  SqliteStatement select = *connection->Prepare("SELECT i, s, b, n FROM t ORDER BY rowid");
  ASSERT_TRUE(*select.Step());
  EXPECT_EQ(select.Int(0), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(select.Bytes(1), odd);
  EXPECT_EQ(select.Bytes(2), odd);
  EXPECT_TRUE(select.IsNull(3));
  ASSERT_TRUE(*select.Step());
  EXPECT_TRUE(select.IsNull(0));
  EXPECT_FALSE(select.IsNull(1));
  EXPECT_EQ(select.Bytes(1), "");
  EXPECT_FALSE(select.IsNull(2));
  EXPECT_FALSE(*select.Step());
}

TEST_F(SqliteConnectionTest, MovedStatementsWork) {
  const auto connection = Open();
  SqliteStatement first = *connection->Prepare("SELECT 1");
  SqliteStatement second = std::move(first);
  SqliteStatement third;
  third = std::move(second);
  {
    const SqliteScope scope(third);
    ASSERT_TRUE(*third.Step());
    EXPECT_EQ(third.Int(0), 1);
  }
  EXPECT_TRUE(*third.Step());
}

TEST_F(SqliteConnectionTest, ABadBindingShowsAtTheStep) {
  const auto connection = Open();
  SqliteStatement statement = *connection->Prepare("SELECT ?1");
  statement.BindInt(2, 7);
  EXPECT_FALSE(statement.Step().ok());
  statement.Reset();
  statement.BindInt(1, 7);
  EXPECT_TRUE(*statement.Step());
}

TEST_F(SqliteConnectionTest, KnowsWhetherATransactionIsOpen) {
  const auto connection = Open();
  EXPECT_FALSE(connection->InTransaction());
  ASSERT_TRUE(connection->Execute("BEGIN").ok());
  EXPECT_TRUE(connection->InTransaction());
  ASSERT_TRUE(connection->Execute("ROLLBACK").ok());
  EXPECT_FALSE(connection->InTransaction());
}

TEST_F(SqliteConnectionTest, QueriesGiveTheFirstValue) {
  const auto connection = Open();
  EXPECT_EQ(*connection->QueryInt("SELECT 41 + 1"), 42);
  EXPECT_EQ(*connection->QueryText("SELECT 'text'"), "text");
  EXPECT_EQ(connection->QueryInt("SELECT 1 WHERE 0").status().code(), absl::StatusCode::kInternal);
}

TEST_F(SqliteConnectionTest, RefusesPathsThatAreNoFile) {
  for (const char* path : {"", ":memory:"}) {
    EXPECT_EQ(SqliteConnection::Open(path, absl::ZeroDuration()).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  ExpectRefused(SqliteConnection::Open(directory_.File("none/a.db"), absl::ZeroDuration()).status(),
                absl::StatusCode::kFailedPrecondition, "LOG_CANNOT_OPEN",
                directory_.File("none/a.db"));
  ExpectRefused(SqliteConnection::Open(directory_.path(), absl::ZeroDuration()).status(),
                absl::StatusCode::kFailedPrecondition, "LOG_CANNOT_OPEN", directory_.path());
}

TEST_F(SqliteConnectionTest, NamesEachKindOfFailure) {
  {
    const auto connection = Open();
    ASSERT_TRUE(connection->Execute("CREATE TABLE t (b BLOB); PRAGMA max_page_count = 3").ok());
    ExpectRefused(connection->Execute("INSERT INTO t VALUES (zeroblob(100000))"),
                  absl::StatusCode::kUnavailable, "LOG_DISK_FULL", path_);

    const auto other = Open();
    ASSERT_TRUE(other->Execute("BEGIN IMMEDIATE").ok());
    ExpectRefused(connection->Execute("BEGIN IMMEDIATE"), absl::StatusCode::kUnavailable,
                  "LOG_LOCKED", path_);
    ASSERT_TRUE(other->Execute("ROLLBACK").ok());

    ASSERT_TRUE(connection->Execute("PRAGMA query_only = 1").ok());
    ExpectRefused(connection->Execute("INSERT INTO t VALUES (NULL)"),
                  absl::StatusCode::kFailedPrecondition, "LOG_READ_ONLY", path_);
    ExpectRefused(connection->Execute("SELECT * FROM missing"), absl::StatusCode::kInternal,
                  "LOG_BROKEN", path_);
    ExpectRefused(connection->Error(SQLITE_IOERR_WRITE), absl::StatusCode::kInternal,
                  "LOG_IO_ERROR", path_);
    ExpectRefused(connection->Error(SQLITE_CORRUPT_INDEX), absl::StatusCode::kInternal,
                  "LOG_CORRUPT", path_);
  }
  std::ofstream(path_, std::ios::trunc) << std::string(8192, 'x');
  const auto connection = Open();
  ExpectRefused(connection->QueryInt("PRAGMA user_version").status(),
                absl::StatusCode::kFailedPrecondition, "LOG_NOT_A_DATABASE", path_);
}

}  // namespace
}  // namespace quotacast::eventlog
