#include "clients/cli/testing/sample_backtest.h"

#include <cstdint>
#include <string>

#include "clients/cli/testing/sample_messages.h"

namespace quotacast::cli {
namespace {

using simulation::v1::LevelScores;
using simulation::v1::ScoredForecast;

ScoredForecast Forecast(simulation::v1::Level level, const std::string& id, const std::string& name,
                        const std::string& period, int week, double median, double spread,
                        int64_t actual) {
  ScoredForecast forecast;
  forecast.mutable_entity()->set_level(level);
  forecast.mutable_entity()->set_entity_id(id);
  forecast.set_display_name(name);
  forecast.set_period(period);
  forecast.set_week(week);
  *forecast.mutable_as_of_date() = period == "2017Q2"
                                       ? SampleDate(2017, week == 1 ? 3 : 4, week == 1 ? 31 : 28)
                                       : SampleDate(2017, week == 1 ? 6 : 7, week == 1 ? 30 : 28);
  *forecast.mutable_booked() = SampleMoney(week == 1 ? 0 : actual / 4);
  *forecast.mutable_bookings() = SampleDistribution(median, spread, 1'000);
  *forecast.mutable_actual() = SampleMoney(actual);
  forecast.set_crps(50'000);
  auto& b0 = *forecast.add_baselines();
  b0.set_baseline(simulation::v1::BASELINE_WEIGHTED_PIPELINE);
  b0.set_forecast(median * 0.8);
  b0.set_crps(90'000);
  auto& b2 = *forecast.add_baselines();
  b2.set_baseline(simulation::v1::BASELINE_SEASONAL_NAIVE);
  b2.set_undefined_reason("less than a year of history");
  return forecast;
}

LevelScores Scores(simulation::v1::Level level, int week, int64_t count) {
  LevelScores scores;
  scores.set_level(level);
  scores.set_week(week);
  scores.set_forecast_count(count);
  scores.set_period_count(2);
  scores.set_directional(true);
  scores.set_mean_crps(123'456);
  for (const double width : {0.5, 0.8, 0.95}) {
    auto& coverage = *scores.add_coverage();
    coverage.set_level(width);
    coverage.mutable_share()->set_value(0.5);
    coverage.mutable_share()->set_low(0.12);
    coverage.mutable_share()->set_high(0.88);
  }
  for (int tenth = 0; tenth < 10; ++tenth) {
    scores.add_pit_counts(tenth == 4 || tenth == 9 ? static_cast<double>(count) / 2 : 0);
  }
  scores.set_bias(-450'000);
  scores.mutable_wape()->set_value(0.212);
  if (level == simulation::v1::LEVEL_REP) {
    scores.mutable_brier()->set_value(0.1875);
    auto& bin = *scores.add_reliability();
    bin.set_forecast(0.25);
    bin.set_observed(0.5);
    bin.set_forecast_count(count);
  }
  auto& b0 = *scores.add_skills();
  b0.set_baseline(simulation::v1::BASELINE_WEIGHTED_PIPELINE);
  b0.mutable_skill()->set_value(0.44);
  b0.mutable_skill()->set_low(-0.1);
  b0.mutable_skill()->set_high(0.6);
  b0.set_forecast_count(count);
  auto& b1 = *scores.add_skills();
  b1.set_baseline(simulation::v1::BASELINE_PIPELINE_CONVERSION);
  b1.mutable_skill()->set_value(-0.07);
  return scores;
}

}  // namespace

BacktestResult SampleBacktest() {
  BacktestResult result;
  for (const std::string period : {"2017Q2", "2017Q3"}) {
    const bool first = period == "2017Q2";
    for (const int week : {1, 5}) {
      result.forecasts.push_back(Forecast(simulation::v1::LEVEL_ORG, "", "Organisation", period,
                                          week, first ? 2'100'000 : 2'200'000, 100'000,
                                          first ? 2'000'000 : 3'200'000));
      for (const char* rep : {"anna", "oneil"}) {
        result.forecasts.push_back(Forecast(simulation::v1::LEVEL_REP, rep,
                                            rep == std::string("anna") ? "Anna" : "O'Neil <b>",
                                            period, week, 100'000, 20'000, 120'000));
      }
    }
    auto& message = *result.summary.add_periods();
    message.set_name(period);
  }
  simulation::v1::BacktestSummary& summary = result.summary;
  for (const auto& [level, count] : {std::pair{simulation::v1::LEVEL_ORG, int64_t{4}},
                                     std::pair{simulation::v1::LEVEL_REP, int64_t{8}}}) {
    *summary.add_scores() = Scores(level, 0, count);
    *summary.add_scores() = Scores(level, 1, count / 2);
    *summary.add_scores() = Scores(level, 5, count / 2);
  }
  auto& refused = *summary.add_refusals();
  refused.set_period("2017Q2");
  refused.set_week(9);
  *refused.mutable_as_of_date() = SampleDate(2017, 5, 26);
  refused.mutable_refusal()->set_reason("DATA_TIER_TOO_LOW");
  refused.mutable_refusal()->set_message("12 deals were won, a forecast needs 20.");
  *summary.mutable_as_of()->mutable_effective_date() = SampleDate(2017, 12, 31);
  summary.mutable_as_of()->set_log_offset(16'321);
  summary.set_replay_mode(simulation::v1::REPLAY_MODE_EFFECTIVE);
  summary.set_currency_code("USD");
  auto& record = *summary.mutable_track_record();
  record.set_engine_id("scalar-1");
  record.set_models_hash("3f2a9c01d7e4");
  summary.set_trial_count(4'096);
  summary.set_seed(7);
  summary.set_step_days(7);
  summary.add_warnings("Past days are seen as they are known today.");
  summary.set_summary("4 forecasts of 2 periods, 2017Q2 to 2017Q3.");
  return result;
}

std::vector<simulation::v1::BacktestResponse> SampleBacktestMessages() {
  const BacktestResult result = SampleBacktest();
  std::vector<simulation::v1::BacktestResponse> messages(3);
  auto& progress = *messages[0].mutable_progress();
  progress.set_replays_total(4);
  progress.set_period("2017Q2");
  progress.set_week(1);
  for (const auto& forecast : result.forecasts) {
    *messages[1].mutable_forecasts()->add_forecasts() = forecast;
  }
  *messages[2].mutable_summary() = result.summary;
  return messages;
}

}  // namespace quotacast::cli
