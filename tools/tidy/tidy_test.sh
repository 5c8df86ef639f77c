#!/usr/bin/env bash
# Goal: each house rule finds its breach, spares what it should, and honours an excuse with a reason.
# Method: a scratch tree with one planted line per case.
set -euo pipefail
tidy=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/tidy.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed_count=0
case_count=0

check() {  # check WANT FILE LINE...: WANT is a rule's name, or "clean".
  local want=$1 file=$2 output code=0
  shift 2
  case_count=$((case_count + 1))
  mkdir -p "$tree/$(dirname "$file")"
  printf '%s\n' "$@" >"$tree/$file"
  output=$(printf '%s\n' "$file" | "$tidy" "$tree" 2>&1) || code=$?
  if [ "$want" = clean ]; then
    [ "$code" = 0 ] && return
  else
    [ "$code" = 1 ] && [[ $output == *"[$want:"* ]] && return
  fi
  failed_count=$((failed_count + 1))
  printf 'tidy_test: wanted %s for %s: %s\n%s\n' "$want" "$file" "$*" "$output" >&2
}

check grpc-include services/metrics/kpi/kpi.cc '#include <grpcpp/grpcpp.h>'
check grpc-include simulator/engine/engine.h '#include "grpc/grpc.h"'
check clean services/metrics/server/metrics_service.h '#include <grpcpp/server.h>'
check clean clients/cpp/channel.h '#include "grpcpp/channel.h"'
check proto-include simulator/model/model.h '#include "quotacast/metrics/v1/kpi.pb.h"'
check proto-include base/money.cc '#include <google/protobuf/message.h>'
check clean services/metrics/metrics.h '#include "quotacast/metrics/v1/kpi.pb.h"'
check absl-mutex services/serving/x.cc '  absl::MutexLock lock(&mu_);'
check absl-mutex base/x.h '#include "absl/synchronization/mutex.h"'
check clean base/x.h '  std::mutex mu_;  // Not absl::Mutex.'
check random-source simulator/fit/x.cc '  std::random_device device;'
check random-source simulator/fit/x.cc '  absl::BitGen generator;'
check random-source tests/x.cc '  std::normal_distribution<double> normal(0, 1);'
check random-source tools/gen/x.cc '  int i = rand();'
check random-source tools/gen/x.cc '  std::srand(1);'
check clean simulator/stats/x.cc '  const double brand = operand(3) + Grand(2);'
check clock services/metrics/x.cc '  const absl::Time now = absl::Now();'
check clock clients/cli/x.cc '  auto t = std::chrono::steady_clock::now();'
check clock tests/x.cc '  auto t = time(nullptr);'
check clean base/clock.cc 'absl::Time SystemClock::Now() const { return absl::Now(); }'
check clean services/metrics/x.cc '  const absl::Time now = clock_.Now();' '  deal.set_close_time(t);'
check sleep tests/x.cc '  std::this_thread::sleep_for(1s);'
check sleep services/serving/x.cc '  usleep(10);'
check too-new simulator/engine/x.cc '#include <format>'
check clean clients/cli/x.cc \
  '// tidy: allow sleep because the terminal redraws at a fixed rate.' '  usleep(10);'
check sleep clients/cli/x.cc '  usleep(10);  // tidy: allow sleep'
check sleep clients/cli/x.cc '  // tidy: allow sleep because one.' '  int i;' '  usleep(10);'

if [ "$failed_count" -gt 0 ]; then
  echo "tidy_test: $failed_count of $case_count cases failed" >&2
  exit 1
fi
echo "tidy_test: $case_count cases passed"
