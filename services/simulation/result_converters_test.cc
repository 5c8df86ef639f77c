// Goal: figures reach the messages in the right units, for the lines that were asked for, with the
// names people know.
// Method: a hand-made engine forecast of the hand-built company.

#include "services/simulation/result_converters.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/simulation/company_messages.h"

namespace quotacast::simulation {
namespace {

simulator::DistributionSummary Summary(double mean) {
  simulator::DistributionSummary summary;
  summary.mean = {.value = mean, .monte_carlo_se = 200, .parameter_sd = 300, .total_se = 400};
  summary.sd = 5'000;
  for (const double p : simulator::kReportedQuantiles) summary.quantiles.push_back({p, mean * p});
  return summary;
}

simulator::Forecast EngineForecast() {
  simulator::Forecast forecast;
  forecast.trials = 1024;
  simulator::PeriodForecast& period = forecast.periods.emplace_back();
  const simulator::Entity kEntities[] = {{simulator::Level::kOrg, "", false},
                                         {simulator::Level::kTeam, "east", false},
                                         {simulator::Level::kRep, "ann", false},
                                         {simulator::Level::kRep, "new", true}};
  for (const simulator::Entity& entity : kEntities) {
    simulator::EntityPeriodForecast& line = period.entities.emplace_back();
    line.entity = entity;
    line.booked_minor_units = 12'345;
    line.bookings = Summary(1'000'000);
    if (entity.level == simulator::Level::kOrg) {
      line.bookings_tail_mean = simulator::Estimate{.value = 250'000, .monte_carlo_se = 1'000};
      line.payout = Summary(90'000);
      line.payout_tail_mean = simulator::Estimate{.value = 130'000, .monte_carlo_se = 500};
    }
    if (!entity.is_hire) {
      line.quota_minor_units = 6'000'000;
      line.attain_probability = simulator::Estimate{.value = 0.4, .monte_carlo_se = 0.01};
    }
  }
  period.reps_at_quota_share = Summary(0.5);
  period.eligible_rep_count = 3;
  period.org_fan.push_back({absl::CivilDay(2017, 10, 8), Summary(70'000)});
  forecast.thresholds.push_back({.value = 0.25});
  return forecast;
}

TEST(ResultConverters, OrgOnlyUnlessAskedFor) {
  const auto result = ForecastResultFrom(EngineForecast(), CompanyBusiness(), RunSpec(), [] {
    v1::ForecastSpec spec;
    *spec.add_thresholds()->mutable_amount() = Dollars(5);
    return spec;
  }());
  ASSERT_EQ(result.entities_size(), 1);
  const v1::EntityForecast& org = result.entities(0);
  EXPECT_EQ(org.entity().level(), v1::LEVEL_ORG);
  EXPECT_EQ(org.display_name(), "Organisation");
  EXPECT_EQ(org.quota().units(), 60'000);
  EXPECT_EQ(org.booked().units(), 123);
  EXPECT_EQ(org.booked().nanos(), 450'000'000);
  EXPECT_DOUBLE_EQ(org.bookings().mean().value(), 10'000);
  EXPECT_DOUBLE_EQ(org.bookings().mean().monte_carlo_error(), 2);
  EXPECT_DOUBLE_EQ(org.bookings().mean().parameter_sd(), 3);
  EXPECT_DOUBLE_EQ(org.bookings().mean().total_error(), 4);
  EXPECT_DOUBLE_EQ(org.bookings().sd(), 50);
  ASSERT_EQ(org.bookings().quantiles_size(), 9);
  EXPECT_DOUBLE_EQ(org.bookings().quantiles(4).value(), 5'000);
  EXPECT_DOUBLE_EQ(org.attain_probability().value(), 0.4);
  EXPECT_DOUBLE_EQ(org.bookings_tail_mean().value(), 2'500);
  EXPECT_DOUBLE_EQ(org.bookings_tail_mean().monte_carlo_error(), 10);
  EXPECT_DOUBLE_EQ(org.payout().mean().value(), 900);
  EXPECT_DOUBLE_EQ(org.payout().quantiles(4).value(), 450);
  EXPECT_DOUBLE_EQ(org.payout_tail_mean().value(), 1'300);

  EXPECT_EQ(result.period().name(), "2017Q4");
  EXPECT_EQ(result.period().end_date().year(), 2018);
  EXPECT_EQ(result.eligible_rep_count(), 3);
  EXPECT_DOUBLE_EQ(result.reps_at_quota_share().mean().value(), 0.5);
  ASSERT_EQ(result.org_fan_size(), 1);
  EXPECT_EQ(result.org_fan(0).date().day(), 7);  // The last day counted.
  EXPECT_DOUBLE_EQ(result.org_fan(0).bookings().mean().value(), 700);
  ASSERT_EQ(result.thresholds_size(), 1);
  EXPECT_EQ(result.thresholds(0).query().amount().units(), 5);
  EXPECT_DOUBLE_EQ(result.thresholds(0).probability().value(), 0.25);
  EXPECT_EQ(result.currency_code(), "USD");
  EXPECT_THAT(result.summary(), ::testing::HasSubstr(" is 40 %; "));
}

TEST(ResultConverters, TeamsAndRepsCarryTheirNames) {
  RunSpec run;
  run.wants_org = false;
  run.wants_teams = true;
  run.wants_reps = true;
  simulator::Forecast forecast = EngineForecast();
  forecast.thresholds.clear();
  const auto result = ForecastResultFrom(forecast, CompanyBusiness(), run, v1::ForecastSpec());
  ASSERT_EQ(result.entities_size(), 3);
  EXPECT_EQ(result.entities(0).display_name(), "Team east");
  EXPECT_FALSE(result.entities(0).has_bookings_tail_mean());
  EXPECT_FALSE(result.entities(0).has_payout());
  EXPECT_FALSE(result.entities(0).has_payout_tail_mean());
  EXPECT_EQ(result.entities(1).display_name(), "Rep ann");
  EXPECT_FALSE(result.entities(1).is_hire());
  EXPECT_EQ(result.entities(2).display_name(), "new");
  EXPECT_TRUE(result.entities(2).is_hire());
  EXPECT_FALSE(result.entities(2).has_quota());
  EXPECT_FALSE(result.entities(2).has_attain_probability());
}

TEST(ResultConverters, DifferencesOfThePeriodAndLevelsAskedFor) {
  std::vector<simulator::PairedDifference> differences(3);
  differences[0].difference = Summary(-50'000);
  differences[0].better_probability.value = 0.3;
  differences[0].tie_probability.value = 0.1;
  differences[0].attain_probability_change = simulator::Estimate{.value = -0.02};
  differences[0].payout_difference = Summary(-3'000);
  differences[1].entity = {simulator::Level::kTeam, "east", false};
  differences[2].period = 1;
  const auto messages = DifferencesFrom(differences, CompanyBusiness(), RunSpec());
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_DOUBLE_EQ(messages[0].difference().mean().value(), -500);
  EXPECT_DOUBLE_EQ(messages[0].better_probability().value(), 0.3);
  EXPECT_DOUBLE_EQ(messages[0].tie_probability().value(), 0.1);
  EXPECT_DOUBLE_EQ(messages[0].attain_probability_change().value(), -0.02);
  EXPECT_DOUBLE_EQ(messages[0].payout_difference().mean().value(), -30);
}

TEST(ResultConverters, CertificatesNameTheirData) {
  metrics::v1::PipelineModel model = CompanyModel();
  model.set_reconstructed(true);
  model.mutable_evidence()->set_undated_count(7);
  const auto certificate = CertificateBase(model, CompanyState().header);
  EXPECT_EQ(certificate.as_of().log_offset(), 1234);
  EXPECT_EQ(certificate.model_hash(), "model-1");
  EXPECT_EQ(certificate.state_hash(), "state-1");
  EXPECT_EQ(certificate.draw_count(), 8);
  EXPECT_EQ(certificate.data_tier(), type::v1::DATA_TIER_FULL);
  EXPECT_TRUE(certificate.reconstructed());
  EXPECT_EQ(certificate.undated_deal_count(), 7);
}

}  // namespace
}  // namespace quotacast::simulation
