// Goal: what is asked of the history is what the scenario says of those who have begun. Method: a
// small business and scenarios by hand.
#include "services/simulation/initiative_measurement.h"

#include <string>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"

namespace quotacast::simulation {
namespace {

using absl::CivilDay;

Business SomeBusiness() {
  Business business;
  business.model.segments = {"smb", "ent"};
  business.model.stages = {"Discovery", "Proposal"};
  business.state.as_of = CivilDay(2026, 9, 30);
  for (const char* key : {"ada", "bob", "cyd"}) {
    simulator::RepState rep;
    rep.key = key;
    business.state.reps.push_back(rep);
  }
  business.state.reps[2].start_date = CivilDay(2026, 5, 1);
  return business;
}

simulator::Initiative Clinic() {
  simulator::Initiative clinic;
  clinic.key = "clinic";
  clinic.reps = {0, 1, 2};
  clinic.start = CivilDay(2026, 1, 1);
  clinic.win = simulator::Effect{0.1, 0.05};
  return clinic;
}

std::string DateText(const google::type::Date& date) {
  return std::to_string(date.year()) + "-" + std::to_string(date.month()) + "-" +
         std::to_string(date.day());
}

TEST(InitiativeMeasurementTest, AsksOncePerEffect) {
  simulator::Scenario scenario;
  simulator::Initiative clinic = Clinic();
  clinic.stage_wins = {{1, {0.2, 0.1}}};
  clinic.creation = simulator::Effect{0.3, 0.1};
  clinic.segments = {1};
  clinic.headrooms = {{1, 0.5}};
  clinic.adoption = {0.9, 4, 6};
  scenario.initiatives = {clinic};
  const MeasurementQuestion question = QuestionFrom(scenario, SomeBusiness());
  ASSERT_EQ(question.runs.size(), 3u);
  EXPECT_TRUE(question.notes.empty());
  EXPECT_EQ(question.runs[0].driver(), type::v1::INITIATIVE_DRIVER_WIN);
  EXPECT_EQ(question.runs[0].stage_ids_size(), 0);
  EXPECT_EQ(question.runs[1].stage_ids(0), "Proposal");
  EXPECT_EQ(question.runs[1].stated().mean(), 0.2);
  EXPECT_EQ(question.runs[2].driver(), type::v1::INITIATIVE_DRIVER_CREATION);
  EXPECT_EQ(question.runs[2].segment_ids(0), "ent");
  EXPECT_EQ(question.runs[2].adoption_ceiling(), 0.9);
  EXPECT_EQ(question.runs[2].participants(1).headroom(), 0.5);
}

TEST(InitiativeMeasurementTest, TakesWhoHasBegunFromTheirOwnDay) {
  simulator::Scenario scenario;
  simulator::Initiative clinic = Clinic();
  simulator::Wave later;
  later.reps = {0};
  later.start = CivilDay(2026, 11, 1);
  simulator::Wave second;
  second.reps = {1};
  second.start = CivilDay(2026, 3, 1);
  clinic.waves = {later, second};
  clinic.end = CivilDay(2026, 8, 1);
  scenario.initiatives = {clinic};
  const MeasurementQuestion question = QuestionFrom(scenario, SomeBusiness());
  ASSERT_EQ(question.runs.size(), 1u);
  const metrics::v1::InitiativeRun& run = question.runs[0];
  // Ada's wave is still to come; Cyd came in May.
  ASSERT_EQ(run.participants_size(), 2);
  EXPECT_EQ(run.participants(0).rep_id(), "bob");
  EXPECT_EQ(DateText(run.participants(0).start_date()), "2026-3-1");
  EXPECT_EQ(run.participants(1).rep_id(), "cyd");
  EXPECT_EQ(DateText(run.participants(1).start_date()), "2026-5-1");
  EXPECT_EQ(DateText(run.end_date()), "2026-8-1");
}

TEST(InitiativeMeasurementTest, SaysWhatIsNotAsked) {
  simulator::Scenario scenario;
  simulator::Initiative future = Clinic();
  future.key = "future";
  future.start = CivilDay(2026, 12, 1);
  simulator::Initiative size = Clinic();
  size.key = "size";
  size.win = std::nullopt;
  size.size = simulator::Effect{0.1, 0};
  size.fade_half_life_weeks = 4;
  scenario.initiatives = {future, size};
  const MeasurementQuestion question = QuestionFrom(scenario, SomeBusiness());
  EXPECT_TRUE(question.runs.empty());
  ASSERT_EQ(question.notes.size(), 3u);
  EXPECT_NE(question.notes[0].find("`future`: nobody had begun by 2026-09-30"), std::string::npos);
  EXPECT_NE(question.notes[1].find("`size`: only effects on winning"), std::string::npos);
  EXPECT_NE(question.notes[2].find("`size`: measured as if"), std::string::npos);
}

}  // namespace
}  // namespace quotacast::simulation
