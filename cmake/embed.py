#!/usr/bin/env python3
"""embed.py DIST OUT.cpp: writes the built web pages as a C++ file, the table of server/web_files.h.

Sorted by path, so that the same pages give the same program. Beside each file lies the same by gzip and by brotli, where that is
shorter: packed once, as well as can be, and not anew for every visitor. By brotli vite has done it (NAME.br): Python has none.
"""
import gzip
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
files = sorted(path for path in dist.rglob("*") if path.is_file() and path.suffix != ".br")
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


def array(name, content):
    lines.append(f"constexpr unsigned char {name}[] = {{")
    for start in range(0, len(content), 24):
        lines.append(",".join(str(byte) for byte in content[start:start + 24]) + ",")
    lines.append("0};")
    return f"{{{name}, {len(content)}}}"


table = []
for number, path in enumerate(files):
    name = "/" + path.relative_to(dist).as_posix()
    if path.suffix not in TYPES:
        sys.exit(f"embed.py: {name}: which type is {path.suffix or 'a file without ending'}?")
    content = path.read_bytes()
    by_brotli = path.with_name(path.name + ".br")
    packed = [
        array(f"k{coding}{number}", short) if len(short) < len(content) else "{}"
        for coding, short in (
            ("Gzip", gzip.compress(content, 9, mtime=0)),
            ("Brotli", by_brotli.read_bytes() if by_brotli.exists() else content),
        )
    ]
    plain = array(f"kFile{number}", content)
    table.append(f'    WebFile{{"{name}", "{TYPES[path.suffix]}", {plain}, {", ".join(packed)}}},')
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
