// Goal: what an import appends, and that appending is idempotent, independent of the order and the
// cutting of files, correctable, and resumable. Method: our own small companies are imported into
// an in-memory log; the events are compared with lists written out by hand, and the log is made to
// refuse at every append.
#include "services/ingestion/importer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/forwarding_event_log.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/shipped_profiles.h"
#include "services/ingestion/small_company.h"

namespace quotacast::ingestion {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const ImportOptions kOptions{absl::CivilDay(2017, 7, 14), absl::CivilDay(2017, 7, 14),
                             absl::FromUnixSeconds(1'500'000'000), ""};

bool Never() { return false; }

// Refuses the appends after the first `accepted_count`, as a full disk does.
class RefusingLog final : public eventlog::ForwardingEventLog {
 public:
  using ForwardingEventLog::ForwardingEventLog;
  void AcceptAppends(int count) { accepted_count_ = count; }

  absl::StatusOr<std::vector<eventlog::AppendResult>> Append(
      std::string_view workspace, absl::Span<const eventlog::Event> events,
      absl::Span<const eventlog::RecordWrite> records) override {
    if (accepted_count_-- <= 0) return absl::UnavailableError("the disk is full");
    return ForwardingEventLog::Append(workspace, events, records);
  }

 private:
  int accepted_count_ = 0;
};

class ImporterTest : public testing::Test {
 protected:
  absl::StatusOr<v1::ImportFilesResponse> Import(eventlog::EventLog& log, const Files& files,
                                                 const std::string& profile_name,
                                                 bool reversed = false) {
    const ImportProfile profile =
        ParseImportProfile(ShippedProfileText(profile_name).value(), ShippedProfileText).value();
    std::vector<UploadedFile> uploaded;
    for (const auto& file : files) uploaded.push_back({file.first, {file.second}});
    if (reversed) std::reverse(uploaded.begin(), uploaded.end());
    return ImportUploadedFiles(log, "w", profile, uploaded, kOptions, Never);
  }

  v1::ImportFilesResponse MustImport(const Files& files, const std::string& profile_name) {
    const auto response = Import(log_, files, profile_name);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ImportFilesResponse());
  }

  std::vector<std::string> DealLines() {
    std::vector<std::string> lines;
    for (const std::string& line : LogLines(log_, "w")) {
      if (line.substr(0, 12) == "opportunity/") lines.push_back(line);
    }
    return lines;
  }

  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
  eventlog::InMemoryEventLog log_{&clock_};
};

TEST_F(ImporterTest, SnapshotBecomesEvents) {
  const v1::ImportFilesResponse response = MustImport(SnapshotCompany(), "maventech");
  EXPECT_THAT(ProblemLines(response), ElementsAre());
  EXPECT_THAT(
      DealLines(),
      ElementsAre(
          "opportunity/D1 Engaging@2017-01-10 @2017-01-10: opportunity { opportunity_id: \"D1\" "
          "owner_rep_id: \"Ada Quill\" account_id: \"Harbour Works\" product_id: \"GTX Pro\" "
          "segment_id: \"GTX Pro\" stage_id: \"Engaging\" }",
          "opportunity/D1 Won@2017-03-01 @2017-03-01: opportunity { opportunity_id: \"D1\" "
          "stage_id: \"Won\" amount { currency_code: \"USD\" units: 4750 } }",
          "opportunity/D2 Engaging@2017-01-12 @2017-01-12: opportunity { opportunity_id: \"D2\" "
          "owner_rep_id: \"Ben Moss\" account_id: \"Lakes, Ltd\" product_id: \"Pump 2\" "
          "segment_id: \"Pump 2\" stage_id: \"Engaging\" }",
          "opportunity/D2 Won@2017-03-31 @2017-03-31: opportunity { opportunity_id: \"D2\" "
          "stage_id: \"Won\" amount { currency_code: \"USD\" units: 55 nanos: 500000000 } }",
          "opportunity/D3 Engaging@2017-02-01 @2017-02-01: opportunity { opportunity_id: \"D3\" "
          "owner_rep_id: \"Cora Dunn\" account_id: \"Harbour Works\" product_id: \"GTX Pro\" "
          "segment_id: \"GTX Pro\" stage_id: \"Engaging\" }",
          "opportunity/D3 Lost@2017-04-02 @2017-04-02: opportunity { opportunity_id: \"D3\" "
          "stage_id: \"Lost\" }",
          "opportunity/D4 Engaging@2017-05-05 @2017-05-05: opportunity { opportunity_id: \"D4\" "
          "owner_rep_id: \"Cora Dunn\" product_id: \"Pump 2\" segment_id: \"Pump 2\" "
          "stage_id: \"Engaging\" }",
          "opportunity/D5 Engaging@2017-06-01 @2017-06-01: opportunity { opportunity_id: \"D5\" "
          "owner_rep_id: \"Ada Quill\" account_id: \"Harbour Works\" product_id: \"GTX Pro\" "
          "segment_id: \"GTX Pro\" stage_id: \"Engaging\" }",
          "opportunity/D6 Prospecting@undated @undated: opportunity { opportunity_id: \"D6\" "
          "owner_rep_id: \"Ben Moss\" product_id: \"Pump 2\" segment_id: \"Pump 2\" "
          "stage_id: \"Prospecting\" }"));
  const std::vector<std::string> lines = LogLines(log_, "w");
  EXPECT_THAT(lines, Contains("team/North 1 @1970-01-01: team { team_id: \"North\" display_name: "
                              "\"North\" }"));
  EXPECT_THAT(lines, Contains("team/Mia Stone 1 @1970-01-01: team { team_id: \"Mia Stone\" "
                              "display_name: \"Mia Stone\" parent_team_id: \"North\" }"));
  EXPECT_THAT(lines, Contains("rep/Cora Dunn 1 @1970-01-01: rep { rep_id: \"Cora Dunn\" "
                              "display_name: \"Cora Dunn\" team_id: \"Ned Price\" }"));
  EXPECT_THAT(lines, Contains("product/GTX Pro 1 @1970-01-01: product { product_id: \"GTX Pro\" "
                              "display_name: \"GTX Pro\" series: \"GTX\" list_price { "
                              "currency_code: \"USD\" units: 4800 } }"));
  EXPECT_THAT(lines, Contains("stage/Won 1 @1970-01-01: stage { stage_id: \"Won\" label: \"Won\" "
                              "category: STAGE_CATEGORY_WON }"));
  EXPECT_EQ(lines.front(), "fiscal_calendar 1 @1970-01-01: fiscal_calendar { start_month: 1 }");
}

TEST_F(ImporterTest, ReportCountsFilesStagesAndAliases) {
  const v1::ImportFilesResponse response = MustImport(SnapshotCompany(), "maventech");
  // 1 calendar, 4 stages, 4 teams, 3 reps, 2 products, 2 accounts, 9 of deals.
  EXPECT_EQ(response.appended_event_count(), 25);
  EXPECT_EQ(response.last_offset(), 25);
  EXPECT_EQ(response.profile_name(), "maventech");
  std::vector<std::string> files;
  for (const v1::FileReport& file : response.files()) {
    files.push_back(absl::StrCat(file.file(), ":", file.entity(), ":", file.row_count(), ":",
                                 file.accepted_row_count(), ":", file.rejected_row_count()));
  }
  EXPECT_THAT(files, ElementsAre("accounts.csv:account:2:2:0", "products.csv:product:2:2:0",
                                 "sales_pipeline.csv:opportunity:6:6:0",
                                 "sales_teams.csv:team, rep:3:3:0"));
  std::vector<std::string> stages;
  for (const v1::StageCount& stage : response.stages()) {
    stages.push_back(absl::StrCat(stage.stage_id(), ":", stage.row_count()));
  }
  EXPECT_THAT(stages, ElementsAre("Engaging:2", "Lost:1", "Prospecting:1", "Won:2"));
  ASSERT_EQ(response.aliases_size(), 1);
  EXPECT_EQ(response.aliases(0).ShortDebugString(),
            "field: \"product\" value: \"GTXPro\" canonical: \"GTX Pro\" row_count: 1");
}

TEST_F(ImporterTest, HistoryBecomesEvents) {
  const v1::ImportFilesResponse response = MustImport(HistoryCompany(), "crm_history");
  EXPECT_THAT(ProblemLines(response), ElementsAre());
  const std::vector<std::string> deals = DealLines();
  ASSERT_EQ(deals.size(), 7u);
  EXPECT_EQ(deals[0],
            "opportunity/H1 Discovery@2017-01-02 @2017-01-02: opportunity { opportunity_id: "
            "\"H1\" owner_rep_id: \"R1\" account_id: \"A1\" product_id: \"P1\" segment_id: "
            "\"smb\" stage_id: \"Discovery\" amount { currency_code: \"USD\" units: 1200 } "
            "created_date { year: 2017 month: 1 day: 2 } expected_close_date { year: 2017 month: "
            "3 day: 31 } }");
  EXPECT_EQ(deals[1],
            "opportunity/H1 Proposal@2017-01-20 @2017-01-20: opportunity { opportunity_id: "
            "\"H1\" stage_id: \"Proposal\" }");
  EXPECT_EQ(deals[2],
            "opportunity/H1 Closed Won@2017-02-15 @2017-02-15: opportunity { opportunity_id: "
            "\"H1\" stage_id: \"Closed Won\" amount { currency_code: \"USD\" units: 1150 } }");
  EXPECT_THAT(LogLines(log_, "w"),
              Contains("rep/R2 1 @1970-01-01: rep { rep_id: \"R2\" display_name: \"Ben Moss\" "
                       "team_id: \"T2\" start_date { year: 2016 month: 3 day: 1 } end_date { "
                       "year: 2017 month: 6 day: 30 } }"));
  std::vector<std::string> stages;
  for (const v1::StageCount& stage : response.stages()) {
    stages.push_back(absl::StrCat(stage.stage_id(), ":", stage.row_count()));
  }
  EXPECT_THAT(stages, ElementsAre("Closed Lost:1", "Closed Won:1", "Proposal:1"));
}

TEST_F(ImporterTest, HistoryRowsMayComeInAnyOrder) {
  MustImport(HistoryCompany(), "crm_history");
  Files files = HistoryCompany();
  files["stage_history.csv"] =
      "opportunity_id,changed_date,stage,amount\n"
      "H3,2017-03-01,Proposal,\nH2,2017-02-01,Closed Lost,\nH1,2017-02-15,Closed Won,1150\n"
      "H2,2017-01-05,Discovery,900\nH1,2017-01-20,Proposal,\nH1,2017-01-02,Discovery,1200\n"
      "H3,2017-02-01,Discovery,20000\n";
  const v1::ImportFilesResponse second = MustImport(files, "crm_history");
  EXPECT_EQ(second.appended_event_count(), 0);
  EXPECT_EQ(second.unchanged_event_count(), second.last_offset());
}

// A misspelt rep in a later export used to replace the deal's creation by one without owner,
// segment, product and dates.
TEST_F(ImporterTest, ARejectedHeaderLeavesTheKnownDealAsItWas) {
  MustImport(HistoryCompany(), "crm_history");
  const std::vector<std::string> before = LogLines(log_, "w");
  Files files = HistoryCompany();
  std::string& headers = files["opportunities.csv"];
  headers = absl::StrReplaceAll(headers, {{"H1,R1", "H1,Rx"}});
  const v1::ImportFilesResponse second = MustImport(files, "crm_history");
  EXPECT_THAT(ProblemLines(second), ElementsAre("E opportunities.csv:2 rep_id=Rx UNKNOWN_REP"));
  EXPECT_EQ(second.appended_event_count(), 0);
  EXPECT_EQ(LogLines(log_, "w"), before);

  // What the history itself says anew is taken: another amount of the creation, and a row before
  // it, which takes over owner, segment, product and dates but not the amount.
  std::string& history = files["stage_history.csv"];
  history = absl::StrReplaceAll(history, {{"H1,2017-01-02,Discovery,1200",
                                           "H1,2016-12-30,Qualification,\n"
                                           "H1,2017-01-02,Discovery,1300"}});
  EXPECT_EQ(MustImport(files, "crm_history").appended_event_count(), 2);
  EXPECT_EQ(MustImport(files, "crm_history").appended_event_count(), 0);
  const std::vector<std::string> lines = DealLines();
  ASSERT_EQ(lines.size(), 9u);
  const std::string dates =
      "created_date { year: 2017 month: 1 day: 2 } expected_close_date { year: 2017 month: 3 day: "
      "31 } }";
  EXPECT_EQ(lines[7],
            "opportunity/H1 Qualification@2016-12-30 @2016-12-30: opportunity { opportunity_id: "
            "\"H1\" owner_rep_id: \"R1\" account_id: \"A1\" product_id: \"P1\" segment_id: "
            "\"smb\" stage_id: \"Qualification\" " +
                dates);
  EXPECT_EQ(lines[8],
            "opportunity/H1 Discovery@2017-01-02#2 @2017-01-02: opportunity { opportunity_id: "
            "\"H1\" owner_rep_id: \"R1\" account_id: \"A1\" product_id: \"P1\" segment_id: "
            "\"smb\" stage_id: \"Discovery\" amount { currency_code: \"USD\" units: 1300 } " +
                dates);
}

TEST_F(ImporterTest, ReenteringAStageOnOneDayIsNoDuplicate) {
  Files files = HistoryCompany();
  files["stage_history.csv"] +=
      "H3,2017-03-01,Discovery,\nH3,2017-03-01,Proposal,\nH3,2017-03-01,Proposal,\n";
  const v1::ImportFilesResponse response = MustImport(files, "crm_history");
  EXPECT_THAT(ProblemLines(response),
              ElementsAre("W stage_history.csv:11 =Proposal DUPLICATE_ROW"));
  std::vector<std::string> keys;
  for (const std::string& line : DealLines()) {
    if (line.substr(12, 2) == "H3") keys.push_back(line.substr(0, line.find(" @")));
  }
  EXPECT_THAT(
      keys,
      ElementsAre("opportunity/H3 Discovery@2017-02-01", "opportunity/H3 Proposal@2017-03-01",
                  "opportunity/H3 Discovery@2017-03-01", "opportunity/H3 Proposal@2017-03-01+2"));
}

TEST_F(ImporterTest, ImportingTwiceAppendsNothing) {
  const v1::ImportFilesResponse first = MustImport(SnapshotCompany(), "maventech");
  const v1::ImportFilesResponse second = MustImport(SnapshotCompany(), "maventech");
  EXPECT_EQ(second.appended_event_count(), 0);
  EXPECT_EQ(second.unchanged_event_count(), first.appended_event_count());
  EXPECT_EQ(second.last_offset(), first.last_offset());
}

TEST_F(ImporterTest, OrderOfFilesDoesNotMatter) {
  eventlog::InMemoryEventLog other(&clock_);
  MustImport(SnapshotCompany(), "maventech");
  ASSERT_TRUE(Import(other, SnapshotCompany(), "maventech", /*reversed=*/true).ok());
  EXPECT_EQ(LogLines(other, "w"), LogLines(log_, "w"));
}

TEST_F(ImporterTest, CorrectionsGetVersionsOfTheirOwn) {
  MustImport(SnapshotCompany(), "maventech");
  const Files original = SnapshotCompany();
  Files changed = original;
  std::string& pipeline = changed["sales_pipeline.csv"];
  pipeline = absl::StrReplaceAll(pipeline, {{"4750", "4700"}});
  std::string& teams = changed["sales_teams.csv"];
  teams = absl::StrReplaceAll(teams, {{"Ben Moss,Mia Stone,North", "Ben Moss,Ned Price,South"}});

  const v1::ImportFilesResponse second = MustImport(changed, "maventech");
  EXPECT_EQ(second.appended_event_count(), 2);
  EXPECT_EQ(second.corrected_event_count(), 2);
  // Back to what the first import said: a third statement, not the first one again.
  const v1::ImportFilesResponse third = MustImport(original, "maventech");
  EXPECT_EQ(third.appended_event_count(), 2);
  EXPECT_EQ(third.corrected_event_count(), 2);
  EXPECT_EQ(MustImport(original, "maventech").appended_event_count(), 0);

  std::vector<std::string> ids;
  const std::vector<std::string> lines = LogLines(log_, "w");
  for (size_t i = 25; i < lines.size(); ++i) ids.push_back(lines[i].substr(0, lines[i].find(" @")));
  EXPECT_THAT(ids, ElementsAre("rep/Ben Moss 2", "opportunity/D1 Won@2017-03-01#2",
                               "rep/Ben Moss 3", "opportunity/D1 Won@2017-03-01#3"));
}

TEST_F(ImporterTest, LaterSnapshotAddsWhatHappened) {
  MustImport(SnapshotCompany(), "maventech");
  // Next month's export holds the deals only: the reference data is in the log.
  Files files;
  files["sales_pipeline_july.csv"] = absl::StrReplaceAll(
      SnapshotCompany()["sales_pipeline.csv"],
      {{"Engaging,2017-05-05,,", "Won,2017-05-05,2017-07-01,60"},
       {"D6,Ben Moss,Pump 2,,Prospecting,,,", "D6,Ben Moss,Pump 2,,Engaging,2017-07-02,,"}});
  const v1::ImportFilesResponse response = MustImport(files, "maventech");
  EXPECT_THAT(ProblemLines(response), ElementsAre());
  EXPECT_EQ(response.appended_event_count(), 2);
  EXPECT_EQ(response.corrected_event_count(), 0);
  const std::vector<std::string> lines = LogLines(log_, "w");
  EXPECT_THAT(lines[25], StartsWith("opportunity/D4 Won@2017-07-01 "));
  EXPECT_THAT(lines[26], StartsWith("opportunity/D6 Engaging@2017-07-02 "));
}

TEST_F(ImporterTest, WorkspacesAreApart) {
  MustImport(SnapshotCompany(), "maventech");
  EXPECT_EQ(LogLines(log_, "other").size(), 0u);
}

// The log refuses at each append in turn; the same files sent again complete the import, and the
// log then reads as if nothing had happened.
TEST_F(ImporterTest, RetryCompletesAnInterruptedImport) {
  // Enough deals for several batches.
  Files files = SnapshotCompany();
  for (int i = 0; i < 25'000; ++i) {
    files["sales_pipeline.csv"] +=
        absl::StrCat("M", i, ",Ada Quill,Pump 2,,Engaging,2017-05-05,,\n");
  }
  ASSERT_TRUE(Import(log_, files, "maventech").ok());
  const std::vector<std::string> expected = LogLines(log_, "w");
  ASSERT_EQ(expected.size(), 25'025u);
  for (int accepted = 0; accepted < 3; ++accepted) {
    eventlog::InMemoryEventLog store(&clock_);
    RefusingLog refusing(store);
    refusing.AcceptAppends(accepted);
    const auto refused = Import(refusing, files, "maventech");
    EXPECT_TRUE(absl::IsUnavailable(refused.status()));
    EXPECT_THAT(std::string(refused.status().message()),
                HasSubstr(absl::StrCat("the disk is full; ", accepted * 10'000, " new events")));
    EXPECT_EQ(GetDetail(refused.status()).value_or(ErrorDetail()).reason, "IMPORT_INTERRUPTED");
    EXPECT_EQ(store.LastOffset("w").value(), accepted * 10'000);
    refusing.AcceptAppends(100);
    const auto completed = Import(refusing, files, "maventech");
    ASSERT_TRUE(completed.ok()) << completed.status();
    EXPECT_EQ(completed->unchanged_event_count(), accepted * 10'000);
    EXPECT_EQ(LogLines(store, "w"), expected);
  }
}

TEST_F(ImporterTest, CancellationStopsTheImport) {
  const ImportProfile profile =
      ParseImportProfile(ShippedProfileText("maventech").value(), ShippedProfileText).value();
  std::vector<UploadedFile> uploaded;
  for (const auto& file : SnapshotCompany()) uploaded.push_back({file.first, {file.second}});
  const auto response =
      ImportUploadedFiles(log_, "w", profile, uploaded, kOptions, [] { return true; });
  EXPECT_TRUE(absl::IsCancelled(response.status()));
  EXPECT_EQ(log_.LastOffset("w").value(), 0);
}

TEST_F(ImporterTest, QuotasAreCorrectedInPlace) {
  MustImport(SnapshotCompany(), "maventech");
  const Files quotas = {{"quotas.csv", "rep,period,amount,currency\nAda Quill,2017Q4,9000,USD\n"}};
  EXPECT_EQ(MustImport(quotas, "quotas").appended_event_count(), 1);
  EXPECT_EQ(MustImport(quotas, "quotas").appended_event_count(), 0);
  const Files higher = {{"quotas.csv", "rep,period,amount,currency\nAda Quill,2017Q4,9500,USD\n"}};
  EXPECT_EQ(MustImport(higher, "quotas").corrected_event_count(), 1);
  EXPECT_EQ(LogLines(log_, "w").back(),
            "quota/Ada Quill/2017Q4 2 @1970-01-01: quota { rep_id: \"Ada Quill\" period: "
            "\"2017Q4\" amount { currency_code: \"USD\" units: 9500 } }");
}

TEST_F(ImporterTest, SegmentFromProductSeries) {
  const std::string text =
      absl::StrReplaceAll(std::string(ShippedProfileText("maventech").value()),
                          {{"segment_from = \"product_id\"", "segment_from = \"product_series\""}});
  const ImportProfile profile = ParseImportProfile(text, ShippedProfileText).value();
  std::vector<UploadedFile> uploaded;
  for (const auto& file : SnapshotCompany()) uploaded.push_back({file.first, {file.second}});
  ASSERT_TRUE(ImportUploadedFiles(log_, "w", profile, uploaded, kOptions, Never).ok());
  EXPECT_THAT(DealLines()[0], HasSubstr("segment_id: \"GTX\""));
}

}  // namespace
}  // namespace quotacast::ingestion
