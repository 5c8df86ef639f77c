// Goal: the simulator gets the history the book holds, and messages carry model and state with
// hashes that change exactly when the content does. Method: a small company worked by hand, with
// reopened, ownerless and stage-less deals and known future starts; hashes recomputed after
// changes of one field.
#include "services/metrics/converters.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/test_feed.h"
#include "simulator/fit/fit.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

std::shared_ptr<const BookView> ViewOn(const TestFeed& feed, CivilDay day) {
  Book book;
  feed.Fill(book);
  auto view = book.At({.effective_day = day}, CivilDay(2020, 1, 1));
  EXPECT_TRUE(view.ok()) << view.status();
  return *view;
}

TestFeed Company() {
  TestFeed feed(CivilDay(2017, 1, 2));
  // No dated deal was ever in Prospecting: it is no stage of the model.
  feed.Stage("Prospecting", 0, crm::v1::STAGE_CATEGORY_OPEN);
  feed.Stages();
  feed.Team("All");
  feed.Team("East", "All");
  feed.Rep("ann", "East", CivilDay(2016, 1, 1), CivilDay(2018, 1, 1));
  feed.Rep("joiner", "East", CivilDay(2017, 6, 1));
  feed.Quota("ann", "2017Q1", 500);
  feed.Quota("ann", "2017Q2", 600);
  feed.Quota("joiner", "2017Q2", 0);
  feed.Deal("nowhere", "Prospecting", {});
  feed.Closed("won", "Won", CivilDay(2017, 1, 3), CivilDay(2017, 2, 1),
              {.rep = "ann", .segment = "smb", .amount = 250});
  feed.Closed("reopened", "Lost", CivilDay(2017, 1, 3), CivilDay(2017, 2, 1), {.rep = "ann"});
  feed.Deal("reopened", "Proposal", CivilDay(2017, 3, 1));
  feed.Deal("ownerless", "Proposal", CivilDay(2017, 3, 31), {.amount = 70});
  feed.Deal("stageless", "", CivilDay(2017, 3, 30), {.rep = "ann", .amount = 0});
  return feed;
}

const CivilDay kAsOf(2017, 3, 31);

TEST(ToHistory, TellsTheSimulatorWhatTheBookHolds) {
  const simulator::History history = ToHistory(*ViewOn(Company(), kAsOf));
  EXPECT_TRUE(simulator::ValidateHistory(history).ok()) << simulator::ValidateHistory(history);
  EXPECT_EQ(history.stages, (std::vector<std::string>{"Discovery", "Proposal"}));
  EXPECT_EQ(history.segments, (std::vector<std::string>{"all", "smb"}));
  EXPECT_EQ(history.teams, (std::vector<std::string>{"(no team)", "All", "East"}));
  EXPECT_EQ(history.currency, "USD");
  EXPECT_EQ(history.as_of, kAsOf);
  EXPECT_EQ(history.undated_count, 1);
  ASSERT_EQ(history.reps.size(), 3u);
  EXPECT_EQ(history.reps[0].id, "(unassigned)");
  EXPECT_EQ(history.reps[1].id, "ann");
  EXPECT_EQ(history.reps[1].team, 2);
  EXPECT_EQ(history.reps[1].start, CivilDay(2016, 1, 1));
  // Facts after the as-of day are no history: the end is still to come, the start is cut.
  EXPECT_EQ(history.reps[1].end, std::nullopt);
  EXPECT_EQ(history.reps[2].start, kAsOf);

  ASSERT_EQ(history.deals.size(), 4u);  // In order of id.
  const simulator::HistoryDeal& ownerless = history.deals[0];
  EXPECT_EQ(ownerless.rep, 0);
  EXPECT_EQ(ownerless.end, simulator::DealEnd::kOpen);
  EXPECT_EQ(ownerless.won_amount_minor_units, std::nullopt);
  const simulator::HistoryDeal& reopened = history.deals[1];
  EXPECT_EQ(reopened.end, simulator::DealEnd::kOpen);
  ASSERT_EQ(reopened.visits.size(), 2u);
  EXPECT_EQ(reopened.visits[1].stage, 1);
  EXPECT_EQ(reopened.visits[1].entered, CivilDay(2017, 3, 1));
  // A deal nobody put into a stage stands in the first open one that is in use.
  const simulator::HistoryDeal& stageless = history.deals[2];
  ASSERT_EQ(stageless.visits.size(), 1u);
  EXPECT_EQ(stageless.visits[0].stage, 0);
  EXPECT_EQ(stageless.visits[0].entered, CivilDay(2017, 3, 30));
  const simulator::HistoryDeal& won = history.deals[3];
  EXPECT_EQ(won.end, simulator::DealEnd::kWon);
  EXPECT_EQ(won.end_day, CivilDay(2017, 2, 1));
  EXPECT_EQ(won.won_amount_minor_units, 25'000);
  ASSERT_EQ(won.visits.size(), 1u);
  EXPECT_EQ(won.visits[0].entered, CivilDay(2017, 1, 3));

  // The quarter of the first deal is that of the as-of day.
  ASSERT_EQ(history.periods.size(), 1u);
  EXPECT_EQ(history.periods[0].start, CivilDay(2017, 1, 1));
  EXPECT_EQ(history.periods[0].end, CivilDay(2017, 4, 1));
}

TEST(ToHistory, TellsAmountsAsTheyWereStatedAndThePeriods) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Deal("d", "Discovery", CivilDay(2017, 1, 3), {.amount = 0});
  feed.Deal("d", "Discovery", CivilDay(2017, 1, 10), {.amount = 70});
  feed.Deal("d", "Proposal", CivilDay(2017, 1, 20), {.amount = 70});
  feed.Deal("d", "Won", CivilDay(2017, 5, 1), {.amount = 60});
  const simulator::History history = ToHistory(*ViewOn(feed, CivilDay(2017, 5, 2)));
  ASSERT_EQ(history.deals.size(), 1u);
  const std::vector<simulator::AmountStatement>& stated = history.deals[0].stated_amounts;
  ASSERT_EQ(stated.size(), 3u);
  EXPECT_EQ(stated[0].minor_units, 0);
  EXPECT_EQ(stated[1].said, CivilDay(2017, 1, 10));
  EXPECT_EQ(stated[1].minor_units, 7'000);
  EXPECT_EQ(stated[2].said, CivilDay(2017, 5, 1));
  EXPECT_EQ(history.deals[0].won_amount_minor_units, 6'000);
  ASSERT_EQ(history.periods.size(), 2u);
  EXPECT_EQ(history.periods[1].start, CivilDay(2017, 4, 1));
  EXPECT_TRUE(simulator::ValidateHistory(history).ok());
  // What the book learns later is not known before.
  EXPECT_EQ(ToHistory(*ViewOn(feed, CivilDay(2017, 1, 5))).deals[0].stated_amounts.size(), 1u);
}

TEST(ToHistory, AWorkspaceOfDealsCreatedClosedStillHasAStage) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Deal("d1", "Won", CivilDay(2017, 1, 3), {.amount = 10});
  const simulator::History history = ToHistory(*ViewOn(feed, kAsOf));
  EXPECT_TRUE(simulator::ValidateHistory(history).ok()) << simulator::ValidateHistory(history);
  EXPECT_EQ(history.stages, std::vector<std::string>{"Discovery"});
  EXPECT_TRUE(history.deals[0].visits.empty());
}

std::vector<FiscalPeriod> Quarters() {
  return FiscalCalendar::MonthStart(1)
      ->PeriodsBetween(CivilDay(2017, 4, 1), CivilDay(2017, 10, 1))
      .value();
}

TEST(ToProtoState, TellsWhereThePipelineStands) {
  TestFeed feed = Company();
  feed.Closed("today", "Won", CivilDay(2017, 3, 1), CivilDay(2017, 4, 3),
              {.rep = "ann", .amount = 40});
  const CivilDay as_of(2017, 4, 3);
  const auto state = ToProtoState(*ViewOn(feed, as_of), Quarters());
  ASSERT_TRUE(state.ok()) << state.status();
  const metrics::v1::PipelineStateHeader& header = state->header;
  ASSERT_EQ(header.periods_size(), 2);
  EXPECT_EQ(header.periods(0).name(), "2017Q2");
  EXPECT_EQ(header.periods(1).name(), "2017Q3");
  ASSERT_EQ(header.teams_size(), 3);
  EXPECT_EQ(header.teams(2).team_id(), "East");
  EXPECT_EQ(header.teams(2).parent_team_id(), "All");
  EXPECT_EQ(header.teams(1).parent_team_id(), "");
  ASSERT_EQ(header.reps_size(), 3);
  const metrics::v1::StateRep& ann = header.reps(1);
  EXPECT_EQ(ann.rep_id(), "ann");
  EXPECT_EQ(ann.team_id(), "East");
  EXPECT_EQ(ann.end_date().year(), 2018);
  ASSERT_EQ(ann.periods_size(), 2);
  EXPECT_EQ(ann.periods(0).quota().units(), 600);
  EXPECT_EQ(ann.periods(0).booked().units(), 40);
  EXPECT_FALSE(ann.periods(1).has_quota());
  EXPECT_EQ(ann.periods(1).booked().units(), 0);
  // A quota of zero is none: the rep is not eligible.
  EXPECT_FALSE(header.reps(2).periods(0).has_quota());

  EXPECT_EQ(header.open_deal_count(), 3);
  ASSERT_EQ(state->deals.size(), 3u);
  const metrics::v1::StateOpenDeal& ownerless = state->deals[0];
  EXPECT_EQ(ownerless.opportunity_id(), "ownerless");
  EXPECT_EQ(ownerless.rep_id(), "(unassigned)");
  EXPECT_EQ(ownerless.stage_id(), "Proposal");
  EXPECT_EQ(ownerless.age_days(), 4);  // Entered on March 31, asked at the end of April 3.
  EXPECT_EQ(ownerless.amount().units(), 70);
  // Since the reopening, not since the creation.
  EXPECT_EQ(state->deals[1].age_days(), 34);
  EXPECT_FALSE(state->deals[2].has_amount());
}

TEST(ToProtoState, TellsWhatTheSourceSaysOfOpenDeals) {
  TestFeed feed = Company();
  feed.Deal("ownerless", "", CivilDay(2017, 3, 31), {.expected_close = CivilDay(2017, 6, 30)});
  crm::v1::CrmEvent event;
  event.mutable_opportunity()->set_opportunity_id("stageless");
  event.mutable_opportunity()->set_motion(crm::v1::MOTION_RENEWAL);
  feed.Add("opportunity/stageless", "motion", StartOfDayUtc(CivilDay(2017, 3, 31)), event);
  // Said after the as-of day: not known yet.
  feed.Deal("ownerless", "", CivilDay(2017, 4, 2), {.expected_close = CivilDay(2017, 9, 30)});
  const auto state = ToProtoState(*ViewOn(feed, kAsOf), Quarters());
  ASSERT_TRUE(state.ok()) << state.status();
  ASSERT_EQ(state->header.stages_size(), 2);  // Those of the model.
  EXPECT_EQ(state->header.stages(0).stage_id(), "Discovery");
  EXPECT_EQ(state->header.stages(1).stage_id(), "Proposal");
  EXPECT_FALSE(state->header.stages(0).has_stated_win_probability());
  ASSERT_EQ(state->deals.size(), 3u);
  EXPECT_EQ(state->deals[0].expected_close_date().month(), 6);
  EXPECT_EQ(state->deals[0].expected_close_date().day(), 30);
  EXPECT_EQ(state->deals[0].motion(), "");
  EXPECT_FALSE(state->deals[2].has_expected_close_date());
  EXPECT_EQ(state->deals[2].motion(), "renewal");
}

TEST(ToProtoState, TellsWhatTheSourceAttachesToAStage) {
  TestFeed feed = Company();
  crm::v1::CrmEvent event;
  event.mutable_stage()->set_stage_id("Proposal");
  event.mutable_stage()->set_position(2);
  event.mutable_stage()->set_category(crm::v1::STAGE_CATEGORY_OPEN);
  event.mutable_stage()->set_default_probability(0.4);
  feed.Add("stage/Proposal", "9", StartOfDayUtc(CivilDay(1970, 1, 1)), event);
  const auto state = ToProtoState(*ViewOn(feed, kAsOf), Quarters());
  ASSERT_EQ(state->header.stages_size(), 2);
  EXPECT_FALSE(state->header.stages(0).has_stated_win_probability());
  EXPECT_EQ(state->header.stages(1).stated_win_probability(), 0.4);
}

TEST(ToProtoState, ADealEnteredOnTheAsOfDayIsOneDayOldAtItsEnd) {
  TestFeed feed(CivilDay(2017, 1, 2));
  feed.Stages();
  feed.Deal("d1", "Discovery", kAsOf);
  const auto state = ToProtoState(*ViewOn(feed, kAsOf), Quarters());
  EXPECT_EQ(state->deals[0].age_days(), 1);
}

TEST(ToProtoState, TheHashCoversHeaderAndDeals) {
  const auto base = ToProtoState(*ViewOn(Company(), kAsOf), Quarters());
  EXPECT_EQ(base->header.state_hash().size(), 64u);
  EXPECT_EQ(ToProtoState(*ViewOn(Company(), kAsOf), Quarters())->header.state_hash(),
            base->header.state_hash());
  TestFeed deal = Company();
  deal.Deal("ownerless", "", CivilDay(2017, 3, 31), {.amount = 71});
  TestFeed quota = Company();
  quota.Quota("ann", "2017Q2", 601);
  EXPECT_NE(ToProtoState(*ViewOn(deal, kAsOf), Quarters())->header.state_hash(),
            base->header.state_hash());
  EXPECT_NE(ToProtoState(*ViewOn(quota, kAsOf), Quarters())->header.state_hash(),
            base->header.state_hash());
}

TEST(ToProtoModel, CarriesEveryParameterAndItsHash) {
  const auto view = ViewOn(Company(), kAsOf);
  simulator::FitOptions options;
  options.draw_count = 4;
  const auto fitted = simulator::FitPipeline(ToHistory(*view), options);
  ASSERT_TRUE(fitted.ok()) << fitted.status();
  const simulator::PipelineModel* model = &fitted->model;
  const metrics::v1::PipelineModel proto = ToProtoModel(*fitted, *view, "acme");
  EXPECT_EQ(proto.name(), "workspaces/acme/models/" + proto.model_hash());
  EXPECT_EQ(proto.reps_size(), 3);
  EXPECT_EQ(proto.rep_effects_size(), 3);
  EXPECT_EQ(proto.segments_size(), 2);
  EXPECT_EQ(proto.amounts_size(), 2);
  ASSERT_EQ(proto.draws_size(), 4);
  ASSERT_EQ(proto.draws(0).cells_size(), 4);  // Two segments in two stages.
  EXPECT_EQ(proto.draws(0).cells(0).ages_size(), proto.age_bin_edges_days_size() + 1);
  EXPECT_EQ(proto.draws(1).cells(2).entry_day_exit_share(),
            model->draws[1].cells[2].entry_day_exit_share);
  EXPECT_EQ(proto.draws(0).creation_rate_per_day_size(), 6);
  EXPECT_EQ(proto.draws(0).team_creation_rate_per_day_size(), 6);
  EXPECT_EQ(proto.draws(3).rep_sd(), model->draws[3].rep_sd);
  EXPECT_EQ(proto.draws(3).ramp_weeks(), model->draws[3].ramp_weeks);
  EXPECT_EQ(proto.creation_mix_shape(), model->creation_mix_shape);
  ASSERT_EQ(proto.estimates_size(), static_cast<int>(fitted->estimates.size()));
  EXPECT_EQ(proto.estimates(0).parameter(), "win_probability");
  EXPECT_EQ(proto.estimates(0).segment_id(), "all");
  EXPECT_EQ(proto.estimates(0).value(), fitted->estimates[0].value);
  EXPECT_EQ(proto.evidence().won_count(), 1);
  EXPECT_EQ(proto.evidence().undated_count(), 1);
  EXPECT_EQ(proto.evidence().data_tier(), type::v1::DATA_TIER_BENCHMARK_ONLY);
  EXPECT_EQ(proto.as_of().log_offset(), view->as_of.log_offset);
  EXPECT_EQ(proto.currency_code(), "USD");

  // The workspace names the model but is no part of it; one parameter is.
  EXPECT_EQ(ToProtoModel(*fitted, *view, "other").model_hash(), proto.model_hash());
  simulator::FittedPipeline changed = *fitted;
  changed.model.draws[2].cells[1].ages[0].advance_probability += 1e-12;
  EXPECT_NE(ToProtoModel(changed, *view, "acme").model_hash(), proto.model_hash());
}

}  // namespace
}  // namespace quotacast::metrics
