// Goal: an initiative says what it must, and the limit of two per rep counts days exactly. Method:
// hand-made registers whose overlaps are worked out in the comments.
#include "services/planning/initiative_rules.h"

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace quotacast::planning {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

absl::CivilDay Day(int month, int day) { return absl::CivilDay(2018, month, day); }

simulation::v1::InitiativeChange Change(absl::CivilDay start, std::optional<absl::CivilDay> last) {
  simulation::v1::InitiativeChange change;
  change.mutable_effect()->mutable_win()->set_mean(0.1);
  *change.mutable_start_date() = DateFrom(start);
  if (last.has_value()) *change.mutable_last_date() = DateFrom(*last);
  return change;
}

v1::Initiative Entry(const std::string& id, const std::vector<std::string>& reps,
                     absl::CivilDay start, std::optional<absl::CivilDay> last) {
  v1::Initiative initiative;
  *initiative.mutable_change() = Change(start, last);
  initiative.mutable_change()->set_initiative_id(id);
  initiative.set_state(v1::INITIATIVE_STATE_COMMITTED);
  for (const std::string& rep : reps) initiative.add_rep_ids(rep);
  return initiative;
}

std::vector<std::string> FieldsOf(const simulation::v1::InitiativeChange& change) {
  FieldErrors errors;
  CheckChange(change, "c", errors);
  std::vector<std::string> fields;
  if (errors.empty()) return fields;
  const ErrorDetail detail = GetDetail(errors.Result()).value_or(ErrorDetail());
  for (const FieldViolation& v : detail.field_violations) {
    fields.push_back(v.field);
  }
  return fields;
}

TEST(CheckChange, AcceptsAPlainOne) {
  EXPECT_THAT(FieldsOf(Change(Day(1, 1), std::nullopt)), IsEmpty());
  EXPECT_THAT(FieldsOf(Change(Day(1, 1), Day(1, 1))), IsEmpty());
}

TEST(CheckChange, EndsBeforeItStarts) {
  EXPECT_THAT(FieldsOf(Change(Day(1, 2), Day(1, 1))), ElementsAre("c.last_date"));
}

TEST(CheckChange, NeedsADriverAndADay) {
  EXPECT_THAT(FieldsOf(simulation::v1::InitiativeChange()),
              ElementsAre("c.effect", "c.start_date"));
}

TEST(CheckChange, AnyDriverDoes) {
  using simulation::v1::InitiativeEffect;
  for (const auto driver :
       {&InitiativeEffect::mutable_cycle, &InitiativeEffect::mutable_attrition,
        &InitiativeEffect::mutable_lead_volume, &InitiativeEffect::mutable_lead_work,
        &InitiativeEffect::mutable_lead_response, &InitiativeEffect::mutable_churn,
        &InitiativeEffect::mutable_selling_time}) {
    simulation::v1::InitiativeChange change = Change(Day(1, 1), std::nullopt);
    change.clear_effect();
    EXPECT_THAT(FieldsOf(change), ElementsAre("c.effect"));
    (change.mutable_effect()->*driver)()->set_mean(0.1);
    EXPECT_THAT(FieldsOf(change), IsEmpty());
    (change.mutable_effect()->*driver)()->set_sd(-1);
    EXPECT_THAT(FieldsOf(change), SizeIs(1));
  }
}

TEST(CheckChange, EffectsAreFiniteAndTheirDoubtNotNegative) {
  simulation::v1::InitiativeChange change = Change(Day(1, 1), std::nullopt);
  change.mutable_effect()->mutable_win()->set_mean(std::numeric_limits<double>::quiet_NaN());
  change.mutable_effect()->mutable_cycle()->set_sd(-0.1);
  change.mutable_effect()->mutable_creation()->set_mean(kMaxEffectMean + 0.1);
  EXPECT_THAT(FieldsOf(change),
              ElementsAre("c.effect.win.mean", "c.effect.cycle.sd", "c.effect.creation.mean"));
  change = Change(Day(1, 1), std::nullopt);
  change.mutable_effect()->mutable_win()->set_mean(-kMaxEffectMean);
  change.mutable_effect()->mutable_win()->set_sd(kMaxEffectSd);
  EXPECT_THAT(FieldsOf(change), IsEmpty());
}

TEST(CheckChange, AdoptionIsInRange) {
  simulation::v1::InitiativeChange change = Change(Day(1, 1), std::nullopt);
  change.mutable_adoption()->set_ceiling(1.1);
  change.mutable_adoption()->set_half_time_weeks(-1);
  change.mutable_adoption()->set_width_weeks(0);
  EXPECT_THAT(FieldsOf(change), ElementsAre("c.adoption.ceiling", "c.adoption.half_time_weeks",
                                            "c.adoption.width_weeks"));
  change.mutable_adoption()->set_ceiling(1);
  change.mutable_adoption()->set_half_time_weeks(0);
  EXPECT_THAT(FieldsOf(change), IsEmpty());
}

// a runs January to March, b February for ever. A third overlaps both from 1 February on.
class LimitTest : public testing::Test {
 protected:
  LimitTest() {
    register_.Put("a", Entry("a", {"ann", "bob"}, Day(1, 1), Day(3, 31)));
    register_.Put("b", Entry("b", {"ann"}, Day(2, 1), std::nullopt));
  }
  std::vector<LimitExcess> Excess(absl::CivilDay start, std::optional<absl::CivilDay> last) {
    return ExcessOf(Entry("c", {"ann", "bob", "cy"}, start, last), register_);
  }
  Collection<v1::Initiative> register_;
};

TEST_F(LimitTest, NamesRepFirstDayAndInitiatives) {
  const std::vector<LimitExcess> excess = Excess(Day(1, 15), Day(12, 31));
  ASSERT_THAT(excess, SizeIs(1));
  EXPECT_EQ(excess[0].rep_id, "ann");
  EXPECT_EQ(excess[0].day, Day(2, 1));
  EXPECT_THAT(excess[0].initiative_ids, ElementsAre("a", "b"));
  const absl::Status status = LimitError("c", excess);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetDetail(status)->reason, "INITIATIVE_LIMIT");
  EXPECT_THAT(std::string(status.message()), HasSubstr("`ann`"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("2018-02-01"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("a, b and c"));
}

TEST_F(LimitTest, EdgeDaysCount) {
  // Until the day before b begins: no day with three.
  EXPECT_THAT(Excess(Day(1, 1), Day(1, 31)), IsEmpty());
  // Its last day is b's first day: three run on 1 February.
  EXPECT_THAT(Excess(Day(1, 1), Day(2, 1)), SizeIs(1));
  // Its first day is a's last day: three run on 31 March.
  EXPECT_THAT(Excess(Day(3, 31), std::nullopt), SizeIs(1));
  EXPECT_THAT(Excess(Day(4, 1), std::nullopt), IsEmpty());
}

TEST_F(LimitTest, TwoThatFollowEachOtherCountAsOne) {
  // For bob: a until 31 March, d from 1 April; with c there are two on any day.
  register_.Put("d", Entry("d", {"bob"}, Day(4, 1), std::nullopt));
  for (const LimitExcess& excess : Excess(Day(1, 1), std::nullopt)) {
    EXPECT_NE(excess.rep_id, "bob");
  }
  // One day earlier and there are three on 31 March.
  register_.Put("e", Entry("e", {"cy"}, Day(1, 1), Day(3, 31)));
  register_.Put("f", Entry("f", {"cy"}, Day(3, 31), std::nullopt));
  bool found = false;
  for (const LimitExcess& excess : Excess(Day(1, 1), std::nullopt)) {
    if (excess.rep_id != "cy") continue;
    found = true;
    EXPECT_EQ(excess.day, Day(3, 31));
  }
  EXPECT_TRUE(found);
}

TEST_F(LimitTest, StoppedOnesCountUntilTheyStop) {
  v1::Initiative stopped = register_.at(1);
  stopped.set_state(v1::INITIATIVE_STATE_STOPPED);
  *stopped.mutable_stop_date() = DateFrom(Day(2, 10));
  register_.Put("b", stopped);
  // The stop date is the first day it no longer runs.
  EXPECT_THAT(Excess(Day(2, 9), std::nullopt), SizeIs(1));
  EXPECT_THAT(Excess(Day(2, 10), std::nullopt), IsEmpty());
  // Stopped before it began: it never ran.
  *stopped.mutable_stop_date() = DateFrom(Day(1, 5));
  register_.Put("b", stopped);
  EXPECT_THAT(Excess(Day(1, 1), std::nullopt), IsEmpty());
}

TEST_F(LimitTest, AnExcessThatWasOverriddenStillCounts) {
  register_.Put("x", Entry("x", {"ann"}, Day(2, 1), Day(2, 28)));
  const std::vector<LimitExcess> excess = Excess(Day(2, 1), Day(2, 1));
  ASSERT_THAT(excess, SizeIs(1));
  EXPECT_THAT(excess[0].initiative_ids, ElementsAre("a", "b", "x"));
}

}  // namespace
}  // namespace quotacast::planning
