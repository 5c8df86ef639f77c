// The same group-bys in databases: runs database_tables.py and reads what it found.
#ifndef QUOTACAST_TOOLS_BENCH_PEERS_DATABASE_TABLES_H_
#define QUOTACAST_TOOLS_BENCH_PEERS_DATABASE_TABLES_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace quotacast::bench {

// Closed deals of one rep.
struct RepRow {
  int64_t won_count = 0;
  int64_t lost_count = 0;
  int64_t booked_minor_units = 0;
  bool operator==(const RepRow&) const = default;
};

// By rep; reps without closed deals have no row.
using RepTable = std::map<std::string, RepRow>;

struct DatabaseAnswer {
  std::vector<double> seconds;  // One per round.
  RepTable table;
};

// Where the rows are, and what is asked of them.
struct DatabaseQuestion {
  std::string python;  // An interpreter that has duckdb.
  std::string folder;  // Holds events.csv and deals.csv, see database_tables.py.
  absl::CivilDay as_of_day;
  absl::CivilDay first_day;
  absl::CivilDay last_day;
};

// By "<database>/<question>": "duckdb/table", "sqlite/as_of" ... UNAVAILABLE with the peer's own
// words when it does not run.
absl::StatusOr<std::map<std::string, DatabaseAnswer>> AskDatabases(
    const DatabaseQuestion& question);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_PEERS_DATABASE_TABLES_H_
