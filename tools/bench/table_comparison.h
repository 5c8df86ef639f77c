// The book's tables against group-bys in databases over the same rows, every cell compared.
#ifndef QUOTACAST_TOOLS_BENCH_TABLE_COMPARISON_H_
#define QUOTACAST_TOOLS_BENCH_TABLE_COMPARISON_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/clock.h"
#include "services/metrics/book.h"
#include "tools/bench/deal_histories.h"
#include "tools/bench/figures.h"

namespace quotacast::bench {

struct ComparisonOptions {
  std::vector<std::string> databases = {"duckdb", "sqlite", "postgres"};
  std::string python;  // Has the package duckdb, when that is among them.
};

// `book` holds the histories. UNAVAILABLE when a database does not run.
absl::Status CompareTables(const ComparisonOptions& options, const std::string& prefix,
                           const DealHistories& histories, const metrics::Book& book,
                           const Clock& clock, Figures& figures);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_TABLE_COMPARISON_H_
