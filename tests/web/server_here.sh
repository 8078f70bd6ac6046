# For the tests in Chromium, to be sourced: a data folder and a server of its own, both gone when the script ends.
#   bz=… modules=…                 beforehand: the program; the node_modules folder that the web pages were built with
#   start                          bz serve on $data; fills $url and $server
#   new_account NAME [OPTION…]     makes an account and says its first password
#   in_chromium TEST.mjs           runs it; BZ_SCREENSHOTS, a folder, keeps pictures of what it looks at
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

start() {
  : > "$data/out"
  "$bz" serve --data "$data" --listen 127.0.0.1:0 > "$data/out" 2> "$data/log" &
  server=$!
  for _ in $(seq 300); do
    url=$(sed -n 's/^listening on //p' "$data/out")
    [ -n "$url" ] && return
    kill -0 "$server" || { cat "$data/log" >&2; exit 1; }
    sleep 0.1
  done
  echo "the server does not listen" >&2
  exit 1
}

new_account() {
  "$bz" account add --data "$data" --json --name "$@" 2>> "$data/log" | sed -n 's/.*"password":"\([^"]*\)".*/\1/p'
}

in_chromium() {
  export BZ=$bz BZ_DATA=$data BZ_URL=$url BZ_SERVER_PID=$server BZ_CHROMIUM=$chromium
  BZ_WEB_MODULES=$(realpath "$modules") node "$1"
}
