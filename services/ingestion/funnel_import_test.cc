// Goal: the Olist funnel, the BPI 2012 log and the pipeline of 2015 are imported completely and
// rightly. Method: the events in the log are compared with the counts of each SOURCE.md and with an
// independent reading of the files by plain code of this test; importing twice changes nothing.
// Needs the samples; skips without them.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
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
#include "zlib.h"

namespace quotacast::ingestion {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// The independent reading of a packed file: zlib's own file interface.
std::string ReadPacked(const std::filesystem::path& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  std::string text;
  std::string buffer(1 << 16, '\0');
  for (int count = 0; (count = gzread(file, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer, 0, count);
  }
  gzclose(file);
  return text;
}

// The rows of a file without quotes, without the header.
std::vector<std::vector<std::string>> ReadRows(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string>& row = rows.emplace_back();
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, ',');) row.push_back(field);
  }
  rows.erase(rows.begin());
  return rows;
}

class FunnelImportTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* root = std::getenv("QUOTACAST_DATASETS");
    if (root == nullptr) GTEST_SKIP() << "QUOTACAST_DATASETS is not set";
    root_ = root;
  }

  bool Lacks(const std::string& path) const { return !std::filesystem::exists(root_ / path); }

  v1::ImportFilesResponse Import(const std::string& profile, const Files& files) {
    const auto response = ImportFiles(ingestion_, "w", ShippedProfile(profile), files);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ImportFilesResponse());
  }

  // Every event with the moment at which it was true, as RFC 3339 in UTC.
  struct Dated {
    std::string when;
    crm::v1::CrmEvent event;
  };
  std::vector<Dated> Events(crm::v1::CrmEvent::ChangeCase change) const {
    std::vector<Dated> events;
    const std::vector<eventlog::StoredEvent> all = log_.Read("w", 0, 1'000'000).value();
    for (const eventlog::StoredEvent& stored : all) {
      Dated dated;
      dated.event.ParseFromString(stored.event.payload);
      if (dated.event.change_case() != change) continue;
      if (stored.event.effective_time.has_value()) {
        dated.when = absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", *stored.event.effective_time,
                                      absl::UTCTimeZone());
      }
      events.push_back(std::move(dated));
    }
    return events;
  }

  std::filesystem::path root_;
  FakeClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  eventlog::InMemoryEventLog log_{&clock_};
  Ingestion ingestion_{log_, clock_};
};

// "26-02-2018 19:58" is "2018-02-26T19:58".
std::string DayFirst(const std::string& text) {
  const std::string day =
      text.substr(6, 4) + "-" + text.substr(3, 2) + "-" + text.substr(0, 2) + "T";
  return day + (text.size() > 10 ? text.substr(11) : "00:00");
}

TEST_F(FunnelImportTest, OlistLeadsAndWinsHaveTheDayFirst) {
  if (Lacks("olist_funnel/olist_closed_deals_dataset.csv")) GTEST_SKIP();
  Files files;
  for (const char* name :
       {"olist_marketing_qualified_leads_dataset.csv", "olist_closed_deals_dataset.csv"}) {
    files[name] = ReadFile(root_ / "olist_funnel" / name);
  }
  const v1::ImportFilesResponse response = Import("olist_funnel", files);
  EXPECT_EQ(response.error_count(), 0) << response.ShortDebugString().substr(0, 2'000);
  std::map<std::string, std::string> created;
  for (const auto& row : ReadRows(files["olist_marketing_qualified_leads_dataset.csv"])) {
    created[row[0]] = DayFirst(row[1]);
  }
  std::map<std::string, std::string> won;
  for (const auto& row : ReadRows(files["olist_closed_deals_dataset.csv"])) {
    won[row[0]] = DayFirst(row[4]);
  }
  ASSERT_EQ(created.size(), 8'000u);
  ASSERT_EQ(won.size(), 842u);
  std::map<std::string, std::string> created_events;
  std::map<std::string, std::string> converted_events;
  for (const Dated& dated : Events(crm::v1::CrmEvent::kLead)) {
    const crm::v1::LeadChange& lead = dated.event.lead();
    const bool converted = lead.status() == crm::v1::LEAD_STATUS_CONVERTED;
    (converted ? converted_events : created_events)[lead.lead_id()] = dated.when.substr(0, 16);
  }
  EXPECT_EQ(created_events, created);
  EXPECT_EQ(converted_events, won);
  std::map<std::string, std::string> deal_events;
  for (const Dated& dated : Events(crm::v1::CrmEvent::kOpportunity)) {
    EXPECT_EQ(dated.event.opportunity().stage_id(), "Won");
    deal_events[dated.event.opportunity().lead_id()] = dated.when.substr(0, 16);
  }
  EXPECT_EQ(deal_events, won);
  EXPECT_EQ(Import("olist_funnel", files).appended_event_count(), 0);
}

TEST_F(FunnelImportTest, EveryEventOfBpi2012IsThere) {
  const std::string name = "bpic2012_events_before_2012.csv.gz";
  if (Lacks("bpic2012/" + name)) GTEST_SKIP();
  const Files files = {{name, ReadFile(root_ / "bpic2012" / name)}};
  const v1::ImportFilesResponse response = Import("bpi_2012", files);
  EXPECT_EQ(response.error_count(), 0) << response.ShortDebugString().substr(0, 2'000);
  ASSERT_EQ(response.files_size(), 1);
  EXPECT_EQ(response.files(0).row_count(), 138'797);
  EXPECT_EQ(response.files(0).accepted_row_count(), 138'797);

  // case_id, amount_req, reg_date, activity, lifecycle, timestamp, resource.
  std::map<std::string, int64_t> expected_stages;
  std::map<std::string, std::vector<std::string>> expected_paths;
  std::map<std::string, std::string> last_time;
  std::set<std::string> cases;
  int64_t expected_activities = 0;
  for (const auto& row : ReadRows(ReadPacked(root_ / "bpic2012" / name))) {
    cases.insert(row[0]);
    if (row[3][0] != 'A') {
      ++expected_activities;
      continue;
    }
    ++expected_stages[row[3]];
    expected_paths[row[0]].push_back(row[3]);
    // The file is in order of time within a case.
    EXPECT_LE(last_time[row[0]].substr(0, 10), row[5].substr(0, 10));
    last_time[row[0]] = row[5];
  }
  EXPECT_EQ(cases.size(), 7'455u);
  std::map<std::string, int64_t> stages;
  std::map<std::string, std::vector<std::string>> paths;
  for (const Dated& dated : Events(crm::v1::CrmEvent::kOpportunity)) {
    const crm::v1::OpportunityChange& deal = dated.event.opportunity();
    ++stages[deal.stage_id()];
    paths[deal.opportunity_id()].push_back(deal.stage_id());
  }
  EXPECT_EQ(stages, expected_stages);
  EXPECT_EQ(paths, expected_paths);
  EXPECT_EQ(static_cast<int64_t>(Events(crm::v1::CrmEvent::kActivity).size()), expected_activities);
  // +02:00 before the clocks changed.
  EXPECT_EQ(Events(crm::v1::CrmEvent::kOpportunity).front().when, "2011-09-30T22:38:44.546Z");
  EXPECT_EQ(Import("bpi_2012", files).appended_event_count(), 0);
}

TEST_F(FunnelImportTest, ThePipelineOf2015HasEmptyLinesAndPercentages) {
  if (Lacks("pipeline_2015/sales_pipeline.csv")) GTEST_SKIP();
  const Files files = {
      {"sales_pipeline.csv", ReadFile(root_ / "pipeline_2015" / "sales_pipeline.csv")}};
  const v1::ImportFilesResponse response = Import("pipeline_2015", files);
  // A stray digit in an otherwise empty line.
  EXPECT_THAT(ProblemLines(response),
              testing::ElementsAre("E sales_pipeline.csv:3764 Deal Owner= MISSING_FIELD"));
  EXPECT_EQ(response.files(0).empty_row_count(), 4'840);
  std::set<std::string> deals;
  int64_t probability_percent = 0;
  for (const Dated& dated : Events(crm::v1::CrmEvent::kOpportunity)) {
    const crm::v1::OpportunityChange& deal = dated.event.opportunity();
    deals.insert(deal.opportunity_id());
    if (deal.has_rep_probability()) {
      probability_percent += static_cast<int64_t>(deal.rep_probability() * 100 + 0.5);
    }
  }
  int64_t expected_percent = 0;
  for (const auto& row : ReadRows(files.at("sales_pipeline.csv"))) {
    if (row.size() > 6 && !row[0].empty()) expected_percent += std::stoll(row[6]);
  }
  EXPECT_EQ(deals.size(), 1'000u);
  EXPECT_EQ(probability_percent, expected_percent);
  EXPECT_EQ(Import("pipeline_2015", files).appended_event_count(), 0);
}

// Fields of a line with quotes.
std::vector<std::string> SplitQuoted(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back().push_back(c);
    }
  }
  return fields;
}

// 19-digit ids, European dates and amounts, #REF!, and rows that say too little.
TEST_F(FunnelImportTest, DealsOfTheSchoolAreKeptOrNamed) {
  if (Lacks("school_crm/deals.csv.gz")) GTEST_SKIP();
  const Files files = {{"deals.csv.gz", ReadFile(root_ / "school_crm" / "deals.csv.gz")}};
  const v1::ImportFilesResponse response = Import("school_crm", files);
  std::istringstream lines(ReadPacked(root_ / "school_crm" / "deals.csv.gz"));
  std::string line;
  std::getline(lines, line);
  std::set<std::string> kept;
  int64_t row_count = 0;
  int64_t empty_count = 0;
  while (std::getline(lines, line)) {
    const std::vector<std::string> row = SplitQuoted(line);
    ++row_count;
    if (line.find_first_not_of(",\r") == std::string::npos) {
      ++empty_count;
      continue;
    }
    // Id, owner, closing date, quality, stage ... created time (15) ... amount (19).
    const bool won = row[4] == "Payment Done";
    const bool closed = won || row[4] == "Lost";
    const std::string& amount = row[19];
    const auto iso = [](const std::string& date) {
      return date.substr(6, 4) + date.substr(3, 2) + date.substr(0, 2);
    };
    if (row[1].empty() || row[4].empty() || row[15].empty()) continue;
    if (closed && row[2].empty()) continue;
    if (won && amount.empty()) continue;
    if (!row[2].empty() && iso(row[2]) < iso(row[15])) continue;
    kept.insert(row[0]);
  }
  std::set<std::string> deals;
  for (const Dated& dated : Events(crm::v1::CrmEvent::kOpportunity)) {
    deals.insert(dated.event.opportunity().opportunity_id());
  }
  EXPECT_EQ(response.files(0).row_count(), row_count);
  EXPECT_EQ(response.files(0).empty_row_count(), empty_count);
  EXPECT_EQ(deals, kept);
  EXPECT_EQ(response.files(0).rejected_row_count(),
            row_count - empty_count - static_cast<int64_t>(kept.size()));
  EXPECT_EQ(Import("school_crm", files).appended_event_count(), 0);
}

// The sample's values are hashed, so that no stage is known; its columns are all there.
TEST_F(FunnelImportTest, SalesforceColumnsAreKnown) {
  if (Lacks("crm_vendor_schemas/salesforce/sf_opportunity_data.csv")) GTEST_SKIP();
  Files files;
  for (const char* name : {"sf_opportunity_data.csv", "sf_opportunity_history_data.csv"}) {
    files[name] = ReadFile(root_ / "crm_vendor_schemas/salesforce" / name);
  }
  const v1::ImportFilesResponse response = Import("salesforce_history", files);
  for (const v1::RowProblem& problem : response.problems()) {
    EXPECT_GT(problem.row(), 1) << problem.ShortDebugString();
  }
  EXPECT_GT(Events(crm::v1::CrmEvent::kRep).size(), 0u);
}

}  // namespace
}  // namespace quotacast::ingestion
