#!/usr/bin/env bash
# House rules that neither the compiler nor Bazel enforces, because what they forbid lies in system
# headers that every file can include. Usage: tidy.sh ROOT < list of files, one a line, relative to
# ROOT. Prints "file:line: text  [rule: reason]" per breach and fails when there is one.
#
# A line may be excused by a comment "tidy: allow RULE because ..." on it or on the line above; the
# reviewers judge the reason.
set -euo pipefail
cd "$1"
breach_count=0

mapfile -t files < <(grep -E '\.(cc|h)$' || true)
[ ${#files[@]} -gt 0 ] || { echo "tidy: no files given" >&2; exit 2; }

# rule NAME REASON PATTERN EXEMPT_PATHS: PATTERN is a grep -E pattern on a line without its comment;
# files whose path matches EXEMPT_PATHS are let off.
rule() {
  local name=$1 reason=$2 pattern=$3 exempt=$4 checked=() hits
  mapfile -t checked < <(printf '%s\n' "${files[@]}" | grep -vE "$exempt" || true)
  [ ${#checked[@]} -gt 0 ] || return 0
  hits=$(awk -v pattern="$pattern" -v name="$name" -v reason="$reason" '
    FNR == 1 { excused = 0 }
    {
      here = index($0, "tidy: allow " name " because ") > 0
      code = $0
      sub(/\/\/.*/, "", code)
      if (code ~ pattern && !here && !excused)
        printf "%s:%d: %s  [%s: %s]\n", FILENAME, FNR, $0, name, reason
      excused = here
    }' "${checked[@]}")
  if [ -n "$hits" ]; then
    printf '%s\n' "$hits"
    breach_count=$((breach_count + $(printf '%s\n' "$hits" | wc -l)))
  fi
}

readonly nobody='^$'

rule grpc-include \
  "gRPC belongs to servers, clients and tests; cores and the simulator speak messages" \
  '#include *[<"](grpc|grpcpp|grpc\+\+)/' \
  '^(services/(serving|quotacastd)/|services/[a-z]+/server/|clients/|tests/|tools/bench/)'
rule proto-include \
  "the simulator and base work on plain structs" \
  '#include *[<"](google/protobuf/|.*\.pb\.h)' \
  '^(services|clients|tests|tools|protos)/'
rule absl-mutex \
  "the thread sanitizer cannot see through the system build of absl::Mutex; use std::mutex" \
  'absl::(Mutex|MutexLock|CondVar|Notification|BlockingCounter)|absl/synchronization/' \
  "$nobody"
rule random-source \
  "randomness is base/random.h, keyed and portable" \
  'absl::(BitGen|InsecureBitGen|Uniform|Gaussian|Bernoulli)|absl/random/|std::(random_device|mt19937|minstd_rand|default_random_engine|(discrete|exponential|gamma|normal|lognormal|poisson|bernoulli|binomial|geometric|uniform_int|uniform_real|weibull)_distribution)|std::s?rand\(|(^|[^A-Za-z0-9_:])s?rand\(' \
  "$nobody"
rule clock \
  "the time comes from a Clock (base/clock.h)" \
  'absl::Now\(|(system_clock|steady_clock|high_resolution_clock)::now\(|(^|[^A-Za-z0-9_])(clock_gettime|gettimeofday)\(|std::time\(|[^A-Za-z0-9_:>.]time\((0|NULL|nullptr|&)' \
  '^(base/clock(_test)?\.cc|tools/bench/)'
rule sleep \
  "waiting is for a condition, never for a while" \
  '(absl::SleepFor|std::this_thread::sleep_(for|until)|[^A-Za-z0-9_]u?sleep) *\(' \
  "$nobody"
rule too-new \
  "g++ 12 and clang 14 must both take it" \
  '#include *<(format|ranges|print|expected)>|std::(format|views|ranges::views)[:(]' \
  "$nobody"

if [ "$breach_count" -gt 0 ]; then
  echo "tidy: $breach_count breaches in ${#files[@]} files" >&2
  exit 1
fi
echo "tidy: ${#files[@]} files clean"
