// A back-test of two quarters, for golden texts.
#ifndef QUOTACAST_CLIENTS_CLI_TESTING_SAMPLE_BACKTEST_H_
#define QUOTACAST_CLIENTS_CLI_TESTING_SAMPLE_BACKTEST_H_

#include <vector>

#include "clients/cli/render/backtest_words.h"
#include "quotacast/simulation/v1/backtest.pb.h"

namespace quotacast::cli {

// 2017Q2 and 2017Q3 at weeks 1 and 5, the organisation and two reps, one of them called
// "O'Neil <b>". The organisation booked 2,000,000 and 3,200,000; the forecasts' medians are
// 2,100,000 and 2,200,000, the second outcome outside every interval. Week 9 of 2017Q2 was
// refused.
BacktestResult SampleBacktest();

// As the service streams it: progress, forecasts, summary.
std::vector<simulation::v1::BacktestResponse> SampleBacktestMessages();

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_TESTING_SAMPLE_BACKTEST_H_
