// Who is calling, as far as the limits may know: the network part of an address.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bz::http {

// An IPv6 address; an IPv4 one is written as ::ffff:a.b.c.d, so that each address has one form.
using Address = std::array<std::uint8_t, 16>;

// "192.0.2.7", "2001:db8::7", with or without a zone ("%eth0"), which is dropped; nothing for
// anything else.
std::optional<Address> parse_address(std::string_view text);

// "192.0.2.0/24", or "2001:db8:1::/48".
std::string prefix_of(const Address& address);

// The client behind `peer`. Only when the peer is a trusted proxy its X-Forwarded-For is read: from
// the right (`forwarded`: every such header in order) the first address that is no trusted proxy;
// what stands left of that anybody could have written. When an entry is no address, the proxy that
// passed it on counts as the client.
Address client_of(const Address& peer, std::span<const std::string_view> forwarded,
                  std::span<const Address> trusted);

}  // namespace bz::http
