// A real server on a port of its own, and a client that sends raw bytes, for the tests of http/.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/temp_folder.h"
#include "http/server.h"

namespace bz::http {

// Waits for something that another thread brings about; false after half a minute.
inline bool eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (std::chrono::steady_clock::now() < end) {
    if (holds()) return true;
    std::this_thread::yield();
  }
  return false;
}

// One connection. Reading fails the test after 30 s instead of waiting for ever.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  RawClient(RawClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        connected_(other.connected_),
        read_(std::move(other.read_)) {}
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient() { close(); }

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] int socket() const { return socket_; }

  bool send(std::string_view bytes) const {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  // No more will be sent.
  void finish() const { ::shutdown(socket_, SHUT_WR); }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  // Whether there is something to read, or the end, within the time.
  [[nodiscard]] bool readable(std::chrono::milliseconds within) const {
    pollfd ask{socket_, POLLIN, 0};
    return !read_.empty() || ::poll(&ask, 1, static_cast<int>(within.count())) > 0;
  }

  // The next answer: its head, and as much body as the head says. A HEAD has none.
  std::string answer(bool has_body = true) {
    auto end = read_.find("\r\n\r\n");
    while (end == std::string::npos && more()) end = read_.find("\r\n\r\n");
    if (end == std::string::npos) return std::exchange(read_, {});
    std::size_t size = end + 4;
    const auto length = read_.find("content-length: ");
    if (has_body && length < end) size += std::stoul(read_.substr(length + 16));
    while (read_.size() < size && more()) {
    }
    auto out = read_.substr(0, size);
    read_.erase(0, size);
    return out;
  }
  // Everything until the server closes.
  std::string rest() {
    while (more()) {
    }
    return std::exchange(read_, {});
  }

  std::string ask(std::string_view request) {
    EXPECT_TRUE(send(request));
    return answer();
  }

 private:
  bool more() {
    pollfd ask{socket_, POLLIN, 0};
    if (::poll(&ask, 1, 30'000) <= 0) {
      ADD_FAILURE() << "nothing came for 30 s";
      return false;
    }
    char part[65'536];
    const auto count = ::recv(socket_, part, sizeof part, 0);
    if (count <= 0) return false;
    read_.append(part, static_cast<std::size_t>(count));
    return true;
  }

  int socket_;
  bool connected_ = false;
  std::string read_;
};

inline std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nhost: t\r\n\r\n";
}
inline std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nhost: t\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

inline int status_in(std::string_view answer) {
  return answer.starts_with("HTTP/1.1 ") ? std::stoi(std::string(answer.substr(9, 3))) : 0;
}
inline std::string body_in(std::string_view answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? "" : std::string(answer.substr(end + 4));
}
inline bool says(std::string_view answer, std::string_view text) {
  return answer.find(text) != std::string_view::npos;
}

class ServerTest : public testing::Test {
 protected:
  ServerTest() { settings_.port = 0; }
  ~ServerTest() override { server_.reset(); }

  void start() {
    auto server = Server::start(settings_, router_, log_, metrics_);
    ASSERT_TRUE(server) << server.error().what;
    server_ = std::move(*server);
  }
  RawClient connect() {
    RawClient client(server_->port());
    EXPECT_TRUE(client.connected());
    return client;
  }
  std::int64_t refused(const std::string& why) {
    return metrics_
        .counter("bz_http_refused_total",
                 "Connections and requests refused, by the limit they met.", "why=\"" + why + "\"")
        .value();
  }
  std::int64_t connections() {
    return metrics_.gauge("bz_http_connections", "Connections that are open.").value();
  }

  TempFolder temporary_ = *TempFolder::make();
  SystemClock clock_;
  Log log_ = *Log::to_file(clock_, temporary_.path() / "log");
  Metrics metrics_;
  Router router_;
  ServerSettings settings_;
  std::unique_ptr<Server> server_;
};

}  // namespace bz::http
