#!/usr/bin/env bash
# officer_test.sh BZ MODULES: a new server, two accounts, and officer_test.mjs in Chromium against it. MODULES is the node_modules
# folder that the web pages were built with. BZ_SCREENSHOTS, a folder, also keeps pictures of every step.
set -euo pipefail
bz=$1
modules=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$chromium" ] || ! command -v node >/dev/null; then
  echo "Skipped: chromium or node is not installed (scripts/install)"
  exit 0
fi

data=$(mktemp -d)
server=
stop() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$data"
}
trap stop EXIT

# Browsers keep no Secure cookie of a server without TLS.
echo 'secure_cookies = false' > "$data/bz.toml"
: > "$data/out"
"$bz" serve --data "$data" --listen 127.0.0.1:0 > "$data/out" 2> "$data/log" &
server=$!
for _ in $(seq 300); do
  url=$(sed -n 's/^listening on //p' "$data/out")
  [ -n "$url" ] && break
  kill -0 "$server" || { cat "$data/log" >&2; exit 1; }
  sleep 0.1
done
first_password() {
  "$bz" account add --data "$data" --json --name "$1" "${@:2}" 2>> "$data/log" | sed -n 's/.*"password":"\([^"]*\)".*/\1/p'
}
lan=$(first_password lan.nguyen)
hoa=$(first_password hoa)
"$bz" grant add --data "$data" --account lan.nguyen --role issuer >> "$data/out" 2>> "$data/log"

export BZ_URL=$url BZ_WEB_MODULES=$modules BZ_CHROMIUM=$chromium
export BZ_OFFICER=lan.nguyen BZ_OFFICER_PASSWORD=$lan BZ_STRANGER=hoa BZ_STRANGER_PASSWORD=$hoa
node "$here/officer_test.mjs"

# What went over the network is in no log.
for word in lan.nguyen hoa "$lan" "$hoa"; do
  if grep -qF -- "\"$word\"" "$data/log"; then
    echo "the log holds a name or a password" >&2
    exit 1
  fi
done
