#!/usr/bin/env bash
# Goal: our schemas pass buf lint (STANDARD and COMMENTS), and the check would notice if they did not.
# Method: buf refuses symbolic links out of its directory, of which runfiles consist, so the files
# are copied; then a field without a comment is planted and must be refused.
set -euo pipefail

work=$TEST_TMPDIR/schemas
mkdir -p "$work/.deps/googleapis"
cp -L buf.yaml "$work/"
cp -rL protos "$work/"
cp -rL external/google_protos/google "$work/.deps/googleapis/"
buf=$PWD/external/buf/buf
export HOME=$TEST_TMPDIR  # buf keeps a cache there.
cd "$work"

"$buf" lint protos

printf '\nmessage Planted {\n  string unexplained = 1;\n}\n' \
  >>protos/quotacast/metrics/v1/metrics_service.proto
if output=$("$buf" lint protos); then
  echo "buf lint accepted a message without a comment" >&2
  exit 1
fi
grep -q 'Message "Planted" should have a non-empty comment' <<<"$output" || {
  printf 'unexpected output of buf lint:\n%s\n' "$output" >&2
  exit 1
}
