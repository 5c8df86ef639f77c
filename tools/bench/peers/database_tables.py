"""The peers of metrics_bench: the same group-bys in DuckDB and in SQLite, over the same rows.

    python database_tables.py FOLDER AS_OF_DAY FIRST_DAY LAST_DAY ROUNDS DATABASE...

FOLDER holds events.csv (deal, seq, day, stage, amount, rep; stage and amount may be empty, rep is on
the first event only) and deals.csv (deal, rep, outcome, closed_day, amount) - the deals as of
AS_OF_DAY. Days are numbers since 1970-01-01, amounts minor units. Prints one JSON object: per database
the seconds of each round of two questions, and the answers as rows (rep, won, lost, booked):

  table   deals.csv, closed from FIRST_DAY to LAST_DAY, by rep: wins and losses, then bookings, as
          two KPI tables ask for them
  as_of   events.csv, as they stood on AS_OF_DAY, all closed deals by rep
"""

import itertools
import json
import os
import sqlite3
import sys
import time

WON = "Closed Won"
LOST = "Closed Lost"

TABLE = ["""
SELECT rep, count(*) FILTER (WHERE outcome = 'won'), count(*) FILTER (WHERE outcome = 'lost'), 0
FROM deals WHERE closed_day BETWEEN {first} AND {last} GROUP BY rep ORDER BY rep
""", """
SELECT rep, 0, 0, sum(amount)
FROM deals WHERE closed_day BETWEEN {first} AND {last} AND outcome = 'won' GROUP BY rep ORDER BY rep
"""]

# The last value of each field among the events of a deal up to the day.
DUCKDB_AS_OF = f"""
WITH state AS (
  SELECT arg_max(rep, seq) FILTER (WHERE rep IS NOT NULL) AS rep,
         arg_max(stage, seq) FILTER (WHERE stage IS NOT NULL) AS stage,
         arg_max(amount, seq) FILTER (WHERE amount IS NOT NULL) AS amount
  FROM events WHERE day <= {{as_of}} GROUP BY deal)
SELECT rep, count(*) FILTER (WHERE stage = '{WON}'), count(*) FILTER (WHERE stage = '{LOST}'),
       coalesce(sum(amount) FILTER (WHERE stage = '{WON}'), 0)
FROM state WHERE stage IN ('{WON}', '{LOST}') GROUP BY rep ORDER BY rep
"""

# A bare column beside max() is of the row that has the maximum; an index leads to it.
SQLITE_AS_OF = f"""
WITH deal AS (SELECT DISTINCT deal FROM events),
state AS (
  SELECT (SELECT rep FROM events e WHERE e.deal = d.deal AND day <= {{as_of}} AND rep IS NOT NULL
          ORDER BY seq DESC LIMIT 1) AS rep,
         (SELECT stage FROM events e WHERE e.deal = d.deal AND day <= {{as_of}} AND stage IS NOT NULL
          ORDER BY seq DESC LIMIT 1) AS stage,
         (SELECT amount FROM events e WHERE e.deal = d.deal AND day <= {{as_of}}
          AND amount IS NOT NULL ORDER BY seq DESC LIMIT 1) AS amount
  FROM deal d)
SELECT rep, count(*) FILTER (WHERE stage = '{WON}'), count(*) FILTER (WHERE stage = '{LOST}'),
       coalesce(sum(amount) FILTER (WHERE stage = '{WON}'), 0)
FROM state WHERE stage IN ('{WON}', '{LOST}') GROUP BY rep ORDER BY rep
"""

COLUMNS = {
    "events": "deal BIGINT, seq BIGINT, day INTEGER, stage VARCHAR, amount BIGINT, rep VARCHAR",
    "deals": "deal BIGINT, rep VARCHAR, outcome VARCHAR, closed_day INTEGER, amount BIGINT",
}


def measure(run, queries, rounds):
    """Answers of several queries have different columns filled; the others are zero."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        answers = [run(query) for query in queries]
        seconds.append(time.perf_counter() - start)
    sums = {}
    for rep, *cells in itertools.chain.from_iterable(answers):
        sums[rep] = [a + int(b) for a, b in zip(sums.get(rep, [0, 0, 0]), cells)]
    return seconds, [[rep, *cells] for rep, cells in sums.items()]


def in_duckdb(folder, questions, rounds):
    import duckdb  # Here only: SQLite comes with every Python.

    connection = duckdb.connect()
    for table, columns in COLUMNS.items():
        connection.execute(f"CREATE TABLE {table} ({columns})")
        path = os.path.join(folder, table + ".csv")
        connection.execute(f"COPY {table} FROM '{path}' (HEADER, NULLSTR '')")
    return {name: measure(lambda query: connection.execute(query).fetchall(), queries, rounds)
            for name, queries in questions.items()}


def in_sqlite(folder, questions, rounds):
    connection = sqlite3.connect(":memory:")
    for table, columns in COLUMNS.items():
        connection.execute(f"CREATE TABLE {table} ({columns})")
        with open(os.path.join(folder, table + ".csv"), encoding="utf-8") as file:
            next(file)
            rows = ([None if cell == "" else cell for cell in line.rstrip("\n").split(",")]
                    for line in file)
            marks = ",".join("?" * len(columns.split(",")))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    connection.execute("CREATE INDEX event_by_deal ON events (deal, seq, day, stage, amount, rep)")
    connection.execute("CREATE INDEX deal_by_day ON deals (closed_day, rep, outcome, amount)")
    connection.execute("ANALYZE")
    return {name: measure(lambda query: connection.execute(query).fetchall(), queries, rounds)
            for name, queries in questions.items()}


PEERS = {"duckdb": (in_duckdb, DUCKDB_AS_OF), "sqlite": (in_sqlite, SQLITE_AS_OF)}


def main():
    folder, as_of, first, last, rounds = sys.argv[1:6]
    days = {"as_of": int(as_of), "first": int(first), "last": int(last)}
    result = {}
    for name in sys.argv[6:]:
        run, as_of_query = PEERS[name]
        answers = run(folder, {"table": [query.format(**days) for query in TABLE],
                               "as_of": [as_of_query.format(**days)]}, int(rounds))
        result[name] = {question: {"seconds": seconds, "rows": rows}
                        for question, (seconds, rows) in answers.items()}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
