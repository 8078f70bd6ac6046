#!/usr/bin/env python3
"""Who said names of bluezone3 reports a positive test at the terminal, beside a real server: the second part is asked for by
itself, changes the root at once, and goes hours later.

Usage: chains_test.py BZ
"""
import datetime
import http.client
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

BZ = sys.argv[1]
AUTHORITY = "vn-moh"
HOUR = 3_600_000
NOW = int(time.time() * 1000)

faults = []


def expect(is_so, text):
    if not is_so:
        faults.append(text)


def run(*words, status=0, typed=None):
    """A command of bz; all that it said. `typed`: what a person enters."""
    done = subprocess.run([BZ, *map(str, words)], capture_output=True, text=True, input=typed)
    expect(done.returncode == status, f"exit {done.returncode}, not {status}: bz {words[0]}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def objects(*words, **more):
    return [json.loads(line) for line in run(*words, "--json", **more).splitlines() if line.startswith("{")]


class Server:
    def __init__(self, data):
        self.process = subprocess.Popen([BZ, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]
        self.device = objects("apikey", "add", "--data", data, "--kind", "device", "--name", "phones", "--authority", AUTHORITY)[0]["key"]
        self.admin = objects("apikey", "add", "--data", data, "--kind", "admin", "--name", "clinic", "--authority", AUTHORITY)[0]["key"]

    def code(self):
        to = http.client.HTTPConnection("127.0.0.1", urllib.parse.urlsplit(self.url).port, timeout=60)
        day = datetime.datetime.fromtimestamp(NOW / 1000, datetime.timezone.utc).date().isoformat()
        to.request("POST", "/api/issue", json.dumps({"testType": "confirmed", "symptomDate": day}),
                   {"Content-Type": "application/json", "X-API-Key": self.admin})
        return json.loads(to.getresponse().read())["code"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        expect(self.process.wait(60) == 0, "the server does not end well")


class Phone:
    def __init__(self, folder, name, server):
        self.where, self.server = ("--log", folder / f"{name}.db", "--log-key", folder / f"{name}.key"), server
        run("keygen", "--log-key", folder / f"{name}.key")

    def say(self, at, profile="bluezone3"):
        return objects("log", "say", *self.where, "--now", at, "--profile", profile)[0]["advertisement"]

    def words(self, *more):
        return ("report-positive", "--server", self.server.url, "--api-key", self.server.device, "--authority", AUTHORITY, *self.where,
                "--pause", 0, *more)


def agrees(folder, server):
    phone = Phone(folder, "agrees", server)
    phone.say(NOW - 26 * HOUR)
    before = phone.say(NOW - HOUR)
    said = objects(*phone.words("--code", server.code(), "--agree", "--agree-bluezone3", "--now", NOW))
    shown = next((line for line in said if "would_send_chains" in line), {})
    expect(shown.get("would_send_chains") == 1 and shown["ends_ms"][0] <= NOW, f"one chain, to this moment, is shown: {said}")
    expect({"chains_agreed": True} in said, f"and agreed to: {said}")
    due = said[-1].get("chains_due_ms", 0)
    expect(NOW + HOUR / 2 <= due <= NOW + 12 * HOUR, f"it goes later: {said}")
    expect(phone.say(NOW) != before and phone.say(NOW) == phone.say(NOW), "from then on other names are said")

    early = objects(*phone.words("--now", due - 600_000))
    expect(early == [{"chains_due_ms": due}], f"before its time nothing goes: {early}")
    sent = objects(*phone.words("--now", due + 1_000))
    expect(sent == [{"published_chains": 1}], f"at its time it goes: {sent}")
    run(*phone.words("--now", due + 2_000), status=1)  # nothing is left to send


def refuses(folder, server):
    phone = Phone(folder, "refuses", server)
    phone.say(NOW - 26 * HOUR, "bluezone4")
    phone.say(NOW - 3 * HOUR)
    before = phone.say(NOW)
    said = run(*phone.words("--code", server.code(), "--now", NOW), typed="c\nk\n")
    for words in ("liên kết được với nhau", "stay linkable to each other", "Phần thứ hai không gửi", "Published: 1 keys"):
        expect(words in said, f"says: {words}: {said}")
    expect(phone.say(NOW) == before, "the root stays")


# Agreeing to the keys on the command line is not agreeing to this.
def says_nothing_of_it(folder, server):
    phone = Phone(folder, "silent", server)
    phone.say(NOW - 26 * HOUR, "bluezone4")
    phone.say(NOW - 3 * HOUR)
    said = objects(*phone.words("--code", server.code(), "--agree", "--now", NOW))
    expect({"chains_agreed": False} in said and {"published": 1} in said, f"the keys go, the chains do not: {said}")


def is_not_asked(folder, server, settings_key):
    phone = Phone(folder, "not-asked", server)
    phone.say(NOW - 26 * HOUR, "bluezone4")
    phone.say(NOW - 3 * HOUR)
    said = objects(*phone.words("--code", server.code(), "--agree", "--agree-bluezone3", "--now", NOW, *settings_key))
    expect({"published": 1} in said and not any("chains" in word for line in said for word in line), f"keys only: {said}")


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    data = folder / "data"
    server = Server(data)
    try:
        is_not_asked(folder, server, ())  # the authority does not take chains
        run("authority", "put", "--data", data, "--id", AUTHORITY, "--set", "bluezone3=true")
        agrees(folder, server)
        refuses(folder, server)
        says_nothing_of_it(folder, server)
        # Signed settings that do not allow it are obeyed, whatever the codes side says.
        run("keygen", "--signing", folder / "moh.key")
        (folder / "not-asked.key").unlink()
        (folder / "not-asked.db").unlink()
        is_not_asked(folder, server, ("--settings-key", folder / "moh.key.pub"))
    finally:
        server.stop()

for text in faults:
    print("FAULT:", text)
sys.exit(1 if faults else 0)
