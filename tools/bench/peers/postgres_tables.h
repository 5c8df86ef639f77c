// The same questions put to a PostgreSQL server of this program's own.
#ifndef QUOTACAST_TOOLS_BENCH_PEERS_POSTGRES_TABLES_H_
#define QUOTACAST_TOOLS_BENCH_PEERS_POSTGRES_TABLES_H_

#include "absl/status/statusor.h"
#include "tools/bench/peers/database_question.h"

namespace quotacast::bench {

// Starts the server, loads the rows, and asks as "postgres/table" and "postgres/as_of". The server
// reads the files in `question.folder` itself, possibly as another user, who must be allowed to.
// Errors of the server.
absl::StatusOr<DatabaseAnswers> AskPostgres(const DatabaseQuestion& question);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_PEERS_POSTGRES_TABLES_H_
