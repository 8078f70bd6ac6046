#!/usr/bin/env bash
# A gate that does not move with the machine: instructions a key, counted by valgrind, against docs/performance.md.
# Fails when a kernel needs over 5 % more than stands there. valgrind knows no SHA-NI and no AVX-512: portable and avx2 are counted.
# Needs the packages of packages.txt; some seconds once it is built.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset bench >/dev/null
cmake --build --preset bench >/dev/null
keys=2000
status=0
while read -r kernel limit; do
  counted=$(BZ_KERNEL=$kernel BZ_BENCH_KEYS=$keys valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    --toggle-collect='*match_once*' build/bench/bin/match_bench --benchmark_filter='match/gaen/50000$' \
    --benchmark_min_time=0 2>&1 | sed -n 's/.*Collected : \([0-9]*\).*/\1/p')
  a_key=$((counted / keys))
  echo "$kernel: $a_key instructions a key, limit $limit"
  [ "$a_key" -le "$limit" ] || status=1
done <<LIMITS
avx2 6550
portable 184400
LIMITS
exit $status
