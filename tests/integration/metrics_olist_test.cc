// Goal: the KPIs about leads of a real funnel are right. Method: the Olist files go through
// ingestion into a book, and conversion and days to conversion by origin are held against a reading
// of the CSV that shares no code with them: splitting at commas, counting days by a formula of its
// own.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/ingestion/small_company.h"
#include "services/metrics/book_view.h"
#include "tests/integration/imported_company.h"
#include "tests/integration/plain_csv.h"

namespace quotacast {
namespace {

constexpr char kLeads[] = "olist_marketing_qualified_leads_dataset.csv";
constexpr char kDeals[] = "olist_closed_deals_dataset.csv";

// Of a "26-02-2018 19:58".
int64_t DayNumberOf(const std::string& text) {
  return DayNumber(text.substr(6, 4) + "-" + text.substr(3, 2) + "-" + text.substr(0, 2));
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
    const std::string folder = std::string(datasets) + "/olist_funnel/";
    for (const char* name : {kLeads, kDeals}) {
      files_[name] = ReadPlainFile(folder + name);
      ASSERT_FALSE(files_[name].empty()) << folder << name;
    }
    ImportedCompany company(absl::CivilDay(2019, 1, 15));
    company.Import(ingestion::ShippedProfile("olist_funnel"), files_);
    view_ = company.ViewOn(absl::CivilDay(2018, 12, 31));
    ASSERT_NE(view_, nullptr);
  }

  // By origin, and "" for all.
  std::map<std::string, Tally> ReadFunnel() const {
    std::map<std::string, int64_t> won;
    for (const CsvRow& row : ReadPlainCsv(files_.at(kDeals))) {
      won[row.at("mql_id")] = DayNumberOf(row.at("won_date"));
    }
    std::map<std::string, Tally> tallies;
    for (const CsvRow& row : ReadPlainCsv(files_.at(kLeads))) {
      const std::string& origin = row.at("origin");
      for (const std::string& group :
           {origin.empty() ? "(no lead source)" : origin, std::string()}) {
        Tally& tally = tallies[group];
        ++tally.lead_count;
        const auto win = won.find(row.at("mql_id"));
        if (win == won.end()) continue;
        // One win is dated before its first contact: it came in no later than that.
        tally.days.push_back(
            std::max<int64_t>(0, win->second - DayNumberOf(row.at("first_contact_date"))));
      }
    }
    return tallies;
  }

  metrics::v1::KpiTable Ask(const std::string& kpi, metrics::v1::GroupBy group_by) const {
    return ImportedCompany::Ask(*view_, {.kpi = kpi, .group_by = group_by});
  }

  ingestion::Files files_;
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
    EXPECT_EQ(row.value(), PlainMedian(tally.days)) << row.group();
    seen_count += row.sample_size();
  }
  EXPECT_EQ(seen_count, 842);
  EXPECT_EQ(Ask("lead_days_to_conversion", metrics::v1::GROUP_BY_ORG).rows(0).value(),
            PlainMedian(tallies.at("").days));
}

}  // namespace
}  // namespace quotacast
