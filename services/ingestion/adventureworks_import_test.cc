// Goal: the AdventureWorks files are imported completely and rightly. Method: the events in the log
// are compared with counts and sums of SOURCE.md and with an independent reading of the files by
// plain code of this test; importing twice changes nothing. Needs the sample; skips without it.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/ingestion.h"
#include "services/ingestion/small_company.h"

namespace quotacast::ingestion {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Row = std::map<std::string, std::string>;

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// No field of the files read here has quotes.
std::vector<Row> ReadRows(const std::string& text, char delimiter) {
  std::vector<Row> rows;
  std::vector<std::string> header;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> fields;
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, delimiter);) fields.push_back(field);
    if (line.empty()) continue;
    if (header.empty()) {
      header = fields;
      if (header[0].substr(0, 3) == "\xEF\xBB\xBF") header[0] = header[0].substr(3);
      continue;
    }
    fields.resize(header.size());
    Row row;
    for (size_t i = 0; i < header.size(); ++i) row[header[i]] = fields[i];
    rows.push_back(row);
  }
  return rows;
}

// Cents of a decimal with at most four decimals, rounded half away from zero.
int64_t Cents(const std::string& text) {
  const size_t point = text.find('.');
  std::string decimals = point == std::string::npos ? "" : text.substr(point + 1);
  decimals.resize(4, '0');
  const int64_t ten_thousandths = std::stoll(text.substr(0, point)) * 10'000 + std::stoll(decimals);
  return (ten_thousandths + 50) / 100;
}

int64_t Cents(const google::type::Money& money) {
  return money.units() * 100 + money.nanos() / 10'000'000;
}

std::string Iso(const google::type::Date& date) {
  char text[16];
  std::snprintf(text, sizeof(text), "%04d-%02d-%02d", date.year(), date.month(), date.day());
  return text;
}

class AdventureWorksImportTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* root = std::getenv("QUOTACAST_DATASETS");
    if (root == nullptr) GTEST_SKIP() << "QUOTACAST_DATASETS is not set";
    folder_ = std::filesystem::path(root) / "adventureworks";
    if (!std::filesystem::exists(folder_ / "quota_history.csv")) {
      GTEST_SKIP() << "no sample in " << folder_;
    }
  }

  Files Take(const std::vector<std::string>& names) const {
    Files files;
    for (const std::string& name : names) {
      files[std::filesystem::path(name).filename()] = ReadFile(folder_ / name);
    }
    return files;
  }

  v1::ImportFilesResponse Import(const std::string& workspace, const std::string& profile,
                                 const Files& files) {
    const auto response = ImportFiles(ingestion_, workspace, ShippedProfile(profile), files);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ImportFilesResponse());
  }

  std::vector<crm::v1::CrmEvent> Events(const std::string& workspace,
                                        crm::v1::CrmEvent::ChangeCase change) const {
    std::vector<crm::v1::CrmEvent> events;
    const std::vector<eventlog::StoredEvent> all = log_.Read(workspace, 0, 1'000'000).value();
    for (const eventlog::StoredEvent& stored : all) {
      crm::v1::CrmEvent event;
      event.ParseFromString(stored.event.payload);
      if (event.change_case() == change) events.push_back(std::move(event));
    }
    return events;
  }

  // "rep period kind" -> cents.
  std::map<std::string, int64_t> Quotas(const std::string& workspace) const {
    std::map<std::string, int64_t> quotas;
    for (const crm::v1::CrmEvent& event : Events(workspace, crm::v1::CrmEvent::kQuota)) {
      const crm::v1::QuotaChange& quota = event.quota();
      quotas[absl::StrCat(quota.rep_id(), " ", quota.period(), " ",
                          crm::v1::QuotaKind_Name(quota.kind()))] = Cents(quota.amount());
    }
    return quotas;
  }

  std::filesystem::path folder_;
  FakeClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  eventlog::InMemoryEventLog log_{&clock_};
  Ingestion ingestion_{log_, clock_};
};

const std::vector<std::string> kDatabaseFiles = {"salespeople.csv", "territories.csv",
                                                 "territory_history.csv", "quota_history.csv",
                                                 "reseller_orders.csv"};

TEST_F(AdventureWorksImportTest, TheDatabaseIsCompleteAndAttainmentIsReproduced) {
  const v1::ImportFilesResponse response = Import("db", "adventureworks", Take(kDatabaseFiles));
  EXPECT_THAT(ProblemLines(response), IsEmpty());
  EXPECT_EQ(Events("db", crm::v1::CrmEvent::kRep).size(), 17u);
  EXPECT_EQ(Events("db", crm::v1::CrmEvent::kTerritory).size(), 10u + 3u);  // And three groups.
  EXPECT_EQ(Events("db", crm::v1::CrmEvent::kQuota).size(), 129u);
  EXPECT_EQ(Events("db", crm::v1::CrmEvent::kOrderLine).size(), 2'905u);

  // Time in territories, the last day read as such.
  std::multiset<std::string> expected_assignments;
  for (const Row& row : ReadRows(ReadFile(folder_ / "territory_history.csv"), ',')) {
    expected_assignments.insert(row.at("BusinessEntityID") + " " + row.at("TerritoryID") + " " +
                                row.at("StartDate") + (row.at("EndDate").empty() ? "" : " ended"));
  }
  std::multiset<std::string> assignments;
  for (const crm::v1::CrmEvent& event : Events("db", crm::v1::CrmEvent::kTerritoryAssignment)) {
    const crm::v1::TerritoryAssignmentChange& change = event.territory_assignment();
    assignments.insert(change.rep_id() + " " + change.territory_id() + " " +
                       Iso(change.start_date()) + (change.has_end_date() ? " ended" : ""));
    if (change.rep_id() == "275" && change.territory_id() == "2") {
      EXPECT_EQ(Iso(change.end_date()), "2012-11-30");  // First day no longer there.
    }
  }
  EXPECT_EQ(assignments.size(), 17u);
  EXPECT_EQ(assignments, expected_assignments);

  // Attainment: what the files say, period by period between the quota dates ...
  std::map<std::string, std::map<std::string, int64_t>> quota_of;  // Rep -> date -> cents.
  std::set<std::string> dates;
  for (const Row& row : ReadRows(ReadFile(folder_ / "quota_history.csv"), ',')) {
    quota_of[row.at("BusinessEntityID")][row.at("QuotaDate")] = Cents(row.at("SalesQuota"));
    dates.insert(row.at("QuotaDate"));
  }
  std::map<std::string, int64_t> expected;  // "rep date" -> booked cents.
  for (const Row& row : ReadRows(ReadFile(folder_ / "reseller_orders.csv"), ',')) {
    const auto after = dates.upper_bound(row.at("OrderDate"));
    expected[row.at("SalesPersonID") + " " + *std::prev(after)] += Cents(row.at("SubTotal"));
  }
  // ... and what the events say, by the calendar and the quotas in the log.
  std::map<std::string, std::string> start_of_period;
  for (const crm::v1::CrmEvent& event : Events("db", crm::v1::CrmEvent::kFiscalCalendar)) {
    for (const auto& period : event.fiscal_calendar().explicit_periods().periods()) {
      start_of_period[period.name()] = Iso(period.start_date());
    }
  }
  std::set<std::string> starts;
  for (const auto& period : start_of_period) starts.insert(period.second);
  EXPECT_EQ(starts, dates);
  std::map<std::string, int64_t> booked;
  int64_t booked_sum = 0;
  for (const crm::v1::CrmEvent& event : Events("db", crm::v1::CrmEvent::kOrderLine)) {
    const crm::v1::OrderLineChange& order = event.order_line();
    const auto after = starts.upper_bound(Iso(order.order_date()));
    booked[order.rep_id() + " " + *std::prev(after)] += Cents(order.amount());
    booked_sum += Cents(order.amount());
  }
  EXPECT_EQ(booked, expected);
  EXPECT_GT(booked_sum, 0);
  int rep_period_count = 0;
  for (const crm::v1::CrmEvent& event : Events("db", crm::v1::CrmEvent::kQuota)) {
    const crm::v1::QuotaChange& quota = event.quota();
    const std::string date = start_of_period.at(quota.period());
    ASSERT_EQ(quota_of.at(quota.rep_id()).at(date), Cents(quota.amount()));
    const std::string key = quota.rep_id() + " " + date;
    const double attainment = static_cast<double>(booked[key]) / Cents(quota.amount());
    const double wanted = static_cast<double>(expected[key]) / quota_of.at(quota.rep_id()).at(date);
    EXPECT_DOUBLE_EQ(attainment, wanted) << key;
    ++rep_period_count;
  }
  EXPECT_EQ(rep_period_count, 129);

  const v1::ImportFilesResponse again = Import("db", "adventureworks", Take(kDatabaseFiles));
  EXPECT_EQ(again.appended_event_count(), 0);
}

TEST_F(AdventureWorksImportTest, QuotasWithNamedMonthsAreTheSame) {
  Import("db", "adventureworks", Take(kDatabaseFiles));
  Files files = Take(kDatabaseFiles);
  files.erase("quota_history.csv");
  files["quota_history_month_name_dates.csv"] =
      ReadFile(folder_ / "variants/quota_history_month_name_dates.csv");
  const v1::ImportFilesResponse variant = Import("db", "adventureworks", files);
  EXPECT_THAT(ProblemLines(variant), IsEmpty());
  EXPECT_EQ(variant.appended_event_count(), 0);
}

TEST_F(AdventureWorksImportTest, TheStarSchemaIsComplete) {
  const Files files =
      Take({"pbi_Product.csv", "pbi_Region.csv", "pbi_Reseller.csv", "pbi_Sales.csv",
            "pbi_Salesperson.csv", "pbi_SalespersonRegion.csv", "pbi_Targets.csv"});
  const v1::ImportFilesResponse response = Import("bi", "adventureworks_powerbi", files);
  EXPECT_EQ(response.error_count(), 0) << response.ShortDebugString().substr(0, 2'000);
  int64_t expected_quantity = 0;
  int64_t expected_cents = 0;
  const std::vector<Row> sales = ReadRows(files.at("pbi_Sales.csv"), '|');
  for (const Row& row : sales) {
    expected_quantity += std::stoll(row.at("Quantity"));
    expected_cents += Cents(row.at("Sales"));
  }
  int64_t quantity = 0;
  int64_t cents = 0;
  const std::vector<crm::v1::CrmEvent> lines = Events("bi", crm::v1::CrmEvent::kOrderLine);
  for (const crm::v1::CrmEvent& event : lines) {
    quantity += event.order_line().quantity();
    cents += Cents(event.order_line().amount());
  }
  EXPECT_EQ(sales.size(), 47'572u);
  EXPECT_EQ(lines.size(), sales.size());
  EXPECT_EQ(quantity, expected_quantity);
  EXPECT_EQ(cents, expected_cents);
  EXPECT_EQ(Events("bi", crm::v1::CrmEvent::kRep).size(),
            ReadRows(files.at("pbi_Salesperson.csv"), '|').size());
  EXPECT_EQ(Events("bi", crm::v1::CrmEvent::kProduct).size(), 397u);
  EXPECT_EQ(Events("bi", crm::v1::CrmEvent::kAccount).size(),
            ReadRows(files.at("pbi_Reseller.csv"), '|').size());

  std::map<std::string, std::string> key_of;   // Employee id -> employee key.
  std::map<std::string, std::string> kind_of;  // Employee id -> kind of quota.
  for (const Row& row : ReadRows(files.at("pbi_Salesperson.csv"), '|')) {
    key_of[row.at("EmployeeID")] = row.at("EmployeeKey");
    kind_of[row.at("EmployeeID")] =
        row.at("Title") == "Sales Representative" ? "QUOTA_KIND_STREET" : "QUOTA_KIND_ROLL_UP";
  }
  std::map<std::string, int64_t> targets;
  for (const Row& row : ReadRows(files.at("pbi_Targets.csv"), '|')) {
    const std::string& month = row.at("TargetMonth");
    targets[key_of.at(row.at("EmployeeID")) + " " + month.substr(0, 4) + "-" + month.substr(5, 2) +
            " " + kind_of.at(row.at("EmployeeID"))] = Cents(row.at("TargetAmount"));
  }
  EXPECT_EQ(targets.size(), 431u);
  EXPECT_EQ(Quotas("bi"), targets);
  EXPECT_EQ(Import("bi", "adventureworks_powerbi", files).appended_event_count(), 0);
}

TEST_F(AdventureWorksImportTest, TargetsInOtherFormsAreTheSame) {
  const Files base = Take({"pbi_Product.csv", "pbi_Region.csv", "pbi_Reseller.csv", "pbi_Sales.csv",
                           "pbi_Salesperson.csv"});
  const auto quotas_with = [&](const std::string& workspace, const std::string& path) {
    Files files = base;
    files["pbi_Sales.csv"] =
        files.at("pbi_Sales.csv").substr(0, files.at("pbi_Sales.csv").find('\n') + 1);
    files[std::filesystem::path(path).filename()] = ReadFile(folder_ / path);
    EXPECT_EQ(Import(workspace, "adventureworks_powerbi", files).error_count(), 0);
    return Quotas(workspace);
  };
  const std::map<std::string, int64_t> plain = quotas_with("plain", "pbi_Targets.csv");
  EXPECT_EQ(plain.size(), 431u);
  EXPECT_EQ(quotas_with("text", "variants/Targets_currency_text_long_dates.tsv"), plain);
  // Microsoft's lab file is a table of its own, in which '-' means no target.
  const std::map<std::string, int64_t> wide =
      quotas_with("wide", "variants/ResellerSalesTargets_utf16_wide.csv");
  std::string text = ReadFile(folder_ / "variants/ResellerSalesTargets_utf16_wide.csv");
  std::string narrow;  // It is ASCII but for its encoding.
  for (size_t i = 2; i + 1 < text.size(); i += 2) narrow.push_back(text[i]);
  size_t expected_count = 0;
  int64_t expected_cents = 0;
  for (const Row& row : ReadRows(narrow, ',')) {
    for (const auto& field : row) {
      if (field.first[0] != 'M' || field.second == "-" || field.second.empty()) continue;
      ++expected_count;
      expected_cents += std::stoll(field.second) * 100'000;
    }
  }
  int64_t cents = 0;
  for (const auto& quota : wide) cents += quota.second;
  EXPECT_EQ(wide.size(), expected_count);
  EXPECT_EQ(cents, expected_cents);
}

}  // namespace
}  // namespace quotacast::ingestion
