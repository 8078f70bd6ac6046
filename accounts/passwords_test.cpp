#include "accounts/passwords.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "accounts/written_code.h"
#include "base/random.h"

namespace bz::accounts {
namespace {

using std::chrono::milliseconds;

// Cheap, where the price is not what is looked at.
constexpr PasswordHasher::Settings kCheap{64, 1, 2, 16, milliseconds{5'000}};

TEST(Passwords, OnlyTheSamePasswordMatches) {
  SystemRandom random;
  PasswordHasher hasher(random);
  const auto hashed = hasher.hash("một hai ba bốn năm");
  ASSERT_TRUE(hashed);
  EXPECT_TRUE(hashed->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *hashed;
  EXPECT_TRUE(*hasher.matches("một hai ba bốn năm", *hashed));
  EXPECT_FALSE(*hasher.matches("một hai ba bốn nam", *hashed));
  EXPECT_FALSE(*hasher.matches("", *hashed));
}

TEST(Passwords, TheSamePasswordIsHashedAnewEachTime) {
  SystemRandom random;
  PasswordHasher hasher(random, kCheap);
  EXPECT_NE(*hasher.hash("con cò bé bé"), *hasher.hash("con cò bé bé"));
}

TEST(Passwords, ComposedAndDecomposedLettersAreTheSame) {
  SystemRandom random;
  PasswordHasher hasher(random, kCheap);
  // ế as one character, and as e, circumflex, acute.
  const auto hashed = hasher.hash("B\u1EBFn Tre xanh r\u1EDD");
  EXPECT_TRUE(*hasher.matches("Be\u0302\u0301n Tre xanh ro\u031B\u0300", *hashed));
}

TEST(Passwords, WhatIsNotUtf8IsRefused) {
  SystemRandom random;
  PasswordHasher hasher(random, kCheap);
  EXPECT_EQ(hasher.hash("\xFF\xFE twelve bytes").error().code, Code::kMalformed);
}

TEST(Passwords, AHashMadeMoreCheaplyIsOld) {
  SystemRandom random;
  PasswordHasher cheap(random, kCheap);
  const PasswordHasher dear(random);
  EXPECT_TRUE(dear.is_old(*cheap.hash("mot hai ba bon nam")));
  EXPECT_FALSE(cheap.is_old(*cheap.hash("mot hai ba bon nam")));
}

TEST(Passwords, MoreThanMayWaitAreTurnedAwayAndNoneIsLost) {
  SystemRandom random;
  // One at a time, none may wait: of four at once at least one is served, the others are served or
  // turned away, and nobody gets a wrong answer.
  PasswordHasher hasher(random, {19 * 1024, 2, 1, 0, milliseconds{0}});
  const auto hashed = hasher.hash("mot hai ba bon nam");
  ASSERT_TRUE(hashed);
  std::atomic<int> served{0};
  std::atomic<int> turned_away{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 5; ++n) {
        const auto matches = hasher.matches("mot hai ba bon nam", *hashed);
        if (matches) {
          EXPECT_TRUE(*matches);
          ++served;
        } else {
          EXPECT_EQ(matches.error().code, Code::kUnavailable);
          ++turned_away;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_GE(served, 1);
  EXPECT_EQ(served + turned_away, 20);
  EXPECT_TRUE(hasher.matches("mot hai ba bon nam", *hashed));  // the place is free again
}

TEST(Passwords, ShortOnesAreCountedInCharactersNotBytes) {
  EXPECT_EQ(password_fault("mười hai chữ", "lan"), std::nullopt);          // 12 characters
  EXPECT_EQ(password_fault("mười một ch", "lan"), PasswordFault::kShort);  // 11, of 16 bytes
  EXPECT_EQ(password_fault("", "lan"), PasswordFault::kShort);
  // 256 are the most.
  std::string long_one;
  for (int i = 0; i < 64; ++i) long_one += "ạbcd";
  EXPECT_EQ(password_fault(long_one, "lan"), std::nullopt);
  EXPECT_EQ(password_fault(long_one + "x", "lan"), PasswordFault::kLong);
}

TEST(Passwords, TheNameMayNotBeInIt) {
  EXPECT_EQ(password_fault("nguyen.LAN 2020!", "nguyen.lan"), PasswordFault::kHasName);
  EXPECT_EQ(password_fault("nguyen lan 2020!", "nguyen.lan"), std::nullopt);
}

TEST(Passwords, TheCommonestAreRefused) {
  for (const auto* text : {"matkhau123456", "Password1234", "aaaaaaaaaaaaaa", "123456789012",
                           "abcdefghijkl", "098765432109", "lkjihgfedcba"}) {
    EXPECT_EQ(password_fault(text, "lan"), PasswordFault::kCommon) << text;
  }
  EXPECT_EQ(password_fault("123456789013", "lan"), std::nullopt);
}

TEST(WrittenCode, IsReadBackAsPeopleType) {
  SystemRandom random;
  const auto code = draw_written_code(random);
  ASSERT_EQ(code.size(), 19U);
  EXPECT_EQ(as_drawn(code), code);
  EXPECT_NE(draw_written_code(random), code);
  EXPECT_EQ(as_drawn("7kwd om3x i1l2 abcd"), "7KWD-0M3X-1112-ABCD");
  EXPECT_EQ(as_drawn("7KWD0M3X1112ABCD"), "7KWD-0M3X-1112-ABCD");
  EXPECT_EQ(as_drawn("7KWD0M3X1112ABC"), "");    // 15
  EXPECT_EQ(as_drawn("7KWD0M3X1112ABCDE"), "");  // 17
  EXPECT_EQ(as_drawn("7KWD0M3X1112ABCU"), "");   // no U
}

TEST(WrittenCode, TheSameCodeOfAnotherAccountIsAnother) {
  EXPECT_EQ(recovery_hash("lan", "7kwd0m3x1112abcd"), recovery_hash("lan", "7KWD-0M3X-1112-ABCD"));
  EXPECT_NE(recovery_hash("lan", "7KWD-0M3X-1112-ABCD"),
            recovery_hash("hoa", "7KWD-0M3X-1112-ABCD"));
}

}  // namespace
}  // namespace bz::accounts
