// Goal: a model reads as plain tables by kind, with ranges, samples and assumptions. Method: a
// small hand-made message.
#include "clients/cli/render/model_report.h"

#include <string>

#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/pipeline_model.pb.h"

namespace quotacast::cli {
namespace {

metrics::v1::ParameterEstimate& Add(metrics::v1::PipelineModel& model, const std::string& parameter,
                                    const std::string& unit, double value, double low, double high,
                                    double sample_count, const std::string& sample_unit) {
  metrics::v1::ParameterEstimate& estimate = *model.add_estimates();
  estimate.set_parameter(parameter);
  estimate.set_unit(unit);
  estimate.set_value(value);
  estimate.set_low(low);
  estimate.set_high(high);
  estimate.set_sample_count(sample_count);
  estimate.set_sample_unit(sample_unit);
  estimate.set_source(sample_count > 0 ? metrics::v1::ESTIMATE_SOURCE_HISTORY
                                       : metrics::v1::ESTIMATE_SOURCE_ASSUMPTION);
  return estimate;
}

metrics::v1::PipelineModel Sample() {
  metrics::v1::PipelineModel model;
  model.add_segments("all");
  model.add_reps("R001");
  model.add_teams("west");
  model.set_currency_code("USD");
  model.mutable_evidence()->set_created_count(1'200);
  model.mutable_evidence()->set_won_count(1);
  model.mutable_evidence()->set_data_tier(type::v1::DATA_TIER_THIN);
  Add(model, "creation_per_week", "per week", 1.25, 1.1, 1.4, 300, "created deals")
      .set_entity_id("west");
  Add(model, "creation_per_week", "per week", 0.5, 0.4, 0.6, 30, "created deals")
      .set_entity_id("R001");
  Add(model, "advance_probability", "share", 0.614, 0.58, 0.65, 1'234, "exits")
      .set_stage_id("Discovery");
  Add(model, "ramp_weeks", "weeks", 24.13, 13, 37, 0, "reps who started");
  Add(model, "market_sd", "probit", 0.06, 0.02, 0.1, 3, "quarters").set_note("few quarters");
  Add(model, "won_amount_mean", "USD", 2'360.4, 2'360.4, 2'360.4, 1, "won deals");
  Add(model, "something_new", "factor", 0.5, 0.4, 0.6, 3, "things");
  return model;
}

TEST(ModelReport, TablesByKind) {
  const std::string text = ModelReport(Sample(), /*with_reps=*/false, Terminal{});
  EXPECT_NE(text.find("Rests on 1,200 deals created, 1 won"), std::string::npos) << text;
  EXPECT_NE(text.find("A thin history"), std::string::npos) << text;
  EXPECT_NE(text.find("Discovery      61 %  58 % to 65 %  1,234 exits"), std::string::npos) << text;
  EXPECT_NE(text.find("1.10 to 1.40"), std::string::npos) << text;
  EXPECT_NE(text.find("assumption"), std::string::npos) << text;
  EXPECT_NE(text.find("2,360             -  1 won deals"), std::string::npos) << text;
  EXPECT_NE(text.find("\n  few quarters\n"), std::string::npos) << text;
  EXPECT_NE(text.find("something_new"), std::string::npos) << text;
  // Groups in order, a heading once.
  EXPECT_LT(text.find("How deals move"), text.find("New deals"));
  EXPECT_LT(text.find("New deals"), text.find("People"));
  EXPECT_EQ(text.find("The rhythm of a period"), std::string::npos);
}

TEST(ModelReport, LeadsAndCustomersHaveGroupsOfTheirOwn) {
  metrics::v1::PipelineModel model = Sample();
  Add(model, "lead_conversion", "share", 0.25, 0.22, 0.28, 900, "leads that ended");
  Add(model, "lead_days", "days", 9.4, 8.9, 9.9, 900, "leads that ended");
  Add(model, "renewal_share", "share", 0.4, 0.3, 0.5, 60, "renewals");
  Add(model, "churn_per_year", "per customer and year", 1.25, 1, 1.5, 60, "renewals");
  const std::string text = ModelReport(model, false, Terminal{});
  EXPECT_LT(text.find("New deals"), text.find("\nLeads\n"));
  EXPECT_LT(text.find("\nLeads\n"), text.find("Amounts"));
  EXPECT_LT(text.find("Amounts"), text.find("\nCustomers\n"));
  EXPECT_NE(text.find("8.9 to 9.9  900 leads that ended"), std::string::npos) << text;
  EXPECT_NE(text.find("1.25  1.00 to 1.50  60 renewals"), std::string::npos) << text;
  EXPECT_EQ(text.find("lead_conversion"), std::string::npos) << text;
}

TEST(ModelReport, RepsWhenAsked) {
  const std::string without = ModelReport(Sample(), false, Terminal{});
  EXPECT_EQ(without.find("R001"), std::string::npos) << without;
  EXPECT_NE(without.find("1 rep one by one: --reps."), std::string::npos) << without;
  const std::string with = ModelReport(Sample(), true, Terminal{});
  EXPECT_NE(with.find("R001"), std::string::npos) << with;
  EXPECT_EQ(with.find("--reps"), std::string::npos) << with;
}

TEST(ModelReport, FitsNarrowTerminals) {
  Terminal terminal;
  terminal.width_columns = 40;
  const std::string text = ModelReport(Sample(), true, terminal);
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = text.find('\n', begin);
    const std::string line = text.substr(begin, end - begin);
    EXPECT_LE(DisplayWidth(line), 40) << line;
    begin = end + 1;
  }
}

TEST(ModelReport, AnEmptyModel) {
  const std::string text = ModelReport({}, false, Terminal{});
  EXPECT_NE(text.find("Rests on 0 deals created"), std::string::npos) << text;
}

}  // namespace
}  // namespace quotacast::cli
