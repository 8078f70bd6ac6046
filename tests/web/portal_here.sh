#!/usr/bin/env bash
# portal_here.sh BZ MODULES TEST.mjs: a server of its own with August 2020 in it (bz campaign seed), a system administrator,
# and the test in Chromium against it. MODULES is the node_modules folder that the web pages were built with. BZ_SCREENSHOTS, a
# folder, keeps pictures of what the test looks at.
set -euo pipefail
bz=$1
modules=$(realpath "$2")
test=$(realpath "$3")
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
"$bz" campaign seed --data "$data" > "$data/seeded"
"$bz" serve --data "$data" --listen 127.0.0.1:0 > "$data/out" 2> "$data/log" &
server=$!
for _ in $(seq 300); do
  url=$(sed -n 's/^listening on //p' "$data/out")
  [ -n "$url" ] && break
  kill -0 "$server" || { cat "$data/log" >&2; exit 1; }
  sleep 0.1
done
password=$("$bz" account add --data "$data" --json --name quan.tri --administrator 2>> "$data/log" | sed -n 's/.*"password":"\([^"]*\)".*/\1/p')

export BZ=$bz BZ_DATA=$data BZ_URL=$url BZ_SERVER_PID=$server BZ_WEB_MODULES=$modules BZ_CHROMIUM=$chromium
export BZ_ADMIN=quan.tri BZ_ADMIN_PASSWORD=$password
node "$test"
