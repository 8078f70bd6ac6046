// The HTTP/1.1 server (RFC 9112): connections, limits, slow clients, draining. By Boost.Beast, in
// one .cpp. TLS and HTTP/2 are the proxy's (deploy/).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "http/router.h"

namespace bz::http {

struct ServerSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: one that is free
  int workers = 64;           // threads that run handlers; each waits for its store
  std::size_t queue = 1'024;  // requests that may wait for a worker; one more is answered 503
  std::size_t connections = 10'000;  // one more is answered 503 and closed
  std::size_t header_bytes = 16'384;
  // From the first byte of a request to the end of its head; then to the end of its body; and for
  // each 64 KiB of the answer to be taken by the client.
  std::chrono::milliseconds header_time{15'000};
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds write_time{60'000};
  std::chrono::milliseconds idle_time{75'000};   // between two requests
  std::chrono::milliseconds drain_time{20'000};  // for requests under way when told to stop
  // Proxies whose X-Forwarded-For is believed ("127.0.0.1", "::1").
  std::vector<std::string> trusted_proxies = {};
  // Of a server that plays a story (base/clock.h): whose time each answer's Date says, beside a
  // header `X-Story-Clock: 1`, so that nobody takes it for today's. Null: the machine's.
  const Clock* story_clock = nullptr;
};

class Server {
 public:
  // Listens when it returns. `router`, `log` and `metrics` must outlive it; routes may not be added
  // any more. kUnavailable when the port is taken or the address is not this machine's, kInvalid
  // when an address is none. Raises the process's bound on open files as far as it may.
  static Result<std::unique_ptr<Server>> start(const ServerSettings& settings, const Router& router,
                                               Log& log, Metrics& metrics);
  // Drains.
  ~Server();

  [[nodiscard]] std::uint16_t port() const;

  // Takes no more connections, closes the idle ones at once, lets requests under way end (at most
  // drain_time; a handler that runs is waited for), and returns when all is over. From any thread
  // but a handler's.
  void drain();

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bz::http
