// Goal: rows by level add up to what reps did. Method: two reps in teams one above the other,
// worked by hand; messages that do not belong together.
#include "clients/cli/actuals_table.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

using simulation::v1::Level;

std::vector<ActualsCell> Cells(Level level) {
  const auto table = MakeActualsTable(SampleActuals(), SampleRoster(), {level});
  EXPECT_TRUE(table.ok()) << table.status();
  return table->cells;
}

TEST(ActualsTableTest, RepsAsTheyCame) {
  const std::vector<ActualsCell> cells = Cells(simulation::v1::LEVEL_REP);
  ASSERT_EQ(cells.size(), 4u);
  EXPECT_EQ(cells[0].group, "R001");
  EXPECT_EQ(cells[0].display_name, "Anna Snelling");
  EXPECT_EQ(cells[0].team, "west");
  EXPECT_EQ(cells[0].period.name(), "2017Q3");
  EXPECT_EQ(cells[0].booked.units(), 120'000);
  EXPECT_EQ(cells[0].quota->units(), 100'000);
  EXPECT_DOUBLE_EQ(*Attainment(cells[0]), 1.2);
  EXPECT_FALSE(cells[1].quota.has_value());
  EXPECT_FALSE(Attainment(cells[1]).has_value());
  EXPECT_TRUE(IsEmpty(cells[2]));
  EXPECT_EQ(cells[3].booked.nanos(), 250'000'000);
}

TEST(ActualsTableTest, TeamsIncludeThoseBelow) {
  const std::vector<ActualsCell> cells = Cells(simulation::v1::LEVEL_TEAM);
  ASSERT_EQ(cells.size(), 4u);
  EXPECT_EQ(cells[0].group, "north");
  EXPECT_EQ(cells[0].display_name, "North-west");
  EXPECT_TRUE(IsEmpty(cells[0]));
  EXPECT_EQ(cells[3].group, "west");
  EXPECT_EQ(cells[3].period.name(), "2017Q4");
  EXPECT_EQ(cells[3].booked.units(), 35'000);
  EXPECT_EQ(cells[3].booked.nanos(), 250'000'000);
  EXPECT_EQ(cells[3].won_count, 4);
  EXPECT_EQ(cells[3].lost_count, 4);
  EXPECT_EQ(cells[3].created_count, 11);
  EXPECT_EQ(cells[2].quota->units(), 100'000);
}

TEST(ActualsTableTest, TheOrganisationIsTheSumOfTheReps) {
  const std::vector<ActualsCell> cells = Cells(simulation::v1::LEVEL_ORG);
  ASSERT_EQ(cells.size(), 2u);
  EXPECT_EQ(cells[1].group, "");
  EXPECT_EQ(cells[1].booked.units(), 35'000);
  EXPECT_EQ(cells[1].booked.currency_code(), "USD");
  EXPECT_EQ(cells[0].created_count, 40);
}

TEST(ActualsTableTest, SeveralLevelsFollowEachOther) {
  const auto table = MakeActualsTable(SampleActuals(), SampleRoster(),
                                      {simulation::v1::LEVEL_ORG, simulation::v1::LEVEL_REP});
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(table->cells.size(), 6u);
  EXPECT_EQ(LevelWord(table->cells[0].level), "org");
  EXPECT_EQ(LevelWord(table->cells[2].level), "rep");
}

TEST(ActualsTableTest, WithoutARosterIdsStandAlone) {
  const auto table = MakeActualsTable(SampleActuals(), {}, {simulation::v1::LEVEL_TEAM});
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(table->cells.size(), 4u);
  EXPECT_EQ(table->cells[3].display_name, "");
  // Nobody says that north is below west.
  EXPECT_EQ(table->cells[3].booked.units(), 30'000);
}

TEST(ActualsTableTest, ACircleOfTeamsIsGoneRoundOnce) {
  metrics::v1::PipelineStateHeader roster = SampleRoster();
  roster.mutable_teams(0)->set_parent_team_id("north");
  const auto table = MakeActualsTable(SampleActuals(), roster, {simulation::v1::LEVEL_TEAM});
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->cells[1].booked.units(), 35'000);
  EXPECT_EQ(table->cells[3].booked.units(), 35'000);
}

TEST(ActualsTableTest, SumsOfMoneyAreExactAroundZero) {
  std::vector<metrics::v1::GetActualsResponse> messages = SampleActuals();
  auto& anna = *messages[1].mutable_reps()->mutable_reps(0);
  auto& zoe = *messages[2].mutable_reps()->mutable_reps(0);
  const auto sum = [&](int64_t units, int nanos, int64_t more_units, int more_nanos) {
    anna.mutable_periods(0)->mutable_booked()->set_units(units);
    anna.mutable_periods(0)->mutable_booked()->set_nanos(nanos);
    zoe.mutable_periods(0)->mutable_booked()->set_units(more_units);
    zoe.mutable_periods(0)->mutable_booked()->set_nanos(more_nanos);
    const google::type::Money booked =
        MakeActualsTable(messages, {}, {simulation::v1::LEVEL_ORG})->cells[0].booked;
    return std::pair<int64_t, int>(booked.units(), booked.nanos());
  };
  EXPECT_EQ(sum(1, 600'000'000, 2, 500'000'000), std::make_pair(int64_t{4}, 100'000'000));
  EXPECT_EQ(sum(-1, -600'000'000, -2, -500'000'000), std::make_pair(int64_t{-4}, -100'000'000));
  EXPECT_EQ(sum(2, 0, 0, -250'000'000), std::make_pair(int64_t{1}, 750'000'000));
  EXPECT_EQ(sum(-2, 0, 0, 250'000'000), std::make_pair(int64_t{-1}, -750'000'000));
}

TEST(ActualsTableTest, MessagesThatDoNotBelongTogether) {
  EXPECT_TRUE(absl::IsInternal(MakeActualsTable({}, {}, {}).status()));
  std::vector<metrics::v1::GetActualsResponse> messages = SampleActuals();
  messages[2].mutable_reps()->mutable_reps(0)->mutable_periods()->RemoveLast();
  const absl::Status status = MakeActualsTable(messages, {}, {}).status();
  EXPECT_TRUE(absl::IsInternal(status));
  EXPECT_EQ(status.message(), "rep R002 came with 1 periods instead of 2");
  messages.erase(messages.begin());
  EXPECT_TRUE(absl::IsInternal(MakeActualsTable(messages, {}, {}).status()));
}

}  // namespace
}  // namespace quotacast::cli
