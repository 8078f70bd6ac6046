#!/usr/bin/env python3
"""Reminders by e-mail from a real server: with the mail server there, a due reminder is sent; with the mail server away, and the
server killed (SIGKILL) meanwhile, it is sent when both are back; none is lost, none is sent twice.

Usage: reminder_mail_test.py REPOSITORY BZ
"""
import datetime
import email
import email.policy
import pathlib
import re
import signal
import socket
import sys
import tempfile
import time

try:
    from aiosmtpd.controller import Controller
except ImportError:
    print("Skipped: apt-get install python3-aiosmtpd")
    sys.exit(0)

sys.dont_write_bytecode = True  # nothing beside the sources
import campaign_walk as walk  # noqa: E402
import openapi_test as interface  # noqa: E402

FROM = "nhacviec@so-86.example"
# The server looks for what is due every 20 seconds, and tries a letter again after a minute.
LONG = 150


class Mailboxes:
    """What the mail server has taken."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, letter))
        return "250 taken"

    def to(self, address):
        return [letter for _, recipients, letter in self.taken if recipients == [address]]


def until(what, holds, seconds=LONG):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            interface.fault(f"not within {seconds} s: {what}")
            return
        time.sleep(0.2)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def letters(server, outcome):
    found = re.search(rf'^bz_campaign_letters_total{{outcome="{outcome}"}} (\d+)', server.call("GET", "/metrics").body.decode(), re.MULTILINE)
    return int(found[1]) if found else 0


def ask(first, task, school, address):
    """A school that somebody's letter asks for a report within half an hour: the reminder of an hour before is due now."""
    now = datetime.datetime.now(walk.LOCAL).replace(second=0, microsecond=0)
    first.send("putBody", {"slug": school, "kind": "school", "name": "Trường " + school, "parent": walk.DEPARTMENT, "unit": walk.VINH_LONG})
    first.send("putPost", {"post": "Văn thư", "contact": address}, slug=school)
    first.send("putTask", {"id": task, "letter": "3065/UBND", "form": "owners", "legs": "file", "due": walk.phrase(now + datetime.timedelta(minutes=30)),
                           "issued": (now - datetime.timedelta(days=1)).isoformat(timespec="minutes"), "receiver": walk.DEPARTMENT, "bodies": [school]})


def begin(data):
    server = interface.Server(data)
    return server, walk.Officer(interface.Browser(server), interface)


class MailServer:
    """One that can go away and come back at the same port."""

    def __init__(self, mail):
        self.mail, self.port, self.controller = mail, free_port(), None

    def start(self):
        self.controller = Controller(self.mail, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self):
        self.controller.stop()


def story(data, mail_server, mail):
    _, passwords, _ = interface.prepare(data)
    server, first = begin(data)
    first.browser.set_up("chi-huong", passwords["chi-huong"])
    for role in ("officer", "admin"):
        first.send("giveGrant", {"account": "chi-huong", "role": role, "scope": "VN"})
    first.send("putBody", {"slug": walk.DEPARTMENT, "kind": "department", "name": "Sở Khoa học và Công nghệ", "unit": walk.VINH_LONG, "answers_for": [walk.VINH_LONG]})

    ask(first, "m-1", "truong-1", "van-thu@truong-1.example")
    until("a reminder that is due arrives", lambda: mail.to("van-thu@truong-1.example"))

    mail_server.stop()
    ask(first, "m-2", "truong-2", "van-thu@truong-2.example")
    ask(first, "m-3", "truong-3", "van-thu@truong-3.example")
    until("without a mail server a letter is to be tried again", lambda: letters(server, "again") > 0)
    if mail.to("van-thu@truong-2.example"):
        interface.fault("a letter arrived though the mail server is away")
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    server, first = begin(data)
    mail_server.start()
    for school in ("truong-2", "truong-3"):
        until(f"the reminder to {school} arrives once both servers are back", lambda: mail.to(f"van-thu@{school}.example"))
    # Two more looks at what is due: nothing is sent again.
    time.sleep(42)
    server.stop()


def look_at(mail):
    for school in ("truong-1", "truong-2", "truong-3"):
        taken = mail.to(f"van-thu@{school}.example")
        if len(taken) != 1:
            interface.fault(f"{school} got {len(taken)} letters, not one")
            continue
        letter = taken[0]
        says = letter.get_body().get_content()
        if letter["from"] != FROM or not letter["subject"].startswith("Nhắc báo cáo trước ") or f"Trường {school} chưa gửi báo cáo bằng tệp" not in says:
            interface.fault(f"{school} was told {letter['subject']!r}: {says!r}")
    identities = [letter["message-id"] for _, _, letter in mail.taken]
    if len(mail.taken) != 3 or len(set(identities)) != 3:
        interface.fault(f"three letters with three ids, not {identities}")


def main():
    mail = Mailboxes()
    mail_server = MailServer(mail)
    mail_server.start()
    with tempfile.TemporaryDirectory() as data:
        config = pathlib.Path(data, "bz.toml")
        config.write_text(f'mail_from = "{FROM}"\nmail_url = "smtp://127.0.0.1:{mail_server.port}"\nmail_encrypted = false\n')
        config.chmod(0o600)
        interface.Server(data).stop()  # makes the authority and its keys
        story(data, mail_server, mail)
    mail_server.stop()
    look_at(mail)
    print("\n".join(interface.faults) or "reminders by e-mail: each arrives once, whatever was away")
    return bool(interface.faults)


sys.exit(main())
