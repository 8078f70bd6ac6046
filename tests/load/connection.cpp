#include "tests/load/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

namespace bz::load {
namespace {

std::optional<std::size_t> number(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  std::size_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) return {};
  return value;
}

// The value of Content-Length in a head.
std::optional<std::size_t> content_length(std::string_view head) {
  constexpr std::string_view kName = "content-length:";
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;
       at = head.find("\r\n", at)) {
    at += 2;
    const auto line = head.substr(at);
    if (line.size() > kName.size() && ::strncasecmp(line.data(), kName.data(), kName.size()) == 0)
      return number(line.substr(kName.size()));
  }
  return std::nullopt;
}

}  // namespace

Connection::Connection(Connection&& other) noexcept
    : port_(other.port_),
      socket_(std::exchange(other.socket_, -1)),
      received_(std::move(other.received_)) {}

bool Connection::open() {
  close();
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return false;
  const int yes = 1;
  const timeval wait{.tv_sec = 30, .tv_usec = 0};
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return true;
  close();
  return false;
}

void Connection::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  received_.clear();
}

bool Connection::send_all(std::string_view request) {
  while (!request.empty()) {
    const auto sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    request.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Connection::receive_more() {
  std::array<char, 8'192> piece{};
  const auto got = ::recv(socket_, piece.data(), piece.size(), 0);
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) return false;
  received_.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

std::optional<Answer> Connection::receive() {
  std::size_t head_end = 0;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive_more()) return std::nullopt;
  }
  const std::string_view head = std::string_view(received_).substr(0, head_end);
  if (!head.starts_with("HTTP/1.1 ")) return std::nullopt;
  const auto status = number(head.substr(9));
  const auto length = content_length(head);
  if (!status || !length) return std::nullopt;
  const std::size_t body = head_end + 4;
  while (received_.size() < body + *length) {
    if (!receive_more()) return std::nullopt;
  }
  Answer answer{.status = static_cast<int>(*status),
                .body = received_.substr(body, *length),
                .bytes = body + *length};
  received_.erase(0, body + *length);
  return answer;
}

std::optional<Answer> Connection::exchange(std::string_view request) {
  if (socket_ < 0 && !open()) return std::nullopt;
  if (send_all(request)) {
    if (auto answer = receive()) return answer;
  }
  close();
  return std::nullopt;
}

}  // namespace bz::load
