// Goal: reference data is what the log's latest events say. Method: a log of hand-written events,
// longer than a page, is loaded.
#include "services/ingestion/reference_data.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "base/money.h"
#include "gtest/gtest.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/ingestion/source_keys.h"

namespace quotacast::ingestion {
namespace {

class ReferenceDataTest : public testing::Test {
 protected:
  void Append(const std::string& key, const std::string& version, const crm::v1::CrmEvent& event) {
    ASSERT_TRUE(
        log_.Append("w", {{{"crm", key, version}, std::nullopt, event.SerializeAsString()}}).ok());
  }

  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
  eventlog::InMemoryEventLog log_{&clock_};
};

TEST_F(ReferenceDataTest, LatestEventCounts) {
  crm::v1::CrmEvent event;
  event.mutable_team()->set_team_id("T");
  Append("team/T", "1", event);
  event.mutable_team()->set_parent_team_id("Top");
  Append("team/T", "2", event);
  event.mutable_product()->set_product_id("P");
  event.mutable_product()->set_series("S");
  event.mutable_product()->mutable_list_price()->set_currency_code("USD");
  event.mutable_product()->mutable_list_price()->set_units(5);
  Append("product/P", "1", event);
  event.mutable_rep()->set_rep_id("R");
  Append("rep/R", "1", event);
  event.mutable_account()->set_account_id("A");
  Append("account/A", "1", event);
  event.mutable_fiscal_calendar()->set_start_month(2);
  Append(std::string(kFiscalCalendarKey), "1", event);

  const auto data = ReferenceData::Load(log_, "w", [] { return false; });
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->teams().at("T").parent_team_id, "Top");
  EXPECT_EQ(data->products().at("P").series, "S");
  EXPECT_EQ(data->products().at("P").list_price, (Money{500, "USD"}));
  EXPECT_EQ(data->ids(crm::v1::ENTITY_KIND_REP).count("R"), 1u);
  EXPECT_EQ(data->ids(crm::v1::ENTITY_KIND_ACCOUNT).count("A"), 1u);
  EXPECT_EQ(data->calendar().PeriodNamed("2018Q1")->start, absl::CivilDay(2017, 2, 1));
  EXPECT_EQ(data->last_offset(), 6);
}

TEST_F(ReferenceDataTest, ReadsPastDealsAndPages) {
  crm::v1::CrmEvent deal;
  deal.mutable_opportunity()->set_opportunity_id("D");
  for (int i = 0; i < 6'000; ++i) Append(OpportunityKey(absl::StrCat("D", i)), "v", deal);
  crm::v1::CrmEvent rep;
  rep.mutable_rep()->set_rep_id("R");
  Append("rep/R", "1", rep);
  const auto data = ReferenceData::Load(log_, "w", [] { return false; });
  ASSERT_TRUE(data.ok());
  EXPECT_EQ(data->ids(crm::v1::ENTITY_KIND_REP).count("R"), 1u);
  EXPECT_EQ(data->last_offset(), 6'001);
  EXPECT_TRUE(absl::IsCancelled(ReferenceData::Load(log_, "w", [] { return true; }).status()));
}

TEST_F(ReferenceDataTest, EmptyWorkspaceHasQuartersFromJanuary) {
  const auto data = ReferenceData::Load(log_, "w", [] { return false; });
  ASSERT_TRUE(data.ok());
  EXPECT_EQ(data->last_offset(), 0);
  EXPECT_EQ(data->calendar().PeriodNamed("2017Q4")->start, absl::CivilDay(2017, 10, 1));
}

}  // namespace
}  // namespace quotacast::ingestion
