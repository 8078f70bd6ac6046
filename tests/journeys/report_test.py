#!/usr/bin/env python3
"""Who tested positive reports it at the terminal, beside a real server, and not at the first go: the command is killed, the server
refuses, and what was agreed to is published once all the same.

Usage: report_test.py BZ
"""
import http.client
import http.server
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True  # nothing beside the sources
from terminal import BZ, HOUR, NOW, Phone, Server, expect, objects, run, tell_and_exit  # noqa: E402


class Line:
    """Somebody on the way, who notes the calls that carry something and may refuse the uploads among them."""

    def __init__(self, server):
        self.calls, self.refusal = [], None
        line = self

        class Passing(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                is_cover = "x-chaff" in self.headers
                if not is_cover:
                    line.calls.append(self.path)
                if self.path == "/v1/publish" and not is_cover and line.refusal:
                    status, answer = line.refusal
                else:
                    onward = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
                    kept = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length")}
                    onward.request("POST", self.path, body, kept)
                    real = onward.getresponse()
                    status, answer = real.status, real.read()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *ignored):
                pass

        self.listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Passing)
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.listener.server_address[1]}"

    def take_calls(self):
        calls, self.calls = self.calls, []
        return calls


def is_killed_in_the_pause(phone, code):
    """Agreed to, and killed before anything was sent; --pause is long enough to be alive then."""
    killed = subprocess.Popen([BZ, *map(str, phone.words("--code", code, "--agree", pause=600))], stdout=subprocess.PIPE, text=True)
    said = ""
    while "Waiting" not in said and (line := killed.stdout.readline()):
        said += line
    killed.kill()
    killed.wait()
    expect("Waiting" in said, f"it waits for the second half of the visit: {said}")


def goes_on_without_the_code(folder, server, line):
    phone = Phone(folder, "killed", server, line.url)
    phone.say(NOW - 26 * HOUR, "bluezone4")
    is_killed_in_the_pause(phone, server.code())
    expect(line.take_calls() == ["/api/verify"], "nothing but the code has left the phone")
    said = run(*phone.words())
    expect("Going on with what was agreed to earlier" in said and "Published: 1 keys" in said, f"it goes on: {said}")
    expect(line.take_calls() == ["/api/certificate", "/v1/publish"], "it is published once")
    run(*phone.words(), status=2)  # nothing is left: a code is asked for
    expect(line.take_calls() == [], "and only once")


# As somebody does who calls up the last command.
def goes_on_with_the_same_words(folder, server, line):
    phone, code = Phone(folder, "same-words", server, line.url), server.code()
    phone.say(NOW - 26 * HOUR, "bluezone4")
    is_killed_in_the_pause(phone, code)
    line.take_calls()
    said = run(*phone.words("--code", code, "--agree"))
    expect("This code is not handed in" in said and "Published: 1 keys" in said, f"it goes on: {said}")
    expect(line.take_calls() == ["/api/certificate", "/v1/publish"], "the used code is not handed in again")


def takes_a_new_code_after_a_refusal(folder, server, line):
    refusals = ((401, b'{"error":"no","code":"health_authority_verification_certificate_invalid"}'), (400, b'{"error":"no","code":"bad_request"}'))
    for refusal in refusals:
        phone = Phone(folder, f"refused-{refusal[0]}", server, line.url)
        phone.say(NOW - 26 * HOUR, "bluezone4")
        line.refusal = refusal
        said = run(*phone.words("--code", server.code(), "--agree"), status=2)
        expect("ask the health officer for a new code" in said, f"what to do is said: {said}")
        line.refusal = None
        line.take_calls()
        said = objects(*phone.words("--code", server.code(), "--agree"))
        expect({"published": 1} in said, f"a new code serves: {said}")
        expect(line.take_calls() == ["/api/verify", "/api/certificate", "/v1/publish"], "and was handed in")


# A second report has keys of the first, which another certificate published, and a new one.
def changes_what_it_published_before(folder, server, line):
    phone = Phone(folder, "twice", server, line.url)
    phone.say(NOW - 26 * HOUR, "bluezone4")
    expect({"published": 1} in objects(*phone.words("--code", server.code("likely"), "--agree")), "the first report goes")
    phone.say(NOW - 1 * HOUR, "bluezone4")
    said = objects(*phone.words("--code", server.code(), "--agree"))
    expect({"published": 2} in said, f"the second changes that key and adds the other: {said}")


# From a copy of the phone's files that was made before: the keys are the same.
def is_told_of_keys_that_another_phone_published(folder, server, line):
    phone = Phone(folder, "first", server, line.url)
    phone.say(NOW - 26 * HOUR, "bluezone4")
    copy = Phone(folder, "copy", server, line.url)
    for end in ("db", "key"):
        shutil.copy(folder / f"first.{end}", folder / f"copy.{end}")
    expect({"published": 1} in objects(*phone.words("--code", server.code(), "--agree")), "the first report goes")
    said = run(*copy.words("--code", server.code(), "--agree"), status=2)
    expect("published already" in said and "report with the phone that published them" in said and "give this one up" in said,
           f"what to do is said: {said}")
    run(*copy.words("--give-up"))


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    server = Server(folder / "data")
    line = Line(server)
    try:
        goes_on_without_the_code(folder, server, line)
        goes_on_with_the_same_words(folder, server, line)
        takes_a_new_code_after_a_refusal(folder, server, line)
        changes_what_it_published_before(folder, server, line)
        is_told_of_keys_that_another_phone_published(folder, server, line)
    finally:
        server.stop()

tell_and_exit()
