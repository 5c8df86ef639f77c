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
