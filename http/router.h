// Which function answers which request: by method and path.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace bz::http {

// From any thread; blocks at most as long as its store does. May not throw; what a library throws
// is answered by 500 and counted.
using Handler = std::function<Response(const Request&)>;

class Router {
 public:
  struct Limits {
    std::size_t body = 64'000;  // bytes; a longer body is not read
  };
  // A {name} is one whole segment of the path and never empty; so is a rest.
  struct Route {
    std::string method;   // "POST"
    std::string pattern;  // "/jwks/{realm}"; "/exports/{rest...}" takes all that follows
    Handler handler;
    Limits limits;
    // When a body is too long the server answers this instead of a bare 413: the reference servers
    // differ in it.
    std::function<Response()> too_large;
  };

  // Patterns are constants of ours: two that could match the same path are a mistake.
  void add(Route route);
  void add(std::string_view method, std::string_view pattern, Handler handler);

  // The route of a request, with its parameters; nullptr when there is none.
  struct Found {
    const Route* route = nullptr;
    std::map<std::string, std::string, std::less<>> parameters;
    bool path_is_known = false;  // with another method: 405, not 404
    std::string allow;           // then: "GET, HEAD"
  };
  // HEAD finds the route of GET.
  [[nodiscard]] Found find(std::string_view method, std::string_view path) const;

  // Answers as the server would, for tests without sockets: 404, 405 and limits too.
  [[nodiscard]] Response handle(Request request) const;

  // What is answered where there is no route (404, or 405 with the methods there are), to a body
  // over the route's limit, and after a handler has thrown.
  [[nodiscard]] static Response not_routed(const Found& found);
  [[nodiscard]] static Response too_large(const Route& route);
  [[nodiscard]] static Response failed();

  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace bz::http
