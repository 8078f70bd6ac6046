#!/usr/bin/env python3
"""Who said names of bluezone3 reports a positive test at the terminal, beside a real server: the second part is asked for by
itself, changes the root at once, and goes hours later.

Usage: chains_test.py BZ
"""
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True  # nothing beside the sources
from terminal import AUTHORITY, HOUR, NOW, Phone, Server, expect, objects, run, tell_and_exit  # noqa: E402


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

tell_and_exit()
