// Goal: nightly exports of a table become the history that they came from, to the day. Method: a
// history written by hand is rendered as one export a night; the events in the log are compared
// with the history. Then corrections, deletions, incomplete exports and wrong orders one by one.
#include "services/ingestion/snapshot_comparison.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/ingestion.h"
#include "services/ingestion/small_company.h"

namespace quotacast::ingestion {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kProfile[] = R"toml(
name = "nightly"
description = "Nightly exports of the whole table"
source = "crm"
currency = "USD"

[[stages]]
id = "Open"
category = "open"
position = 1
[[stages]]
id = "Proposal"
category = "open"
position = 2
[[stages]]
id = "Won"
category = "won"
[[stages]]
id = "Lost"
category = "lost"

[[files]]
pattern = "reps.csv"
entity = "rep"
required = false
columns_by_name = true
compare_with_log = true
full_export = true

[[files]]
pattern = "leads.csv"
entity = "lead"
required = false
columns_by_name = true
compare_with_log = true

[[files]]
pattern = "deals.csv"
entity = "opportunity_snapshot"
required = false
open_stage = "Open"
columns_by_name = true
compare_with_log = true
full_export = true
)toml";

constexpr char kDeals[] =
    "opportunity_id,rep_id,stage_id,opened_date,closed_date,amount,expected_close_date\n";
constexpr char kReps[] = "rep_id,rep_name,role\nR1,Ada,AE\nR2,Ben,AE\n";

class SnapshotComparisonTest : public testing::Test {
 protected:
  absl::StatusOr<v1::ImportFilesResponse> TryImport(int month, int day, const Files& files) {
    v1::ImportHeader header = ProfileText(kProfile);
    header.mutable_snapshot_date()->set_year(2017);
    header.mutable_snapshot_date()->set_month(month);
    header.mutable_snapshot_date()->set_day(day);
    return ImportFiles(ingestion_, "w", header, files);
  }

  v1::ImportFilesResponse Import(int day, const Files& files) {
    const auto response = TryImport(6, day, files);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ImportFilesResponse());
  }

  v1::ImportFilesResponse ImportDeals(int day, const std::string& rows) {
    return Import(day, {{"reps.csv", kReps}, {"deals.csv", kDeals + rows}});
  }

  std::vector<std::string> Lines(const std::string& key) {
    std::vector<std::string> lines;
    for (const std::string& line : LogLines(log_, "w")) {
      if (line.substr(0, key.size() + 1) == key + " ") lines.push_back(line.substr(key.size() + 1));
    }
    return lines;
  }

  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};  // 2017-07-14.
  eventlog::InMemoryEventLog log_{&clock_};
  Ingestion ingestion_{log_, clock_};
};

// D1 was opened 05-02 by R1 at 100; 06-02 Proposal; 06-03 at 120 and expected a month later; 06-04
// handed to R2; won on 06-05 at 110. D2 was opened 06-03 and lost the same night.
TEST_F(SnapshotComparisonTest, FiveNightsTellTheHistory) {
  const std::vector<std::string> nights = {
      "D1,R1,Open,2017-05-02,,100,2017-06-30\n", "D1,R1,Proposal,2017-05-02,,100,2017-06-30\n",
      "D1,R1,Proposal,2017-05-02,,120,2017-07-31\nD2,R2,Lost,2017-06-03,2017-06-03,,\n",
      "D1,R2,Proposal,2017-05-02,,120,2017-07-31\nD2,R2,Lost,2017-06-03,2017-06-03,,\n",
      "D1,R2,Won,2017-05-02,2017-06-05,110,2017-07-31\nD2,R2,Lost,2017-06-03,2017-06-03,,\n"};
  for (int night = 0; night < 5; ++night) {
    EXPECT_THAT(ProblemLines(ImportDeals(night + 1, nights[night])), IsEmpty());
    // The same export again says nothing new.
    EXPECT_EQ(ImportDeals(night + 1, nights[night]).appended_event_count(), 0) << night;
  }
  EXPECT_THAT(
      Lines("opportunity/D1"),
      ElementsAre(
          "Open@2017-05-02 @2017-05-02: opportunity { opportunity_id: \"D1\" owner_rep_id: \"R1\" "
          "stage_id: \"Open\" amount { currency_code: \"USD\" units: 100 } expected_close_date { "
          "year: 2017 month: 6 day: 30 } }",
          "Proposal@2017-06-02 @2017-06-02: opportunity { opportunity_id: \"D1\" stage_id: "
          "\"Proposal\" }",
          "2017-06-03 @2017-06-03: opportunity { opportunity_id: \"D1\" amount { currency_code: "
          "\"USD\" units: 120 } expected_close_date { year: 2017 month: 7 day: 31 } }",
          "2017-06-04 @2017-06-04: opportunity { opportunity_id: \"D1\" owner_rep_id: \"R2\" }",
          "Won@2017-06-05 @2017-06-05: opportunity { opportunity_id: \"D1\" stage_id: \"Won\" "
          "amount { currency_code: \"USD\" units: 110 } }"));
  EXPECT_EQ(Lines("opportunity/D2").size(), 2u);
  // A later night without a change adds nothing.
  EXPECT_EQ(ImportDeals(9, nights[4]).appended_event_count(), 0);
}

TEST_F(SnapshotComparisonTest, MovedDatesAreTakenBack) {
  ImportDeals(1, "D1,R1,Open,2017-05-02,,100,\nD2,R1,Won,2017-05-01,2017-05-20,50,\n");
  ImportDeals(2, "D1,R1,Open,2017-05-01,,100,\nD2,R1,Won,2017-05-01,2017-05-21,50,\n");
  EXPECT_THAT(Lines("opportunity/D1"),
              ElementsAre(testing::StartsWith("Open@2017-05-02 @2017-05-02"),
                          "Open@2017-05-02! @2017-05-02: retraction { version: "
                          "\"Open@2017-05-02\" reason: \"the day of the opening was corrected\" }",
                          "Open@2017-05-01 @2017-05-01: opportunity { opportunity_id: \"D1\" "
                          "owner_rep_id: \"R1\" stage_id: \"Open\" amount { currency_code: "
                          "\"USD\" units: 100 } }"));
  EXPECT_THAT(
      Lines("opportunity/D2"),
      ElementsAre(testing::StartsWith("Open@2017-05-01 "), testing::StartsWith("Won@2017-05-20 "),
                  testing::StartsWith("Won@2017-05-20! @2017-05-20: retraction"),
                  testing::StartsWith("Won@2017-05-21 @2017-05-21")));
  // Moved back: what was taken back is said again.
  ImportDeals(3, "D1,R1,Open,2017-05-02,,100,\nD2,R1,Won,2017-05-01,2017-05-21,50,\n");
  EXPECT_THAT(Lines("opportunity/D1").back(), testing::StartsWith("Open@2017-05-02#2 @2017-05-02"));
  EXPECT_EQ(ImportDeals(4, "D1,R1,Open,2017-05-02,,100,\nD2,R1,Won,2017-05-01,2017-05-21,50,\n")
                .appended_event_count(),
            0);
}

TEST_F(SnapshotComparisonTest, ReopenedAndClosedAgain) {
  ImportDeals(1, "D1,R1,Lost,2017-05-02,2017-05-20,,\n");
  ImportDeals(5, "D1,R1,Open,2017-05-02,,80,\n");
  // A closing dated before the reopening was that of old: it is known to be closed again by now.
  ImportDeals(7, "D1,R1,Won,2017-05-02,2017-05-20,90,\n");
  EXPECT_EQ(ImportDeals(8, "D1,R1,Won,2017-05-02,2017-05-20,90,\n").appended_event_count(), 0);
  EXPECT_THAT(
      Lines("opportunity/D1"),
      ElementsAre(testing::StartsWith("Open@2017-05-02 "), testing::StartsWith("Lost@2017-05-20 "),
                  "Open@2017-06-05 @2017-06-05: opportunity { opportunity_id: \"D1\" stage_id: "
                  "\"Open\" }",
                  "2017-06-05 @2017-06-05: opportunity { opportunity_id: \"D1\" amount { "
                  "currency_code: \"USD\" units: 80 } }",
                  testing::StartsWith("Won@2017-06-07 @2017-06-07")));
}

TEST_F(SnapshotComparisonTest, SecondExportOfADayReplacesTheFirst) {
  ImportDeals(1, "D1,R1,Open,2017-05-02,,100,\n");
  ImportDeals(2, "D1,R2,Open,2017-05-02,,150,\n");
  ImportDeals(2, "D1,R1,Open,2017-05-02,,150,\n");
  EXPECT_THAT(Lines("opportunity/D1").back(),
              "2017-06-02#2 @2017-06-02: opportunity { opportunity_id: \"D1\" owner_rep_id: "
              "\"R1\" amount { currency_code: \"USD\" units: 150 } }");
}

TEST_F(SnapshotComparisonTest, MissingRowsAreDeletedAndComeBack) {
  const std::string all =
      "D1,R1,Open,2017-05-02,,100,\nD2,R1,Open,2017-05-02,,100,\nD3,R1,Open,2017-05-02,,100,\n";
  const std::string two = "D1,R1,Open,2017-05-02,,100,\nD2,R1,Open,2017-05-02,,100,\n";
  ImportDeals(1, all);
  EXPECT_EQ(ImportDeals(2, two).appended_event_count(), 1);
  EXPECT_EQ(ImportDeals(3, two).appended_event_count(), 0);
  EXPECT_EQ(ImportDeals(4, all).appended_event_count(), 1);
  EXPECT_THAT(Lines("opportunity/D3"),
              ElementsAre(testing::StartsWith("Open@2017-05-02 "),
                          "deleted@2017-06-02 @2017-06-02: deletion { entity: "
                          "ENTITY_KIND_OPPORTUNITY entity_id: \"D3\" }",
                          "restored@2017-06-04 @2017-06-04: deletion { entity: "
                          "ENTITY_KIND_OPPORTUNITY entity_id: \"D3\" restored: true }"));
  // A row that is wrong is there all the same, and one that cannot be read may be any.
  const v1::ImportFilesResponse wrong = ImportDeals(5, two + "D3,R9,Open,2017-05-02,,100,\n");
  EXPECT_THAT(ProblemLines(wrong), ElementsAre("E deals.csv:4 rep_id=R9 UNKNOWN_REP"));
  const v1::ImportFilesResponse torn = ImportDeals(6, two + "D3,R1\n");
  EXPECT_THAT(ProblemLines(torn),
              ElementsAre("E deals.csv:4 =D3 COLUMN_COUNT", "W deals.csv:0 = EXPORT_UNREADABLE"));
  EXPECT_EQ(wrong.appended_event_count() + torn.appended_event_count(), 0);
}

TEST_F(SnapshotComparisonTest, AnExportWithoutMostRowsDeletesNothing) {
  ImportDeals(1,
              "D1,R1,Open,2017-05-02,,1,\nD2,R1,Open,2017-05-02,,1,\nD3,R1,Open,2017-05-02,,1,\n"
              "D4,R1,Open,2017-05-02,,1,\n");
  const v1::ImportFilesResponse one = ImportDeals(2, "D1,R1,Open,2017-05-02,,1,\n");
  EXPECT_THAT(ProblemLines(one), ElementsAre("E deals.csv:0 = EXPORT_INCOMPLETE"));
  EXPECT_EQ(one.appended_event_count(), 0);
  // Half of them may be missing.
  EXPECT_EQ(ImportDeals(3, "D1,R1,Open,2017-05-02,,1,\nD2,R1,Open,2017-05-02,,1,\n")
                .appended_event_count(),
            2);
}

TEST_F(SnapshotComparisonTest, RepsAndLeads) {
  const std::string leads = "lead_id,created_time,status,owner_rep_id,first_touch_time\n";
  Import(1, {{"reps.csv", kReps}, {"leads.csv", leads + "L1,2017-05-30 10:00,new,R1,\n"}});
  Import(2, {{"reps.csv", "rep_id,rep_name,role\nR1,Ada,Manager\nR2,Ben,\nR3,Cy,AE\n"},
             {"leads.csv", leads + "L1,2017-05-30 10:00,working,R2,2017-06-02 08:00\n"}});
  Import(3, {{"reps.csv", "rep_id,rep_name,role\nR1,Ada,Manager\nR2,Ben,\nR3,Cy,AE\n"},
             {"leads.csv", leads + "L1,2017-05-30 10:00,qualified,R2,2017-06-02 08:00\n"}});
  EXPECT_THAT(Lines("rep/R1"),
              ElementsAre(testing::StartsWith("1 @1970-01-01"),
                          "2017-06-02 @2017-06-02: rep { rep_id: \"R1\" role: \"Manager\" }"));
  // A blank says nothing.
  EXPECT_EQ(Lines("rep/R2").size(), 1u);
  EXPECT_THAT(Lines("rep/R3"), ElementsAre(testing::StartsWith("1 @2017-06-02")));
  EXPECT_THAT(
      Lines("lead/L1"),
      ElementsAre(testing::StartsWith("created @2017-05-30"),
                  testing::StartsWith("first_touch @2017-06-02"),
                  "2017-06-02 @2017-06-02: lead { lead_id: \"L1\" owner_rep_id: \"R2\" }",
                  "2017-06-03 @2017-06-03: lead { lead_id: \"L1\" status: LEAD_STATUS_QUALIFIED "
                  "}"));
}

TEST_F(SnapshotComparisonTest, OlderExportsAreRefused) {
  ImportDeals(5, "D1,R1,Open,2017-05-02,,100,\n");
  const auto older = TryImport(
      6, 4,
      {{"reps.csv", kReps}, {"deals.csv", kDeals + std::string("D1,R1,Open,2017-05-02,,90,\n")}});
  EXPECT_TRUE(absl::IsFailedPrecondition(older.status())) << older.status();
  EXPECT_EQ(GetDetail(older.status()).value_or(ErrorDetail()).reason, "SNAPSHOT_OUT_OF_ORDER");
  EXPECT_EQ(Lines("opportunity/D1").size(), 1u);
}

}  // namespace
}  // namespace quotacast::ingestion
