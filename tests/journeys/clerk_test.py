#!/usr/bin/env python3
"""A telecom's clerk at the terminal, with what goes wrong: each error says what to do, and nothing wrong is kept.

Usage: clerk_test.py REPOSITORY BZ
"""
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import zipfile

repository, bz = pathlib.Path(sys.argv[1]), sys.argv[2]
good = (repository / "docs/examples/bm1-vnpt.csv").read_text(encoding="utf-8")
faults = 0


def check(is_right, what):
    global faults
    if not is_right:
        faults += 1
        print("not so: " + what)


def run(*words, stdin=b"", at="2020-08-25T17:10+07:00", who="nop-vnpt-70"):
    options = ["--data", data] + (["--at", at] if at else []) + (["--as", who] if who else [])
    done = subprocess.run([bz, *words, *options], input=stdin, capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def expect(status, fragments, *words, **more):
    code, out, err = run(*words, **more)
    said = out + err
    check(code == status, f"bz {' '.join(map(str, words))} exits with {status}: {code}\n{said}")
    for fragment in [fragments] if isinstance(fragments, str) else fragments:
        check(fragment in said, f"bz {' '.join(map(str, words))} says {fragment!r}\n{said}")
    check(err.count("\n") == (1 if status else 0), f"one line of error\n{err}")
    return out


def file(name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


with tempfile.TemporaryDirectory() as made:
    folder = pathlib.Path(made)
    data = str(folder / "bz")
    subprocess.run([bz, "campaign", "seed", "--data", data], check=True, capture_output=True)
    vnpt = ["--body", "vnpt-70"]

    # Numbers that may be read in two ways, another province's district, a row twice, a total that is not one.
    for name, old, new, wants in [
        ("dot.csv", "3.810", "1.5", ["C5", "Nếu là 15 thì nhập 15", "1,5", "is it 15 or 1.5"]),
        ("half.csv", "3.810", "68.40", ["C5", "6.840", "68,4"]),
        ("other.csv", "Huyện Phú Riềng", "Huyện Trà Cú", ["B12", "Bình Phước"]),
        ("twice.csv", "Huyện Phú Riềng", "Huyện Hớn Quản", ["B12", "dòng 8", "row 8"]),
        ("minus.csv", "3.810", "-3810", ["C5"]),
        ("words.csv", "3.810", "nhiều", ["C5"]),
        ("headings.csv", good.split("\n")[0], "a,b,c,d,e,f", ["Số lượng điện thoại thông minh cài đặt"]),
        ("total.csv", "Huyện Phú Riềng,3.680,,17h00 25/8/2020,số minh họa\n",
         "Huyện Phú Riềng,3.680,,,\n,Tổng cộng,9,,,\n", ["C13", "46.480"]),
    ]:
        check(old in good, f"{name}: the example has {old}")
        path = file(name, good.replace(old, new))
        expect(2, wants, "report", "check", path, *vnpt)
        expect(2, wants, "report", "submit", path, *vnpt)
    expect(2, "The file is empty", "report", "check", file("empty.csv", ""), *vnpt)

    # Files that are none.
    expect(2, ["old.xls", ".xlsx"], "report", "check", file("old.xls", b"\xd0\xcf\x11\xe0" + b"x" * 600), *vnpt)
    expect(2, ["named .xlsx"], "report", "check", file("renamed.xlsx", good), *vnpt)
    expect(1, ["nothing.csv"], "report", "check", str(folder / "nothing.csv"), *vnpt)
    sheet = folder / "whole.xlsx"
    with zipfile.ZipFile(sheet, "w") as zipped:
        zipped.writestr("xl/workbook.xml", "<workbook/>" * 400)
    expect(2, ["·"], "report", "check", file("cut.xlsx", sheet.read_bytes()[:150]), *vnpt)
    expect(2, ["--body"], "report", "check", file("good.csv", good))
    expect(2, ["--body"], "report", "check", file("good.json", "{}"), *vnpt)

    # Nobody reports for another, and who may do nothing is told whom to ask.
    expect(2, ["administrator"], "report", "submit", file("good.csv", good), "--body", "viettel-70")
    expect(2, ["administrator"], "report", "submit", file("good.csv", good), *vnpt, who="ai-do")
    expect(1, ["no such"], "report", "submit", file("good.csv", good), "--body", "vnpt-99", who="")
    expect(2, ["bm1", "owners", "result"], "report", "check", file("good.csv", good), *vnpt, "--form", "bm9")
    expect(2, ["register"], "report", "check", file("good.csv", good), *vnpt, "--due", "25/8")
    expect(1, ["see the register"], "report", "check", file("good.csv", good), *vnpt,
           "--due", "bp-5.2:vnpt-70:1598346000001")
    expect(0, ["vnpt-70 "], "report", "register", "--all", "--from", "2020-08-25")
    check("viettel" not in run("report", "register", "--all", "--from", "2020-08-25")[1], "VNPT sees no other operator")

    # Of all that was refused, nothing was kept.
    expect(0, ["missing): phone, file"], "report", "register", "--from", "2020-08-25")

    # Two dues of one day: it is asked which. Late is late; the same again is the same.
    expect(2, ["bp-5.1:vnpt-70:1598608800000", "bp-5.2:vnpt-70:1598605200000"], "report", "submit", file("good.csv", good), *vnpt, at="2020-08-28T15:00+07:00")
    first = expect(0, ["17:10:00", "1 h 10 min", "missing): phone"], "report", "submit", file("good.csv", good), *vnpt)
    again = expect(0, ["17:10:00"], "report", "submit", file("good.csv", good), *vnpt, at="2020-08-25T17:30+07:00")
    check(first.split(":")[0] == again.split(":")[0], "the same file has the same receipt")
    expect(2, ["reason"], "report", "submit", file("more.csv", good.replace("3.810", "3.811")), *vnpt)
    expect(0, ["BC-2020-"], "report", "submit", file("more.csv", good.replace("3.810", "3.811")), *vnpt,
           "--reason", "đếm lại")
    code, out, _ = run("report", "show", "5", "--json")
    check(code == 0 and json.loads(out)["report"]["is_illustrative"], "what comes at a made-up moment is illustrative")

    # A file of tomorrow with the same content is tomorrow's, and no receipt of today.
    tomorrow = expect(0, ["26/8/2020 [bp-5.2]"], "report", "submit", file("good.csv", good), *vnpt,
                      at="2020-08-26T15:00+07:00")
    check(tomorrow.split(":")[0] != first.split(":")[0], "another day, another receipt")

    # Mail: nobody's address waits, an empty letter is refused, the same letter twice is one.
    letter = (repository / "docs/examples/thu-la.eml").read_bytes()
    expect(0, ["unknown_sender"], "mail", "intake", stdin=letter, who="truc-ban-70")
    expect(0, ["unknown_sender"], "mail", "intake", stdin=letter, who="truc-ban-70")
    expect(2, ["administrator"], "mail", "intake", stdin=letter)
    expect(2, ["message.eml"], "mail", "intake", who="truc-ban-70")
    # A body's address that our mail server does not vouch for waits, too; with its word it is a report.
    known = letter.replace(b"ai-do@example.org", b"bao-cao@vnpt.example")
    server = ("--authserv-id", "mx.binhphuoc.example")
    forged = b"Authentication-Results: mx.binhphuoc.example; dmarc=fail header.from=vnpt.example\r\n" + known
    expect(0, ["unvouched_sender"], "mail", "intake", *server, stdin=forged, who="truc-ban-70", at="2020-08-27T15:00+07:00")
    vouched = b"Authentication-Results: mx.binhphuoc.example; dmarc=pass header.from=vnpt.example\r\n" + known
    expect(0, ["unvouched_sender"], "mail", "intake", stdin=vouched, who="truc-ban-70", at="2020-08-27T15:00+07:00")
    expect(0, ["BC-2020-"], "mail", "intake", *server, stdin=vouched, who="truc-ban-70", at="2020-08-27T15:00+07:00")

    # Who writes is answered: the server sends what intake wrote. In a story or a drill nobody is.
    (folder / "bz/bz.toml").write_text('mail_authserv_id = "mx.binhphuoc.example"\nmail_from = "so@binhphuoc.example"\nmail_url = "smtp://127.0.0.1:9"\n')
    bare = vouched.split(b"Content-Type")[0].replace(b"Message-ID: <", b"Message-ID: <bare-") + b"\r\nno form\r\n"
    for at, number, answers in (("2020-08-27T15:00+07:00", b"<1-", 0), (None, b"<2-", 1)):
        expect(0, ["no_sheet"], "mail", "intake", stdin=bare.replace(b"<bare-", number), who="truc-ban-70", at=at)
        with sqlite3.connect(folder / "bz/campaign.db") as store:
            written = store.execute("SELECT COUNT(*) FROM letter WHERE recipient = 'bao-cao@vnpt.example' AND message_id LIKE 'nhan-thu-%'").fetchone()[0]
        check(written == answers, f"{answers} answers are written: {written}")
    (folder / "bz/bz.toml").unlink()

    # Deciding: all four words, a reason, the number as Vietnam writes it.
    due = "bp-5.2:viettel-70:1598346000000"
    expect(2, ["--reason"], "report", "reconcile", "--due", due, "--cell", "1-1-1", who="can-bo-70")
    cell = next(one for one in json.loads(run("report", "reconcile", "--due", due, "--json", who="can-bo-70")[1])
                ["reconciliations"][0]["cells"] if one["is_flagged"])["cell"]
    expect(2, ["9.2"], "report", "reconcile", "--due", due, "--cell", cell, "--value", "9.2", "--reason", "x", who="can-bo-70")
    expect(0, ["decided"], "report", "reconcile", "--due", due, "--cell", cell, "--value", "9.210",
           "--reason", "theo tệp", who="can-bo-70")
    expect(1, "Load it again", "report", "reconcile", "--due", due, "--cell", cell, "--value", "9.210",
           "--reason", "lần nữa", who="can-bo-70")
    expect(2, ["reason"], "report", "return", "3", "--reason", "", who="duyet-70")
    expect(1, ["no such"], "report", "accept", "999", who="duyet-70")
    # Nobody accepts what they have not looked at.
    expect(2, ["nothing is accepted yet", "--seen"], "report", "accept", "3", who="duyet-70")
    check(json.loads(run("report", "show", "3", "--json", who="duyet-70")[1])["report"]["state"] == "submitted", "report 3 waits")
    expect(1, ["no such"], "report", "consolidate", "--task", "bp-9", "--before", "2020-08-25T16:00+07:00", who="can-bo-70")
    expect(2, ["before"], "report", "consolidate", "--task", "bp-5.2", "--before", "chiều nay", who="can-bo-70")

print(f"{faults} faults")
sys.exit(bool(faults))
