#!/usr/bin/env bash
# The main job, as a newcomer would do it by hand: a CRM export goes in, a forecast and a what-if
# come out. Called by `tools/do demo` once the commands are built. Starts afresh every time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=${TMPDIR:-/tmp}/quotacast-demo-$(id -u)
quotacast=bazel-bin/clients/cli/quotacast
scenario=docs/examples/discovery_coaching_and_two_hires.json

step() { printf '\n\033[1m%s\033[0m\n' "$1"; }
run() {  # Shows a command as one would type it, then runs it.
  printf '\033[2m$ %s\033[0m\n' "${*/$quotacast/quotacast}"
  "$@"
}

rm -rf "$work"
mkdir -p "$work"

step "1. A company's CRM export (made up, from a seed: see tools/gen)"
run bazel-bin/tools/gen/quotacast_gen --out "$work/export" --seed 7

step "2. Import it: 5,400 deals with their whole stage history"
run "$quotacast" --data-dir "$work/data" import --profile crm_history "$work/export"
run "$quotacast" --data-dir "$work/data" quota set --file "$work/export/quotas.csv"

step "3. Where does the organisation stand?"
run "$quotacast" --data-dir "$work/data" metrics

step "4. Will we make the number in 2026Q4?"
run "$quotacast" --data-dir "$work/data" forecast --period 2026Q4 --level org --level team --seed 7

step "5. What would discovery coaching in two teams and two hires change?"
run "$quotacast" --data-dir "$work/data" compare --scenario base --scenario "$scenario" \
  --period 2026Q4 --seed 7

step "6. And a quarter later, when the hires have ramped?"
run "$quotacast" --data-dir "$work/data" compare --scenario base --scenario "$scenario" \
  --period 2027Q1 --seed 7

cat <<TEXT

Everything above is in $work; the commands work on it as they stand.
Your own data: bazel-bin/clients/cli/quotacast import --help
TEXT
