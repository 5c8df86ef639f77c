#!/usr/bin/env bash
# Checks the working tree against the house rules (tidy.sh), after checking the checker.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/tidy_test.sh"
cd "$here/../.."
git ls-files --cached --others --exclude-standard -- '*.cc' '*.h' | while IFS= read -r file; do
  if [ -f "$file" ]; then printf '%s\n' "$file"; fi
done | "$here/tidy.sh" .
