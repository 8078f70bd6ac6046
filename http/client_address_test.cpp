#include "http/client_address.h"

#include <gtest/gtest.h>

#include <vector>

namespace bz::http {
namespace {

std::string prefix(std::string_view text) {
  const auto address = parse_address(text);
  return address ? prefix_of(*address) : "none";
}

TEST(ClientAddress, OnlyTheNetworkPartIsKept) {
  EXPECT_EQ(prefix("192.0.2.77"), "192.0.2.0/24");
  EXPECT_EQ(prefix("::ffff:192.0.2.77"), "192.0.2.0/24");
  EXPECT_EQ(prefix("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
  EXPECT_EQ(prefix("fe80::1%eth0"), "fe80::/48");
  EXPECT_EQ(prefix("::1"), "::/48");
}

TEST(ClientAddress, WhatIsNoAddressIsNone) {
  for (const auto* text : {"", "192.0.2", "192.0.2.7:80", "[::1]", "host", "192.0.2.256", " ::1"})
    EXPECT_FALSE(parse_address(text)) << text;
}

std::string client(std::string_view peer, const std::vector<std::string_view>& forwarded) {
  const std::vector<Address> trusted{*parse_address("127.0.0.1"), *parse_address("10.0.0.2")};
  return prefix_of(client_of(*parse_address(peer), forwarded, trusted));
}

TEST(ClientAddress, AStrangersForwardedForIsNotBelieved) {
  EXPECT_EQ(client("198.51.100.9", {"203.0.113.5"}), "198.51.100.0/24");
}

TEST(ClientAddress, BehindTrustedProxiesTheRightmostStrangerIsTheClient) {
  EXPECT_EQ(client("127.0.0.1", {"203.0.113.5"}), "203.0.113.0/24");
  EXPECT_EQ(client("127.0.0.1", {"192.0.2.1, 203.0.113.5, 10.0.0.2"}), "203.0.113.0/24");
  EXPECT_EQ(client("::ffff:127.0.0.1", {"2001:db8:1::5 ,10.0.0.2"}), "2001:db8:1::/48");
  // Several headers are one list.
  EXPECT_EQ(client("127.0.0.1", {"192.0.2.1", "203.0.113.5", "10.0.0.2"}), "203.0.113.0/24");
}

TEST(ClientAddress, WhereTheListEndsOrBreaksTheLastKnownCounts) {
  EXPECT_EQ(client("127.0.0.1", {}), "127.0.0.0/24");
  EXPECT_EQ(client("127.0.0.1", {"10.0.0.2"}), "10.0.0.0/24");
  EXPECT_EQ(client("127.0.0.1", {"203.0.113.5, unknown, 10.0.0.2"}), "10.0.0.0/24");
  EXPECT_EQ(client("127.0.0.1", {""}), "127.0.0.0/24");
}

}  // namespace
}  // namespace bz::http
