// B0, B1 and B2 of every line, from what was known on the as-of day (docs/validation.md, section
// 4).
#ifndef QUOTACAST_SERVICES_SIMULATION_BACKTEST_BASELINE_FORECASTS_H_
#define QUOTACAST_SERVICES_SIMULATION_BACKTEST_BASELINE_FORECASTS_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/fiscal_calendar.h"
#include "services/simulation/backtest/lines.h"
#include "services/simulation/backtest/past.h"
#include "simulator/backtest/baselines.h"
#include "simulator/backtest/score_record.h"

namespace quotacast::simulation {

// Past periods that conversions and shares rest on: the latest ones.
inline constexpr int kMaxPastPeriods = 8;

// A period before the one forecast, which had ended by the as-of day, and the pipeline as it stood
// at the same week of it.
struct PastWeek {
  FiscalPeriod period;
  const PipelineSnapshot* snapshot = nullptr;
};

struct BaselineContext {
  const Lines* lines = nullptr;
  FiscalPeriod period;                    // The one forecast.
  const PipelineSnapshot* now = nullptr;  // On the as-of day.
  std::vector<PastWeek> past;             // Any order.
  // Every earlier snapshot at hand, for the share won from a stage.
  std::vector<const PipelineSnapshot*> seen;
  const PastActuals* known = nullptr;       // On the as-of day, with the won deals.
  std::vector<int64_t> booked_minor_units;  // In the period by the as-of day, by line.
};

// Where B0's probabilities are from.
enum class WinProbabilitySource { kStated, kHistory, kNone };

struct StageWinShares {
  std::map<std::string, double> by_stage;
  WinProbabilitySource source = WinProbabilitySource::kNone;
};
// The source's probability of every open stage when it states one for each stage that has open
// deals; else, of the deals that stood open in the stage in an earlier snapshot and were decided
// by the as-of day, the share that was won. A deal counts once per stage. A stage without a decided
// deal takes the share of all stages; without any there is none.
StageWinShares WinSharesOf(const BaselineContext& context);

struct LineBaselines {
  std::array<simulator::BaselineForecast, simulator::kBaselineCount> forecasts;  // By Baseline.
};
struct BaselineForecasts {
  std::vector<LineBaselines> lines;  // By position in Lines::lines().
  WinProbabilitySource win_probability_source = WinProbabilitySource::kNone;
  int64_t due_count = 0;                         // Open deals due in the period.
  int64_t deals_without_expected_day_count = 0;  // Of these; counted as due.
  int64_t deals_without_amount_count = 0;        // Of these; see below.
};

// A deal without an amount weighs in B0 what won deals booked on average by the as-of day; B1
// takes no notice of it while it is open. A deal was won "from open" for a line when it was open
// and due in that line at the time and booked in that line by the end of the period; everything
// else booked after the day is "new". B2's history of a line begins with the period of its first
// deal. Errors: as simulator/backtest/baselines.h.
absl::StatusOr<BaselineForecasts> BaselineForecastsOf(const BaselineContext& context);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_BACKTEST_BASELINE_FORECASTS_H_
