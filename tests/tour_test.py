#!/usr/bin/env python3
"""docs/tour.md: every command in it is run in a fresh folder, in order, and prints what stands there.

A command is an indented line that begins with "$ bz "; its output are the indented lines after it. DIR is the folder; files are
those of the repository, where the commands run; `< FILE` is standard input.

Usage: tour_test.py REPOSITORY BZ
"""
import pathlib
import shlex
import subprocess
import sys
import tempfile

repository, bz = pathlib.Path(sys.argv[1]), sys.argv[2]
commands = []
for line in (repository / "docs/tour.md").read_text(encoding="utf-8").splitlines():
    if line.startswith("    $ bz "):
        commands.append((line.removeprefix("    $ bz "), []))
    elif line.startswith("    ") and commands:
        commands[-1][1].append(line.removeprefix("    "))
assert commands, "the tour has no commands"

faults = 0
with tempfile.TemporaryDirectory() as folder:
    data = folder + "/tour"
    for command, expected in commands:
        words = shlex.split(command.replace("DIR", data))
        file = repository / words.pop() if len(words) > 1 and words[-2] == "<" else pathlib.Path("/dev/null")
        with file.open("rb") as given:
            done = subprocess.run([bz, *(word for word in words if word != "<")], stdin=given, cwd=repository,
                                  capture_output=True, text=True)
        said = (done.stdout + done.stderr).replace(data, "DIR").splitlines()
        if said != expected:
            faults += 1
            print(f"bz {command}\nprints\n" + "\n".join(said) + "\nand not\n" + "\n".join(expected))
print(f"{len(commands)} commands, {faults} do not print what the tour says")
sys.exit(bool(faults))
