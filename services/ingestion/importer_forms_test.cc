// Goal: files in other forms than one plain table - wide, split over files, mixed with other rows,
// packed, in another encoding - become the same events. Method: small files under profiles of this
// test; events are compared with lines written by hand.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/ingestion.h"
#include "services/ingestion/small_company.h"

namespace quotacast::ingestion {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kProfile[] = R"toml(
name = "forms"
description = "Odd files"
source = "crm"
currency = "EUR"
encoding = "windows-1252"
delimiter = ";"
decimal_mark = ","
date_order = "day_month_year"
inclusive_end_dates = true
empty_values = ["-"]

[aliases.kind]
"Head of Sales" = "roll_up"
"Seller" = "street"

[[files]]
pattern = "people.csv"
entity = "rep"
rows_with = ["Key"]
ignored_columns = ["Badge", "Title"]
[files.columns]
rep_id = "Key"
rep_name = ["Full name", "Name"]
end_date = "Last day"

[[files]]
pattern = "targets*.csv"
entity = "quota"
required = false
delimiter = ","
amount_scale = 1000
[files.columns]
rep_id = "Badge"
kind = "Badge"
[files.templates]
period_date = "1.{*}.{Year}"
[files.unpivot]
value_field = "amount"
[files.unpivot.columns]
Spring = "4"
Winter = "1"
[files.lookups]
rep_id = { pattern = "people.csv", from = "Badge", to = "Key" }
kind = { pattern = "people.csv", from = "Badge", to = "Title" }

[[files]]
pattern = "log.csv"
entity = "activity"
required = false
[files.columns]
rep_id = "Who"
start_time = "When"
[files.constants]
kind = "call"
[files.templates]
activity_id = "{Who}/{When}"
[files.rows_where]
What = ["Call*", "Ring"]
)toml";

constexpr char kPeople[] =
    "Key;Name;Badge;Title;Last day\n"
    "A;Jos\xE9;901;Seller;31.03.2017\n"
    "B;Bea;902;Head of Sales;\n"
    ";nobody;;;\n";

class ImporterFormsTest : public testing::Test {
 protected:
  v1::ImportFilesResponse Import(const Files& files) {
    const auto response = ImportFiles(ingestion_, "w", ProfileText(kProfile), files, 7);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ImportFilesResponse());
  }

  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
  eventlog::InMemoryEventLog log_{&clock_};
  Ingestion ingestion_{log_, clock_};
};

TEST_F(ImporterFormsTest, WideTablesWithBadgesInThousands) {
  const Files files = {{"people.csv", kPeople},
                       {"targets.csv",
                        "Year,Badge,Winter,Spring\n2017,901,\"1,5\",2\n2017,902,-,10\n"
                        "2017,903,1,-\n"}};
  const v1::ImportFilesResponse response = Import(files);
  EXPECT_THAT(ProblemLines(response), ElementsAre("E targets.csv:4 Badge=903 UNKNOWN_REP",
                                                  "E targets.csv:4 Badge=903 UNKNOWN_WORD"));
  EXPECT_THAT(
      LogLines(log_, "w"),
      ElementsAre(
          "rep/A 1 @1970-01-01: rep { rep_id: \"A\" display_name: \"Jos\\303\\251\" end_date { "
          "year: 2017 month: 4 day: 1 } }",
          "rep/B 1 @1970-01-01: rep { rep_id: \"B\" display_name: \"Bea\" }",
          "quota/A/2017Q1 1 @1970-01-01: quota { rep_id: \"A\" period: \"2017Q1\" amount { "
          "currency_code: \"EUR\" units: 1500 } kind: QUOTA_KIND_STREET }",
          "quota/A/2017Q2 1 @1970-01-01: quota { rep_id: \"A\" period: \"2017Q2\" amount { "
          "currency_code: \"EUR\" units: 2000 } kind: QUOTA_KIND_STREET }",
          "quota/B/2017Q2/roll_up 1 @1970-01-01: quota { rep_id: \"B\" period: \"2017Q2\" amount "
          "{ currency_code: \"EUR\" units: 10000 } kind: QUOTA_KIND_ROLL_UP }"));
  EXPECT_EQ(response.files(1).row_count(), 3);
  EXPECT_EQ(response.files(1).rejected_row_count(), 1);
  EXPECT_EQ(Import(files).appended_event_count(), 0);
}

TEST_F(ImporterFormsTest, ARuleIsAboutSomeRows) {
  Import({{"people.csv", kPeople},
          {"log.csv",
           "Who;When;What\nA;01.02.2017 09:30;Call back\nA;01.02.2017 10:00;Lunch\n"
           "B;02.02.2017 11:00;ring\n"}});
  EXPECT_THAT(LogLines(log_, "w"),
              Contains("activity/A/01.02.2017 09:30 1 @2017-02-01: activity { activity_id: "
                       "\"A/01.02.2017 09:30\" kind: ACTIVITY_KIND_CALL rep_id: \"A\" start_time "
                       "{ seconds: 1485941400 } }"));
  EXPECT_EQ(LogLines(log_, "w").size(), 4u);
}

TEST_F(ImporterFormsTest, ColumnsThatARuleNeedsAreMissed) {
  const v1::ImportFilesResponse response =
      Import({{"people.csv", kPeople}, {"targets.csv", "Badge,Winter\n901,1\n"}});
  EXPECT_THAT(ProblemLines(response), ElementsAre("E targets.csv:1 Spring= MISSING_COLUMN",
                                                  "E targets.csv:1 Year= MISSING_COLUMN"));
}

TEST_F(ImporterFormsTest, UtfSixteenBesideTheDeclaredEncoding) {
  std::string wide = "\xFF\xFE";
  for (const char c : std::string("Key;Name;Badge;Title;Last day\nA;Ada;1;Seller;\n")) {
    wide.push_back(c);
    wide.push_back('\0');
  }
  EXPECT_THAT(ProblemLines(Import({{"people.csv", wide}})), IsEmpty());
  EXPECT_THAT(LogLines(log_, "w"),
              ElementsAre("rep/A 1 @1970-01-01: rep { rep_id: \"A\" display_name: \"Ada\" }"));
}

TEST_F(ImporterFormsTest, ADamagedFileIsNamedAndNothingIsImported) {
  const v1::ImportFilesResponse response =
      Import({{"people.csv.gz", std::string("\x1F\x8B\x08\x00 torn", 9)}});
  EXPECT_THAT(ProblemLines(response), ElementsAre("E people.csv.gz:0 = DAMAGED_GZIP"));
  EXPECT_EQ(response.last_offset(), 0);
}

}  // namespace
}  // namespace quotacast::ingestion
