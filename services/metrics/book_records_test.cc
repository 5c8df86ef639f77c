// Goal: a view's records are what was true and known at the as-of pair, and nothing else. Method:
// small feeds worked by hand, one per rule: corrections, retractions, deletions, merges, planted
// future values in both times, owners nobody knows; a view asked late against one asked at once.
#include "services/metrics/book_records.h"

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "services/metrics/book.h"
#include "services/metrics/book_test_views.h"
#include "services/metrics/book_view.h"
#include "services/metrics/test_feed.h"
#include "services/metrics/test_records.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

TestFeed Company() {
  TestFeed feed(CivilDay(2017, 6, 1));
  feed.Stages();
  feed.Team("East");
  feed.Rep("ann", "East");
  feed.Rep("bob", "East");
  Say(feed, "account/Acme", "1", "1970-01-01", "account { account_id: 'Acme' }");
  Say(feed, "account/Bolt", "1", "1970-01-01", "account { account_id: 'Bolt' }");
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 5), {.rep = "ann"});
  return feed;
}

std::shared_ptr<const BookView> Late(const TestFeed& feed) {
  return ViewAt(feed, On(CivilDay(2017, 12, 31)));
}

std::string RepOf(const BookView& view, int rep) {
  return rep < 0 ? "-" : view.reps[static_cast<size_t>(rep)].id;
}

std::string AccountOf(const BookView& view, int account) {
  return account < 0 ? "-" : view.accounts[static_cast<size_t>(account)].id;
}

TEST(BookRecords, AreNoneWithoutEvents) { EXPECT_EQ(*Late(Company())->records, BookRecords()); }

TEST(BookRecords, TellALeadsLife) {
  TestFeed feed = Company();
  Say(feed, "lead/L1", "created", "2017-03-01 10:00",
      "lead { lead_id: 'L1' lead_source: 'web' status: LEAD_STATUS_NEW segment_id: 'smb' "
      "account_id: 'Acme' is_inbound: true created_time " +
          AsTimestamp("2017-03-01 10:00") + " }");
  Say(feed, "lead/L1", "2017-03-02", "2017-03-02", "lead { lead_id: 'L1' owner_rep_id: 'ann' }");
  Say(feed, "lead/L1", "first_touch", "2017-03-03 11:00",
      "lead { lead_id: 'L1' status: LEAD_STATUS_WORKING touch_count: 2 first_touch_time " +
          AsTimestamp("2017-03-03 10:30") + " }");
  Say(feed, "lead/L1", "converted", "2017-04-01",
      "lead { lead_id: 'L1' status: LEAD_STATUS_CONVERTED opportunity_id: 'd1' }");
  const auto view = Late(feed);
  ASSERT_EQ(view->records->leads.size(), 1u);
  const BookLead& lead = view->records->leads[0];
  EXPECT_EQ(lead.id, "L1");
  EXPECT_EQ(lead.created, Instant("2017-03-01 10:00"));
  EXPECT_EQ(lead.assigned, Instant("2017-03-02"));
  EXPECT_EQ(lead.first_touch, Instant("2017-03-03 10:30"));
  EXPECT_EQ(lead.touch_count, 2);
  EXPECT_EQ(lead.is_inbound, true);
  EXPECT_EQ(RepOf(*view, lead.rep), "ann");
  EXPECT_EQ(AccountOf(*view, lead.account), "Acme");
  EXPECT_EQ(view->opportunities[static_cast<size_t>(lead.opportunity)].id, "d1");
  EXPECT_EQ(view->records->lead_sources, std::vector<std::string>{"web"});
  EXPECT_EQ(view->records->segments, std::vector<std::string>{"smb"});
  const std::vector<LeadStep> steps = {{Instant("2017-03-01 10:00"), LeadStatus::kNew},
                                       {Instant("2017-03-03 11:00"), LeadStatus::kWorking},
                                       {Instant("2017-04-01"), LeadStatus::kConverted}};
  EXPECT_EQ(lead.steps, steps);

  // The day before the conversion nothing of it shows, nor does the owner before the assignment.
  const auto before = ViewAt(feed, On(CivilDay(2017, 3, 31)));
  EXPECT_EQ(before->records->leads[0].steps.size(), 2u);
  EXPECT_EQ(before->records->leads[0].opportunity, -1);
  const auto first = ViewAt(feed, On(CivilDay(2017, 3, 1)));
  EXPECT_EQ(first->records->leads[0].rep, -1);
  EXPECT_EQ(first->records->leads[0].assigned, std::nullopt);
  EXPECT_EQ(first->records->leads[0].first_touch, std::nullopt);
  EXPECT_TRUE(ViewAt(feed, On(CivilDay(2017, 2, 28)))->records->leads.empty());
}

TEST(BookRecords, PlantedFutureValuesDoNotLeak) {
  TestFeed feed = Company();
  // Instants after the as-of day inside facts that are so before it.
  Say(feed, "lead/L1", "1", "2017-03-01",
      "lead { lead_id: 'L1' owner_rep_id: 'ann' first_touch_time " + AsTimestamp("2017-09-01") +
          " created_time " + AsTimestamp("2017-09-01") + " }");
  Say(feed, "commitment/C1", "made", "2017-03-01",
      "commitment { commitment_id: 'C1' due_date " + AsDate("2017-09-30") + " done_date " +
          AsDate("2017-09-01") + " }");
  Say(feed, "incident/I1", "opened", "2017-03-01",
      "incident { incident_id: 'I1' acknowledged_time " + AsTimestamp("2017-04-01") +
          " resolved_time " + AsTimestamp("2017-09-01") + " }");
  Act(feed, "A1", "call", "2017-09-01");
  Say(feed, "activity/A2", "1", "2017-03-01",
      "activity { activity_id: 'A2' start_time " + AsTimestamp("2017-09-01") + " }");
  Say(feed, "training/T1", "1", "2017-03-01",
      "training { training_id: 'T1' rep_id: 'ann' trained_date " + AsDate("2017-09-01") + " }");
  Say(feed, "feedback/F1", "1", "2017-03-01",
      "feedback { feedback_id: 'F1' rating: 5 given_date " + AsDate("2017-09-01") + " }");
  Say(feed, "insight/N1", "1", "2017-03-01",
      "insight { insight_id: 'N1' learned_date " + AsDate("2017-09-01") + " }");
  Say(feed, "order_line/O/1", "1", "2017-03-01",
      "order_line { order_id: 'O' line_id: '1' order_date " + AsDate("2017-09-01") + " }");
  // Recorded later than the as-of asked for.
  feed.RecordOn(CivilDay(2017, 7, 1));
  Say(feed, "lead/L1", "converted", "2017-03-05",
      "lead { lead_id: 'L1' status: LEAD_STATUS_CONVERTED }");
  Say(feed, "commitment/C2", "made", "2017-03-05", "commitment { commitment_id: 'C2' }");

  const AsOfRequest as_of{.effective_day = CivilDay(2017, 5, 31),
                          .recorded_time = StartOfDayUtc(CivilDay(2017, 6, 30))};
  const BookRecords records = *ViewAt(feed, as_of)->records;
  ASSERT_EQ(records.leads.size(), 1u);
  EXPECT_EQ(records.leads[0].created, Instant("2017-03-01"));
  EXPECT_EQ(records.leads[0].first_touch, std::nullopt);
  EXPECT_TRUE(records.leads[0].steps.empty());
  ASSERT_EQ(records.commitments.size(), 1u);
  EXPECT_EQ(records.commitments[0].due_day, CivilDay(2017, 9, 30));  // A plan.
  EXPECT_EQ(records.commitments[0].done_day, std::nullopt);
  ASSERT_EQ(records.incidents.size(), 1u);
  EXPECT_EQ(records.incidents[0].acknowledged, Instant("2017-04-01"));
  EXPECT_EQ(records.incidents[0].resolved, std::nullopt);
  EXPECT_TRUE(records.activities.empty());
  EXPECT_TRUE(records.trainings.empty());
  EXPECT_TRUE(records.feedback.empty());
  EXPECT_TRUE(records.insights.empty());
  EXPECT_TRUE(records.order_lines.empty());

  const BookRecords later = *Late(feed)->records;
  EXPECT_EQ(later.leads[0].steps.size(), 1u);
  EXPECT_EQ(later.commitments.size(), 2u);
  EXPECT_EQ(later.activities.size(), 2u);
  EXPECT_EQ(later.trainings.size() + later.feedback.size() + later.insights.size() +
                later.order_lines.size(),
            4u);
}

TEST(BookRecords, ACorrectionTakesThePlaceOfAFact) {
  TestFeed feed = Company();
  Say(feed, "lead/L1", "created", "2017-03-01", "lead { lead_id: 'L1' lead_source: 'web' }");
  Say(feed, "lead/L1", "first_touch", "2017-03-02",
      "lead { lead_id: 'L1' status: LEAD_STATUS_WORKING touch_count: 1 }");
  Say(feed, "activity/A1", "1", "2017-03-01",
      "activity { activity_id: 'A1' duration_minutes: 30 rep_id: 'ann' }");
  feed.RecordOn(CivilDay(2017, 7, 1));
  Say(feed, "lead/L1", "first_touch#2", "2017-03-09",
      "lead { lead_id: 'L1' status: LEAD_STATUS_WORKING }");
  // The second state of a record is the whole of it, on another day: no rep any more.
  Say(feed, "activity/A1", "2", "2017-03-04",
      "activity { activity_id: 'A1' duration_minutes: 45 }");
  const BookRecords records = *Late(feed)->records;
  EXPECT_EQ(records.leads[0].first_touch, Instant("2017-03-09"));
  EXPECT_EQ(records.leads[0].touch_count, 0);
  ASSERT_EQ(records.activities.size(), 1u);
  EXPECT_EQ(records.activities[0].start, Instant("2017-03-04"));
  EXPECT_EQ(records.activities[0].duration_minutes, 45);
  EXPECT_EQ(records.activities[0].rep, -1);
  const BookRecords then = *ViewAt(feed, {.effective_day = CivilDay(2017, 12, 31),
                                          .recorded_time = StartOfDayUtc(CivilDay(2017, 6, 30))})
                                ->records;
  EXPECT_EQ(then.leads[0].first_touch, Instant("2017-03-02"));
  EXPECT_EQ(then.activities[0].duration_minutes, 30);
}

TEST(BookRecords, AFieldThatIsAbsentDidNotChangeAndAZeroDid) {
  TestFeed feed = Company();
  Say(feed, "incident/I1", "opened", "2017-03-01",
      "incident { incident_id: 'I1' owner_rep_id: 'ann' is_recovered: true opened_time { seconds: "
      "1488326400 nanos: 500 } }");
  Say(feed, "incident/I1", "2017-03-02", "2017-03-02",
      "incident { incident_id: 'I1' is_recovered: false opened_time { seconds: 1488326460 } }");
  const auto view = Late(feed);
  const BookIncident& incident = view->records->incidents[0];
  EXPECT_EQ(RepOf(*view, incident.rep), "ann");
  EXPECT_EQ(incident.is_recovered, false);
  // Not with the nanoseconds of the earlier instant.
  EXPECT_EQ(incident.opened, absl::FromUnixSeconds(1488326460));
}

TEST(BookRecords, ARetractionTakesBack) {
  TestFeed feed = Company();
  Say(feed, "lead/L1", "created", "2017-03-01",
      "lead { lead_id: 'L1' status: LEAD_STATUS_NEW owner_rep_id: 'ann' }");
  Say(feed, "lead/L1", "converted", "2017-04-01",
      "lead { lead_id: 'L1' status: LEAD_STATUS_CONVERTED }");
  Act(feed, "A1", "call", "2017-03-02");
  feed.RecordOn(CivilDay(2017, 7, 1));
  Say(feed, "lead/L1", "converted!", "2017-04-01", "retraction { version: 'converted' }");
  Say(feed, "activity/A1", "1!", "2017-03-02", "retraction { version: '1' }");
  const BookRecords records = *Late(feed)->records;
  ASSERT_EQ(records.leads.size(), 1u);
  EXPECT_EQ(records.leads[0].steps.back().status, LeadStatus::kNew);
  EXPECT_TRUE(records.activities.empty());
  const BookRecords then = *ViewAt(feed, {.effective_day = CivilDay(2017, 12, 31),
                                          .recorded_time = StartOfDayUtc(CivilDay(2017, 6, 30))})
                                ->records;
  EXPECT_EQ(then.leads[0].steps.back().status, LeadStatus::kConverted);
  EXPECT_EQ(then.activities.size(), 1u);
}

TEST(BookRecords, ADeletedRecordIsGoneUntilItIsRestored) {
  TestFeed feed = Company();
  Say(feed, "insight/N1", "1", "2017-03-01", "insight { insight_id: 'N1' account_id: 'Acme' }");
  Say(feed, "order_line/O/1", "1", "2017-03-01", "order_line { order_id: 'O' line_id: '1' }");
  Say(feed, "insight/N1", "deleted@2017-04-01", "2017-04-01",
      "deletion { entity: ENTITY_KIND_INSIGHT entity_id: 'N1' }");
  Say(feed, "order_line/O/1", "deleted@2017-04-01", "2017-04-01",
      "deletion { entity: ENTITY_KIND_ORDER_LINE entity_id: 'O/1' }");
  Say(feed, "insight/N1", "restored@2017-05-01", "2017-05-01",
      "deletion { entity: ENTITY_KIND_INSIGHT entity_id: 'N1' restored: true }");
  const auto count = [&feed](CivilDay day) {
    const auto view = ViewAt(feed, On(day));
    return std::to_string(view->records->insights.size()) +
           std::to_string(view->records->order_lines.size());
  };
  EXPECT_EQ(count(CivilDay(2017, 3, 31)), "11");
  EXPECT_EQ(count(CivilDay(2017, 4, 1)), "00");
  EXPECT_EQ(count(CivilDay(2017, 4, 30)), "00");
  EXPECT_EQ(count(CivilDay(2017, 5, 1)), "10");
}

TEST(BookRecords, WhatNamedAMergedRepOrAccountNamesTheOneThatStayed) {
  TestFeed feed = Company();
  Say(feed, "lead/L1", "created", "2017-03-01",
      "lead { lead_id: 'L1' owner_rep_id: 'bob' account_id: 'Bolt' }");
  Say(feed, "rep/bob", "merged@2017-05-01", "2017-05-01",
      "merge { entity: ENTITY_KIND_REP from_id: 'bob' into_id: 'ann' }");
  Say(feed, "account/Bolt", "merged@2017-05-01", "2017-05-01",
      "merge { entity: ENTITY_KIND_ACCOUNT from_id: 'Bolt' into_id: 'Acme' }");
  const auto before = ViewAt(feed, On(CivilDay(2017, 4, 30)));
  EXPECT_EQ(RepOf(*before, before->records->leads[0].rep), "bob");
  EXPECT_EQ(AccountOf(*before, before->records->leads[0].account), "Bolt");
  const auto after = ViewAt(feed, On(CivilDay(2017, 5, 1)));
  EXPECT_EQ(RepOf(*after, after->records->leads[0].rep), "ann");
  EXPECT_EQ(AccountOf(*after, after->records->leads[0].account), "Acme");
}

TEST(BookRecords, OfMergedLeadsTheOneThatStayedTakesTheActivities) {
  TestFeed feed = Company();
  Say(feed, "lead/L1", "created", "2017-03-01", "lead { lead_id: 'L1' }");
  Say(feed, "lead/L2", "created", "2017-03-05", "lead { lead_id: 'L2' }");
  Act(feed, "A1", "call", "2017-03-02 10:00", "lead_id: 'L1' rep_id: 'ann'");
  Say(feed, "lead/L1", "merged@2017-05-01", "2017-05-01",
      "merge { entity: ENTITY_KIND_LEAD from_id: 'L1' into_id: 'L2' }");
  // The other way round, later: it would leave none standing.
  Say(feed, "lead/L2", "merged@2017-06-01", "2017-06-01",
      "merge { entity: ENTITY_KIND_LEAD from_id: 'L2' into_id: 'L1' }");
  EXPECT_EQ(ViewAt(feed, On(CivilDay(2017, 4, 30)))->records->leads.size(), 2u);
  const BookRecords records = *Late(feed)->records;
  ASSERT_EQ(records.leads.size(), 1u);
  EXPECT_EQ(records.leads[0].id, "L2");
  EXPECT_EQ(records.leads[0].first_touch, Instant("2017-03-02 10:00"));
  EXPECT_EQ(records.activities[0].lead, 0);
  ASSERT_EQ(records.notes.size(), 1u);
  // Taken back, both are there again.
  Say(feed, "lead/L1", "merged@2017-05-01!", "2017-05-01",
      "retraction { version: 'merged@2017-05-01' }");
  Say(feed, "lead/L2", "merged@2017-06-01!", "2017-06-01",
      "retraction { version: 'merged@2017-06-01' }");
  EXPECT_EQ(Late(feed)->records->leads.size(), 2u);
}

// As one in the Olist funnel.
TEST(BookRecords, ALeadConvertedBeforeItCameInStaysConverted) {
  TestFeed feed = Company();
  Say(feed, "lead/L1", "created", "2017-03-05",
      "lead { lead_id: 'L1' status: LEAD_STATUS_NEW created_time " + AsTimestamp("2017-03-05") +
          " }");
  Say(feed, "lead/L1", "2017-03-01", "2017-03-01",
      "lead { lead_id: 'L1' status: LEAD_STATUS_CONVERTED }");
  // Another one becomes new again later on, which is a step.
  Say(feed, "lead/L2", "created", "2017-03-01",
      "lead { lead_id: 'L2' status: LEAD_STATUS_NEW created_time " + AsTimestamp("2017-03-01") +
          " }");
  Say(feed, "lead/L2", "2017-03-02", "2017-03-02",
      "lead { lead_id: 'L2' status: LEAD_STATUS_CONVERTED }");
  Say(feed, "lead/L2", "2017-03-03", "2017-03-03",
      "lead { lead_id: 'L2' status: LEAD_STATUS_NEW }");
  const BookRecords records = *Late(feed)->records;
  EXPECT_EQ(records.leads[0].created, Instant("2017-03-01"));
  EXPECT_EQ(records.leads[0].steps.back().status, LeadStatus::kConverted);
  EXPECT_EQ(records.leads[1].steps.back().status, LeadStatus::kNew);
}

TEST(BookRecords, OnlyOutreachByPeopleTouchesALead) {
  TestFeed feed = Company();
  for (const char* id : {"L1", "L2"}) {
    Say(feed, std::string("lead/") + id, "created", "2017-03-01",
        std::string("lead { lead_id: '") + id + "' touch_count: 1 }");
  }
  Act(feed, "A1", "email", "2017-03-01 00:01", "lead_id: 'L1' is_automated: true");
  Act(feed, "A2", "call", "2017-03-01 10:00", "lead_id: 'L1' is_inbound: true");
  Act(feed, "A3", "internal", "2017-03-01 11:00", "lead_id: 'L1'");
  Act(feed, "A4", "call", "2017-03-01 11:30", "lead_id: 'L1' is_done: false");
  Act(feed, "A5", "call", "2017-03-02 12:00", "lead_id: 'L1' is_done: true");
  Act(feed, "A6", "meeting", "2017-03-01 12:00", "lead_id: 'L1' contact_id: 'Eve'");
  const BookRecords records = *Late(feed)->records;
  EXPECT_EQ(records.leads[0].first_touch, Instant("2017-03-01 12:00"));
  EXPECT_EQ(records.leads[0].touch_count, 2);  // More than stated.
  EXPECT_EQ(records.leads[1].first_touch, std::nullopt);
  EXPECT_EQ(records.leads[1].touch_count, 1);
  EXPECT_EQ(records.activities.size(), 5u);  // A4 came to nothing.
  EXPECT_EQ(records.contacts, std::vector<std::string>{"Eve"});
}

TEST(BookRecords, OwnersAndAccountsThatNobodyDescribesAreNone) {
  TestFeed feed = Company();
  Say(feed, "lead/L1", "created", "2017-03-01",
      "lead { lead_id: 'L1' owner_rep_id: 'zoe' account_id: 'Nowhere' opportunity_id: 'd9' }");
  const auto view = Late(feed);
  EXPECT_EQ(view->records->leads[0].rep, -1);
  EXPECT_EQ(view->records->leads[0].account, -1);
  EXPECT_EQ(view->records->leads[0].opportunity, -1);
  EXPECT_NE(view->records->leads[0].assigned, std::nullopt);
  EXPECT_EQ(view->reps.size(), 2u);
}

TEST(BookRecords, UndatedRecordsAreCountedAndLeftOut) {
  TestFeed feed = Company();
  Say(feed, "lead/L1", "created", std::nullopt, "lead { lead_id: 'L1' }");
  Say(feed, "lead/L2", "created", "2017-03-01", "lead { lead_id: 'L2' }");
  Say(feed, "lead/L2", "undated", std::nullopt, "lead { lead_id: 'L2' touch_count: 9 }");
  const BookRecords records = *Late(feed)->records;
  ASSERT_EQ(records.leads.size(), 1u);
  EXPECT_EQ(records.leads[0].touch_count, 0);
  EXPECT_EQ(records.undated_count, 1);
}

TEST(BookRecords, ForecastsKeepEverySaying) {
  TestFeed feed = Company();
  feed.Deal("d1", "Proposal", CivilDay(2017, 1, 6), {.amount = 10});
  const auto say = [&feed](const char* day, const char* fields) {
    Say(feed, "rep_forecast/ann/2017Q2", day, day,
        std::string("rep_forecast { rep_id: 'ann' period: '2017Q2' ") + fields + " }");
  };
  say("2017-03-20",
      "expected { currency_code: 'USD' units: 100 } low { currency_code: 'USD' "
      "units: 50 nanos: 500000000 }");
  say("2017-03-30",
      "expected { currency_code: 'EUR' units: 90 } low { currency_code: 'USD' "
      "units: 60 }");
  say("2017-04-10", "expected { currency_code: 'USD' units: 80 }");
  const auto view = Late(feed);
  const std::vector<BookRepForecast>& forecasts = view->records->rep_forecasts;
  ASSERT_EQ(forecasts.size(), 3u);
  EXPECT_EQ(forecasts[0].said_day, CivilDay(2017, 3, 20));
  EXPECT_EQ(forecasts[0].expected_minor_units, 10'000);
  EXPECT_EQ(forecasts[0].low_minor_units, 5'050);
  EXPECT_EQ(forecasts[1].expected_minor_units, std::nullopt);
  EXPECT_EQ(forecasts[1].low_minor_units, 6'000);
  EXPECT_EQ(forecasts[2].expected_minor_units, 8'000);
  EXPECT_EQ(forecasts[2].low_minor_units, 6'000);  // Did not change.
  ASSERT_EQ(view->records->notes.size(), 1u);
  EXPECT_EQ(view->records->notes[0],
            "1 amounts of order lines and reps' forecasts are not in USD and were left out");
  EXPECT_EQ(ViewAt(feed, On(CivilDay(2017, 3, 31)))->records->rep_forecasts.size(), 2u);
}

TEST(BookRecords, RecordsDoNotTouchOpportunities) {
  TestFeed feed = Company();
  const auto before = Late(feed);
  Say(feed, "lead/L1", "created", "2017-03-01", "lead { lead_id: 'L1' owner_rep_id: 'zoe' }");
  Act(feed, "A1", "call", "2017-11-01", "opportunity_id: 'd1'");
  const auto after = Late(feed);
  EXPECT_EQ(after->opportunities, before->opportunities);
  EXPECT_EQ(after->reps, before->reps);
  EXPECT_EQ(after->accounts, before->accounts);
  EXPECT_EQ(after->reconstructed, before->reconstructed);
  EXPECT_EQ(after->notes, before->notes);
  // Nor do they move the as-of that nobody asks for.
  EXPECT_EQ(ViewAt(feed)->as_of.effective_day, CivilDay(2017, 1, 5));
}

// A view built before later events came, and asked after them, in a book that is gone.
TEST(BookRecords, AreThoseOfTheViewWheneverItIsAsked) {
  TestFeed feed = Company();
  Say(feed, "lead/L1", "created", "2017-03-01", "lead { lead_id: 'L1' }");
  auto book = std::make_unique<Book>();
  feed.Fill(*book);
  const auto view = book->At(On(CivilDay(2017, 12, 31)), kToday).value();
  Say(feed, "lead/L2", "created", "2017-03-01", "lead { lead_id: 'L2' }");
  Say(feed, "lead/L1", "created#2", "2017-03-01", "lead { lead_id: 'L1' lead_source: 'web' }");
  feed.Fill(*book);
  const auto later = book->At(On(CivilDay(2017, 12, 31)), kToday).value();
  book.reset();
  // Several at once get the same.
  std::vector<const BookRecords*> asked(4);
  std::vector<std::thread> threads;
  for (const BookRecords*& answer : asked) {
    threads.emplace_back([&answer, &view] { answer = &*view->records; });
  }
  for (std::thread& thread : threads) thread.join();
  for (const BookRecords* answer : asked) EXPECT_EQ(answer, &*view->records);
  ASSERT_EQ(view->records->leads.size(), 1u);
  EXPECT_EQ(view->records->leads[0].lead_source, -1);
  EXPECT_EQ(later->records->leads.size(), 2u);
  EXPECT_EQ(later->records->leads[0].lead_source, 0);
}

}  // namespace
}  // namespace quotacast::metrics
