#include "server/web_pages.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "http/coding.h"
#include "server/web_files.h"

namespace bz::server {
namespace {

// Nothing from other hosts, nothing inline, in nobody's frame.
constexpr std::string_view kPolicy =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'";

// The pages' paths; the same stand in web/src/pages.ts.
constexpr std::array<std::string_view, 19> kPages = {
    "/",
    "/wall/{unit}",
    "/v/{token}",
    "/units/{code}",
    "/bodies/{slug}",
    "/figures/{id}",
    "/targets",
    "/registers",
    "/report/{due}",
    "/call/{due}",
    "/inbox",
    "/reconciliation",
    "/codes",
    "/health-audit",
    "/people",
    "/account",
    "/audit",
    "/public",
    "/parts",
};

// The least that is taken: what brotli makes is always shorter than what gzip does.
http::Response answer(const http::Request& request, const WebFile& file, std::string_view caching) {
  http::Response response;
  response.set("content-type", std::string(file.type));
  response.set("cache-control", std::string(caching));
  response.set("cross-origin-resource-policy", "same-origin");
  response.set("x-content-type-options", "nosniff");
  response.body = as_text(file.content);
  if (!file.gzip.empty() || !file.brotli.empty()) response.set("vary", "Accept-Encoding");
  if (!file.brotli.empty() && http::takes(request, "br")) {
    response.set("content-encoding", "br");
    response.body = as_text(file.brotli);
  } else if (!file.gzip.empty() && http::takes(request, "gzip")) {
    response.set("content-encoding", "gzip");
    response.body = as_text(file.gzip);
  }
  return response;
}

// For what runs on its own: the page and the service worker. What these fetch need not say it
// again, and a slow line carries it each time.
http::Response page(const http::Request& request, const WebFile& file) {
  auto response = answer(request, file, "no-cache");
  response.set("content-security-policy", std::string(kPolicy));
  response.set("cross-origin-opener-policy", "same-origin");
  response.set("permissions-policy", "camera=(), geolocation=(), microphone=()");
  response.set("referrer-policy", "no-referrer");
  response.set("x-frame-options", "DENY");
  return response;
}

const WebFile* find_file(std::string_view path) {
  const auto files = web_files();
  const auto found = std::ranges::find(files, path, &WebFile::path);
  return found == files.end() ? nullptr : &*found;
}

}  // namespace

void add_web_pages(http::Router& router, std::string install_url) {
  router.add("GET", "/install", [install_url = std::move(install_url)](const http::Request&) {
    auto response = http::text_response(302, "");
    response.set("location", install_url);
    response.set("cache-control", "no-cache");
    return response;
  });
  for (const auto path : kPages) {
    router.add("GET", path, [](const http::Request& request) {
      // embed.py makes sure that it is there.
      return page(request, *find_file("/index.html"));
    });
  }
  router.add("GET", "/sw.js", [](const http::Request& request) {
    const auto* file = find_file("/sw.js");
    if (file == nullptr) return http::text_response(404, "not found\n");
    return page(request, *file);
  });
  router.add("GET", "/assets/{rest...}", [](const http::Request& request) {
    const auto* file = find_file(request.path);
    if (file == nullptr) return http::text_response(404, "not found\n");
    return answer(request, *file, "public, max-age=31536000, immutable");
  });
}

}  // namespace bz::server
