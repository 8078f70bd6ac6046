#include "codes/links.h"

#include <algorithm>
#include <set>

#include "codes/authorities.h"
#include "wire/json_writer.h"

namespace bz::codes {
namespace {

bool is_word(std::string_view text, std::size_t most) {
  return text.size() <= most && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '-';
         });
}

std::string parameter(const http::Request& request, std::string_view name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

// From the link in the SMS to the phone's own handler (the reference redirector does the same).
http::Response open_app(const http::Request& request) {
  const auto code = parameter(request, "c");
  const auto region = parameter(request, "r");
  if (!is_word(code, 32) || code.empty() || !is_word(region, 16)) {
    return http::text_response(400, "the link is not whole: open it from the message again");
  }
  auto response = http::text_response(303, "");
  response.set("Location", "ens://v?r=" + region + "&c=" + code);
  response.set("Cache-Control", "no-store");
  return response;
}

std::string array_of(const std::vector<std::string>& entries) {
  std::string text = "[";
  for (const auto& entry : entries) {
    if (text.size() > 1) text += ',';
    text += entry;
  }
  return text + "]";
}

// Digital Asset Links statements, one for each app.
std::string asset_links(const std::vector<Authority>& authorities) {
  std::set<std::pair<std::string, std::string>> apps;
  for (const auto& one : authorities) {
    if (!one.android_package.empty()) apps.insert({one.android_package, one.android_fingerprint});
  }
  std::vector<std::string> entries;
  for (const auto& app : apps) {
    const std::string prints[] = {app.second};
    const std::string relations[] = {"delegate_permission/common.handle_all_urls"};
    entries.push_back(wire::JsonWriter{}
                          .texts("relation", relations)
                          .json("target", wire::JsonWriter{}
                                              .text("namespace", "android_app")
                                              .text("package_name", app.first)
                                              .texts("sha256_cert_fingerprints", prints)
                                              .done())
                          .done());
  }
  return array_of(entries);
}

std::string apple_links(const std::vector<Authority>& authorities) {
  std::set<std::string> apps;
  for (const auto& one : authorities) {
    if (!one.apple_app_id.empty()) apps.insert(one.apple_app_id);
  }
  std::vector<std::string> details;
  const std::string paths[] = {"*"};
  for (const auto& app : apps) {
    details.push_back(wire::JsonWriter{}.text("appID", app).texts("paths", paths).done());
  }
  return wire::JsonWriter{}
      .json("applinks", wire::JsonWriter{}.json("apps", "[]").list("details", details).done())
      .done();
}

http::Handler listed(const Core& core, std::string (*write)(const std::vector<Authority>&)) {
  return [&core, write](const http::Request&) {
    const auto all = list_authorities(core.store);
    if (!all) return failure(core, all.error());
    return http::json_response(200, write(*all));
  };
}

}  // namespace

void add_links(http::Router& router, const Core& core) {
  router.add("GET", "/v", open_app);
  router.add("GET", "/.well-known/assetlinks.json", listed(core, asset_links));
  router.add("GET", "/.well-known/apple-app-site-association", listed(core, apple_links));
}

}  // namespace bz::codes
