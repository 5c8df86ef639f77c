#include "clients/cli/testing/sample_messages.h"

#include <string>

namespace quotacast::cli {
namespace {

using simulation::v1::EntityDifference;
using simulation::v1::EntityForecast;
using simulation::v1::ForecastResult;
using simulation::v1::Level;

EntityForecast& AddEntity(ForecastResult& forecast, Level level, const std::string& id,
                          const std::string& name, double median, double spread) {
  EntityForecast& entity = *forecast.add_entities();
  entity.mutable_entity()->set_level(level);
  entity.mutable_entity()->set_entity_id(id);
  entity.set_display_name(name);
  *entity.mutable_bookings() = SampleDistribution(median, spread, spread / 25);
  *entity.mutable_booked() = SampleMoney(0);
  return entity;
}

EntityDifference& AddDifference(simulation::v1::ScenarioComparison& scenario, Level level,
                                const std::string& name, double median, double spread) {
  EntityDifference& difference = *scenario.add_differences();
  difference.mutable_entity()->set_level(level);
  difference.set_display_name(name);
  *difference.mutable_difference() = SampleDistribution(median, spread, spread / 25);
  *difference.mutable_better_probability() = SampleEstimate(0.83, 0.004, 0.05, 0.008);
  *difference.mutable_tie_probability() = SampleEstimate(0.02, 0.001, 0.0, 0.001);
  *difference.mutable_attain_probability_change() = SampleEstimate(0.15, 0.004, 0.06, 0.02);
  return difference;
}

}  // namespace

google::type::Date SampleDate(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

google::type::Money SampleMoney(int64_t units, const std::string& currency) {
  google::type::Money money;
  money.set_units(units);
  money.set_currency_code(currency);
  return money;
}

type::v1::Estimate SampleEstimate(double value, double monte_carlo_error, double parameter_sd,
                                  double total_error) {
  type::v1::Estimate estimate;
  estimate.set_value(value);
  estimate.set_monte_carlo_error(monte_carlo_error);
  estimate.set_parameter_sd(parameter_sd);
  estimate.set_total_error(total_error);
  return estimate;
}

type::v1::Distribution SampleDistribution(double median, double spread, double error) {
  type::v1::Distribution distribution;
  *distribution.mutable_mean() = SampleEstimate(median, error, 2 * error, 3 * error);
  distribution.set_sd(2 * spread);
  for (const double probability : {0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975}) {
    auto* quantile = distribution.add_quantiles();
    quantile->set_probability(probability);
    quantile->set_value(median + (probability - 0.5) * 10 * spread);
  }
  return distribution;
}

type::v1::Certificate SampleCertificate() {
  type::v1::Certificate certificate;
  *certificate.mutable_as_of()->mutable_effective_date() = SampleDate(2017, 9, 30);
  certificate.mutable_as_of()->mutable_recorded_time()->set_seconds(1'500'000'000);
  certificate.mutable_as_of()->set_log_offset(16'321);
  certificate.set_model_hash("3f2a9c01d7e4b865aaaa");
  certificate.set_scenario_hash("1b2c3d4e5f607182bbbb");
  certificate.set_engine_id("scalar-1");
  certificate.set_seed(7);
  certificate.set_trial_count(10'048);
  certificate.set_draw_count(64);
  certificate.set_data_tier(type::v1::DATA_TIER_THIN);
  certificate.set_reconstructed(true);
  certificate.add_warnings("The history covers three quarters only.");
  return certificate;
}

simulation::v1::ForecastOutcome SampleForecast() {
  simulation::v1::ForecastOutcome outcome;
  ForecastResult& forecast = *outcome.mutable_forecast();
  forecast.mutable_period()->set_name("2017Q4");
  *forecast.mutable_period()->mutable_start_date() = SampleDate(2017, 10, 1);
  *forecast.mutable_period()->mutable_end_date() = SampleDate(2018, 1, 1);
  EntityForecast& org =
      AddEntity(forecast, simulation::v1::LEVEL_ORG, "", "Organisation", 2'876'543, 100'000);
  *org.mutable_quota() = SampleMoney(3'000'000);
  *org.mutable_booked() = SampleMoney(12'500);
  *org.mutable_attain_probability() = SampleEstimate(0.37, 0.005, 0.06, 0.009);
  EntityForecast& east =
      AddEntity(forecast, simulation::v1::LEVEL_TEAM, "east", "East", 1'500'000, 60'000);
  *east.mutable_quota() = SampleMoney(1'400'000);
  *east.mutable_attain_probability() = SampleEstimate(0.71, 0.005, 0.06, 0.009);
  AddEntity(forecast, simulation::v1::LEVEL_TEAM, "west", "West", 1'376'543, 60'000);
  AddEntity(forecast, simulation::v1::LEVEL_REP, "hire-1", "", 40'000, 5'000).set_is_hire(true);
  forecast.set_eligible_rep_count(30);
  *forecast.mutable_reps_at_quota_share() = SampleDistribution(0.5, 0.02, 0.001);
  for (const int month : {10, 11, 12}) {
    auto* point = forecast.add_org_fan();
    *point->mutable_date() = SampleDate(2017, month, month == 12 ? 31 : 1);
    const double share = (month - 10) / 2.0;
    *point->mutable_bookings() = SampleDistribution(2'876'543 * share, 100'000 * share, 1);
  }
  forecast.set_currency_code("USD");
  forecast.set_summary("The organisation makes its quota of USD 3,000,000 with 37 % probability.");
  *outcome.mutable_certificate() = SampleCertificate();
  return outcome;
}

simulation::v1::ComparisonResult SampleComparison() {
  simulation::v1::ComparisonResult result;
  auto* base = result.add_scenarios();
  base->set_display_name("base");
  *base->mutable_outcome() = SampleForecast();
  auto* other = result.add_scenarios();
  other->set_display_name("Coaching and two hires");
  *other->mutable_outcome() = SampleForecast();
  AddDifference(*other, simulation::v1::LEVEL_ORG, "Organisation", 120'000, 30'000);
  AddDifference(*other, simulation::v1::LEVEL_TEAM, "East", 90'000, 20'000);
  AddDifference(*other, simulation::v1::LEVEL_TEAM, "West", 30'000, 20'000);
  other->set_summary("It adds about USD 120,000 and lifts the probability to 52 %.");
  return result;
}

}  // namespace quotacast::cli
