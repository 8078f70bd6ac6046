#include "base/aes.h"

#include <gtest/gtest.h>

namespace bz {
namespace {

Block block(const char* hex) {
  Block out{};
  EXPECT_TRUE(from_hex(hex, out));
  return out;
}

TEST(Aes, EncryptsTheBlockOfTheStandard) {
  // FIPS 197 appendix C.1
  Aes128 cipher(block("000102030405060708090a0b0c0d0e0f"));
  std::array<Block, 2> blocks{block("00112233445566778899aabbccddeeff"),
                              block("00112233445566778899aabbccddeeff")};
  cipher.encrypt(blocks, blocks);
  EXPECT_EQ(blocks[0], block("69c4e0d86a7b0430d8cdb78070b4c55a"));
  EXPECT_EQ(blocks[1], blocks[0]);
}

TEST(Aes, CounterModeDecryptsWhatItEncrypted) {
  // SP 800-38A F.5.1, first block cut to 4 bytes
  const auto key = block("2b7e151628aed2a6abf7158809cf4f3c");
  const auto counter = block("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  const Bytes plain = *from_hex("6bc1bee2");
  Bytes out(4);
  aes128_ctr(key, counter, plain, out);
  EXPECT_EQ(to_hex(out), "874D6191");
  aes128_ctr(key, counter, out, out);
  EXPECT_EQ(out, plain);
}

TEST(Aes, ASealOpensOnlyWithItsKeyNonceContextAndBytes) {
  const SealKey key{1};
  const Nonce nonce{2};
  const Bytes context{3};
  const Bytes plain{4, 5, 6};
  const Bytes sealed = seal(key, nonce, context, plain);
  EXPECT_EQ(sealed.size(), plain.size() + kSealTagSize);
  EXPECT_EQ(*open_sealed(key, nonce, context, sealed), plain);
  EXPECT_FALSE(open_sealed(SealKey{9}, nonce, context, sealed));
  EXPECT_FALSE(open_sealed(key, Nonce{9}, context, sealed));
  EXPECT_FALSE(open_sealed(key, nonce, Bytes{9}, sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto altered = sealed;
    altered[i] ^= 1U;
    EXPECT_FALSE(open_sealed(key, nonce, context, altered)) << i;
    EXPECT_FALSE(open_sealed(key, nonce, context, ByteView(sealed).first(i))) << i;
  }
}

TEST(Aes, AnEmptyMessageCanBeSealed) {
  EXPECT_TRUE(open_sealed(SealKey{1}, Nonce{}, {}, seal(SealKey{1}, Nonce{}, {}, {}))->empty());
}

}  // namespace
}  // namespace bz
