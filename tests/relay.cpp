#include "tests/relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <list>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

namespace bz::tests {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

void send_all(int socket, const char* data, std::size_t size) {
  while (size > 0) {
    const auto sent = ::send(socket, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return;
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
}

}  // namespace

struct Relay::State {
  int listener = -1;
  std::uint16_t port = 0;
  std::uint16_t server_port = 0;
  std::atomic<bool> stop{false};
  std::atomic<bool> lose{false};
  std::mutex mutex;
  std::vector<Passage> passages;
  int connections = 0;
  std::string replaced;  // the request whose answer is
  int status = 0;
  std::thread acceptor;
  std::list<std::thread> pumps;

  [[nodiscard]] bool is_replaced(std::string_view request) {
    const std::lock_guard lock(mutex);
    return !replaced.empty() && request.find(replaced) != std::string_view::npos;
  }

  std::string replacement() {
    const std::lock_guard lock(mutex);
    return "HTTP/1.1 " + std::to_string(status) +
           " No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  }

  void note(int connection, bool up, std::size_t bytes) {
    const std::lock_guard lock(mutex);
    if (!passages.empty() && passages.back().connection == connection && passages.back().up == up) {
      passages.back().bytes += bytes;
    } else {
      passages.push_back({connection, up, bytes});
    }
  }

  void pump(int client) {
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(server_port);
    const int yes = 1;
    ::setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    int number = -1;
    bool replace = false;
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      std::array<char, 65'536> buffer{};
      std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
      while (!stop && ::poll(ends.data(), ends.size(), 100) >= 0) {
        bool over = false;
        for (std::size_t i = 0; i < ends.size() && !over; ++i) {
          if (ends.at(i).revents == 0) continue;
          const bool up = i == 0;
          const auto got = ::recv(ends.at(i).fd, buffer.data(), buffer.size(), 0);
          over = got <= 0 || (!up && lose);
          if (over) break;
          if (number < 0) {
            const std::lock_guard lock(mutex);
            number = connections++;
          }
          if (up) replace = replace || is_replaced({buffer.data(), static_cast<std::size_t>(got)});
          if (!up && replace) {
            const auto other = replacement();
            send_all(client, other.data(), other.size());
            over = true;
            break;
          }
          note(number, up, static_cast<std::size_t>(got));
          send_all(ends.at(1 - i).fd, buffer.data(), static_cast<std::size_t>(got));
        }
        if (over) break;
      }
    }
    ::close(server);
    ::close(client);
  }

  void accept_all() {
    pollfd end{listener, POLLIN, 0};
    while (!stop) {
      if (::poll(&end, 1, 100) <= 0) continue;
      const int client = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      const int yes = 1;
      ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      pumps.emplace_back([this, client] { pump(client); });
    }
  }
};

Relay::Relay(std::uint16_t server_port) : state_(std::make_unique<State>()) {
  state_->server_port = server_port;
  state_->listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(state_->listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(state_->listener, 64) != 0 ||
      ::getsockname(state_->listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  state_->port = ntohs(address.sin_port);
  state_->acceptor = std::thread([s = state_.get()] { s->accept_all(); });
}

Relay::~Relay() {
  state_->stop = true;
  state_->acceptor.join();
  for (auto& pump : state_->pumps) pump.join();
  ::close(state_->listener);
}

std::uint16_t Relay::port() const {
  return state_->port;
}

std::vector<Passage> Relay::seen() {
  const std::lock_guard lock(state_->mutex);
  state_->connections = 0;
  return std::exchange(state_->passages, {});
}

void Relay::lose_answers(bool yes) {
  state_->lose = yes;
}

void Relay::replace_answers(const std::string& text, int status) {
  const std::lock_guard lock(state_->mutex);
  state_->replaced = text;
  state_->status = status;
}

}  // namespace bz::tests
