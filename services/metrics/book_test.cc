// Goal: a view holds what was true and known at the as-of pair, and nothing else. Method: small
// feeds worked by hand, with planted future values in both times, corrections, reopenings,
// implied entities and broken reference data; a book filled step by step against one filled at
// once, compared field by field.
#include "services/metrics/book.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/metrics/book_test_views.h"
#include "services/metrics/book_view.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

TEST(VersionStem, CutsACorrectionNumberOnly) {
  EXPECT_EQ(VersionStem("Won@2017-03-01"), "Won@2017-03-01");
  EXPECT_EQ(VersionStem("Won@2017-03-01#2"), "Won@2017-03-01");
  EXPECT_EQ(VersionStem("Won@2017-03-01#12"), "Won@2017-03-01");
  EXPECT_EQ(VersionStem("C# deals@2017-03-01"), "C# deals@2017-03-01");
  EXPECT_EQ(VersionStem("Won#"), "Won#");
  EXPECT_EQ(VersionStem(""), "");
}

TEST(Book, TellsADealsLife) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Team("East");
  feed.Rep("ann", "East");
  feed.Product("Basic", 500);
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5),
            {.rep = "ann",
             .product = "Basic",
             .segment = "smb",
             .amount = 900,
             .expected_close = CivilDay(2017, 3, 31)});
  feed.Deal("d1", "Proposal", CivilDay(2017, 2, 1), {.amount = 800});
  feed.Deal("d1", "Won", CivilDay(2017, 3, 1), {.amount = 750});
  const auto view = ViewAt(feed);
  ASSERT_NE(Find(*view, "d1"), nullptr);
  const BookOpportunity& deal = *Find(*view, "d1");
  EXPECT_EQ(deal.outcome, StageCategory::kWon);
  EXPECT_EQ(deal.created_day, CivilDay(2017, 1, 5));
  EXPECT_EQ(deal.close_day, CivilDay(2017, 3, 1));
  EXPECT_EQ(deal.amount_minor_units, 75'000);
  EXPECT_EQ(deal.expected_close_day, CivilDay(2017, 3, 31));
  EXPECT_EQ(view->reps[static_cast<size_t>(deal.rep)].id, "ann");
  EXPECT_EQ(view->products[static_cast<size_t>(deal.product)].id, "Basic");
  EXPECT_EQ(view->segments[static_cast<size_t>(deal.segment)], "smb");
  EXPECT_EQ(view->currency, "USD");
  const std::vector<std::pair<std::string, CivilDay>> visits = {{"Discovery", CivilDay(2017, 1, 5)},
                                                                {"Proposal", CivilDay(2017, 2, 1)},
                                                                {"Won", CivilDay(2017, 3, 1)}};
  EXPECT_EQ(VisitsOf(*view, "d1"), visits);
}

TEST(Book, ResolvesTheAsOfFromTheFacts) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5));
  feed.RecordOn(CivilDay(2017, 4, 1));
  feed.Deal("d1", "Proposal", CivilDay(2017, 2, 1));
  const auto view = ViewAt(feed);
  EXPECT_EQ(view->as_of.effective_day, CivilDay(2017, 2, 1));
  EXPECT_EQ(view->as_of.recorded_time, StartOfDayUtc(CivilDay(2017, 4, 1)) + absl::Hours(9));
  EXPECT_EQ(view->as_of.log_offset, 6);

  // Without any dated opportunity the default is today.
  TestFeed undated(CivilDay(2017, 1, 2));
  undated.Stages();
  EXPECT_EQ(ViewAt(undated)->as_of.effective_day, kToday);
}

TEST(Book, AFutureDatedRowDoesNotMoveTheDefaultAsOf) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5));
  feed.Deal("d2", "Discovery", CivilDay(2032, 1, 1));
  EXPECT_EQ(ViewAt(feed)->as_of.effective_day, CivilDay(2017, 1, 5));
  // Today itself is no future, and tomorrow is.
  feed.Deal("d3", "Discovery", kToday + 1);
  EXPECT_EQ(ViewAt(feed)->as_of.effective_day, CivilDay(2017, 1, 5));
  feed.Deal("d4", "Discovery", kToday);
  EXPECT_EQ(ViewAt(feed)->as_of.effective_day, kToday);

  TestFeed only_future(CivilDay(2017, 1, 2));
  only_future.Deal("d1", "Discovery", CivilDay(2032, 1, 1));
  EXPECT_EQ(ViewAt(only_future)->as_of.effective_day, kToday);
}

TEST(Book, PlantedFutureEffectiveValuesDoNotLeak) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5), {.rep = "ann", .amount = 100});
  feed.Deal("d1", "Won", CivilDay(2017, 3, 1), {.rep = "bob", .amount = 999'999});
  feed.Deal("d2", "Discovery", CivilDay(2017, 3, 1));
  // The day before: the deal is open, with its old amount and owner, and d2 does not exist.
  const auto before = ViewAt(feed, On(CivilDay(2017, 2, 28)));
  ASSERT_EQ(before->opportunities.size(), 1u);
  EXPECT_EQ(before->opportunities[0].outcome, StageCategory::kOpen);
  EXPECT_EQ(before->opportunities[0].amount_minor_units, 10'000);
  ASSERT_EQ(before->reps.size(), 1u);
  EXPECT_EQ(before->reps[0].id, "ann");
  // On the day itself the fact counts: it lies before the end of the day.
  const auto on = ViewAt(feed, On(CivilDay(2017, 3, 1)));
  EXPECT_EQ(Find(*on, "d1")->outcome, StageCategory::kWon);
  EXPECT_NE(Find(*on, "d2"), nullptr);
  // A created date after the first sighting is a future value too.
  TestFeed created(CivilDay(2018, 1, 2));
  created.Stages();
  created.Deal("d1", "Discovery", CivilDay(2017, 1, 5), {.created = CivilDay(2017, 9, 9)});
  EXPECT_EQ(ViewAt(created, On(CivilDay(2017, 2, 1)))->opportunities[0].created_day,
            CivilDay(2017, 1, 5));
}

TEST(Book, PlantedFutureRecordedValuesDoNotLeak) {
  TestFeed feed(CivilDay(2017, 4, 1));
  feed.Stages();
  feed.Team("East");
  feed.Rep("ann", "East");
  feed.Quota("ann", "2017Q1", 1'000);
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5), {.rep = "ann", .amount = 100});
  feed.RecordOn(CivilDay(2017, 5, 1));
  feed.Quota("ann", "2017Q1", 5'000);
  feed.Rep("ann", "West");
  feed.Deal("d1", "Won", CivilDay(2017, 3, 1), {.amount = 999'999});
  feed.Deal("d2", "Discovery", CivilDay(2017, 1, 6), {.rep = "ann"});
  AsOfRequest april{.effective_day = CivilDay(2017, 3, 31),
                    .recorded_time = StartOfDayUtc(CivilDay(2017, 4, 30))};
  const auto then = ViewAt(feed, april);
  ASSERT_EQ(then->opportunities.size(), 1u);
  EXPECT_EQ(then->opportunities[0].outcome, StageCategory::kOpen);
  EXPECT_EQ(then->opportunities[0].amount_minor_units, 10'000);
  EXPECT_EQ(then->reps[0].quotas[0].second, 100'000);
  EXPECT_EQ(then->teams[static_cast<size_t>(then->reps[0].team)].id, "East");
  // The resolved pair is that of the last event that counts, and asking again with it is the same.
  EXPECT_EQ(then->as_of.log_offset, 8);
  EXPECT_EQ(then->as_of.recorded_time, StartOfDayUtc(CivilDay(2017, 4, 1)) + absl::Hours(9));

  const auto now = ViewAt(feed, On(CivilDay(2017, 3, 31)));
  EXPECT_EQ(Find(*now, "d1")->outcome, StageCategory::kWon);
  EXPECT_EQ(now->reps[0].quotas[0].second, 500'000);
  EXPECT_EQ(now->teams[static_cast<size_t>(now->reps[0].team)].id, "West");

  // The offset pins the prefix even when all recorded times are equal.
  const auto prefix = ViewAt(feed, {.effective_day = CivilDay(2017, 3, 31), .log_offset = 8});
  EXPECT_EQ(prefix->as_of, then->as_of);
}

TEST(Book, StartsAndEndsOfJobsLearnedLaterDoNotLeak) {
  TestFeed late(CivilDay(2018, 1, 2));
  late.Stages();
  late.Rep("joiner", "East", CivilDay(2017, 9, 1));
  late.Rep("leaver", "East", CivilDay(2016, 1, 1), CivilDay(2017, 8, 1));
  late.Deal("d1", "Discovery", CivilDay(2017, 1, 5), {.rep = "leaver"});
  const auto reconstructed = ViewAt(late, On(CivilDay(2017, 6, 30)));
  ASSERT_EQ(reconstructed->reps.size(), 1u);
  EXPECT_EQ(reconstructed->reps[0].id, "leaver");
  EXPECT_EQ(reconstructed->reps[0].end_day, std::nullopt);
  EXPECT_EQ(ViewAt(late, On(CivilDay(2017, 9, 30)))->reps.size(), 2u);

  // Recorded by then, a coming start and a coming end are part of the plan.
  TestFeed live(CivilDay(2017, 6, 30));
  live.Stages();
  live.Rep("joiner", "East", CivilDay(2017, 9, 1));
  live.Rep("leaver", "East", CivilDay(2016, 1, 1), CivilDay(2017, 8, 1));
  const auto planned = ViewAt(live, On(CivilDay(2017, 6, 30)));
  ASSERT_EQ(planned->reps.size(), 2u);
  EXPECT_EQ(planned->reps[0].start_day, CivilDay(2017, 9, 1));
  EXPECT_EQ(planned->reps[1].end_day, CivilDay(2017, 8, 1));
}

TEST(Book, ACorrectionReplacesItsFactInItsPlace) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5), {.rep = "ann"});
  // Discovered and proposed on one day: only the log's order tells which came first.
  feed.Deal("d1", "Proposal", CivilDay(2017, 1, 5));
  feed.RecordOn(CivilDay(2018, 2, 2));
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5),
            {.rep = "bob", .version = "Discovery@2017-01-05#2"});
  const auto view = ViewAt(feed);
  const std::vector<std::pair<std::string, CivilDay>> visits = {{"Discovery", CivilDay(2017, 1, 5)},
                                                                {"Proposal", CivilDay(2017, 1, 5)}};
  EXPECT_EQ(VisitsOf(*view, "d1"), visits);
  ASSERT_EQ(view->reps.size(), 1u);
  EXPECT_EQ(view->reps[0].id, "bob");
  // Before the correction was known, ann owned it.
  const auto before = ViewAt(feed, {.effective_day = CivilDay(2017, 2, 1),
                                    .recorded_time = StartOfDayUtc(CivilDay(2018, 1, 31))});
  EXPECT_EQ(before->reps[0].id, "ann");
}

TEST(Book, TheClosingLearnedLastCounts) {
  struct Case {
    const char* name;
    std::vector<std::pair<std::string, CivilDay>> closings;  // In order of the log.
    StageCategory outcome;
    CivilDay close_day;
  };
  const CivilDay early(2017, 3, 1);
  const CivilDay late(2017, 3, 5);
  const std::vector<Case> cases = {
      {"moved later", {{"Won", early}, {"Won", late}}, StageCategory::kWon, late},
      {"moved earlier", {{"Won", late}, {"Won", early}}, StageCategory::kWon, early},
      {"lost after all", {{"Won", early}, {"Lost", late}}, StageCategory::kLost, late},
      {"won after all, on the same day",
       {{"Lost", early}, {"Won", early}},
       StageCategory::kWon,
       early},
      {"lost after all, and earlier",
       {{"Won", late}, {"Lost", early}},
       StageCategory::kLost,
       early}};
  for (const Case& test : cases) {
    TestFeed feed(CivilDay(2018, 1, 2));
    feed.Stages();
    feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5));
    for (const auto& closing : test.closings) feed.Deal("d1", closing.first, closing.second);
    const auto view = ViewAt(feed);
    EXPECT_EQ(view->opportunities[0].outcome, test.outcome) << test.name;
    EXPECT_EQ(view->opportunities[0].close_day, test.close_day) << test.name;
    EXPECT_EQ(view->opportunities[0].visits.size(), 2u) << test.name;
  }
}

TEST(Book, AMovedClosingIsNotTrueOnItsOldDay) {
  TestFeed feed(CivilDay(2017, 2, 10));
  feed.Stages();
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5), {.rep = "ann", .amount = 100});
  feed.Deal("d1", "Won", CivilDay(2017, 2, 2), {.amount = 900});
  // A deal without an opening: its fields came with the closing that was moved.
  feed.Deal("d2", "Lost", CivilDay(2017, 2, 2), {.rep = "bob"});
  feed.RecordOn(CivilDay(2017, 3, 10));
  feed.Deal("d1", "Won", CivilDay(2017, 3, 8), {.amount = 800});
  feed.Deal("d2", "Won", CivilDay(2017, 3, 8), {.amount = 300});
  const CivilDay between(2017, 2, 15);
  const auto then = ViewAt(feed, On(between));
  ASSERT_EQ(then->opportunities.size(), 1u);
  EXPECT_EQ(then->opportunities[0].outcome, StageCategory::kOpen);
  EXPECT_EQ(then->opportunities[0].amount_minor_units, 10'000);
  // Before the move was recorded, it was won.
  const auto before = ViewAt(
      feed, {.effective_day = between, .recorded_time = StartOfDayUtc(CivilDay(2017, 2, 20))});
  ASSERT_EQ(before->opportunities.size(), 2u);
  EXPECT_EQ(before->opportunities[0].outcome, StageCategory::kWon);
  EXPECT_EQ(before->opportunities[0].close_day, CivilDay(2017, 2, 2));
  EXPECT_EQ(before->opportunities[0].amount_minor_units, 90'000);
  // From the new day on it is won, once.
  EXPECT_EQ(Find(*ViewAt(feed, On(CivilDay(2017, 3, 7))), "d1")->outcome, StageCategory::kOpen);
  const auto after = ViewAt(feed, On(CivilDay(2017, 3, 8)));
  ASSERT_EQ(after->opportunities.size(), 2u);
  EXPECT_EQ(after->opportunities[0].close_day, CivilDay(2017, 3, 8));
  EXPECT_EQ(after->opportunities[0].amount_minor_units, 80'000);
  EXPECT_EQ(after->opportunities[0].visits.size(), 2u);
  EXPECT_EQ(after->opportunities[1].created_day, CivilDay(2017, 3, 8));
  EXPECT_EQ(after->reps.at(static_cast<size_t>(after->opportunities[1].rep)).id, "bob");
}

TEST(Book, AClosingMovedToAnEarlierDayBringsItsAmount) {
  TestFeed feed(CivilDay(2017, 4, 1));
  feed.Stages();
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5), {.amount = 100});
  feed.Deal("d1", "Won", CivilDay(2017, 3, 8), {.amount = 900});
  feed.Deal("d1", "Won", CivilDay(2017, 2, 2), {.amount = 800});
  for (const CivilDay day : {CivilDay(2017, 2, 15), CivilDay(2017, 3, 31)}) {
    const auto view = ViewAt(feed, On(day));
    EXPECT_EQ(view->opportunities.at(0).close_day, CivilDay(2017, 2, 2));
    EXPECT_EQ(view->opportunities.at(0).amount_minor_units, 80'000);
  }
}

TEST(Book, AReopeningKeepsTheClosingBeforeIt) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Closed("d1", "Won", CivilDay(2017, 1, 5), CivilDay(2017, 2, 2));
  feed.Deal("d1", "Proposal", CivilDay(2017, 2, 20));
  feed.Deal("d1", "Won", CivilDay(2017, 3, 8));
  EXPECT_EQ(ViewAt(feed, On(CivilDay(2017, 2, 15)))->opportunities.at(0).outcome,
            StageCategory::kWon);
  EXPECT_EQ(ViewAt(feed, On(CivilDay(2017, 2, 28)))->opportunities.at(0).outcome,
            StageCategory::kOpen);
  EXPECT_EQ(ViewAt(feed)->opportunities.at(0).close_day, CivilDay(2017, 3, 8));
}

TEST(Book, AReopenedDealIsOpenAgainAndKeepsItsCreation) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Closed("d1", "Lost", CivilDay(2017, 1, 5), CivilDay(2017, 2, 1));
  feed.Deal("d1", "Proposal", CivilDay(2017, 4, 1));
  EXPECT_EQ(ViewAt(feed)->opportunities[0].outcome, StageCategory::kOpen);
  feed.Deal("d1", "Won", CivilDay(2017, 5, 1));
  const auto view = ViewAt(feed);
  EXPECT_EQ(view->opportunities[0].outcome, StageCategory::kWon);
  EXPECT_EQ(view->opportunities[0].created_day, CivilDay(2017, 1, 5));
  EXPECT_EQ(view->opportunities[0].visits.size(), 4u);
}

TEST(Book, CountsUndatedOpportunitiesApart) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Deal("dated", "Discovery", CivilDay(2017, 1, 5));
  feed.Deal("undated", "Discovery", std::nullopt);
  feed.Deal("later", "Discovery", CivilDay(2017, 9, 1));
  const auto view = ViewAt(feed, On(CivilDay(2017, 2, 1)));
  EXPECT_EQ(view->undated_count, 1);
  EXPECT_EQ(view->opportunities.size(), 1u);
  // Dated by a later import: no longer undated, and before that import still so.
  feed.RecordOn(CivilDay(2018, 2, 2));
  feed.Deal("undated", "Proposal", CivilDay(2017, 1, 20));
  EXPECT_EQ(ViewAt(feed)->undated_count, 0);
  EXPECT_EQ(ViewAt(feed, {.recorded_time = StartOfDayUtc(CivilDay(2018, 1, 31))})->undated_count,
            1);
}

TEST(Book, SaysWhenThePastWasReconstructed) {
  TestFeed late(CivilDay(2018, 1, 2));
  late.Stages();
  late.Deal("d1", "Discovery", CivilDay(2017, 1, 5));
  EXPECT_TRUE(ViewAt(late)->reconstructed);
  TestFeed live(CivilDay(2017, 1, 8));
  live.Stages();
  live.Deal("d1", "Discovery", CivilDay(2017, 1, 5));  // Three days later: as it happened.
  EXPECT_FALSE(ViewAt(live)->reconstructed);
  live.RecordOn(CivilDay(2017, 1, 9));
  live.Deal("d2", "Discovery", CivilDay(2017, 1, 5));  // Four days: late, but not most.
  EXPECT_FALSE(ViewAt(live)->reconstructed);
  live.Deal("d3", "Discovery", CivilDay(2017, 1, 5));
  EXPECT_TRUE(ViewAt(live)->reconstructed);
}

TEST(Book, ImpliesWhatNobodyDescribed) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stage("Won", 9, crm::v1::STAGE_CATEGORY_WON);
  feed.Team("South", "Nowhere");
  feed.Rep("teamless", "");
  feed.Rep("ann", "Unknown team");
  feed.Quota("quota only", "2017Q1", 10);
  feed.Deal("ownerless", "Strange stage", CivilDay(2017, 1, 5));
  feed.Deal("stageless", "", CivilDay(2017, 1, 6), {.rep = "stranger", .product = "Unlisted"});
  const auto view = ViewAt(feed);
  std::vector<std::string> reps;
  for (const BookRep& rep : view->reps) reps.push_back(rep.id);
  EXPECT_EQ(reps, (std::vector<std::string>{"(unassigned)", "ann", "quota only", "stranger",
                                            "teamless"}));
  std::vector<std::string> teams;
  for (const BookTeam& team : view->teams) teams.push_back(team.id);
  EXPECT_EQ(teams, (std::vector<std::string>{"(no team)", "Nowhere", "South", "Unknown team"}));
  EXPECT_EQ(view->teams[2].parent, 1);
  EXPECT_EQ(view->segments, std::vector<std::string>{"all"});
  EXPECT_EQ(view->stages[0].id, "Strange stage");
  // A deal in no stage stands in the first open one.
  EXPECT_EQ(Find(*view, "stageless")->visits,
            (std::vector<StageVisit>{{.stage = 0, .entered_day = CivilDay(2017, 1, 6)}}));
  EXPECT_EQ(Find(*view, "stageless")->outcome, StageCategory::kOpen);
  EXPECT_EQ(view->products[static_cast<size_t>(Find(*view, "stageless")->product)].id, "Unlisted");
}

TEST(Book, OrdersTeamsParentsFirstAndCutsCircles) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Team("a", "b");
  feed.Team("b", "c");
  feed.Team("c", "b");
  feed.Team("d", "e");
  feed.Team("e", "f");
  feed.Team("f");
  feed.Team("self", "self");
  const auto view = ViewAt(feed);
  ASSERT_EQ(view->teams.size(), 7u);
  std::vector<std::string> above;
  for (size_t team = 0; team < view->teams.size(); ++team) {
    const int parent = view->teams[team].parent;
    EXPECT_LT(parent, static_cast<int>(team));
    above.push_back(view->teams[team].id + "<" +
                    (parent < 0 ? "" : view->teams[static_cast<size_t>(parent)].id));
  }
  EXPECT_EQ(above, (std::vector<std::string>{"b<", "a<b", "c<b", "f<", "e<f", "d<e", "self<"}));
  EXPECT_EQ(view->notes.size(), 2u);
}

TEST(Book, NamesBothCurrenciesWhenTheyAreMixed) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Rep("ann", "East");
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5), {.rep = "ann", .amount = 100});
  EXPECT_TRUE(ViewAt(feed)->currency_status.ok());
  feed.Quota("ann", "2017Q1", 10, "EUR");
  const absl::Status status = ViewAt(feed)->currency_status;
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetDetail(status)->reason, "MIXED_CURRENCY");
  const std::string message(status.message());
  EXPECT_NE(message.find("USD"), std::string::npos) << message;
  EXPECT_NE(message.find("EUR"), std::string::npos) << message;
}

TEST(Book, AQuotaCorrectedToAnotherCurrencyLeavesNoMixture) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Rep("ann", "East");
  feed.Product("Basic", 500, "EUR");
  feed.Quota("ann", "2017Q1", 10, "EUR");
  feed.RecordOn(CivilDay(2018, 2, 2));
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5), {.rep = "ann", .amount = 100});
  feed.Product("Basic", 500, "USD");
  EXPECT_FALSE(ViewAt(feed)->currency_status.ok());
  feed.Quota("ann", "2017Q1", 20, "USD");
  const auto view = ViewAt(feed);
  EXPECT_TRUE(view->currency_status.ok()) << view->currency_status;
  EXPECT_EQ(view->currency, "USD");
  ASSERT_EQ(view->reps.size(), 1u);
  EXPECT_EQ(view->reps[0].quotas,
            (std::vector<std::pair<std::string, int64_t>>{{"2017Q1", 2'000}}));
  // As recorded before, the euros stand.
  const auto before = ViewAt(feed, {.effective_day = CivilDay(2017, 2, 1),
                                    .recorded_time = StartOfDayUtc(CivilDay(2018, 1, 31))});
  EXPECT_EQ(before->currency, "EUR");
  EXPECT_EQ(before->reps[0].quotas[0].second, 1'000);
}

TEST(Book, FieldsCorrectedToBlankAreNoLongerInForce) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("East", "All");
  feed.Rep("ann", "East", CivilDay(2016, 1, 1), CivilDay(2017, 2, 1));
  feed.RecordOn(CivilDay(2018, 2, 2));
  feed.Team("East");
  feed.Rep("ann", "", CivilDay(2016, 1, 1));
  const auto team_of = [](const BookView& view) {
    return view.teams[static_cast<size_t>(view.reps.at(0).team)];
  };
  const auto before = ViewAt(feed, {.recorded_time = StartOfDayUtc(CivilDay(2018, 1, 31))});
  EXPECT_EQ(before->reps.at(0).end_day, CivilDay(2017, 2, 1));
  EXPECT_EQ(team_of(*before).id, "East");
  EXPECT_NE(team_of(*before).parent, -1);
  const auto view = ViewAt(feed);
  EXPECT_EQ(view->reps.at(0).start_day, CivilDay(2016, 1, 1));
  EXPECT_EQ(view->reps.at(0).end_day, std::nullopt);
  EXPECT_EQ(team_of(*view).id, kNoTeamId);
  for (const BookTeam& team : view->teams) EXPECT_EQ(team.parent, -1) << team.id;
}

TEST(Book, AChangeDatedLaterCountsFromItsDayOnAndIsCorrectedOnItsOwn) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Rep("ann", "East", CivilDay(2016, 1, 1));
  crm::v1::CrmEvent move;
  move.mutable_rep()->set_rep_id("ann");
  move.mutable_rep()->set_team_id("West");
  feed.Add("rep/ann", "2", StartOfDayUtc(CivilDay(2017, 6, 1)), move);
  const auto team_on = [&feed](CivilDay day) {
    const auto view = ViewAt(feed, On(day));
    EXPECT_EQ(view->reps.at(0).start_day, CivilDay(2016, 1, 1));
    return view->teams[static_cast<size_t>(view->reps.at(0).team)].id;
  };
  EXPECT_EQ(team_on(CivilDay(2017, 5, 31)), "East");
  EXPECT_EQ(team_on(CivilDay(2017, 6, 1)), "West");
  // What was always so is corrected: the later change stands.
  feed.Rep("ann", "North", CivilDay(2016, 1, 1));
  EXPECT_EQ(team_on(CivilDay(2017, 5, 31)), "North");
  EXPECT_EQ(team_on(CivilDay(2017, 6, 1)), "West");
  // The later change is corrected: what was so before stands.
  move.mutable_rep()->set_team_id("South");
  feed.Add("rep/ann", "4", StartOfDayUtc(CivilDay(2017, 6, 1)), move);
  EXPECT_EQ(team_on(CivilDay(2017, 5, 31)), "North");
  EXPECT_EQ(team_on(CivilDay(2017, 6, 1)), "South");
  // A quota dated later, in another currency: on no day are there two.
  crm::v1::CrmEvent quota;
  quota.mutable_quota()->set_rep_id("ann");
  quota.mutable_quota()->set_period("2017Q3");
  quota.mutable_quota()->mutable_amount()->set_units(7);
  quota.mutable_quota()->mutable_amount()->set_currency_code("USD");
  feed.Quota("ann", "2017Q3", 5, "EUR");
  feed.Add("quota/ann/2017Q3", "2", StartOfDayUtc(CivilDay(2017, 6, 1)), quota);
  EXPECT_EQ(ViewAt(feed, On(CivilDay(2017, 5, 31)))->currency, "EUR");
  const auto later = ViewAt(feed, On(CivilDay(2017, 6, 1)));
  EXPECT_TRUE(later->currency_status.ok()) << later->currency_status;
  EXPECT_EQ(later->reps.at(0).quotas.at(0).second, 700);
}

TEST(Book, ACorrectedRepKeepsTheStartAndEndThatWerePlannedThen) {
  TestFeed feed(CivilDay(2017, 6, 30));
  feed.Stages();
  feed.Rep("joiner", "East", CivilDay(2017, 9, 1));
  feed.Rep("leaver", "East", CivilDay(2016, 1, 1), CivilDay(2017, 8, 1));
  feed.Rep("stayer", "East", CivilDay(2016, 1, 1), CivilDay(2017, 6, 1));
  // Later the team of one is corrected, and the days of the others turn out different.
  feed.RecordOn(CivilDay(2018, 1, 2));
  feed.Rep("joiner", "West", CivilDay(2017, 9, 1));
  feed.Rep("leaver", "East", CivilDay(2016, 1, 1), CivilDay(2017, 10, 1));
  feed.Rep("stayer", "East", CivilDay(2016, 1, 1), CivilDay(2017, 12, 1));
  const auto view = ViewAt(feed, On(CivilDay(2017, 6, 30)));
  ASSERT_EQ(view->reps.size(), 3u);
  EXPECT_EQ(view->reps[0].start_day, CivilDay(2017, 9, 1));
  EXPECT_EQ(view->teams[static_cast<size_t>(view->reps[0].team)].id, "West");
  EXPECT_EQ(view->reps[1].end_day, CivilDay(2017, 8, 1));
  // An end that had passed, and was not one: in the job, and nobody knew until when.
  EXPECT_EQ(view->reps[2].end_day, std::nullopt);
  const auto after = ViewAt(feed, On(CivilDay(2017, 12, 31)));
  EXPECT_EQ(after->reps[1].end_day, CivilDay(2017, 10, 1));
  EXPECT_EQ(after->reps[2].end_day, CivilDay(2017, 12, 1));
}

TEST(Book, TheLastRecordedOfTwoSourcesWins) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Quota("ann", "2017Q1", 10, "EUR");
  feed.Quota("ann", "2017Q1", 20);
  std::vector<ingestion::v1::EventRecord> records = feed.records();
  records[1].mutable_id()->set_source("other");
  // The first source again: its place in the log is that of its last word.
  records.push_back(records[0]);
  records[2].set_offset(3);
  records[2].mutable_id()->set_version("2");
  records[2].mutable_event()->mutable_quota()->mutable_amount()->set_units(30);
  Book book;
  const auto amount = [&book]() {
    const auto view = *book.At({}, kToday);
    EXPECT_TRUE(view->currency_status.ok()) << view->currency_status;
    return view->reps.at(0).quotas.at(0).second;
  };
  ASSERT_TRUE(book.Append(records[0]).ok());
  ASSERT_TRUE(book.Append(records[1]).ok());
  EXPECT_EQ(amount(), 2'000);
  ASSERT_TRUE(book.Append(records[2]).ok());
  EXPECT_EQ(amount(), 3'000);
}

TEST(Book, ReadsTheCalendarOfTheWorkspace) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Deal("d1", "Discovery", CivilDay(2017, 2, 1));
  EXPECT_EQ(ViewAt(feed)->calendar.PeriodContaining(CivilDay(2017, 2, 1))->name, "2017Q1");
  feed.Calendar(2);
  EXPECT_EQ(ViewAt(feed)->calendar.PeriodContaining(CivilDay(2017, 2, 1))->name, "2018Q1");
  // A broken one leaves the last good one, and says so.
  feed.Calendar(13);
  const auto view = ViewAt(feed);
  EXPECT_EQ(view->calendar.PeriodContaining(CivilDay(2017, 2, 1))->name, "2018Q1");
  EXPECT_EQ(view->notes.size(), 1u);
}

TEST(Book, RefusesWhatCannotBeAnswered) {
  Book book;
  const auto empty = book.At({}, kToday);
  EXPECT_EQ(GetDetail(empty.status())->reason, "EMPTY_WORKSPACE");
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Fill(book);
  const auto before = book.At({.recorded_time = StartOfDayUtc(CivilDay(2017, 1, 1))}, kToday);
  EXPECT_EQ(GetDetail(before.status())->reason, "EMPTY_WORKSPACE");
  EXPECT_TRUE(book.At(On(kToday + 1), kToday).ok());
  EXPECT_EQ(book.At(On(kToday + 2), kToday).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Book, RefusesABrokenFeed) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  Book book;
  EXPECT_EQ(book.Append(feed.records()[1]).code(), absl::StatusCode::kInternal);
  feed.Fill(book);
  feed.Fill(book);  // Again: nothing happens.
  EXPECT_EQ(book.last_offset(), 4);
  ingestion::v1::EventRecord backwards = feed.records()[3];
  backwards.set_offset(5);
  backwards.mutable_recorded_time()->set_seconds(backwards.recorded_time().seconds() - 1);
  EXPECT_EQ(book.Append(backwards).code(), absl::StatusCode::kInternal);
}

TEST(Book, FilledStepByStepEqualsFilledAtOnce) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Team("East", "All");
  feed.Team("All");
  feed.Rep("ann", "East", CivilDay(2016, 1, 1));
  feed.Quota("ann", "2017Q1", 1'000);
  for (int i = 0; i < 40; ++i) {
    feed.RecordOn(CivilDay(2017, 1, 2) + i);
    const std::string id = "d" + std::to_string(i % 17);
    feed.Deal(id, i < 17 ? "Discovery" : (i % 3 == 0 ? "Won" : "Proposal"),
              CivilDay(2017, 1, 1) + i, {.rep = i % 2 ? "ann" : "bob", .amount = 100 + i});
  }
  feed.Deal("d3", "Discovery", CivilDay(2017, 1, 4), {.version = "Discovery@2017-01-04#2"});
  const AsOfRequest as_of = On(CivilDay(2017, 2, 1));
  Book stepwise;
  for (const auto& record : feed.records()) {
    ASSERT_TRUE(stepwise.Append(record).ok());
    // Views asked for on the way must not disturb later ones.
    ASSERT_TRUE(stepwise.At(as_of, kToday).ok());
  }
  Book at_once;
  feed.Fill(at_once);
  const auto a = *stepwise.At(as_of, kToday);
  const auto b = *at_once.At(as_of, kToday);
  EXPECT_EQ(a->opportunities, b->opportunities);
  EXPECT_EQ(a->opportunities.size(), 17u);
  EXPECT_EQ(a->stages, b->stages);
  EXPECT_EQ(a->teams, b->teams);
  EXPECT_EQ(a->reps, b->reps);
  EXPECT_EQ(a->segments, b->segments);
  EXPECT_EQ(a->as_of, b->as_of);
  EXPECT_EQ(a->undated_count, b->undated_count);
  EXPECT_EQ(a->currency, b->currency);
}

TEST(Book, SharesAViewUntilEventsThatCountArrive) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 1));
  Book book;
  feed.Fill(book);
  const AsOfRequest as_of = On(CivilDay(2017, 1, 3));
  const auto first = *book.At(as_of, kToday);
  EXPECT_EQ(first, *book.At(as_of, kToday));
  feed.RecordOn(CivilDay(2017, 1, 4));
  feed.Deal("d2", "Discovery", CivilDay(2017, 1, 2));
  feed.Fill(book);
  EXPECT_EQ((*book.At(as_of, kToday))->opportunities.size(), 2u);
  EXPECT_EQ(first->opportunities.size(), 1u);
  // More as-ofs than the cache holds: the first view is built anew, equal to what it was.
  for (int i = 0; i < static_cast<int>(kMaxCachedViews) + 1; ++i) {
    ASSERT_TRUE(book.At(On(CivilDay(2017, 2, 1) + i), kToday).ok());
  }
  AsOfRequest again = as_of;
  again.log_offset = first->as_of.log_offset;
  EXPECT_EQ((*book.At(again, kToday))->opportunities, first->opportunities);
}

TEST(Book, KindsThatNoViewIsMadeFromKeepTheirPlaceInTheFeed) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  crm::v1::CrmEvent activity;
  activity.mutable_activity()->set_activity_id("a1");
  feed.Add("activity/a1", "1", At(CivilDay(2017, 1, 4), 9), activity);
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5));
  const auto view = ViewAt(feed);
  EXPECT_EQ(view->as_of.log_offset, 6);
  EXPECT_EQ(view->opportunities.size(), 1u);
}

TEST(Book, IsOutdatedByAnErasureItWasNotMadeToKnow) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  Book book;
  feed.Fill(book);
  EXPECT_FALSE(book.is_outdated());
  crm::v1::CrmEvent erasure;
  erasure.mutable_erasure()->set_pseudonym("erased-rep-1");
  feed.Add("erasure/erased-rep-1", "1", std::nullopt, erasure);
  feed.Fill(book);
  EXPECT_TRUE(book.is_outdated());
  const int64_t offset = static_cast<int64_t>(feed.records().size());
  EXPECT_EQ(book.last_erasure_offset(), offset);
  Book knows_it(offset);
  feed.Fill(knows_it);
  EXPECT_FALSE(knows_it.is_outdated());
  feed.Add("erasure/erased-rep-2", "1", std::nullopt, erasure);
  feed.Fill(knows_it);
  EXPECT_TRUE(knows_it.is_outdated());
}

}  // namespace
}  // namespace quotacast::metrics
