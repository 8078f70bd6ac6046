#include "wire/tekmac.h"

#include <gtest/gtest.h>

#include <array>

#include "base/base64.h"

namespace bz::wire {
namespace {

constexpr std::array<std::uint8_t, 16> kSecret = {1, 2,  3,  4,  5,  6,  7,  8,
                                                  9, 10, 11, 12, 13, 14, 15, 16};

// The reference key server's own vectors (exposure-notifications-server,
// pkg/verification/utils_test.go), and the same by OpenSSL:
//   printf %s 'dPCphLzfG4uzXneNimkPRQ==.144.144.5,z2Cx9hdz2SlxZ8GEgqTYpA==.1.144.3' |
//     openssl dgst -sha256 -mac HMAC -macopt hexkey:0102030405060708090A0B0C0D0E0F10 -binary |
//     base64
std::array<KeyText, 2> keys(std::int64_t first_risk, std::int64_t second_risk) {
  return {KeyText{"z2Cx9hdz2SlxZ8GEgqTYpA==", 1, 144, first_risk},
          KeyText{"dPCphLzfG4uzXneNimkPRQ==", 144, 144, second_risk}};
}

TEST(Tekmac, IsTheReferenceServers) {
  EXPECT_EQ(to_base64(tekmac(keys(3, 5), kSecret, true)),
            "2u1nHt5WWurJytFLF3xitNzM99oNrad2y4YGOL53AeY=");
  EXPECT_EQ(to_base64(tekmac(keys(0, 0), kSecret, true)),
            "mFNI9zhTA17n4ndd1Vu5tsn4XQX0gPrIKyjeh/9noUE=");
  EXPECT_EQ(to_base64(tekmac(keys(0, 0), kSecret, false)),
            "J9S7xVebH/66dm14wGsIcAnSUR3PHD4NtDQEOGZbDUo=");
}

TEST(Tekmac, TheOrderOfTheUploadDoesNotMatter) {
  const auto forwards = keys(3, 5);
  const std::array<KeyText, 2> backwards = {forwards[1], forwards[0]};
  EXPECT_EQ(tekmac(forwards, kSecret, true), tekmac(backwards, kSecret, true));
}

TEST(Tekmac, EveryPartOfAKeyCounts) {
  const auto sent = tekmac(keys(3, 5), kSecret, true);
  auto other = keys(3, 5);
  other[0].key = "z2Cx9hdz2SlxZ8GEgqTYpA";  // without padding: it is the text that counts
  EXPECT_NE(tekmac(other, kSecret, true), sent);
  other = keys(3, 5);
  other[0].rolling_start = 2;
  EXPECT_NE(tekmac(other, kSecret, true), sent);
  other = keys(3, 5);
  other[0].rolling_period = 143;
  EXPECT_NE(tekmac(other, kSecret, true), sent);
  EXPECT_NE(tekmac(keys(3, 4), kSecret, true), sent);
}

// printf %s 'AAA=.86400.172799.96,AQE=.0.86399.96' | openssl … as above.
TEST(Tekmac, AChainsIsOverItsTimesAndIdsADay) {
  const std::array<ChainText, 2> chains = {ChainText{"AQE=", 0, 86'399, 96},
                                           ChainText{"AAA=", 86'400, 172'799, 96}};
  EXPECT_EQ(to_base64(chain_tekmac(chains, kSecret)),
            "QEvPH2Fh2boV+VQc+7FCwBR+SDpV5ZXON3oK7yLOEEg=");
}

}  // namespace
}  // namespace bz::wire
