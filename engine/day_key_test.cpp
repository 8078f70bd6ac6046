#include "engine/day_key.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "base/bytes.h"
#include "tests/shared_files.h"

namespace bz::engine {
namespace {

// The key of the specification's test vectors; its day is 2 April 2020.
DayKey official_key() {
  DayKey key;
  EXPECT_TRUE(from_hex("75c734c6dd1a782de7a965da5eb93125", key.bytes));
  key.start = {2'642'976};
  return key;
}

TEST(DayKey, DerivesTheKeysOfTheSpecification) {
  EXPECT_EQ(to_hex(id_key(official_key()).bytes), "185AD91DB69EC7DD048960F1F3BA6175");
  EXPECT_EQ(to_hex(metadata_key(official_key()).bytes), "D57C46AF7A1D83965B9BED8BD152936A");
}

TEST(DayKey, MakesEveryIdAndMetadataOfTheOfficialVectors) {
  const auto path = shared_file("vectors/gaen.csv");
  BZ_SKIP_WITHOUT(path);
  const auto key = official_key();
  const auto ids = rolling_ids(key);
  const Metadata said{{0x40, 0x08, 0, 0}};
  std::ifstream file(path);
  std::string line;
  std::size_t rows = 0;
  while (std::getline(file, line)) {
    if (line.starts_with('#') || line.starts_with("interval")) continue;
    const Interval interval{static_cast<std::uint32_t>(std::stoul(line.substr(0, 7)))};
    RollingId id;
    EncryptedMetadata aem;
    ASSERT_TRUE(from_hex(line.substr(8, 32), id.bytes));
    ASSERT_TRUE(from_hex(line.substr(41, 8), aem.bytes));
    EXPECT_EQ(rolling_id(id_key(key), interval), id) << line;
    EXPECT_EQ(ids.at(interval.number - key.start.number), id) << line;
    EXPECT_EQ(encrypt(metadata_key(key), id, said), aem) << line;
    EXPECT_EQ(decrypt(metadata_key(key), id, aem), said) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 144U);
}

TEST(DayKey, ANewKeyCoversTheUtcDayItWasMadeIn) {
  SystemRandom random;
  const auto key = new_day_key(random, {2'642'976 + 143});
  EXPECT_EQ(key.start, Interval{2'642'976});
  EXPECT_EQ(key.period, 144U);
  EXPECT_TRUE(key.covers({2'642'976}));
  EXPECT_TRUE(key.covers({2'643'119}));
  EXPECT_FALSE(key.covers({2'643'120}));
  EXPECT_NE(key.bytes, new_day_key(random, {2'642'976}).bytes);
}

TEST(DayKey, AShortPeriodMakesAsManyIds) {
  auto key = official_key();
  const auto all = rolling_ids(key);
  key.period = 3;
  const auto three = rolling_ids(key);
  ASSERT_EQ(three.size(), 3U);
  EXPECT_EQ(three[2], all[2]);
}

TEST(Metadata, SaysThePowerOfVersionsOneAndNothingElse) {
  EXPECT_EQ(Metadata::with_power({-21}).transmit_power(), Dbm{-21});
  EXPECT_EQ((Metadata{{0x50, 8, 0, 0}}.transmit_power()), Dbm{8});
  EXPECT_EQ((Metadata{{0x80, 8, 0, 0}}.transmit_power()), std::nullopt);   // version 2
  EXPECT_EQ((Metadata{{0x40, 21, 0, 0}}.transmit_power()), std::nullopt);  // louder than any phone
  EXPECT_EQ((Metadata{{0x40, 0xCD, 0, 0}}.transmit_power()), std::nullopt);  // -51
}

}  // namespace
}  // namespace bz::engine
