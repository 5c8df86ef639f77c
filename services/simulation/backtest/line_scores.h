// One replay's lines against what came: the scores of the model and of the baselines.
#ifndef QUOTACAST_SERVICES_SIMULATION_BACKTEST_LINE_SCORES_H_
#define QUOTACAST_SERVICES_SIMULATION_BACKTEST_LINE_SCORES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "quotacast/simulation/v1/backtest.pb.h"
#include "services/simulation/backtest/baseline_forecasts.h"
#include "services/simulation/backtest/lines.h"
#include "services/simulation/backtest/reliability.h"
#include "services/simulation/backtest/replay_forecast.h"
#include "simulator/backtest/score_record.h"

namespace quotacast::simulation {

struct LineScore {
  simulator::ScoredForecast scored;          // For the record.
  v1::ScoredForecast message;                // For the caller.
  std::optional<ChanceAndOutcome> at_quota;  // With a quota.
};

struct ReplayToScore {
  std::string period;
  int week = 1;
  const ReplayForecast* forecast = nullptr;
  const Lines* lines = nullptr;
  const BaselineForecasts* baselines = nullptr;
  std::vector<int64_t> outcomes_minor_units;  // By position in Lines::lines().
};

// The scores of one line. Errors: as simulator/backtest/scores.h.
absl::StatusOr<LineScore> ScoreLine(const ReplayToScore& replay, int line);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_BACKTEST_LINE_SCORES_H_
