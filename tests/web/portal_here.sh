#!/usr/bin/env bash
# portal_here.sh BZ MODULES TEST.mjs: a server of its own with August 2020 in it (bz campaign seed), a system administrator, and the
# test in Chromium against it (server_here.sh).
set -euo pipefail
bz=$1 modules=$2
test=$(realpath "$3")
. "$(dirname "$0")/server_here.sh"

"$bz" campaign seed --data "$data" > "$data/seeded"
start
BZ_ADMIN=quan.tri BZ_ADMIN_PASSWORD=$(new_account quan.tri --administrator)
export BZ_ADMIN BZ_ADMIN_PASSWORD
in_chromium "$test"
