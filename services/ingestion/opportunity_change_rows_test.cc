// Goal: changes of single fields and shared credit become events on the deal's key. Method: small
// files under the shipped profile "crm_history"; events are compared with lines written by hand.
#include "services/ingestion/opportunity_change_rows.h"

#include <string>
#include <vector>

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

using testing::ElementsAre;

class OpportunityChangeRowsTest : public testing::Test {
 protected:
  v1::ImportFilesResponse Import(const Files& files, const std::string& key_prefix) {
    Files all = HistoryCompany();
    for (const auto& file : files) all[file.first] = file.second;
    const auto response = ImportFiles(ingestion_, "w", ShippedProfile("crm_history"), all);
    EXPECT_TRUE(response.ok()) << response.status();
    lines_.clear();
    for (const std::string& line : LogLines(log_, "w")) {
      if (line.substr(0, key_prefix.size()) == key_prefix) lines_.push_back(line);
    }
    return response.value_or(v1::ImportFilesResponse());
  }

  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
  eventlog::InMemoryEventLog log_{&clock_};
  Ingestion ingestion_{log_, clock_};
  std::vector<std::string> lines_;
};

TEST_F(OpportunityChangeRowsTest, EachRowIsAnEvent) {
  const Files files = {{"opportunity_changes.csv",
                        "opportunity_id,changed_date,field,new_value\n"
                        "H3,2017-02-10,amount,21000\n"
                        "H3,2017-02-11,expected_close_date,2017-06-30\n"
                        "H3,2017-02-12,rep_id,R2\n"
                        "H3,2017-02-13,forecast_category,commit\n"
                        "H3,2017-02-13,forecast_category,best_case\n"
                        "H3,2017-02-14,rep_id,R9\n"
                        "H3,2017-02-14,colour,red\n"
                        "H9,2017-02-14,amount,5\n"
                        "H3,,amount,5\n"}};
  EXPECT_THAT(ProblemLines(Import(files, "opportunity/H3 ")),
              ElementsAre("E opportunity_changes.csv:7 new_value=R9 UNKNOWN_REP",
                          "E opportunity_changes.csv:8 field=colour UNKNOWN_FIELD",
                          "E opportunity_changes.csv:9 opportunity_id=H9 UNKNOWN_OPPORTUNITY",
                          "E opportunity_changes.csv:10 changed_date= MISSING_FIELD"));
  std::vector<std::string> changes(lines_.begin() + 2, lines_.end());
  EXPECT_THAT(
      changes,
      ElementsAre(
          "opportunity/H3 amount@2017-02-10 @2017-02-10: opportunity { opportunity_id: \"H3\" "
          "amount { currency_code: \"USD\" units: 21000 } }",
          "opportunity/H3 expected_close_date@2017-02-11 @2017-02-11: opportunity { "
          "opportunity_id: \"H3\" expected_close_date { year: 2017 month: 6 day: 30 } }",
          "opportunity/H3 rep_id@2017-02-12 @2017-02-12: opportunity { opportunity_id: \"H3\" "
          "owner_rep_id: \"R2\" }",
          "opportunity/H3 forecast_category@2017-02-13 @2017-02-13: opportunity { "
          "opportunity_id: \"H3\" forecast_category: FORECAST_CATEGORY_COMMIT }",
          "opportunity/H3 forecast_category@2017-02-13+2 @2017-02-13: opportunity { "
          "opportunity_id: \"H3\" forecast_category: FORECAST_CATEGORY_BEST_CASE }"));
  EXPECT_EQ(Import(files, "opportunity/H3 ").appended_event_count(), 0);
}

TEST_F(OpportunityChangeRowsTest, SplitsOfADayAreOneEvent) {
  const Files files = {{"opportunity_splits.csv",
                        "opportunity_id,changed_date,rep_id,share_percent,is_overlay\n"
                        "H1,2017-01-05,R1,60,false\n"
                        "H1,2017-01-05,R2,40,false\n"
                        "H1,2017-01-05,R2,100,true\n"
                        "H2,2017-01-05,R1,60,\n"
                        "H2,2017-01-05,R2,30,\n"}};
  EXPECT_THAT(ProblemLines(Import(files, "opportunity/H1 splits")),
              ElementsAre("E opportunity_splits.csv:5 =H2 SPLIT_SUM",
                          "E opportunity_splits.csv:6 =H2 SPLIT_SUM"));
  EXPECT_THAT(lines_, ElementsAre("opportunity/H1 splits@2017-01-05 @2017-01-05: opportunity { "
                                  "opportunity_id: \"H1\" splits { splits { rep_id: \"R1\" "
                                  "share_basis_points: 6000 } splits { rep_id: \"R2\" "
                                  "share_basis_points: 4000 } splits { rep_id: \"R2\" "
                                  "share_basis_points: 10000 is_overlay: true } } }"));
}

}  // namespace
}  // namespace quotacast::ingestion
