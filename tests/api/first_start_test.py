#!/usr/bin/env python3
"""`bz serve --data DIR` on an empty folder is killed (SIGKILL) at any moment of its very first start, once or several times; the start
after that makes the rest, and the server works: a code is issued, used and its keys published.

Usage: first_start_test.py REPOSITORY BZ [ROUNDS [SEED]]
"""
import os
import random
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # nothing beside the sources
import openapi_test as interface  # noqa: E402

BZ = interface.BZ
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 6
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else random.SystemRandom().randrange(1 << 32)
chance = random.Random(SEED)


def files_in(folder):
    count = 0
    for _, folders, files in os.walk(folder):
        count += len(folders) + len(files)
    return count


def start(data):
    return subprocess.Popen([BZ, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def whole_start():
    """How long one takes here, and how many files it makes."""
    with tempfile.TemporaryDirectory() as data:
        begun = time.monotonic()
        process = start(data)
        line = process.stdout.readline()
        took, files = time.monotonic() - begun, files_in(data)
        process.kill()
        process.wait()
        if not line.startswith(b"listening on "):
            sys.exit(f"the server does not come up: {line!r}")
        return took, files


def kill_after(data, seconds):
    process = start(data)
    time.sleep(seconds)
    process.kill()
    process.wait()


def kill_at_file(data, number):
    """As soon as there are so many files and folders."""
    process = start(data)
    while files_in(data) < number and process.poll() is None:
        pass
    process.kill()
    process.wait()


def works(data, how):
    server = interface.Server(data)
    try:
        if server.call("GET", "/health").status != 200:
            interface.fault(f"{how}: /health is not well")
    finally:
        server.stop()
    interface.bz("authority", "put", "--id", interface.AUTHORITY, "--data", data, "--set", "bluezone3=true")
    keys = {kind: interface.bz("apikey", "add", "--data", data, "--kind", kind, "--name", kind)[0]["key"] for kind in ("device", "admin")}
    interface.bz("store", "check", "--data", data)
    interface.bz("audit", "verify", "--data", data)
    server = interface.Server(data)
    try:
        issued = interface.call(server, "issueCode", {"testType": "confirmed"}, {"X-API-Key": keys["admin"]}).json()
        if "code" not in issued:
            interface.fault(f"{how}: no code is issued: {issued}")
        else:
            interface.publish(server, keys, issued)
    finally:
        server.stop()


def main():
    took, files = whole_start()
    print(f"a first start takes {took:.2f} s and makes {files} files and folders; seed {SEED}")
    # At each file, and between them.
    moments = [("file", number) for number in range(1, files + 1)]
    chance.shuffle(moments)
    moments = moments[:ROUNDS] + [("time", chance.random() * took) for _ in range(ROUNDS)]
    for kind, moment in moments:
        with tempfile.TemporaryDirectory() as data:
            how = f"killed at {kind} {moment:.3f}" if kind == "time" else f"killed at file {moment}"
            if kind == "file":
                kill_at_file(data, moment)
            else:
                kill_after(data, moment)
            for _ in range(chance.randrange(3)):
                kill_after(data, chance.random() * took)
            works(data, how)
    print("\n".join(interface.faults) or f"first start: killed in {len(moments)} folders, each works afterwards")
    return bool(interface.faults)


sys.exit(main())
