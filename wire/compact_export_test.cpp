#include "wire/compact_export.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

#include "wire/limits.h"

namespace bz::wire {
namespace {

using engine::PublishedKey;
using engine::ReportType;

constexpr std::chrono::sys_seconds kStart{
    std::chrono::seconds{1'585'785'600}};  // 2020-04-02 00:00 UTC, day 18354
constexpr std::uint32_t kDay = 18'354;

ExportHead head() {
  return {.start = kStart, .end = kStart + std::chrono::hours{1}, .region = "VN"};
}

const SigningKey& our_key() {
  static const SigningKey key = SigningKey::generate();
  return key;
}

Result<Bytes> sign(const Digest& digest) {
  return our_key().sign(digest);
}

// What one batch's keys may say: 14 days, half of them whole, a few periods, every report type that
// is new, every risk, every onset.
Export wide_batch(std::size_t count) {
  std::mt19937_64 random(7);
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  Export content{.head = head()};
  for (std::size_t i = 0; i < count; ++i) {
    PublishedKey key;
    for (auto& byte : key.key.bytes) byte = static_cast<std::uint8_t>(random());
    key.key.start = {(kDay - below(14)) * kIntervalsPerDay};
    key.key.period = std::array{144U, 144U, 100U, 72U}[below(4)];
    key.report_type = static_cast<ReportType>(1 + below(3));
    key.transmission_risk = static_cast<std::uint8_t>(below(9));
    if (const auto onset = static_cast<int>(below(30)); onset < 29)
      key.days_since_onset = onset - 14;
    content.keys.push_back(key);
  }
  sort_for_export(content.keys);
  return content;
}

// Two keys, drawn in docs/formats/compact-export.md.
Export two_keys() {
  Export content{.head = head()};
  PublishedKey key;
  key.key.start = {kDay * kIntervalsPerDay};
  key.report_type = ReportType::kConfirmed;
  std::fill(key.key.bytes.begin(), key.key.bytes.end(), std::uint8_t{0x11});
  content.keys.push_back(key);
  std::fill(key.key.bytes.begin(), key.key.bytes.end(), std::uint8_t{0x22});
  key.days_since_onset = 2;
  content.keys.push_back(key);
  return content;
}

std::string complaint(ByteView file, Code code, const Trust& trust = Trust::in_anybody()) {
  const auto content = read_whole_compact_export(file, trust);
  if (content) return "read";
  EXPECT_EQ(content.error().code, code) << content.error().what;
  return content.error().what;
}

TEST(CompactExport, WhatIsWrittenIsReadBack) {
  Export content = wide_batch(3000);
  content.revised = {content.keys[5], content.keys[700]};
  content.revised[0].report_type = ReportType::kRevoked;
  content.head.batch_num = 2;
  content.head.batch_size = 3;
  const auto file = write_compact_export(content, sign);
  ASSERT_TRUE(file) << file.error().what;
  EXPECT_TRUE(looks_like_compact_export(*file));
  const auto read = read_whole_compact_export(*file, Trust::in(our_key().public_key()));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(*read, content);
}

TEST(CompactExport, IsWrittenAsDrawn) {
  const auto file = write_compact_export(two_keys(), nullptr);
  ASSERT_TRUE(file);
  EXPECT_EQ(to_hex(*file),
            "425A204B657973207631202020202020"  // "BZ Keys v1      "
            "002B855E00000000"
            "1039855E00000000"  // start, end an hour later
            "01000100"
            "02564E"  // batch 1 of 1, VN
            "020000"
            "080000"
            "070000"                    // two keys, columns of 8 and 7 bytes
            "62222221A666666B"          // gaps 0x11111111, 0x11111111
            "111111111111111111111111"  // the other twelve bytes of each
            "222222222222222222222222"
            "FFFDC377BF72CA"  // metadata
            "000000"          // no revised keys
            "00");            // unsigned
}

TEST(CompactExport, KeysAndMetadataAtTheirBoundsComeBack) {
  Export content{.head = head()};
  for (const std::uint32_t start : {0U, kDay * 144U - 63 * 144U, kDay * 144U - 62 * 144U,
                                    kDay * 144U + 143U, (kDay + 1) * 144U, 0x7fff'ffffU}) {
    for (const std::uint32_t period : {1U, 144U}) {
      for (const int onset : {-14, 14}) {
        PublishedKey key;
        key.key.start = {start};
        key.key.period = period;
        key.days_since_onset = onset;
        key.transmission_risk = 8;
        key.report_type = ReportType::kRevoked;
        content.keys.push_back(key);
        key.key.bytes.fill(0xff);
        content.keys.push_back(key);
      }
    }
  }
  sort_for_export(content.keys);
  const auto file = write_compact_export(content, nullptr);
  ASSERT_TRUE(file);
  EXPECT_EQ(*read_whole_compact_export(*file, Trust::in_anybody()), content);
}

// Worked out in docs/formats/compact-export.md: 128 bits less log2(n!)/n = 8.53, 10.10 and 15.17
// for the order, and log2(14) + 1.5 + log2(3) + log2(9) + log2(30) = 15.0 for the metadata.
TEST(CompactExport, TakesAtMost17BytesAKeyFrom1000KeysOn) {
  for (const std::size_t count : {1'000U, 3'000U, 100'000U}) {
    const auto file = write_compact_export(wide_batch(count), sign);
    ASSERT_TRUE(file);
    EXPECT_LE(static_cast<double>(file->size()), 17.0 * static_cast<double>(count)) << count;
  }
}

TEST(CompactExport, TheOrderOfKeysInAnExportLeavesNoTrace) {
  Export content = wide_batch(100);
  const auto file = write_compact_export(content, nullptr);
  std::ranges::reverse(content.keys);
  EXPECT_EQ(*write_compact_export(content, nullptr), *file);
}

TEST(CompactExport, KeysComeInBlocksOfAtMost1024) {
  const auto file = write_compact_export(wide_batch(2500), nullptr);
  std::vector<std::size_t> blocks;
  const auto summary = read_compact_export(
      *file, Trust::in_anybody(),
      [&](std::span<const PublishedKey> keys, KeyList) { blocks.push_back(keys.size()); });
  ASSERT_TRUE(summary);
  EXPECT_EQ(blocks, (std::vector<std::size_t>{1024, 1024, 452}));  // 2500 - 2 x 1024
  EXPECT_EQ(summary->keys, 2500U);
}

TEST(CompactExport, AnEmptyBatchIsAFileToo) {
  const auto file = write_compact_export({.head = head()}, sign);
  ASSERT_TRUE(file);
  const auto read = read_whole_compact_export(*file, Trust::in(our_key().public_key()));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->keys.empty() && read->revised.empty());
}

TEST(CompactExport, OnlyATrustedSignatureOrExplicitPermissionReads) {
  const auto file = *write_compact_export(two_keys(), sign);
  EXPECT_EQ(complaint(file, Code::kInvalid, Trust{}),
            "no public key to check the signature with: give one, or say that an unsigned file "
            "will do");
  EXPECT_EQ(complaint(*write_compact_export(two_keys(), nullptr), Code::kDenied,
                      Trust::in(our_key().public_key())),
            "compact export: it is not signed");
  EXPECT_EQ(complaint(file, Code::kDenied, Trust::in(SigningKey::generate().public_key())),
            "compact export: the signature does not hold: the file was changed, or signed by "
            "another key");
}

TEST(CompactExport, WhileASigningKeyIsExchangedItCarriesBothSignaturesAndIsOfVersion2) {
  const auto next = SigningKey::generate();
  const std::vector<Sign> signers{
      sign, [&](const Digest& digest) -> Result<Bytes> { return next.sign(digest); }};
  const auto file = write_compact_export(two_keys(), signers);
  ASSERT_TRUE(file) << file.error().what;
  EXPECT_EQ(as_text(*file).substr(0, 16), "BZ Keys v2      ");
  for (const auto& key : {our_key().public_key(), next.public_key()}) {
    const auto read = read_whole_compact_export(*file, Trust::in(key));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(*read, two_keys());
  }
  const auto stranger = Trust::in(SigningKey::generate().public_key());
  EXPECT_EQ(complaint(*file, Code::kDenied, stranger),
            "compact export: the signature does not hold: the file was changed, or signed by "
            "another key");
}

TEST(CompactExport, ThereIsOneWayToWriteEachNumberOfSignatures) {
  // 91 bytes unsigned (IsWrittenAsDrawn): the signatures begin at byte 90.
  const Sign short_one = [](const Digest&) -> Result<Bytes> { return Bytes{7}; };
  const auto with = [&](std::size_t count) {
    return write_compact_export(two_keys(), std::vector<Sign>(count, short_one));
  };
  const auto tail = [](const Bytes& file) { return to_hex(ByteView(file).subspan(90)); };
  EXPECT_EQ(tail(*with(0)), "00");
  EXPECT_EQ(tail(*with(1)), "0107");
  EXPECT_EQ(tail(*with(2)), "0201070107");
  EXPECT_EQ(with(10)->size(), 90 + 1 + 20U);
  EXPECT_EQ(with(11).error().what, "compact export: more than 10 signers");
  const auto complaint_of = [&](std::size_t at, std::uint8_t byte) {
    Bytes file = *with(2);
    file[at] = byte;
    return complaint(file, Code::kMalformed);
  };
  for (const int count : {0, 1, 11}) {
    EXPECT_EQ(complaint_of(90, static_cast<std::uint8_t>(count)),
              "compact export, byte 90: version 2 has 2 to 10 signatures");
  }
  EXPECT_EQ(complaint_of(90, 3),
            "compact export, byte 95: cut: the file ends before its signature");
  EXPECT_EQ(complaint_of(91, 0), "compact export, byte 91: one of several signatures is empty");
  EXPECT_EQ(complaint_of(93, 73), "compact export, byte 93: the signature is longer than 72 bytes");
  EXPECT_EQ(complaint_of(93, 2),
            "compact export, byte 95: cut: the file ends within its signature");
  Bytes longer = *with(2);
  longer.push_back(0);
  EXPECT_EQ(complaint(longer, Code::kMalformed),
            "compact export, byte 95: something was put after the signature");
}

TEST(CompactExport, ASignersErrorIsHandedOn) {
  const auto file = write_compact_export(two_keys(), [](const Digest&) -> Result<Bytes> {
    return Error{Code::kUnavailable, "the device does not answer"};
  });
  EXPECT_EQ(file.error().code, Code::kUnavailable);
  EXPECT_EQ(
      write_compact_export(two_keys(), [](const Digest&) -> Result<Bytes> { return Bytes(73); })
          .error()
          .code,
      Code::kInvalid);
}

TEST(CompactExport, CutAnywhereItIsMalformedThere) {
  const auto file = *write_compact_export(two_keys(), sign);
  for (std::size_t size = 0; size < file.size(); ++size) {
    const auto what = complaint(ByteView(file).first(size), Code::kMalformed);
    const auto offset = size < 16 ? 0 : size;
    EXPECT_NE(what.find("compact export, byte " + std::to_string(offset) + ": "), std::string::npos)
        << what;
  }
}

TEST(CompactExport, NoChangedByteReadsAsTheSameFile) {
  const auto content = two_keys();
  const auto file = *write_compact_export(content, nullptr);
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (const unsigned bit : {1U, 16U, 128U}) {
      Bytes changed = file;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ bit);
      const auto read = read_whole_compact_export(changed, Trust::in_anybody());
      // Read or not: it is no other way to write the same.
      EXPECT_FALSE(read && *read == content) << i;
    }
  }
}

TEST(CompactExport, WhatIsReadIsWrittenAsTheVeryBytesItCameFrom) {
  const auto file = *write_compact_export(wide_batch(50), nullptr);
  for (std::size_t i = 37; i < file.size(); ++i) {
    Bytes changed = file;
    changed[i] = static_cast<std::uint8_t>(changed[i] ^ 1U);
    const auto read = read_whole_compact_export(changed, Trust::in_anybody());
    if (!read) continue;
    EXPECT_EQ(*write_compact_export(*read, nullptr), changed) << i;
  }
}

TEST(CompactExport, EachHeadFieldOutOfItsRangeSaysWhere) {
  const auto file = *write_compact_export(two_keys(), nullptr);
  const auto with = [&](std::size_t at, std::initializer_list<std::uint8_t> bytes) {
    Bytes changed = file;
    std::copy(bytes.begin(), bytes.end(), changed.begin() + static_cast<std::ptrdiff_t>(at));
    return complaint(changed, Code::kMalformed);
  };
  EXPECT_EQ(with(3, {'k'}),
            "compact export, byte 0: the header is not `BZ Keys v1` or `v2` and six spaces");
  EXPECT_EQ(with(26, {0}),
            "compact export, byte 16: start and end are not in order before the year 9999");
  EXPECT_EQ(with(32, {2}),
            "compact export, byte 32: batch_num is not 1 to batch_size, or batch_size not 1 to "
            "10,000");
  EXPECT_EQ(with(36, {65}), "compact export, byte 36: the region is longer than 64 characters");
  EXPECT_EQ(with(37, {7}), "compact export, byte 37: the region is not printable ASCII");
  EXPECT_EQ(with(39, {0x21, 0xa1, 0x07}), "compact export, byte 39: more than 500,000 keys");
  Bytes longer = file;
  longer.push_back(0);
  EXPECT_EQ(complaint(longer, Code::kMalformed), "compact export, byte " +
                                                     std::to_string(file.size()) +
                                                     ": something was put after the signature");
}

TEST(CompactExport, AColumnThatIsLongerThanNeedBeIsRefused) {
  Bytes file = *write_compact_export(two_keys(), nullptr);
  const std::size_t metadata_size = file[45];
  const auto end = 48 + file[42] + 24 + metadata_size;
  file[45] = static_cast<std::uint8_t>(metadata_size + 1);
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(end), 0);
  EXPECT_EQ(complaint(file, Code::kMalformed),
            "compact export, byte " + std::to_string(end) +
                ": a column that is not coded in the one way to code it");
}

TEST(CompactExport, KeysOutOfOrderAreRefusedByWriterAndReader) {
  const auto content = two_keys();
  auto writer = CompactExportWriter::begin(head());
  ASSERT_TRUE(writer->add(content.keys[1]));
  EXPECT_EQ(writer->add(content.keys[0]).error().what,
            "compact export: a key that comes before the one added before it");
  ASSERT_TRUE(writer->add(content.keys[0], KeyList::kRevised));
  EXPECT_EQ(writer->add(content.keys[1]).error().what,
            "compact export: a new key after a revised one");

  // Two keys of the same first four bytes, whose tails stand in the wrong order.
  Export same = two_keys();
  same.keys[1].key.bytes = same.keys[0].key.bytes;
  same.keys[1].key.bytes[15] = 0x12;
  Bytes file = *write_compact_export(same, nullptr);
  const std::size_t tails = 48 + file[42];
  std::swap(file[tails + 11], file[tails + 23]);
  EXPECT_EQ(complaint(file, Code::kMalformed), "compact export, byte " +
                                                   std::to_string(tails + 12) +
                                                   ": a key that comes before the one before it");
}

TEST(CompactExport, AFileHoldsAtMost500000Keys) {
  auto writer = CompactExportWriter::begin(head());
  PublishedKey key = two_keys().keys[0];
  for (std::size_t i = 0; i < kMaxKeysPerFile; ++i) ASSERT_TRUE(writer->add(key));
  EXPECT_EQ(writer->add(key).error().what,
            "compact export: more than 500,000 keys: split them over several files");
}

TEST(CompactExport, AHeadOrKeyOutOfItsRangeIsRefused) {
  auto wrong = head();
  wrong.region = std::string(65, 'x');
  EXPECT_EQ(CompactExportWriter::begin(wrong).error().code, Code::kInvalid);
  PublishedKey key = two_keys().keys[0];
  key.transmission_risk = 9;
  EXPECT_EQ(CompactExportWriter::begin(head())->add(key).error().code, Code::kInvalid);
}

}  // namespace
}  // namespace bz::wire
