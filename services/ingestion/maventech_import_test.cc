// Goal: the real MavenTech folder imports completely, with the counts an independent reading of
// the files gives; its three date variants are one; the product that is spelt in two ways is
// reported. Method: the folder named by QUOTACAST_DATASETS is imported into the SQLite log and
// in memory; the files hold no quotes, so this test counts by splitting lines at commas.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/eventlog/sqlite_event_log.h"
#include "services/ingestion/small_company.h"

namespace quotacast::ingestion {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  EXPECT_TRUE(stream.good()) << path;
  return text.str();
}

// The data rows of a file without quotes.
std::vector<std::vector<std::string>> SplitRows(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& line : absl::StrSplit(text, '\n')) {
    const std::string row(absl::StripAsciiWhitespace(line));
    if (!row.empty()) rows.push_back(absl::StrSplit(row, ','));
  }
  rows.erase(rows.begin());
  return rows;
}

class MavenTechImportTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* datasets = std::getenv("QUOTACAST_DATASETS");
    if (datasets == nullptr || *datasets == '\0') {
      GTEST_SKIP() << "QUOTACAST_DATASETS is not set; it names the folder that holds maventech/";
    }
    folder_ = absl::StrCat(datasets, "/maventech/");
    for (const char* name : {"accounts.csv", "data_dictionary.csv", "products.csv",
                             "sales_pipeline.csv", "sales_teams.csv"}) {
      files_[name] = ReadFile(folder_ + name);
    }
  }

  std::string folder_;
  Files files_;
  SystemClock clock_;
};

TEST_F(MavenTechImportTest, CountsEqualAnIndependentReading) {
  // The independent reading: how many rows per stage, and which events they stand for.
  std::map<std::string, int64_t> rows_by_stage;
  int64_t deal_event_count = 0;
  int64_t misspelt_count = 0;
  for (const std::vector<std::string>& row : SplitRows(files_["sales_pipeline.csv"])) {
    ++rows_by_stage[row[4]];
    deal_event_count += row[4] == "Won" || row[4] == "Lost" ? 2 : 1;
    if (row[2] == "GTXPro") ++misspelt_count;
  }
  EXPECT_EQ(rows_by_stage,
            (std::map<std::string, int64_t>{
                {"Won", 3'042}, {"Lost", 1'684}, {"Engaging", 2'409}, {"Prospecting", 500}}));
  std::set<std::string> teams;
  for (const std::vector<std::string>& row : SplitRows(files_["sales_teams.csv"])) {
    teams.insert(row[1]);
    teams.insert(row[2]);
  }

  const std::string path = absl::StrCat(testing::TempDir(), "/maventech_import_test.db");
  for (const char* suffix : {"", "-wal", "-shm"}) std::remove((path + suffix).c_str());
  auto log = eventlog::SqliteEventLog::Open(path, &clock_);
  ASSERT_TRUE(log.ok()) << log.status();
  Ingestion ingestion(**log, clock_);
  const absl::Time begin = clock_.Now();
  const auto response = ImportFiles(ingestion, "w", ShippedProfile("maventech"), files_);
  const absl::Duration first_duration = clock_.Now() - begin;
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(ProblemLines(*response), std::vector<std::string>());
  std::map<std::string, int64_t> imported_by_stage;
  for (const v1::StageCount& stage : response->stages()) {
    imported_by_stage[stage.stage_id()] = stage.row_count();
  }
  EXPECT_EQ(imported_by_stage, rows_by_stage);
  for (const v1::FileReport& file : response->files()) {
    if (file.file() != "sales_pipeline.csv") continue;
    EXPECT_EQ(file.row_count(), 7'635);
    EXPECT_EQ(file.accepted_row_count(), 7'635);
  }
  // A calendar, 4 stages, the teams, 35 reps, 7 products, 85 accounts.
  const int64_t reference_count = 1 + 4 + static_cast<int64_t>(teams.size()) + 35 + 7 + 85;
  EXPECT_EQ(response->appended_event_count(), reference_count + deal_event_count);
  ASSERT_EQ(response->aliases_size(), 1);
  EXPECT_EQ(response->aliases(0).value(), "GTXPro");
  EXPECT_EQ(response->aliases(0).row_count(), misspelt_count);

  const absl::Time again = clock_.Now();
  const auto second = ImportFiles(ingestion, "w", ShippedProfile("maventech"), files_);
  const absl::Duration second_duration = clock_.Now() - again;
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->appended_event_count(), 0);
  EXPECT_EQ(second->unchanged_event_count(), response->appended_event_count());
  EXPECT_LT(first_duration, absl::Seconds(2));
  EXPECT_LT(second_duration, absl::Seconds(2));
  RecordProperty("first_import_ms", static_cast<int>(absl::ToInt64Milliseconds(first_duration)));
  RecordProperty("second_import_ms", static_cast<int>(absl::ToInt64Milliseconds(second_duration)));
}

TEST_F(MavenTechImportTest, DateVariantsAreTheSameDeals) {
  // The first 400 closed rows in ISO form, cut from the main file by the variant's ids.
  std::map<std::string, std::string> iso_rows;
  for (const std::vector<std::string>& row : SplitRows(files_["sales_pipeline.csv"])) {
    iso_rows[row[0]] = absl::StrJoin(row, ",");
  }
  const std::string mdy = ReadFile(folder_ + "variants/sales_pipeline_mdy_dates.csv");
  std::string iso =
      "opportunity_id,sales_agent,product,account,deal_stage,engage_date,"
      "close_date,close_value\n";
  for (const std::vector<std::string>& row : SplitRows(mdy)) iso += iso_rows.at(row[0]) + "\n";

  const auto import = [&](const std::string& profile, const std::string& name,
                          const std::string& pipeline) {
    eventlog::InMemoryEventLog log(&clock_);
    Ingestion ingestion(log, clock_);
    Files files = files_;
    files.erase("sales_pipeline.csv");
    files[name] = pipeline;
    const auto response = ImportFiles(ingestion, "w", ShippedProfile(profile), files);
    EXPECT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(ProblemLines(*response), std::vector<std::string>());
    return LogLines(log, "w");
  };
  const std::vector<std::string> expected = import("maventech", "sales_pipeline.csv", iso);
  EXPECT_EQ(import("maventech_mdy", "sales_pipeline_mdy_dates.csv", mdy), expected);
  const std::string name = "sales_pipeline_dmy2_dates_extra_quarters.csv";
  EXPECT_EQ(import("maventech_dmy", name, ReadFile(folder_ + "variants/" + name)), expected);
  // 400 closed deals are 800 events, beside the reference data.
  EXPECT_GT(expected.size(), 800u);
}

TEST_F(MavenTechImportTest, WithoutAliasesEveryMisspeltRowIsReported) {
  int64_t misspelt_count = 0;
  for (const std::vector<std::string>& row : SplitRows(files_["sales_pipeline.csv"])) {
    if (row[2] == "GTXPro") ++misspelt_count;
  }
  ASSERT_GT(misspelt_count, 0);
  eventlog::InMemoryEventLog log(&clock_);
  Ingestion ingestion(log, clock_);
  const auto response = ImportFiles(ingestion, "w", ProfileText(ProfileWithoutAliases()), files_);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->error_count(), misspelt_count);
  EXPECT_EQ(response->problems(0).reason(), "UNKNOWN_PRODUCT");
  EXPECT_EQ(response->problems(0).value(), "GTXPro");
  EXPECT_NE(response->problems(0).message().find("did you mean \"GTX Pro\"?"), std::string::npos);
  for (const v1::FileReport& file : response->files()) {
    if (file.file() != "sales_pipeline.csv") continue;
    EXPECT_EQ(file.rejected_row_count(), misspelt_count);
    EXPECT_EQ(file.accepted_row_count(), 7'635 - misspelt_count);
  }
}

}  // namespace
}  // namespace quotacast::ingestion
