// Goal: the schema is made once, whoever starts first; a newer or a foreign one is refused and left
// as it is. Method: a server of the test's own, one PostgreSQL schema per case.
#include "services/eventlog/postgres_migrations.h"

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "services/eventlog/postgres_connection.h"
#include "services/eventlog/postgres_test_cluster.h"

namespace quotacast::eventlog {
namespace {

std::unique_ptr<PostgresConnection> Connect() {
  static const std::unique_ptr<PostgresTestCluster> cluster = PostgresTestCluster::Start();
  return *PostgresConnection::Open(*PostgresAddress::Parse(cluster->ConnectionString()),
                                   PostgresSessionOptions());
}

std::string ReasonOf(const absl::Status& status) {
  const std::optional<ErrorDetail> detail = GetDetail(status);
  return detail.has_value() ? detail->reason : status.ToString();
}

TEST(PostgresMigrationsTest, MakesTheSchemaAndThenFindsNothingToDo) {
  const auto connection = Connect();
  ASSERT_TRUE(MigratePostgres(*connection, "made").ok());
  EXPECT_EQ(*connection->QueryText("SELECT version FROM schema_version"),
            absl::StrCat(kPostgresSchemaVersion));
  EXPECT_EQ(*connection->QueryText("SELECT count(*) FROM made.event"), "0");
  EXPECT_TRUE(MigratePostgres(*connection, "made").ok());
  EXPECT_EQ(*connection->QueryText("SELECT count(*) FROM schema_version"), "1");
}

TEST(PostgresMigrationsTest, ProgramsThatStartAtOnceDoNotCollide) {
  std::vector<std::unique_ptr<PostgresConnection>> connections;
  for (int i = 0; i < 6; ++i) connections.push_back(Connect());
  std::vector<std::thread> threads;
  for (const auto& connection : connections) {
    threads.emplace_back([&connection] {
      const absl::Status status = MigratePostgres(*connection, "raced");
      EXPECT_TRUE(status.ok()) << status;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(*connections[0]->QueryText("SELECT count(*) FROM raced.schema_version"), "1");
}

TEST(PostgresMigrationsTest, TwoLogsLiveInOneDatabase) {
  const auto connection = Connect();
  ASSERT_TRUE(MigratePostgres(*connection, "first").ok());
  ASSERT_TRUE(MigratePostgres(*connection, "second").ok());
  EXPECT_EQ(*connection->QueryText("SELECT count(*) FROM first.event, second.event"), "0");
}

TEST(PostgresMigrationsTest, RefusesANewerSchemaNamingBothVersions) {
  const auto connection = Connect();
  ASSERT_TRUE(MigratePostgres(*connection, "newer").ok());
  ASSERT_TRUE(connection->Execute("UPDATE schema_version SET version = 42").ok());
  const absl::Status status = MigratePostgres(*connection, "newer");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), "LOG_TOO_NEW");
  EXPECT_NE(status.ToString().find("version 42"), std::string::npos) << status;
  EXPECT_NE(status.ToString().find(absl::StrCat("up to ", kPostgresSchemaVersion)),
            std::string::npos)
      << status;
}

TEST(PostgresMigrationsTest, RefusesAnotherProgramsSchemaUnchanged) {
  const auto connection = Connect();
  ASSERT_TRUE(connection->Execute("CREATE SCHEMA theirs; CREATE TABLE theirs.event (x int)").ok());
  EXPECT_EQ(ReasonOf(MigratePostgres(*connection, "theirs")), "LOG_FOREIGN");
  EXPECT_EQ(*connection->QueryText("SELECT count(*) FROM pg_catalog.pg_class AS c JOIN "
                                   "pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
                                   "WHERE n.nspname = 'theirs'"),
            "1");
}

TEST(PostgresMigrationsTest, AUserWithoutRightsIsToldSo) {
  const auto connection = Connect();
  ASSERT_TRUE(connection->Execute("CREATE ROLE guest; SET ROLE guest").ok());
  const absl::Status status = MigratePostgres(*connection, "denied");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(ReasonOf(status), "LOG_ACCESS_DENIED");
  EXPECT_FALSE(connection->InTransaction());
}

TEST(PostgresMigrationsTest, AdmitsPlainNamesUpToTheLimit) {
  const auto connection = Connect();
  EXPECT_TRUE(UsePostgresSchema(*connection, std::string(kMaxSchemaNameBytes, 'a')).ok());
  for (const std::string& name :
       {std::string(kMaxSchemaNameBytes + 1, 'a'), std::string(), std::string("Upper"),
        std::string("1st"), std::string("a; DROP"), std::string("a\"b")}) {
    EXPECT_EQ(UsePostgresSchema(*connection, name).code(), absl::StatusCode::kInvalidArgument)
        << name;
  }
}

}  // namespace
}  // namespace quotacast::eventlog
