// Exports of ours, read by means that are not ours: libzip or Python's zipfile unpacks them, code
// that protoc made from the published layout reads them, OpenSSL checks their signature.
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/wait.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/temp_folder.h"
#include "export.pb.h"
#include "wire/export_file.h"
#include "wire/export_writer.h"

namespace bz::wire {
namespace {

using engine::PublishedKey;
using engine::ReportType;

constexpr std::chrono::sys_seconds kStart{
    std::chrono::seconds{1'585'785'600}};  // 2020-04-02 00:00 UTC

// An entry of a zip, by libzip alone.
std::string unzipped(const std::filesystem::path& path, const char* name) {
  int error = 0;
  const std::unique_ptr<zip_t, decltype(&zip_discard)> zip(
      zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &error), zip_discard);
  if (!zip) return {};
  const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen(zip.get(), name, 0),
                                                                zip_fclose);
  std::string content;
  std::array<char, 4096> piece{};
  for (zip_int64_t got = 0; file && (got = zip_fread(file.get(), piece.data(), piece.size())) > 0;)
    content.append(piece.data(), static_cast<std::size_t>(got));
  return content;
}

bool openssl_verifies(const std::string& pem, const std::string& content,
                      const std::string& signature) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  const auto bytes = [](const std::string& s) {
    return reinterpret_cast<const unsigned char*>(s.data());
  };
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(content),
                          content.size()) == 1;
}

// Keys that differ in everything a key can say, in the order of their bytes.
std::vector<PublishedKey> some_keys(int count, int seed) {
  std::vector<PublishedKey> keys;
  for (int i = 0; i < count; ++i) {
    PublishedKey key;
    const Digest bytes = sha256(as_bytes(std::to_string(seed) + "/" + std::to_string(i)));
    std::copy_n(bytes.begin(), 16, key.key.bytes.begin());
    key.key.start = {2'642'976U - 144U * static_cast<unsigned>(i % 14)};
    key.key.period = i % 5 == 0 ? 1U + static_cast<unsigned>(i % 144) : 144U;
    key.report_type = static_cast<ReportType>(i % 6);
    key.transmission_risk = static_cast<std::uint8_t>(i % 9);
    if (i % 3 != 0) key.days_since_onset = i % 29 - 14;
    keys.push_back(key);
  }
  sort_for_export(keys);
  return keys;
}

void expect_same(const published::TemporaryExposureKey& theirs, const PublishedKey& ours) {
  EXPECT_EQ(theirs.key_data(), as_text(ours.key.bytes));
  EXPECT_EQ(theirs.transmission_risk_level(), ours.transmission_risk);
  EXPECT_EQ(theirs.rolling_start_interval_number(),
            static_cast<std::int32_t>(ours.key.start.number));
  EXPECT_EQ(theirs.rolling_period(), static_cast<std::int32_t>(ours.key.period));
  EXPECT_EQ(theirs.report_type(), static_cast<int>(ours.report_type));
  EXPECT_EQ(theirs.has_days_since_onset_of_symptoms(), ours.days_since_onset.has_value());
  EXPECT_EQ(theirs.days_since_onset_of_symptoms(), ours.days_since_onset.value_or(0));
}

class ExportReader : public testing::Test {
 protected:
  void SetUp() override {
    auto writer = ExportWriter::to_file(
        path_, {.start = kStart, .end = kStart + std::chrono::hours{1}, .region = "VN"},
        {signer(one_, "v1"), signer(two_, "v2")});
    ASSERT_TRUE(writer);
    for (const auto& key : keys_) ASSERT_TRUE(writer->add(key));
    for (const auto& key : revised_) ASSERT_TRUE(writer->add(key, KeyList::kRevised));
    ASSERT_TRUE(writer->finish());
  }

  static ExportSigner signer(const SigningKey& key, const std::string& version) {
    return {.info = {.key_version = version, .key_id = "452"},
            .sign = [key](const Digest& digest) -> Result<Bytes> { return key.sign(digest); }};
  }

  TempFolder folder_ = *TempFolder::make();
  std::filesystem::path path_ = folder_.path() / "keys.zip";
  SigningKey one_ = SigningKey::generate();
  SigningKey two_ = SigningKey::generate();
  std::vector<PublishedKey> keys_ = some_keys(1'500, 1);
  std::vector<PublishedKey> revised_ = some_keys(30, 2);
};

TEST_F(ExportReader, ProtocsReaderFindsEveryKeyAsItWasWritten) {
  const auto bin = unzipped(path_, "export.bin");
  ASSERT_EQ(bin.substr(0, 16), "EK Export v1    ");
  published::TemporaryExposureKeyExport message;
  ASSERT_TRUE(message.ParseFromString(bin.substr(16)));
  EXPECT_EQ(message.start_timestamp(), 1'585'785'600U);
  EXPECT_EQ(message.end_timestamp(), 1'585'789'200U);
  EXPECT_EQ(message.region(), "VN");
  EXPECT_EQ(message.batch_num(), 1);
  EXPECT_EQ(message.batch_size(), 1);
  ASSERT_EQ(message.keys_size(), 1'500);
  ASSERT_EQ(message.revised_keys_size(), 30);
  for (int i = 0; i < message.keys_size(); ++i)
    expect_same(message.keys(i), keys_[static_cast<std::size_t>(i)]);
  for (int i = 0; i < message.revised_keys_size(); ++i)
    expect_same(message.revised_keys(i), revised_[static_cast<std::size_t>(i)]);
  EXPECT_TRUE(message.unknown_fields().empty());
}

TEST_F(ExportReader, OpensslVerifiesEachSignatureOverExportBin) {
  const auto bin = unzipped(path_, "export.bin");
  published::TEKSignatureList list;
  ASSERT_TRUE(list.ParseFromString(unzipped(path_, "export.sig")));
  ASSERT_EQ(list.signatures_size(), 2);
  for (int i = 0; i < 2; ++i) {
    const auto& signature = list.signatures(i);
    EXPECT_EQ(signature.signature_info().verification_key_version(), i == 0 ? "v1" : "v2");
    EXPECT_EQ(signature.signature_info().verification_key_id(), "452");
    EXPECT_EQ(signature.signature_info().signature_algorithm(), "1.2.840.10045.4.3.2");
    EXPECT_EQ(signature.batch_num(), 1);
    EXPECT_EQ(signature.batch_size(), 1);
    const auto pem = (i == 0 ? one_ : two_).public_key().to_pem();
    const auto other = (i == 0 ? two_ : one_).public_key().to_pem();
    EXPECT_TRUE(openssl_verifies(pem, bin, signature.signature()));
    EXPECT_FALSE(openssl_verifies(other, bin, signature.signature()));
    EXPECT_FALSE(openssl_verifies(pem, bin + "x", signature.signature()));
  }
}

TEST_F(ExportReader, PythonsZipfileUnpacksTheSameBytes) {
  const auto script =
      "python3 -c 'import sys, zipfile\n"
      "z = zipfile.ZipFile(sys.argv[1])\n"
      "assert z.testzip() is None\n"
      "assert z.namelist() == [\"export.bin\", \"export.sig\"], z.namelist()\n"
      "open(sys.argv[2], \"wb\").write(z.read(\"export.bin\"))' '" +
      path_.string() + "' '" + (folder_.path() / "bin").string() + "'";
  const int status = std::system(script.c_str());
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  const auto bin = unzipped(path_, "export.bin");
  EXPECT_EQ(std::filesystem::file_size(folder_.path() / "bin"), bin.size());
}

// The other way round: what protoc's library writes, by any server of that system.
TEST_F(ExportReader, WhatProtocsLibraryWritesWeRead) {
  published::TemporaryExposureKeyExport message;
  message.set_start_timestamp(1'585'785'600U);
  message.set_end_timestamp(1'585'789'200U);
  message.set_region("VN");
  message.set_batch_num(1);
  message.set_batch_size(1);
  for (const auto& ours : keys_) {
    auto* key = message.add_keys();
    key->set_key_data(std::string(as_text(ours.key.bytes)));
    key->set_transmission_risk_level(ours.transmission_risk);
    key->set_rolling_start_interval_number(static_cast<std::int32_t>(ours.key.start.number));
    key->set_rolling_period(static_cast<std::int32_t>(ours.key.period));
    key->set_report_type(static_cast<published::TemporaryExposureKey_ReportType>(ours.report_type));
    if (ours.days_since_onset) key->set_days_since_onset_of_symptoms(*ours.days_since_onset);
  }
  const std::string bin = "EK Export v1    " + message.SerializeAsString();
  std::vector<PublishedKey> read;
  ExportBinParser parser([&](std::span<const PublishedKey> keys, KeyList) {
    read.insert(read.end(), keys.begin(), keys.end());
  });
  ASSERT_TRUE(parser.add(as_bytes(bin)));
  ASSERT_TRUE(parser.finish());
  EXPECT_EQ(read, keys_);
}

}  // namespace
}  // namespace bz::wire
