#include "wire/trace_envelope.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "wire/limits.h"

namespace bz::wire {
namespace {

using engine::PublishedChain;

constexpr std::chrono::sys_seconds kStart{
    std::chrono::seconds{1'585'785'600}};  // 2020-04-02 00:00 UTC, day 18,354

const SigningKey& our_key() {
  static const SigningKey key = SigningKey::generate();
  return key;
}

PublishedChain chain(std::uint8_t byte, int days = 14) {
  PublishedChain c{.start = Instant{kStart}, .end = Instant{kStart} + std::chrono::days{days}};
  c.daily_key.fill(byte);
  return c;
}

TraceEnvelope two_chains() {
  return {.start = kStart,
          .end = kStart + std::chrono::hours{24},
          .region = "VN",
          .chains = {chain(1), chain(2)}};
}

Bytes unsigned_file() {
  return *write_trace_envelope(two_chains(), nullptr);
}

std::string complaint(ByteView file, Code code = Code::kMalformed,
                      const Trust& trust = Trust::in_anybody()) {
  const auto content = read_trace_envelope(file, trust);
  if (content) return "read";
  EXPECT_EQ(content.error().code, code) << content.error().what;
  return content.error().what;
}

Bytes changed(std::size_t at, std::uint8_t byte) {
  Bytes file = unsigned_file();
  file[at] = byte;
  return file;
}

// Day 18,354 = 0x47B2; 14 days = 1,209,600 s = 0x127500; 96 = 0x60. Times 0x5E852B00 and a day
// later 0x5E867C80.
TEST(TraceEnvelope, IsWrittenAsWorkedOutOnPaper) {
  TraceEnvelope one = two_chains();
  one.chains.pop_back();
  std::string ones;
  for (int i = 0; i < 32; ++i) ones += "01";
  EXPECT_EQ(to_hex(*write_trace_envelope(one, nullptr)),
            "425A2054726163652076312020202020"  // BZ Trace v1 and five spaces
            "002B855E00000000"
            "807C865E00000000"  // start, end
            "01000000"
            "02"
            "564E" +  // one entry; VN
                ones +
                "B2470000"
                "00751200"
                "60000000"
                "00");
}

TEST(TraceEnvelope, WhatIsSignedIsReadBackUnderItsKey) {
  const auto file = write_trace_envelope(two_chains(), &our_key());
  ASSERT_TRUE(file);
  const auto read = read_trace_envelope(*file, Trust::in(our_key().public_key()));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(*read, two_chains());
}

TEST(TraceEnvelope, ChainsInAnyOrderAndTwiceGiveTheSameBytes) {
  TraceEnvelope content = two_chains();
  content.chains = {chain(2), chain(1), chain(2)};
  EXPECT_EQ(*write_trace_envelope(content, nullptr), unsigned_file());
}

TEST(TraceEnvelope, OnlyExplicitPermissionReadsAnUnsignedOne) {
  const Bytes file = unsigned_file();
  EXPECT_EQ(complaint(file, Code::kDenied, Trust::in(our_key().public_key())),
            "trace envelope: it is not signed");
  EXPECT_NE(complaint(file, Code::kInvalid, Trust{}), "read");
  EXPECT_EQ(complaint(file), "read");
}

TEST(TraceEnvelope, AnotherKeyOrAnyChangedByteIsDenied) {
  const Bytes file = *write_trace_envelope(two_chains(), &our_key());
  const std::string denied =
      "trace envelope: the signature does not hold: the file was changed, or signed by another key";
  EXPECT_EQ(complaint(file, Code::kDenied, Trust::in(SigningKey::generate().public_key())), denied);
  for (std::size_t at = 39; at < 39 + 2 * 44; ++at) {  // every byte of both entries
    Bytes other = file;
    other[at] ^= 1U;
    EXPECT_EQ(complaint(other, Code::kDenied, Trust::in(our_key().public_key())), denied);
  }
}

TEST(TraceEnvelope, WhileASigningKeyIsExchangedItCarriesBothSignatures) {
  const auto next = SigningKey::generate();
  const std::vector<Sign> signers{
      [](const Digest& d) -> Result<Bytes> { return our_key().sign(d); },
      [&](const Digest& d) -> Result<Bytes> { return next.sign(d); }};
  const auto file = write_trace_envelope(two_chains(), signers);
  ASSERT_TRUE(file);
  EXPECT_EQ(as_text(*file).substr(0, 16), "BZ Trace v2     ");
  for (const auto& key : {our_key().public_key(), next.public_key()}) {
    const auto read = read_trace_envelope(*file, Trust::in(key));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(*read, two_chains());
  }
  EXPECT_NE(complaint(*file, Code::kDenied, Trust::in(SigningKey::generate().public_key())),
            "read");
  for (std::size_t size = 0; size < file->size(); ++size) {
    EXPECT_NE(complaint(ByteView(*file).first(size)), "read") << size;
  }
}

TEST(TraceEnvelope, CutAnywhereItIsMalformed) {
  const Bytes file = *write_trace_envelope(two_chains(), &our_key());
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_NE(complaint(ByteView(file).first(size)), "read") << size;
  }
  // 37 + 2 + 2 x 44 = 127 bytes before the signature's length.
  EXPECT_EQ(complaint(ByteView(file).first(127)),
            "trace envelope, byte 127: cut: the file ends before its signature");
  EXPECT_EQ(complaint(ByteView(file).first(128)),
            "trace envelope, byte 128: cut: the file ends within its signature");
}

TEST(TraceEnvelope, EachDamageSaysWhere) {
  EXPECT_EQ(complaint(changed(9, 'V')),
            "trace envelope, byte 0: the header is not `BZ Trace v1` or `v2` and five spaces");
  EXPECT_EQ(complaint(changed(31, 1)),  // end = 2^56 and more
            "trace envelope, byte 16: start and end are not in order before the year 9999");
  EXPECT_EQ(complaint(changed(36, 65)),
            "trace envelope, byte 36: the region is longer than 64 characters");
  EXPECT_EQ(complaint(changed(37, 7)),
            "trace envelope, byte 37: the region is not printable ASCII");
  EXPECT_EQ(complaint(changed(39 + 35, 1)),  // day 2^24 and more
            "trace envelope, byte 71: the day is after the year 9999");
  EXPECT_EQ(complaint(changed(39 + 38, 0x29)),  // end 0x297500 s, 1.9 million more than it was
            "trace envelope, byte 75: the end is more than 31 days after the start");
  EXPECT_EQ(complaint(changed(39 + 41, 6)),  // 0x660 = 1,632
            "trace envelope, byte 79: ids a day are not 2 to 1,440");
  EXPECT_EQ(complaint(changed(39, 3)),  // the first key is now the greater
            "trace envelope, byte 83: an entry that does not come after the one before it");
  EXPECT_EQ(complaint(changed(127, 73)),
            "trace envelope, byte 127: the signature is longer than 72 bytes");
  Bytes longer = unsigned_file();
  longer.push_back(0);
  EXPECT_EQ(complaint(longer), "trace envelope, byte 128: something was put after the signature");
}

// 500,000 = 0x07A120.
TEST(TraceEnvelope, MoreThan500000EntriesAreRefusedBeforeTheyAreLookedFor) {
  Bytes file = unsigned_file();
  file[34] = 0x07;
  file[33] = 0xA1;
  file[32] = 0x20;
  EXPECT_EQ(complaint(file), "trace envelope, byte 128: cut: the file ends before its signature");
  file[32] = 0x21;
  EXPECT_EQ(complaint(file), "trace envelope, byte 32: more than 500,000 entries");

  TraceEnvelope content = two_chains();
  content.chains.assign(kMaxKeysPerFile + 1, chain(1));
  EXPECT_FALSE(write_trace_envelope(content, nullptr));
  content.chains.pop_back();
  EXPECT_TRUE(write_trace_envelope(content, nullptr));
}

TEST(TraceEnvelope, AChainAsksForAtMost31DaysOf1440Ids) {
  // What is written of a chain that ends `end` after its start, and whether it is read.
  const auto passes = [](std::chrono::milliseconds end, std::int32_t ids) {
    TraceEnvelope content = two_chains();
    content.chains[0].end = content.chains[0].start + end;
    content.chains[0].ids_per_day = ids;
    const auto file = write_trace_envelope(content, nullptr);
    EXPECT_TRUE(file || file.error().code == Code::kInvalid);
    return file && read_trace_envelope(*file, Trust::in_anybody());
  };
  using namespace std::chrono_literals;
  constexpr auto kMonth = 31 * 24h;
  EXPECT_TRUE(passes(0h, 2));
  EXPECT_TRUE(passes(kMonth, 1440));
  EXPECT_FALSE(passes(kMonth + 1s, 96));
  EXPECT_FALSE(passes(-1s, 96));
  EXPECT_FALSE(passes(1ms, 96));
  EXPECT_FALSE(passes(kMonth, 1441));
  EXPECT_FALSE(passes(kMonth, 1));

  // The reader by itself: end 2,678,400 = 0x28DE80, one second more 0x28DE81; ids 1.
  Bytes file = unsigned_file();
  file[75] = 0x80;
  file[76] = 0xDE;
  file[77] = 0x28;
  EXPECT_EQ(complaint(file), "read");
  file[75] = 0x81;
  EXPECT_EQ(complaint(file),
            "trace envelope, byte 75: the end is more than 31 days after the start");
  EXPECT_EQ(complaint(changed(79, 1)), "trace envelope, byte 79: ids a day are not 2 to 1,440");
  EXPECT_EQ(complaint(changed(79, 2)), "read");
}

TEST(TraceEnvelope, WhatIsOutOfRangeIsNotWritten) {
  const auto refused = [](auto change) {
    TraceEnvelope content = two_chains();
    change(content);
    const auto file = write_trace_envelope(content, nullptr);
    return !file && file.error().code == Code::kInvalid;
  };
  EXPECT_TRUE(refused([](TraceEnvelope& e) { e.chains[0].ids_per_day = 0; }));
  EXPECT_TRUE(refused([](TraceEnvelope& e) { e.chains[0].start = Instant::min(); }));
  EXPECT_TRUE(refused([](TraceEnvelope& e) { e.chains[0].start = Instant::max(); }));
  EXPECT_TRUE(refused([](TraceEnvelope& e) { e.chains[0].end = Instant::min(); }));
  EXPECT_TRUE(refused([](TraceEnvelope& e) { e.chains[0].end = Instant::max(); }));
  EXPECT_TRUE(refused([](TraceEnvelope& e) { e.chains[0].start += std::chrono::hours{1}; }));
  EXPECT_TRUE(refused([](TraceEnvelope& e) { e.region.assign(65, 'x'); }));
  EXPECT_TRUE(refused([](TraceEnvelope& e) { std::swap(e.start, e.end); }));
  EXPECT_FALSE(refused([](TraceEnvelope&) {}));
}

TEST(TraceEnvelope, WhatIsWrittenIsReadBackSorted) {
  EXPECT_TRUE(rc::check([] {
    TraceEnvelope content = two_chains();
    content.chains.clear();
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
      const auto byte = *rc::gen::arbitrary<std::uint8_t>();
      if (std::ranges::any_of(content.chains,
                              [&](const auto& c) { return c.daily_key[0] == byte; }))
        continue;
      content.chains.push_back(chain(byte, *rc::gen::inRange(0, 32)));
      content.chains.back().ids_per_day = *rc::gen::inRange(2, 1'441);
    }
    const auto read =
        read_trace_envelope(*write_trace_envelope(content, nullptr), Trust::in_anybody());
    RC_ASSERT(read.has_value());
    std::ranges::sort(content.chains, {}, &PublishedChain::daily_key);
    RC_ASSERT(*read == content);
  }));
}

TEST(TraceEnvelope, IsToldByItsFirstBytes) {
  EXPECT_TRUE(looks_like_trace_envelope(unsigned_file()));
  EXPECT_FALSE(looks_like_trace_envelope(as_bytes("PK\x03\x04")));
  EXPECT_FALSE(looks_like_trace_envelope({}));
}

}  // namespace
}  // namespace bz::wire
