// A back-test, from the headline to what it rests on.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_BACKTEST_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_BACKTEST_REPORT_H_

#include <string>

#include "clients/cli/render/backtest_words.h"
#include "clients/cli/render/terminal.h"
#include "quotacast/simulation/v1/backtest.pb.h"

namespace quotacast::cli {

// Headline, coverage and skill per level and week, where outcomes fell, every forecast of the
// organisation beside what came, refusals, data and warnings.
std::string BacktestReport(const BacktestResult& result, const Terminal& terminal);

// Ten bars, one per tenth of the forecast: "▂▅█▃▂▁▁▂▃▄".
std::string PitPicture(const simulation::v1::LevelScores& scores, const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_BACKTEST_REPORT_H_
