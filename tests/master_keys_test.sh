#!/usr/bin/env bash
# Where master keys lie: handed over as systemd hands them over (files in $CREDENTIALS_DIRECTORY), in no backup, and missed by name when
# a backup is restored. What is compared is the certificate key of the authority, which is sealed in the store.
# Usage: master_keys_test.sh BZ
set -u
bz=$(realpath "$1")
dir=$(mktemp -d)
server=
cleanup() { [ -z "$server" ] || kill "$server" 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"; }
trap cleanup EXIT
cd "$dir" || exit 1
faults=0
fault() { echo "FAULT: $*"; faults=$((faults + 1)); }

# up DATA: a server, its address in $address; empty when it does not come up
up() {
  : >listening
  "$bz" serve --data "$1" --listen 127.0.0.1:0 >listening 2>err & server=$!
  until [ -s listening ] || ! kill -0 "$server" 2>/dev/null; do sleep 0.05; done
  address=$(sed -n 's|^listening on ||p' listening)
}
down() { kill "$server"; wait "$server" 2>/dev/null; server=; }
public_keys() { curl -s "$address/jwks/vn-moh"; }

mkdir given
for part in accounts codes keys; do
  openssl rand -hex 32 >given/$part.master.key
  chmod 440 given/$part.master.key       # as an access list of systemd's shows
done
export CREDENTIALS_DIRECTORY=$dir/given
up data
[ -n "$address" ] || { cat err; fault "it does not start with the keys that it is given"; exit 1; }
before=$(public_keys)
[ -n "$before" ] || fault "there is no certificate key"
[ -z "$(find data -name master.key)" ] || fault "it makes master keys beside those that it is given"
"$bz" signing-key make --data data --version v2 --key-id 452 >/dev/null || fault "a command does not take the key that it is given"
"$bz" account add --data data --name binh.an >/dev/null || fault "an account cannot be made with the key that is given"
"$bz" store backup --data data --to backup >said || fault "no backup: $(cat said)"
grep -q 'without the master keys' said || fault "a backup does not say what it lacks: $(cat said)"
down
[ -z "$(find backup -name '*master.key')" ] || fault "a backup holds master keys"
grep -rqF "$(cat given/keys.master.key)" backup data && fault "a master key lies in the data or in the backup"

# A command that is run without what the service is given makes no key of its own, which would seal what the server cannot open.
unset CREDENTIALS_DIRECTORY
"$bz" signing-key make --data data --version v3 --key-id 452 >said 2>err && fault "a signing key is made without the master key: $(cat said)"
grep -q 'the master key of this store is not there' err || fault "it does not say that the master key is missing: $(cat err)"
"$bz" signing-key list --data data | grep -q '^v3' && fault "a signing key is there that was not made"
"$bz" account add --data data --name lan.anh >said 2>err && fault "an account is made without the master key"
[ -z "$(find data -name master.key)" ] || fault "a command makes a second master key"
# Nor does it take one that does not fit.
openssl rand -hex 32 | install -m 600 /dev/stdin data/keys/master.key
"$bz" signing-key make --data data --version v3 --key-id 452 >said 2>err && fault "a signing key is made under another master key"
grep -q 'sealed under another master key' err || fault "it does not say that the master key is another: $(cat err)"
rm data/keys/master.key

# Restored where no key is: it says so; a server there makes none either, and stops; nor does it take one that does not fit.
"$bz" store restore --data restored --from backup >said || fault "no restoring: $(cat said)"
for part in accounts codes keys; do
  grep -q "^missing: restored/$part/master.key" said || fault "restore does not miss $part/master.key: $(cat said)"
done
"$bz" store restore --data as_json --from backup --json | grep -q '"missing":\["accounts/master.key","codes/master.key","keys/master.key"\]' ||
  fault "restore --json does not name what is missing"
up restored
[ -z "$address" ] || { fault "a server starts without the store's master key"; down; }
grep -q 'the master key of this store is not there' err || fault "it does not say that the key is missing: $(cat err)"
[ -z "$(find restored -name master.key)" ] || fault "a server makes a second master key"
for part in accounts codes keys; do openssl rand -hex 32 | install -m 600 /dev/stdin restored/$part/master.key; done
up restored
[ -z "$address" ] || { fault "a server takes another master key than the store's"; down; }
grep -q 'sealed under another master key' err || fault "it does not say that the key is another: $(cat err)"

# With the right ones it is the same server again: from files,
for part in accounts codes keys; do install -m 600 given/$part.master.key restored/$part/master.key; done
up restored
[ "$(public_keys)" = "$before" ] || fault "restored with its keys it is not the same: $(cat err)"
down
# or handed over; and then restore misses nothing.
export CREDENTIALS_DIRECTORY=$dir/given
"$bz" store restore --data again --from backup >said || fault "no restoring: $(cat said)"
grep -q missing said && fault "restore misses keys that it is given: $(cat said)"
up again
[ "$(public_keys)" = "$before" ] || fault "restored with keys handed over it is not the same: $(cat err)"
down

# Asked for, a backup holds them, readable by its owner only, and is enough.
"$bz" store backup --data data --to whole --with-master-keys >/dev/null || fault "no backup with the keys"
unset CREDENTIALS_DIRECTORY
[ "$(stat -c %a whole/keys/master.key)" = 600 ] || fault "others may read a backup's master key"
"$bz" store restore --data moved --from whole >said || fault "no restoring with keys: $(cat said)"
grep -q missing said && fault "restore misses keys that the backup has"
up moved
[ "$(public_keys)" = "$before" ] || fault "moved with its keys it is not the same: $(cat err)"
down

# What is handed over must be a key.
export CREDENTIALS_DIRECTORY=$dir/given
chmod 600 given/keys.master.key && echo 12345 >given/keys.master.key
up moved
[ -z "$address" ] || { fault "it starts with a key that is none"; down; }
grep -q 'not a master key (64 hex digits)' err || fault "it does not say that this is no key: $(cat err)"

[ $faults = 0 ] && echo "master keys: apart from data and backups, and missed by name"
exit $((faults > 0))
