// Goal: an analyst sees which rows wait, why, and what to type next. Method: golden texts.
#include "clients/cli/render/quarantine_report.h"

#include <string>

#include "clients/cli/render/terminal.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {
namespace {

ingestion::v1::QuarantinedRow SampleRow() {
  ingestion::v1::QuarantinedRow row;
  row.set_name("workspaces/w/quarantinedRows/opportunity-3fa91c04b2d7e855");
  row.set_file("sales_pipeline.csv");
  row.set_row(512);
  row.set_entity("opportunity");
  row.set_profile_name("maventech");
  row.mutable_create_time()->set_seconds(1'500'000'000);
  const auto add_value = [&row](const std::string& column, const std::string& value) {
    auto* added = row.add_values();
    added->set_column(column);
    added->set_value(value);
  };
  add_value("opportunity_id", "D4");
  add_value("deal_stage", "Wonn");
  add_value("close_date", "2017-13-01");
  const auto add_problem = [&row](const std::string& field, const std::string& value,
                                  const std::string& reason, const std::string& message) {
    auto* problem = row.add_problems();
    problem->set_file(row.file());
    problem->set_row(row.row());
    problem->set_field(field);
    problem->set_value(value);
    problem->set_reason(reason);
    problem->set_message(message);
    problem->set_severity(ingestion::v1::ROW_PROBLEM_SEVERITY_ERROR);
  };
  add_problem("deal_stage", "Wonn", "UNKNOWN_STAGE", "no stage \"Wonn\"; did you mean \"Won\"?");
  add_problem("close_date", "2017-13-01", "INVALID_DATE", "there is no month 13");
  return row;
}

TEST(QuarantineReportTest, List) {
  ingestion::v1::ListQuarantinedRowsResponse response;
  *response.add_rows() = SampleRow();
  *response.add_rows() = SampleRow();
  EXPECT_EQ("\n" + QuarantineReport(response, 1, Terminal()), R"(
Row                           File                Line  Wrong              Reason
────────────────────────────  ──────────────────  ────  ─────────────────  ────────────────
opportunity-3fa91c04b2d7e855  sales_pipeline.csv   512  deal_stage "Wonn"  UNKNOWN_STAGE +1

2 rows in quarantine, the first 1 shown.
  quotacast quarantine show opportunity-3fa91c04b2d7e855 tells all of a row
)");
  EXPECT_EQ(QuarantineReport({}, 1, Terminal()),
            "The quarantine is empty: every row of every import was taken.\n");
}

TEST(QuarantineReportTest, Show) {
  EXPECT_EQ("\n" + QuarantinedRowReport(SampleRow(), Terminal()), R"(
opportunity-3fa91c04b2d7e855: opportunity on line 512 of sales_pipeline.csv, read under profile
maventech, left out since 2017-07-14 02:40 UTC

Column          Value       Problem
──────────────  ──────────  ─────────────
opportunity_id  D4
deal_stage      Wonn        UNKNOWN_STAGE
close_date      2017-13-01  INVALID_DATE

  error    deal_stage "Wonn": no stage "Wonn"; did you mean "Won"?
  error    close_date "2017-13-01": there is no month 13

Put it right:
  quotacast quarantine fix opportunity-3fa91c04b2d7e855 "deal_stage=VALUE"
)");
}

TEST(QuarantineReportTest, ReplayAndDiscard) {
  ingestion::v1::ReplayQuarantinedRowsResponse response;
  EXPECT_EQ(ReplayReport(response, 20, Terminal()),
            "The quarantine is empty: there is nothing to replay.\n");
  response.set_accepted_row_count(2);
  response.set_appended_event_count(3);
  EXPECT_EQ(ReplayReport(response, 20, Terminal()),
            "2 rows taken and out of quarantine, 3 events added.\n");
  response.set_rejected_row_count(1);
  *response.mutable_problems() = SampleRow().problems();
  EXPECT_EQ("\n" + ReplayReport(response, 1, Terminal()), R"(
2 rows taken and out of quarantine, 3 events added.
1 row stays in quarantine:
  error    sales_pipeline.csv:512 deal_stage "Wonn": no stage "Wonn"; did you mean "Won"?
  quotacast quarantine list shows all
)");
  ingestion::v1::DiscardQuarantinedRowsResponse discarded;
  discarded.set_discarded_row_count(1);
  EXPECT_EQ(DiscardReport(discarded), "1 row discarded.\n");
}

TEST(QuarantineReportTest, ValuesFromFilesCannotSteerTheTerminal) {
  ingestion::v1::QuarantinedRow row = SampleRow();
  row.mutable_values(0)->set_value("\x1b[2J");
  row.mutable_values(0)->set_column("\x1b[1m");
  row.mutable_problems(0)->set_value("\x1b[2J");
  EXPECT_EQ(QuarantinedRowReport(row, Terminal()).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace quotacast::cli
