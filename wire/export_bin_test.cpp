#include "wire/export_bin.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "wire/limits.h"
#include "wire/protobuf.h"

namespace bz::wire {
namespace {

using engine::PublishedKey;
using engine::ReportType;

constexpr std::chrono::sys_seconds kStart{
    std::chrono::seconds{1'585'785'600}};            // 2020-04-02 00:00 UTC
constexpr std::uint32_t kFirstInterval = 2'642'976;  // the same / 600

// One key of 2020-04-02, worked out on paper (docs/formats/export.md has it byte by byte).
Bytes tiny() {
  return *from_hex(
      "454B204578706F72742076312020202009002B855E0000000011807C865E00000000"  // header, 1, 2
      "1A02564E20012801"                            // region VN, batch 1 of 1
      "321E1A0276312203343532"                      // v1, 452
      "2A13312E322E3834302E31303034352E342E332E32"  // 1.2.840.10045.4.3.2
      "3A1B0A10000102030405060708090A0B0C0D0E0F"    // key_data
      "18A0A8A10128013003");                        // start, confirmed, -2 days
}

Export tiny_export() {
  Export content{.head = {.start = kStart, .end = kStart + std::chrono::hours{24}, .region = "VN"}};
  content.head.signatures = {{.key_version = "v1", .key_id = "452"}};
  PublishedKey key{.key = {.start = {kFirstInterval}},
                   .report_type = ReportType::kConfirmed,
                   .days_since_onset = -2};
  for (std::size_t i = 0; i < 16; ++i) key.key.bytes[i] = static_cast<std::uint8_t>(i);
  content.keys = {key};
  return content;
}

struct Reading {
  Export content;
  ExportSummary summary;
};

// Gives the parser `step` bytes at a time.
Result<Reading> read(ByteView bytes, std::size_t step = 1'000'000) {
  Reading reading{};
  ExportBinParser parser([&](std::span<const PublishedKey> keys, KeyList list) {
    auto& to = list == KeyList::kNew ? reading.content.keys : reading.content.revised;
    to.insert(to.end(), keys.begin(), keys.end());
  });
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const auto added = parser.add(bytes.subspan(at, std::min(step, bytes.size() - at)));
    if (!added) return added.error();
  }
  auto summary = parser.finish();
  if (!summary) return summary.error();
  reading.content.head = summary->head;
  reading.summary = *summary;
  return reading;
}

std::string complaint(ByteView bytes) {
  const auto reading = read(bytes);
  if (reading) return "read";
  EXPECT_EQ(reading.error().code, Code::kMalformed);
  return reading.error().what;
}

// Header, times, and one key message of these fields, whose content begins at byte 36: 16 of
// header, 9 for each time, and tag and length of the key.
Bytes with_key(const Bytes& fields) {
  const Bytes whole = tiny();
  Bytes bytes(whole.begin(), whole.begin() + 34);
  put_bytes_field(bytes, 7, fields);
  return bytes;
}

// key_data and rolling start: 18 + 5 bytes, so that what follows in a key begins at byte 36 + 23
// = 59.
Bytes key_fields() {
  Bytes fields;
  put_bytes_field(fields, 1, Bytes(16, 0xAB));
  put_varint_field(fields, 3, kFirstInterval);
  return fields;
}

Bytes key_with(std::uint32_t number, std::uint64_t value) {
  Bytes fields = key_fields();
  put_varint_field(fields, number, value);
  return with_key(fields);
}

TEST(ExportBin, IsWrittenAsWorkedOutOnPaper) {
  EXPECT_EQ(*encode_export_bin(tiny_export()), tiny());
}

TEST(ExportBin, IsReadAsWorkedOutOnPaper) {
  const auto reading = read(tiny());
  ASSERT_TRUE(reading) << reading.error().what;
  EXPECT_EQ(reading->content, tiny_export());
  EXPECT_EQ(reading->summary.keys, 1U);
  EXPECT_EQ(reading->summary.revised, 0U);
}

TEST(ExportBin, PeriodsOtherThanADayAreWrittenAndADayIsNot) {
  Export content = tiny_export();
  const auto day = encode_export_bin(content)->size();
  content.keys[0].key.period = 143;
  EXPECT_EQ(encode_export_bin(content)->size(), day + 3);  // tag, and 143 in two bytes
  EXPECT_EQ(read(*encode_export_bin(content))->content, content);
}

TEST(ExportBin, KeysInAnyOrderGiveTheSameBytes) {
  Export content = tiny_export();
  content.keys.push_back(content.keys[0]);
  content.keys[1].key.bytes[15] = 1;
  const auto one = encode_export_bin(content);
  std::swap(content.keys[0], content.keys[1]);
  EXPECT_EQ(*encode_export_bin(content), *one);
  EXPECT_TRUE(std::ranges::is_sorted(read(*one)->content.keys, {}, &PublishedKey::key));
}

TEST(ExportBin, RevisedKeysComeAsSuch) {
  Export content = tiny_export();
  content.revised = content.keys;
  content.revised[0].report_type = ReportType::kRevoked;
  const auto reading = read(*encode_export_bin(content));
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->content, content);
  EXPECT_EQ(reading->summary.revised, 1U);
}

TEST(ExportBin, CutWithinItsHeaderSaysWhere) {
  EXPECT_EQ(complaint(ByteView{}), "export.bin, byte 0: cut: the file ends within its header");
  EXPECT_EQ(complaint(ByteView(tiny()).first(15)),
            "export.bin, byte 15: cut: the file ends within its header");
}

TEST(ExportBin, AnotherHeaderIsRefused) {
  Bytes bytes = tiny();
  bytes[11] = '2';  // EK Export v2
  EXPECT_EQ(complaint(bytes),
            "export.bin, byte 0: the header is not `EK Export v1` and four spaces");
}

TEST(ExportBin, CutAnywhereWithinAFieldSaysWhereTheFieldBegins) {
  const Bytes bytes = tiny();
  // The key is the last field: 2 + 27 bytes.
  const std::size_t key_at = bytes.size() - 29;
  for (std::size_t size = key_at + 1; size < bytes.size(); ++size) {
    EXPECT_EQ(complaint(ByteView(bytes).first(size)), "export.bin, byte " + std::to_string(key_at) +
                                                          ": cut: the file ends within this field");
  }
}

TEST(ExportBin, ZerosAfterTheMessageAreRefused) {
  Bytes bytes = tiny();
  const auto end = std::to_string(bytes.size());
  bytes.resize(bytes.size() + 8);
  EXPECT_EQ(complaint(bytes),
            "export.bin, byte " + end +
                ": no protobuf field begins here (zeros, or other bytes that do not belong)");
}

TEST(ExportBin, AKeyOf17BytesIsRefusedAtItsOffset) {
  Bytes fields;
  put_bytes_field(fields, 1, Bytes(17, 0xAB));
  EXPECT_EQ(complaint(with_key(fields)), "export.bin, byte 36: key_data holds 17 bytes, not 16");
}

TEST(ExportBin, EachValueOutOfItsRangeIsRefusedAtItsOffset) {
  const std::string at = "export.bin, byte 59: ";
  EXPECT_EQ(complaint(key_with(4, 0)), at + "rolling_period is not 1 to 144");
  EXPECT_EQ(complaint(key_with(4, 145)), at + "rolling_period is not 1 to 144");
  EXPECT_EQ(complaint(key_with(4, 1)), "read");
  EXPECT_EQ(complaint(key_with(4, 144)), "read");
  EXPECT_EQ(complaint(key_with(2, 8)), "read");
  EXPECT_EQ(complaint(key_with(2, 9)), at + "transmission_risk_level is not 0 to 8");
  EXPECT_EQ(complaint(key_with(6, zigzag(-14))), "read");
  EXPECT_EQ(complaint(key_with(6, zigzag(-15))),
            at + "days_since_onset_of_symptoms is not -14 to 4014");
  EXPECT_EQ(complaint(key_with(6, zigzag(4014))), "read");
  EXPECT_EQ(complaint(key_with(6, zigzag(4015))),
            at + "days_since_onset_of_symptoms is not -14 to 4014");
}

TEST(ExportBin, ARollingStartMustBeThereAndFitItsField) {
  Bytes fields;
  put_bytes_field(fields, 1, Bytes(16, 0xAB));
  EXPECT_EQ(complaint(with_key(fields)),
            "export.bin, byte 34: a key without rolling_start_interval_number");
  put_varint_field(fields, 3, std::uint64_t{1} << 31U);
  EXPECT_EQ(complaint(with_key(fields)),
            "export.bin, byte 54: rolling_start_interval_number is not 0 to 2^31-1");
}

TEST(ExportBin, AKeyWithoutKeyDataIsRefused) {
  Bytes fields;
  put_varint_field(fields, 3, kFirstInterval);
  EXPECT_EQ(complaint(with_key(fields)), "export.bin, byte 34: a key without key_data");
}

TEST(ExportBin, AFieldTwiceOrOfAnotherTypeIsRefused) {
  EXPECT_EQ(complaint(key_with(3, 1)), "export.bin, byte 59: a single field for the second time");
  Bytes fields = key_fields();
  put_bytes_field(fields, 5, Bytes{1});
  EXPECT_EQ(complaint(with_key(fields)),
            "export.bin, byte 59: a field of another wire type than its own");
  Bytes bytes = tiny();
  put_varint_field(bytes, 5, 1);
  EXPECT_EQ(complaint(bytes), "export.bin, byte " + std::to_string(tiny().size()) +
                                  ": a single field for the second time");
}

TEST(ExportBin, AKeyOfAReportTypeFromAfterOurTimeIsSkippedAndCounted) {
  const auto reading = read(key_with(5, 6));
  ASSERT_TRUE(reading);
  EXPECT_TRUE(reading->content.keys.empty());
  EXPECT_EQ(reading->summary.skipped, 1U);
  EXPECT_EQ(read(key_with(5, 5))->content.keys.at(0).report_type, ReportType::kRevoked);
}

// The European gateway's 2000 + 3: symptoms of unknown date, three days after the upload.
TEST(ExportBin, APackedOnsetThatIsNoNumberOfDaysIsNoOnset) {
  EXPECT_EQ(read(key_with(6, zigzag(2003)))->content.keys.at(0).days_since_onset, std::nullopt);
  EXPECT_EQ(read(key_with(6, zigzag(14)))->content.keys.at(0).days_since_onset, 14);
}

TEST(ExportBin, FieldsFromAfterOurTimeAreReadPast) {
  Bytes bytes = tiny();
  put_bytes_field(bytes, 9, Bytes(4000, 0x55));
  put_fixed64_field(bytes, 1000, 7);
  EXPECT_EQ(read(bytes)->content, tiny_export());
  EXPECT_EQ(complaint(key_with(100, 1)), "read");
  put_bytes_field(bytes, 9, Bytes(4097, 0x55));
  EXPECT_NE(complaint(bytes).find("a field of more than 4,096 bytes"), std::string::npos);
}

TEST(ExportBin, BothTimesMustBeThereInOrder) {
  const Bytes whole = tiny();
  EXPECT_EQ(complaint(ByteView(whole).first(25)),
            "export.bin, byte 25: the message ends without start_timestamp or end_timestamp");
  Bytes bytes(whole.begin(), whole.begin() + 25);
  put_fixed64_field(bytes, 2, 1'585'785'599);  // a second before the start
  EXPECT_EQ(complaint(bytes), "export.bin, byte 34: end_timestamp is before start_timestamp");
}

TEST(ExportBin, PiecesOfAnySizeGiveTheSame) {
  Export content = tiny_export();
  content.revised = content.keys;
  const Bytes bytes = *encode_export_bin(content);
  for (std::size_t step = 1; step < bytes.size(); ++step)
    EXPECT_EQ(read(bytes, step)->content, content);
}

TEST(ExportBin, MoreThan500000KeysAreRefused) {
  Export content = tiny_export();
  content.keys.assign(kMaxKeysPerFile + 1, content.keys[0]);
  const auto bin = encode_export_bin(content);
  ASSERT_FALSE(bin);
  EXPECT_EQ(bin.error().code, Code::kInvalid);

  content.keys.pop_back();
  Bytes bytes = *encode_export_bin(content);
  EXPECT_EQ(read(bytes)->summary.keys, kMaxKeysPerFile);
  put_bytes_field(bytes, 8, key_fields());
  EXPECT_NE(complaint(bytes).find("more than 500,000 keys"), std::string::npos);
}

TEST(ExportBin, WhatIsOutOfRangeIsNotWritten) {
  const auto refused = [](auto change) {
    Export content = tiny_export();
    change(content);
    const auto bin = encode_export_bin(content);
    return !bin && bin.error().code == Code::kInvalid;
  };
  EXPECT_TRUE(refused([](Export& e) { e.keys[0].key.period = 0; }));
  EXPECT_TRUE(refused([](Export& e) { e.keys[0].key.period = 145; }));
  EXPECT_TRUE(refused([](Export& e) { e.keys[0].transmission_risk = 9; }));
  EXPECT_TRUE(refused([](Export& e) { e.keys[0].days_since_onset = 15; }));
  EXPECT_TRUE(refused([](Export& e) { e.keys[0].key.start = {0x8000'0000U}; }));
  EXPECT_TRUE(refused([](Export& e) { e.head.region = "Trà Vinh"; }));  // not ASCII
  EXPECT_TRUE(refused([](Export& e) { e.head.end = e.head.start - std::chrono::seconds{1}; }));
  EXPECT_TRUE(refused([](Export& e) { e.head.batch_num = 2; }));
  EXPECT_FALSE(refused([](Export&) {}));
}

PublishedKey any_key() {
  PublishedKey key;
  for (auto& byte : key.key.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
  key.key.start = {*rc::gen::inRange(0U, 0x8000'0000U)};
  key.key.period = *rc::gen::inRange(1U, 145U);
  key.report_type = static_cast<ReportType>(*rc::gen::inRange(0, 6));
  key.transmission_risk = *rc::gen::inRange<std::uint8_t>(0, 9);
  if (*rc::gen::arbitrary<bool>()) key.days_since_onset = *rc::gen::inRange(-14, 15);
  return key;
}

TEST(ExportBin, WhatIsWrittenIsReadBackSorted) {
  EXPECT_TRUE(rc::check([] {
    Export content{.head = {.start = kStart,
                            .end = kStart + std::chrono::seconds{*rc::gen::inRange(0, 1'000'000)}}};
    content.head.region = *rc::gen::container<std::string>(rc::gen::inRange(' ', '~'));
    content.head.region.resize(std::min(content.head.region.size(), kMaxLabel));
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) content.keys.push_back(any_key());
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) content.revised.push_back(any_key());
    const auto bin = encode_export_bin(content);
    RC_ASSERT(bin.has_value());
    const auto reading = read(*bin, *rc::gen::inRange<std::size_t>(1, 100));
    RC_ASSERT(reading.has_value());
    std::ranges::sort(content.keys, {}, &PublishedKey::key);
    std::ranges::sort(content.revised, {}, &PublishedKey::key);
    RC_ASSERT(reading->content == content);
  }));
}

// A key message near what writers make: fields in order, a value now and then at or past the edge
// of its range, a field twice, out of its order or not known.
Bytes near_usual_key() {
  const auto rarely = [] { return *rc::gen::inRange(0, 12) == 0; };
  const auto edge = [] {
    return *rc::gen::element<std::uint64_t>(0, 1, 5, 6, 8, 9, 26, 27, 28, 29, 127, 128, 143, 144,
                                            145, 4014, 4015, (1U << 28U) - 1, 1U << 28U,
                                            0x7fff'ffffU, 0x8000'0000U, ~std::uint64_t{0});
  };
  std::vector<Bytes> fields(6);
  put_bytes_field(fields[0], 1, Bytes(rarely() ? 17 : 16, *rc::gen::arbitrary<std::uint8_t>()));
  for (std::uint32_t number = 2; number <= 6; ++number) {
    constexpr std::uint64_t kUsual[]{8, kFirstInterval, 143, 1, 27};
    if (number != 3 && *rc::gen::arbitrary<bool>()) continue;
    put_varint_field(fields[number - 1], number, rarely() ? edge() : kUsual[number - 2]);
  }
  if (rarely()) std::swap(fields[*rc::gen::inRange(0U, 6U)], fields[*rc::gen::inRange(0U, 6U)]);
  if (rarely()) fields.push_back(fields[*rc::gen::inRange(0U, 6U)]);
  if (rarely()) put_varint_field(fields.emplace_back(), 7, 1);
  Bytes message;
  for (const auto& field : fields) message.insert(message.end(), field.begin(), field.end());
  return message;
}

// Byte by byte, every key is read by the strict path (kUsualRoom in export_bin.cpp); at once, all
// but the last by the fast one.
TEST(ExportBin, KeysReadInOneLookAreReadAsStrictly) {
  EXPECT_TRUE(rc::check([] {
    for (int file = 0; file < 50; ++file) {
      const Bytes start = tiny();
      Bytes bytes(start.begin(), start.begin() + 34);  // header and times
      for (int i = *rc::gen::inRange(1, 6); i > 0; --i) {
        const auto list = *rc::gen::inRange(7U, 10U);  // 9 is no list of keys
        put_bytes_field(bytes, list, near_usual_key());
      }
      bytes.insert(bytes.end(), start.begin() + 34, start.begin() + 42);  // region and batch
      if (*rc::gen::arbitrary<bool>()) {
        const auto any_byte = rc::gen::arbitrary<std::uint8_t>();
        const auto place = rc::gen::inRange<std::size_t>(34, bytes.size());
        const auto few = rc::gen::element<std::uint8_t>(0x07, 0x0a, 0x10, 0x18, 0x20, 0x28, 0x30);
        bytes[*place] = *rc::gen::oneOf(any_byte, few);
        if (*rc::gen::inRange(0, 4) == 0) bytes.resize(*place);
      }
      const auto fast = read(bytes);
      const auto strict = read(bytes, 1);
      RC_ASSERT(fast.has_value() == strict.has_value());
      if (fast) {
        RC_ASSERT(fast->content == strict->content);
        RC_ASSERT(fast->summary == strict->summary);
      } else {
        RC_ASSERT(fast.error().what == strict.error().what);
      }
    }
  }));
}

}  // namespace
}  // namespace bz::wire
