#include "wire/export_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "wire/export_signature.h"

namespace bz::wire {
namespace {

using engine::PublishedKey;
using engine::ReportType;

constexpr std::chrono::sys_seconds kStart{
    std::chrono::seconds{1'585'785'600}};  // 2020-04-02 00:00 UTC

const SigningKey& our_key() {
  static const SigningKey key = SigningKey::generate();
  return key;
}

Export content_of(std::size_t count) {
  Export content{.head = {.start = kStart, .end = kStart + std::chrono::hours{24}, .region = "VN"}};
  for (std::size_t i = 0; i < count; ++i) {
    PublishedKey key;
    key.key.start = {2'642'976};
    key.report_type = ReportType::kConfirmed;
    const Digest bytes = sha256(as_bytes(std::to_string(i)));
    std::copy_n(bytes.begin(), 16, key.key.bytes.begin());
    content.keys.push_back(key);
  }
  std::ranges::sort(content.keys, {}, &PublishedKey::key);
  return content;
}

std::vector<Signer> ours() {
  return {{.key = our_key(), .key_version = "v1", .key_id = "452"}};
}

Trust named(const std::string& version, const std::string& id) {
  return {.keys = {{.key = our_key().public_key(), .version = version, .id = id}}};
}

// Our signature over any export.bin.
ExportSignature signature_over(const Bytes& bin) {
  return {.info = {.key_version = "v1", .key_id = "452"}, .signature = our_key().sign(sha256(bin))};
}

Bytes zip_of(const Bytes& bin, const Bytes& sig) {
  const std::array entries{ZipEntry{"export.bin", bin}, ZipEntry{"export.sig", sig}};
  return *write_zip(entries);
}

Bytes bin_of(Export content) {
  content.head.signatures = {{.key_version = "v1", .key_id = "452"}};
  return *encode_export_bin(content);
}

std::string complaint(const Bytes& zip, Code code,
                      const Trust& trust = Trust::in(our_key().public_key())) {
  const auto content = read_whole_export(ByteView(zip), trust);
  if (content) return "read";
  EXPECT_EQ(content.error().code, code) << content.error().what;
  return content.error().what;
}

TEST(ExportFile, WhatIsWrittenIsReadBackFromMemoryAndFromDisk) {
  Export content = content_of(3000);
  content.revised = {content.keys[0]};
  content.revised[0].report_type = ReportType::kRevoked;
  const auto zip = write_export(content, ours());
  ASSERT_TRUE(zip) << zip.error().what;
  const Trust trust = named("v1", "452");
  const auto read = read_whole_export(ByteView(*zip), trust);
  ASSERT_TRUE(read) << read.error().what;
  content.head.signatures = {{.key_version = "v1", .key_id = "452"}};
  EXPECT_EQ(*read, content);

  const auto path = std::filesystem::path(testing::TempDir()) / "export_file_test.zip";
  ASSERT_TRUE(write_file(path, *zip));
  const auto from_disk = read_whole_export(path, trust);
  std::filesystem::remove(path);
  ASSERT_TRUE(from_disk) << from_disk.error().what;
  EXPECT_EQ(*from_disk, content);
}

TEST(ExportFile, AFileThatIsNotThereIsNotFoundAndAFolderCannotBeRead) {
  const auto content =
      read_whole_export(std::filesystem::path("/nowhere/keys.zip"), Trust::in_anybody());
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().code, Code::kNotFound);

  const auto folder =
      read_whole_export(std::filesystem::path(testing::TempDir()), Trust::in_anybody());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, Code::kUnavailable);
}

TEST(ExportFile, TheSameKeysWithoutASignatureGiveTheSameZip) {
  Export content = content_of(100);
  const auto one = write_export(content, {});
  std::ranges::reverse(content.keys);
  EXPECT_EQ(*write_export(content, {}), *one);
}

TEST(ExportFile, KeysComeInBlocksOfAtMost1024) {
  const auto zip = write_export(content_of(2500), ours());
  std::vector<std::size_t> blocks;
  const auto summary = read_export(
      ByteView(*zip), Trust::in(our_key().public_key()),
      [&](std::span<const PublishedKey> keys, KeyList) { blocks.push_back(keys.size()); });
  ASSERT_TRUE(summary);
  EXPECT_EQ(blocks, (std::vector<std::size_t>{1024, 1024, 452}));  // 2500 - 2 x 1024
}

TEST(ExportFile, WithoutAKeyOnlyExplicitPermissionReads) {
  const auto zip = *write_export(content_of(3), {});
  EXPECT_EQ(
      complaint(zip, Code::kInvalid, Trust{}),
      "no public key to check the signature with: give one, or say that an unsigned file will do");
  EXPECT_EQ(complaint(zip, Code::kInvalid, Trust::in_anybody()), "read");
}

TEST(ExportFile, AMissingSignatureIsDenied) {
  EXPECT_EQ(complaint(*write_export(content_of(3), {}), Code::kDenied),
            "export.sig holds no signature");
}

TEST(ExportFile, AChangedByteInExportBinIsDenied) {
  Bytes bin = bin_of(content_of(3));
  const Bytes sig = encode_export_sig(std::array{signature_over(bin)});
  bin.back() ^= 2U;  // the last key's report type: 1 becomes 3
  EXPECT_EQ(complaint(zip_of(bin, sig), Code::kDenied),
            "the signature in export.sig does not hold over export.bin: the file was changed, or "
            "signed by "
            "another key");
}

TEST(ExportFile, AnotherKeysSignatureIsDenied) {
  const auto zip =
      *write_export(content_of(3), std::vector<Signer>{{.key = SigningKey::generate()}});
  EXPECT_NE(complaint(zip, Code::kDenied).find("does not hold"), std::string::npos);
}

TEST(ExportFile, ASignatureThatNamesAnotherKeyIsDeniedAsSuch) {
  const auto zip = *write_export(content_of(3), ours());
  const std::string other =
      "no signature in export.sig names a trusted key's version and id with ECDSA P-256 SHA-256: "
      "it was signed by another key";
  EXPECT_EQ(complaint(zip, Code::kDenied, named("v2", "452")), other);
  EXPECT_EQ(complaint(zip, Code::kDenied, named("v1", "453")), other);
  EXPECT_EQ(complaint(zip, Code::kDenied, named("v1", "452")), "read");
}

TEST(ExportFile, OneOfSeveralSignersIsEnough) {
  auto signers = ours();
  signers.insert(signers.begin(),
                 {.key = SigningKey::generate(), .key_version = "v1", .key_id = "262"});
  const auto zip = *write_export(content_of(3), signers);
  EXPECT_EQ(complaint(zip, Code::kDenied, named("v1", "452")), "read");
  EXPECT_EQ(complaint(zip, Code::kDenied), "read");
  EXPECT_NE(complaint(zip, Code::kDenied, named("v1", "262")).find("does not hold"),
            std::string::npos);
}

TEST(ExportFile, AsManySignaturesAsAreAnnounced) {
  const Bytes bin = bin_of(content_of(3));
  const auto signature = signature_over(bin);
  EXPECT_EQ(
      complaint(zip_of(bin, encode_export_sig(std::array{signature, signature})), Code::kMalformed),
      "export.bin names 1 signatures, export.sig holds 2");
}

TEST(ExportFile, BothPartsAreOfOneBatch) {
  const Bytes bin = bin_of(content_of(3));
  auto signature = signature_over(bin);
  signature.batch_size = 2;
  EXPECT_EQ(complaint(zip_of(bin, encode_export_sig(std::array{signature})), Code::kMalformed),
            "export.bin and export.sig are not of the same batch_num and batch_size");
}

TEST(ExportFile, ASignedFileThatIsNotAnExportIsMalformed) {
  Bytes bin = bin_of(content_of(3));
  bin.push_back(0);
  const Bytes sig = encode_export_sig(std::array{signature_over(bin)});
  EXPECT_NE(complaint(zip_of(bin, sig), Code::kMalformed).find("export.bin, byte "),
            std::string::npos);
}

TEST(ExportFile, ADamagedSignatureListIsMalformedWithItsOffset) {
  const Bytes bin = bin_of(content_of(3));
  Bytes sig = encode_export_sig(std::array{signature_over(bin)});
  EXPECT_EQ(complaint(zip_of(bin, Bytes(sig.begin(), sig.end() - 1)), Code::kMalformed),
            "export.sig, byte 0: a field reaches past the end of its message");
  const auto end = std::to_string(sig.size());
  sig.push_back(0);
  EXPECT_EQ(complaint(zip_of(bin, sig), Code::kMalformed),
            "export.sig, byte " + end +
                ": no protobuf field begins here (zeros, or other bytes that do not belong)");
  auto empty = signature_over(bin);
  empty.signature.clear();
  EXPECT_NE(complaint(zip_of(bin, encode_export_sig(std::array{empty})), Code::kMalformed)
                .find("missing or empty"),
            std::string::npos);
}

TEST(ExportFile, CutAnywhereItIsMalformed) {
  const Bytes zip = *write_export(content_of(3), ours());
  for (std::size_t size = 0; size < zip.size(); ++size) {
    const Bytes cut(zip.begin(), zip.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_NE(complaint(cut, Code::kMalformed, Trust::in_anybody()).find("cut"), std::string::npos)
        << size;
  }
}

TEST(ExportFile, PaddedBeforeOrAfterItIsMalformed) {
  const Bytes zip = *write_export(content_of(3), ours());
  for (const std::uint8_t junk : {std::uint8_t{0}, std::uint8_t{'P'}}) {
    Bytes after = zip;
    after.push_back(junk);
    EXPECT_EQ(complaint(after, Code::kMalformed),
              "zip: no end record in the last 22 bytes (cut, or something was put after it)");
    Bytes before = zip;
    before.insert(before.begin(), junk);
    EXPECT_EQ(complaint(before, Code::kMalformed),
              "zip: byte 0: no entry begins here (not a zip, or something was put before it)");
  }
  Bytes twice = zip;  // a whole zip put before it
  twice.insert(twice.end(), zip.begin(), zip.end());
  EXPECT_EQ(complaint(twice, Code::kMalformed),
            "zip: its directory does not end where the end record begins (something was put before "
            "or between)");
}

TEST(ExportFile, ExactlyTheTwoEntriesAreThere) {
  const Bytes bin = bin_of(content_of(3));
  const Bytes sig = encode_export_sig(std::array{signature_over(bin)});
  const std::array only_bin{ZipEntry{"export.bin", bin}};
  EXPECT_EQ(complaint(*write_zip(only_bin), Code::kMalformed), "zip: no entry export.sig");
  const std::array only_sig{ZipEntry{"export.sig", sig}};
  EXPECT_EQ(complaint(*write_zip(only_sig), Code::kMalformed), "zip: no entry export.bin");
  const std::array extra{ZipEntry{"export.bin", bin}, ZipEntry{"export.sig", sig},
                         ZipEntry{"../readme", sig}};
  EXPECT_EQ(complaint(*write_zip(extra), Code::kMalformed),
            "zip: entry 3 does not belong in such a file");
}

TEST(ExportFile, TwoEntriesOfOneNameAreMalformed) {
  const Bytes bin = bin_of(content_of(3));
  const std::array entries{ZipEntry{"export.bin", bin}, ZipEntry{"export.biM", bin}};
  Bytes zip = *write_zip(entries);
  // libzip writes no such file; the name is changed in the entry and in the directory.
  const std::string_view other = "export.biM";
  for (int i = 0; i < 2; ++i) {
    const auto at = as_text(zip).find(other);
    ASSERT_NE(at, std::string_view::npos);
    zip[at + 9] = 'n';
  }
  EXPECT_EQ(complaint(zip, Code::kMalformed), "zip: two entries of one name");
}

TEST(ExportFile, EncryptedOrOtherwisePackedEntriesAreRefused) {
  const Bytes zip = *write_export(content_of(3), ours());
  const auto directory = as_text(zip).find("PK\x01\x02");
  ASSERT_NE(directory, std::string_view::npos);
  // Flags and method: at 6 and 8 of the first entry's header, at 8 and 10 of its line in the
  // directory.
  Bytes encrypted = zip;
  encrypted[6] |= 1U;
  encrypted[directory + 8] |= 1U;
  EXPECT_EQ(complaint(encrypted, Code::kMalformed), "zip: export.bin is encrypted");
  Bytes bzip2 = zip;
  bzip2[8] = bzip2[directory + 10] = 12;
  EXPECT_EQ(complaint(bzip2, Code::kMalformed),
            "zip: export.bin is packed by a method other than stored or deflated");
}

TEST(ExportFile, TwoHeadersThatDisagreeAreMalformed) {
  Bytes zip = *write_export(content_of(3), ours());
  zip[22] ^= 1U;  // unpacked size, in the entry's own header only
  EXPECT_EQ(complaint(zip, Code::kMalformed),
            "zip: an entry and the directory say different things of it");
}

TEST(ExportFile, AByteChangedInTheZipIsFound) {
  const Bytes zip = *write_export(content_of(3), ours());
  // Any byte of the packed export.bin, which begins after 30 bytes of header and 10 of name.
  for (std::size_t at = 40; at < 140; ++at) {
    Bytes changed = zip;
    changed[at] ^= 0x10U;
    EXPECT_NE(complaint(changed, Code::kMalformed, Trust::in_anybody()), "read") << at;
  }
}

TEST(ExportFile, ABombIsUnpackedNoFurtherThanTheLimit) {
  const Bytes bin(kMaxExportBin + 1, 0);
  const Bytes zip = zip_of(bin, {});
  EXPECT_LT(zip.size(), 100'000U);
  std::uint64_t unpacked = 0;
  auto reader =
      ZipReader::open(ByteView(zip), std::array<std::string_view, 2>{"export.bin", "export.sig"});
  ASSERT_TRUE(reader);
  const auto read = reader->read("export.bin", kMaxExportBin, [&](ByteView piece) -> Result<void> {
    unpacked += piece.size();
    return {};
  });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "zip: export.bin unpacks to more than 33554432 bytes");
  EXPECT_LE(unpacked, kMaxExportBin);
}

TEST(ExportFile, ASignedBombIsLeftAtTheLimit) {
  const Bytes bin(kMaxExportBin + 1, 0);
  const Bytes zip = zip_of(bin, encode_export_sig(std::array{signature_over(bin)}));
  EXPECT_EQ(complaint(zip, Code::kMalformed),
            "zip: export.bin unpacks to more than 33554432 bytes");
}

// Budget of the design: the zip takes at most 1.3 x the bytes of its keys from 1,000 keys on.
TEST(ExportFile, AThousandKeysTakeAtMostAThirdMoreThanTheirBytes) {
  EXPECT_LE(write_export(content_of(1000), ours())->size(), 1000U * 16 * 13 / 10);
}

TEST(ExportFile, IsToldByItsFirstBytes) {
  EXPECT_TRUE(looks_like_export(*write_export(content_of(1), {})));
  EXPECT_FALSE(looks_like_export(as_bytes("BZ Trace v1     ")));
  EXPECT_FALSE(looks_like_export({}));
}

}  // namespace
}  // namespace bz::wire
