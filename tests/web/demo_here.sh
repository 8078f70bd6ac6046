#!/usr/bin/env bash
# demo_here.sh BZ MODULES TEST.mjs: what `./demo` leaves running, without the story before it, and the test in Chromium against it; both by the
# clock of today (server_here.sh).
set -euo pipefail
bz=$1 modules=$2
test=$(realpath "$3")
. "$(dirname "$0")/server_here.sh"

export TMPDIR=$data
"$bz" demo --portal > "$data/out" 2> "$data/log" &
server=$!
url=
for _ in $(seq 600); do
  if grep -q '^y-te ' "$data/out"; then break; fi
  kill -0 "$server" || { cat "$data/log" >&2; exit 1; }
  sleep 0.1
done
url=$(sed -n 's/^A server runs at \([^ ]*\) .*/\1/p' "$data/out")
export BZ_DEMO_SAYS=$data/out
in_chromium "$test"
