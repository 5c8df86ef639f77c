// Goal: an analyst sees what was taken, what was left out, and why. Method: golden texts.
#include "clients/cli/render/import_report.h"

#include <string>

#include "clients/cli/render/terminal.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {
namespace {

// 60 columns without Unicode.
Terminal Ascii() {
  Terminal terminal;
  terminal.unicode = false;
  terminal.width_columns = 60;
  return terminal;
}

TEST(ImportReportTest, CutsProblemsAndSaysHowToSeeTheRest) {
  EXPECT_EQ("\n" + ImportReport(SampleImport(), 2, Terminal()),
            R"(
File                 Holds                     Rows  Taken  Left out
───────────────────  ───────────────────────  ─────  ─────  ────────
accounts.csv         account                     85     85         0
data_dictionary.csv  not used by the profile
sales_pipeline.csv   opportunity              8,800  8,798         2

17,125 events added (3 of them corrections), 12 known already.
Opportunities by stage: Won 4,238, Lost 2,473, Engaging 1,589
Translated product: "GTXPro" read as "GTX Pro" in 1,480 rows

2 errors and 1 warning, the first 2:
  error    sales_pipeline.csv:512 close_date "2017-13-01": not a date; written as 2017-09-30
  error    sales_pipeline.csv:513 deal_stage "Wonn": unknown stage; the nearest is "Won"
  --problems 3 shows all 3; importing a corrected file again adds only what changed.

2 rows are new in quarantine. Correct the file and import it again, or:
  quotacast quarantine list
)");
}

TEST(ImportReportTest, NarrowAscii) {
  EXPECT_EQ("\n" + ImportReport(SampleImport(), 20, Ascii()),
            R"(
File               Holds               Rows  Taken  Left out
-----------------  -----------------  -----  -----  --------
accounts.csv       account               85     85         0
data_dictionary.~  not used by the ~
sales_pipeline.c~  opportunity        8,800  8,798         2

17,125 events added (3 of them corrections), 12 known
already.
Opportunities by stage: Won 4,238, Lost 2,473, Engaging
                        1,589
Translated product: "GTXPro" read as "GTX Pro" in 1,480 rows

2 errors and 1 warning:
  error    sales_pipeline.csv:512 close_date "2017-13-01":
           not a date; written as 2017-09-30
  error    sales_pipeline.csv:513 deal_stage "Wonn": unknown
           stage; the nearest is "Won"
  warning  sales_pipeline.csv:700 account: no account; the
           deal is kept without one

2 rows are new in quarantine. Correct the file and import it
again, or:
  quotacast quarantine list
)");
}

TEST(ImportReportTest, SuspicionsAndQuarantine) {
  ingestion::v1::ImportFilesResponse response = SampleImport();
  response.clear_problems();
  response.clear_aliases();
  response.clear_stages();
  response.set_error_count(0);
  response.set_warning_count(0);
  response.mutable_files(2)->set_empty_row_count(4'841);
  response.set_quarantined_row_count(0);
  auto* outlier = response.add_suspicions();
  outlier->set_reason("QUOTA_OUTLIER");
  outlier->set_file("targets.csv");
  outlier->set_field("TargetAmount");
  outlier->set_message("the quota of \"A\" is 18.0 times the median of its others. Correct it");
  outlier->set_row_count(1);
  outlier->add_rows(212);
  auto* bulk = response.add_suspicions();
  bulk->set_reason("BULK_UPDATE");
  bulk->set_file("sales_pipeline.csv");
  bulk->set_message("1200 rows of one day");
  bulk->set_row_count(1'200);
  bulk->add_rows(3);
  bulk->add_rows(9);
  EXPECT_EQ("\n" + ImportReport(response, 20, Ascii()),
            R"(
File           Holds            Rows  Taken  Left out  Empty
-------------  --------------  -----  -----  --------  -----
accounts.csv   account            85     85         0      0
data_diction~  not used by t~
sales_pipeli~  opportunity     8,800  8,798         2  4,841

17,125 events added (3 of them corrections), 12 known
already.

2 patterns to look at before relying on the data:
  suspect  Quota outlier in targets.csv TargetAmount: the
           quota of "A" is 18.0 times the median of its
           others. Correct it. (Line 212)
  suspect  Bulk update in sales_pipeline.csv: 1200 rows of
           one day. (Lines 3, 9 and 1,198 more)

The rows left out were in quarantine already:
  quotacast quarantine list
)");
}

TEST(ImportReportTest, DryRun) {
  ingestion::v1::ImportFilesResponse response = SampleImport();
  response.set_dry_run(true);
  response.set_quarantined_row_count(1);
  const std::string text = ImportReport(response, 0, Terminal());
  EXPECT_EQ(text.find("Dry run: nothing was written. The same import would do this:\n\nFile"), 0u)
      << text;
  EXPECT_NE(text.find("17,125 events would be added (3 of them"), std::string::npos) << text;
  EXPECT_NE(text.find("\n1 row would be new in quarantine.\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("quotacast quarantine"), std::string::npos) << text;
}

TEST(ImportReportTest, NothingNew) {
  ingestion::v1::ImportFilesResponse response;
  response.set_unchanged_event_count(17'137);
  const std::string text = ImportReport(response, 20, Terminal());
  EXPECT_NE(text.find("Nothing new: all 17,137 events were known already.\n"), std::string::npos)
      << text;
}

TEST(ImportReportTest, NamesFromFilesCannotSteerTheTerminal) {
  ingestion::v1::ImportFilesResponse response = SampleImport();
  response.mutable_problems(0)->set_value("\x1b[2J");
  const std::string text = ImportReport(response, 20, Terminal());
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(ProfilesReportTest, ListsProfiles) {
  ingestion::v1::ListProfilesResponse response;
  auto* profile = response.add_profiles();
  profile->set_name("maventech");
  profile->set_description("The public CRM sample");
  EXPECT_EQ(ProfilesReport(response, Ascii()),
            "Profile    Reads\n"
            "---------  ---------------------\n"
            "maventech  The public CRM sample\n");
}

}  // namespace
}  // namespace quotacast::cli
