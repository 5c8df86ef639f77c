// Goal: runs are read as they are meant, and what cannot be is named by its path. Method: messages
// written by hand.
#include "services/metrics/initiative_runs.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/errors.h"
#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

simulator::History SomeHistory() {
  simulator::History history;
  history.segments = {"smb", "ent"};
  history.stages = {"Discovery", "Proposal"};
  history.teams = {"east"};
  history.reps = {{"ada", 0, std::nullopt, std::nullopt}, {"bob", 0, std::nullopt, std::nullopt}};
  history.as_of = CivilDay(2026, 9, 30);
  return history;
}

void SetDate(CivilDay day, google::type::Date* date) {
  date->set_year(static_cast<int>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

v1::InitiativeRun ClinicRun() {
  v1::InitiativeRun run;
  run.set_initiative_id("clinic");
  run.set_driver(type::v1::INITIATIVE_DRIVER_WIN);
  v1::RunParticipant& participant = *run.add_participants();
  participant.set_rep_id("bob");
  SetDate(CivilDay(2026, 1, 1), participant.mutable_start_date());
  participant.set_headroom(0.5);
  SetDate(CivilDay(2026, 6, 1), run.mutable_end_date());
  run.add_stage_ids("Proposal");
  run.add_stage_ids("Discovery");
  run.add_segment_ids("ent");
  run.set_adoption_ceiling(0.9);
  run.set_adoption_half_time_weeks(8);
  run.set_adoption_width_weeks(12);
  run.mutable_stated()->set_mean(0.1);
  run.mutable_stated()->set_sd(0.05);
  return run;
}

TEST(InitiativeRunsTest, ReadsARun) {
  v1::MeasureInitiativesRequest request;
  *request.add_runs() = ClinicRun();
  const auto runs = RunsFrom(request.runs(), SomeHistory());
  ASSERT_TRUE(runs.ok()) << runs.status();
  const simulator::InitiativeRun& run = runs->at(0);
  EXPECT_EQ(run.driver, simulator::InitiativeDriver::kWin);
  ASSERT_EQ(run.participants.size(), 1u);
  EXPECT_EQ(run.participants[0].rep, 1);
  EXPECT_EQ(run.participants[0].start, CivilDay(2026, 1, 1));
  EXPECT_EQ(run.participants[0].headroom, 0.5);
  EXPECT_EQ(run.end, CivilDay(2026, 6, 1));
  EXPECT_EQ(run.stages, (std::vector<int>{0, 1}));
  EXPECT_EQ(run.segments, std::vector<int>{1});
  EXPECT_EQ(run.adoption.ceiling, 0.9);
  EXPECT_EQ(run.stated.sd, 0.05);
}

TEST(InitiativeRunsTest, NamesWhatCannotBe) {
  v1::MeasureInitiativesRequest request;
  v1::InitiativeRun run = ClinicRun();
  run.set_driver(type::v1::INITIATIVE_DRIVER_UNSPECIFIED);
  run.mutable_participants(0)->set_rep_id("bib");
  SetDate(CivilDay(2026, 10, 1), run.mutable_participants(0)->mutable_start_date());
  run.mutable_end_date()->set_month(13);
  run.add_segment_ids("mid");
  *request.add_runs() = run;
  *request.add_runs() = ClinicRun();
  request.mutable_runs(1)->set_driver(type::v1::INITIATIVE_DRIVER_CREATION);
  const auto runs = RunsFrom(request.runs(), SomeHistory());
  const std::optional<ErrorDetail> detail = GetDetail(runs.status());
  ASSERT_TRUE(detail.has_value()) << runs.status();
  std::vector<std::string> fields;
  std::string all;
  for (const FieldViolation& violation : detail->field_violations) {
    fields.push_back(violation.field);
    all += violation.description + "\n";
  }
  EXPECT_EQ(fields,
            (std::vector<std::string>{"runs[0].driver", "runs[0].participants[0].rep_id",
                                      "runs[0].participants[0].start_date", "runs[0].end_date",
                                      "runs[0].segment_ids[1]", "runs[1].stage_ids"}));
  EXPECT_NE(all.find("the nearest are bob"), std::string::npos) << all;
  EXPECT_NE(all.find("is 2026-10-01"), std::string::npos) << all;
}

TEST(InitiativeRunsTest, WritesAMeasurement) {
  simulator::InitiativeMeasurement measurement;
  measurement.history = simulator::Effect{0.2, 0.1};
  measurement.combined = {0.12, 0.045};
  measurement.treated_count = 40;
  measurement.untreated_count = 60;
  measurement.adopted_share = 0.8;
  measurement.absorbed_share = 0.4;
  const type::v1::InitiativeMeasurement proto = ToProtoMeasurement(ClinicRun(), measurement);
  EXPECT_EQ(proto.initiative_id(), "clinic");
  EXPECT_EQ(proto.stage_ids_size(), 2);
  EXPECT_EQ(proto.stated().mean(), 0.1);
  EXPECT_EQ(proto.history().sd(), 0.1);
  EXPECT_EQ(proto.combined().mean(), 0.12);
  EXPECT_EQ(proto.sample_unit(), "exits");
  EXPECT_EQ(proto.note(), "");
  measurement.history = std::nullopt;
  EXPECT_NE(ToProtoMeasurement(ClinicRun(), measurement).note().find("compare"), std::string::npos);
  measurement.treated_count = 0;
  EXPECT_NE(ToProtoMeasurement(ClinicRun(), measurement).note().find("nobody who took part"),
            std::string::npos);
}

}  // namespace
}  // namespace quotacast::metrics
