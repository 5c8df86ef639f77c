// The pictures of a back-test's page, as SVG (svg_writer.h). Classes are those of the page's style
// sheet (backtest_page.cc).
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_BACKTEST_CHARTS_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_BACKTEST_CHARTS_H_

#include <string>

#include "clients/cli/render/backtest_words.h"
#include "quotacast/simulation/v1/backtest.pb.h"

namespace quotacast::cli {

// The organisation's 95, 80 and 50 % intervals with the median, per period and week, and what came,
// a line through each period; quotas where there are any. Empty without forecasts of it.
std::string IntervalChart(const BacktestResult& result);

// Forecasts per tenth of the outcome's rank, with the band that calibrated independent forecasts
// stay in.
std::string PitChart(const simulation::v1::LevelScores& scores);

// What happened against what was given as P(quota), with counts; the diagonal is perfect. Empty
// without quotas.
std::string ReliabilityChart(const simulation::v1::LevelScores& scores);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_BACKTEST_CHARTS_H_
