// Goal: bookings count in the lines they belong to, leavers and empty teams have none. Method: the
// hand-built company, with a leaver and people it does not know.
#include "services/simulation/backtest/lines.h"

#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/simulation/company_messages.h"

namespace quotacast::simulation {
namespace {

// Positions: 0 the organisation; 1 sales, 2 east, 3 west, 4 partners; 5 ann, 6 ben, 7 cy, 8 dee.
TEST(Lines, AreThoseOfThePlan) {
  const Lines lines(CompanyBusiness());
  ASSERT_EQ(lines.lines().size(), 9u);
  EXPECT_EQ(lines.lines()[0].id, kOrgLineId);
  EXPECT_EQ(lines.lines()[2].id, "east");
  EXPECT_EQ(lines.lines()[2].display_name, "Team east");
  EXPECT_EQ(lines.lines()[7].id, "cy");
  for (int i = 0; i < 9; ++i) EXPECT_EQ(lines.lines()[static_cast<size_t>(i)].entity, i);
  EXPECT_EQ(lines.LinesOf("ann", "west"), (std::vector<int>{0, 2, 1, 5}));  // As the state has it.
  EXPECT_EQ(lines.LinesOf("eve", "west"), (std::vector<int>{0, 3, 1}));
  EXPECT_EQ(lines.LinesOf("eve", "founded later"), (std::vector<int>{0}));
  EXPECT_TRUE(lines.KnowsRep("dee"));
  EXPECT_FALSE(lines.KnowsRep("eve"));
}

TEST(Lines, OfNobodyAreNotStaffed) {
  Business business = CompanyBusiness();
  business.state.reps[2].end_date = absl::CivilDay(2017, 9, 30);  // Cy has left on the as-of day.
  business.state.reps[3].end_date = absl::CivilDay(2017, 10, 1);  // Dee has it as the last.
  const Lines lines(business);
  const std::vector<bool> expected = {true, true, true, true, false, true, true, false, true};
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(lines.lines()[i].is_staffed, expected[i]) << i;
  }
}

TEST(BookedByLine, SumsRepsAndNewcomers) {
  const Lines lines(CompanyBusiness());
  PastActuals actuals;
  actuals.periods.resize(2);
  actuals.reps = {{"ann", "east", {0, 1}, {0, 1}},
                  {"cy", "east", {0, 10}, {0, 1}},  // Moved later; forecast with west.
                  {"eve", "east", {0, 100}, {0, 1}},
                  {"fay", "new team", {0, 1'000}, {0, 1}},
                  {"gus", "east", {5, 0}, {1, 0}}};
  EXPECT_EQ(BookedByLine(lines, actuals, 1),
            (std::vector<int64_t>{1'111, 111, 101, 10, 0, 1, 0, 10, 0}));
  EXPECT_EQ(NewcomerCount(lines, actuals, 1), 2);
  EXPECT_EQ(NewcomerCount(lines, actuals, 0), 1);
}

}  // namespace
}  // namespace quotacast::simulation
