// Goal: JSON that scripts can rely on. Method: golden text out, and files in, right and wrong.
#include "clients/cli/json_output.h"

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "quotacast/simulation/v1/scenario.pb.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::cli {
namespace {

TEST(JsonOutputTest, CamelCaseDefaultsShownLongsAsStrings) {
  simulation::v1::Progress progress;
  progress.set_trials_done(4096);
  EXPECT_EQ(ToJson(progress), "{\n \"trialsDone\": \"4096\",\n \"trialsTotal\": \"0\"\n}\n");
}

TEST(JsonOutputTest, ReadsWhatItWrites) {
  simulation::v1::Scenario scenario;
  scenario.set_display_name("Zoë's plan");
  scenario.add_hires()->set_ramp_weeks(0);
  simulation::v1::Scenario read;
  ASSERT_TRUE(FromJson(ToJson(scenario), "f.json", read).ok());
  EXPECT_EQ(read.SerializeAsString(), scenario.SerializeAsString());
}

TEST(JsonOutputTest, NamesTheFileAndTheUnknownField) {
  simulation::v1::Scenario scenario;
  const absl::Status status = FromJson("{\"hire\": []}", "plan.json", scenario);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("plan.json"), absl::string_view::npos) << status;
  EXPECT_NE(status.message().find("hire"), absl::string_view::npos) << status;
  EXPECT_FALSE(FromJson("not json", "plan.json", scenario).ok());
}

}  // namespace
}  // namespace quotacast::cli
