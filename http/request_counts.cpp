#include "http/request_counts.h"

#include <algorithm>
#include <string>

namespace bz::http {
namespace {

std::string label(const Router::Route* route) {
  return "route=\"" + (route == nullptr ? std::string("none") : route->pattern) + "\"";
}

}  // namespace

RequestCounts::RequestCounts(const Router& router, Metrics& metrics)
    : connections(metrics.gauge("bz_http_connections", "Connections that are open.")),
      router_(router),
      metrics_(metrics),
      failures_(metrics.counter("bz_http_handler_failures_total",
                                "Requests answered 500 because their handler threw.")),
      routes_(router.routes().size() + 1) {
  for (const auto& route : router.routes())
    of(&route).busy = &metrics.counter("bz_http_busy_microseconds_total",
                                       "Time that handlers took.", label(&route));
}

RequestCounts::OfRoute& RequestCounts::of(const Router::Route* route) {
  return route == nullptr ? routes_.back()
                          : routes_[static_cast<std::size_t>(route - router_.routes().data())];
}

void RequestCounts::answered(const Router::Route* route, int status) {
  const auto kind = static_cast<std::size_t>(std::clamp(status / 100, 1, 5));
  auto& number = of(route).by_class.at(kind);
  auto* known = number.load(std::memory_order_relaxed);
  if (known == nullptr) {
    known = &metrics_.counter("bz_http_requests_total", "Requests answered.",
                              label(route) + ",status=\"" + std::to_string(kind) + "xx\"");
    number.store(known, std::memory_order_relaxed);
  }
  known->add();
}

void RequestCounts::busy(const Router::Route* route, std::chrono::steady_clock::duration time) {
  of(route).busy->add(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
}

bool RequestCounts::failed(const Router::Route* route) {
  failures_.add();
  return !of(route).has_failed.exchange(true);
}

void RequestCounts::refused(std::string_view why) {
  metrics_
      .counter("bz_http_refused_total", "Connections and requests refused, by the limit they met.",
               "why=\"" + std::string(why) + "\"")
      .add();
}

}  // namespace bz::http
