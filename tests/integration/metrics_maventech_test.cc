// Goal: the KPIs of a real export are right. Method: the MavenTech folder goes through ingestion
// into metrics, and every figure is held against a reading of the CSV that shares no code with
// them: splitting at commas, comparing date texts, counting days by a formula of its own.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "services/ingestion/small_company.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/kpi/registry.h"
#include "tests/integration/imported_company.h"
#include "tests/integration/plain_csv.h"

namespace quotacast {
namespace {

using Row = CsvRow;

struct Tally {
  int64_t won = 0;
  int64_t lost = 0;
  int64_t amount = 0;
  std::vector<int64_t> days;
};

// One import for all tests: it takes a second.
class MavenTechTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const char* datasets = std::getenv("QUOTACAST_DATASETS");
    if (datasets == nullptr) return;
    folder_ = std::string(datasets) + "/maventech";
    company_ = new ImportedCompany(absl::CivilDay(2018, 1, 15));
    ingestion::Files files;
    for (const char* name :
         {"sales_pipeline.csv", "sales_teams.csv", "products.csv", "accounts.csv"}) {
      files[name] = ReadPlainFile(folder_ + "/" + name);
      ASSERT_FALSE(files[name].empty()) << folder_ << "/" << name;
    }
    company_->Import(ingestion::ShippedProfile("maventech"), files);
    deals_ = new std::vector<Row>(ReadPlainCsv(files["sales_pipeline.csv"]));
    for (Row& deal : *deals_) {
      if (deal["product"] == "GTXPro") deal["product"] = "GTX Pro";
    }
    for (Row& agent : ReadAgents()) {
      for (Row& deal : *deals_) {
        if (deal["sales_agent"] == agent["sales_agent"]) {
          deal["manager"] = agent["manager"];
          deal["office"] = agent["regional_office"];
        }
      }
    }
    std::map<std::string, std::string> sectors;
    for (Row& account : ReadPlainCsv(files["accounts.csv"])) {
      sectors[account["account"]] = account["sector"];
    }
    for (Row& deal : *deals_) deal["sector"] = sectors[deal["account"]];
  }
  static void TearDownTestSuite() {
    delete company_;
    delete deals_;
  }
  void SetUp() override {
    if (company_ == nullptr) GTEST_SKIP() << "QUOTACAST_DATASETS is not set: no real data here";
    ASSERT_EQ(deals_->size(), 7635u) << folder_;
  }

  static std::vector<Row> ReadAgents() {
    return ReadPlainCsv(ReadPlainFile(folder_ + "/sales_teams.csv"));
  }

  // Closed deals by the value of a column ("" for all), with close dates in [from, to].
  static std::map<std::string, Tally> Closed(const std::string& column,
                                             const std::string& from = "0000",
                                             const std::string& to = "9999") {
    std::map<std::string, Tally> tallies;
    for (Row& deal : *deals_) {
      const std::string& closed = deal["close_date"];
      if (closed.empty() || closed < from || closed > to) continue;
      Tally& tally = tallies[column.empty() ? "" : deal[column]];
      if (deal["deal_stage"] == "Won") {
        ++tally.won;
        tally.amount += std::stoll(deal["close_value"]);
        tally.days.push_back(DayNumber(closed) - DayNumber(deal["engage_date"]));
      } else {
        ++tally.lost;
      }
    }
    return tallies;
  }

  static metrics::v1::KpiTable Ask(const std::string& kpi, metrics::v1::GroupBy group_by,
                                   const std::string& period = "",
                                   absl::CivilDay day = absl::CivilDay(2017, 12, 31)) {
    metrics::v1::QueryKpiRequest request;
    request.set_parent("workspaces/default");
    request.set_kpi(kpi);
    request.set_group_by(group_by);
    request.set_period(period);
    auto& date = *request.mutable_as_of()->mutable_effective_date();
    date.set_year(static_cast<int>(day.year()));
    date.set_month(day.month());
    date.set_day(day.day());
    const auto response = company_->metrics().QueryKpi(request, {});
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->table() : metrics::v1::KpiTable();
  }

  // Rows of a table that have a value equal the tallies, both ways.
  static void ExpectWinRates(const metrics::v1::KpiTable& table,
                             const std::map<std::string, Tally>& tallies) {
    std::set<std::string> seen;
    for (const metrics::v1::KpiRow& row : table.rows()) {
      if (row.has_undefined_reason()) continue;
      seen.insert(row.group());
      const auto tally = tallies.find(row.group());
      ASSERT_NE(tally, tallies.end()) << row.group();
      EXPECT_EQ(row.numerator(), static_cast<double>(tally->second.won)) << row.group();
      EXPECT_EQ(row.denominator(), static_cast<double>(tally->second.won + tally->second.lost))
          << row.group();
    }
    EXPECT_EQ(seen.size(), tallies.size());
  }

  static inline std::string folder_;
  static inline ImportedCompany* company_ = nullptr;
  static inline std::vector<Row>* deals_ = nullptr;
};

TEST_F(MavenTechTest, TheWinRateIsWonOverWonAndLost) {
  const auto table = Ask("win_rate_closed", metrics::v1::GROUP_BY_ORG);
  const Tally all = Closed("")[""];
  EXPECT_EQ(all.won, 3042);
  EXPECT_EQ(all.lost, 1684);
  EXPECT_EQ(table.rows(0).numerator(), 3042);
  EXPECT_EQ(table.rows(0).denominator(), 4726);
  EXPECT_NEAR(table.rows(0).value(), 0.644, 0.0005);
}

TEST_F(MavenTechTest, WinRatesByAgentManagerOfficeAndProduct) {
  ExpectWinRates(Ask("win_rate_closed", metrics::v1::GROUP_BY_REP), Closed("sales_agent"));
  ExpectWinRates(Ask("win_rate_closed", metrics::v1::GROUP_BY_PRODUCT), Closed("product"));
  // Rows of teams are managers and, above them, offices.
  std::map<std::string, Tally> teams = Closed("manager");
  for (const auto& office : Closed("office")) teams.insert(office);
  ExpectWinRates(Ask("win_rate_closed", metrics::v1::GROUP_BY_TEAM), teams);
}

TEST_F(MavenTechTest, APeriodAndAnAsOfInsideIt) {
  ExpectWinRates(Ask("win_rate_closed", metrics::v1::GROUP_BY_REP, "2017Q3"),
                 Closed("sales_agent", "2017-07-01", "2017-09-30"));
  const absl::CivilDay middle(2017, 8, 15);
  ExpectWinRates(Ask("win_rate_closed", metrics::v1::GROUP_BY_REP, "2017Q3", middle),
                 Closed("sales_agent", "2017-07-01", "2017-08-15"));
  // Cohorts know only what was won by then.
  int64_t created = 0;
  int64_t won = 0;
  for (Row& deal : *deals_) {
    if (deal["engage_date"] < "2017-07-01" || deal["engage_date"] > "2017-08-15") continue;
    ++created;
    won += deal["deal_stage"] == "Won" && deal["close_date"] <= "2017-08-15";
  }
  const auto cohort = Ask("win_rate_created", metrics::v1::GROUP_BY_ORG, "2017Q3", middle);
  EXPECT_EQ(cohort.rows(0).numerator(), static_cast<double>(won));
  EXPECT_EQ(cohort.rows(0).denominator(), static_cast<double>(created));
}

TEST_F(MavenTechTest, CycleMedianAndMean) {
  const Tally all = Closed("")[""];
  const auto median = Ask("sales_cycle_days", metrics::v1::GROUP_BY_ORG);
  EXPECT_EQ(median.rows(0).value(), PlainMedian(all.days));
  EXPECT_EQ(median.rows(0).sample_size(), all.won);
  std::map<std::string, Tally> products = Closed("product", "2017-07-01", "2017-09-30");
  const auto by_product = Ask("sales_cycle_days", metrics::v1::GROUP_BY_PRODUCT, "2017Q3");
  EXPECT_EQ(by_product.rows_size(), static_cast<int>(products.size()));
  for (const metrics::v1::KpiRow& row : by_product.rows()) {
    EXPECT_EQ(row.value(), PlainMedian(products[row.group()].days)) << row.group();
  }
}

TEST_F(MavenTechTest, BookingsByAgentAddUp) {
  std::map<std::string, Tally> agents = Closed("sales_agent", "2017-04-01", "2017-06-30");
  double sum = 0;
  const auto table = Ask("bookings", metrics::v1::GROUP_BY_REP, "2017Q2");
  EXPECT_EQ(table.currency_code(), "USD");
  for (const auto& row : table.rows()) {
    EXPECT_EQ(row.value(), static_cast<double>(agents[row.group()].amount)) << row.group();
    sum += row.value();
  }
  EXPECT_GT(sum, 0);
  EXPECT_EQ(sum, Ask("bookings", metrics::v1::GROUP_BY_ORG, "2017Q2").rows(0).value());
}

TEST_F(MavenTechTest, CyclesByAgentManagerAndOffice) {
  const auto expect_cycles = [](const metrics::v1::KpiTable& table,
                                const std::map<std::string, Tally>& tallies) {
    size_t row_count = 0;
    for (const metrics::v1::KpiRow& row : table.rows()) {
      const auto tally = tallies.find(row.group());
      ASSERT_EQ(row.has_undefined_reason(), tally == tallies.end()) << row.group();
      if (tally == tallies.end()) continue;
      ++row_count;
      EXPECT_EQ(row.value(), PlainMedian(tally->second.days)) << row.group();
      EXPECT_EQ(row.sample_size(), tally->second.won) << row.group();
    }
    EXPECT_EQ(row_count, tallies.size());
  };
  expect_cycles(Ask("sales_cycle_days", metrics::v1::GROUP_BY_REP), Closed("sales_agent"));
  std::map<std::string, Tally> teams = Closed("manager");
  for (const auto& office : Closed("office")) teams.insert(office);
  EXPECT_EQ(teams.size(), 6u + 3u);
  expect_cycles(Ask("sales_cycle_days", metrics::v1::GROUP_BY_TEAM), teams);
}

TEST_F(MavenTechTest, BookingsByManagerOfficeAndProduct) {
  const auto expect_bookings = [](const metrics::v1::KpiTable& table,
                                  std::map<std::string, Tally> tallies) {
    for (const metrics::v1::KpiRow& row : table.rows()) {
      EXPECT_EQ(row.value(), static_cast<double>(tallies[row.group()].amount)) << row.group();
      EXPECT_EQ(row.sample_size(), tallies[row.group()].won) << row.group();
    }
    EXPECT_GE(static_cast<size_t>(table.rows_size()), tallies.size());
  };
  std::map<std::string, Tally> teams = Closed("manager");
  for (const auto& office : Closed("office")) teams.insert(office);
  expect_bookings(Ask("bookings", metrics::v1::GROUP_BY_TEAM), teams);
  expect_bookings(Ask("bookings", metrics::v1::GROUP_BY_PRODUCT), Closed("product"));
  expect_bookings(Ask("bookings", metrics::v1::GROUP_BY_PRODUCT, "2017Q3"),
                  Closed("product", "2017-07-01", "2017-09-30"));
}

TEST_F(MavenTechTest, QuartersByTheirRows) {
  std::map<std::string, Tally> quarters;
  quarters["2017Q1"] = Closed("", "2017-01-01", "2017-03-31")[""];
  quarters["2017Q2"] = Closed("", "2017-04-01", "2017-06-30")[""];
  quarters["2017Q3"] = Closed("", "2017-07-01", "2017-09-30")[""];
  ExpectWinRates(Ask("win_rate_closed", metrics::v1::GROUP_BY_PERIOD), quarters);
  const auto table = Ask("bookings", metrics::v1::GROUP_BY_PERIOD);
  for (const auto& row : table.rows()) {
    EXPECT_EQ(row.value(), static_cast<double>(quarters[row.group()].amount)) << row.group();
  }
}

// A month is given to the KPI itself: the workspace's periods are quarters.
TEST_F(MavenTechTest, MonthsSwingAsTheFileSays) {
  const metrics::KpiRegistry registry;
  const auto view = company_->ViewOn(absl::CivilDay(2017, 12, 31));
  const metrics::Grouping grouping(*view, metrics::v1::GROUP_BY_ORG);
  std::vector<double> rates;
  for (int month = 3; month <= 9; ++month) {
    const absl::CivilDay start(2017, month, 1);
    const absl::CivilDay end(absl::CivilMonth(start) + 1);
    const std::string from = FormatIsoDate(start);
    const Tally tally = Closed("", from, from.substr(0, 8) + "31")[""];
    const auto column = registry.Find("win_rate_closed")
                            .value()
                            ->compute({.view = view.get(),
                                       .grouping = &grouping,
                                       .period = FiscalPeriod{"a month", start, end}});
    ASSERT_TRUE(column.ok()) << column.status();
    EXPECT_EQ(column->cells[0].numerator, static_cast<double>(tally.won)) << from;
    EXPECT_EQ(column->cells[0].denominator, static_cast<double>(tally.won + tally.lost)) << from;
    rates.push_back(column->cells[0].value.value());
  }
  // About 80 % in the last month of a quarter, about 50 % in the first.
  EXPECT_GT(rates[0], 0.75);
  EXPECT_LT(rates[1], 0.6);
}

// Won and closed deals per industry of the account: from the table of the KPI where it can be asked
// for by industry, else counted in the view.
std::map<std::string, metrics::Share> SharesByIndustry(const metrics::BookView& view) {
  std::map<std::string, metrics::Share> shares;
  const metrics::KpiRegistry registry;
  const auto& group_bys = (*registry.Find("win_rate_closed"))->definition.group_bys();
  if (std::find(group_bys.begin(), group_bys.end(), metrics::v1::GROUP_BY_INDUSTRY) !=
      group_bys.end()) {
    const auto table = ImportedCompany::Ask(
        view, {.kpi = "win_rate_closed", .group_by = metrics::v1::GROUP_BY_INDUSTRY});
    for (const metrics::v1::KpiRow& row : table.rows()) {
      if (row.denominator() == 0) continue;
      shares[row.group()] = {static_cast<int64_t>(row.numerator()),
                             static_cast<int64_t>(row.denominator())};
    }
    return shares;
  }
  for (const metrics::BookOpportunity& deal : view.opportunities) {
    if (deal.outcome == metrics::StageCategory::kOpen || deal.account < 0) continue;
    metrics::Share& share = shares[view.accounts[static_cast<size_t>(deal.account)].industry];
    ++share.count;
    if (deal.outcome == metrics::StageCategory::kWon) ++share.success_count;
  }
  return shares;
}

TEST_F(MavenTechTest, WinRatesBySector) {
  const std::map<std::string, Tally> sectors = Closed("sector");
  EXPECT_EQ(sectors.size(), 10u);
  const std::map<std::string, metrics::Share> shares =
      SharesByIndustry(*company_->ViewOn(absl::CivilDay(2017, 12, 31)));
  EXPECT_EQ(shares.size(), sectors.size());
  for (const auto& share : shares) {
    const auto sector = sectors.find(share.first);
    ASSERT_NE(sector, sectors.end()) << share.first;
    EXPECT_EQ(share.second.success_count, sector->second.won) << share.first;
    EXPECT_EQ(share.second.count, sector->second.won + sector->second.lost) << share.first;
  }
}

TEST_F(MavenTechTest, FitsAndHandsOnTheOpenPipeline) {
  metrics::v1::FitModelRequest fit;
  fit.set_parent("workspaces/default");
  const auto model = company_->metrics().FitModel(fit, {});
  ASSERT_TRUE(model.ok()) << model.status();
  int64_t undated = 0;
  int64_t open = 0;
  std::string last;
  for (Row& deal : *deals_) {
    undated += deal["deal_stage"] == "Prospecting";
    open += deal["deal_stage"] == "Engaging";
    last = std::max({last, deal["engage_date"], deal["close_date"]});
  }
  EXPECT_EQ(model->model().evidence().undated_count(), undated);
  EXPECT_EQ(model->model().evidence().won_count(), Closed("")[""].won);
  EXPECT_TRUE(model->model().reconstructed());
  EXPECT_EQ(model->model().stages_size(), 1);
  EXPECT_EQ(model->model().stages(0), "Engaging");
  EXPECT_EQ(model->model().as_of().effective_date().day(), std::stoi(last.substr(8)));

  metrics::v1::GetStateRequest request;
  request.set_parent("workspaces/default");
  *request.mutable_as_of() = model->model().as_of();
  request.set_last_period("2018Q1");
  std::map<std::string, int> ages;
  const absl::Status status =
      company_->metrics().GetState(request, {}, [&](metrics::v1::GetStateResponse&& part) {
        for (const auto& deal : part.deals().deals()) {
          ages[deal.opportunity_id()] = deal.age_days();
        }
        return true;
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(static_cast<int64_t>(ages.size()), open);
  for (Row& deal : *deals_) {
    if (deal["deal_stage"] != "Engaging") continue;
    EXPECT_EQ(ages[deal["opportunity_id"]], DayNumber(last) + 1 - DayNumber(deal["engage_date"]));
  }
}

TEST_F(MavenTechTest, APeriodThatIsOverNamesTheAsOfThatWorks) {
  metrics::v1::GetStateRequest request;
  request.set_parent("workspaces/default");
  request.set_last_period("2017Q3");
  const absl::Status status = company_->metrics().GetState(
      request, {}, [](metrics::v1::GetStateResponse&&) { return true; });
  ASSERT_TRUE(GetDetail(status).has_value()) << status;
  EXPECT_EQ(GetDetail(status)->reason, "PERIOD_ENDED");
  EXPECT_NE(std::string(status.message()).find("--as-of 2017-06-30"), std::string::npos);
}

}  // namespace
}  // namespace quotacast
