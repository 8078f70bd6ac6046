#!/usr/bin/env python3
"""A phone at the terminal beside a real server: obeys the authority's settings, asks to be called, counts its installation once.

Usage: phone_test.py BZ
"""
import base64
import datetime
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

BZ = sys.argv[1]
AUTHORITY = "vn-moh"
MINUTE = 60_000
HOUR = 60 * MINUTE
NOW = int(time.time() * 1000)  # of the phones; the server's clock is the machine's

faults = []


def fault(text):
    faults.append(text)


def expect(is_so, text):
    if not is_so:
        fault(text)


def run(*words, status=0, typed=None):
    """A command of bz; all that it said. `typed`: what a person enters."""
    done = subprocess.run([BZ, *map(str, words)], capture_output=True, text=True, input=typed)
    if done.returncode != status:
        fault(f"exit {done.returncode}, not {status}: bz {' '.join(map(str, words))}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def objects(*words, **more):
    return [json.loads(line) for line in run(*words, "--json", **more).splitlines() if line.startswith("{")]


class Server:
    def __init__(self, data):
        self.process = subprocess.Popen([BZ, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]
        self.port = urllib.parse.urlsplit(self.url).port

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        expect(self.process.wait(60) == 0, "the server does not end well")


class Officer:
    """A health officer's browser."""

    def __init__(self, server, data):
        self.http, self.cookie, self.csrf = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60), None, None
        password = objects("account", "add", "--data", data, "--name", "chi-huong")[0]["password"]
        run("grant", "add", "--data", data, "--account", "chi-huong", "--role", "issuer", "--authority", AUTHORITY)
        self.call("POST", "/accounts/v1/login", {"name": "chi-huong", "password": password})
        secret = self.call("GET", "/accounts/v1/setup")["secret"]
        key = base64.b32decode(secret + "=" * (-len(secret) % 8))
        digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
        at = digest[-1] & 15
        code = "%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000)
        self.call("POST", "/accounts/v1/setup", {"code": code, "new_password": "mật khẩu rất dài của cán bộ"})

    def call(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if self.csrf:
            headers["X-CSRF-Token"] = self.csrf
        self.http.request(method, path, None if body is None else json.dumps(body).encode(), headers)
        answer = self.http.getresponse()
        text = answer.read()
        if answer.status != 200:
            fault(f"{method} {path}: {answer.status} {text[:200]!r}")
            return {}
        if answer.headers.get("set-cookie"):
            self.cookie = answer.headers["set-cookie"].split(";")[0]
        said = json.loads(text)
        self.csrf = said.get("csrf_token") or self.csrf
        return said

    def read_callbacks(self, key):
        texts = []
        for waiting in self.call("GET", f"/officer/v1/callbacks?authority={AUTHORITY}").get("callbacks", []):
            if waiting["fetched"]:
                continue
            message = self.call("POST", f"/officer/v1/callbacks/{waiting['id']}/fetch?authority={AUTHORITY}", {})["message"]
            texts.append(objects("callback", "open", "--key", key, "--message", message)[0]["text"])
        return texts


class HoldsAnswers:
    """A line on which the answer to /v1/installs never comes, though the server has counted it."""

    def __init__(self, server):
        self.server, self.counted = server, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        upstream = socket.create_connection(("127.0.0.1", self.server.port))
        held = threading.Event()

        def answers():
            while part := upstream.recv(65536):
                if held.is_set():
                    self.counted.set()
                else:
                    client.sendall(part)

        threading.Thread(target=answers, daemon=True).start()
        while part := client.recv(65536):
            if b"POST /v1/installs" in part:  # a connection of its own
                held.set()
            upstream.sendall(part)
        upstream.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.listener.close()


class Phone:
    def __init__(self, folder, name, server):
        self.log, self.key = folder / f"{name}.db", folder / f"{name}.key"
        self.folder, self.server = folder, server
        run("keygen", "--log-key", self.key)

    def where(self):
        return ("--log", self.log, "--log-key", self.key)

    def fetch_words(self, at, *more, url=None):
        return ("fetch", "--server", url or self.server.url, "--into", self.folder / "keys", "--public-key", self.folder / "exports.pub",
                *self.where(), "--settings-key", self.folder / "moh.key.pub", "--now", at, *more)

    def fetch(self, at, *more, **also):
        return objects(*self.fetch_words(at, *more), **also)

    def until(self, wanted, at, step=HOUR, most=80):
        """Wakes up every hour until it says `wanted`; when that was."""
        for _ in range(most):
            if any(wanted in said for said in self.fetch(at)):
                return at
            at += step
        fault(f"{wanted}: not in {most} hours")
        return at


def put_settings(folder, data, version, **values):
    settings = json.loads(run("settings", "example", "--version", version, "--days", 60))
    settings.update(values)
    file = folder / f"settings-{version}.json"
    file.write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
    run("settings", "sign", "--values", file, "--key", folder / "moh.key", "--out", folder / "settings.bzs")
    run("settings", "put", "--data", data, "--file", folder / "settings.bzs")


def obeys_settings(folder, data, phone):
    """Before there are settings, those built in: four hours between checks, no callbacks."""
    said = phone.fetch(NOW)[0]
    expect(said["next_check_ms"] == NOW + 4 * HOUR, f"without settings the next check is in four hours: {said}")
    run("callback", "ask", *phone.where(), "--settings-key", folder / "moh.key.pub", status=1)
    callback_key = run("callback", "key", "--key", folder / "callback.key").strip()
    put_settings(folder, data, 1, check_minutes=60, days_kept=7, callback_key=callback_key)
    said = phone.fetch(NOW + HOUR)[0]
    expect(said == {"checked": False, "next_check_ms": NOW + 4 * HOUR}, f"before it is due nothing is fetched: {said}")
    said = phone.fetch(NOW + HOUR, "--force")[0]
    expect(said.get("next_check_ms") == NOW + 2 * HOUR, f"--force looks, and the new settings count from then on: {said}")
    said = phone.fetch(NOW + 2 * HOUR)[0]
    expect("keys" in said, f"after the settings' period it is due: {said}")

    # What was heard nine days ago goes at seven days kept, not at fourteen.
    heard = folder / "heard.csv"
    heard.write_text(f"profile,id,aem,rssi_dbm,time_ms\ngaen,8BE6CD371C5C891604BFBE49DF845096,72033874,-60,{NOW - 9 * 24 * HOUR}\n")
    run("log", "add", *phone.where(), "--sightings", heard)
    said = objects("log", "forget", *phone.where(), "--now", NOW + 2 * HOUR)[0]
    expect(said["scans"] == 0, f"14 days without settings: {said}")
    said = objects("log", "forget", *phone.where(), "--now", NOW + 2 * HOUR, "--settings-key", folder / "moh.key.pub")[0]
    expect(said["scans"] == 1, f"7 days as the settings say: {said}")
    run("log", "add", *phone.where(), "--sightings", heard)
    phone.fetch(NOW + 3 * HOUR)
    expect(heard.read_text().splitlines()[1] not in run("log", "show", *phone.where()), "bz fetch forgets as the settings say")

    # A damaged file of settings does not keep warnings back.
    (folder / "other").mkdir()
    run("keygen", "--signing", folder / "other" / "moh.key")
    put_settings(folder / "other", data, 2, check_minutes=15)
    said = phone.fetch(NOW + 5 * HOUR)[0]
    expect("keys" in said and "settings_fault" in said and said["next_check_ms"] == NOW + 6 * HOUR, f"those taken before stay: {said}")
    put_settings(folder, data, 3, check_minutes=60, days_kept=7, callback_key=callback_key)


def asks_to_be_called(folder, data, server, phone):
    text = "Chị Lan 0912 345 678, sau 17 giờ"
    ask = ("callback", "ask", *phone.where(), "--settings-key", folder / "moh.key.pub", "--now", NOW + 6 * HOUR)
    said = run(*ask, typed=f"{text}\nk\n")
    expect(text in said and "Không gửi gì" in said, f"what would be sent is shown, and no means no: {said}")
    said = run(*ask, typed=f"{text}\nc\n")
    expect("Nothing else is sent" in said, f"what is not sent is said: {said}")
    expect(run(*ask, "--agree", typed="x" * 207 + "\n", status=2).count("206 bytes") == 1, "207 bytes are too many")
    officer = Officer(server, data)
    key = folder / "callback.key"
    expect(officer.read_callbacks(key) == [], "nothing is sent when it is asked for")
    at = phone.until("callback", NOW + 6 * HOUR)
    expect(officer.read_callbacks(key) == [text], "the officer reads what was written")
    expect(objects(*ask, "--withdraw")[0] == {"waiting": False}, "nothing waits any more")
    at = phone.until("callback", at + HOUR)
    expect(officer.read_callbacks(key) == [], "cover reaches no officer")
    # 18 hours are the longest wait, at twelve on average.
    expect({"callback": "cover"} in phone.fetch(at + 18 * HOUR), "cover goes on")
    is_refused(phone, ask, at + 37 * HOUR)


def is_refused(phone, ask, at):
    """A server that does not know the authority is not one that takes no more for now."""
    run(*ask, "--agree", typed="0912 345 678\n")
    for _ in range(20):
        said = run(*phone.fetch_words(at, "--authority", "vn-nobody"))
        at += HOUR
        if "lời nhắn" in said:
            break
    expect(0 <= said.find("Máy chủ không nhận lời nhắn") < said.find("did not take your message") and "no more" not in said,
           f"a refusal is told as one, Vietnamese first: {said}")
    run(*ask, "--withdraw")


def counts_installations(folder, data, server):
    """Ten phones of one commune, one of them killed while it is being counted: nine would not be told."""
    unit, phones = "84.842", []
    for number in range(10):
        phone = Phone(folder, f"phone-{number}", server)
        expect(objects("log", "unit", *phone.where(), "--unit", unit)[0] == {"counted": False, "unit": unit}, "a unit is chosen")
        phone.fetch(NOW)  # draws when
        phones.append(phone)
    today = datetime.datetime.fromtimestamp(time.time(), datetime.timezone.utc).date()
    line = HoldsAnswers(server)
    killed = subprocess.Popen([BZ, *map(str, phones[0].fetch_words(NOW + 25 * HOUR, "--json", url=line.url))], stdout=subprocess.DEVNULL)
    expect(line.counted.wait(60), "the installation is not sent within 25 hours")
    killed.kill()
    killed.wait()
    line.close()
    for run_number in range(2):
        for phone in phones:
            said = phone.fetch(NOW + (26 + run_number) * HOUR)
            wanted = run_number == 0 and phone is not phones[0]
            expect(({"installation_counted": True} in said) == wanted, f"run {run_number}: {said}")
    for phone in phones:
        expect(objects("log", "unit", *phone.where())[0] == {"counted": True}, "a phone knows that it was counted")
    run("log", "unit", *phones[1].where(), "--unit", "84", status=1)
    # Midnight may have passed meanwhile, when the ten fall into two days.
    rows = [run("installs", "--data", data, "--day", day.isoformat()) for day in (today, today + datetime.timedelta(days=1))]
    if today == datetime.datetime.now(datetime.timezone.utc).date():
        expect(f"{unit},10" in rows[0], f"ten phones are ten, not eleven: {rows}")
    expect("11" not in "".join(rows).replace(unit, ""), f"nobody is counted twice: {rows}")


def is_too_old(folder, data, phone):
    put_settings(folder, data, 4, minimum_app_version="9999.0.0")
    said = run(*phone.fetch_words(NOW + 200 * HOUR))
    expect("published keys compared" in said, f"an old version still compares: {said}")
    expect(0 <= said.find("Hãy cập nhật") < said.find("Please update"), f"and asks to be updated, Vietnamese first: {said}")
    said = run("report-positive", "--server", "http://127.0.0.1:9", "--api-key", "x", *phone.where(), "--code", "12345678",
               "--settings-key", folder / "moh.key.pub", status=2)
    expect("Hãy cập nhật" in said and "12345678" not in said, f"it hands in no code: {said}")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = str(folder / "data")
        run("keygen", "--signing", folder / "moh.key")
        run("keygen", "--signing", folder / "callback.key")
        server = Server(data)
        try:
            (folder / "exports.pub").write_text(run("signing-key", "public", "--data", data))
            phone = Phone(folder, "lan", server)
            obeys_settings(folder, data, phone)
            asks_to_be_called(folder, data, server, phone)
            counts_installations(folder, data, server)
            is_too_old(folder, data, phone)
        finally:
            server.stop()
    print("\n".join(faults) or "the phone does as the authority's settings say, and no more")
    return bool(faults)


sys.exit(main())
