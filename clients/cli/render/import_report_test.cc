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
)");
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
