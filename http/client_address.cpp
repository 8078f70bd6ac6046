#include "http/client_address.h"

#include <arpa/inet.h>

#include <algorithm>

namespace bz::http {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool is_v4(const Address& address) {
  return std::equal(kMapped.begin(), kMapped.end(), address.begin());
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  const std::string plain(text.substr(0, text.find('%')));
  if (plain.find('\0') != std::string::npos) return std::nullopt;
  Address address{};
  if (::inet_pton(AF_INET6, plain.c_str(), address.data()) == 1) return address;
  std::copy(kMapped.begin(), kMapped.end(), address.begin());
  if (::inet_pton(AF_INET, plain.c_str(), address.data() + kMapped.size()) == 1) return address;
  return std::nullopt;
}

std::string prefix_of(const Address& address) {
  const bool v4 = is_v4(address);
  Address network = address;
  std::fill(network.begin() + (v4 ? 15 : 6), network.end(), std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(v4 ? AF_INET : AF_INET6, network.data() + (v4 ? kMapped.size() : 0), text.data(),
              static_cast<socklen_t>(text.size()));
  return std::string(text.data()) + (v4 ? "/24" : "/48");
}

Address client_of(const Address& peer, std::span<const std::string_view> forwarded,
                  std::span<const Address> trusted) {
  const auto is_trusted = [&](const Address& address) {
    return std::find(trusted.begin(), trusted.end(), address) != trusted.end();
  };
  Address client = peer;
  for (auto header = forwarded.rbegin(); header != forwarded.rend(); ++header) {
    auto left = *header;
    while (is_trusted(client)) {
      const auto comma = left.rfind(',');
      const auto entry = comma == std::string_view::npos ? left : left.substr(comma + 1);
      const auto address = parse_address(trimmed(entry));
      if (!address) return client;
      client = *address;
      if (comma == std::string_view::npos) break;
      left = left.substr(0, comma);
    }
  }
  return client;
}

}  // namespace bz::http
