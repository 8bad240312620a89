#!/usr/bin/env bash
# Drives the unmodified SDKs and our own tracker against a running Rapport:
#   RAPPORT_URL=http://127.0.0.1:8080 RAPPORT_KEY=<write key> RAPPORT_API_KEY=<API key> bash tests/sdk/run.sh [file...]
# Installs what is missing into RAPPORT_TEST_CACHE (default ~/.cache/rapport-tests), never into the checkout.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export RAPPORT_TEST_CACHE=${RAPPORT_TEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/rapport-tests}
# SDKs believe the proxies of the environment, also for this machine; and they are told in UTF-8.
export NO_PROXY=127.0.0.1,localhost${NO_PROXY:+,$NO_PROXY} PYTHONUTF8=1
export no_proxy=$NO_PROXY

for name in RAPPORT_URL RAPPORT_KEY RAPPORT_API_KEY; do
  if [ -z "${!name:-}" ] && [ "${RAPPORT_TEST_INSTALL:-}" != only ]; then
    echo "tests/sdk: set $name (see the head of tests/sdk/run.sh)" >&2
    exit 2
  fi
done

# Installs Debian packages where that is possible, else says what is wanted.
need() {
  local what=$1
  shift
  if ! command -v apt-get >/dev/null; then
    echo "tests/sdk: please install $what" >&2
    exit 2
  fi
  local sudo=
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

command -v node >/dev/null || need "Node.js 20.10 or newer" nodejs
command -v npm >/dev/null || need "npm" npm
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 10) ? 0 : 1)' || {
  echo "tests/sdk: Node.js 20.10 or newer is needed, this is $(node --version)" >&2
  exit 2
}
python3 -c 'import ensurepip, venv' 2>/dev/null || need "Python 3 with its venv module" python3 python3-venv
if [ -z "${CHROMIUM:-}" ]; then
  CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
  [ -n "$CHROMIUM" ] || { need "Chromium (or set CHROMIUM to its path)" chromium && CHROMIUM=/usr/bin/chromium; }
fi
export CHROMIUM

# Each set of pinned versions gets a folder of its own, complete once it bears its mark.
node_dir=$RAPPORT_TEST_CACHE/node-$(cksum <"$here/package.json" | cut -d' ' -f1)
if [ ! -e "$node_dir/.complete" ]; then
  mkdir -p "$node_dir"
  cp "$here/package.json" "$node_dir/"
  (cd "$node_dir" && npm install --ignore-scripts --no-audit --no-fund --no-package-lock --loglevel=error) ||
    { echo "tests/sdk: npm could not install the SDKs of tests/sdk/package.json" >&2; exit 1; }
  touch "$node_dir/.complete"
fi
python_dir=$RAPPORT_TEST_CACHE/python-$(cksum <"$here/requirements.txt" | cut -d' ' -f1)
if [ ! -e "$python_dir/.complete" ]; then
  rm -rf "$python_dir"
  python3 -m venv "$python_dir" &&
    "$python_dir/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" ||
    { echo "tests/sdk: pip could not install the SDKs of tests/sdk/requirements.txt" >&2; exit 1; }
  touch "$python_dir/.complete"
fi
if [ "${RAPPORT_TEST_INSTALL:-}" = only ]; then exit 0; fi
export RAPPORT_TEST_NODE=$node_dir RAPPORT_TEST_PYTHON=$python_dir/bin/python

if [ $# -eq 0 ]; then set -- "$here"/*.test.mjs; fi
# Most of the time is spent waiting for repeated sending.
exec node --test --test-concurrency=4 --test-reporter=spec "$@"
