#!/usr/bin/env bash
# bz_in_2020.sh …: bz (BZ_REAL) as if it were 26 August 2020, 15:54 in Vietnam, when Bình Phước has its eleven districts and a report is due at
# 16:00. Seeding has its own clock.
set -euo pipefail
if [ "$1" = campaign ]; then exec "$BZ_REAL" "$@"; fi
ahead=$(($(date -d 2020-08-26T15:54:00+07:00 +%s) - $(date +%s)))
library=$(find /usr/lib -name libfaketimeMT.so.1 | head -1)
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0"
export LD_PRELOAD=$library FAKETIME=${ahead}s DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_FAKE_MONOTONIC=1
exec "$BZ_REAL" "$@"
