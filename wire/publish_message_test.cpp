#include "wire/publish_message.h"

#include <gtest/gtest.h>

namespace bz::wire {
namespace {

// {"temporaryExposureKeys":[…],…}, every member of the interface, as its table has them.
constexpr std::string_view kRequest =
    R"({"temporaryExposureKeys":[{"key":"z2Cx9hdz2SlxZ8GEgqTYpA==","rollingStartNumber":2676240,)"
    R"("rollingPeriod":144,"transmissionRisk":3},{"key":"dPCphLzfG4uzXneNimkPRQ",)"
    R"("rollingStartNumber":2676384,"rollingPeriod":72,"transmissionRisk":0}],)"
    R"("healthAuthorityID":"vn.example.health","verificationPayload":"e30.e30.AA",)"
    R"("hmacKey":"AQIDBAUGBwgJCgsMDQ4PEA==","symptomOnsetInterval":2676240,"traveler":true,)"
    R"("revisionToken":"AQID","padding":"QUJD"})";

PublishRequest example() {
  return {.keys = {{.key = "z2Cx9hdz2SlxZ8GEgqTYpA==",
                    .rolling_start = 2'676'240,
                    .rolling_period = 144,
                    .transmission_risk = 3},
                   {.key = "dPCphLzfG4uzXneNimkPRQ",
                    .rolling_start = 2'676'384,
                    .rolling_period = 72,
                    .transmission_risk = 0}},
          .health_authority = "vn.example.health",
          .certificate = "e30.e30.AA",
          .hmac_secret = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
          .symptom_onset_interval = 2'676'240,
          .traveler = true,
          .revision_token = "AQID"};
}

std::string complaint(std::string_view body) {
  const auto read = parse_publish_request(body);
  if (read) return "read";
  EXPECT_EQ(read.error().code, Code::kMalformed);
  return read.error().what;
}

TEST(PublishRequest, IsReadAndWrittenAsTheInterfaceHasIt) {
  const auto read = parse_publish_request(kRequest);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(*read, example());
  EXPECT_EQ(write_publish_request(example(), "QUJD"), kRequest);
}

TEST(PublishRequest, WhatIsMissingIsEmpty) {
  const auto read = parse_publish_request(R"({"temporaryExposureKeys":[{"key":"AA=="}]})");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(*read, (PublishRequest{.keys = {{.key = "AA=="}}}));
  EXPECT_EQ(*parse_publish_request("{}"), PublishRequest{});
  EXPECT_EQ(*parse_publish_request(write_publish_request({}, "")), PublishRequest{});
}

// A bad key is dropped by the server, which takes the others.
TEST(PublishRequest, WhatOneKeySaysIsNotJudged) {
  EXPECT_EQ(complaint(R"({"temporaryExposureKeys":[{"key":"not base64","rollingStartNumber":-1,)"
                      R"("rollingPeriod":145,"transmissionRisk":9},{}]})"),
            "read");
}

TEST(PublishRequest, AnUnknownMemberIsRefused) {
  EXPECT_EQ(complaint(R"({"regions":["VN"]})"), "JSON: a member that is not known here");
  EXPECT_EQ(complaint(R"({"appPackageName":"vn.bluezone"})"),
            "JSON: a member that is not known here");
  EXPECT_EQ(complaint(R"({"temporaryExposureKeys":[{"key":"","regions":1}]})"),
            "JSON: temporaryExposureKeys, entry 1: a member that is not known here");
  EXPECT_EQ(complaint(R"({"padding":{"any":["thing"]}})"), "read");
}

TEST(PublishRequest, AMemberOfAnotherTypeIsRefused) {
  EXPECT_EQ(complaint(R"({"temporaryExposureKeys":{}})"),
            "JSON: temporaryExposureKeys is not a list of objects");
  EXPECT_EQ(complaint(R"({"temporaryExposureKeys":[{},{"rollingPeriod":1.5}]})"),
            "JSON: temporaryExposureKeys, entry 2: rollingPeriod is not a whole number of at most "
            "64 bits");
  EXPECT_EQ(complaint(R"({"hmacKey":"?"})"), "JSON: hmacKey is not base64");
  EXPECT_EQ(complaint(R"({"traveler":"yes"})"), "JSON: traveler is not true or false");
  EXPECT_EQ(complaint(R"({"traveler":true,"traveler":true})"), "JSON: traveler stands there twice");
  EXPECT_EQ(complaint(""), "JSON: the body is empty");
}

TEST(PublishRequest, ABodyIsAtMost64000Bytes) {
  const auto of_size = [](std::size_t size) {
    return R"({"padding":")" + std::string(size - 14, 'A') + R"("})";
  };
  EXPECT_EQ(complaint(of_size(64'000)), "read");
  EXPECT_EQ(complaint(of_size(64'001)), "JSON: larger than 64000 bytes");
}

TEST(PublishAnswer, ComesBackAsItWasWritten) {
  const PublishAnswer answer{.revision_token = "AQID",
                             .inserted = 13,
                             .error = "one key is too old",
                             .code = "partial_failure",
                             .warnings = {"key 2: \"onset\" is too far"}};
  const std::string text =
      R"({"revisionToken":"AQID","insertedExposures":13,"error":"one key is too old",)"
      R"("code":"partial_failure","warnings":["key 2: \"onset\" is too far"]})";
  EXPECT_EQ(write_publish_answer(answer), text);
  EXPECT_EQ(*parse_publish_answer(text), answer);
}

TEST(PublishAnswer, EmptyMembersAreLeftOut) {
  EXPECT_EQ(write_publish_answer({}), R"({"insertedExposures":0})");
  EXPECT_EQ(*parse_publish_answer("{}"), PublishAnswer{});
}

TEST(PublishAnswer, OfANewerServerIsUnderstood) {
  const auto read = parse_publish_answer(R"({"insertedExposures":2,"newer":[],"padding":"QUJD"})");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->inserted, 2);
  EXPECT_FALSE(parse_publish_answer(R"({"insertedExposures":"2"})"));
  EXPECT_FALSE(parse_publish_answer("<html>"));
}

TEST(PublishChainsRequest, IsReadAndWrittenAsItsPageHasIt) {
  const std::string text =
      R"({"entries":[{"key":"AQID","timeStart":1605744000,"timeEnd":1606003199,"max":96}],)"
      R"("healthAuthorityID":"vn.example.health","verificationPayload":"e30.e30.AA",)"
      R"("hmacKey":"AQI=","padding":"QUJD"})";
  const PublishChainsRequest request{.entries = {{.key = "AQID",
                                                  .time_start_s = 1'605'744'000,
                                                  .time_end_s = 1'606'003'199,
                                                  .max = 96}},
                                     .health_authority = "vn.example.health",
                                     .certificate = "e30.e30.AA",
                                     .hmac_secret = {1, 2}};
  EXPECT_EQ(write_publish_chains_request(request, "QUJD"), text);
  const auto read = parse_publish_chains_request(text);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(*read, request);
}

TEST(PublishChainsRequest, HasNoRevisionToken) {
  EXPECT_EQ(parse_publish_chains_request(R"({"revisionToken":"AQID"})").error().what,
            "JSON: a member that is not known here");
  EXPECT_EQ(parse_publish_chains_request(R"({"entries":[{"root":"AQID"}]})").error().what,
            "JSON: entries, entry 1: a member that is not known here");
}

}  // namespace
}  // namespace bz::wire
