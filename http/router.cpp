#include "http/router.h"

#include <algorithm>
#include <cassert>
#include <exception>
#include <utility>

namespace bz::http {
namespace {

constexpr std::string_view kRest = "...}";

bool is_name(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}');
}

// What stands before the next '/', which is taken off as well.
std::string_view next_segment(std::string_view& path) {
  const auto slash = path.find('/');
  const auto segment = path.substr(0, slash);
  path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  return segment;
}

struct Named {
  std::string_view name;
  std::string_view value;
};

// Whether a path fits a pattern; what stood in its {names} is appended to `named`.
bool fits(std::string_view pattern, std::string_view path, std::vector<Named>& named) {
  while (true) {
    const bool pattern_ends = pattern.find('/') == std::string_view::npos;
    const bool path_ends = path.find('/') == std::string_view::npos;
    const auto wanted = next_segment(pattern);
    if (is_name(wanted) && wanted.ends_with(kRest)) {
      named.push_back({wanted.substr(1, wanted.size() - 1 - kRest.size()), path});
      return !path.empty();
    }
    const auto given = next_segment(path);
    if (is_name(wanted)) {
      if (given.empty()) return false;
      named.push_back({wanted.substr(1, wanted.size() - 2), given});
    } else if (wanted != given) {
      return false;
    }
    if (pattern_ends || path_ends) return pattern_ends && path_ends;
  }
}

[[maybe_unused]] bool could_match_the_same(std::string_view a, std::string_view b) {
  while (true) {
    const bool a_ends = a.find('/') == std::string_view::npos;
    const bool b_ends = b.find('/') == std::string_view::npos;
    const auto in_a = next_segment(a);
    const auto in_b = next_segment(b);
    if (in_a.ends_with(kRest) || in_b.ends_with(kRest)) return true;
    if (!is_name(in_a) && !is_name(in_b) && in_a != in_b) return false;
    if (a_ends || b_ends) return a_ends && b_ends;
  }
}

}  // namespace

void Router::add(Route route) {
  assert(route.pattern.starts_with('/') && route.handler);
  assert(std::none_of(routes_.begin(), routes_.end(), [&](const Route& other) {
    return other.method == route.method && could_match_the_same(other.pattern, route.pattern);
  }));
  routes_.push_back(std::move(route));
}

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  add({std::string(method), std::string(pattern), std::move(handler), {}, {}});
}

Router::Found Router::find(std::string_view method, std::string_view path) const {
  Found found;
  std::vector<std::string_view> methods;
  std::vector<Named> named;
  for (const auto& route : routes_) {
    named.clear();
    if (!fits(route.pattern, path, named)) continue;
    found.path_is_known = true;
    methods.emplace_back(route.method);
    if (route.method == "GET") methods.emplace_back("HEAD");
    if (route.method != method && !(method == "HEAD" && route.method == "GET")) continue;
    found.route = &route;
    for (const auto& [name, value] : named) found.parameters.emplace(name, value);
    return found;
  }
  std::sort(methods.begin(), methods.end());
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
  for (const auto name : methods) {
    if (!found.allow.empty()) found.allow += ", ";
    found.allow += name;
  }
  return found;
}

Response Router::not_routed(const Found& found) {
  if (!found.path_is_known) return error_response(404, "there is nothing at this address");
  auto response = error_response(405, "this address does not know this method");
  response.set("allow", found.allow);
  return response;
}

Response Router::too_large(const Route& route) {
  return route.too_large ? route.too_large() : error_response(413, "the request is too large");
}

Response Router::failed() {
  return error_response(500, "internal error");
}

Response Router::handle(Request request) const {
  auto found = find(request.method, request.path);
  if (found.route == nullptr) return not_routed(found);
  if (request.body.size() > found.route->limits.body) return too_large(*found.route);
  request.parameters = std::move(found.parameters);
  try {
    return found.route->handler(request);
  } catch (const std::exception&) {
    return failed();
  }
}

}  // namespace bz::http
