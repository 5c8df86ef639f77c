#include "tools/bench/peers/postgres_tables.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status_macros.h"
#include "services/eventlog/postgres_connection.h"
#include "services/eventlog/postgres_test_cluster.h"
#include "services/metrics/day_number.h"
#include "tools/bench/peers/database_question.h"

namespace quotacast::bench {
namespace {

using eventlog::PostgresConnection;
using Stopwatch = std::chrono::steady_clock;

// All of the tables in memory and no sort on disk. Compiling a query costs more than it saves here:
// 190 ms against 240 of `as_of` at 100,000 deals.
const std::vector<std::string>& Settings() {
  static const auto* const kSettings = new std::vector<std::string>{
      "shared_buffers=1GB",       "work_mem=256MB",       "maintenance_work_mem=256MB",
      "effective_cache_size=2GB", "random_page_cost=1.1", "jit=off",
      "max_wal_size=4GB",
  };
  return *kSettings;
}

constexpr char kSchema[] = R"sql(
CREATE UNLOGGED TABLE deals (deal bigint, rep text, outcome text, closed_day integer,
                             amount bigint);
CREATE UNLOGGED TABLE events (deal bigint, seq integer, day integer, stage text, amount bigint,
                              rep text);)sql";

// Both questions are answered from indexes alone.
constexpr char kIndexes[] = R"sql(
CREATE INDEX deal_by_day ON deals (closed_day) INCLUDE (rep, outcome, amount);
CREATE INDEX event_stage ON events (deal, seq DESC) INCLUDE (day, stage) WHERE stage IS NOT NULL;
CREATE INDEX event_amount ON events (deal, seq DESC) INCLUDE (day, amount)
  WHERE amount IS NOT NULL;
CREATE INDEX event_rep ON events (deal, seq DESC) INCLUDE (day, rep) WHERE rep IS NOT NULL;)sql";

// What is not asked for is zero.
constexpr char kRates[] = R"sql(
SELECT rep, count(*) FILTER (WHERE outcome = 'won'), count(*) FILTER (WHERE outcome = 'lost'), 0
FROM deals WHERE closed_day BETWEEN $FIRST AND $LAST GROUP BY rep ORDER BY rep)sql";
constexpr char kBookings[] = R"sql(
SELECT rep, 0, 0, sum(amount)::bigint
FROM deals WHERE closed_day BETWEEN $FIRST AND $LAST AND outcome = 'won'
GROUP BY rep ORDER BY rep)sql";

// The last value of each field among the events of a deal up to the day. At 100,000 deals DISTINCT
// ON over the three indexes takes 190 ms; LIMIT 1 in a LATERAL query per deal 450, with one only
// for the fields of closed deals 250; an ordered array_agg or the greatest (seq, value) of each
// field 550.
constexpr char kAsOf[] = R"sql(
WITH stages AS (SELECT DISTINCT ON (deal) deal, stage FROM events
                WHERE day <= $AS_OF AND stage IS NOT NULL ORDER BY deal, seq DESC),
     amounts AS (SELECT DISTINCT ON (deal) deal, amount FROM events
                 WHERE day <= $AS_OF AND amount IS NOT NULL ORDER BY deal, seq DESC),
     owners AS (SELECT DISTINCT ON (deal) deal, rep FROM events
                WHERE day <= $AS_OF AND rep IS NOT NULL ORDER BY deal, seq DESC)
SELECT rep, count(*) FILTER (WHERE stage = 'Closed Won'),
       count(*) FILTER (WHERE stage = 'Closed Lost'),
       coalesce(sum(amount) FILTER (WHERE stage = 'Closed Won'), 0)::bigint
FROM stages LEFT JOIN amounts USING (deal) LEFT JOIN owners USING (deal)
WHERE stage IN ('Closed Won', 'Closed Lost') GROUP BY rep ORDER BY rep)sql";

absl::Status LoadRows(const std::string& folder, PostgresConnection& connection) {
  QC_RETURN_IF_ERROR(connection.Execute(kSchema));
  for (const char* table : {"deals", "events"}) {
    QC_RETURN_IF_ERROR(connection.Execute(
        absl::StrCat("COPY ", table, " FROM '", folder, "/", table, ".csv' (FORMAT csv, HEADER)")));
  }
  QC_RETURN_IF_ERROR(connection.Execute(kIndexes));
  // Statistics for the planner, and the marks without which an index alone does not answer.
  QC_RETURN_IF_ERROR(connection.Execute("VACUUM (ANALYZE)"));
  return connection.Execute("CHECKPOINT");
}

void AddRows(const eventlog::PostgresResult& rows, RepTable& table) {
  for (int i = 0; i < rows.row_count(); ++i) {
    RepRow& row = table[std::string(rows.Bytes(i, 0))];
    row.won_count += rows.Int(i, 1);
    row.lost_count += rows.Int(i, 2);
    row.booked_minor_units += rows.Int(i, 3);
  }
}

// Days are part of the text: a statement is planned once, for these very days, before it is
// measured.
absl::StatusOr<DatabaseAnswer> Ask(const std::vector<std::string>& statements, int rounds,
                                   PostgresConnection& connection) {
  for (const std::string& sql : statements) {
    QC_RETURN_IF_ERROR(connection.Run(sql, {}).status());
  }
  DatabaseAnswer answer;
  for (int round = 0; round < rounds; ++round) {
    answer.table.clear();
    answer.seconds.push_back(0);
    for (const std::string& sql : statements) {
      const auto start = Stopwatch::now();
      QC_ASSIGN_OR_RETURN(const eventlog::PostgresResult rows, connection.Run(sql, {}));
      answer.seconds.back() += std::chrono::duration<double>(Stopwatch::now() - start).count();
      AddRows(rows, answer.table);
    }
  }
  return answer;
}

}  // namespace

absl::StatusOr<DatabaseAnswers> AskPostgres(const DatabaseQuestion& question) {
  const auto cluster = eventlog::PostgresTestCluster::Start({.settings = Settings()});
  QC_ASSIGN_OR_RETURN(const auto address,
                      eventlog::PostgresAddress::Parse(cluster->ConnectionString()));
  QC_ASSIGN_OR_RETURN(const auto connection, PostgresConnection::Open(address, {}));
  // The event store's sessions forbid the planner what such a store never needs, and long
  // statements.
  QC_RETURN_IF_ERROR(connection->Execute("RESET ALL"));
  QC_RETURN_IF_ERROR(LoadRows(question.folder, *connection));
  DatabaseAnswers answers;
  const auto ask = [&](std::vector<std::string> statements) {
    for (std::string& sql : statements) {
      absl::StrReplaceAll({{"$AS_OF", absl::StrCat(metrics::NumberOfDay(question.as_of_day))},
                           {"$FIRST", absl::StrCat(metrics::NumberOfDay(question.first_day))},
                           {"$LAST", absl::StrCat(metrics::NumberOfDay(question.last_day))}},
                          &sql);
    }
    return Ask(statements, question.rounds, *connection);
  };
  QC_ASSIGN_OR_RETURN(answers["postgres/table"], ask({kRates, kBookings}));
  QC_ASSIGN_OR_RETURN(answers["postgres/as_of"], ask({kAsOf}));
  return answers;
}

}  // namespace quotacast::bench
