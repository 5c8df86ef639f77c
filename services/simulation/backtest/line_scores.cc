#include "services/simulation/backtest/line_scores.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/status_macros.h"
#include "services/simulation/backtest/score_messages.h"
#include "services/simulation/field_values.h"
#include "services/simulation/result_converters.h"
#include "simulator/backtest/scores.h"

namespace quotacast::simulation {
namespace {

// The baselines' scores into the record and the message.
absl::Status ScoreBaselines(const LineBaselines& baselines, int64_t outcome, double per_major,
                            LineScore& score) {
  for (size_t b = 0; b < simulator::kBaselineCount; ++b) {
    const simulator::BaselineForecast& forecast = baselines.forecasts[b];
    v1::BaselineScore& message = *score.message.add_baselines();
    message.set_baseline(BaselineMessage(static_cast<simulator::Baseline>(b)));
    message.set_undefined_reason(forecast.undefined_reason);
    if (forecast.samples.empty()) continue;
    simulator::ForecastToScore to_score;
    to_score.samples = forecast.samples;
    QC_ASSIGN_OR_RETURN(score.scored.baselines[b], ScoreForecast(to_score, outcome));
    message.set_forecast(static_cast<double>(forecast.samples[(forecast.samples.size() - 1) / 2]) /
                         per_major);
    message.set_crps(score.scored.baselines[b]->crps / per_major);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LineScore> ScoreLine(const ReplayToScore& replay, int position) {
  const Line& line = replay.lines->lines()[static_cast<size_t>(position)];
  const Business& business = replay.forecast->business;
  const double per_major = static_cast<double>(business.currency.minor_per_major());
  const simulator::EntityPeriodForecast& forecast =
      replay.forecast->period.entities[static_cast<size_t>(line.entity)];
  const int64_t outcome = replay.outcomes_minor_units[static_cast<size_t>(position)];

  LineScore score;
  simulator::ForecastToScore to_score;
  to_score.samples = SamplesOf(*replay.forecast, line.entity);
  to_score.quota_minor_units = forecast.quota_minor_units;
  if (forecast.quota_minor_units.has_value()) {
    const auto reached = std::lower_bound(to_score.samples.begin(), to_score.samples.end(),
                                          *forecast.quota_minor_units);
    to_score.hit_probability = static_cast<double>(to_score.samples.end() - reached) /
                               static_cast<double>(to_score.samples.size());
    score.at_quota = {*to_score.hit_probability, outcome >= *forecast.quota_minor_units};
  }
  score.scored.key = {line.level, replay.period, replay.week, line.id};
  score.scored.outcome_minor_units = outcome;
  QC_ASSIGN_OR_RETURN(score.scored.model, ScoreForecast(to_score, outcome));

  v1::ScoredForecast& message = score.message;
  message.mutable_entity()->set_level(LevelMessage(line.level));
  if (line.level != simulator::ForecastLevel::kOrg)
    message.mutable_entity()->set_entity_id(line.id);
  message.set_display_name(line.display_name);
  message.set_period(replay.period);
  message.set_week(replay.week);
  *message.mutable_as_of_date() = DateFrom(business.state.as_of);
  message.set_model_hash(business.model_hash);
  *message.mutable_booked() = MoneyFrom(forecast.booked_minor_units, business.currency);
  *message.mutable_bookings() = DistributionFrom(forecast.bookings, per_major);
  *message.mutable_actual() = MoneyFrom(outcome, business.currency);
  if (forecast.quota_minor_units.has_value()) {
    *message.mutable_quota() = MoneyFrom(*forecast.quota_minor_units, business.currency);
    message.set_attain_probability(*to_score.hit_probability);
  }
  message.set_crps(score.scored.model.crps / per_major);
  message.set_pit_low(score.scored.model.pit.low);
  message.set_pit_high(score.scored.model.pit.high);
  QC_RETURN_IF_ERROR(ScoreBaselines(replay.baselines->lines[static_cast<size_t>(position)], outcome,
                                    per_major, score));
  return score;
}

}  // namespace quotacast::simulation
