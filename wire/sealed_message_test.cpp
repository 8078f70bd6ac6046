#include "wire/sealed_message.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

#include "base/aes.h"
#include "base/hash.h"

namespace bz::wire {
namespace {

class SealedMessage : public testing::Test {
 protected:
  SystemRandom random_;
  AgreementKey officer_ = AgreementKey::draw(random_);
  AgreementPublicKey to_ = officer_.public_key();
};

TEST_F(SealedMessage, OnlyThePrivateKeyOpensIt) {
  const Bytes handle{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  const Bytes sealed = seal_message(to_, kForRevocation, handle, random_);
  EXPECT_EQ(sealed.size(), 16U + 49U);
  EXPECT_EQ(*open_message(officer_, kForRevocation, sealed), handle);
  EXPECT_EQ(open_message(AgreementKey::draw(random_), kForRevocation, sealed).error().code,
            Code::kDenied);
}

TEST_F(SealedMessage, AnyLengthComesBack) {
  for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 1000U}) {
    const Bytes message(size, 7);
    EXPECT_EQ(*open_message(officer_, "x", seal_message(to_, "x", message, random_)), message);
  }
}

TEST_F(SealedMessage, AnyChangedByteIsDenied) {
  const Bytes sealed = seal_message(to_, kForRevocation, Bytes{1, 2, 3}, random_);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes changed = sealed;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ (1U << bit));
      EXPECT_EQ(open_message(officer_, kForRevocation, changed).error().code, Code::kDenied);
    }
  }
}

TEST_F(SealedMessage, CutOrLongerIsRefused) {
  Bytes sealed = seal_message(to_, kForRevocation, Bytes{1, 2, 3}, random_);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(open_message(officer_, kForRevocation, ByteView(sealed).first(size)).error().code,
              size < kSealedOverhead ? Code::kMalformed : Code::kDenied);
  }
  sealed.push_back(0);
  EXPECT_EQ(open_message(officer_, kForRevocation, sealed).error().code, Code::kDenied);
}

TEST_F(SealedMessage, ForOnePurposeItDoesNotOpenForAnother) {
  const Bytes sealed = seal_message(to_, kForRevocation, Bytes(207), random_);
  EXPECT_EQ(open_callback(officer_, sealed).error().code, Code::kDenied);
}

// The keys of RFC 5903 section 8.1 (the second is drawn by a "random" that gives its number), so
// that another program can be held to these bytes.
TEST_F(SealedMessage, IsSealedAsDrawn) {
  class Fixed final : public Random {
   public:
    void fill(std::span<std::uint8_t> out) override {
      ASSERT_TRUE(
          from_hex("C6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53", out));
    }
  } fixed;
  std::array<std::uint8_t, 32> number{};
  ASSERT_TRUE(from_hex("C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433", number));
  const auto key = *AgreementKey::from_number(number);
  const Bytes sealed = seal_message(key.public_key(), kForRevocation, as_bytes("bz"), fixed);

  // HKDF and AES-GCM over the shared x of the RFC, put together here.
  const Bytes shared =
      *from_hex("D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE");
  Bytes info;
  const auto to = key.public_key().point();
  for (const auto part :
       {as_bytes({"BZ sealed v1 revocation\0", 24}), ByteView(sealed).first(33), ByteView(to)})
    info.insert(info.end(), part.begin(), part.end());
  SealKey aes{};
  hkdf_sha256(shared, {}, info, aes);
  EXPECT_EQ(to_hex(ByteView(sealed).subspan(1, 32)),
            "D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63");
  EXPECT_EQ(*open_sealed(aes, Nonce{}, {}, ByteView(sealed).subspan(33)), (Bytes{'b', 'z'}));
  EXPECT_EQ(to_hex(sealed),
            "03D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63"
            "86E1"
            "FE5927B2BD341B57D5C7CC45497A3961");
}

TEST_F(SealedMessage, ACallbackIs256BytesWhateverIsWrittenInIt) {
  const std::string longest(kMaxCallbackText, 'x');
  for (const std::string& text : {std::string("0900 000 000, gọi sau 18 giờ"), longest}) {
    const auto sealed = seal_callback(to_, text, random_);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(*open_callback(officer_, *sealed), text);
  }
  EXPECT_EQ(seal_callback(to_, longest + "x", random_).error().code, Code::kInvalid);
  EXPECT_EQ(kMaxCallbackText, 206U);
}

TEST_F(SealedMessage, CoverIsACallbackWithoutText) {
  EXPECT_EQ(*open_callback(officer_, *seal_callback(to_, "", random_)), "");
}

// What an observer without the key can tell: byte 0 is 2 or 3, the rest an x of the curve, and
// every other byte even. 400 messages of either kind: byte 0 must not lean by kind (a fair coin
// stays within 6 deviations, 60, of 200), nor any bit of what follows.
TEST_F(SealedMessage, CoverAndCallbacksLookTheSame) {
  for (const std::string text : {"", "0900000000"}) {
    int odd = 0;
    std::array<int, 256> ones{};
    for (int i = 0; i < 400; ++i) {
      const auto sealed = *seal_callback(to_, text, random_);
      ASSERT_TRUE(sealed[0] == 2 || sealed[0] == 3);
      ASSERT_TRUE(AgreementPublicKey::from_point(ByteView(sealed).first<33>()));
      odd += sealed[0] == 3 ? 1 : 0;
      for (std::size_t at = 33; at < sealed.size(); ++at) ones[at] += sealed[at] & 1;
    }
    EXPECT_NEAR(odd, 200, 60);
    for (std::size_t at = 33; at < ones.size(); ++at) EXPECT_NEAR(ones[at], 200, 60) << at;
  }
}

TEST_F(SealedMessage, ACallbackOfAnotherSizeOrFillingIsMalformed) {
  EXPECT_EQ(open_callback(officer_, Bytes(255)).error().code, Code::kMalformed);
  EXPECT_EQ(open_callback(officer_, Bytes(257)).error().code, Code::kMalformed);
  EXPECT_EQ(open_callback(officer_, Bytes(256)).error().code, Code::kDenied);
  Bytes message(207);
  message[0] = 207;
  EXPECT_EQ(open_callback(officer_, seal_message(to_, kForCallback, message, random_)).error().code,
            Code::kMalformed);
  message[0] = 1;
  message[2] = 1;
  EXPECT_EQ(open_callback(officer_, seal_message(to_, kForCallback, message, random_)).error().code,
            Code::kMalformed);
}

}  // namespace
}  // namespace bz::wire
