// Words and figures of back-tests that the terminal's report and the page share.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_BACKTEST_WORDS_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_BACKTEST_WORDS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "quotacast/simulation/v1/backtest.pb.h"
#include "quotacast/simulation/v1/forecast.pb.h"

namespace quotacast::cli {

// All that a back-test streamed but its progress.
struct BacktestResult {
  std::vector<simulation::v1::ScoredForecast> forecasts;
  simulation::v1::BacktestSummary summary;
};

// "B0 weighted pipeline".
std::string BaselineWords(simulation::v1::Baseline baseline);

// "Organisation", "Teams", "Reps".
std::string LevelHeading(simulation::v1::Level level);

// "all" for 0, else the number.
std::string WeekText(int week);

// "83 % (40 to 97)", or "83 %" without an interval, or "-".
std::string ShareText(const simulation::v1::ScoreFigure& figure);

// "+12 % (-8 to +30)": signed, as ShareText otherwise.
std::string SkillText(const simulation::v1::ScoreFigure& figure);

// "14.2 %" and "0.143", or "-".
std::string WapeText(const simulation::v1::ScoreFigure& figure);
std::string BrierText(const simulation::v1::ScoreFigure& figure);

// The share of outcomes inside the interval of `level`; an empty figure when it is not there.
const simulation::v1::ScoreFigure& CoverageOf(const simulation::v1::LevelScores& scores,
                                              double level);
// The skill against a baseline; an empty figure when it is not there.
const simulation::v1::ScoreFigure& SkillOf(const simulation::v1::LevelScores& scores,
                                           simulation::v1::Baseline baseline);

// The organisation's forecasts, in order of period and week.
std::vector<const simulation::v1::ScoredForecast*> OrganisationForecasts(
    const BacktestResult& result);

// The scores of a level over all weeks; null when it was not scored.
const simulation::v1::LevelScores* AllWeeksOf(const simulation::v1::BacktestSummary& summary,
                                              simulation::v1::Level level);

// Whether what was booked lies within the central 80 %.
bool InsideEighty(const simulation::v1::ScoredForecast& forecast);

// "what had been recorded by each past day" and so on.
std::string ReplayModeText(simulation::v1::ReplayMode mode);

// Counts per tenth that `forecast_count` independent forecasts that know the law stay between, 95
// times of 100: the 2.5 % and 97.5 % quantiles of Binomial(forecast_count, 1/10).
struct CountBand {
  int64_t low = 0;
  int64_t high = 0;
};
CountBand CalibratedTenth(int64_t forecast_count);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_BACKTEST_WORDS_H_
