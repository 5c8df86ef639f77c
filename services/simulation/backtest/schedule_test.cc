// Goal: a back-test goes back to the right days and sees what was known on them. Method: calendars
// and as-of pairs by hand.
#include "services/simulation/backtest/schedule.h"

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "gtest/gtest.h"

namespace quotacast::simulation {
namespace {

using absl::CivilDay;

// 2017Q1 to 2017Q4, of which three have ended.
PastActuals Year() {
  PastActuals actuals;
  actuals.periods = {{"2017Q1", CivilDay(2017, 1, 1), CivilDay(2017, 4, 1)},
                     {"2017Q2", CivilDay(2017, 4, 1), CivilDay(2017, 7, 1)},
                     {"2017Q3", CivilDay(2017, 7, 1), CivilDay(2017, 10, 1)},
                     {"2017Q4", CivilDay(2017, 10, 1), CivilDay(2018, 1, 1)}};
  actuals.ended_count = 3;
  return actuals;
}

v1::BacktestRequest Request(const std::string& first, const std::string& last) {
  v1::BacktestRequest request;
  request.set_parent("workspaces/w");
  request.set_first_period(first);
  request.set_last_period(last);
  return request;
}

std::string ReasonOf(const absl::Status& status) {
  const auto detail = GetDetail(status);
  return detail.has_value() ? detail->reason + " " + detail->field_violations[0].field : "none";
}

TEST(AsOfDayOf, IsTheDayBeforeTheWeek) {
  const FiscalPeriod quarter = Year().periods[0];
  EXPECT_EQ(AsOfDayOf(quarter, 1), CivilDay(2016, 12, 31));
  EXPECT_EQ(AsOfDayOf(quarter, 5), CivilDay(2017, 1, 28));
  EXPECT_EQ(AsOfDayOf(quarter, 13), CivilDay(2017, 3, 25));  // Of 90 days; six are left.
  EXPECT_EQ(AsOfDayOf(quarter, 14), std::nullopt);
}

TEST(ScheduleOf, TakesPeriodsByNameOrDayAndWeeksInOrder) {
  v1::BacktestRequest request = Request("2017Q2", "2017-08-15");
  for (const int week : {9, 2, 9, 53}) request.add_weeks(week);
  const auto replays = ScheduleOf(request, Year());
  ASSERT_TRUE(replays.ok()) << replays.status();
  ASSERT_EQ(replays->size(), 4u);  // Week 53 is left out.
  EXPECT_EQ((*replays)[0].period, 1);
  EXPECT_EQ((*replays)[0].week, 2);
  EXPECT_EQ((*replays)[0].as_of_day, CivilDay(2017, 4, 7));
  EXPECT_EQ((*replays)[3].period, 2);
  EXPECT_EQ((*replays)[3].week, 9);
}

TEST(ScheduleOf, TakesAllThatHasEndedByDefault) {
  const auto replays = ScheduleOf(Request("", ""), Year());
  ASSERT_TRUE(replays.ok()) << replays.status();
  EXPECT_EQ(replays->size(), 9u);
  EXPECT_EQ(replays->back().period, 2);
  EXPECT_EQ(replays->back().week, 9);
}

TEST(ScheduleOf, RefusesWhatHasNoOutcome) {
  EXPECT_EQ(ReasonOf(ScheduleOf(Request("", "2017Q4"), Year()).status()),
            "INVALID_FIELD last_period");
  EXPECT_EQ(ReasonOf(ScheduleOf(Request("2017-11-01", ""), Year()).status()),
            "INVALID_FIELD first_period");
  EXPECT_EQ(ReasonOf(ScheduleOf(Request("2018Q1", ""), Year()).status()),
            "UNKNOWN_PERIOD first_period");
  EXPECT_EQ(ReasonOf(ScheduleOf(Request("2017Q3", "2017Q2"), Year()).status()),
            "INVALID_FIELD last_period");
  PastActuals young = Year();
  young.ended_count = 0;
  EXPECT_EQ(ReasonOf(ScheduleOf(Request("", ""), young).status()), "INVALID_FIELD last_period");
  v1::BacktestRequest late = Request("", "");
  late.add_weeks(40);
  EXPECT_EQ(ReasonOf(ScheduleOf(late, Year()).status()), "INVALID_FIELD weeks");
}

TEST(CheckBacktestRequest, NamesEveryFieldAtFault) {
  EXPECT_TRUE(CheckBacktestRequest(Request("", "")).ok());
  v1::BacktestRequest bad;
  bad.set_trial_count(kMaxBacktestTrials + 1);
  bad.add_weeks(0);
  bad.add_weeks(54);
  bad.add_levels(v1::LEVEL_UNSPECIFIED);
  bad.set_step_days(2);
  bad.set_replay_mode(static_cast<v1::ReplayMode>(9));
  const auto detail = GetDetail(CheckBacktestRequest(bad));
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->field_violations.size(), 7u);
  bad = Request("", "");
  bad.set_trial_count(kMaxBacktestTrials);
  bad.add_weeks(1);
  bad.add_weeks(53);
  EXPECT_TRUE(CheckBacktestRequest(bad).ok());
}

TEST(ModeOf, FollowsTheDataUnlessAsked) {
  PastActuals outcomes = Year();
  EXPECT_EQ(ModeOf(Request("", ""), outcomes), v1::REPLAY_MODE_RECORDED);
  outcomes.reconstructed = true;
  EXPECT_EQ(ModeOf(Request("", ""), outcomes), v1::REPLAY_MODE_EFFECTIVE);
  v1::BacktestRequest asked = Request("", "");
  asked.set_replay_mode(v1::REPLAY_MODE_RECORDED);
  EXPECT_EQ(ModeOf(asked, outcomes), v1::REPLAY_MODE_RECORDED);
}

TEST(KnownOn, RecordedEndsWithTheDayAndEffectiveWithTheOutcomes) {
  type::v1::AsOf outcomes;
  outcomes.mutable_effective_date()->set_year(2017);
  outcomes.mutable_effective_date()->set_month(12);
  outcomes.mutable_effective_date()->set_day(31);
  outcomes.mutable_recorded_time()->set_seconds(1'515'000'000);  // January 2018.
  outcomes.set_log_offset(99);
  const CivilDay day(2017, 6, 30);
  const type::v1::AsOf recorded = KnownOn(day, v1::REPLAY_MODE_RECORDED, outcomes);
  EXPECT_EQ(recorded.effective_date().month(), 6);
  EXPECT_EQ(recorded.effective_date().day(), 30);
  EXPECT_EQ(recorded.log_offset(), 99);
  // 2017-06-30 23:59:59.999999 UTC.
  EXPECT_EQ(recorded.recorded_time().seconds(), 1'498'867'199);
  EXPECT_EQ(recorded.recorded_time().nanos(), 999'999'000);
  const type::v1::AsOf effective = KnownOn(day, v1::REPLAY_MODE_EFFECTIVE, outcomes);
  EXPECT_EQ(effective.effective_date().day(), 30);
  EXPECT_EQ(effective.recorded_time().seconds(), 1'515'000'000);
  // Nothing recorded after the outcomes' own as-of counts either.
  outcomes.mutable_recorded_time()->set_seconds(1'498'000'000);
  EXPECT_EQ(KnownOn(day, v1::REPLAY_MODE_RECORDED, outcomes).recorded_time().seconds(),
            1'498'000'000);
}

}  // namespace
}  // namespace quotacast::simulation
