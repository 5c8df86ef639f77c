// Goal: the KPIs of a real export are right. Method: the MavenTech folder goes through ingestion
// into metrics, and every figure is held against a reading of the CSV that shares no code with
// them: splitting at commas, comparing date texts, counting days by a formula of its own.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/event_feed.h"
#include "services/ingestion/ingestion.h"
#include "services/metrics/metrics.h"

namespace quotacast {
namespace {

using Row = std::map<std::string, std::string>;

// No field of the sample is quoted.
std::vector<Row> ReadCsv(const std::string& path) {
  std::ifstream file(path);
  std::vector<Row> rows;
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    if (names.empty()) {
      names = fields;
      continue;
    }
    Row row;
    for (size_t i = 0; i < names.size() && i < fields.size(); ++i) row[names[i]] = fields[i];
    rows.push_back(row);
  }
  return rows;
}

// Days since 0000-03-01 of a "2017-03-01".
int64_t DayNumber(const std::string& date) {
  int64_t year = std::stoi(date.substr(0, 4));
  int64_t month = std::stoi(date.substr(5, 2));
  const int64_t day = std::stoi(date.substr(8, 2));
  if (month < 3) {
    year -= 1;
    month += 12;
  }
  return 365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day - 1;
}

struct Tally {
  int64_t won = 0;
  int64_t lost = 0;
  int64_t amount = 0;
  std::vector<int64_t> days;
};

double Median(std::vector<int64_t> days) {
  std::sort(days.begin(), days.end());
  const size_t n = days.size();
  return n % 2 ? static_cast<double>(days[n / 2])
               : static_cast<double>(days[n / 2 - 1] + days[n / 2]) / 2;
}

// One import for all tests: it takes a second.
class MavenTechTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const char* datasets = std::getenv("QUOTACAST_DATASETS");
    if (datasets == nullptr) return;
    folder_ = std::string(datasets) + "/maventech";
    company_ = new Company;
    company_->Import();
    deals_ = new std::vector<Row>(ReadCsv(folder_ + "/sales_pipeline.csv"));
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
  }
  static void TearDownTestSuite() {
    delete company_;
    delete deals_;
  }
  void SetUp() override {
    if (company_ == nullptr) GTEST_SKIP() << "QUOTACAST_DATASETS is not set: no real data here";
    ASSERT_EQ(deals_->size(), 7635u) << folder_;
  }

  static std::vector<Row> ReadAgents() { return ReadCsv(folder_ + "/sales_teams.csv"); }

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
    const auto response = company_->metrics.QueryKpi(request, {});
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

  // Ingestion and metrics over one log in memory, as quotacastd wires them but without gRPC.
  struct Company {
    Company()
        : clock(StartOfDayUtc(absl::CivilDay(2018, 1, 15))),
          log(&clock),
          ingestion(log, clock),
          metrics(
              [this](std::string_view workspace, int64_t after_offset,
                     const metrics::Cancelled& cancelled,
                     const std::function<bool(const ingestion::v1::WatchEventsResponse&)>& take) {
                ingestion::v1::WatchEventsRequest request;
                request.set_after_offset(after_offset);
                return ingestion::WatchLog(
                    log, workspace, request, [&] { return cancelled && cancelled(); },
                    [&](const std::string& bytes) {
                      ingestion::v1::WatchEventsResponse message;
                      return message.ParseFromString(bytes) && take(message);
                    });
              },
              &clock) {}

    void Import() {
      ingestion::ImportSession session = ingestion.StartImport();
      ingestion::v1::ImportFilesRequest request;
      request.mutable_header()->set_parent("workspaces/default");
      request.mutable_header()->set_profile_name("maventech");
      ASSERT_TRUE(session.Add(request).ok());
      for (const char* name :
           {"sales_pipeline.csv", "sales_teams.csv", "products.csv", "accounts.csv"}) {
        std::ifstream file(folder_ + "/" + name, std::ios::binary);
        std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        ASSERT_FALSE(bytes.empty()) << folder_ << "/" << name;
        for (size_t begin = 0; begin < bytes.size(); begin += ingestion::kMaxChunkBytes) {
          request.mutable_chunk()->set_file_name(name);
          request.mutable_chunk()->set_data(bytes.substr(begin, ingestion::kMaxChunkBytes));
          const absl::Status added = session.Add(request);
          ASSERT_TRUE(added.ok()) << added;
        }
      }
      const auto report = session.Finish("default", [] { return false; });
      ASSERT_TRUE(report.ok()) << report.status();
      ASSERT_EQ(report->error_count(), 0) << report->ShortDebugString();
    }

    FakeClock clock;
    eventlog::InMemoryEventLog log;
    ingestion::Ingestion ingestion;
    metrics::Metrics metrics;
  };

  static inline std::string folder_;
  static inline Company* company_ = nullptr;
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
  EXPECT_EQ(median.rows(0).value(), Median(all.days));
  EXPECT_EQ(median.rows(0).sample_size(), all.won);
  std::map<std::string, Tally> products = Closed("product", "2017-07-01", "2017-09-30");
  const auto by_product = Ask("sales_cycle_days", metrics::v1::GROUP_BY_PRODUCT, "2017Q3");
  EXPECT_EQ(by_product.rows_size(), static_cast<int>(products.size()));
  for (const metrics::v1::KpiRow& row : by_product.rows()) {
    EXPECT_EQ(row.value(), Median(products[row.group()].days)) << row.group();
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

TEST_F(MavenTechTest, FitsAndHandsOnTheOpenPipeline) {
  metrics::v1::FitModelRequest fit;
  fit.set_parent("workspaces/default");
  const auto model = company_->metrics.FitModel(fit, {});
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
      company_->metrics.GetState(request, {}, [&](metrics::v1::GetStateResponse&& part) {
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
  const absl::Status status =
      company_->metrics.GetState(request, {}, [](metrics::v1::GetStateResponse&&) { return true; });
  ASSERT_TRUE(GetDetail(status).has_value()) << status;
  EXPECT_EQ(GetDetail(status)->reason, "PERIOD_ENDED");
  EXPECT_NE(std::string(status.message()).find("--as-of 2017-06-30"), std::string::npos);
}

}  // namespace
}  // namespace quotacast
