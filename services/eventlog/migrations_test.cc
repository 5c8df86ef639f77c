// Goal: a new file gets the schema, a current one is left alone, and files that are not ours or
// too new are refused unchanged. Method: real files, inspected by plain queries.
#include "services/eventlog/migrations.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "services/eventlog/sqlite_connection.h"
#include "services/eventlog/temp_directory.h"

namespace quotacast::eventlog {
namespace {

class MigrationsTest : public ::testing::Test {
 protected:
  TempDirectory directory_;
  std::unique_ptr<SqliteConnection> connection_ =
      *SqliteConnection::Open(directory_.File("log.db"), absl::ZeroDuration());
};

TEST_F(MigrationsTest, ANewFileGetsTheSchema) {
  ASSERT_TRUE(Migrate(*connection_).ok());
  EXPECT_EQ(*connection_->QueryInt("PRAGMA user_version"), kSchemaVersion);
  EXPECT_EQ(*connection_->QueryInt("PRAGMA application_id"), kApplicationId);
  // Not WITHOUT ROWID: see migrations.h.
  EXPECT_EQ(*connection_->QueryInt("SELECT wr FROM pragma_table_list('event')"), 0);
  EXPECT_EQ(*connection_->QueryInt("SELECT strict FROM pragma_table_list('event')"), 1);
  EXPECT_EQ(
      *connection_->QueryText("SELECT group_concat(name) FROM pragma_index_info('event_by_id')"),
      "workspace,source,source_key,version");
  EXPECT_EQ(*connection_->QueryText("SELECT group_concat(name) FROM pragma_table_info('event') "
                                    "WHERE pk > 0 ORDER BY pk"),
            "workspace,offset");
  EXPECT_EQ(*connection_->QueryInt("SELECT \"unique\" FROM pragma_index_list('event') "
                                   "WHERE name = 'event_by_id'"),
            1);
  EXPECT_FALSE(connection_->InTransaction());
}

TEST_F(MigrationsTest, TheSchemaRefusesWrongTypesAndOffsets) {
  ASSERT_TRUE(Migrate(*connection_).ok());
  const auto insert = [this](const std::string& offset, const std::string& payload) {
    return connection_->Execute(absl::StrCat("INSERT INTO event VALUES ('w', ", offset,
                                             ", 's', 'k', 'v', NULL, 0, ", payload, ", 0, NULL)"));
  };
  EXPECT_FALSE(insert("0", "x'00'").ok());
  EXPECT_FALSE(insert("'one'", "x'00'").ok());
  EXPECT_FALSE(insert("1", "'text'").ok());
  EXPECT_FALSE(insert("1", "NULL").ok());
  EXPECT_TRUE(insert("1", "x'00'").ok());
}

TEST_F(MigrationsTest, ACurrentFileIsLeftAlone) {
  ASSERT_TRUE(Migrate(*connection_).ok());
  ASSERT_TRUE(
      connection_->Execute("INSERT INTO event VALUES ('w',1,'s','k','v',NULL,0,x'',0,NULL)").ok());
  const std::string before =
      *connection_->QueryText("SELECT group_concat(sql, ';') FROM sqlite_schema");
  ASSERT_TRUE(Migrate(*connection_).ok());
  EXPECT_EQ(*connection_->QueryText("SELECT group_concat(sql, ';') FROM sqlite_schema"), before);
  EXPECT_EQ(*connection_->QueryInt("SELECT count(*) FROM event"), 1);
}

TEST_F(MigrationsTest, ANewerFileIsRefusedNamingBothVersions) {
  ASSERT_TRUE(Migrate(*connection_).ok());
  ASSERT_TRUE(connection_->Execute("PRAGMA user_version = 99").ok());
  const absl::Status status = Migrate(*connection_);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetDetail(status)->reason, "LOG_TOO_NEW");
  const std::string message(status.message());
  EXPECT_NE(message.find("version 99"), std::string::npos) << message;
  EXPECT_NE(message.find(absl::StrCat("up to ", kSchemaVersion)), std::string::npos) << message;
  EXPECT_EQ(*connection_->QueryInt("PRAGMA user_version"), 99);
  EXPECT_FALSE(connection_->InTransaction());
}

TEST_F(MigrationsTest, AnotherProgramsDatabaseIsRefusedUnchanged) {
  ASSERT_TRUE(connection_->Execute("CREATE TABLE theirs (x INT)").ok());
  const absl::Status status = Migrate(*connection_);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetDetail(status)->reason, "LOG_FOREIGN");
  EXPECT_EQ(*connection_->QueryInt("SELECT count(*) FROM sqlite_schema"), 1);
  EXPECT_EQ(*connection_->QueryInt("PRAGMA application_id"), 0);
}

}  // namespace
}  // namespace quotacast::eventlog
