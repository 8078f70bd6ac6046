#include "wire/zip_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "wire/export_file.h"

namespace bz::wire {
namespace {

// Two stored entries, written here byte by byte, so that each can be damaged in its own way:
//
//   byte   0   header of "a", 30 + 1 bytes, and its content, "one"
//   byte  34   header of "b", 30 + 1 bytes, and its content, "two!"
//   byte  69   directory: 46 + 1 bytes for "a",
//   byte 116   46 + 1 bytes for "b"
//   byte 163   end record, to byte 185
struct Entry {
  std::string name;
  std::string content;
  std::uint64_t checksum = 0;  // CRC-32
  std::uint64_t flags = 0;
  std::string after = {};  // put behind the content
};

constexpr std::uint64_t kDescriptorFollows = 8;

const Entry& entry_a() {
  static const Entry a{.name = "a", .content = "one", .checksum = 0x7a6c'86f1};
  return a;
}
const Entry& entry_b() {
  static const Entry b{.name = "b", .content = "two!", .checksum = 0x3aab'f134};
  return b;
}

std::string le(std::size_t size, std::uint64_t value) {
  Bytes bytes(size);
  put_le(bytes, value);
  return std::string(as_text(bytes));
}

// Flags, method 0, time and date 0, checksum, both sizes, length of the name, no extra field.
std::string shared_part(const Entry& e, bool in_header) {
  const bool later = in_header && (e.flags & kDescriptorFollows) != 0;
  const auto size = later ? 0 : e.content.size();
  return le(2, 20) + le(2, e.flags) + le(6, 0) + le(4, later ? 0 : e.checksum) + le(4, size) +
         le(4, size) + le(2, e.name.size()) + le(2, 0);
}

std::string zip_of(const std::vector<Entry>& entries) {
  std::string zip;
  std::string directory;
  for (const auto& e : entries) {
    directory +=
        "PK\x01\x02" + le(2, 20) + shared_part(e, false) + le(10, 0) + le(4, zip.size()) + e.name;
    zip += "PK\x03\x04" + shared_part(e, true) + e.name + e.content + e.after;
  }
  const auto at = zip.size();
  return zip + directory + "PK\x05\x06" + le(4, 0) + le(2, entries.size()) + le(2, entries.size()) +
         le(4, directory.size()) + le(4, at) + le(2, 0);
}

std::string two() {
  return zip_of({entry_a(), entry_b()});
}

// "read", where both contents come out, or what is wrong.
std::string complaint(const std::string& zip) {
  constexpr std::array<std::string_view, 2> kNames{"a", "b"};
  auto reader = ZipReader::open(as_bytes(zip), kNames);
  std::string contents;
  for (const auto name : kNames) {
    if (!reader) break;
    const auto read = reader->read(name, 100, [&](ByteView piece) -> Result<void> {
      contents += as_text(piece);
      return {};
    });
    if (!read) return read.error().what;
  }
  if (reader) return contents == "onetwo!" ? "read" : "other contents";
  EXPECT_EQ(reader.error().code, Code::kMalformed);
  return reader.error().what;
}

std::string with(std::string zip, std::size_t at, const std::string& bytes) {
  return zip.replace(at, bytes.size(), bytes);
}

TEST(ZipFile, IsReadAsDrawn) {
  EXPECT_EQ(two().size(), 185U);
  EXPECT_EQ(complaint(two()), "read");
  EXPECT_EQ(complaint(zip_of({entry_b(), entry_a()})), "read");
}

TEST(ZipFile, CutAnywhereItSaysWhereItEnds) {
  const std::string zip = two();
  for (std::size_t size = 0; size < zip.size(); ++size) {
    EXPECT_EQ(complaint(zip.substr(0, size)),
              "zip, byte " + std::to_string(size) +
                  ": cut short: no end record up to here, the end of the file");
  }
}

TEST(ZipFile, WhatIsPutBehindTheEndIsNotTakenForACut) {
  EXPECT_EQ(complaint(two() + '\0'),
            "zip, byte 185: 1 byte was put behind the end of the zip, from here");
  const std::string mark = "PK\x05\x06";
  for (const std::size_t count : {4U, 21U, 22U, 400U, 70'000U}) {
    for (std::string behind : {std::string(count, 'x'), std::string(count, '\0')}) {
      EXPECT_EQ(complaint(two() + behind), "zip, byte 185: " + std::to_string(count) +
                                               " bytes were put behind the end of the zip, from "
                                               "here");
      std::copy(mark.begin(), mark.end(), behind.begin());  // a mark that ends nothing
      EXPECT_NE(complaint(two() + behind).find("zip, byte 185: "), std::string::npos);
    }
  }
}

// Windows of 32 KiB overlap by less than a record, wherever it lies.
TEST(ZipFile, TheEndIsFoundWhereverItLies) {
  for (std::size_t count = 32'700; count < 32'800; ++count) {
    EXPECT_NE(complaint(two() + std::string(count, 'x')).find("zip, byte 185: "), std::string::npos)
        << count;
  }
}

TEST(ZipFile, ACommentIsSomethingPutBehind) {
  EXPECT_EQ(complaint(with(two(), 183, le(2, 3)) + "abc"),
            "zip, byte 185: 3 bytes were put behind the end of the zip, from here");
  EXPECT_EQ(complaint(with(two(), 183, le(2, 3))),
            "zip, byte 185: cut short: the end record announces 3 bytes more");
}

TEST(ZipFile, WhatIsNoZipSaysSo) {
  EXPECT_EQ(complaint(std::string(300, 'x')),
            "zip, byte 0: no entry begins here and there is no end record: not a zip");
}

TEST(ZipFile, WhatIsPutBeforeTheFirstEntryIsCounted) {
  EXPECT_EQ(complaint("x" + two()), "zip, byte 0: 1 byte was put before the first entry");
  EXPECT_EQ(complaint(two() + two()), "zip, byte 0: 185 bytes were put before the first entry");
  // The same with every place in the file mended: 34 + 5, 69 + 5, 0 + 5.
  std::string moved = with(two(), 163 + 16, le(4, 74));
  moved = with(moved, 69 + 42, le(4, 5));
  moved = with(moved, 116 + 42, le(4, 39));
  EXPECT_EQ(complaint("12345" + moved), "zip, byte 0: 5 bytes were put before the first entry");
}

TEST(ZipFile, WhatIsPutBetweenIsRefusedWhereItBegins) {
  Entry a = entry_a();
  a.after = std::string(400, 'x');
  EXPECT_EQ(complaint(zip_of({a, entry_b()})),
            "zip, byte 34: 400 bytes were put between the parts of the zip, from here");
  EXPECT_EQ(complaint(zip_of({entry_b(), a})),
            "zip, byte 69: 400 bytes were put between the parts of the zip, from here");

  std::string before_directory = two();
  before_directory.insert(69, "xyz");
  EXPECT_EQ(complaint(before_directory), "zip, byte 72: 3 bytes were put before the directory");
  std::string before_end = two();
  before_end.insert(163, "xyz");
  EXPECT_EQ(complaint(before_end), "zip, byte 166: 3 bytes were put before the end record");
  before_end = with(before_end, 166 + 12, le(4, 97));  // the directory's size, 94 + 3
  EXPECT_EQ(complaint(before_end),
            "zip, byte 163: 3 bytes were put between the parts of the zip, from here");
}

// With and without mark, sizes of 4 and of 8 bytes: 12, 16, 20, 24 bytes.
TEST(ZipFile, ADataDescriptorBelongsToItsEntryAndNothingElseDoes) {
  const std::string mark = "PK\x07\x08";
  for (const std::size_t width : {std::size_t{4}, std::size_t{8}}) {
    Entry a = entry_a();
    a.flags = kDescriptorFollows;
    a.after = le(4, a.checksum) + le(width, 3) + le(width, 3);
    EXPECT_EQ(complaint(zip_of({a, entry_b()})), "read");
    EXPECT_EQ(complaint(zip_of({entry_b(), a})), "read");
    a.after = mark + a.after;
    EXPECT_EQ(complaint(zip_of({a, entry_b()})), "read");
    EXPECT_EQ(complaint(zip_of({entry_b(), a})), "read");

    const auto end = std::to_string(34 + a.after.size());
    a.after += "xx";
    EXPECT_EQ(complaint(zip_of({a, entry_b()})),
              "zip, byte " + end + ": 2 bytes were put between the parts of the zip, from here");
    a.after[4] = 'x';  // in the checksum
    EXPECT_EQ(complaint(zip_of({a, entry_b()})),
              "zip, byte 34: no data descriptor of the entry before");
    a.flags = 0;
    EXPECT_NE(complaint(zip_of({a, entry_b()})).find("zip, byte 34: "), std::string::npos);
  }
}

TEST(ZipFile, ExactlyTheEntriesAskedForAreThere) {
  EXPECT_EQ(complaint(zip_of({entry_a()})), "zip: no entry b");
  EXPECT_EQ(complaint(zip_of({entry_b()})), "zip: no entry a");
  Entry other = entry_a();
  for (const std::string name : {"c", "", "A", "../a"}) {
    other.name = name;
    EXPECT_EQ(complaint(zip_of({entry_a(), entry_b(), other})),
              "zip, byte 69: an entry that does not belong in such a file");
  }
  EXPECT_EQ(complaint(zip_of({entry_a(), entry_b(), entry_a()})),
            "zip, byte 69: a second entry named a");
  EXPECT_EQ(complaint(zip_of(std::vector<Entry>(17, entry_a()))),
            "zip, byte " + std::to_string(17 * (34 + 47)) +
                ": the end record announces 17 entries, more than 16");
}

TEST(ZipFile, TwoLinesForOneEntryAreRefused) {
  EXPECT_EQ(complaint(with(two(), 116 + 42, le(4, 0))),  // the place of "b": that of "a"
            "zip, byte 0: b: its header and the directory do not agree");
  Entry a = entry_a();
  a.content = zip_of({entry_b()}).substr(0, 35);  // a whole entry "b" inside "a", from byte 31 on
  a.checksum = 0;
  std::string zip = zip_of({a, entry_b()});
  const auto line_of_b = zip.size() - 22 - 47;
  zip = with(zip, line_of_b + 42, le(4, 31));
  EXPECT_EQ(complaint(zip), "zip, byte 0: a reaches into what follows it");
}

TEST(ZipFile, ALineOfTheDirectoryThatLeadsAstraySaysWhichOne) {
  for (const std::uint64_t place : {1U, 40U, 69U, 100U, 0xffff'ffffU}) {
    EXPECT_EQ(complaint(with(two(), 116 + 42, le(4, place))),
              "zip, byte 116: this line of the directory leads to no entry");
  }
  EXPECT_EQ(complaint(with(two(), 116, "X")),
            "zip, byte 116: no line of the directory begins here");
  EXPECT_EQ(complaint(with(two(), 116 + 30, le(2, 1))),  // an extra field that is not there
            "zip, byte 116: no line of the directory begins here");
  EXPECT_EQ(complaint(with(two(), 163 + 8, le(2, 3) + le(2, 3))),  // three entries
            "zip, byte 163: the directory ends before its last line");
  EXPECT_EQ(complaint(with(two(), 163 + 8, le(2, 1) + le(2, 1))),  // one entry
            "zip, byte 116: 47 bytes were put between the parts of the zip, from here");
  EXPECT_EQ(complaint(with(two(), 163 + 10, le(2, 3))),
            "zip, byte 163: the end record is of a zip in several files");
  EXPECT_EQ(complaint(with(two(), 163 + 16, le(4, 70))),
            "zip, byte 163: the end record gives a place of the directory where it is not");
}

TEST(ZipFile, AnEntryThatReachesTooFarIsRefused) {
  // Packed and unpacked size of "b" in both places: 5 where 4 bytes lie before the directory.
  std::string zip = with(two(), 34 + 18, le(4, 5) + le(4, 5));
  zip = with(zip, 116 + 20, le(4, 5) + le(4, 5));
  EXPECT_EQ(complaint(zip), "zip, byte 34: b reaches into what follows it");
}

TEST(ZipFile, EncryptedOrOtherwisePackedEntriesAreRefused) {
  Entry b = entry_b();
  b.flags = 1;
  EXPECT_EQ(complaint(zip_of({entry_a(), b})), "zip, byte 34: b is encrypted");
  // Method 12, bzip2: at 8 of the header, at 10 of the line.
  EXPECT_EQ(complaint(with(with(two(), 34 + 8, le(2, 12)), 116 + 10, le(2, 12))),
            "zip, byte 34: b is packed by a method other than stored or deflated");
}

// Flags, method, checksum, sizes, length of the name, name.
TEST(ZipFile, TwoHeadersThatDisagreeAreRefused) {
  for (const std::size_t at : {6U, 8U, 14U, 18U, 22U, 26U, 30U}) {
    EXPECT_EQ(complaint(with(two(), 34 + at, "X")),
              "zip, byte 34: b: its header and the directory do not agree")
        << at;
  }
}

TEST(ZipFile, AChangedContentFailsItsChecksum) {
  EXPECT_EQ(complaint(with(two(), 65, "T")), "zip: b: its checksum does not hold");
}

// No change of one byte may go unseen, but in fields that say nothing of the content.
TEST(ZipFile, NoChangedByteGivesOtherContents) {
  for (std::size_t at = 0; at < two().size(); ++at) {
    for (const char byte : {'\0', '\x01', '\x7f', '\xff'}) {
      EXPECT_NE(complaint(with(two(), at, std::string(1, byte))), "other contents") << at;
    }
  }
}

TEST(ZipFile, ABombIsUnpackedNoFurtherThanTheLimit) {
  const Bytes zeros(kMaxExportBin + 1, 0);
  const std::array entries{ZipEntry{"a", zeros}};
  const Bytes zip = *write_zip(entries);
  EXPECT_LT(zip.size(), 100'000U);
  std::uint64_t unpacked = 0;
  auto reader = ZipReader::open(ByteView(zip), std::array<std::string_view, 1>{"a"});
  ASSERT_TRUE(reader);
  const auto read = reader->read("a", kMaxExportBin, [&](ByteView piece) -> Result<void> {
    unpacked += piece.size();
    return {};
  });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "zip: a unpacks to more than 33554432 bytes");
  EXPECT_LE(unpacked, kMaxExportBin);
}

}  // namespace
}  // namespace bz::wire
