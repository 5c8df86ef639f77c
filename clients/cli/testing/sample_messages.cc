#include "clients/cli/testing/sample_messages.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

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
  *org.mutable_bookings_tail_mean() = SampleEstimate(2'412'345, 6'000, 50'000, 9'000);
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

simulation::v1::ForecastResult SampleDrivers() {
  simulation::v1::ForecastResult forecast;
  const auto add_deal = [&](const std::string& id, const std::string& rep, double win_probability,
                            double variance_share) {
    simulation::v1::DealDriver& deal = *forecast.add_deal_drivers();
    deal.set_opportunity_id(id);
    deal.set_rep_id(rep);
    deal.set_stage_id("Engaging");
    *deal.mutable_amount() = SampleMoney(120'000);
    *deal.mutable_win_probability() = SampleEstimate(win_probability, 0.004, 0.05, 0.008);
    deal.set_variance_share(variance_share);
    *deal.mutable_attain_probability_if_won() = SampleEstimate(0.64, 0.009, 0.06, 0.011);
    *deal.mutable_attain_probability_if_not_won() = SampleEstimate(0.41, 0.006, 0.06, 0.010);
    return &deal;
  };
  add_deal("1C1I7A6R", "anna", 0.35, 0.214);
  add_deal("Z063OYW0", "zoe", 1, 0)->clear_attain_probability_if_not_won();
  simulation::v1::DealDriver* unknown = add_deal("HAXMC4IX", "zoe", 0.2, -0.0004);
  unknown->clear_amount();
  *unknown->mutable_attain_probability_if_won() = SampleEstimate(0.42, 0.02, 0.06, 0.03);
  const auto add_rep = [&](const std::string& id, const std::string& name, double share) {
    simulation::v1::RepDriver& rep = *forecast.add_rep_drivers();
    rep.mutable_entity()->set_level(simulation::v1::LEVEL_REP);
    rep.mutable_entity()->set_entity_id(id);
    rep.set_display_name(name);
    rep.set_variance_share(share);
  };
  add_rep("anna", "Anna Snelling", 0.31);
  add_rep("zoe", "", 0.22);
  return forecast;
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

ingestion::v1::ImportFilesResponse SampleImport() {
  ingestion::v1::ImportFilesResponse response;
  const auto add_file = [&](const std::string& name, const std::string& entity, int64_t rows,
                            int64_t rejected) {
    auto* file = response.add_files();
    file->set_file(name);
    file->set_entity(entity);
    file->set_row_count(rows);
    file->set_accepted_row_count(rows - rejected);
    file->set_rejected_row_count(rejected);
  };
  add_file("accounts.csv", "account", 85, 0);
  add_file("data_dictionary.csv", "", 0, 0);
  add_file("sales_pipeline.csv", "opportunity", 8'800, 2);
  response.set_appended_event_count(17'125);
  response.set_unchanged_event_count(12);
  response.set_corrected_event_count(3);
  const auto add_problem = [&](ingestion::v1::RowProblemSeverity severity, int64_t row,
                               const std::string& field, const std::string& value,
                               const std::string& message) {
    auto* problem = response.add_problems();
    problem->set_file("sales_pipeline.csv");
    problem->set_row(row);
    problem->set_field(field);
    problem->set_value(value);
    problem->set_message(message);
    problem->set_severity(severity);
  };
  add_problem(ingestion::v1::ROW_PROBLEM_SEVERITY_ERROR, 512, "close_date", "2017-13-01",
              "not a date; written as 2017-09-30");
  add_problem(ingestion::v1::ROW_PROBLEM_SEVERITY_ERROR, 513, "deal_stage", "Wonn",
              "unknown stage; the nearest is \"Won\"");
  add_problem(ingestion::v1::ROW_PROBLEM_SEVERITY_WARNING, 700, "account", "",
              "no account; the deal is kept without one");
  response.set_error_count(2);
  response.set_warning_count(1);
  response.set_quarantined_row_count(2);
  auto* alias = response.add_aliases();
  alias->set_field("product");
  alias->set_value("GTXPro");
  alias->set_canonical("GTX Pro");
  alias->set_row_count(1'480);
  for (const auto& [stage, rows] :
       {std::pair<const char*, int64_t>{"Won", 4'238}, {"Lost", 2'473}, {"Engaging", 1'589}}) {
    auto* count = response.add_stages();
    count->set_stage_id(stage);
    count->set_row_count(rows);
  }
  return response;
}

metrics::v1::KpiTable SampleKpiTable() {
  metrics::v1::KpiTable table;
  auto* definition = table.mutable_definition();
  definition->set_name("win_rate_closed");
  definition->set_display_name("Win rate of closed deals");
  definition->set_formula("won / (won + lost), by the day a deal closed");
  definition->set_numerator("Deals won in the period");
  definition->set_denominator("Deals won or lost in the period");
  definition->set_unit(metrics::v1::KPI_UNIT_RATIO);
  definition->set_caveat("Biased when losses go unmarked.");
  const auto add_row = [&](const std::string& name, double won, double closed) {
    auto* row = table.add_rows();
    row->set_group(name);
    row->set_period("2017Q3");
    if (closed > 0) {
      row->set_value(won / closed);
    } else {
      row->set_undefined_reason("no deal closed in the period");
    }
    row->set_numerator(won);
    row->set_denominator(closed);
    row->set_sample_size(static_cast<int64_t>(closed));
  };
  add_row("Anna Snelling", 64, 103);
  add_row("Zoë Novák", 0, 0);
  *table.mutable_as_of()->mutable_effective_date() = SampleDate(2017, 12, 31);
  table.set_currency_code("USD");
  table.add_notes("500 deals without any date do not count.");
  return table;
}

std::vector<metrics::v1::GetActualsResponse> SampleActuals() {
  std::vector<metrics::v1::GetActualsResponse> messages(3);
  metrics::v1::ActualsHeader& header = *messages[0].mutable_header();
  *header.mutable_as_of()->mutable_effective_date() = SampleDate(2017, 11, 15);
  for (const char* name : {"2017Q3", "2017Q4"}) header.add_periods()->set_name(name);
  header.set_ended_period_count(1);
  header.set_currency_code("USD");
  header.set_rep_count(2);
  const auto add_period = [](metrics::v1::ActualsRep& rep, int64_t booked, int64_t won,
                             int64_t lost, int64_t created) -> metrics::v1::ActualsRepPeriod& {
    metrics::v1::ActualsRepPeriod& period = *rep.add_periods();
    *period.mutable_booked() = SampleMoney(booked);
    period.set_won_count(won);
    period.set_lost_count(lost);
    period.set_created_count(created);
    return period;
  };
  metrics::v1::ActualsRep& anna = *messages[1].mutable_reps()->add_reps();
  anna.set_rep_id("R001");
  anna.set_team_id("west");
  *add_period(anna, 120'000, 12, 20, 40).mutable_quota() = SampleMoney(100'000);
  add_period(anna, 30'000, 3, 4, 9);
  metrics::v1::ActualsRep& zoe = *messages[2].mutable_reps()->add_reps();
  zoe.set_rep_id("R002");
  zoe.set_team_id("north");
  add_period(zoe, 0, 0, 0, 0);
  add_period(zoe, 5'000, 1, 0, 2).mutable_booked()->set_nanos(250'000'000);
  return messages;
}

metrics::v1::PipelineStateHeader SampleRoster() {
  metrics::v1::PipelineStateHeader roster;
  for (const auto& [id, name] :
       {std::pair<const char*, const char*>{"R001", "Anna Snelling"}, {"R002", "Zoë Novák"}}) {
    auto* rep = roster.add_reps();
    rep->set_rep_id(id);
    rep->set_display_name(name);
  }
  auto* west = roster.add_teams();
  west->set_team_id("west");
  west->set_display_name("West");
  auto* north = roster.add_teams();
  north->set_team_id("north");
  north->set_display_name("North-west");
  north->set_parent_team_id("west");
  return roster;
}

planning::v1::ListGoalsResponse SampleGoals() {
  planning::v1::ListGoalsResponse response;
  auto* goal = response.add_goals();
  goal->set_name("workspaces/default/goals/q4-bookings");
  goal->set_display_name("Close the year well");
  goal->set_metric(planning::v1::GOAL_METRIC_BOOKINGS);
  goal->mutable_entity()->set_level(simulation::v1::LEVEL_ORG);
  *goal->mutable_amount() = SampleMoney(3'000'000);
  *goal->mutable_due_date() = SampleDate(2017, 12, 31);
  goal->set_kind(planning::v1::GOAL_KIND_COMMIT);
  goal->set_owner("Dana Reyes");
  goal->set_state(planning::v1::GOAL_STATE_ACTIVE);
  goal = response.add_goals();
  goal->set_name("workspaces/default/goals/east-reps");
  goal->set_metric(planning::v1::GOAL_METRIC_REPS_AT_QUOTA_SHARE);
  goal->mutable_entity()->set_level(simulation::v1::LEVEL_TEAM);
  goal->mutable_entity()->set_entity_id("east");
  goal->set_share(0.6);
  *goal->mutable_due_date() = SampleDate(2017, 12, 31);
  goal->set_kind(planning::v1::GOAL_KIND_STRETCH);
  goal->set_owner("Li Wei");
  goal->set_state(planning::v1::GOAL_STATE_DROPPED);
  goal->set_dropped_reason("the team was split");
  return response;
}

planning::v1::ListInitiativesResponse SampleInitiatives() {
  planning::v1::ListInitiativesResponse response;
  auto* initiative = response.add_initiatives();
  initiative->set_name("workspaces/default/initiatives/discovery-coaching");
  initiative->set_sponsor("Dana Reyes");
  auto* change = initiative->mutable_change();
  change->set_display_name("Discovery coaching");
  change->mutable_audience()->add_team_ids("east");
  change->mutable_effect()->mutable_win()->set_mean(0.1);
  change->mutable_effect()->mutable_win()->set_sd(0.05);
  *change->mutable_start_date() = SampleDate(2017, 10, 1);
  change->set_evidence("pilot of one team, 2017Q2");
  initiative->add_rep_ids("anna");
  initiative->add_rep_ids("zoe");
  initiative->set_state(planning::v1::INITIATIVE_STATE_STOPPED);
  *initiative->mutable_stop_date() = SampleDate(2017, 11, 15);
  initiative->set_stop_reason("no effect seen");
  initiative->mutable_limit_override()->set_reason("pilot ends in a week");
  initiative->mutable_limit_override()->set_approver("Dana Reyes");
  return response;
}

planning::v1::ListScenariosResponse SampleScenarios() {
  planning::v1::ListScenariosResponse response;
  auto* saved = response.add_scenarios();
  saved->set_name("workspaces/default/scenarios/two-hires");
  saved->mutable_scenario()->set_display_name("Coaching and two hires");
  *saved->mutable_scenario()->add_initiatives() = SampleInitiatives().initiatives(0).change();
  auto* hire = saved->mutable_scenario()->add_hires();
  hire->set_hire_id("hire-1");
  hire->set_team_id("east");
  *hire->mutable_start_date() = SampleDate(2017, 10, 16);
  saved->set_state(planning::v1::SAVED_SCENARIO_STATE_FROZEN);
  *saved->mutable_as_of() = SampleCertificate().as_of();
  saved->mutable_create_time()->set_seconds(1'500'000'000);
  return response;
}

planning::v1::GoalEvaluation SampleEvaluation() {
  planning::v1::GoalEvaluation evaluation;
  evaluation.set_goal("workspaces/default/goals/q4-bookings");
  *evaluation.mutable_probability() = SampleEstimate(0.37, 0.005, 0.06, 0.009);
  evaluation.set_suggested_kind(planning::v1::GOAL_KIND_STRETCH);
  evaluation.set_summary("The goal is reached with 37 % probability.");
  *evaluation.mutable_certificate() = SampleCertificate();
  return evaluation;
}

}  // namespace quotacast::cli
