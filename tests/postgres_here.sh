#!/usr/bin/env bash
# Runs a PostgreSQL for tests in FOLDER, and starts it again when it ends, until for 10 seconds no process has held a lock on
# FOLDER/users; then stops it and removes FOLDER. Used by tests/postgres_here.cpp only.
#
#   postgres_here.sh FOLDER [NAME=VALUE …]     settings of the server
set -euo pipefail
folder=$1
shift
bin=/usr/lib/postgresql/15/bin

settings=(-c listen_addresses= -c "unix_socket_directories=$folder" -c max_connections=300)
for setting in "$@"; do settings+=(-c "$setting"); done

# PostgreSQL refuses to run as root. If this script is killed, the server is told to end (pdeathsig).
as=(setpriv --pdeathsig INT)
[ "$(id -u)" != 0 ] || as+=(--reuid=postgres --regid=postgres --clear-groups)

exec 7>"$folder/keeper"
flock -n 7
echo $$ >"$folder/keeper.pid"
exec 8>"$folder/users" 9>"$folder/start"
chmod 755 "$folder"
rm -rf "$folder/data"
mkdir -m 700 "$folder/data"
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder/data"
  chgrp postgres "$folder"
  chmod 775 "$folder" # the socket lies here
fi
"${as[@]}" "$bin/initdb" -D "$folder/data" --encoding=UTF8 --locale=C --auth=trust --username=postgres --no-sync \
  --no-instructions >/dev/null 7>&- 8>&- 9>&-

server=
stop() {
  trap - EXIT
  [ -z "$server" ] || { kill -INT "$server" 2>/dev/null && wait "$server"; } || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' INT TERM

for ((idle = 0; idle < 20; idle++)); do
  if [ -z "$server" ] || ! kill -0 "$server" 2>/dev/null; then
    "${as[@]}" "$bin/postgres" -D "$folder/data" "${settings[@]}" 7>&- 8>&- 9>&- &
    server=$!
  fi
  sleep 0.5 7>&- 8>&- 9>&-
  if flock -n 8; then flock -u 8; else idle=0; fi
  if [ $idle = 19 ]; then
    # Whoever wants to use it waits for this lock first, and then finds the folder gone.
    flock 9
    flock -n 8 || { flock -u 9; idle=0; }
  fi
done
