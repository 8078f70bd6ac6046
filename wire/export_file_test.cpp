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

// ECDSA with SHA-384 is 1.2.840.10045.4.3.3. Ours is not tried on what names another algorithm,
// though it would hold.
TEST(ExportFile, ASignatureByAnotherAlgorithmIsNotTried) {
  Export content = content_of(3);
  const std::string sha384 = "1.2.840.10045.4.3.3";
  content.head.signatures = {{.key_version = "v1", .key_id = "452", .algorithm = sha384}};
  auto bin = *encode_export_bin(content);
  auto other = signature_over(bin);
  other.info.algorithm = sha384;
  const Bytes alone = zip_of(bin, encode_export_sig(std::array{other}));
  for (const auto& trust : {named("v1", "452"), Trust::in(our_key().public_key())}) {
    EXPECT_EQ(complaint(alone, Code::kDenied, trust),
              "no signature in export.sig names a trusted key's version and id with ECDSA P-256 "
              "SHA-256: it was signed by another key");
  }

  content.head.signatures.push_back({.key_version = "v1", .key_id = "452"});
  bin = *encode_export_bin(content);
  const Bytes beside_ours = zip_of(bin, encode_export_sig(std::array{other, signature_over(bin)}));
  EXPECT_EQ(complaint(beside_ours, Code::kDenied, named("v1", "452")), "read");
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

TEST(ExportFile, AByteChangedInTheZipIsFound) {
  const Bytes zip = *write_export(content_of(3), ours());
  // Any byte of the packed export.bin, which begins after 30 bytes of header and 10 of name.
  for (std::size_t at = 40; at < 140; ++at) {
    Bytes changed = zip;
    changed[at] ^= 0x10U;
    EXPECT_NE(complaint(changed, Code::kMalformed, Trust::in_anybody()), "read") << at;
  }
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
