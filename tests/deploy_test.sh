#!/usr/bin/env bash
# deploy/nginx/bluezone.conf in a real nginx, with a throw-away certificate and ports of its own: routes, HTTP/2, caching, limits,
# and that neither an address nor a code is left in any file. Behind it stands a small server that shows what nginx hands on.
# Then the systemd unit, by systemd-analyze.
# Usage: deploy_test.sh REPOSITORY [BZ]      with BZ the server itself stands behind nginx for some calls, too
set -u
repository=$(cd "$1" && pwd)
for tool in nginx curl openssl; do
  command -v $tool >/dev/null || { echo "Skipped: needs $tool (packages.txt)"; exit 0; }
done
dir=$(mktemp -d)
chmod 755 "$dir"
bz=${2:+$(realpath "$2")}
backend= proxy= real=
cleanup() {
  [ -z "$proxy" ] || kill "$proxy" 2>/dev/null
  [ -z "$backend" ] || kill "$backend" 2>/dev/null
  [ -z "$real" ] || kill "$real" 2>/dev/null
  wait 2>/dev/null
  rm -rf "$dir"
}
trap cleanup EXIT
cd "$dir" || exit 1
faults=0
fault() { echo "FAULT: $*"; faults=$((faults + 1)); }

# What nginx hands on, as the answer: a JSON object of method, path and headers, with a cookie of its own. A path that ends in
# /slow is not answered in time.
cat >backend.py <<'PYTHON'
import http.server, json, time
class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith("/slow"): time.sleep(4)
        body = json.dumps({"method": self.command, "path": self.path,
                           "headers": {k.lower(): v for k, v in self.headers.items()}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Set-Cookie", "session=1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try: self.wfile.write(body)
        except BrokenPipeError: pass  # nginx did not wait for it
    do_GET = do_POST = do_DELETE = answer
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
/usr/bin/python3 backend.py >backend.port & backend=$!
until [ -s backend.port ]; do sleep 0.05; done
upstream=$(cat backend.port)
read -r plain tls < <(/usr/bin/python3 -c 'import socket
a, b = socket.socket(), socket.socket()
for s in a, b: s.bind(("127.0.0.1", 0))
print(a.getsockname()[1], b.getsockname()[1])')

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem 2>/dev/null
mkdir -p data/keys/exports/VN logs tmp
printf 'VN/1-2-00001.zip' >data/keys/exports/VN/index.txt
head -c 1000 /dev/zero >data/keys/exports/VN/1-2-00001.zip
head -c 1000 /dev/zero >data/keys/exports/VN/1-2-00001.bzk

# The shipped file, with only addresses and folders changed.
sed -e "s|/etc/bluezone/tls/fullchain.pem|$dir/cert.pem|; s|/etc/bluezone/tls/privkey.pem|$dir/key.pem|" \
    -e "s|listen 443 |listen 127.0.0.1:$tls |; s|listen 80 |listen 127.0.0.1:$plain |; /listen \[::\]/d" \
    -e "s|/var/lib/bluezone|$dir/data|; s|127.0.0.1:8080|127.0.0.1:$upstream|g" \
    -e "s|/etc/nginx/bluezone-portal.inc|$repository/deploy/nginx/bluezone-portal.inc|" \
    -e "s|proxy_read_timeout 60s|proxy_read_timeout 2s|" \
    -e "s|/var/log/nginx/|$dir/logs/|" "$repository/deploy/nginx/bluezone.conf" >bluezone.conf
cat >nginx.conf <<NGINX
daemon off;
pid $dir/nginx.pid;
error_log $dir/logs/main-error.log;
events { worker_connections 256; }
http {
  access_log $dir/logs/access.log;
  error_log $dir/logs/error.log;
  gzip on;
  client_body_temp_path $dir/tmp/body; proxy_temp_path $dir/tmp/proxy; fastcgi_temp_path $dir/tmp/f;
  uwsgi_temp_path $dir/tmp/u; scgi_temp_path $dir/tmp/s;
  include $dir/bluezone.conf;
}
NGINX
nginx -t -p "$dir" -c "$dir/nginx.conf" >check 2>&1 || { cat check; exit 1; }
grep -q 'warn' check && fault "nginx -t warns: $(cat check)"
nginx -p "$dir" -c "$dir/nginx.conf" 2>nginx.err & proxy=$!
for _ in $(seq 100); do
  curl -s -o /dev/null --cacert cert.pem "https://localhost:$tls/health" && break
  sleep 0.05
done

site=https://localhost:$tls
get() { curl -s --cacert cert.pem --http2 -D head -o body "$@"; }
# expect WORDS FILE WHAT
expect() { grep -qiE -- "$1" "$2" || fault "$3: no '$1' in $2: $(head -c 600 "$2")"; }
refuse() { ! grep -qiE -- "$1" "$2" || fault "$3: '$1' in $2: $(head -c 600 "$2")"; }

# TLS and HTTP/2
[ "$(get -w '%{http_version}' "$site/health")" = 2 ] || fault "HTTP/2 is not spoken"
expect '^strict-transport-security: max-age=' head "HSTS"
refuse '^server: nginx/' head "the version of nginx"
curl -s --cacert cert.pem --tls-max 1.1 "$site/health" >/dev/null && fault "TLS 1.1 is spoken"
[ "$(get -w '%{http_code}' "http://localhost:$plain/v1/publish" -d '{}')" = 403 ] || fault "an upload in clear is not refused"
[ "$(get -w '%{http_code}' "http://localhost:$plain/")" = 301 ] || fault "a browser in clear is not sent on"

# Exports: from the disk, cached as they should be
get "$site/exports/VN/index.txt"
[ "$(cat body)" = VN/1-2-00001.zip ] || fault "the index is not the file's content"
expect '^cache-control: max-age=300' head "index"
expect '^etag:' head "index"
etag=$(sed -n 's/^etag: *\([^\r]*\).*/\1/Ip' head)
[ "$(get -w '%{http_code}' -H "If-None-Match: $etag" "$site/exports/VN/index.txt")" = 304 ] || fault "the index has no 304"
for suffix in zip bzk; do
  get "$site/exports/VN/1-2-00001.$suffix"
  expect '^cache-control: .*immutable' head "$suffix"
  expect '^strict-transport-security' head "$suffix"
  [ "$(grep -ci '^cache-control' head)" = 1 ] || fault "two Cache-Control for $suffix"
done
[ "$(get -w '%{http_code}' -r 0-99 "$site/exports/VN/1-2-00001.zip")" = 206 ] || fault "a fetch cannot be resumed"
[ "$(get -w '%{http_code}' "$site/exports/VN/3-4-00001.zip")" = 404 ] || fault "a missing export is not 404"
refuse 'immutable' head "a missing export"
[ "$(get -w '%{http_code}' "$site/exports/../nginx.conf" --path-as-is)" = 200 ] && grep -q daemon body && fault "a path leads out"
[ "$(get -w '%{http_code}' "$site/exports/")" = 404 ] || fault "the folder is listed"

# What is handed on, and to whom
secret_code=83749201
for path in /v1/publish /v1/callback /v1/installs /v1/publish-bluezone3 /api/verify /api/certificate /jwks/vn; do
  get "$site$path?c=$secret_code" -H 'Cookie: session=abc' -H 'X-Forwarded-For: 203.0.113.9' -d '{"code":"'$secret_code'"}'
  expect "\"path\": \"$path" body "$path"
  refuse '"cookie": "session' body "$path: a session's cookie reaches it"
  refuse '^set-cookie' head "$path: it sets a cookie"
  refuse '203\.0\.113\.9' body "$path: a made-up X-Forwarded-For is believed"
  expect '"x-forwarded-for": "127\.0\.0\.1"' body "$path"
  refuse '^content-encoding' head "$path: it is compressed"
done
for path in /accounts/login /officer/codes /campaign/v1/tasks / /index.html; do
  get "$site$path" -H 'Cookie: session=abc'
  expect '"cookie": "session=abc"' body "$path"
  expect '^set-cookie: session=1' head "$path"
  expect '"x-forwarded-for": "127\.0\.0\.1"' body "$path"
done
for path in /metrics /internal/v1/who-asks; do
  [ "$(get -w "%{http_code}" "$site$path" -d "{}")" = 404 ] || fault "$path is open"
done

# Sizes: 64,000 bytes pass, one more does not, with the answers that clients expect
head -c 64000 /dev/zero | tr '\0' ' ' >full
{ cat full; printf ' '; } >over
get --data-binary @full "$site/v1/publish"
expect '"content-length": "64000"' body "64,000 bytes"
[ "$(get -w '%{http_code}' --data-binary @over "$site/v1/publish")" = 413 ] || fault "64,001 bytes to /v1/publish are not 413"
expect '"code":"bad_request"' body "413"
expect '^content-type: application/json' head "413"
[ "$(get -w '%{http_code}' --data-binary @over "$site/api/verify")" = 400 ] || fault "64,001 bytes to /api/verify are not 400"
expect '"error_code":"unparsable_request"' body "400"
{ cat over; cat over; } >twice
[ "$(get -w '%{http_code}' --data-binary @twice "$site/accounts/login")" = 413 ] || fault "128,002 bytes to /accounts/ are not 413"
expect '"error":"too_large"' body "413 to people"

# What nginx itself refuses is JSON as the program's own, says when to come again, and keeps its status
# refusal STATUS PATH MEMBER
refusal() {
  /usr/bin/python3 -c 'import json, sys; json.load(open(sys.argv[1]))' body 2>/dev/null || fault "$1 of $2 is not JSON: $(head -c 200 body)"
  expect "$3" body "$1 of $2"
  expect '^content-type: application/json' head "$1 of $2"
  expect '^retry-after: [1-9]' head "$1 of $2"
  expect '^strict-transport-security' head "$1 of $2"
}
slow() {
  [ "$(get -w '%{http_code}' -d '{}' "$site$1/slow")" = 504 ] || fault "$1: an upstream that does not answer is not 504"
  refusal 504 "$1" "$2"
}
slow /v1/stats '"code":"internal_error"'
slow /api/stats '"error_code":"internal_server_error"'
slow /accounts '"message_vi":"M'

# Limits: far over the burst in one go, some are refused; the exports are not limited
: >many
# crowd PATH: 400 calls to it at once; their answers are answers/N and heads/N
crowd() {
  rm -rf answers heads; mkdir answers heads
  for i in $(seq 400); do
    printf 'url = "%s%s"\noutput = "answers/%s"\ndump-header = "heads/%s"\ndata = "{}"\n' "$site" "$1" "$i" "$i"
    [ "$i" = 400 ] || echo next
  done >list
  # What stands before "next" counts for its call only.
  sed -i "s|^data = .*|&\ncacert = \"cert.pem\"\nsilent|" list
  curl --parallel --parallel-max 50 -K list 2>/dev/null
}
for try in '/api/verify "error_code":"too_many_requests"' '/v1/stats ^[{]"error":"too many' '/accounts/login "message_en":"Too many'; do
  read -r path words <<<"$try"
  crowd "$path"
  refused=$(grep -lE '^HTTP/[0-9.]+ 429' heads/* | head -1)
  [ -n "$refused" ] || { fault "$path: 400 calls at once are not limited"; continue; }
  grep -qE '^HTTP/[0-9.]+ 200' heads/* || fault "$path: all of 400 calls are refused"
  cp "$refused" head; cp "answers/${refused#heads/}" body
  refusal 429 "$path" "$words"
  grep -li '<html' answers/* && fault "$path: a refusal is HTML"
done

# The server itself behind it
if [ -n "$bz" ]; then
  mkdir -m 711 server
  printf 'trusted_proxies = ["127.0.0.1"]\n' >server/bz.toml
  "$bz" serve --data server --listen 127.0.0.1:0 >listening 2>bz.err & real=$!
  for _ in $(seq 300); do [ -s listening ] && break; sleep 0.1; done
  address=$(sed -n 's|^listening on http://||p' listening)
  [ -n "$address" ] || { cat bz.err; fault "bz serve does not come up"; }
  sed -i "s|127.0.0.1:$upstream|$address|g" bluezone.conf
  # Not by HUP: for a moment the old workers would still take connections.
  kill -QUIT "$proxy"; wait "$proxy" 2>/dev/null
  nginx -p "$dir" -c "$dir/nginx.conf" 2>>nginx.err & proxy=$!
  for _ in $(seq 100); do get "$site/health"; grep -q '"status"' body && break; sleep 0.1; done
  expect '"status":"ok"' body "health of the server"
  [ "$(get -w '%{http_code}' -H 'Accept: application/json' -d '{}' "$site/api/verify")" = 401 ] || fault "a call without key is not 401"
  [ "$(get -w '%{http_code}' -H 'Content-Type: application/json' -d '[]' "$site/v1/publish")" = 400 ] || fault "an upload that is none is not 400"
  expect '"padding":' body "an empty upload"
  get -H 'X-Chaff: 1' -d '{}' "$site/v1/publish"
  expect '^[{]"padding":"[^"]*" *[}]$' body "cover traffic"
  get "$site/accounts/v1/session"
  expect '"next":"login"' body "a session"
  [ "$(get -w '%{http_code}' "$site/jwks/vn-moh")" = 200 ] || fault "no keys of the authority"
  # The first index is there, and empty, before anything was published; where there is none, the address is wrong, and it says so.
  "$bz" fetch --server "http://$address" --into fetched --unsigned >said 2>&1 || fault "a new server has no list of files: $(cat said)"
  "$bz" fetch --server "http://$address" --exports "http://$address/export" --into fetched --unsigned >said 2>&1 &&
    fault "a wrong address fetches nothing in silence"
  expect 'no list of files of region VN at this address' said "a wrong address"
fi

# Upstream gone: 502, and still nothing written
for server in $backend $real; do kill "$server"; wait "$server" 2>/dev/null; done
backend= real=
for try in '/v1/stats "code":"internal_error"' '/api/verify "error_code":"internal_server_error"' '/jwks/vn "errorCode":' \
  '/ "message_vi":"M'; do
  read -r path words <<<"$try"
  [ "$(get -w '%{http_code}' "$site$path" -d '{}')" = 502 ] || fault "$path: a missing upstream is not 502"
  refusal 502 "$path" "$words"
done

# Nothing of anybody is in any log, nor has a body been on the disk
kill -QUIT "$proxy"; wait "$proxy" 2>/dev/null; proxy=
for file in logs/*; do
  refuse "127\.0\.0\.1|$secret_code|publish|verify|VN" "$file" "a log tells of a request"
done
[ -z "$(find tmp -type f)" ] || fault "a body was written to the disk"

# The unit: systemd reads every line of it, and finds it well shut in (0 is perfect, 100 is open)
if command -v systemd-analyze >/dev/null; then
  for unit in bluezone.service bluezone-audit.service bluezone-audit.timer; do
    sed 's|^ExecStart=/usr/bin/bz|ExecStart=/bin/true|' "$repository/deploy/systemd/$unit" >$unit
  done
  # With the drop-in that has master keys handed over.
  mkdir bluezone.service.d
  sed "s|/etc/bluezone/master-keys|$dir|" "$repository/deploy/systemd/master-keys.conf" >bluezone.service.d/master-keys.conf
  said=$(systemd-analyze verify "$dir"/bluezone*.{service,timer} 2>&1) || fault "systemd-analyze verify fails: $said"
  [ -z "$said" ] || fault "systemd-analyze verify: $said"
  systemd-analyze security --offline=true --threshold=15 "$dir/bluezone.service" >security 2>&1 ||
    fault "the unit is open: $(tail -1 security)"
else
  echo "Not tried: the systemd unit (no systemd-analyze here)"
fi

[ $faults = 0 ] && echo "deploy: nginx and the unit do as their files say"
exit $((faults > 0))
