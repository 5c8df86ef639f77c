// What metrics and the databases beside it are asked: who closed how much.
#ifndef QUOTACAST_TOOLS_BENCH_PEERS_DATABASE_QUESTION_H_
#define QUOTACAST_TOOLS_BENCH_PEERS_DATABASE_QUESTION_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

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

// Two questions over the rows in a folder. "table" asks deals.csv for the deals closed from
// `first_day` to `last_day`: one group-by for wins and losses and one for bookings, as two KPI
// tables are asked for. "as_of" asks events.csv for all that were closed at the end of `as_of_day`.
// All by rep. database_tables.py says what the columns are.
struct DatabaseQuestion {
  std::string folder;
  absl::CivilDay as_of_day;
  absl::CivilDay first_day;
  absl::CivilDay last_day;
  int rounds = 1;
};

struct DatabaseAnswer {
  std::vector<double> seconds;  // One per round.
  RepTable table;
};

// By "<database>/<question>": "duckdb/table", "sqlite/as_of" ...
using DatabaseAnswers = std::map<std::string, DatabaseAnswer>;

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_PEERS_DATABASE_QUESTION_H_
