// Goal: every rule of ValidateHistory refuses with the path and the value of the field at fault.
// Method: one valid history, broken in one place at a time.
#include "simulator/fit/history.h"

#include <functional>
#include <optional>
#include <string>

#include "base/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

History Valid() {
  History history;
  history.segments = {"smb", "enterprise"};
  history.stages = {"Discovery", "Proposal"};
  history.teams = {"east"};
  history.reps = {{"ann", 0, absl::CivilDay(2020, 1, 1), absl::CivilDay(2021, 1, 1)}};
  history.currency = "USD";
  history.as_of = absl::CivilDay(2020, 12, 31);
  HistoryDeal deal;
  deal.id = "d1";
  deal.created = absl::CivilDay(2020, 3, 1);
  deal.visits = {{0, absl::CivilDay(2020, 3, 1)}, {1, absl::CivilDay(2020, 4, 1)}};
  deal.end = DealEnd::kWon;
  deal.end_day = absl::CivilDay(2020, 5, 1);
  deal.won_amount_minor_units = 100;
  history.deals = {deal};
  return history;
}

struct Case {
  std::function<void(History&)> breaks;
  std::string field;
  std::string says;
};

TEST(ValidateHistory, AcceptsAValidOneAndAnEmptyListOfDeals) {
  History history = Valid();
  EXPECT_TRUE(ValidateHistory(history).ok());
  history.deals.clear();
  history.reps.clear();
  history.teams.clear();
  EXPECT_TRUE(ValidateHistory(history).ok());
}

TEST(ValidateHistory, NamesWhatIsWrong) {
  const Case cases[] = {
      {[](History& h) { h.segments.clear(); }, "segments", "0 entries"},
      {[](History& h) { h.stages.assign(kMaxStages + 1, "s"); }, "stages", "9 entries"},
      {[](History& h) { h.segments[1] = "smb"; }, "segments[1]", "smb a second time"},
      {[](History& h) { h.stages[0] = ""; }, "stages[0]", "empty"},
      {[](History& h) { h.undated_count = -1; }, "undated_count", "-1"},
      {[](History& h) { h.reps[0].team = 1; }, "reps[0].team", "is 1"},
      {[](History& h) { h.reps.push_back(h.reps[0]); }, "reps[1].id", "ann"},
      {[](History& h) { h.reps[0].end = absl::CivilDay(2019, 1, 1); }, "reps[0].end", "2019-01-01"},
      {[](History& h) { h.deals.push_back(h.deals[0]); }, "deals[1].id", "d1"},
      {[](History& h) { h.deals[0].rep = -1; }, "deals[0].rep", "-1"},
      {[](History& h) { h.deals[0].segment = 2; }, "deals[0].segment", "is 2"},
      {[](History& h) { h.deals[0].visits[1].stage = 2; }, "deals[0].visits[1].stage", "is 2"},
      {[](History& h) { h.deals[0].visits[1].entered = absl::CivilDay(2020, 2, 1); },
       "deals[0].visits[1].entered", "2020-02-01"},
      {[](History& h) { h.deals[0].created = absl::CivilDay(2020, 3, 2); },
       "deals[0].visits[0].entered", "2020-03-01"},
      {[](History& h) { h.deals[0].end_day = absl::CivilDay(2020, 3, 31); }, "deals[0].end_day",
       "2020-03-31"},
      {[](History& h) { h.as_of = absl::CivilDay(2020, 4, 30); }, "deals[0].end_day",
       "as-of day 2020-04-30"},
      {[](History& h) { h.deals[0].won_amount_minor_units = -5; },
       "deals[0].won_amount_minor_units", "-5"},
  };
  for (const Case& c : cases) {
    History history = Valid();
    c.breaks(history);
    const absl::Status status = ValidateHistory(history);
    ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.field;
    const std::optional<ErrorDetail> detail = GetDetail(status);
    ASSERT_TRUE(detail.has_value()) << c.field;
    bool found = false;
    for (const FieldViolation& violation : detail->field_violations) {
      if (violation.field != c.field) continue;
      found = true;
      EXPECT_THAT(violation.description, testing::HasSubstr(c.says));
    }
    EXPECT_TRUE(found) << c.field << " not named in " << status;
  }
}

TEST(ValidateHistory, AdmitsTheMostStagesAllowed) {
  History history = Valid();
  history.stages = {"a", "b", "c", "d", "e", "f", "g", "h"};
  EXPECT_TRUE(ValidateHistory(history).ok());
}

}  // namespace
}  // namespace quotacast::simulator
