// Goal: the export holds what a CRM would show on the last day and no more, its files refer to one
// another, and its bytes are frozen. Method: write one to a temporary folder and read the files
// back line by line; compare checksums with golden ones.

#include "tools/gen/crm_export.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "tools/gen/company.h"
#include "tools/gen/history.h"

namespace quotacast::gen {
namespace {

using Row = std::map<std::string, std::string>;

std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Rows by column name; every row has as many values as the header.
std::vector<Row> ReadCsv(const std::string& path) {
  std::vector<Row> rows;
  std::vector<std::string> header;
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(ReadText(path), '\n', absl::SkipEmpty()))) {
    const std::vector<std::string> values = absl::StrSplit(line, ',');
    if (header.empty()) {
      header = values;
      continue;
    }
    EXPECT_EQ(values.size(), header.size()) << path << ": " << line;
    Row row;
    for (size_t i = 0; i < std::min(values.size(), header.size()); ++i) row[header[i]] = values[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

uint64_t Checksum(const std::string& folder) {
  std::string sums;
  for (const std::string& name : FilesIn(folder)) {
    absl::StrAppend(&sums, name, " ", StableId("file", ReadText(folder + "/" + name)), "\n");
  }
  return StableId("folder", sums);
}

class CrmExportTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    company_ = new Company(*MakeCompany({}));
    ledger_ = new Ledger(MakeLedger(*company_));
    folder_ = new std::string(testing::TempDir() + "/crm_export_test");
    ASSERT_TRUE(WriteCrmExport(*company_, *ledger_, {.is_full = true}, *folder_).ok());
  }

  static std::vector<Row> Read(const std::string& name) {
    return ReadCsv(*folder_ + "/" + name + ".csv");
  }

  static Company* company_;
  static Ledger* ledger_;
  static std::string* folder_;
};

Company* CrmExportTest::company_ = nullptr;
Ledger* CrmExportTest::ledger_ = nullptr;
std::string* CrmExportTest::folder_ = nullptr;

// Only what is planned may lie ahead.
TEST_F(CrmExportTest, NothingFromTheFuture) {
  const std::set<std::string> plans = {"expected_close_date", "due_date", "expiry_date"};
  for (const std::string& file : FilesIn(*folder_)) {
    if (!absl::EndsWith(file, ".csv")) continue;
    const std::vector<Row> rows = ReadCsv(*folder_ + "/" + file);
    EXPECT_FALSE(rows.empty()) << file;
    for (const Row& row : rows) {
      for (const auto& [column, value] : row) {
        if (plans.count(column) > 0) continue;
        if (!absl::EndsWith(column, "_date") && !absl::EndsWith(column, "_time")) continue;
        ASSERT_LE(value.substr(0, 10), "2026-09-30") << file << " " << column;
      }
    }
  }
}

TEST_F(CrmExportTest, EveryRecordRefersToOneThatIsThere) {
  std::map<std::string, std::set<std::string>> ids;
  const std::vector<std::pair<std::string, std::string>> owners = {
      {"opportunities", "opportunity_id"},
      {"reps", "rep_id"},
      {"accounts", "account_id"},
      {"leads", "lead_id"},
      {"teams", "team_id"},
      {"territories", "territory_id"},
      {"products", "product_id"},
      {"comp_plans", "comp_plan_id"}};
  for (const auto& [file, column] : owners) {
    for (const Row& row : Read(file)) ids[column].insert(row.at(column));
  }
  ids["owner_rep_id"] = ids["rep_id"];
  for (const std::string& file : FilesIn(*folder_)) {
    if (!absl::EndsWith(file, ".csv")) continue;
    for (const Row& row : ReadCsv(*folder_ + "/" + file)) {
      for (const auto& [column, known] : ids) {
        const auto value = row.find(column);
        if (value == row.end() || value->second.empty()) continue;
        ASSERT_TRUE(known.count(value->second) > 0)
            << file << " " << column << " " << value->second;
      }
    }
  }
}

TEST_F(CrmExportTest, EveryOpportunityHasAHistoryInOrderAndAClosedDealEndsIt) {
  std::map<std::string, std::vector<Row>> stages;
  for (const Row& row : Read("stage_history")) stages[row.at("opportunity_id")].push_back(row);
  const std::vector<Row> deals = Read("opportunities");
  EXPECT_EQ(deals.size(), stages.size());
  EXPECT_EQ(static_cast<int64_t>(deals.size()), ledger_->exported_deal_count);
  int64_t won = 0;
  for (const Row& deal : deals) {
    const std::vector<Row>& path = stages[deal.at("opportunity_id")];
    ASSERT_FALSE(path.empty());
    EXPECT_EQ(path.front().at("stage_id"), "Discovery");
    EXPECT_EQ(path.front().at("changed_date"), deal.at("created_date"));
    for (size_t i = 1; i < path.size(); ++i) {
      EXPECT_GE(path[i].at("changed_date"), path[i - 1].at("changed_date"));
    }
    won += path.back().at("stage_id") == "Closed Won";
  }
  EXPECT_EQ(won, ledger_->exported_won_count);
  EXPECT_GT(won, 500);
}

TEST_F(CrmExportTest, RevenueSharesAddUpToOneHundredPercent) {
  std::map<std::string, int> shares;
  for (const Row& row : Read("opportunity_splits")) {
    int share = 0;
    ASSERT_TRUE(absl::SimpleAtoi(row.at("share_percent"), &share));
    if (row.at("is_overlay") == "false") shares[row.at("opportunity_id")] += share;
  }
  EXPECT_GT(shares.size(), 50u);
  for (const auto& [id, share] : shares) EXPECT_EQ(share, 100) << id;
}

// Quarters that are long over: a win of the last weeks may still turn out lost.
TEST_F(CrmExportTest, TheTruthIsWhatTheFilesSayOfPastQuarters) {
  std::set<std::string> gone;
  for (const Row& row : Read("deletions")) gone.insert(row.at("entity_id"));
  for (const Row& row : Read("merges")) gone.insert(row.at("from_id"));
  std::map<std::string, Row> last;
  for (const Row& row : Read("stage_history")) last[row.at("opportunity_id")] = row;
  std::map<std::string, double> booked;
  for (const auto& [id, row] : last) {
    if (row.at("stage_id") != "Closed Won" || gone.count(id) > 0) continue;
    const std::vector<std::string> date = absl::StrSplit(row.at("changed_date"), '-');
    double amount = 0;
    ASSERT_TRUE(absl::SimpleAtod(row.at("amount"), &amount));
    booked[absl::StrCat(date[0], "Q", (std::stoi(date[1]) - 1) / 3 + 1)] += amount;
  }
  const std::string truth = ReadText(*folder_ + "/truth.json");
  for (const char* period : {"2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1"}) {
    const std::string expected = absl::StrCat(
        "{\"period\": \"", period, "\", \"bookings\": ", static_cast<int64_t>(booked[period]), "}");
    EXPECT_TRUE(absl::StrContains(truth, expected)) << expected;
  }
  EXPECT_TRUE(absl::StrContains(truth, "{\"period\": \"2027Q1\", \"bookings\": "));
  EXPECT_TRUE(absl::StrContains(truth, "\"qualification_clinic\""));
}

TEST_F(CrmExportTest, SmallFormHasSevenFilesOfTheSameDeals) {
  const std::string folder = testing::TempDir() + "/crm_export_small";
  ASSERT_TRUE(WriteCrmExport(*company_, *ledger_, {.is_full = false}, folder).ok());
  EXPECT_EQ(FilesIn(folder), (std::vector<std::string>{
                                 "accounts.csv", "opportunities.csv", "products.csv", "quotas.csv",
                                 "reps.csv", "stage_history.csv", "teams.csv", "truth.json"}));
  EXPECT_EQ(ReadCsv(folder + "/opportunities.csv").size(), Read("opportunities").size());
}

TEST_F(CrmExportTest, WrittenTwiceIsTheSame) {
  const uint64_t before = Checksum(*folder_);
  ASSERT_TRUE(WriteCrmExport(*company_, *ledger_, {.is_full = true}, *folder_).ok());
  EXPECT_EQ(Checksum(*folder_), before);
}

// The bytes are part of what benchmarks and documents refer to. A change of the process changes
// them on purpose: put in the new number, and the new session into the README.
TEST_F(CrmExportTest, GoldenBytes) { EXPECT_EQ(Checksum(*folder_), 7997307552818541477u); }

TEST_F(CrmExportTest, UnwritableFolderIsNamed) {
  const auto status = WriteCrmExport(*company_, *ledger_, {}, "/proc/no_such_folder");
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find("/proc/no_such_folder"), std::string::npos);
}

}  // namespace
}  // namespace quotacast::gen
