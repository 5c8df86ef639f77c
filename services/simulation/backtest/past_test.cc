// Goal: messages of metrics become plain values, and such as contradict themselves are our fault.
// Method: messages by hand.
#include "services/simulation/backtest/past.h"

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/simulation/company_messages.h"

namespace quotacast::simulation {
namespace {

using absl::CivilDay;

ActualsMessages Quarter() {
  ActualsMessages messages;
  auto& period = *messages.header.add_periods();
  period.set_name("2017Q3");
  *period.mutable_start_date() = DateMessage(2017, 7, 1);
  *period.mutable_end_date() = DateMessage(2017, 10, 1);
  messages.header.set_ended_period_count(1);
  messages.header.set_currency_code("USD");
  messages.header.set_reconstructed(true);
  metrics::v1::ActualsRep& ann = messages.reps.emplace_back();
  ann.set_rep_id("ann");
  ann.set_team_id("east");
  auto& of_ann = *ann.add_periods();
  *of_ann.mutable_booked() = Dollars(-5);  // A credit note.
  of_ann.set_won_count(1);
  of_ann.set_lost_count(2);
  of_ann.set_created_count(4);
  metrics::v1::ActualsDeal& deal = messages.deals.emplace_back();
  deal.set_opportunity_id("d1");
  deal.set_rep_id("ann");
  *deal.mutable_won_date() = DateMessage(2017, 8, 1);
  *deal.mutable_amount() = Dollars(-5);
  return messages;
}

TEST(PastActualsFrom, TakesPeriodsRepsAndDeals) {
  const auto actuals = PastActualsFrom(Quarter());
  ASSERT_TRUE(actuals.ok()) << actuals.status();
  EXPECT_EQ(actuals->periods[0].end, CivilDay(2017, 10, 1));
  EXPECT_EQ(actuals->ended_count, 1);
  EXPECT_TRUE(actuals->reconstructed);
  EXPECT_EQ(actuals->reps[0].booked_minor_units[0], -500);
  EXPECT_EQ(actuals->reps[0].deal_counts[0], 7);
  EXPECT_EQ(actuals->deals_won.at("d1").won_day, CivilDay(2017, 8, 1));
  EXPECT_EQ(actuals->deals_won.at("d1").amount_minor_units, -500);
}

TEST(PastActualsFrom, RefusesContradictions) {
  ActualsMessages missing = Quarter();
  missing.reps[0].clear_periods();
  EXPECT_TRUE(absl::IsInternal(PastActualsFrom(missing).status()));
  ActualsMessages foreign = Quarter();
  foreign.reps[0].mutable_periods(0)->mutable_booked()->set_currency_code("EUR");
  EXPECT_TRUE(absl::IsInternal(PastActualsFrom(foreign).status()));
  ActualsMessages dateless = Quarter();
  dateless.deals[0].mutable_won_date()->set_month(13);
  EXPECT_TRUE(absl::IsInternal(PastActualsFrom(dateless).status()));
  ActualsMessages ended = Quarter();
  ended.header.set_ended_period_count(2);
  EXPECT_TRUE(absl::IsInternal(PastActualsFrom(ended).status()));
}

TEST(SnapshotFrom, TellsWhatIsDue) {
  StateMessages state = CompanyState();
  state.header.add_stages()->set_stage_id("Discovery");
  state.header.mutable_stages(0)->set_stated_win_probability(0.2);
  state.header.add_stages()->set_stage_id("Negotiation");
  *state.deals[1].mutable_expected_close_date() = DateMessage(2017, 12, 31);
  *state.deals[2].mutable_expected_close_date() = DateMessage(2018, 1, 1);
  *state.deals[3].mutable_expected_close_date() = DateMessage(2017, 1, 1);
  const auto snapshot =
      SnapshotFrom(state, {"2017Q4", CivilDay(2017, 10, 1), CivilDay(2018, 1, 1)});
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ(snapshot->as_of_day, CivilDay(2017, 9, 30));
  ASSERT_EQ(snapshot->deals.size(), 40u);
  EXPECT_TRUE(snapshot->deals[0].is_due);  // Nobody says when.
  EXPECT_FALSE(snapshot->deals[0].has_expected_day);
  EXPECT_EQ(snapshot->deals[0].amount_minor_units, std::nullopt);
  EXPECT_TRUE(snapshot->deals[1].is_due);
  EXPECT_EQ(snapshot->deals[1].amount_minor_units, 600'000);
  EXPECT_FALSE(snapshot->deals[2].is_due);
  EXPECT_TRUE(snapshot->deals[3].is_due);  // Overdue.
  EXPECT_TRUE(snapshot->deals[3].has_expected_day);
  ASSERT_EQ(snapshot->stated_win_probabilities.size(), 1u);
  EXPECT_EQ(snapshot->stated_win_probabilities.at("Discovery"), 0.2);
}

}  // namespace
}  // namespace quotacast::simulation
