#!/usr/bin/env bash
# What a stranger does at the terminal, and what happens to their malformed files: one line, exit 2, nothing lost.
# Usage: cli_test.sh PATH_TO_BZ
set -u
bz=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
faults=0
fault() { echo "FAULT: $*"; faults=$((faults + 1)); }

# expect STATUS WORDS COMMAND...: the exit status, WORDS somewhere in the output, and for a failure exactly one line on
# standard error that begins with "bz: " and nothing on standard output.
expect() {
  local status=$1 words=$2 got
  shift 2
  "$@" >out 2>err
  got=$?
  [ "$got" = "$status" ] || fault "exit $got, not $status: $*: $(head -c 300 err)"
  cat out err | grep -qF -- "$words" || fault "does not say '$words': $*: $(head -c 300 out err)"
  if [ "$status" != 0 ]; then
    [ "$(wc -l <err)" = 1 ] || fault "not one line on standard error: $*: $(head -c 300 err)"
    grep -q '^bz: ' err || fault "error does not begin with bz: $*"
    [ ! -s out ] || fault "a failure prints data: $*"
  fi
}

zero=0000000000000000000000000000000000000000000000000000000000000000
tek=75c734c6dd1a782de7a965da5eb93125

# Names
expect 0 '"id":"CC4111FEC540C346EC6A053F"' "$bz" ids --profile bluezone3 --key $zero --created 0 --at 900000
expect 0 '"slot_start_ms":900000' "$bz" ids --profile bluezone3 --key $zero --created 0 --at 900000 --json
expect 0 '"id":"8BE6CD371C5C891604BFBE49DF845096"' "$bz" ids --profile gaen --key $tek --interval 2642976
expect 0 '"aemk":"D57C46AF7A1D83965B9BED8BD152936A"' "$bz" ids --profile bluezone4 --key $tek --interval 2642976
[ "$("$bz" ids --profile gaen --key $tek --interval 2642976 --all | wc -l)" = 144 ] || fault "a key has 144 ids"
[ "$("$bz" ids --profile bluezone3 --key $zero --created 0 --at 0 --all | wc -l)" = 96 ] || fault "a day has 96 ids"
expect 2 '64 are expected' "$bz" ids --profile bluezone3 --key 00 --created 0 --at 0
expect 2 'per day' "$bz" ids --profile bluezone3 --key $zero --created 0 --at 0 --per-day 1
expect 2 'bluezone3, gaen or bluezone4' "$bz" ids --profile wifi --key $tek --interval 1
expect 2 '--profile' "$bz" ids
expect 2 'nonsense is no command' "$bz" nonsense
expect 2 'reed is no command' "$bz" export reed keys.zip
expect 2 'no option --kye' "$bz" ids --profile gaen --interval 1 --key $tek --kye $tek
expect 2 'bz --help' "$bz" ids --profile gaen --interval 1 --key $tek $tek
! grep -qi $tek err || fault "an error shows a key"
expect 2 'interval' "$bz" ids --profile gaen --key $tek --interval $tek
! grep -qi $tek err || fault "an error shows a key"
expect 2 'whole number' "$bz" demo --seed -1
expect 2 'bz --help' "$bz"
expect 0 'Example' "$bz" ids --help

# The 2020 app's check
cat >trace.json <<JSON
{"data":[{"daily_key":"$zero","time_start":0,"max":96,"time_end":86400}]}
JSON
printf 'id,time_ms\nCC4111FEC540C346EC6A053F,900000\n' >near.csv
printf 'id,time_ms\nCC4111FEC540C346EC6A053F,899999\n' >early.csv
expect 0 "{\"contact\":true,\"keys\":[\"$zero\"]}" "$bz" check --trace trace.json --sightings near.csv
expect 0 '{"contact":false,"keys":[]}' "$bz" check --trace trace.json --sightings early.csv
echo '{"data":[' >cut.json
expect 2 'cut.json' "$bz" check --trace cut.json --sightings near.csv
echo '{"x":1}' >nodata.json
expect 2 'data' "$bz" check --trace nodata.json --sightings near.csv
sed 's/"max":96/"max":0/' trace.json >max0.json
expect 2 'max' "$bz" check --trace max0.json --sightings near.csv
sed 's/,"time_end":86400//' trace.json >noend.json
expect 2 'time_end' "$bz" check --trace noend.json --sightings near.csv
sed 's/"daily_key":"00/"daily_key":"0/' trace.json >odd.json
expect 2 'daily_key' "$bz" check --trace odd.json --sightings near.csv
printf 'id,time_ms\nCC41,900000\n' >short.csv
expect 2 'line 2' "$bz" check --trace trace.json --sightings short.csv
expect 1 'missing.csv' "$bz" check --trace trace.json --sightings missing.csv

# Keys, exports
expect 0 'moh.key.pub' "$bz" keygen --signing moh.key
expect 1 'there already' "$bz" keygen --signing moh.key
[ "$(stat -c %a moh.key)" = 600 ] || fault "a private key is readable by others"
expect 0 'other.key' "$bz" keygen --signing other.key
cat >keys.jsonl <<JSON
{"key":"$tek","rolling_start_interval":2642976,"report_type":"confirmed","days_since_onset":1}
{"key":"000102030405060708090A0B0C0D0E0F","rolling_start_interval":2642976}
JSON
make="$bz export make --sign moh.key --start 1585785600000 --end 1585872000000"
expect 0 '2 keys' $make --keys keys.jsonl --out keys.zip
expect 0 'holds' "$bz" export read keys.zip --public-key moh.key.pub
expect 0 '"signature":"not checked"' "$bz" export read keys.zip --json
"$bz" export read keys.zip --json --keys | grep '"key"' >again.jsonl
expect 0 '2 keys' $make --keys again.jsonl --out again.zip
"$bz" export read again.zip --json --keys | grep '"key"' | cmp -s - again.jsonl || fault "an export does not read back as it was"
expect 2 'keys.zip' "$bz" export read keys.zip --public-key other.key.pub
for size in 0 10 100 200; do
  head -c $size keys.zip >cut.zip
  expect 2 'cut.zip' "$bz" export read cut.zip
done
cat keys.zip keys.jsonl >padded.zip
expect 2 'padded.zip' "$bz" export read padded.zip
expect 2 'trace.json' "$bz" export read trace.json
expect 2 'line 1' $make --keys trace.json --out x.zip
expect 2 'PEM' "$bz" export make --sign moh.key.pub --start 1585785600000 --end 1585872000000 --keys keys.jsonl --out x.zip
expect 2 'PEM' "$bz" export read keys.zip --public-key moh.key
[ ! -e x.zip ] || fault "a refused export was written"

# Matching: the official vector's first id and metadata (8 dBm), heard at -60
printf 'profile,id,aem,rssi_dbm,time_ms\ngaen,8BE6CD371C5C891604BFBE49DF845096,72033874,-60,1585785600000\n' >heard.csv
expect 0 '"attenuation_db":68' "$bz" match --keys keys.zip --sightings heard.csv --public-key moh.key.pub --json
expect 0 'within 2 m' "$bz" match --keys keys.zip --sightings heard.csv --unsigned
expect 2 '--unsigned' "$bz" match --keys keys.zip --sightings heard.csv
expect 2 'keys.zip' "$bz" match --keys keys.zip --sightings heard.csv --public-key other.key.pub
expect 2 'line 1' "$bz" match --keys keys.zip --sightings near.csv --unsigned
sed 's/"confirmed"/"revoked"/; s/}/,"revised":true}/' keys.jsonl | head -1 >revoked.jsonl
expect 0 '1 revised' $make --keys revoked.jsonl --out revoked.zip
expect 0 'no contact' "$bz" match --keys keys.zip revoked.zip --sightings heard.csv --unsigned
for kernel in portable aesni avx2 avx512; do
  "$bz" match --keys keys.zip --sightings heard.csv --unsigned --kernel $kernel >out 2>err ||
    grep -q "$kernel" err || fault "kernel $kernel neither answers nor says why"
  [ ! -s out ] || grep -q "$(echo $tek | tr a-f A-F)" out || fault "kernel $kernel answers otherwise"
done
expect 1 'wood' env BZ_KERNEL=wood "$bz" match --keys keys.zip --sightings heard.csv --unsigned
expect 2 'from -40 to 40' "$bz" match --keys keys.zip --sightings heard.csv --unsigned --receive-correction nan

# The compact form of the same batch
expect 0 '2 keys' $make --keys keys.jsonl --out keys.bzk
expect 0 'holds' "$bz" export read keys.bzk --public-key moh.key.pub
"$bz" export read keys.bzk --json --keys | grep '"key"' | cmp -s - again.jsonl || fault "the compact form does not read back as it was"
expect 2 'keys.bzk' "$bz" export read keys.bzk --public-key other.key.pub
head -c 100 keys.bzk >cut.bzk
expect 2 'byte 100: cut' "$bz" export read cut.bzk
expect 0 '"attenuation_db":68' "$bz" match --keys keys.bzk --sightings heard.csv --public-key moh.key.pub --json
expect 0 'no contact' "$bz" match --keys keys.bzk revoked.zip --sightings heard.csv --unsigned

expect 2 'there before' $make --keys <(cat keys.jsonl keys.jsonl) --out x.zip
expect 2 'no key' $make --keys /dev/null --out x.zip
expect 2 'milliseconds' "$bz" export make --sign moh.key --start 1585785600 --end 1585872000 --keys keys.jsonl --out x.zip

# A trace list of the 2020 app, signed for the phones of today. 1 April 2020; slot 1 of the first day.
cat >april.json <<JSON
{"data":[{"daily_key":"$zero","time_start":1585699200,"max":96,"time_end":1585785600}]}
JSON
expect 0 '1 chains' "$bz" export make --trace april.json --sign moh.key --start 1585785600000 --end 1585872000000 --out april.bzt
printf 'profile,id,aem,rssi_dbm,time_ms\nbluezone3,CC4111FEC540C346EC6A053F,,-70,1585700100000\n' >old.csv
expect 0 '"report_type":"confirmed"' "$bz" match --keys april.bzt --sightings old.csv --public-key moh.key.pub --json
expect 2 'april.bzt' "$bz" match --keys april.bzt --sightings old.csv --public-key other.key.pub

# A phone's log
expect 0 'log.key' "$bz" keygen --log-key log.key
expect 0 'wrong.key' "$bz" keygen --log-key wrong.key
[ "$(stat -c %a log.key)" = 600 ] || fault "a log's key is readable by others"
expect 0 'added 1 sightings' "$bz" log add --log phone.db --log-key log.key --sightings heard.csv
expect 0 '8BE6CD371C5C891604BFBE49DF845096' "$bz" log show --log phone.db --log-key log.key
"$bz" log show --log phone.db --log-key log.key | cmp -s - heard.csv || fault "the log does not give back what it was given"
cp phone.db before.db
expect 2 'phone.db' "$bz" log show --log phone.db --log-key wrong.key
expect 2 'heard.csv' "$bz" log add --log heard.csv --log-key log.key --sightings heard.csv
expect 1 'none.db' "$bz" log show --log none.db --log-key log.key
cmp -s before.db phone.db || fault "a refused log was changed"
grep -q '8BE6CD37' heard.csv || fault "a file that is no log was overwritten"
mkfifo pipe
expect 2 'not a file' "$bz" log show --log pipe --log-key log.key
expect 2 'not a file' $make --keys keys.jsonl --out pipe
[ -p pipe ] || fault "a pipe was replaced by a file"
expect 0 'nothing went' "$bz" log forget --log phone.db --log-key log.key --now 15871680000000
expect 2 '1970 to 9999' "$bz" log forget --log phone.db --log-key log.key --now 999999999999999999
expect 2 'whole number' "$bz" log forget --log phone.db --log-key log.key --now 9999999999999999999
expect 0 'forgot 1 scans' "$bz" log forget --log phone.db --log-key log.key --now 1587168000000
expect 2 'days' "$bz" log forget --log phone.db --log-key log.key --now 1587168000000 --days 22

# Full disk
if [ -w /dev/full ]; then
  "$bz" ids --profile gaen --key $tek --interval 1 >/dev/full 2>err && fault "a full disk goes unseen"
  grep -q '^bz: ' err || fault "a full disk is not said"
fi

[ "$faults" = 0 ] && echo "all as it should be"
exit $((faults > 0))
