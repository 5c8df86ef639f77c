#!/usr/bin/env bash
# Goal: the benchmark of metrics runs and all its answers are right: book and databases agree in every
# cell, an answer has what was acknowledged before it. Method: a small run of all parts and a small
# sweep; times are not judged. Without DuckDB, which only tools/do bench metrics installs.
set -euo pipefail
bench=tools/bench/metrics_bench
figures=$TEST_TMPDIR/figures

expect() {  # expect COUNT PATTERN
  local found
  found=$(grep -cE "$2" "$figures" || true)
  [ "$found" = "$1" ] || { cat "$figures"; echo "found $found lines, expected $1, of $2" >&2; exit 1; }
}

"$bench" --size 5000 --databases sqlite,postgres --python /usr/bin/python3 \
  --server services/quotacastd/quotacastd --feed-seconds 0.5 >"$figures"
expect 4 $'^metrics_5000_(table|as_of)_over_(sqlite|postgres)_same_cells\t1\t'
expect 1 $'^metrics_5000_snapshot_answers_as_the_book\t1\t'
expect 1 $'^metrics_5000_visible_answers_have_what_was_acknowledged\t1\t'
expect 1 $'^metrics_5000_visible_p99_milliseconds\t[0-9.]+\t<=50\t'

"$bench" --sweep --size 10000 >"$figures"
expect 1 $'^metrics_sweep_answers_are_those_of_the_events\t1\t'
expect 18 $'^metrics_sweep_(10|100|1000)_reps_[a-z_]+_exponent\t-?[0-9.e-]+\t<=1.1\t'
echo "all answers are right"
