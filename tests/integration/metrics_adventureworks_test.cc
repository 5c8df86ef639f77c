// Goal: attainment is right on a real order book, for every rep and period. Method: the orders of
// AdventureWorks are imported as deals won on the day of the order, beside its quotas; each cell of
// the table is held against sums of the files in cents by code that shares nothing with the import.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/ingestion/small_company.h"
#include "services/metrics/book_view.h"
#include "tests/integration/imported_company.h"
#include "tests/integration/plain_csv.h"

namespace quotacast {
namespace {

// Orders have no way that led to them: each is won when it is placed.
constexpr char kOrdersAsDeals[] = R"(
name = "orders_as_deals"
description = "AdventureWorks with a won deal for every order"
extends = "adventureworks"
[[stages]]
id = "Ordering"
category = "open"
position = 1
[[stages]]
id = "Ordered"
category = "won"
[[files]]
pattern = "salespeople.csv"
entity = "rep"
[files.columns]
rep_id = "BusinessEntityID"
rep_name = "Name"
start_date = "HireDate"
[[files]]
pattern = "quota_history.csv"
entity = "quota"
[files.columns]
rep_id = "BusinessEntityID"
period_date = "QuotaDate"
amount = "SalesQuota"
[[files]]
pattern = "reseller_orders.csv"
entity = "opportunity_snapshot"
open_stage = "Ordering"
[files.columns]
opportunity_id = "SalesOrderID"
rep_id = "SalesPersonID"
opened_date = "OrderDate"
closed_date = "OrderDate"
amount = "SubTotal"
[files.constants]
stage_id = "Ordered"
)";

constexpr char kLinesAsDeals[] = R"(
name = "lines_as_deals"
description = "AdventureWorks star schema with a won deal for every order line"
extends = "adventureworks_powerbi"
[[stages]]
id = "Ordering"
category = "open"
position = 1
[[stages]]
id = "Ordered"
category = "won"
[[files]]
pattern = "pbi_Salesperson.csv"
entity = "rep"
[files.columns]
rep_id = "EmployeeKey"
role = "Title"
[[files]]
pattern = "pbi_Sales.csv"
entity = "opportunity_snapshot"
open_stage = "Ordering"
[files.columns]
rep_id = "EmployeeKey"
opened_date = "OrderDate"
closed_date = "OrderDate"
amount = "Sales"
[files.templates]
opportunity_id = "{SalesOrderNumber}/{ProductKey}"
[files.constants]
stage_id = "Ordered"
[[files]]
pattern = "pbi_Targets.csv"
entity = "quota"
[files.columns]
rep_id = "EmployeeID"
kind = "EmployeeID"
period_date = "TargetMonth"
amount = "TargetAmount"
[files.lookups]
rep_id = { pattern = "pbi_Salesperson.csv", from = "EmployeeID", to = "EmployeeKey" }
kind = { pattern = "pbi_Salesperson.csv", from = "EmployeeID", to = "Title" }
)";

class AdventureWorksTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* datasets = std::getenv("QUOTACAST_DATASETS");
    if (datasets == nullptr) GTEST_SKIP() << "QUOTACAST_DATASETS is not set: no real data here";
    folder_ = std::string(datasets) + "/adventureworks/";
  }

  ingestion::Files Take(const std::set<std::string>& names) const {
    ingestion::Files files;
    for (const std::string& name : names) {
      files[name] = ReadPlainFile(folder_ + name);
      EXPECT_FALSE(files[name].empty()) << folder_ << name;
    }
    return files;
  }

  // Cells of quota_attainment by rep that have a value equal the cents of the files; how many.
  static int ExpectAttainment(const metrics::BookView& view, const std::string& period,
                              std::map<std::string, int64_t> booked,
                              const std::map<std::string, int64_t>& quotas) {
    const auto table = ImportedCompany::Ask(
        view, {.kpi = "quota_attainment", .group_by = metrics::v1::GROUP_BY_REP, .period = period});
    int count = 0;
    for (const metrics::v1::KpiRow& row : table.rows()) {
      const auto quota = quotas.find(row.group());
      EXPECT_EQ(row.has_undefined_reason(), quota == quotas.end()) << period << row.group();
      if (quota == quotas.end() || row.has_undefined_reason()) continue;
      ++count;
      const int64_t cents = booked[row.group()];
      EXPECT_EQ(row.numerator(), static_cast<double>(cents) / 100) << period << row.group();
      EXPECT_EQ(row.denominator(), static_cast<double>(quota->second) / 100) << period;
      EXPECT_DOUBLE_EQ(row.value(),
                       static_cast<double>(cents) / static_cast<double>(quota->second));
    }
    return count;
  }

  std::string folder_;
};

TEST_F(AdventureWorksTest, AttainmentOfAllRepPeriods) {
  ingestion::Files files = Take({"salespeople.csv", "quota_history.csv", "reseller_orders.csv"});
  ImportedCompany company(absl::CivilDay(2013, 12, 1));
  company.Import(ingestion::ProfileText(kOrdersAsDeals), files);
  std::map<std::string, std::map<std::string, int64_t>> quotas;  // Date -> rep -> cents.
  for (const CsvRow& row : ReadPlainCsv(files["quota_history.csv"])) {
    quotas[row.at("QuotaDate")][row.at("BusinessEntityID")] = PlainCents(row.at("SalesQuota"));
  }
  ASSERT_EQ(quotas.size(), 10u);
  std::map<std::string, std::map<std::string, int64_t>> booked;
  for (const CsvRow& row : ReadPlainCsv(files["reseller_orders.csv"])) {
    const auto after = quotas.upper_bound(row.at("OrderDate"));
    booked[std::prev(after)->first][row.at("SalesPersonID")] += PlainCents(row.at("SubTotal"));
  }
  const auto view = company.ViewOn(absl::CivilDay(2013, 11, 29));
  ASSERT_NE(view, nullptr);
  int cell_count = 0;
  int at_quota_count = 0;
  double lowest = 1e9, highest = 0;
  for (const auto& entry : quotas) {
    const absl::CivilDay start(std::stoi(entry.first.substr(0, 4)),
                               std::stoi(entry.first.substr(5, 2)),
                               std::stoi(entry.first.substr(8, 2)));
    const auto period = view->calendar.PeriodContaining(start);
    ASSERT_TRUE(period.ok()) << period.status();
    EXPECT_EQ(period->start, start);
    cell_count += ExpectAttainment(*view, period->name, booked[entry.first], entry.second);
    int64_t all_booked = 0, all_quotas = 0, reached_count = 0;
    for (const auto& quota : entry.second) {
      const int64_t cents = booked[entry.first][quota.first];
      all_quotas += quota.second;
      reached_count += cents >= quota.second ? 1 : 0;
    }
    for (const auto& rep : booked[entry.first]) all_booked += rep.second;
    const auto org =
        ImportedCompany::Ask(*view, {.kpi = "quota_attainment", .period = period->name});
    EXPECT_DOUBLE_EQ(org.rows(0).value(),
                     static_cast<double>(all_booked) / static_cast<double>(all_quotas));
    lowest = std::min(lowest, org.rows(0).value());
    highest = std::max(highest, org.rows(0).value());
    const auto share =
        ImportedCompany::Ask(*view, {.kpi = "reps_at_quota_share", .period = period->name});
    EXPECT_EQ(share.rows(0).numerator(), static_cast<double>(reached_count)) << period->name;
    EXPECT_EQ(share.rows(0).denominator(), static_cast<double>(entry.second.size()));
    at_quota_count += static_cast<int>(reached_count);
  }
  EXPECT_EQ(cell_count, 129);
  // What is known of the sample: the quotas were made from the orders, and hardly anyone reaches
  // them while the company stays near them.
  EXPECT_GT(lowest, 0.5);
  EXPECT_LT(highest, 1);
  EXPECT_LT(at_quota_count, 129 / 4);
}

TEST_F(AdventureWorksTest, AttainmentOfMonthlyTargets) {
  ingestion::Files files = Take({"pbi_Salesperson.csv", "pbi_Sales.csv", "pbi_Targets.csv"});
  ImportedCompany company(absl::CivilDay(2020, 1, 1));
  company.Import(ingestion::ProfileText(kLinesAsDeals), files);
  std::map<std::string, std::string> key_of;  // Employee id -> employee key, of who has no reports.
  std::set<std::string> managers;
  for (const CsvRow& row : ReadPlainCsv(files["pbi_Salesperson.csv"], '|')) {
    if (row.at("Title") == "Sales Representative") {
      key_of[row.at("EmployeeID")] = row.at("EmployeeKey");
    } else {
      managers.insert(row.at("EmployeeID"));
    }
  }
  std::map<std::string, std::map<std::string, int64_t>> targets;  // Month -> rep -> cents.
  size_t target_count = 0, roll_up_count = 0;
  for (const CsvRow& row : ReadPlainCsv(files["pbi_Targets.csv"], '|')) {
    const std::string month =
        absl::StrCat(row.at("TargetMonth").substr(0, 4), "-", row.at("TargetMonth").substr(5, 2));
    if (managers.count(row.at("EmployeeID")) > 0) {
      ++roll_up_count;
    } else if (PlainCents(row.at("TargetAmount")) > 0) {
      targets[month][key_of.at(row.at("EmployeeID"))] = PlainCents(row.at("TargetAmount"));
      ++target_count;
    }
  }
  EXPECT_GT(roll_up_count, 0u);
  std::map<std::string, std::map<std::string, int64_t>> booked;
  for (const CsvRow& row : ReadPlainCsv(files["pbi_Sales.csv"], '|')) {
    booked[absl::StrCat(row.at("OrderDate").substr(0, 4), "-", row.at("OrderDate").substr(5, 2))]
          [row.at("EmployeeKey")] += PlainCents(row.at("Sales"));
  }
  const auto view = company.ViewOn(absl::CivilDay(2019, 12, 31));
  ASSERT_NE(view, nullptr);
  size_t cell_count = 0;
  for (const auto& month : targets) {
    if (month.first > "2019-12") continue;
    cell_count += static_cast<size_t>(
        ExpectAttainment(*view, month.first, booked[month.first], month.second));
  }
  size_t expected_count = 0;
  for (const auto& month : targets) {
    if (month.first <= "2019-12") expected_count += month.second.size();
  }
  EXPECT_EQ(cell_count, expected_count);
  EXPECT_GT(cell_count, 250u);
}

}  // namespace
}  // namespace quotacast
