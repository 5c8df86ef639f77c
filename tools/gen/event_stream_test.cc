// Goal: the stream has every event once, in the order of time, describes the company of the export,
// and stops when told. Method: read streams of small companies and count; one golden checksum.

#include "tools/gen/event_stream.h"

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tools/gen/company.h"
#include "tools/gen/event_file.h"
#include "tools/gen/history.h"

namespace quotacast::gen {
namespace {

using crm::v1::CrmEvent;
using ingestion::v1::NewEvent;

TEST(EventStreamTest, EveryEventOnceInTheOrderOfTime) {
  CompanyOptions options;
  std::set<std::string> ids;
  std::map<CrmEvent::ChangeCase, int64_t> counts;
  int64_t last_second = 0;
  std::set<std::string> created_deals;
  const auto count = ForEachEvent(options, [&](const NewEvent& event) {
    EXPECT_GE(event.effective_time().seconds(), last_second);
    last_second = event.effective_time().seconds();
    EXPECT_TRUE(ids.insert(absl::StrCat(event.id().source_key(), " ", event.id().version())).second)
        << event.ShortDebugString();
    ++counts[event.event().change_case()];
    if (event.event().has_opportunity()) {
      const auto& deal = event.event().opportunity();
      if (deal.has_created_date()) created_deals.insert(deal.opportunity_id());
      // The first that is heard of a deal is its creation.
      EXPECT_TRUE(created_deals.count(deal.opportunity_id()) > 0) << event.ShortDebugString();
    }
    return !testing::Test::HasFailure();
  });
  ASSERT_TRUE(count.ok()) << count.status();
  EXPECT_EQ(*count, static_cast<int64_t>(ids.size()));
  const Ledger ledger = MakeLedger(*MakeCompany(options));
  EXPECT_EQ(static_cast<int64_t>(created_deals.size()), ledger.exported_deal_count);
  for (const CrmEvent::ChangeCase kind : {CrmEvent::kOpportunity, CrmEvent::kRep,
                                          CrmEvent::kTeam,        CrmEvent::kProduct,
                                          CrmEvent::kAccount,     CrmEvent::kStage,
                                          CrmEvent::kQuota,       CrmEvent::kFiscalCalendar,
                                          CrmEvent::kDeletion,    CrmEvent::kMerge,
                                          CrmEvent::kLead,        CrmEvent::kActivity,
                                          CrmEvent::kCommitment,  CrmEvent::kFeedback,
                                          CrmEvent::kInsight,     CrmEvent::kIncident,
                                          CrmEvent::kTraining,    CrmEvent::kOrderLine,
                                          CrmEvent::kTerritory,   CrmEvent::kTerritoryAssignment,
                                          CrmEvent::kCompPlan,    CrmEvent::kRepForecast}) {
    EXPECT_GT(counts[kind], 0) << kind;
  }
}

TEST(EventStreamTest, StopsWhenTold) {
  int64_t taken = 0;
  const auto count = ForEachEvent({}, [&](const NewEvent&) { return ++taken < 1'000; });
  ASSERT_TRUE(count.ok());
  EXPECT_EQ(*count, 1'000);
  EXPECT_EQ(taken, 1'000);
}

TEST(EventStreamTest, SeatsForEventsGiveAtLeastThatManyAndNotManyMore) {
  for (const int years : {1, 2, 5}) {
    CompanyOptions options;
    options.start = options.last_day + 1 - years * 365;
    options.rep_count = SeatsForEvents(60'000, options);
    const auto count = ForEachSerializedEvent(options, [](std::string_view) { return true; });
    ASSERT_TRUE(count.ok());
    EXPECT_GE(*count, 60'000) << years;
    EXPECT_LE(*count, 90'000) << years;
  }
  EXPECT_EQ(SeatsForEvents(int64_t{1} << 40, {}), kMaxReps);
}

TEST(EventStreamTest, GoldenBytes) {
  CompanyOptions options;
  options.rep_count = 12;
  uint64_t sum = 0;
  ASSERT_TRUE(ForEachSerializedEvent(options, [&](std::string_view event) {
                sum = StableId(absl::StrCat(sum), event);
                return true;
              }).ok());
  EXPECT_EQ(sum, 7290093155715568631u);
}

TEST(EventStreamTest, RefusesWhatMakeCompanyRefuses) {
  CompanyOptions options;
  options.rep_count = 0;
  const auto count = ForEachEvent(options, [](const NewEvent&) { return true; });
  EXPECT_EQ(count.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(EventFileTest, UnwritableFileIsNamed) {
  const auto count = WriteEventFile({}, "/proc/no_such_file");
  EXPECT_FALSE(count.ok());
  EXPECT_NE(std::string(count.status().message()).find("/proc/no_such_file"), std::string::npos);
}

}  // namespace
}  // namespace quotacast::gen
