#include "wire/settings_file.h"

#include <gtest/gtest.h>

#include "wire/json_writer.h"

namespace bz::wire {
namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr Instant kIssued{std::chrono::milliseconds{1'629'158'400'000}};  // 2021-08-17 00:00 UTC

const SigningKey& our_key() {
  static const SigningKey key = SigningKey::generate();
  return key;
}

Result<Bytes> sign(const Digest& digest) {
  return our_key().sign(digest);
}

SettingsFile some() {
  SettingsFile settings{.version = 7, .issued = kIssued, .expires = kIssued + days{7}};
  settings.values.regions = {{"VN", "Việt Nam", "Viet Nam"}};
  settings.values.minimum_app_version = {4, 0, 12};
  return settings;
}

// As docs/formats/settings.md has it.
const std::string kJson =
    R"({"version":7,"issued":1629158400000,"expires":1629763200000,"risk_preset":"bluezone4",)"
    R"("days_before_onset":2,"days_kept":14,"check_minutes":240,"cover_minutes":2880,)"
    R"("publish_bluezone3":false,"send_bluezone3":false,"accept_contact":false,)"
    R"("regions":[{"code":"VN","vietnamese":"Việt Nam","english":"Viet Nam"}],)"
    R"("minimum_app_version":"4.0.12"})";

std::string json_complaint(std::string_view json) {
  const auto read = read_settings_json(json);
  if (read) return "read";
  EXPECT_EQ(read.error().code, Code::kMalformed);
  return read.error().what;
}

// The JSON above with `from` replaced.
std::string changed(std::string_view from, std::string_view to) {
  std::string json = kJson;
  const auto at = json.find(from);
  EXPECT_NE(at, std::string::npos);
  return json.replace(at, from.size(), to);
}

std::string complaint(ByteView file, Code code,
                      const Trust& trust = Trust::in(our_key().public_key())) {
  const auto read = read_settings_file(file, trust);
  if (read) return "read";
  EXPECT_EQ(read.error().code, code) << read.error().what;
  return read.error().what;
}

TEST(SettingsFile, IsWrittenAsDrawn) {
  EXPECT_EQ(write_settings_json(some()), kJson);
  const auto file = write_settings_file(some(), nullptr);
  ASSERT_TRUE(file);
  EXPECT_EQ(as_text(ByteView(*file).first(16)), "BZ Settings v1  ");
  EXPECT_EQ(get_le(ByteView(*file).subspan(16, 4)), kJson.size());
  EXPECT_EQ(as_text(ByteView(*file).subspan(20, kJson.size())), kJson);
  EXPECT_EQ(file->size(), 20 + kJson.size() + 1);
  EXPECT_EQ(file->back(), 0);
}

TEST(SettingsFile, WhatIsWrittenIsReadBack) {
  SettingsFile settings = some();
  auto& values = settings.values;
  values.risk_preset = "";
  values.risk = *engine::risk_preset("bluezone4");
  values.risk.bucket_ends_db = {55.5, 63, 70.1};
  values.risk.warn_second_degree = true;
  values.days_before_onset = 3;
  values.days_kept = 21;
  values.check_period = minutes{15};
  values.cover_period = minutes{10'080};
  values.publish_bluezone3 = values.accept_contact = true;
  SystemRandom random;
  values.callback_key = AgreementKey::draw(random).public_key().point();
  const auto file = write_settings_file(settings, sign);
  ASSERT_TRUE(file) << file.error().what;
  const auto read = read_settings_file(*file, Trust::in(our_key().public_key()));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(*read, settings);
}

TEST(SettingsFile, JsonThatIsThereIsSignedByteForByte) {
  const std::string json = changed("\"days_kept\":14", "\"days_kept\" : 1.4e1");
  const auto file = seal_settings_json(json, sign);
  ASSERT_TRUE(file) << file.error().what;
  EXPECT_EQ(*read_settings_file(*file, Trust::in(our_key().public_key())), some());
  EXPECT_EQ(as_text(signed_part_of_settings(*file).subspan(20)), json);
  EXPECT_EQ(seal_settings_json("{}", sign).error().code, Code::kMalformed);
}

TEST(SettingsFile, OnlyATrustedSignatureOrExplicitPermissionReads) {
  const auto file = *write_settings_file(some(), sign);
  EXPECT_EQ(complaint(file, Code::kInvalid), "read");
  EXPECT_NE(complaint(file, Code::kInvalid, Trust{}), "read");
  EXPECT_EQ(complaint(*write_settings_file(some(), nullptr), Code::kDenied),
            "settings: they are not signed");
  EXPECT_EQ(complaint(file, Code::kDenied, Trust::in(SigningKey::generate().public_key())),
            "settings: the signature does not hold: the file was changed, or signed by another "
            "key");
}

TEST(SettingsFile, EveryChangedByteIsRefused) {
  const auto file = *write_settings_file(some(), sign);
  for (std::size_t i = 0; i < file.size(); ++i) {
    Bytes other = file;
    other[i] = static_cast<std::uint8_t>(other[i] ^ 1U);
    EXPECT_FALSE(read_settings_file(other, Trust::in(our_key().public_key()))) << i;
  }
}

TEST(SettingsFile, CutOrPaddedItIsMalformedThere) {
  auto file = *write_settings_file(some(), nullptr);
  for (std::size_t size = 0; size < file.size(); ++size) {
    const auto what = complaint(ByteView(file).first(size), Code::kMalformed, Trust::in_anybody());
    const auto offset = std::to_string(size == 0 ? 0 : size);
    EXPECT_NE(what.find("settings, byte " + offset + ": "), std::string::npos) << what;
  }
  file.push_back(0);
  EXPECT_EQ(complaint(file, Code::kMalformed, Trust::in_anybody()),
            "settings, byte " + std::to_string(file.size() - 1) +
                ": something was put after the signature");
}

TEST(SettingsFile, ALengthIsNotBelieved) {
  auto file = *write_settings_file(some(), nullptr);
  put_le(std::span(file).subspan(16, 4), 65'537);
  EXPECT_EQ(complaint(file, Code::kMalformed, Trust::in_anybody()),
            "settings, byte 16: the JSON is longer than 65,536 bytes");
}

TEST(SettingsFile, EachMemberIsNeededAndNoOtherIsTaken) {
  for (const std::string name :
       {"version", "issued", "expires", "days_before_onset", "days_kept", "check_minutes",
        "cover_minutes", "publish_bluezone3", "send_bluezone3", "accept_contact", "regions",
        "minimum_app_version"}) {
    const auto what =
        json_complaint(changed("\"" + name + "\":", "\"later\":0,\"" + name + "x\":"));
    EXPECT_NE(what, "read") << name;
  }
  EXPECT_EQ(json_complaint(changed("\"version\":7,", "")), "settings: version is missing");
  EXPECT_EQ(json_complaint(changed("\"risk_preset\":\"bluezone4\",", "")),
            "settings: either risk_preset or risk is needed, and not both");
}

TEST(SettingsFile, WhatComesLaterIsNotLookedAt) {
  EXPECT_EQ(json_complaint(changed("{\"version\"", "{\"later\":{\"x\":[1]},\"version\"")), "read");
}

TEST(SettingsFile, ValuesOutOfTheirBoundsAreMalformed) {
  EXPECT_EQ(json_complaint(changed("\"days_kept\":14", "\"days_kept\":22")),
            "settings: days_kept is not 7 to 21");
  EXPECT_EQ(json_complaint(changed("\"version\":7", "\"version\":0")),
            "settings: version is not 1 to 2^53");
  const std::string times =
      "settings: expires is not 1 ms to 400 days after issued, both from 1970 to 9999";
  EXPECT_EQ(json_complaint(changed("1629763200000", "1629158400000")), times);
  EXPECT_EQ(json_complaint(changed("1629763200000", "1663718400001")), times);  // 400 days, 1 ms
  EXPECT_EQ(json_complaint(changed("1629763200000", "1663718400000")), "read");
  EXPECT_EQ(json_complaint(changed("1629158400000", "-1")), times);
  EXPECT_EQ(json_complaint(changed("4.0.12", "4.0")),
            "settings: minimum_app_version is not like 4.0.12");
  EXPECT_EQ(json_complaint(changed("bluezone4", "strict")),
            "settings: risk_preset is none of those this version knows");
  EXPECT_EQ(
      write_settings_file({.version = 0, .issued = kIssued, .expires = kIssued + days{1}}, nullptr)
          .error()
          .code,
      Code::kInvalid);
}

TEST(SettingsFile, RiskNumbersAreReadOneByOne) {
  SettingsFile settings = some();
  settings.values.risk_preset = "";
  const std::string json = write_settings_json(settings);
  EXPECT_EQ(json_complaint(json), "read");
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string other = json;
    return json_complaint(other.replace(other.find(from), from.size(), to));
  };
  EXPECT_EQ(with("\"infectiousness\":\"1", "\"infectiousness\":\"3"),
            "settings: infectiousness is not 29 digits from 0 to 2");
  EXPECT_EQ(with("\"distance\":\"buckets\"", "\"distance\":\"far\""),
            "settings: distance is not proximity or buckets");
  EXPECT_EQ(with("\"near_weight\":1,", ""), "settings: near_weight is missing");
  EXPECT_EQ(with("\"near_weight\":1", "\"near_weight\":2.6"),
            "risk settings: near bucket weight must be a number from 0 to 2.5");
}

}  // namespace
}  // namespace bz::wire
