// Goal: the report counts each row once, orders problems, and is valid UTF-8 whatever the file
// held. Method: hand-fed reports with stated responses.
#include "services/ingestion/import_report.h"

#include <string>

#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::ingestion {
namespace {

TEST(ImportReportTest, ARowRejectedTwiceCountsOnce) {
  ImportReport report;
  report.AddFile("a.csv", "team");
  report.AddFile("a.csv", "rep");
  report.AddFile("a.csv", "team");
  for (int i = 0; i < 3; ++i) report.CountRow("a.csv");
  report.AddError({"a.csv", 3}, {"x", "1", "R", "m"});
  report.AddError({"a.csv", 3}, {"y", "2", "R", "m"});
  report.AddFileError({"a.csv", 2}, {"", "", "MISSING_COLUMN", "m"});  // The header is no row.
  report.AddWarning({"a.csv", 4}, {"", "", "W", "m"});
  const v1::ImportFilesResponse response = report.ToResponse();
  ASSERT_EQ(response.files_size(), 1);
  EXPECT_EQ(response.files(0).entity(), "team, rep");
  EXPECT_EQ(response.files(0).row_count(), 3);
  EXPECT_EQ(response.files(0).rejected_row_count(), 1);
  EXPECT_EQ(response.files(0).accepted_row_count(), 2);
  EXPECT_EQ(response.error_count(), 3);
  EXPECT_EQ(response.warning_count(), 1);
  EXPECT_EQ(response.problems(0).reason(), "MISSING_COLUMN");
  EXPECT_EQ(response.problems(3).reason(), "W");
}

TEST(ImportReportTest, EmptyRowsAreNeitherTakenNorLeftOut) {
  ImportReport report;
  report.AddFile("a.csv", "team");
  for (int i = 0; i < 5; ++i) report.CountRow("a.csv");
  report.CountEmptyRow("a.csv", 3);
  report.CountEmptyRow("a.csv", 4);
  report.AddError({"a.csv", 5}, {"x", "1", "R", "m"});
  const v1::ImportFilesResponse response = report.ToResponse();
  EXPECT_EQ(response.files(0).empty_row_count(), 2);
  EXPECT_EQ(response.files(0).rejected_row_count(), 1);
  EXPECT_EQ(response.files(0).accepted_row_count(), 2);
  ASSERT_EQ(report.empty_rows().size(), 1u);
  EXPECT_EQ(report.empty_rows()[0].first_line, 3);
}

// At the limits and one beyond: all rows are counted, no more are kept.
TEST(ImportReportTest, KeepsSoManyRowsLeftOut) {
  ImportReport report;
  const auto limit = static_cast<int64_t>(kMaxRejectedRows);
  for (int64_t line = 2; line < limit + 3; ++line) {
    report.AddError({line % 2 == 0 ? "a.csv" : "b.csv", line}, {"x", "1", "R", "m"});
  }
  EXPECT_EQ(report.rejected_row_count(), limit + 1);
  EXPECT_EQ(report.rejected_rows().at("a.csv").size() + report.rejected_rows().at("b.csv").size(),
            kMaxRejectedRows);
  for (size_t i = 0; i < kMaxProblemsPerRow; ++i)
    report.AddError({"a.csv", 2}, {"x", "1", "R", ""});
  EXPECT_EQ(report.rejected_rows().at("a.csv").at(2).size(), kMaxProblemsPerRow);
}

TEST(ImportReportTest, ValuesAreCutAndMadeValidUtf8) {
  ImportReport report;
  // 199 letters and a two-byte letter: the cut at 200 bytes would split it.
  report.AddWarning({"a.csv", 2}, {"", std::string(199, 'a') + "\xC3\xBC", "R", ""});
  report.AddWarning({"a.csv", 3}, {"", "D\xFCnn", "R", ""});
  const v1::ImportFilesResponse response = report.ToResponse();
  EXPECT_EQ(response.problems(0).value(), std::string(199, 'a'));
  EXPECT_EQ(response.problems(1).value(), "D?nn");
}

}  // namespace
}  // namespace quotacast::ingestion
