#!/usr/bin/env bash
# The browser stories, against an instance that runs already:
#
#   RAPPORT_URL, RAPPORT_EMAIL, RAPPORT_PASSWORD         an instance and an administrator of it
#   RAPPORT_TEST_SETUP_URL, RAPPORT_SETUP_TOKEN          an empty instance; without it that story is skipped
#   RAPPORT_SHOTS=DIR                                    keep pictures of what was seen
#   RAPPORT_TEST_CHROMIUM=FILE                           a browser that is not called chromium
#
# `bash tests/run.sh browser` starts both. Arguments are story files; none means all.
set -euo pipefail
from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"
export RAPPORT_TEST_CACHE=${RAPPORT_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rapport-tests}
if [ -n "${RAPPORT_SHOTS:-}" ]; then
  case $RAPPORT_SHOTS in /*) ;; *) RAPPORT_SHOTS=$from/$RAPPORT_SHOTS ;; esac
  mkdir -p "$RAPPORT_SHOTS"
  export RAPPORT_SHOTS
fi

# The packages stay outside the repository, and stay as they are until package.json changes.
packages=$RAPPORT_TEST_CACHE/browser
if ! cmp -s package.json "$packages/package.json"; then
  mkdir -p "$packages"
  cp package.json "$packages/package.json.new"
  (cd "$packages" && rm -rf node_modules package.json && mv package.json.new package.json &&
    npm install --ignore-scripts --no-package-lock --no-audit --no-fund --loglevel=error) ||
    { rm -f "$packages/package.json"; exit 1; }
fi

totals=$(mktemp)
trap 'rm -f "$totals"' EXIT
status=0
if [ $# -eq 0 ]; then set -- ./*.story.mjs; fi
node --test --test-concurrency=1 --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=tap --test-reporter-destination="$totals" "$@" || status=$?
grep -E '^# (pass|fail|cancelled|skipped|todo) [0-9]+$' "$totals"
exit "$status"
