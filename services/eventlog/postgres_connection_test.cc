// Goal: values come back as they were given; what goes wrong is told with a reason, the database's
// name and never a password; a lost connection is known as such. Method: a server of the test's
// own, whose sessions the test ends through a second connection.
#include "services/eventlog/postgres_connection.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "services/eventlog/postgres_test_cluster.h"

namespace quotacast::eventlog {
namespace {

PostgresTestCluster& Cluster() {
  static const std::unique_ptr<PostgresTestCluster> cluster = PostgresTestCluster::Start();
  return *cluster;
}

absl::StatusOr<std::unique_ptr<PostgresConnection>> Connect(const std::string& text) {
  absl::StatusOr<PostgresAddress> address = PostgresAddress::Parse(text);
  EXPECT_TRUE(address.ok()) << address.status();
  return PostgresConnection::Open(*address, PostgresSessionOptions());
}

std::string ReasonOf(const absl::Status& status) {
  const std::optional<ErrorDetail> detail = GetDetail(status);
  return detail.has_value() ? detail->reason : status.ToString();
}

TEST(PostgresAddressTest, NamesADatabaseWithoutItsPassword) {
  const auto name = [](const std::string& text) { return PostgresAddress::Parse(text)->name(); };
  EXPECT_EQ(name("postgresql://dana:s3cret@db.example:5433/sales"),
            "postgresql://dana@db.example:5433/sales");
  EXPECT_EQ(name("postgres://dana@db.example:5433/sales?password=s3cret"),
            "postgresql://dana@db.example:5433/sales");
  EXPECT_EQ(name("host=/run/pg port=5432 user=dana password='s3 cret' dbname=sales"),
            "postgresql://dana@/run/pg:5432/sales");
}

TEST(PostgresAddressTest, RefusesOtherTextWithoutRepeatingIt) {
  for (const char* text : {"", "s3cret", "postgresql://dana:s3cret@[db/sales", "host=db s3cret",
                           "postgresql://db/sales?passwort=s3cret", "passwort=s3cret"}) {
    const absl::Status status = PostgresAddress::Parse(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(status.ToString().find("s3cret"), std::string::npos) << status;
  }
}

TEST(PostgresConnectionTest, BinaryValuesComeBackAsTheyWere) {
  const auto connection = *Connect(Cluster().ConnectionString());
  const std::string odd("zero\0 \xff quote'", 14);
  const auto rows = connection->Run(
      "SELECT $1::bytea, $2::bigint, $3::bigint, u.* FROM unnest($4::bytea[], $5::bigint[], "
      "$6::bigint[], $7::boolean[]) AS u",
      PostgresArguments()
          .AddBytes(odd)
          .AddInt(-2)
          .AddInt(INT64_MAX)
          .AddBytesArray({std::string_view(odd), std::string_view()})
          .AddIntArray({INT64_MIN, 1'500'000'000'123'456})
          .AddOptionalIntArray({std::nullopt, int64_t{7}})
          .AddBoolArray({true, false}));
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->row_count(), 2);
  EXPECT_EQ(rows->Bytes(0, 0), odd);
  EXPECT_EQ(rows->Int(0, 1), -2);
  EXPECT_EQ(rows->Int(0, 2), INT64_MAX);
  EXPECT_EQ(rows->Bytes(0, 3), odd);
  EXPECT_EQ(rows->Bytes(1, 3), "");
  EXPECT_EQ(rows->Int(0, 4), INT64_MIN);
  EXPECT_EQ(rows->Int(1, 4), 1'500'000'000'123'456);
  EXPECT_TRUE(rows->IsNull(0, 5));
  EXPECT_EQ(rows->Int(1, 5), 7);
  EXPECT_NE(rows->Int(0, 6), 0);
  EXPECT_EQ(rows->Int(1, 6), 0);
  // Empty arrays have a form of their own.
  const auto none = connection->Run("SELECT u FROM unnest($1::bytea[]) AS u",
                                    PostgresArguments().AddBytesArray({}));
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(none->row_count(), 0);
}

TEST(PostgresConnectionTest, RefusalsNameTheDatabaseAndNoPassword) {
  const std::string wrong = "Open-Barley";
  const absl::Status denied = Connect(Cluster().TcpUri(wrong)).status();
  EXPECT_EQ(denied.code(), absl::StatusCode::kFailedPrecondition) << denied;
  EXPECT_EQ(ReasonOf(denied), "LOG_ACCESS_DENIED");
  EXPECT_EQ(denied.ToString().find(wrong), std::string::npos) << denied;
  EXPECT_NE(denied.ToString().find(absl::StrCat("127.0.0.1:", Cluster().port())), std::string::npos)
      << denied;
  EXPECT_TRUE(Connect(Cluster().TcpUri(PostgresTestCluster::kPassword)).ok());

  const absl::Status unknown = Connect(Cluster().ConnectionString("nowhere")).status();
  EXPECT_EQ(unknown.code(), absl::StatusCode::kFailedPrecondition) << unknown;
  EXPECT_EQ(ReasonOf(unknown), "LOG_CANNOT_OPEN");
  EXPECT_NE(unknown.ToString().find("nowhere"), std::string::npos) << unknown;

  // Port 1 is nobody's.
  const absl::Status unreachable = Connect("host=127.0.0.1 port=1 user=u dbname=d").status();
  EXPECT_EQ(unreachable.code(), absl::StatusCode::kUnavailable) << unreachable;
  EXPECT_EQ(ReasonOf(unreachable), "LOG_UNREACHABLE");
  EXPECT_TRUE(GetDetail(unreachable)->retry_after.has_value());
}

TEST(PostgresConnectionTest, AnErrorLeavesTheConnectionUsable) {
  const auto connection = *Connect(Cluster().ConnectionString());
  ASSERT_TRUE(connection->Execute("BEGIN").ok());
  EXPECT_EQ(ReasonOf(connection->Execute("SELECT 1 / 0")), "LOG_BROKEN");
  EXPECT_EQ(connection->last_sqlstate(), "22012");
  EXPECT_TRUE(connection->InTransaction());
  // A COMMIT of a failed transaction rolls back and says so.
  EXPECT_FALSE(connection->Commit().ok());
  EXPECT_FALSE(connection->IsLost());
  EXPECT_FALSE(connection->InTransaction());
  EXPECT_EQ(*connection->QueryText("SELECT 7"), "7");
}

TEST(PostgresConnectionTest, ALostConnectionIsKnownAsSuch) {
  const auto connection = *Connect(Cluster().ConnectionString());
  const std::string pid = *connection->QueryText("SELECT pg_backend_pid()");
  const auto other = *Connect(Cluster().ConnectionString());
  ASSERT_TRUE(other->Execute(absl::StrCat("SELECT pg_terminate_backend(", pid, ", 60000)")).ok());
  const absl::Status status = connection->Execute("SELECT 1");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(ReasonOf(status), "LOG_UNREACHABLE");
  EXPECT_TRUE(connection->IsLost());
  EXPECT_FALSE(connection->Rollback());
}

TEST(PostgresConnectionTest, StatementsAndLocksHaveTimeLimits) {
  PostgresSessionOptions options;
  options.statement_timeout = absl::Milliseconds(20);
  const auto slow =
      *PostgresConnection::Open(*PostgresAddress::Parse(Cluster().ConnectionString()), options);
  EXPECT_EQ(ReasonOf(slow->Execute("SELECT pg_sleep(60)")), "LOG_TIMEOUT");
  options = PostgresSessionOptions();
  options.lock_timeout = absl::Milliseconds(20);
  const auto waiting =
      *PostgresConnection::Open(*PostgresAddress::Parse(Cluster().ConnectionString()), options);
  const auto holder = *Connect(Cluster().ConnectionString());
  ASSERT_TRUE(holder->Execute("CREATE TABLE held (x int)").ok());
  ASSERT_TRUE(holder->Execute("BEGIN; LOCK TABLE held").ok());
  EXPECT_EQ(ReasonOf(waiting->Execute("SELECT * FROM held")), "LOG_LOCKED");
}

TEST(PostgresErrorTest, MapsEachClassToCodeAndReason) {
  const auto reason = [](const char* sqlstate) {
    return ReasonOf(PostgresError("postgresql://db", sqlstate, "cause"));
  };
  EXPECT_EQ(reason(""), "LOG_UNREACHABLE");
  EXPECT_EQ(reason("57P01"), "LOG_UNREACHABLE");
  EXPECT_EQ(reason("57P03"), "LOG_UNREACHABLE");
  EXPECT_EQ(reason("53300"), "LOG_UNREACHABLE");
  EXPECT_EQ(reason("53100"), "LOG_DISK_FULL");
  EXPECT_EQ(reason("40001"), "LOG_LOCKED");
  EXPECT_EQ(reason("25006"), "LOG_READ_ONLY");
  EXPECT_EQ(reason("42501"), "LOG_ACCESS_DENIED");
  EXPECT_EQ(reason("XX001"), "LOG_CORRUPT");
  EXPECT_EQ(reason("58030"), "LOG_IO_ERROR");
  EXPECT_EQ(reason("42P01"), "LOG_BROKEN");
}

}  // namespace
}  // namespace quotacast::eventlog
