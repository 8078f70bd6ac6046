#include "base/secret_sharing.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

namespace bz {
namespace {

// Gives the same byte for ever.
class Constant final : public Random {
 public:
  explicit Constant(std::uint8_t byte) : byte_(byte) {}
  void fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, byte_); }

 private:
  std::uint8_t byte_;
};

SharedSecret filled(std::uint8_t byte) {
  SharedSecret secret{};
  secret.fill(byte);
  return secret;
}

// Secret 0x10, slope 0x80: share 1 is 0x10 + 0x80 = 0x90; 2 * 0x80 = 0x100 less 0x11B = 0x1B, so
// share 2 is 0x0B; 3 * 0x80 = 0x80 + 0x1B = 0x9B, so share 3 is 0x8B. (+ is exclusive or.)
TEST(SecretSharing, SharesAreWorkedOutOnPaper) {
  Constant slope(0x80);
  const auto shares = share_secret(filled(0x10), 3, slope);
  ASSERT_TRUE(shares);
  EXPECT_EQ((*shares)[0], (SecretShare{1, filled(0x90)}));
  EXPECT_EQ((*shares)[1], (SecretShare{2, filled(0x0b)}));
  EXPECT_EQ((*shares)[2], (SecretShare{3, filled(0x8b)}));
}

RC_GTEST_PROP(SecretSharing, AnyTwoOfAnyNumberGiveTheSecret, ()) {
  SystemRandom random;
  SharedSecret secret{};
  random.fill(secret);
  const auto count = *rc::gen::inRange<std::size_t>(2, kMostShares + 1);
  const auto shares = *share_secret(secret, count, random);
  RC_ASSERT(shares.size() == count);
  for (const auto& one : shares) {
    for (const auto& other : shares) {
      if (one.number == other.number) continue;
      RC_ASSERT(*join_shares(one, other) == secret);
    }
  }
}

// Whatever the secret's byte is, some slope gives any byte of one share, each exactly one: so a
// share alone says nothing.
TEST(SecretSharing, OneShareAloneFitsEverySecretEquallyOften) {
  for (const std::size_t n : {0U, 1U, 15U}) {
    for (const int secret : {0, 1, 77, 255}) {
      std::set<std::uint8_t> seen;
      for (int slope = 0; slope < 256; ++slope) {
        Constant random(static_cast<std::uint8_t>(slope));
        seen.insert(
            (*share_secret(filled(static_cast<std::uint8_t>(secret)), 16, random))[n].bytes[0]);
      }
      EXPECT_EQ(seen.size(), 256U);
    }
  }
}

TEST(SecretSharing, TwoOfOneNumberAndNumbersOutOfRangeAreRefused) {
  const SecretShare one{1, filled(1)};
  EXPECT_EQ(join_shares(one, one).error().code, Code::kInvalid);
  EXPECT_EQ(join_shares(one, {0, filled(1)}).error().code, Code::kInvalid);
  EXPECT_EQ(join_shares({17, filled(1)}, one).error().code, Code::kInvalid);
  SystemRandom random;
  EXPECT_EQ(share_secret(filled(1), 1, random).error().code, Code::kInvalid);
  EXPECT_EQ(share_secret(filled(1), 17, random).error().code, Code::kInvalid);
}

TEST(SecretSharing, OnPaperASlipOfThePenIsFound) {
  const SecretShare share{12, filled(0xab)};
  const std::string text = to_text(share);
  EXPECT_EQ(text.size(), 2 + 1 + 64 + 1 + 8U);
  EXPECT_EQ(*share_from_text(text), share);
  EXPECT_EQ(*share_from_text(text.substr(0, 20) + " \n" + text.substr(20) + "\n"), share);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string slip = text;
    slip[i] = slip[i] == '1' ? '2' : '1';
    EXPECT_EQ(share_from_text(slip).error().code, Code::kMalformed) << i;
    EXPECT_FALSE(share_from_text(text.substr(0, i)));
  }
  EXPECT_FALSE(share_from_text("0" + text));
  EXPECT_FALSE(share_from_text(text + "0"));
}

}  // namespace
}  // namespace bz
