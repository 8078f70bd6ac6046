// The built web pages (web/), as they lie in the program: cmake/embed.py writes what stands behind
// this.
#pragma once

#include <span>
#include <string_view>

#include "base/bytes.h"

namespace bz::server {

struct WebFile {
  std::string_view path;  // "/index.html", "/assets/index-1a2b3c4d.js"
  std::string_view type;  // "text/html; charset=utf-8"
  ByteView content;
  ByteView gzip;  // the same packed; empty where that would not be shorter
  ByteView brotli;
};

// Sorted by path.
std::span<const WebFile> web_files();

}  // namespace bz::server
