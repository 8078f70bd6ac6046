// A wire-tap for tests: a TCP relay in front of a server, which notes what anybody on the way can
// see: connections, and how many bytes went which way in which order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bz::tests {

// Bytes of one direction without any of the other between: with HTTP/1.1 a request or an answer.
struct Passage {
  int connection = 0;  // 0, 1, 2, … in the order in which they were opened
  bool up = false;     // towards the server
  std::size_t bytes = 0;

  bool operator==(const Passage&) const = default;
};

class Relay {
 public:
  // Listens on a free port of 127.0.0.1; each connection is passed on to `server_port` there.
  explicit Relay(std::uint16_t server_port);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  // Everything since the last call, connections numbered anew. To be called when no answer is under
  // way.
  std::vector<Passage> seen();

  // From now on, an answer is taken from the server and not handed on: the connection closes
  // instead, as when a line breaks. Until it is called with false.
  void lose_answers(bool yes);
  // From now on, in place of the server's answer to a request in which `text` is found, one with
  // this status and nothing in it is handed on, as a proxy does whose patience has ended. Until it
  // is called with an empty text.
  void replace_answers(const std::string& text, int status);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bz::tests
