#!/usr/bin/env bash
# in_2020_here.sh BZ MODULES TEST.mjs: portal_here.sh with the server's clock at 26 August 2020, 15:54 (libfaketime).
set -euo pipefail
if [ -z "$(find /usr/lib -name libfaketimeMT.so.1 -print -quit)" ]; then
  echo "Skipped: libfaketime is not installed (scripts/install)"
  exit 0
fi
here=$(dirname "$(realpath "$0")")
BZ_REAL=$(realpath "$1") exec "$here/portal_here.sh" "$here/bz_in_2020.sh" "$2" "$3"
