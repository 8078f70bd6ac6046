#include "base/ecdh.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/ecdsa.h"

namespace bz {
namespace {

std::array<std::uint8_t, 32> number_of(std::string_view hex) {
  std::array<std::uint8_t, 32> number{};
  EXPECT_TRUE(from_hex(hex, number));
  return number;
}

CompressedPoint point_of(std::string_view hex) {
  CompressedPoint point{};
  EXPECT_TRUE(from_hex(hex, point));
  return point;
}

// RFC 5903 section 8.1: both private keys, their public points and the shared x. g^i's y ends in
// ...71, odd; g^r's in ...F2... as given there.
TEST(Ecdh, AgreesAsInRfc5903) {
  const auto i = AgreementKey::from_number(
      number_of("C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433"));
  const auto r = AgreementKey::from_number(
      number_of("C6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53"));
  ASSERT_TRUE(i && r);
  const auto x_of = [](const AgreementKey& key) {
    return to_hex(ByteView(key.public_key().point()).last(32));
  };
  EXPECT_EQ(x_of(*i), "DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C3772581180");
  EXPECT_EQ(x_of(*r), "D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63");
  const std::string shared = "D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE";
  EXPECT_EQ(to_hex(i->agree(r->public_key())), shared);
  EXPECT_EQ(to_hex(r->agree(i->public_key())), shared);
}

// The generator itself (SEC 2 section 2.4.2) is the public key of the number 1; its y ends in F5,
// odd, so its compressed form begins 03.
TEST(Ecdh, TheKeyOfOneIsTheGenerator) {
  const auto key = AgreementKey::from_number(number_of(std::string(63, '0') + "1"));
  ASSERT_TRUE(key);
  EXPECT_EQ(to_hex(key->public_key().point()),
            "036B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296");
}

TEST(Ecdh, NumbersOutsideTheCurvesOrderAreNoKeys) {
  EXPECT_EQ(AgreementKey::from_number(number_of(std::string(64, '0'))).error().code,
            Code::kMalformed);
  const std::string order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
  EXPECT_EQ(AgreementKey::from_number(number_of(order)).error().code, Code::kMalformed);
  EXPECT_TRUE(AgreementKey::from_number(number_of(order.substr(0, 63) + "0")));
}

TEST(Ecdh, KeysComeBackFromTextNumberAndPoint) {
  SystemRandom random;
  const auto key = AgreementKey::draw(random);
  EXPECT_EQ(AgreementKey::from_pem(key.to_pem())->number(), key.number());
  const auto same = *AgreementKey::from_number(key.number());
  EXPECT_EQ(same.public_key().point(), key.public_key().point());
  const auto by_point = AgreementPublicKey::from_point(key.public_key().point());
  const auto by_text = AgreementPublicKey::from_pem(key.public_key().to_pem());
  ASSERT_TRUE(by_point && by_text);
  const auto other = AgreementKey::draw(random);
  EXPECT_EQ(other.agree(*by_point), key.agree(other.public_key()));
  EXPECT_EQ(other.agree(*by_text), key.agree(other.public_key()));
  EXPECT_EQ(by_point->point(), key.public_key().point());
  EXPECT_EQ(AgreementPublicKey::from_pem(by_point->to_pem())->point(), by_point->point());
}

// Of the numbers 0 to 16 those are an x of the curve for which x^3 - 3x + b is a square modulo p,
// worked out by Euler's criterion. 00, 01, 04, 05 and FF begin no compressed point.
TEST(Ecdh, WhatIsNoPointIsRefused) {
  auto point = point_of("02" + std::string(64, '0'));
  std::vector<int> on_curve;
  for (int x = 0; x <= 16; ++x) {
    point[32] = static_cast<std::uint8_t>(x);
    if (AgreementPublicKey::from_point(point)) on_curve.push_back(x);
  }
  EXPECT_EQ(on_curve, (std::vector<int>{0, 5, 6, 8, 9, 12, 13}));
  point = point_of("036B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296");
  for (const int first : {0, 1, 4, 5, 255}) {
    point[0] = static_cast<std::uint8_t>(first);
    EXPECT_EQ(AgreementPublicKey::from_point(point).error().code, Code::kMalformed);
  }
  EXPECT_FALSE(AgreementPublicKey::from_point(point_of("02" + std::string(64, 'F'))));
}

TEST(Ecdh, TextThatIsNoKeyIsMalformed) {
  EXPECT_EQ(AgreementKey::from_pem("x").error().code, Code::kMalformed);
  EXPECT_EQ(AgreementPublicKey::from_pem("").error().code, Code::kMalformed);
  EXPECT_TRUE(AgreementPublicKey::from_pem(SigningKey::generate().public_key().to_pem()));
}

}  // namespace
}  // namespace bz
