// Goal: a row left out keeps its name from import to import, leaves when it is put right in the
// file or by a replay, and is never taken twice, lost, or taken unasked for. Method: our own small
// companies with damaged rows are imported into an in-memory log; the quarantine is listed after
// every step.
#include "services/ingestion/quarantine.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/record_kinds.h"
#include "services/ingestion/small_company.h"

namespace quotacast::ingestion {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string Replaced(const std::string& text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.substr(0, at) + to + text.substr(at + from.size());
}

std::string ReasonOf(const absl::Status& status) {
  return GetDetail(status).value_or(ErrorDetail()).reason;
}

bool Never() { return false; }

class QuarantineTest : public testing::Test {
 protected:
  v1::ImportFilesResponse Import(const Files& files, const std::string& profile = "maventech") {
    return Import(files, ShippedProfile(profile));
  }
  v1::ImportFilesResponse Import(const Files& files, const v1::ImportHeader& header) {
    const auto response = ImportFiles(ingestion_, "w", header, files);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ImportFilesResponse());
  }

  std::vector<v1::QuarantinedRow> Rows() {
    v1::ListQuarantinedRowsRequest request;
    const auto response = ingestion_.ListQuarantinedRows("w", request);
    EXPECT_TRUE(response.ok()) << response.status();
    return {response->rows().begin(), response->rows().end()};
  }
  // "sales_pipeline.csv:4 UNKNOWN_STAGE" lines.
  std::vector<std::string> Lines() {
    std::vector<std::string> lines;
    for (const v1::QuarantinedRow& row : Rows()) {
      std::string line = absl::StrCat(row.file(), ":", row.row());
      for (const v1::RowProblem& problem : row.problems())
        absl::StrAppend(&line, " ", problem.reason());
      lines.push_back(line);
    }
    return lines;
  }

  v1::ReplayQuarantinedRowsResponse Replay(const v1::ReplayQuarantinedRowsRequest& request = {}) {
    const auto response = ingestion_.ReplayQuarantinedRows("w", request, Never);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ReplayQuarantinedRowsResponse());
  }
  static v1::ReplayQuarantinedRowsRequest Fix(const v1::QuarantinedRow& row,
                                              const std::string& column, const std::string& value) {
    v1::ReplayQuarantinedRowsRequest request;
    v1::RowCorrection& correction = *request.add_corrections();
    correction.set_name(row.name());
    v1::ColumnValue& changed = *correction.add_values();
    changed.set_column(column);
    changed.set_value(value);
    return request;
  }

  Files Damaged() {
    Files files = SnapshotCompany();
    files["sales_pipeline.csv"] =
        Replaced(files["sales_pipeline.csv"], "2017-02-01,2017-04-02", "2017-02-30,2017-04-02");
    return files;
  }
  std::vector<std::string> SoundLog() {
    eventlog::InMemoryEventLog log(&clock_);
    Ingestion ingestion(log, clock_);
    EXPECT_TRUE(ImportFiles(ingestion, "w", ShippedProfile("maventech"), SnapshotCompany()).ok());
    return Sorted(log);
  }
  static std::vector<std::string> Sorted(const eventlog::EventLog& log) {
    std::vector<std::string> lines = LogLines(log, "w");
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
  eventlog::InMemoryEventLog log_{&clock_};
  Ingestion ingestion_{log_, clock_};
};

TEST_F(QuarantineTest, ARowLeftOutIsKeptWithValuesAndProblems) {
  EXPECT_EQ(Import(Damaged()).quarantined_row_count(), 1);
  const std::vector<v1::QuarantinedRow> rows = Rows();
  ASSERT_THAT(rows, SizeIs(1));
  const v1::QuarantinedRow& row = rows[0];
  EXPECT_THAT(row.name(), HasSubstr("workspaces/w/quarantinedRows/opportunity-"));
  EXPECT_EQ(row.file(), "sales_pipeline.csv");
  EXPECT_EQ(row.row(), 4);
  EXPECT_EQ(row.entity(), "opportunity");
  EXPECT_EQ(row.profile_name(), "maventech");
  EXPECT_EQ(row.create_time().seconds(), 1'500'000'000);
  ASSERT_EQ(row.values_size(), 8);
  EXPECT_EQ(row.values(0).column(), "opportunity_id");
  EXPECT_EQ(row.values(0).value(), "D3");
  EXPECT_EQ(row.values(5).value(), "2017-02-30");
  ASSERT_EQ(row.problems_size(), 1);
  EXPECT_EQ(row.problems(0).reason(), "INVALID_DATE");
}

TEST_F(QuarantineTest, TheSameRowLeftOutAgainHasTheSameNameAndAge) {
  Import(Damaged());
  const v1::QuarantinedRow first = Rows().at(0);
  clock_.Advance(absl::Hours(1));
  // Two lines further down and with another mistake.
  Files files = Damaged();
  files["sales_pipeline.csv"] =
      Replaced(files["sales_pipeline.csv"], ",Lost,2017-02-30", ",Lots,x");
  files["sales_pipeline.csv"] = Replaced(files["sales_pipeline.csv"], "D1,", "\r\n\r\nD1,");
  EXPECT_EQ(Import(files).quarantined_row_count(), 0);
  const std::vector<v1::QuarantinedRow> rows = Rows();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].name(), first.name());
  EXPECT_EQ(rows[0].row(), 4);
  EXPECT_EQ(rows[0].create_time().seconds(), 1'500'000'000);
  EXPECT_EQ(rows[0].values(5).value(), "x");
  EXPECT_EQ(rows[0].problems_size(), 2);
}

TEST_F(QuarantineTest, ARowPutRightInTheFileLeaves) {
  Import(Damaged());
  Import(SnapshotCompany());
  EXPECT_THAT(Lines(), IsEmpty());
  EXPECT_EQ(Sorted(log_), SoundLog());
}

// A file without the row says nothing about it.
TEST_F(QuarantineTest, ARowThatIsNotInTheNextFileStays) {
  Import(Damaged());
  Files files = SnapshotCompany();
  std::string& pipeline = files["sales_pipeline.csv"];
  pipeline.resize(pipeline.find("D3,"));
  Import(files);
  EXPECT_THAT(Lines(), ElementsAre("sales_pipeline.csv:4 INVALID_DATE"));
}

TEST_F(QuarantineTest, ACorrectedRowIsTaken) {
  Import(Damaged());
  // Another wrong value stays in quarantine, with what is wrong now.
  v1::ReplayQuarantinedRowsResponse response = Replay(Fix(Rows()[0], "engage_date", "2017-02-31"));
  EXPECT_EQ(response.accepted_row_count(), 0);
  EXPECT_EQ(response.rejected_row_count(), 1);
  ASSERT_EQ(response.problems_size(), 1);
  EXPECT_EQ(response.problems(0).row(), 4);
  EXPECT_EQ(Rows()[0].values(5).value(), "2017-02-31");
  EXPECT_EQ(Rows()[0].problems(0).value(), "2017-02-31");

  response = Replay(Fix(Rows()[0], "engage_date", "2017-02-01"));
  EXPECT_EQ(response.accepted_row_count(), 1);
  EXPECT_EQ(response.appended_event_count(), 2);
  EXPECT_EQ(response.last_offset(), 25);
  EXPECT_THAT(Lines(), IsEmpty());
  EXPECT_EQ(Sorted(log_), SoundLog());
}

TEST_F(QuarantineTest, AReplayWithoutCorrectionsTakesWhatIsGoodMeanwhile) {
  Files files = SnapshotCompany();
  files["sales_teams.csv"] = Replaced(files["sales_teams.csv"], "Ben Moss,Mia Stone,North\r\n", "");
  Import(files);
  EXPECT_THAT(Lines(), SizeIs(2));  // D2 and D6.
  EXPECT_EQ(Replay().rejected_row_count(), 2);
  Import({{"sales_teams.csv", SnapshotCompany()["sales_teams.csv"]},
          {"sales_pipeline.csv",
           "opportunity_id,sales_agent,product,account,deal_stage,"
           "engage_date,close_date,close_value\r\n"}});
  const v1::ReplayQuarantinedRowsResponse response = Replay();
  EXPECT_EQ(response.accepted_row_count(), 2);
  EXPECT_EQ(response.rejected_row_count(), 0);
  EXPECT_EQ(Sorted(log_), SoundLog());
}

// Replayed as it is, the second row of an id would have replaced what the first one said.
TEST_F(QuarantineTest, ARowAtOddsWithAnotherIsTakenOnlyWithACorrection) {
  Files files = SnapshotCompany();
  files["sales_pipeline.csv"] += "D4,Cora Dunn,Pump 2,,Engaging,2017-05-06,,\r\n";
  Import(files);
  EXPECT_THAT(Lines(), ElementsAre("sales_pipeline.csv:8 DUPLICATE_ID"));
  const std::vector<std::string> before = LogLines(log_, "w");
  EXPECT_EQ(Replay().rejected_row_count(), 1);
  EXPECT_EQ(LogLines(log_, "w"), before);
  EXPECT_EQ(Replay(Fix(Rows()[0], "opportunity_id", "D7")).accepted_row_count(), 1);
  EXPECT_EQ(LogLines(log_, "w").size(), before.size() + 1);
}

TEST_F(QuarantineTest, ARowWithTooManyValuesIsTakenOnlyWithACorrection) {
  Files files = SnapshotCompany();
  files["sales_pipeline.csv"] += "D7,Cora Dunn,Pump 2,,Engaging,,2017-05-06,,\r\n";
  Import(files);
  EXPECT_THAT(Lines(), ElementsAre("sales_pipeline.csv:8 COLUMN_COUNT"));
  EXPECT_EQ(Replay().rejected_row_count(), 1);
  v1::ReplayQuarantinedRowsRequest request = Fix(Rows()[0], "engage_date", "2017-05-06");
  v1::ColumnValue& close = *request.mutable_corrections(0)->add_values();
  close.set_column("close_date");
  EXPECT_EQ(Replay(request).accepted_row_count(), 1);
}

// What the reader could not split into columns has no values; giving all of them helps.
TEST_F(QuarantineTest, ARowThatCannotBeReadIsKnownByItsLine) {
  Files files = SnapshotCompany();
  files["sales_pipeline.csv"] += "D7,\"Cora Dunn,Pump 2,,Engaging,2017-05-06,,\r\n";
  EXPECT_EQ(Import(files).quarantined_row_count(), 1);
  EXPECT_EQ(Import(files).quarantined_row_count(), 0);
  EXPECT_THAT(Lines(), ElementsAre("sales_pipeline.csv:8 UNTERMINATED_QUOTE"));
  EXPECT_EQ(Replay().rejected_row_count(), 1);
}

// A deal's header and history wait together and leave together.
TEST_F(QuarantineTest, AHeaderAndItsHistory) {
  Files files = HistoryCompany();
  files["opportunities.csv"] = Replaced(files["opportunities.csv"], "H2,R2", "H2,R9");
  Import(files, "crm_history");
  ASSERT_THAT(Rows(), SizeIs(3));
  for (const v1::QuarantinedRow& row : Rows()) {
    if (row.file() != "opportunities.csv") continue;
    // Alone the header has no history; with its new value it waits for it.
    EXPECT_EQ(Replay(Fix(row, "rep_id", "R2")).rejected_row_count(), 1);
  }
  EXPECT_EQ(Replay().accepted_row_count(), 3);
  EXPECT_THAT(Lines(), IsEmpty());
  const std::vector<std::string> replayed = Sorted(log_);
  eventlog::InMemoryEventLog log(&clock_);
  Ingestion ingestion(log, clock_);
  ASSERT_TRUE(ImportFiles(ingestion, "w", ShippedProfile("crm_history"), HistoryCompany()).ok());
  EXPECT_EQ(replayed, Sorted(log));
}

// History rows have no id of their own: one is known again by its other columns.
TEST_F(QuarantineTest, AHistoryRowPutRightInTheFileLeaves) {
  Files files = HistoryCompany();
  files["stage_history.csv"] =
      Replaced(files["stage_history.csv"], "H1,2017-01-20,Proposal", "H1,2017-01-20,Propsal");
  Import(files, "crm_history");
  EXPECT_THAT(Lines(), ElementsAre("stage_history.csv:3 UNKNOWN_STAGE"));
  Import(HistoryCompany(), "crm_history");
  EXPECT_THAT(Lines(), IsEmpty());
}

TEST_F(QuarantineTest, AProfileSentAsTextIsKeptAsLongAsItIsNeeded) {
  const v1::ImportHeader header = ProfileText(
      "extends = \"maventech\"\nname = \"mine\"\n[aliases.rep_id]\n\"Coco\" = \"Cora Dunn\"\n");
  Import(Damaged(), header);
  EXPECT_EQ(log_.CountRecords("w", kQuarantineProfileRecordKind).value(), 1);
  v1::ReplayQuarantinedRowsRequest request = Fix(Rows()[0], "engage_date", "2017-02-01");
  v1::ColumnValue& agent = *request.mutable_corrections(0)->add_values();
  agent.set_column("sales_agent");
  agent.set_value("Coco");
  EXPECT_EQ(Replay(request).accepted_row_count(), 1);
  EXPECT_EQ(Sorted(log_), SoundLog());
  EXPECT_EQ(log_.CountRecords("w", kQuarantineProfileRecordKind).value(), 0);
}

TEST_F(QuarantineTest, ADryRunKeepsNothing) {
  v1::ImportHeader header = ShippedProfile("maventech");
  header.set_dry_run(true);
  EXPECT_EQ(Import(Damaged(), header).quarantined_row_count(), 1);
  EXPECT_THAT(Lines(), IsEmpty());
  Import(Damaged());
  Import(SnapshotCompany(), header);
  EXPECT_THAT(Lines(), SizeIs(1));
}

TEST_F(QuarantineTest, RequestsAreChecked) {
  Import(Damaged());
  const v1::QuarantinedRow row = Rows()[0];
  v1::ReplayQuarantinedRowsRequest request = Fix(row, "close_dat", "2017-02-01");
  absl::Status status = ingestion_.ReplayQuarantinedRows("w", request, Never).status();
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
  EXPECT_THAT(std::string(status.message()), HasSubstr("it has: opportunity_id, sales_agent"));
  *request.add_corrections() = request.corrections(0);
  request.mutable_corrections(0)->clear_values();
  EXPECT_THAT(std::string(ingestion_.ReplayQuarantinedRows("w", request, Never).status().message()),
              HasSubstr("named twice"));
  request = Fix(row, "close_date", "2017-02-01");
  request.mutable_corrections(0)->set_name("workspaces/v/quarantinedRows/x");
  EXPECT_EQ(ReasonOf(ingestion_.ReplayQuarantinedRows("w", request, Never).status()),
            "QUARANTINED_ROW_NOT_FOUND");
  EXPECT_EQ(ReasonOf(ingestion_.DiscardQuarantinedRows("w", {}, Never).status()), "INVALID_FIELD");
  v1::DiscardQuarantinedRowsRequest discard;
  discard.add_names("workspaces/w/quarantinedRows/x");
  EXPECT_EQ(ReasonOf(ingestion_.DiscardQuarantinedRows("w", discard, Never).status()),
            "QUARANTINED_ROW_NOT_FOUND");
  v1::ListQuarantinedRowsRequest list;
  list.set_page_token("x");
  EXPECT_EQ(ReasonOf(ingestion_.ListQuarantinedRows("w", list).status()), "INVALID_FIELD");
  list.clear_page_token();
  list.set_page_size(1'001);
  EXPECT_EQ(ReasonOf(ingestion_.ListQuarantinedRows("w", list).status()), "INVALID_FIELD");
  EXPECT_THAT(Lines(), SizeIs(1));
}

Files ManyBadRows(int count) {
  Files files = SnapshotCompany();
  for (int i = 0; i < count; ++i) {
    files["sales_pipeline.csv"] += absl::StrCat("X", i, ",Nobody,Pump 2,,Engaging,2017-05-05,,\n");
  }
  return files;
}

TEST_F(QuarantineTest, PagesAndDiscarding) {
  Import(ManyBadRows(250));
  v1::ListQuarantinedRowsRequest request;
  std::vector<std::string> names;
  do {
    const auto page = ingestion_.ListQuarantinedRows("w", request);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LE(page->rows_size(), 100);
    for (const v1::QuarantinedRow& row : page->rows()) names.push_back(row.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, SizeIs(250));
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));

  v1::DiscardQuarantinedRowsRequest discard;
  discard.add_names(names[0]);
  discard.add_names(names[7]);
  EXPECT_EQ(ingestion_.DiscardQuarantinedRows("w", discard, Never)->discarded_row_count(), 2);
  discard.clear_names();
  discard.set_all(true);
  EXPECT_EQ(ingestion_.DiscardQuarantinedRows("w", discard, Never)->discarded_row_count(), 248);
  EXPECT_THAT(Lines(), IsEmpty());
}

// At the limit and one beyond.
TEST_F(QuarantineTest, SoManyRowsAreKept) {
  const auto limit = static_cast<int64_t>(kMaxQuarantinedRows);
  v1::ImportFilesResponse response = Import(ManyBadRows(static_cast<int>(limit) + 1));
  EXPECT_EQ(response.quarantined_row_count(), limit);
  EXPECT_EQ(log_.CountRecords("w", kQuarantinedRowRecordKind).value(), limit);
  ASSERT_EQ(response.suspicions_size(), 1);
  EXPECT_EQ(response.suspicions(0).reason(), "QUARANTINE_FULL");
  EXPECT_EQ(response.suspicions(0).row_count(), 1);
  // A row that leaves makes room.
  response = Import(ManyBadRows(static_cast<int>(limit)));
  EXPECT_EQ(response.quarantined_row_count(), 0);
  EXPECT_EQ(response.suspicions_size(), 0);
}

TEST_F(QuarantineTest, AVeryLongRowIsNotKept) {
  const std::string profile =
      "extends = \"maventech\"\nname = \"wide\"\n"
      "[aliases.product_id]\n\"GTXPro\" = \"GTX Pro\"\n";
  Files files = SnapshotCompany();
  std::string& teams = files["sales_teams.csv"];
  teams = Replaced(teams, "Ben Moss,Mia Stone", std::string(70'000, 'x') + ",Mia Stone");
  const v1::ImportFilesResponse response = Import(files, ProfileText(profile));
  ASSERT_EQ(response.suspicions_size(), 1);
  EXPECT_EQ(response.suspicions(0).reason(), "QUARANTINE_FULL");
  for (const v1::QuarantinedRow& row : Rows()) EXPECT_EQ(row.file(), "sales_pipeline.csv");
}

TEST(StoredRowTest, DamagedBytesAreAnError) {
  eventlog::Record record;
  record.key = "rep-1";
  for (const std::string value : {"", "shipped", "textile\n", "shipped\n\xFF"}) {
    record.value = value;
    EXPECT_EQ(ReasonOf(ParseStoredRow(record).status()), "DAMAGED_EVENT") << value;
  }
  StoredRow stored;
  stored.row.set_name("rep-1");
  stored.profile_digest = "abc";
  record.value = SerializeStoredRow(stored);
  const auto parsed = ParseStoredRow(record);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->profile_digest, "abc");
  EXPECT_EQ(parsed->row.name(), "rep-1");
}

}  // namespace
}  // namespace quotacast::ingestion
