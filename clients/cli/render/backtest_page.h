// A back-test as one web page: pictures, tables and words in a single file that needs nothing else,
// for light and dark screens and for paper.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_BACKTEST_PAGE_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_BACKTEST_PAGE_H_

#include <string>

#include "clients/cli/render/backtest_words.h"

namespace quotacast::cli {

// HTML of the whole page. No scripts, nothing fetched; all text from data is escaped.
std::string BacktestPage(const BacktestResult& result);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_BACKTEST_PAGE_H_
