#!/usr/bin/env python3
"""Fails when a file includes a module that its own module may not use, or when the engine reaches for
a clock, a disk, the network, chance of its own or JSON.

The table is the architecture: change it only together with ARCHITECTURE.md.
"""
import pathlib
import re
import sys

USES = {
    "base": "",
    "engine": "base",
    "wire": "base engine",
    "store": "base",
    "http": "base",
    "phone": "base engine wire",
    "ble": "base engine",
    "capi": "base engine wire phone",
    # The server's parts: none may include another, so that no code sees two of their stores.
    "accounts": "base store http wire",
    "codes": "base store http wire engine",
    "keys": "base store http wire engine",
    # The campaign's half.
    "vi": "base",
    "papers": "base vi",
    "units": "base store vi papers",
    "campaign": "base store http wire vi papers units",
    "server": "base engine wire store http accounts codes keys vi papers units campaign",
    "sim": "base engine wire phone store http accounts codes keys campaign server",
    "app": "base engine wire phone ble",
    "tools": "base engine wire phone ble store http accounts codes keys vi papers units campaign server sim",
}

# The engine takes time, randomness and stores as arguments; its tests may read vector files.
NOT_IN_ENGINE = re.compile(
    r'#\s*include\s*[<"](base/file|base/sqlite|base/http|base/log|base/clock|filesystem|fstream|iostream|cstdio|sqlite3|simdjson|boost/'
    r'|random>|thread|ctime)|_clock::now|\bSystemRandom [a-z{]|\bstd::time\(|\bgetenv\(')

root = pathlib.Path(sys.argv[1])
faults = []
for module, uses in USES.items():
    allowed = {module, *uses.split()}
    for file in sorted((root / module).rglob("*")):
        if file.suffix not in {".h", ".cpp", ".c"}:
            continue
        is_test = file.stem.endswith("_test")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            where = f"{file.relative_to(root)}:{number}"
            target = re.match(r'\s*#\s*include\s*"([^"/]+)/', line)
            if target and target[1] in USES and target[1] not in allowed:
                faults.append(f"{where}: {module} may not use {target[1]}")
            if module == "engine" and not is_test and NOT_IN_ENGINE.search(line):
                faults.append(f"{where}: the engine has no clock, disk, network, chance or JSON of its own")
print("\n".join(faults) or "layers: every include goes down")
sys.exit(bool(faults))
