#!/usr/bin/env bash
# Goal: the benchmark of the exact engine runs and both engines agree. Method: a small sales force;
# times are not judged.
set -euo pipefail
figures=$TEST_TMPDIR/figures
tools/bench/exact_bench --reps 20 >"$figures"
cat "$figures"
grep -qE $'^exact_agrees_with_trials\t1\t' "$figures"
grep -qE $'^exact_over_trials_at_own_error\t[0-9]' "$figures"
echo "the engines agree"
