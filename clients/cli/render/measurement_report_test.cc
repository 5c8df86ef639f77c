// Goal: what was measured is told in words that follow from the figures. Method: prepared answers.
#include "clients/cli/render/measurement_report.h"

#include <string>

#include "clients/cli/render/terminal.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

simulation::v1::MeasureInitiativesResponse Response(double mean, double sd) {
  simulation::v1::MeasureInitiativesResponse response;
  auto& date = *response.mutable_as_of()->mutable_effective_date();
  date.set_year(2026);
  date.set_month(9);
  date.set_day(30);
  auto& measurement = *response.add_measurements();
  measurement.set_initiative_id("clinic");
  measurement.set_driver(type::v1::INITIATIVE_DRIVER_WIN);
  measurement.add_stage_ids("Discovery");
  measurement.mutable_stated()->set_mean(0.1);
  measurement.mutable_stated()->set_sd(0.05);
  measurement.mutable_history()->set_mean(mean);
  measurement.mutable_history()->set_sd(sd);
  measurement.mutable_combined()->set_mean(0.15);
  measurement.mutable_combined()->set_sd(0.04);
  measurement.set_treated_count(1'234);
  measurement.set_untreated_count(567);
  measurement.set_sample_unit("exits");
  measurement.set_adopted_share(0.8);
  measurement.set_absorbed_share(0.45);
  return response;
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(MeasurementReportTest, TellsWhatTheHistoryShows) {
  const std::string text = MeasurementReport(Response(0.2533, 0.05), {});
  EXPECT_TRUE(Has(text, "up to 30 Sep 2026")) << text;
  EXPECT_TRUE(Has(text, "clinic: winning in Discovery")) << text;
  // Phi(.2533) = .60.
  EXPECT_TRUE(Has(text, "it works: at full adoption an even chance becomes 60 %")) << text;
  // Phi(.2533 -+ 1.2816 * .05): .5750 and .6244.
  EXPECT_TRUE(Has(text, "58 % to 62")) << text;
  EXPECT_TRUE(Has(text, "+0.25 ± 0.05")) << text;
  EXPECT_TRUE(Has(text, "1,234 exits with it, 567 without")) << text;
  EXPECT_TRUE(Has(text, "80 % adopted by now; 45 % of that is in the model's rates")) << text;
}

TEST(MeasurementReportTest, ClaimsNoMoreThanTheInterval) {
  EXPECT_TRUE(Has(MeasurementReport(Response(0.1, 0.1), {}), "does not tell it from nothing"));
  EXPECT_TRUE(Has(MeasurementReport(Response(-0.3, 0.1), {}), "does harm"));
  auto response = Response(0.1, 0.1);
  response.mutable_measurements(0)->clear_history();
  response.mutable_measurements(0)->set_note("nobody else to compare with at the same time");
  const std::string text = MeasurementReport(response, {});
  EXPECT_TRUE(Has(text, "does not tell: nobody else to compare with")) << text;
}

TEST(MeasurementReportTest, CreationIsAFactorAndNotesAreKept) {
  auto response = Response(0.1823, 0.05);
  response.mutable_measurements(0)->set_driver(type::v1::INITIATIVE_DRIVER_CREATION);
  response.add_notes("`other`: nobody had begun");
  const std::string text = MeasurementReport(response, {});
  EXPECT_TRUE(Has(text, "deals created change by")) << text;
  EXPECT_TRUE(Has(text, "+20 %")) << text;  // e^.1823 = 1.2.
  EXPECT_TRUE(Has(text, "note: `other`: nobody had begun")) << text;
}

}  // namespace
}  // namespace quotacast::cli
