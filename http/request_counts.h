// What the server counts: by route and class of status, never by client.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "http/router.h"

namespace bz::http {

// bz_http_requests_total{route,status}, bz_http_busy_microseconds_total{route} (time in handlers),
// bz_http_handler_failures_total, bz_http_refused_total{why}, bz_http_connections. From any thread.
// A route that is nullptr is none: 404, 405 and what was no request.
class RequestCounts {
 public:
  // Both must outlive it, and the router's routes stay as they are.
  RequestCounts(const Router& router, Metrics& metrics);

  void answered(const Router::Route* route, int status);
  void busy(const Router::Route* route, std::chrono::steady_clock::duration time);
  // True the first time that this route failed.
  bool failed(const Router::Route* route);
  // By the limit it met: "connections", "queue", "header_time", …
  void refused(std::string_view why);

  Metrics::Number& connections;

 private:
  struct OfRoute {
    std::array<std::atomic<Metrics::Number*>, 6> by_class{};  // [2]: 2xx
    Metrics::Number* busy = nullptr;
    std::atomic<bool> has_failed = false;
  };
  OfRoute& of(const Router::Route* route);

  const Router& router_;
  Metrics& metrics_;
  Metrics::Number& failures_;
  std::vector<OfRoute> routes_;  // as the router's; the last for none
};

}  // namespace bz::http
