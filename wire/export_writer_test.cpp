#include "wire/export_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/temp_folder.h"
#include "wire/export_file.h"
#include "wire/limits.h"

namespace bz::wire {
namespace {

using engine::PublishedKey;
using engine::ReportType;

constexpr std::chrono::sys_seconds kStart{
    std::chrono::seconds{1'585'785'600}};  // 2020-04-02 00:00 UTC

ExportHead head() {
  return {.start = kStart, .end = kStart + std::chrono::hours{1}, .region = "VN"};
}

// A key whose first four bytes are `number`, so that keys are in order of it.
PublishedKey numbered(std::uint32_t number) {
  PublishedKey key;
  for (unsigned i = 0; i < 4; ++i)
    key.key.bytes[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  key.key.start = {2'642'976};
  key.report_type = ReportType::kConfirmed;
  return key;
}

ExportSigner signer(const SigningKey& key) {
  return {.info = {.key_version = "v1", .key_id = "452"},
          .sign = [key](const Digest& digest) -> Result<Bytes> { return key.sign(digest); }};
}

ExportSigner kept(const Bytes& signature) {
  return {.info = {.key_version = "v1", .key_id = "452"},
          .sign = [signature](const Digest&) -> Result<Bytes> { return signature; }};
}

class ExportWriting : public testing::Test {
 protected:
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator(folder_.path()), {});
  }
  [[nodiscard]] ExportWriter writer(std::vector<ExportSigner> signers = {}) const {
    return *ExportWriter::to_file(path_, head(), std::move(signers));
  }

  TempFolder folder_ = *TempFolder::make();
  std::filesystem::path path_ = folder_.path() / "keys.zip";
  SigningKey key_ = SigningKey::generate();
};

TEST_F(ExportWriting, WhatIsWrittenKeyByKeyIsReadBack) {
  auto writing = writer({signer(key_)});
  Export content{.head = head()};
  for (std::uint32_t i = 0; i < 3000; ++i) content.keys.push_back(numbered(i));
  content.revised = {numbered(7)};
  content.revised[0].report_type = ReportType::kRevoked;
  for (const auto& key : content.keys) ASSERT_TRUE(writing.add(key));
  ASSERT_TRUE(writing.add(content.revised[0], KeyList::kRevised));
  const auto written = writing.finish();
  ASSERT_TRUE(written) << written.error().what;
  EXPECT_EQ(written->keys, 3000U);
  EXPECT_EQ(written->revised, 1U);
  EXPECT_EQ(written->bytes, std::filesystem::file_size(path_));

  const auto read = read_whole_export(path_, Trust::in(key_.public_key()));
  ASSERT_TRUE(read) << read.error().what;
  content.head.signatures = {{.key_version = "v1", .key_id = "452"}};
  EXPECT_EQ(*read, content);
  EXPECT_EQ(written->digest, sha256(*encode_export_bin(content)));
}

TEST_F(ExportWriting, AFileMadeAgainWithItsKeptSignatureIsTheSameByteForByte) {
  auto first = writer({signer(key_)});
  for (std::uint32_t i = 0; i < 5000; ++i) ASSERT_TRUE(first.add(numbered(i)));
  const auto written = first.finish();
  ASSERT_TRUE(written);
  const auto bytes = *read_file(path_, 1'000'000);
  std::filesystem::remove(path_);

  auto second = writer({kept(written->signatures[0])});
  for (std::uint32_t i = 0; i < 5000; ++i) ASSERT_TRUE(second.add(numbered(i)));
  ASSERT_TRUE(second.finish());
  EXPECT_EQ(*read_file(path_, 1'000'000), bytes);
}

TEST_F(ExportWriting, ToMemoryAndToDiskGiveTheSameBytes) {
  Bytes memory;
  auto to_memory = ExportWriter::to_memory(memory, head(), {});
  auto to_disk = writer();
  for (std::uint32_t i = 0; i < 100; ++i) {
    ASSERT_TRUE(to_memory->add(numbered(i)));
    ASSERT_TRUE(to_disk.add(numbered(i)));
  }
  ASSERT_TRUE(to_memory->finish());
  ASSERT_TRUE(to_disk.finish());
  EXPECT_EQ(*read_file(path_, 100'000), memory);
}

TEST_F(ExportWriting, NothingIsToBeSeenBeforeTheEnd) {
  ASSERT_TRUE(write_file(path_, Bytes{1}));
  {
    auto writing = writer();
    ASSERT_TRUE(writing.add(numbered(1)));
    EXPECT_EQ(*read_file(path_, 10), Bytes{1});
  }
  EXPECT_EQ(*read_file(path_, 10), Bytes{1});
  EXPECT_EQ(files(), 1);
}

TEST_F(ExportWriting, ASignerThatFailsLeavesWhatWasThere) {
  ASSERT_TRUE(write_file(path_, Bytes{1}));
  {
    auto writing = writer({{.info = {}, .sign = [](const Digest&) -> Result<Bytes> {
                              return Error{Code::kUnavailable, "the device does not answer"};
                            }}});
    const auto written = writing.finish();
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().what, "the device does not answer");
  }
  EXPECT_EQ(*read_file(path_, 10), Bytes{1});
  EXPECT_EQ(files(), 1);
}

TEST_F(ExportWriting, ASignatureIsOf1To256Bytes) {
  EXPECT_EQ(writer({kept({})}).finish().error().code, Code::kInvalid);
  EXPECT_EQ(writer({kept(Bytes(257))}).finish().error().code, Code::kInvalid);
  EXPECT_TRUE(writer({kept(Bytes(256))}).finish());
}

TEST_F(ExportWriting, KeysOutOfOrderAreAMistake) {
  auto writing = writer();
  ASSERT_TRUE(writing.add(numbered(2)));
  EXPECT_EQ(writing.add(numbered(1)).error().what,
            "export: a key that comes before the one added before it");
  auto same_twice = writer();
  ASSERT_TRUE(same_twice.add(numbered(2)));
  EXPECT_TRUE(same_twice.add(numbered(2)));
}

TEST_F(ExportWriting, RevisedKeysComeAfterNewOnesInAnOrderOfTheirOwn) {
  auto writing = writer();
  ASSERT_TRUE(writing.add(numbered(2)));
  ASSERT_TRUE(writing.add(numbered(1), KeyList::kRevised));
  EXPECT_EQ(writing.add(numbered(3)).error().what, "export: a new key after a revised one");
}

TEST_F(ExportWriting, AKeyOutOfItsRangeIsRefused) {
  auto key = numbered(1);
  key.key.period = 145;
  EXPECT_EQ(writer().add(key).error().code, Code::kInvalid);
}

TEST_F(ExportWriting, AHeadOutOfItsRangeIsRefusedAtOnce) {
  auto wrong = head();
  wrong.batch_num = 2;
  EXPECT_EQ(ExportWriter::to_file(path_, wrong, {}).error().code, Code::kInvalid);
  const std::vector<ExportSigner> eleven(11, signer(key_));
  EXPECT_EQ(ExportWriter::to_file(path_, head(), eleven).error().what,
            "export: more than 10 signatures");
  EXPECT_EQ(files(), 0);
}

TEST_F(ExportWriting, AFileHoldsAtMost500000Keys) {
  auto writing = writer();
  for (std::uint32_t i = 0; i < kMaxKeysPerFile; ++i) ASSERT_TRUE(writing.add(numbered(i)));
  EXPECT_EQ(writing.add(numbered(500'000), KeyList::kRevised).error().what,
            "export: more than 500,000 keys: split them over several files");
}

}  // namespace
}  // namespace bz::wire
