#include "wire/verification_message.h"

#include <gtest/gtest.h>

namespace bz::wire {
namespace {

TEST(VerifyRequest, IsReadAndWrittenAsTheInterfaceHasIt) {
  const std::string text =
      R"({"code":"12345678","accept":["confirmed","likely"],"nonce":"AQI=","padding":"QUJD"})";
  const VerifyRequest request{
      .code = "12345678", .accept = {"confirmed", "likely"}, .nonce = {1, 2}};
  EXPECT_EQ(write_verify_request(request, "QUJD"), text);
  EXPECT_EQ(*parse_verify_request(text), request);
}

TEST(VerifyRequest, NeedsOnlyACode) {
  EXPECT_EQ(*parse_verify_request(R"({"code":"12345678"})"), VerifyRequest{.code = "12345678"});
  EXPECT_EQ(write_verify_request({.code = "1"}, ""), R"({"code":"1","padding":""})");
}

TEST(VerifyRequest, AnythingElseIsRefused) {
  const auto complaint = [](std::string_view body) {
    const auto read = parse_verify_request(body);
    return read ? "read" : read.error().what;
  };
  EXPECT_EQ(complaint(R"({"code":12345678})"),
            "JSON: code is not a text (in quotes, without U+0000)");
  EXPECT_EQ(complaint(R"({"code":"1","accept":"confirmed"})"),
            "JSON: accept is not a list of texts");
  EXPECT_EQ(complaint(R"({"code":"1","nonce":"?"})"), "JSON: nonce is not base64");
  EXPECT_EQ(complaint(R"({"code":"1","uuid":""})"), "JSON: a member that is not known here");
  EXPECT_EQ(complaint(R"({"padding":")" + std::string(64'000, 'A') + R"("})"),
            "JSON: larger than 64000 bytes");
}

TEST(VerifyAnswer, ComesBackAsItWasWritten) {
  const VerifyAnswer answer{.test_type = "confirmed",
                            .symptom_date = "2020-11-19",
                            .test_date = "2020-11-21",
                            .token = "e30.e30.AA",
                            .chains_token = "e30.e30.AQ"};
  const std::string text =
      R"({"testtype":"confirmed","symptomDate":"2020-11-19","testDate":"2020-11-21",)"
      R"("token":"e30.e30.AA","bluezone3Token":"e30.e30.AQ"})";
  EXPECT_EQ(write_verify_answer(answer), text);
  EXPECT_EQ(*parse_verify_answer(text), answer);
}

TEST(VerifyAnswer, OfAReferenceServerIsRead) {
  const auto read = parse_verify_answer(
      R"({"testtype":"likely","token":"e30.e30.AA","padding":"QUJD","newer":1})");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(*read, (VerifyAnswer{.test_type = "likely", .token = "e30.e30.AA"}));
  EXPECT_EQ(write_verify_answer(*read), R"({"testtype":"likely","token":"e30.e30.AA"})");
}

TEST(VerifyAnswer, WithoutATokenIsMalformed) {
  EXPECT_EQ(parse_verify_answer(R"({"testtype":"likely"})").error().what, "JSON: token is missing");
}

TEST(CertificateRequest, IsReadAndWrittenAsTheInterfaceHasIt) {
  const std::string text = R"({"token":"e30.e30.AA","ekeyhmac":"AQI=","padding":"QUJD"})";
  const CertificateRequest request{.token = "e30.e30.AA", .ekeyhmac = "AQI="};
  EXPECT_EQ(write_certificate_request(request, "QUJD"), text);
  EXPECT_EQ(*parse_certificate_request(text), request);
  // Whether it is 32 bytes is the server's to say: hmac_invalid is another answer than a bad body.
  EXPECT_TRUE(parse_certificate_request(R"({"token":"","ekeyhmac":"?"})"));
  EXPECT_FALSE(parse_certificate_request(R"({"token":"","code":""})"));
}

TEST(CertificateAnswer, CarriesTheCertificate) {
  EXPECT_EQ(write_certificate_answer("e30.e30.AA"), R"({"certificate":"e30.e30.AA"})");
  EXPECT_EQ(*parse_certificate_answer(R"({"certificate":"e30.e30.AA","padding":"QUJD"})"),
            "e30.e30.AA");
  EXPECT_EQ(parse_certificate_answer("{}").error().what, "JSON: certificate is missing");
}

TEST(ApiRefusal, SaysItsCodeTwiceForOldClients) {
  const ApiRefusal refusal{.error = "the code has expired", .code = "code_expired"};
  const std::string text =
      R"({"error":"the code has expired","errorCode":"code_expired","error_code":"code_expired"})";
  EXPECT_EQ(write_api_refusal(refusal), text);
  EXPECT_EQ(*parse_api_refusal(text), refusal);
}

TEST(ApiRefusal, OfAnOldServerIsRead) {
  EXPECT_EQ(parse_api_refusal(R"({"error":"x","error_code":"code_expired"})")->code,
            "code_expired");
  EXPECT_EQ(parse_api_refusal(R"({"errorCode":"code_invalid"})")->code, "code_invalid");
  EXPECT_FALSE(parse_api_refusal(R"({"error":"x"})"));
}

}  // namespace
}  // namespace bz::wire
