// Goal: what the company plans with a team comes into views, and nothing else does as a plan.
// Method: quota events of each kind and subject; a later version; a plan for a team nobody
// describes; an earlier as-of.
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/proto_values.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

void TeamQuota(TestFeed& feed, const std::string& team, crm::v1::QuotaKind kind, int64_t amount,
               const std::string& version, const std::string& component = "") {
  crm::v1::CrmEvent event;
  crm::v1::QuotaChange& quota = *event.mutable_quota();
  quota.set_team_id(team);
  quota.set_period("2017Q4");
  quota.set_kind(kind);
  quota.set_component(component);
  *quota.mutable_amount() = ToProtoMoney(amount * 100, "USD");
  feed.Add(absl::StrCat("quota/team:", team, "/2017Q4/", static_cast<int>(kind), component),
           version, StartOfDayUtc(CivilDay(1970, 1, 1)), event);
}

TEST(BookPlans, AreThoseOfTeamsForEverything) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("east");
  TeamQuota(feed, "east", crm::v1::QUOTA_KIND_PLAN, 100, "1");
  TeamQuota(feed, "east", crm::v1::QUOTA_KIND_STREET, 200, "1");
  TeamQuota(feed, "east", crm::v1::QUOTA_KIND_ROLL_UP, 300, "1");
  TeamQuota(feed, "east", crm::v1::QUOTA_KIND_PLAN, 400, "1", "new business");
  TeamQuota(feed, "alone", crm::v1::QUOTA_KIND_PLAN, 500, "1");
  const int64_t before = static_cast<int64_t>(feed.records().size());
  TeamQuota(feed, "east", crm::v1::QUOTA_KIND_PLAN, 600, "2");
  const auto plans_at = [&](std::optional<int64_t> offset) {
    Book book;
    feed.Fill(book);
    const auto view = book.At({.effective_day = CivilDay(2017, 12, 31), .log_offset = offset},
                              CivilDay(2030, 1, 1));
    EXPECT_TRUE(view.ok()) << view.status();
    std::string text;
    for (const BookPlanQuota& plan : (*view)->plan_quotas) {
      absl::StrAppend(&text, (*view)->teams[static_cast<size_t>(plan.team)].id, " ", plan.period,
                      " ", plan.amount_minor_units, "; ");
    }
    return text;
  };
  EXPECT_EQ(plans_at({}), "alone 2017Q4 50000; east 2017Q4 60000; ");
  EXPECT_EQ(plans_at(before), "alone 2017Q4 50000; east 2017Q4 10000; ");
}

}  // namespace
}  // namespace quotacast::metrics
