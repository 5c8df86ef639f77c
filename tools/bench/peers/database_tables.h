// The questions put to databases that live in a process: runs database_tables.py and reads what it
// found.
#ifndef QUOTACAST_TOOLS_BENCH_PEERS_DATABASE_TABLES_H_
#define QUOTACAST_TOOLS_BENCH_PEERS_DATABASE_TABLES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/bench/peers/database_question.h"

namespace quotacast::bench {

// `databases`: "duckdb", for which `python` must have the package, and "sqlite", which every Python
// has. UNAVAILABLE with the peer's own words when it does not run.
absl::StatusOr<DatabaseAnswers> AskDatabases(const std::string& python,
                                             const std::vector<std::string>& databases,
                                             const DatabaseQuestion& question);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_PEERS_DATABASE_TABLES_H_
