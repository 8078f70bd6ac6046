#!/usr/bin/env bash
# officer_test.sh BZ MODULES: a new server, two accounts, and officer_test.mjs in Chromium against it (server_here.sh).
set -euo pipefail
bz=$1 modules=$2
here=$(dirname "$0")
. "$here/server_here.sh"

start
lan=$(new_account lan.nguyen)
hoa=$(new_account hoa)
"$bz" grant add --data "$data" --account lan.nguyen --role issuer >> "$data/out" 2>> "$data/log"
export BZ_OFFICER=lan.nguyen BZ_OFFICER_PASSWORD=$lan BZ_STRANGER=hoa BZ_STRANGER_PASSWORD=$hoa
in_chromium "$here/officer_test.mjs"

# What went over the network is in no log.
for word in lan.nguyen hoa "$lan" "$hoa"; do
  if grep -qF -- "\"$word\"" "$data/log"; then
    echo "the log holds a name or a password" >&2
    exit 1
  fi
done
