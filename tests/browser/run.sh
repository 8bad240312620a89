#!/usr/bin/env bash
# The browser stories, against an instance that runs already:
#
#   RAPPORT_URL, RAPPORT_EMAIL, RAPPORT_PASSWORD         an instance and an administrator of it
#   RAPPORT_TEST_SETUP_URL, RAPPORT_SETUP_TOKEN          an empty instance; without it that story is skipped
#   RAPPORT_KEY, RAPPORT_MAILS                           an API key of it, and the folder into which it writes mails
#   RAPPORT_SHOTS=DIR                                    keep pictures of what was seen
#   CHROMIUM=FILE                                        the browser, where it is not called chromium
#
# `bash tests/run.sh browser` starts both. Arguments are story files; none means all.
set -euo pipefail
from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"
export RAPPORT_TEST_CACHE=${RAPPORT_TEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/rapport-tests}
if [ -n "${RAPPORT_SHOTS:-}" ]; then
  case $RAPPORT_SHOTS in /*) ;; *) RAPPORT_SHOTS=$from/$RAPPORT_SHOTS ;; esac
  mkdir -p "$RAPPORT_SHOTS"
  export RAPPORT_SHOTS
fi

# Packages stay outside the repository; each set of versions has a folder, complete once it bears its mark.
packages=$RAPPORT_TEST_CACHE/browser-$(cksum <package.json | cut -d ' ' -f 1)
if [ ! -e "$packages/.complete" ]; then
  mkdir -p "$packages"
  cp package.json "$packages/"
  (cd "$packages" && npm install --ignore-scripts --no-package-lock --no-audit --no-fund --loglevel=error) ||
    { echo 'tests/browser: npm could not install the packages of tests/browser/package.json' >&2; exit 1; }
  touch "$packages/.complete"
fi
if [ "${RAPPORT_TEST_INSTALL:-}" = only ]; then exit 0; fi
export RAPPORT_TEST_PACKAGES=$packages

if [ $# -eq 0 ]; then set -- ./*.story.mjs; fi
# Two files at a time: one waits while the other works.
exec node --test --test-concurrency=2 --test-reporter=spec "$@"
