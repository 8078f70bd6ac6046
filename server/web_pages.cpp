#include "server/web_pages.h"

#include <algorithm>
#include <array>
#include <string>

#include "server/web_files.h"

namespace bz::server {
namespace {

// Nothing from other hosts, nothing inline, in nobody's frame.
constexpr std::string_view kPolicy =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'";

// The pages' paths; the same stand in web/src/pages.ts.
constexpr std::array<std::string_view, 18> kPages = {
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
    "/audit",
    "/public",
    "/parts",
};

// "gzip, deflate, br;q=0.5". A weight of nothing is a refusal (RFC 9110, 12.5.3); `*` alone is not
// looked for: every browser names gzip.
bool takes_gzip(const http::Request& request) {
  const auto header = request.header("accept-encoding");
  if (!header) return false;
  auto rest = *header;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    auto coding = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    const auto semicolon = coding.find(';');
    const auto weight =
        semicolon == std::string_view::npos ? std::string_view{} : coding.substr(semicolon + 1);
    coding = coding.substr(0, semicolon);
    while (coding.starts_with(' ')) coding.remove_prefix(1);
    while (coding.ends_with(' ')) coding.remove_suffix(1);
    if (coding != "gzip") continue;
    const auto q = weight.find("q=");
    return q == std::string_view::npos ||
           weight.substr(q + 2).find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

http::Response page(const http::Request& request, const WebFile& file, std::string_view caching) {
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
  if (file.zipped.empty()) return response;
  response.set("vary", "Accept-Encoding");
  if (!takes_gzip(request)) return response;
  response.set("content-encoding", "gzip");
  response.body = as_text(file.zipped);
  return response;
}

const WebFile* find_file(std::string_view path) {
  const auto files = web_files();
  const auto found = std::ranges::find(files, path, &WebFile::path);
  return found == files.end() ? nullptr : &*found;
}

}  // namespace

void add_web_pages(http::Router& router) {
  for (const auto path : kPages) {
    router.add("GET", path, [](const http::Request& request) {
      // embed.py makes sure that it is there.
      return page(request, *find_file("/index.html"), "no-cache");
    });
  }
  router.add("GET", "/sw.js", [](const http::Request& request) {
    const auto* file = find_file("/sw.js");
    if (file == nullptr) return http::text_response(404, "not found\n");
    return page(request, *file, "no-cache");
  });
  router.add("GET", "/assets/{rest...}", [](const http::Request& request) {
    const auto* file = find_file(request.path);
    if (file == nullptr) return http::text_response(404, "not found\n");
    return page(request, *file, "public, max-age=31536000, immutable");
  });
}

}  // namespace bz::server
