#!/usr/bin/env python3
"""embed.py DIST OUT.cpp: writes the built web pages as a C++ file, the table of server/web_files.h.

Sorted by path, so that the same pages give the same program.
"""
import pathlib
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}

dist, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
files = sorted(path for path in dist.rglob("*") if path.is_file())
if not any(path.relative_to(dist).as_posix() == "index.html" for path in files):
    sys.exit(f"embed.py: {dist} holds no index.html")

lines = [
    '#include "server/web_files.h"',
    "",
    "#include <array>",
    "",
    "namespace bz::server {",
    "namespace {",
]
table = []
for number, path in enumerate(files):
    name = "/" + path.relative_to(dist).as_posix()
    if path.suffix not in TYPES:
        sys.exit(f"embed.py: {name}: which type is {path.suffix or 'a file without ending'}?")
    content = path.read_bytes()
    lines.append(f"constexpr unsigned char kFile{number}[] = {{")
    for start in range(0, len(content), 24):
        lines.append(",".join(str(byte) for byte in content[start:start + 24]) + ",")
    lines.append("0};")
    table.append(f'    WebFile{{"{name}", "{TYPES[path.suffix]}", {{kFile{number}, {len(content)}}}}},')
lines += [
    f"constexpr std::array<WebFile, {len(table)}> kFiles{{",
    *table,
    "};",
    "}  // namespace",
    "",
    "std::span<const WebFile> web_files() {",
    "  return kFiles;",
    "}",
    "",
    "}  // namespace bz::server",
    "",
]
out.write_text("\n".join(lines), encoding="utf-8")
