// One keep-alive HTTP/1.1 connection to a server on this machine, by a plain blocking socket: as
// little of its own as a client can have, so that what is measured is the server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bz::load {

struct Answer {
  int status = 0;
  std::string body;
  std::size_t bytes = 0;  // of head and body together, as the network sees them
};

class Connection {
 public:
  // Not connected until the first exchange() or open().
  explicit Connection(std::uint16_t port) : port_(port) {}
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;
  ~Connection() { close(); }

  // False: nobody listens.
  bool open();
  // Sends a whole request and reads the answer (with Content-Length), connecting when needed.
  // Nothing when the connection breaks, answers what is no HTTP, or is silent for 30 s; whether the
  // server took the request is then unknown.
  std::optional<Answer> exchange(std::string_view request);
  void close();

 private:
  bool send_all(std::string_view request);
  bool receive_more();
  std::optional<Answer> receive();

  std::uint16_t port_;
  int socket_ = -1;
  std::string received_;
};

}  // namespace bz::load
