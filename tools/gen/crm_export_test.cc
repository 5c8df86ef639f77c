// Goal: the export holds what a CRM would show on the last day and no more. Method: write one to
// a temporary folder and read the files back line by line.

#include "tools/gen/crm_export.h"

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace quotacast::gen {
namespace {

std::vector<std::vector<std::string>> ReadCsv(const std::string& path) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream in(path);
  EXPECT_TRUE(in.good()) << path;
  for (std::string line; std::getline(in, line);) rows.push_back(absl::StrSplit(line, ','));
  return rows;
}

class CrmExportTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "/crm_export_test";
    auto company = MakeCompany({});
    ASSERT_TRUE(company.ok());
    company_ = *company;
    ASSERT_TRUE(WriteCrmExport(company_, folder_).ok());
  }

  std::string folder_;
  Company company_;
};

TEST_F(CrmExportTest, NothingFromTheFuture) {
  for (const auto& row : ReadCsv(folder_ + "/stage_history.csv")) {
    if (row[1] == "changed_date") continue;
    EXPECT_LE(row[1], "2026-09-30") << row[0];
  }
  for (const auto& row : ReadCsv(folder_ + "/opportunities.csv")) {
    if (row[5] == "created_date") continue;
    EXPECT_LE(row[5], "2026-09-30") << row[0];
  }
}

TEST_F(CrmExportTest, EveryOpportunityHasAHistoryAndAClosedDealEndsIt) {
  std::map<std::string, std::vector<std::string>> stages;
  for (const auto& row : ReadCsv(folder_ + "/stage_history.csv")) stages[row[0]].push_back(row[2]);
  stages.erase("opportunity_id");
  std::set<std::string> ids;
  for (const auto& row : ReadCsv(folder_ + "/opportunities.csv")) ids.insert(row[0]);
  ids.erase("opportunity_id");
  EXPECT_EQ(ids.size(), stages.size());
  int won = 0;
  for (const auto& [id, path] : stages) {
    EXPECT_TRUE(ids.count(id)) << id;
    EXPECT_EQ(path.front(), "Discovery") << id;
    won += path.back() == "Closed Won";
  }
  int true_won = 0;
  for (const Deal& deal : company_.deals) {
    true_won += deal.won && deal.closed <= company_.options.last_day;
  }
  EXPECT_EQ(won, true_won);
  EXPECT_GT(won, 500);
}

TEST_F(CrmExportTest, WrittenTwiceIsTheSame) {
  const auto before = ReadCsv(folder_ + "/stage_history.csv");
  ASSERT_TRUE(WriteCrmExport(company_, folder_).ok());
  EXPECT_EQ(ReadCsv(folder_ + "/stage_history.csv"), before);
}

TEST_F(CrmExportTest, UnwritableFolderIsNamed) {
  const auto status = WriteCrmExport(company_, "/proc/no_such_folder");
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find("/proc/no_such_folder"), std::string::npos);
}

}  // namespace
}  // namespace quotacast::gen
