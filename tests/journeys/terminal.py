"""What the journeys at the terminal stand on: commands of bz, a real server, a phone's files. Usage of each: JOURNEY.py BZ."""
import datetime
import http.client
import json
import signal
import subprocess
import sys
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
    try:
        done = subprocess.run([BZ, *map(str, words)], capture_output=True, text=True, input=typed, timeout=120)
    except subprocess.TimeoutExpired as late:
        faults.append(f"it still runs after two minutes: bz {words[0]}: {late.stdout!r}")
        return ""
    expect(done.returncode == status, f"exit {done.returncode}, not {status}: bz {words[0]}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def objects(*words, **more):
    return [json.loads(line) for line in run(*words, "--json", **more).splitlines() if line.startswith("{")]


class Server:
    def __init__(self, data):
        self.process = subprocess.Popen([BZ, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]
        self.port = urllib.parse.urlsplit(self.url).port
        self.device = objects("apikey", "add", "--data", data, "--kind", "device", "--name", "phones", "--authority", AUTHORITY)[0]["key"]
        self.admin = objects("apikey", "add", "--data", data, "--kind", "admin", "--name", "clinic", "--authority", AUTHORITY)[0]["key"]

    def code(self, test_type="confirmed"):
        to = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        day = datetime.datetime.fromtimestamp(NOW / 1000, datetime.timezone.utc).date().isoformat()
        to.request("POST", "/api/issue", json.dumps({"testType": test_type, "symptomDate": day}),
                   {"Content-Type": "application/json", "X-API-Key": self.admin})
        return json.loads(to.getresponse().read())["code"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        expect(self.process.wait(60) == 0, "the server does not end well")


class Phone:
    def __init__(self, folder, name, server, url=None):
        self.where, self.server, self.url = ("--log", folder / f"{name}.db", "--log-key", folder / f"{name}.key"), server, url or server.url
        run("keygen", "--log-key", folder / f"{name}.key")

    def say(self, at, profile="bluezone3"):
        return objects("log", "say", *self.where, "--now", at, "--profile", profile)[0]["advertisement"]

    def words(self, *more, pause=0):
        return ("report-positive", "--server", self.url, "--api-key", self.server.device, "--authority", AUTHORITY, *self.where,
                "--pause", pause, *more)


def tell_and_exit():
    for text in faults:
        print("FAULT:", text)
    sys.exit(1 if faults else 0)
