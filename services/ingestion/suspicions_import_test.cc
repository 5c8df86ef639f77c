// Goal: on real exports the rules find what their SOURCE.md tells of and nothing else. Method: the
// folders below QUOTACAST_DATASETS are imported under small profiles of our own, written here, so
// that no shipped profile hides what the rules see. Skips when the variable is not set.
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/small_company.h"

namespace quotacast::ingestion {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SuspicionsImportTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* root = std::getenv("QUOTACAST_DATASETS");
    if (root == nullptr || *root == '\0') GTEST_SKIP() << "QUOTACAST_DATASETS is not set";
    root_ = root;
  }
  std::string Read(const std::string& path) const {
    std::ifstream stream(root_ + "/" + path, std::ios::binary);
    EXPECT_TRUE(stream.good()) << path;
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }
  v1::ImportFilesResponse Import(const std::string& profile, const Files& files) {
    const auto response = ImportFiles(ingestion_, "w", ProfileText(profile), files);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ImportFilesResponse());
  }
  // "QUOTA_OUTLIER 212" lines; without lines in the file the count.
  static std::vector<std::string> Lines(const v1::ImportFilesResponse& response) {
    std::vector<std::string> lines;
    for (const v1::Suspicion& suspicion : response.suspicions()) {
      lines.push_back(absl::StrCat(suspicion.reason(), " ", suspicion.row_count()));
    }
    return lines;
  }

  FakeClock clock_{absl::FromUnixSeconds(1'600'000'000)};
  eventlog::InMemoryEventLog log_{&clock_};
  Ingestion ingestion_{log_, clock_};
  std::string root_;
};

// Two targets with a digit too many, and a director whose target is the manager's.
TEST_F(SuspicionsImportTest, TargetsOfAdventureWorks) {
  // The month as a period of our own calendar: the files' rows, with "2019/08/01" as "2019M08".
  const std::string text = Read("adventureworks/pbi_Targets.csv");
  std::string targets = "EmployeeID|TargetAmount|TargetMonth\n";
  std::string reps = "EmployeeID\n";
  std::set<std::string> ids;
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> cells = absl::StrSplit(lines[i], '|');
    if (cells.size() < 3) continue;
    ids.insert(cells[0]);
    absl::StrAppend(&targets, cells[0], "|", cells[1], "|", cells[2].substr(0, 4), "M",
                    cells[2].substr(5, 2), "\n");
  }
  for (const std::string& id : ids) absl::StrAppend(&reps, id, "\n");
  std::string profile =
      "name = \"targets\"\ndescription = \"Monthly targets\"\nsource = \"aw\"\ncurrency = \"USD\"\n"
      "delimiter = \"|\"\n";
  for (int month = 0; month < 30; ++month) {
    const absl::CivilMonth first = absl::CivilMonth(2017, 7) + month;
    const absl::CivilMonth next = first + 1;
    absl::StrAppend(&profile, "[[calendar.periods]]\nname = \"", first.year(), "M",
                    first.month() < 10 ? "0" : "", first.month(),
                    "\"\nstart = ", absl::FormatCivilTime(absl::CivilDay(first)),
                    "\nend = ", absl::FormatCivilTime(absl::CivilDay(next)), "\n");
  }
  absl::StrAppend(&profile,
                  "[[files]]\npattern = \"reps.csv\"\nentity = \"rep\"\n"
                  "[files.columns]\nrep_id = \"EmployeeID\"\n"
                  "[[files]]\npattern = \"targets.csv\"\nentity = \"quota\"\n"
                  "[files.columns]\nrep_id = \"EmployeeID\"\nperiod = \"TargetMonth\"\n"
                  "amount = \"TargetAmount\"\n");
  const v1::ImportFilesResponse response =
      Import(profile, {{"reps.csv", reps}, {"targets.csv", targets}});
  EXPECT_THAT(ProblemLines(response), IsEmpty());
  ASSERT_THAT(Lines(response),
              ElementsAre("QUOTA_OUTLIER 1", "QUOTA_OUTLIER 1", "ROLL_UP_QUOTA 14"));
  EXPECT_THAT(response.suspicions(0).message(),
              HasSubstr("the quota of \"139397894\" for 2019M08, 9000000.00 USD, is 18.0 times"));
  EXPECT_THAT(response.suspicions(1).message(),
              HasSubstr("the quota of \"112432117\" for 2019M09, 30000000.00 USD, is 17.1 times"));
  EXPECT_THAT(response.suspicions(2).message(),
              HasSubstr("\"112432117\" and \"502097814\" have the same quota in 14 of the 30"));
}

// The same two with the shipped profile, which says who is a manager: a target that is known to be
// a roll-up is no surprise, a digit too many in it is.
TEST_F(SuspicionsImportTest, TargetsOfAdventureWorksUnderTheShippedProfile) {
  Files files;
  for (const char* name : {"pbi_Product.csv", "pbi_Region.csv", "pbi_Reseller.csv", "pbi_Sales.csv",
                           "pbi_Salesperson.csv", "pbi_SalespersonRegion.csv", "pbi_Targets.csv"}) {
    files[name] = Read(absl::StrCat("adventureworks/", name));
  }
  const auto response =
      ImportFiles(ingestion_, "w", ShippedProfile("adventureworks_powerbi"), files);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_THAT(Lines(*response), ElementsAre("QUOTA_OUTLIER 1", "QUOTA_OUTLIER 1"));
  EXPECT_THAT(response->suspicions(0).message(), HasSubstr("for 2019/08/01, 9000000.00 USD"));
  EXPECT_THAT(response->suspicions(1).message(), HasSubstr("for 2019/09/01, 30000000.00 USD"));
}

// 1,000 deals and 4,841 lines of commas, of which one holds a lone "1".
TEST_F(SuspicionsImportTest, Pipeline2015) {
  const v1::ImportFilesResponse response = Import(
      "name = \"reps\"\ndescription = \"Deal owners\"\nsource = \"p\"\n"
      "[[files]]\npattern = \"sales_pipeline.csv\"\nentity = \"rep\"\nrepeated = true\n"
      "[files.columns]\nrep_id = \"Deal Owner\"\n",
      {{"sales_pipeline.csv", Read("pipeline_2015/sales_pipeline.csv")}});
  EXPECT_THAT(ProblemLines(response),
              Contains("E sales_pipeline.csv:3764 Deal Owner= MISSING_FIELD"));
  EXPECT_EQ(response.error_count(), 1);
  EXPECT_THAT(Lines(response), ElementsAre("EMPTY_LINES 4840"));
  ASSERT_EQ(response.files_size(), 1);
  EXPECT_EQ(response.files(0).row_count(), 5'841);
  EXPECT_EQ(response.files(0).empty_row_count(), 4'840);
  EXPECT_EQ(response.files(0).accepted_row_count(), 1'000);
}

// Day-first dates read month-first: three of five rows are left out, the others are wrong without
// an error. Read day-first nothing is suspected.
TEST_F(SuspicionsImportTest, LeadsOfOlist) {
  const std::string profile =
      "name = \"leads\"\ndescription = \"Leads as reps with a start date\"\nsource = \"o\"\n"
      "[[files]]\npattern = \"leads.csv\"\nentity = \"rep\"\n"
      "ignored_columns = [\"landing_page_id\", \"origin\"]\n"
      "[files.columns]\nrep_id = \"mql_id\"\nstart_date = \"first_contact_date\"\n";
  const Files files = {
      {"leads.csv", Read("olist_funnel/olist_marketing_qualified_leads_dataset.csv")}};
  const v1::ImportFilesResponse wrong =
      Import("date_order = \"month_day_year\"\n" + profile, files);
  ASSERT_THAT(wrong.suspicions(), testing::SizeIs(1));
  EXPECT_EQ(wrong.suspicions(0).reason(), "MONTH_FIRST_DATES");
  EXPECT_EQ(wrong.suspicions(0).row_count(), wrong.files(0).rejected_row_count());
  EXPECT_THAT(wrong.suspicions(0).message(), HasSubstr("of 8000 ("));
  EXPECT_THAT(wrong.suspicions(0).message(), HasSubstr("date_order = \"day_month_year\""));
  const v1::ImportFilesResponse right =
      Import("date_order = \"day_month_year\"\n" + profile, files);
  EXPECT_THAT(Lines(right), IsEmpty());
  EXPECT_EQ(right.files(0).accepted_row_count(), 8'000);
}

// A sound export: nothing is suspected.
TEST_F(SuspicionsImportTest, MavenTech) {
  Files files;
  for (const std::string name :
       {"accounts.csv", "products.csv", "sales_pipeline.csv", "sales_teams.csv"}) {
    files[name] = Read("maventech/" + name);
  }
  const auto response = ImportFiles(ingestion_, "w", ShippedProfile("maventech"), files);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(Lines(*response), IsEmpty());
}

}  // namespace
}  // namespace quotacast::ingestion
