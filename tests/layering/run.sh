#!/usr/bin/env bash
# Goal: the build refuses an arrow against the layers, whoever draws it.
# Method: in a scratch copy of the checkout one package per case gets one extra library that depends
# on what it must not; Bazel only analyses (visibility is checked there, so nothing compiles). Each
# planted violation must fail with a visibility error that names the forbidden target, and each
# allowed dependency must pass, or the refusals would prove nothing. Lastly no path of dependencies,
# however long, leads from the simulator to gRPC.
#
# Not a Bazel test: Bazel inside Bazel's sandbox has neither the packages nor its own server.
# Prints one line per failure and "layering: N passed, M failed". tools/do test runs it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD

scratch=$(mktemp -d)
trap 'bazel_in_scratch shutdown >/dev/null 2>&1 || true; chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT

# The copy holds what is under version control, as it is in the working tree, and what set-up
# installed beside it.
mkdir "$scratch/main"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  if [ -f "$file" ]; then printf '%s\0' "$file"; fi
done | tar -c --null -T - | tar -x -C "$scratch/main"
ln -s "$root/.deps" "$scratch/main/.deps"

bazel_in_scratch() {
  (cd "$scratch/main" && bazel --output_base="$scratch/bazel" --host_jvm_args=-Xmx512m "$@" 2>&1)
}

passed=0
failed=0
pass() { passed=$((passed + 1)); }
fail() {
  failed=$((failed + 1))
  printf 'FAILED: %s\n' "$1"
  [ -z "${2:-}" ] || printf '%s\n' "$2" | tail -n 5 | sed 's/^/    /'
}

# plant PACKAGE DEPENDENCY: a library in PACKAGE that depends on DEPENDENCY.
plant() {
  local build="$scratch/main/$1/BUILD"
  if [ -f "$build" ]; then cp "$build" "$scratch/BUILD.saved"; else rm -f "$scratch/BUILD.saved"; fi
  mkdir -p "$(dirname "$build")"
  cat >>"$build" <<BUILD_END

load("@rules_cc//cc:defs.bzl", planted_library = "cc_library")

planted_library(
    name = "planted",
    deps = ["$2"],
)
BUILD_END
}
unplant() {
  if [ -f "$scratch/BUILD.saved" ]; then cp "$scratch/BUILD.saved" "$scratch/main/$1/BUILD"
  else rm "$scratch/main/$1/BUILD"; fi
}
analyse() { bazel_in_scratch build --nobuild --color=no --curses=no --noshow_progress "//$1:planted"; }

refused() {  # refused PACKAGE DEPENDENCY
  local output
  plant "$1" "$2"
  if output=$(analyse "$1"); then
    fail "$1 -> $2 was accepted"
  elif [[ $output == *"target '$2' is not visible from target '//$1:planted'"* ]]; then
    pass
  else
    fail "$1 -> $2 was refused, but not for visibility" "$output"
  fi
  unplant "$1"
}

allowed() {  # allowed PACKAGE DEPENDENCY
  local output
  plant "$1" "$2"
  if output=$(analyse "$1"); then pass; else fail "$1 -> $2 was refused" "$output"; fi
  unplant "$1"
}

refused base //simulator/model:model
refused simulator/engine //tools/bazel/deps:grpcpp
refused simulator/engine //tools/bazel/deps:protobuf
refused simulator/model //protos:metrics_messages
refused simulator/fit //services/eventlog:event_log
refused services/metrics //tools/bazel/deps:grpcpp
refused services/ingestion //protos:ingestion_stubs
refused services/ingestion //tools/bazel/deps:libpq
refused services/metrics //services/ingestion:ingestion
refused services/planning //services/simulation:simulation
refused services/simulation //services/eventlog:event_log
refused services/metrics //clients/cpp:ingestion_client
refused services/metrics/server //services/ingestion:ingestion
refused clients/cli //services/metrics:metrics
refused clients/cpp //simulator/model:model
refused clients/cpp //services/serving:handler
refused tests/conformance //services/simulation:simulation
refused tests/conformance //simulator/engine:engine

allowed simulator/engine //simulator/model:model
allowed services/metrics //protos:metrics_messages
allowed services/metrics/server //services/serving:handler

# Case by case the above; this covers every library of the simulator at once.
if path=$(bazel_in_scratch query --noshow_progress --output=label \
  'somepath(//simulator/..., //tools/bazel/deps:grpcpp)'); then
  path=$(printf '%s\n' "$path" | grep '^//' || true)
  if [ -z "$path" ]; then pass; else fail "the simulator reaches gRPC" "$path"; fi
else
  fail "the query for a path from the simulator to gRPC did not run" "$path"
fi

printf 'layering: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
