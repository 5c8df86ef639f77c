// What a back-test comes to: collects scores, refusals and what is odd of each replay, and makes
// the summary.
#ifndef QUOTACAST_SERVICES_SIMULATION_BACKTEST_TALLY_H_
#define QUOTACAST_SERVICES_SIMULATION_BACKTEST_TALLY_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quotacast/simulation/v1/backtest.pb.h"
#include "quotacast/type/v1/certificate.pb.h"
#include "services/simulation/backtest/baseline_forecasts.h"
#include "services/simulation/backtest/line_scores.h"
#include "services/simulation/backtest/lines.h"
#include "services/simulation/backtest/past.h"
#include "services/simulation/backtest/reliability.h"
#include "services/simulation/backtest/replay_forecast.h"
#include "services/simulation/backtest/schedule.h"
#include "services/simulation/field_values.h"
#include "simulator/backtest/score_record.h"

namespace quotacast::simulation {

// Not thread-safe. Calls come in the order of the replays.
class BacktestTally {
 public:
  // `outcomes` must outlive this. With `begins_with_first_forecast` refusals before the first
  // forecast are only counted, unless no forecast comes.
  BacktestTally(const PastActuals* outcomes, v1::ReplayMode mode, const ReplayOptions& options,
                std::vector<int> weeks, bool begins_with_first_forecast);

  void Refuse(const std::string& period, const Replay& replay, const type::v1::Refusal& refusal);
  void Note(const Replay& replay, const ReplayForecast& forecast, const Lines& lines,
            const BaselineForecasts& baselines);
  // Errors: as ScoreRecord::Add.
  absl::Status Add(LineScore score);

  // Once, at the end.
  absl::StatusOr<v1::BacktestSummary> Summary();

 private:
  absl::Status AddScores();
  void AddLevel(const simulator::LevelSummary& summary, int week);
  void AddWarnings();

  const PastActuals* const outcomes_;
  const v1::ReplayMode mode_;
  const ReplayOptions options_;
  const std::vector<int> weeks_;
  const bool begins_with_first_forecast_;

  simulator::ScoreRecord record_;
  // By level and week; 0: all weeks.
  std::map<std::pair<simulator::ForecastLevel, int>, std::vector<ChanceAndOutcome>> at_quota_;
  std::vector<v1::RefusedReplay> refusals_;
  std::vector<v1::RefusedReplay> refusals_before_first_forecast_;
  v1::BacktestSummary summary_;

  int64_t replay_count_ = 0;  // With a forecast.
  std::set<int> scored_periods_;
  std::string model_hashes_;
  CurrencyUnit currency_{.code = ""};
  int64_t fewest_trials_ = 0;
  int64_t most_trials_ = 0;
  std::set<WinProbabilitySource> probability_sources_;
  int64_t due_count_ = 0;
  int64_t without_expected_day_count_ = 0;
  int64_t without_amount_count_ = 0;
  int64_t newcomer_count_ = 0;
};

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_BACKTEST_TALLY_H_
