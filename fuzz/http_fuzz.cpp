// Whatever bytes a client sends, the server answers in HTTP or closes, and goes on; and a target
// that can be read is read as the same when it is written with everything percent-encoded.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "http/server.h"
#include "http/target.h"

namespace {

using namespace bz::http;

void must(bool holds) {
  if (!holds) std::abort();
}

std::string encoded(std::string_view text, std::string_view plain) {
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      out += "%" + bz::to_hex({&byte, 1});
    }
  }
  return out;
}

void check_target(std::string_view text) {
  const auto target = parse_target(text);
  if (!target) return;
  auto again = encoded(target->path, "/\\") + "?";
  for (const auto& [name, value] : target->query)
    again += encoded(name, "") + "=" + encoded(value, "") + "&";
  const auto same = parse_target(again);
  must(same && same->path == target->path && same->query == target->query);
}

struct World {
  World() {
    router.add("GET", "/{name}", [](const Request& r) { return text_response(200, r.path); });
    router.add({"POST",
                "/{rest...}",
                [](const Request& r) { return text_response(200, r.body); },
                {1'000},
                {}});
    ServerSettings settings;
    settings.port = 0;
    settings.workers = 1;
    settings.header_bytes = 1'024;
    auto started = Server::start(settings, router, log, metrics);
    must(started.has_value());
    server = std::move(*started);
  }
  bz::SystemClock clock;
  bz::Log log{clock};
  bz::Metrics metrics;
  Router router;
  std::unique_ptr<Server> server;
};

void check_connection(bz::ByteView bytes) {
  static const World world;
  static std::uint32_t turn = 0;
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  // From another loopback address each time: the ports of one would run out.
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl((127U << 24U) + 1 + turn++ % 0xFF'FFF0U);
  must(::bind(client, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(world.server->port());
  must(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  ::send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  ::shutdown(client, SHUT_WR);
  std::string answer;
  char part[4'096];
  for (ssize_t count = 0; (count = ::recv(client, part, sizeof part, 0)) > 0;)
    answer.append(part, static_cast<std::size_t>(count));
  ::close(client);
  must(answer.empty() || answer.starts_with("HTTP/1.1 "));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bz::ByteView bytes(data, size);
  check_target(bz::as_text(bytes));
  check_connection(bytes);
  return 0;
}
