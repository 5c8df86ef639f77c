// Goal: the KPIs about leads of a real funnel are right. Method: the Olist files go through
// ingestion into a book, and conversion and days to conversion by origin are held against a reading
// of the CSV that shares no code with them: splitting at commas, counting days by a formula of its
// own.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/event_feed.h"
#include "services/ingestion/ingestion.h"
#include "services/ingestion/small_company.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/registry.h"

namespace quotacast {
namespace {

constexpr char kLeads[] = "olist_marketing_qualified_leads_dataset.csv";
constexpr char kDeals[] = "olist_closed_deals_dataset.csv";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// No field of the sample is quoted; the header is left out.
std::vector<std::vector<std::string>> ReadRows(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    rows.push_back(absl::StrSplit(line, ','));
  }
  return rows;
}

// Days since 0000-03-01 of a "26-02-2018 19:58".
int64_t DayNumber(const std::string& text) {
  int64_t year = std::stoi(text.substr(6, 4));
  int64_t month = std::stoi(text.substr(3, 2));
  const int64_t day = std::stoi(text.substr(0, 2));
  if (month < 3) {
    year -= 1;
    month += 12;
  }
  return 365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day - 1;
}

double Median(std::vector<int64_t> days) {
  std::sort(days.begin(), days.end());
  const size_t n = days.size();
  return n % 2 ? static_cast<double>(days[n / 2])
               : static_cast<double>(days[n / 2 - 1] + days[n / 2]) / 2;
}

struct Tally {
  int64_t lead_count = 0;
  std::vector<int64_t> days;  // Of leads that were won.
};

class OlistTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* datasets = std::getenv("QUOTACAST_DATASETS");
    if (datasets == nullptr) GTEST_SKIP() << "QUOTACAST_DATASETS is not set: no real data here";
    folder_ = std::string(datasets) + "/olist_funnel/";
    ingestion::Files files;
    for (const char* name : {kLeads, kDeals}) {
      files[name] = ReadFile(folder_ + name);
      ASSERT_FALSE(files[name].empty()) << folder_ << name;
    }
    FakeClock clock(StartOfDayUtc(absl::CivilDay(2019, 1, 15)));
    eventlog::InMemoryEventLog log(&clock);
    ingestion::Ingestion ingestion(log, clock);
    const auto report =
        ingestion::ImportFiles(ingestion, "w", ingestion::ShippedProfile("olist_funnel"), files);
    ASSERT_TRUE(report.ok()) << report.status();
    ASSERT_EQ(report->error_count(), 0);
    metrics::Book book;
    const absl::Status read = ingestion::WatchLog(
        log, "w", ingestion::v1::WatchEventsRequest(), [] { return false; },
        [&book](const std::string& bytes) {
          ingestion::v1::WatchEventsResponse message;
          if (!message.ParseFromString(bytes)) return false;
          for (const auto& record : message.events()) {
            if (!book.Append(record).ok()) return false;
          }
          return !message.caught_up();
        });
    ASSERT_TRUE(read.ok()) << read;
    view_ = book.At({.effective_day = absl::CivilDay(2018, 12, 31)}, absl::CivilDay(2019, 1, 15))
                .value();
  }

  // By origin, and "" for all.
  std::map<std::string, Tally> ReadFunnel() const {
    std::map<std::string, int64_t> won;
    for (const std::vector<std::string>& row : ReadRows(folder_ + kDeals)) {
      won[row[0]] = DayNumber(row[4]);
    }
    std::map<std::string, Tally> tallies;
    for (const std::vector<std::string>& row : ReadRows(folder_ + kLeads)) {
      for (const std::string& group :
           {row[3].empty() ? "(no lead source)" : row[3], std::string()}) {
        Tally& tally = tallies[group];
        ++tally.lead_count;
        const auto win = won.find(row[0]);
        if (win == won.end()) continue;
        // One win is dated before its first contact: it came in no later than that.
        tally.days.push_back(std::max<int64_t>(0, win->second - DayNumber(row[1])));
      }
    }
    return tallies;
  }

  metrics::v1::KpiTable Ask(const std::string& kpi, metrics::v1::GroupBy group_by) const {
    const metrics::KpiRegistry registry;
    const auto table = registry.Query(*view_, {.kpi = kpi, .group_by = group_by});
    EXPECT_TRUE(table.ok()) << table.status();
    return table.value_or(metrics::v1::KpiTable());
  }

  std::string folder_;
  std::shared_ptr<const metrics::BookView> view_;
};

TEST_F(OlistTest, LeadConversionByOrigin) {
  const std::map<std::string, Tally> tallies = ReadFunnel();
  EXPECT_EQ(tallies.at("").lead_count, 8'000);
  EXPECT_EQ(tallies.at("").days.size(), 842u);
  for (const auto group_by : {metrics::v1::GROUP_BY_LEAD_SOURCE, metrics::v1::GROUP_BY_ORG}) {
    const auto table = Ask("lead_conversion", group_by);
    EXPECT_EQ(table.rows_size(),
              group_by == metrics::v1::GROUP_BY_ORG ? 1 : static_cast<int>(tallies.size()) - 1);
    for (const metrics::v1::KpiRow& row : table.rows()) {
      ASSERT_EQ(tallies.count(row.group()), 1u) << row.group();
      const Tally& tally = tallies.at(row.group());
      EXPECT_EQ(row.numerator(), static_cast<double>(tally.days.size())) << row.group();
      EXPECT_EQ(row.denominator(), static_cast<double>(tally.lead_count)) << row.group();
      EXPECT_DOUBLE_EQ(row.value(), row.numerator() / row.denominator()) << row.group();
    }
  }
}

TEST_F(OlistTest, DaysToConversionByOrigin) {
  const std::map<std::string, Tally> tallies = ReadFunnel();
  int64_t seen_count = 0;
  const auto table = Ask("lead_days_to_conversion", metrics::v1::GROUP_BY_LEAD_SOURCE);
  for (const metrics::v1::KpiRow& row : table.rows()) {
    const Tally& tally = tallies.at(row.group());
    EXPECT_EQ(row.sample_size(), static_cast<int64_t>(tally.days.size())) << row.group();
    EXPECT_EQ(row.has_undefined_reason(), tally.days.empty()) << row.group();
    if (tally.days.empty()) continue;
    EXPECT_EQ(row.value(), Median(tally.days)) << row.group();
    seen_count += row.sample_size();
  }
  EXPECT_EQ(seen_count, 842);
  EXPECT_EQ(Ask("lead_days_to_conversion", metrics::v1::GROUP_BY_ORG).rows(0).value(),
            Median(tallies.at("").days));
}

}  // namespace
}  // namespace quotacast
