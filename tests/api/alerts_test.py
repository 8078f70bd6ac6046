#!/usr/bin/env python3
"""deploy/alerts.yml: each alert names a metric that the program has or that a known exporter has, a route that the server has, and a
page that exists; each metric of ours whose name tells of trouble is in an alert; and each page of docs/operations/ has an alert and
the same five parts.

Usage: alerts_test.py REPOSITORY BZ
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

repository, bz = pathlib.Path(sys.argv[1]), sys.argv[2]
rules = [rule for group in yaml.safe_load((repository / "deploy/alerts.yml").read_text())["groups"] for rule in group["rules"]]
sources = "".join(path.read_text() for module in ("base", "store", "http", "accounts", "codes", "keys", "campaign", "server")
                  for path in (repository / module).glob("*.cpp") if not path.stem.endswith("_test"))
ours = set(re.findall(r'"(bz_[a-z_]+)"', sources))
with tempfile.TemporaryDirectory() as data:
    printed = subprocess.run([bz, "serve", "--data", data, "--listen", "127.0.0.1:0", "--print-routes"], capture_output=True, text=True, check=True)
routes = {line.split()[1] for line in printed.stdout.splitlines() if line.startswith(("GET /", "POST /"))}
PARTS = ["What you see", "What it means", "First", "Over when", "So that it does not return"]

TROUBLE = re.compile("overdue|expires|damaged|paused|doubted|fail")

faults = []
pages = set()
watched = set()
for rule in rules:
    name = rule["alert"]
    page = rule["annotations"]["page"]
    pages.add(pathlib.PurePath(page).name)
    if not (repository / page).exists():
        faults.append(f"{name}: there is no page {page}")
    elif page != "docs/operations/README.md" and f"`{name}`" not in (repository / page).read_text():
        faults.append(f"{name}: {page} does not name it")
    if rule["labels"]["severity"] not in ("page", "ticket"):
        faults.append(f"{name}: the severity is page or ticket")
    metrics = set(re.findall(r"\b((?:bz|node|probe)_[a-z_]+)\b", rule["expr"]))
    watched |= metrics
    if not metrics and "up{" not in rule["expr"]:
        faults.append(f"{name}: no metric in it")
    for metric in sorted(m for m in metrics if m.startswith("bz_") and m not in ours):
        faults.append(f"{name}: the server has no metric {metric}")
    for route in re.findall(r'route=~?"([^"]*)"', rule["expr"]):
        for one in route.split("|"):
            if one not in routes:
                faults.append(f"{name}: the server has no route {one}")

for metric in sorted(m for m in ours - watched if TROUBLE.search(m)):
    faults.append(f"no alert looks at {metric}")

for path in sorted((repository / "docs/operations").glob("*.md")):
    text = path.read_text()
    if not text.split("\n", 2)[2].startswith("> **Tóm tắt.**"):
        faults.append(f"{path.name}: no summary in Vietnamese at its head")
    if path.name in ("README.md", "key-ceremony.md", "mail.md"):
        continue
    if [line[3:] for line in text.splitlines() if line.startswith("## ")] != PARTS:
        faults.append(f"{path.name}: its parts are not {PARTS}")
    if path.name not in pages:
        faults.append(f"{path.name}: no alert leads to it")

for metric in set(re.findall(r"\bbz_[a-z_]+\b", "".join(p.read_text() for p in (repository / "docs/operations").glob("*.md")))) - ours:
    faults.append(f"docs/operations speaks of a metric {metric} that the server has not")

print("\n".join(faults) or f"alerts: {len(rules)} alerts, each with its metric and its page")
sys.exit(bool(faults))
