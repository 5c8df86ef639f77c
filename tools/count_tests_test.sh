#!/usr/bin/env bash
# Goal: the closing count is true. Method: made-up build events and test.xml files with passes,
# failures, skips, a target that crashed, one that was not built, and one without a single case.
set -euo pipefail
script=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

event() { printf '%s\n' "$1" >>"$dir/events.json"; }
result() {  # result LABEL STATUS XML
  event '{"id":{"testResult":{"label":"'"$1"'"}},"testResult":{"testActionOutput":[{"name":"test.xml","uri":"file://'"$dir/$3"'"}]}}'
  event '{"id":{"testSummary":{"label":"'"$1"'"}},"testSummary":{"overallStatus":"'"$2"'"}}'
}
expect() {  # expect WANT_CODE WANT_LINE BAZEL_CODE
  local got code=0
  got=$(/usr/bin/python3 "$script" "$dir/events.json" "$3" 2>/dev/null) || code=$?
  if [ "$got" != "$2" ] || [ "$code" != "$1" ]; then
    echo "wanted '$2' (exit $1), got '$got' (exit $code)"
    exit 1
  fi
}

cat >"$dir/good.xml" <<'X'
<testsuites><testsuite>
<testcase name="a" classname="T" status="run" result="completed"/>
<testcase name="b" classname="T" status="run" result="completed"/>
<testcase name="off" classname="T" status="notrun" result="suppressed"/>
<testcase name="c" classname="T" status="run" result="skipped"><skipped message="no data"/></testcase>
</testsuite></testsuites>
X
cat >"$dir/bad.xml" <<'X'
<testsuites><testsuite>
<testcase name="a" classname="T" status="run" result="completed"><failure message="no"/></testcase>
<testcase name="b" classname="T" status="run" result="completed"/>
</testsuite></testsuites>
X
echo '<testsuites></testsuites>' >"$dir/none.xml"

: >"$dir/events.json"
expect 1 "0 passed, 0 failed, 0 skipped" 0  # Nothing ran: not a success.
result //a:good_test PASSED good.xml
expect 0 "2 passed, 0 failed, 1 skipped" 0
expect 1 "2 passed, 1 failed, 1 skipped" 1  # Bazel failed for a reason no test shows.
result //a:bad_test FAILED bad.xml
expect 1 "3 passed, 1 failed, 1 skipped" 3
result //a:crashed_test TIMEOUT missing.xml
expect 1 "3 passed, 2 failed, 1 skipped" 3
result //a:none_test PASSED none.xml
expect 1 "3 passed, 3 failed, 1 skipped" 3
event '{"id":{"targetCompleted":{"label":"//a:unbuilt_test"}},"completed":{}}'
expect 1 "3 passed, 4 failed, 1 skipped" 3
echo "the count is true"
