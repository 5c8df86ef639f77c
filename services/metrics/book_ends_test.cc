// Goal: what the source takes back, deletes or merges leaves the views on its day, and only then.
// Method: small feeds worked by hand, seen before and after.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_test_views.h"
#include "services/metrics/book_view.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

crm::v1::CrmEvent RetractionOf(const std::string& version) {
  crm::v1::CrmEvent event;
  event.mutable_retraction()->set_version(version);
  return event;
}

crm::v1::CrmEvent DeletionOf(crm::v1::EntityKind entity, const std::string& id,
                             bool restored = false) {
  crm::v1::CrmEvent event;
  event.mutable_deletion()->set_entity(entity);
  event.mutable_deletion()->set_entity_id(id);
  event.mutable_deletion()->set_restored(restored);
  return event;
}

crm::v1::CrmEvent MergeOf(crm::v1::EntityKind entity, const std::string& from,
                          const std::string& into) {
  crm::v1::CrmEvent event;
  event.mutable_merge()->set_entity(entity);
  event.mutable_merge()->set_from_id(from);
  event.mutable_merge()->set_into_id(into);
  return event;
}

TEST(Book, ARetractedFactWasNeverSoFromTheDayThatWasLearned) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5));
  feed.Deal("d1", "Proposal", CivilDay(2017, 2, 1));
  feed.RecordOn(CivilDay(2017, 3, 1));
  // The move to Proposal was on the tenth.
  feed.Add("opportunity/d1", "Proposal@2017-02-01!", At(CivilDay(2017, 2, 1), 0),
           RetractionOf("Proposal@2017-02-01"));
  feed.Deal("d1", "Proposal", CivilDay(2017, 2, 10));
  const std::vector<std::pair<std::string, CivilDay>> now = {{"Discovery", CivilDay(2017, 1, 5)},
                                                             {"Proposal", CivilDay(2017, 2, 10)}};
  EXPECT_EQ(VisitsOf(*ViewAt(feed), "d1"), now);
  // As it was known before the correction.
  const std::vector<std::pair<std::string, CivilDay>> before = {{"Discovery", CivilDay(2017, 1, 5)},
                                                                {"Proposal", CivilDay(2017, 2, 1)}};
  const AsOfRequest then = {.effective_day = CivilDay(2017, 2, 15),
                            .recorded_time = At(CivilDay(2017, 2, 15), 0)};
  EXPECT_EQ(VisitsOf(*ViewAt(feed, then), "d1"), before);

  // Said again after the retraction, it is so again.
  feed.Deal("d1", "Proposal", CivilDay(2017, 2, 1), {.version = "Proposal@2017-02-01#2"});
  EXPECT_EQ(VisitsOf(*ViewAt(feed), "d1"), before);
}

TEST(Book, ADealWithNothingLeftIsGoneAndNotUndated) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5));
  feed.Add("opportunity/d1", "Discovery@2017-01-05!", At(CivilDay(2017, 1, 5), 0),
           RetractionOf("Discovery@2017-01-05"));
  feed.Deal("d2", "Discovery", CivilDay(2017, 1, 5));
  const auto view = ViewAt(feed);
  EXPECT_EQ(Find(*view, "d1"), nullptr);
  EXPECT_EQ(view->opportunities.size(), 1u);
  EXPECT_EQ(view->undated_count, 0);
}

TEST(Book, ADeletedDealIsInViewsBeforeItsDeletionAndAfterItsRestoration) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5));
  feed.Add("opportunity/d1", "deleted@2017-02-01", At(CivilDay(2017, 2, 1), 0),
           DeletionOf(crm::v1::ENTITY_KIND_OPPORTUNITY, "d1"));
  feed.Add("opportunity/d1", "restored@2017-03-01", At(CivilDay(2017, 3, 1), 0),
           DeletionOf(crm::v1::ENTITY_KIND_OPPORTUNITY, "d1", true));
  EXPECT_NE(Find(*ViewAt(feed, On(CivilDay(2017, 1, 31))), "d1"), nullptr);
  EXPECT_EQ(Find(*ViewAt(feed, On(CivilDay(2017, 2, 1))), "d1"), nullptr);
  EXPECT_EQ(Find(*ViewAt(feed, On(CivilDay(2017, 2, 28))), "d1"), nullptr);
  ASSERT_NE(Find(*ViewAt(feed, On(CivilDay(2017, 3, 1))), "d1"), nullptr);
  EXPECT_EQ(Find(*ViewAt(feed, On(CivilDay(2017, 3, 1))), "d1")->created_day, CivilDay(2017, 1, 5));
}

TEST(Book, OfMergedDealsTheOneThatStayedCounts) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5), {.amount = 100});
  feed.Deal("d2", "Discovery", CivilDay(2017, 1, 6), {.amount = 200});
  feed.Add("opportunity/d1", "merged@2017-02-01", At(CivilDay(2017, 2, 1), 0),
           MergeOf(crm::v1::ENTITY_KIND_OPPORTUNITY, "d1", "d2"));
  EXPECT_EQ(ViewAt(feed, On(CivilDay(2017, 1, 31)))->opportunities.size(), 2u);
  const auto after = ViewAt(feed, On(CivilDay(2017, 2, 1)));
  ASSERT_EQ(after->opportunities.size(), 1u);
  EXPECT_EQ(Find(*after, "d2")->amount_minor_units, 20'000);
}

TEST(Book, WhatNamedAMergedRecordNamesTheOneThatStayed) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Team("East");
  feed.Rep("ann", "East");
  feed.Rep("ann.old", "East");
  feed.Quota("ann", "2017Q1", 500);
  feed.Quota("ann.old", "2017Q1", 400);
  feed.Quota("ann.old", "2017Q2", 600);
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5), {.rep = "ann.old"});
  feed.Add("rep/ann.old", "merged@2017-02-01", At(CivilDay(2017, 2, 1), 0),
           MergeOf(crm::v1::ENTITY_KIND_REP, "ann.old", "ann"));
  const auto before = ViewAt(feed, On(CivilDay(2017, 1, 31)));
  EXPECT_EQ(before->reps.size(), 2u);
  const auto after = ViewAt(feed, On(CivilDay(2017, 2, 1)));
  ASSERT_EQ(after->reps.size(), 1u);
  EXPECT_EQ(after->reps[0].id, "ann");
  EXPECT_EQ(after->reps[static_cast<size_t>(Find(*after, "d1")->rep)].id, "ann");
  const std::vector<std::pair<std::string, int64_t>> quotas = {{"2017Q1", 50'000},
                                                               {"2017Q2", 60'000}};
  EXPECT_EQ(after->reps[0].quotas, quotas);

  // A circle of merges does not take both away.
  feed.Add("rep/ann", "merged@2017-02-02", At(CivilDay(2017, 2, 2), 0),
           MergeOf(crm::v1::ENTITY_KIND_REP, "ann", "ann.old"));
  const auto circle = ViewAt(feed, On(CivilDay(2017, 2, 2)));
  ASSERT_EQ(circle->reps.size(), 1u);
  EXPECT_EQ(circle->reps[0].id, "ann");
  EXPECT_EQ(circle->notes.size(), 1u);
}

TEST(Book, OnlyAStreetQuotaForEverythingIsTheRepsQuota) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Rep("ann", "");
  feed.Quota("ann", "2017Q1", 500);
  feed.Quota("ann", "2017Q2", 600);
  const auto add = [&feed](const std::string& key, crm::v1::QuotaKind kind,
                           const std::string& component, const std::string& rep,
                           const std::string& team) {
    crm::v1::CrmEvent event;
    crm::v1::QuotaChange& quota = *event.mutable_quota();
    quota.set_rep_id(rep);
    quota.set_team_id(team);
    quota.set_period("2017Q1");
    quota.set_kind(kind);
    quota.set_component(component);
    quota.mutable_amount()->set_currency_code("USD");
    quota.mutable_amount()->set_units(9'999);
    feed.Add(key, "1", At(CivilDay(1970, 1, 1), 0), event);
  };
  add("quota/ann/2017Q1/plan", crm::v1::QUOTA_KIND_PLAN, "", "ann", "");
  add("quota/ann/2017Q1/roll_up", crm::v1::QUOTA_KIND_ROLL_UP, "", "ann", "");
  add("quota/ann/2017Q1/renewals", crm::v1::QUOTA_KIND_STREET, "renewals", "ann", "");
  add("quota/team/East/2017Q1", crm::v1::QUOTA_KIND_STREET, "", "", "East");
  feed.Add("quota/ann/2017Q2", "deleted@2017-01-03", At(CivilDay(2017, 1, 3), 0),
           DeletionOf(crm::v1::ENTITY_KIND_QUOTA, "ann/2017Q2"));
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5), {.rep = "ann"});
  const auto view = ViewAt(feed);
  ASSERT_EQ(view->reps.size(), 1u);
  const std::vector<std::pair<std::string, int64_t>> quotas = {{"2017Q1", 50'000}};
  EXPECT_EQ(view->reps[0].quotas, quotas);
}

}  // namespace
}  // namespace quotacast::metrics
