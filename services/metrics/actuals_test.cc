// Goal: actuals say of each rep and period what the KPIs say, as of a moment. Method: a company
// worked by hand; the same figures asked of the bookings and attainment KPIs.
#include "services/metrics/actuals.h"

#include <cstddef>
#include <memory>
#include <string>

#include "absl/time/civil_time.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/kpi/registry.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("East");
  feed.Rep("ann", "East");
  feed.Rep("bob", "East");
  feed.Quota("ann", "2017Q1", 10);
  feed.Quota("bob", "2017Q1", 0);
  feed.Quota("ann", "2017Q3", 20);
  feed.Closed("a1", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 3, 31),
              {.rep = "ann", .amount = 4});
  feed.Closed("a2", "Won", CivilDay(2017, 2, 1), CivilDay(2017, 4, 1), {.rep = "ann", .amount = 8});
  feed.Closed("a3", "Lost", CivilDay(2017, 2, 1), CivilDay(2017, 4, 2), {.rep = "ann"});
  feed.Closed("b1", "Won", CivilDay(2017, 4, 1), CivilDay(2017, 8, 1), {.rep = "bob"});
  feed.Deal("b2", "Proposal", CivilDay(2017, 8, 1), {.rep = "bob", .amount = 16});
  feed.Closed("u1", "Won", CivilDay(2017, 4, 1), CivilDay(2017, 5, 1), {.amount = 32});
  return feed;
}

Actuals AskFor(CivilDay day, const ActualsQuery& query) {
  const auto actuals = ActualsOf(*ViewOn(Company(), day), query);
  EXPECT_TRUE(actuals.ok()) << actuals.status();
  return actuals.ok() ? *actuals : Actuals();
}

TEST(Actuals, AreByRepAndPeriod) {
  const Actuals actuals = AskFor(CivilDay(2017, 12, 31), {});
  ASSERT_EQ(actuals.header.periods_size(), 4);
  EXPECT_EQ(actuals.header.periods(0).name(), "2017Q1");
  EXPECT_EQ(actuals.header.ended_period_count(), 4);
  EXPECT_EQ(actuals.header.currency_code(), "USD");
  EXPECT_EQ(actuals.header.rep_count(), 3);
  ASSERT_EQ(actuals.reps.size(), 3u);
  EXPECT_EQ(actuals.reps[0].rep_id(), kUnassignedRepId);
  EXPECT_EQ(actuals.reps[0].periods(1).booked().units(), 32);
  const metrics::v1::ActualsRep& ann = actuals.reps[1];
  EXPECT_EQ(ann.rep_id(), "ann");
  EXPECT_EQ(ann.team_id(), "East");
  EXPECT_EQ(ann.periods(0).booked().units(), 4);
  EXPECT_EQ(ann.periods(0).quota().units(), 10);
  EXPECT_EQ(ann.periods(0).created_count(), 3);
  EXPECT_EQ(ann.periods(0).won_count(), 1);
  EXPECT_EQ(ann.periods(1).booked().units(), 8);
  EXPECT_EQ(ann.periods(1).lost_count(), 1);
  EXPECT_FALSE(ann.periods(1).has_quota());
  EXPECT_EQ(ann.periods(2).quota().units(), 20);
  const metrics::v1::ActualsRep& bob = actuals.reps[2];
  EXPECT_FALSE(bob.periods(0).has_quota());  // Zero is none.
  EXPECT_EQ(bob.periods(2).won_count(), 1);  // Without an amount.
  EXPECT_EQ(bob.periods(2).booked().units(), 0);
}

TEST(Actuals, EqualTheKpis) {
  const auto view = ViewOn(Company(), CivilDay(2017, 12, 31));
  const auto actuals = ActualsOf(*view, {});
  ASSERT_TRUE(actuals.ok()) << actuals.status();
  const KpiRegistry registry;
  for (int p = 0; p < actuals->header.periods_size(); ++p) {
    const std::string& name = actuals->header.periods(p).name();
    for (const char* kpi : {"bookings", "quota_attainment"}) {
      const auto table = registry.Query(
          *view, {.kpi = kpi, .group_by = metrics::v1::GROUP_BY_REP, .period = name});
      ASSERT_TRUE(table.ok()) << table.status();
      ASSERT_EQ(static_cast<size_t>(table->rows_size()), actuals->reps.size());
      for (int rep = 0; rep < table->rows_size(); ++rep) {
        const auto& actual = actuals->reps[static_cast<size_t>(rep)].periods(p);
        EXPECT_EQ(table->rows(rep).numerator(), static_cast<double>(actual.booked().units()))
            << kpi << " " << name << " " << table->rows(rep).group();
        if (std::string(kpi) == "bookings") {
          EXPECT_EQ(table->rows(rep).sample_size(), actual.won_count());
        } else {
          EXPECT_EQ(table->rows(rep).denominator(), static_cast<double>(actual.quota().units()));
        }
      }
    }
  }
}

TEST(Actuals, SeeNothingAfterTheAsOf) {
  const Actuals actuals = AskFor(CivilDay(2017, 3, 31), {});
  ASSERT_EQ(actuals.header.periods_size(), 1);
  EXPECT_EQ(actuals.header.ended_period_count(), 1);  // It ends that day.
  // Nobody knows the deal without an owner yet.
  ASSERT_EQ(actuals.reps.size(), 2u);
  EXPECT_EQ(actuals.reps[0].rep_id(), "ann");
  EXPECT_EQ(actuals.reps[0].periods(0).booked().units(), 4);
  EXPECT_EQ(actuals.reps[0].periods(0).created_count(), 3);
}

TEST(Actuals, ListTheWonDealsWhenAsked) {
  EXPECT_TRUE(AskFor(CivilDay(2017, 12, 31), {}).deals.empty());
  const Actuals all = AskFor(CivilDay(2017, 12, 31), {.with_deals = true});
  ASSERT_EQ(all.deals.size(), 4u);  // In order of id; neither the lost nor the open one.
  EXPECT_EQ(all.deals[0].opportunity_id(), "a1");
  EXPECT_EQ(all.deals[0].rep_id(), "ann");
  EXPECT_EQ(all.deals[0].created_date().month(), 1);
  EXPECT_EQ(all.deals[0].won_date().month(), 3);
  EXPECT_EQ(all.deals[0].won_date().day(), 31);
  EXPECT_EQ(all.deals[0].amount().units(), 4);
  EXPECT_EQ(all.deals[1].opportunity_id(), "a2");
  EXPECT_EQ(all.deals[2].opportunity_id(), "b1");
  EXPECT_FALSE(all.deals[2].has_amount());
  EXPECT_EQ(all.deals[3].rep_id(), kUnassignedRepId);

  // Only of the periods asked for, and nothing after the as-of.
  const Actuals second =
      AskFor(CivilDay(2017, 12, 31),
             {.first_period = "2017Q2", .last_period = "2017Q2", .with_deals = true});
  ASSERT_EQ(second.deals.size(), 2u);
  EXPECT_EQ(second.deals[0].opportunity_id(), "a2");
  EXPECT_EQ(second.deals[1].opportunity_id(), "u1");
  EXPECT_EQ(AskFor(CivilDay(2017, 3, 31), {.with_deals = true}).deals.size(), 1u);
}

TEST(Actuals, CountThePeriodsThatHaveEnded) {
  const Actuals actuals =
      AskFor(CivilDay(2017, 4, 1), {.first_period = "2016Q4", .last_period = "2017Q3"});
  ASSERT_EQ(actuals.header.periods_size(), 4);
  EXPECT_EQ(actuals.header.ended_period_count(), 2);  // 2017Q2 goes on, 2017Q3 is to come.
  const metrics::v1::ActualsRep& ann = actuals.reps[1];
  EXPECT_EQ(ann.periods(2).won_count(), 1);
  EXPECT_EQ(ann.periods(2).lost_count(), 0);
  EXPECT_EQ(ann.periods(3).quota().units(), 20);
}

TEST(Actuals, RefuseWhatMakesNoSense) {
  const auto view = ViewOn(Company(), CivilDay(2017, 12, 31));
  const auto reason = [&](const ActualsQuery& query) {
    const auto detail = GetDetail(ActualsOf(*view, query).status());
    return detail ? detail->reason : "";
  };
  EXPECT_EQ(reason({.first_period = "spring", .last_period = ""}), "UNKNOWN_PERIOD");
  EXPECT_EQ(reason({.first_period = "", .last_period = "spring"}), "UNKNOWN_PERIOD");
  EXPECT_EQ(reason({.first_period = "2017Q3", .last_period = "2017Q2"}), "INVALID_FIELD");
  EXPECT_EQ(reason({.first_period = "2018Q2", .last_period = ""}), "INVALID_FIELD");
  // 400 periods end with 2017Q4.
  EXPECT_EQ(reason({.first_period = "1918Q1", .last_period = ""}), "");
  EXPECT_EQ(reason({.first_period = "1917Q4", .last_period = ""}), "INVALID_FIELD");
  TestFeed mixed = Company();
  mixed.Closed("e", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1),
               {.amount = 1, .currency = "EUR"});
  EXPECT_EQ(GetDetail(ActualsOf(*ViewOn(mixed, CivilDay(2017, 12, 31)), {}).status())->reason,
            "MIXED_CURRENCY");
}

}  // namespace
}  // namespace quotacast::metrics
