#include "accounts/totp.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bz::accounts {
namespace {

using std::chrono::seconds;

// RFC 6238 appendix B; its passwords have eight digits, ours are the last six of them.
TotpSecret rfc_secret() {
  TotpSecret secret{};
  std::ranges::copy(std::string_view("12345678901234567890"), secret.begin());
  return secret;
}

std::string at(std::int64_t second) {
  return totp(rfc_secret(), totp_step(Instant{seconds{second}}));
}

TEST(Totp, GivesTheValuesOfRfc6238) {
  EXPECT_EQ(at(59), "287082");              // 94287082
  EXPECT_EQ(at(1'111'111'109), "081804");   // 07081804
  EXPECT_EQ(at(1'111'111'111), "050471");   // 14050471
  EXPECT_EQ(at(1'234'567'890), "005924");   // 89005924
  EXPECT_EQ(at(2'000'000'000), "279037");   // 69279037
  EXPECT_EQ(at(20'000'000'000), "353130");  // 65353130
}

TEST(Totp, IsGoodOneStepBeforeAndOneAfterAndNoFurther) {
  const auto secret = rfc_secret();
  const Instant now{seconds{1'111'111'111}};  // step 37037037
  const std::int64_t step = 37'037'037;
  ASSERT_EQ(totp_step(now), step);
  for (std::int64_t other = step - 2; other <= step + 2; ++other) {
    const auto found = matching_totp_step(secret, totp(secret, other), now, 0);
    if (other < step - 1 || other > step + 1) {
      EXPECT_FALSE(found) << other;
    } else {
      EXPECT_EQ(found, other);
    }
  }
}

TEST(Totp, AStepIsGoodOnceAndThoseBeforeItNoMore) {
  const auto secret = rfc_secret();
  const Instant now{seconds{1'111'111'111}};
  const std::int64_t step = totp_step(now);
  EXPECT_FALSE(matching_totp_step(secret, totp(secret, step), now, step));
  EXPECT_FALSE(matching_totp_step(secret, totp(secret, step - 1), now, step));
  EXPECT_EQ(matching_totp_step(secret, totp(secret, step + 1), now, step), step + 1);
}

TEST(Totp, BlanksDoNotCountAndAnythingElseDoes) {
  const auto secret = rfc_secret();
  const Instant now{seconds{59}};
  EXPECT_TRUE(matching_totp_step(secret, "287 082", now, 0));
  EXPECT_FALSE(matching_totp_step(secret, "", now, 0));
  EXPECT_FALSE(matching_totp_step(secret, "94287082", now, 0));
  EXPECT_FALSE(matching_totp_step(secret, "287-082", now, 0));
}

TEST(Totp, TheUriIsWhatAuthenticatorsRead) {
  EXPECT_EQ(totp_uri(rfc_secret(), "lan@travinh"),
            "otpauth://totp/Bluezone:lan@travinh?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
            "&issuer=Bluezone&algorithm=SHA1&digits=6&period=30");
}

TEST(Totp, Base32GivesTheValuesOfRfc4648) {
  const auto of = [](std::string_view text) { return to_base32(as_bytes(text)); };
  EXPECT_EQ(of(""), "");
  EXPECT_EQ(of("f"), "MY");
  EXPECT_EQ(of("fo"), "MZXQ");
  EXPECT_EQ(of("foo"), "MZXW6");
  EXPECT_EQ(of("foob"), "MZXW6YQ");
  EXPECT_EQ(of("fooba"), "MZXW6YTB");
  EXPECT_EQ(of("foobar"), "MZXW6YTBOI");
}

}  // namespace
}  // namespace bz::accounts
