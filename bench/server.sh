#!/usr/bin/env bash
# The figures of the server in docs/performance.md: SQLite and PostgreSQL, the server (and the database) on core 0, the load on core 1.
#   bench/server.sh [publish|refuse|idle|export|cover …]      all of them when none is named
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$#" -gt 0 ] || set -- publish refuse idle export cover
cmake --preset bench >/dev/null
cmake --build --preset bench --target bz_load cover_times >/dev/null

# A PostgreSQL of our own, durable as in earnest, on the server's core.
bin=/usr/lib/postgresql/15/bin
database=
if [ -x $bin/postgres ]; then
  folder=$(mktemp -d)
  as=()
  [ "$(id -u)" != 0 ] || { chown postgres "$folder"; as=(setpriv --reuid=postgres --regid=postgres --clear-groups); }
  "${as[@]}" $bin/initdb -D "$folder/data" --auth=trust --username=postgres --no-instructions >/dev/null
  "${as[@]}" taskset -c 0 $bin/postgres -D "$folder/data" -c listen_addresses= -c "unix_socket_directories=$folder" \
    -c max_connections=300 >"$folder.log" 2>&1 &
  server=$!
  trap 'kill -INT $server; wait $server || true; rm -rf "$folder" "$folder.log"' EXIT
  until $bin/pg_isready -q -h "$folder"; do sleep 0.1; done
  database="postgresql:///postgres?host=$folder&user=postgres"
else
  echo "No PostgreSQL here: SQLite only." >&2
fi

for what in "$@"; do
  if [ "$what" = cover ]; then
    build/bench/bin/cover_times
    continue
  fi
  build/bench/bin/bz_load "$what"
  # A database of its own for each: what one has written must not slow the next.
  [ -z "$database" ] || {
    $bin/psql -q -h "$folder" -U postgres -c "CREATE DATABASE bz_$what"
    build/bench/bin/bz_load "$what" --database "postgresql:///bz_$what?host=$folder&user=postgres" \
      --database-pid "$server"
  }
done
