#include "server/web_pages.h"

#include <algorithm>
#include <string>

#include "server/web_files.h"

namespace bz::server {
namespace {

// Nothing from other hosts, nothing inline, in nobody's frame.
constexpr std::string_view kPolicy =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'";

http::Response page(const WebFile& file, std::string_view caching) {
  http::Response response;
  response.set("content-type", std::string(file.type));
  response.set("cache-control", std::string(caching));
  response.set("content-security-policy", std::string(kPolicy));
  response.set("cross-origin-opener-policy", "same-origin");
  response.set("cross-origin-resource-policy", "same-origin");
  response.set("permissions-policy", "camera=(), geolocation=(), microphone=()");
  response.set("referrer-policy", "no-referrer");
  response.set("x-content-type-options", "nosniff");
  response.set("x-frame-options", "DENY");
  response.body = as_text(file.content);
  return response;
}

const WebFile* find_file(std::string_view path) {
  const auto files = web_files();
  const auto found = std::ranges::find(files, path, &WebFile::path);
  return found == files.end() ? nullptr : &*found;
}

}  // namespace

void add_web_pages(http::Router& router) {
  router.add("GET", "/", [](const http::Request&) {
    return page(*find_file("/index.html"), "no-cache");  // embed.py makes sure that it is there
  });
  router.add("GET", "/assets/{rest...}", [](const http::Request& request) {
    const auto* file = find_file(request.path);
    if (file == nullptr) return http::text_response(404, "not found\n");
    return page(*file, "public, max-age=31536000, immutable");
  });
}

}  // namespace bz::server
