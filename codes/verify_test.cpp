// POST /api/verify, and how it is kept from being guessed.
#include "codes/verify.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/file.h"
#include "codes/codes_here.h"
#include "codes/token.h"
#include "http/padding.h"

namespace bz::codes {
namespace {

using Verify = OnBoth;
INSTANTIATE_TEST_SUITE_P(Stores, Verify, testing::Values(On::kSqlite, On::kPostgres), store_name);

TEST_P(Verify, ACodeBecomesATokenOnce) {
  const auto code = here.code();
  const auto first = here.verify(code);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(here.text(first, "testtype"), "confirmed");
  EXPECT_EQ(here.text(first, "symptomDate"), "2026-11-20");
  EXPECT_EQ(here.text(first, "testDate"), "2026-11-21");
  EXPECT_FALSE(here.text(first, "token").empty());
  EXPECT_FALSE(here.object(first).contains("bluezone3Token"));
  const auto again = here.verify(code);
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(here.error(again), "code_invalid");
  // Used stays used when its time is over.
  here.clock.advance(std::chrono::minutes{16});
  EXPECT_EQ(here.error(here.verify(code)), "code_invalid");
}

TEST_P(Verify, OfManyPhonesAtOnceOneGetsTheToken) {
  for (int round = 0; round < 3; ++round) {
    const auto code = here.code();
    std::atomic<int> good{0};
    std::atomic<int> invalid{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        const auto answer = here.verify(code);
        good += answer.status == 200 ? 1 : 0;
        invalid += answer.status == 400 ? 1 : 0;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 1);
    EXPECT_EQ(invalid, 7);
  }
}

TEST_P(Verify, ShortCodesPauseWhenTheBudgetOfTheHourIsUsedUp) {
  here.authority.guesses_an_hour = 3;
  here.save();
  const auto good = here.code();
  // Digits that nobody was given: one in a hundred million that they are.
  for (const auto* wrong : {"00000000", "11111111", "22222222"}) {
    EXPECT_EQ(here.error(here.verify(wrong)), "code_invalid");
  }
  const auto paused = here.verify(good);
  EXPECT_EQ(paused.status, 429);
  EXPECT_EQ(here.error(paused), "quota_exceeded");
  // 39 min 30 s to 11:00.
  EXPECT_EQ(here.header(paused, "Retry-After"), "2370");
  // Another server on the same store knows it too.
  here.open();
  EXPECT_EQ(here.verify(good).status, 429);
  EXPECT_NE(here.metrics.text().find("bz_codes_short_codes_paused{authority=\"84\"} 1"),
            std::string::npos);
  EXPECT_NE(as_text(*read_file(here.folder.path() / "log", 1'000'000)).find("short codes paused"),
            std::string_view::npos);
}

TEST_P(Verify, TheAlarmEndsWithTheHourAlsoWhenNobodyTries) {
  here.authority.guesses_an_hour = 1;
  here.save();
  here.verify("00000000");
  here.verify("00000001");
  const auto gauge = [&](const char* value) {
    const std::string line = "bz_codes_short_codes_paused{authority=\"84\"} ";
    return here.metrics.text().find(line + value) != std::string::npos;
  };
  EXPECT_TRUE(gauge("1"));
  here.clock.set(std::chrono::ceil<std::chrono::hours>(kTestTime));
  ASSERT_TRUE(here.service->tick());
  EXPECT_TRUE(gauge("0"));
}

TEST_P(Verify, ASelfReportsCodeNeedsItsNonce) {
  EXPECT_EQ(here.error(here.verify("12345678", R"(,"nonce":"not base64!")")), "unparsable_request");
}

TEST(VerifyRules, LongCodesGoOnWhileShortOnesPause) {
  CodesHere here;
  here.authority.guesses_an_hour = 1;
  here.save();
  const auto sms = here.text(here.post("/api/issue", here.admin,
                                       R"({"testType":"confirmed","phone":"+84912345678",)"
                                       R"("onlyGenerateSMS":true})"),
                             "generatedSMS");
  const auto long_code = sms.substr(sms.find("&c=") + 3, 16);
  here.verify("00000000");
  EXPECT_EQ(here.verify("00000001").status, 429);
  EXPECT_EQ(here.verify(long_code).status, 200);
  // The next hour has a budget of its own.
  here.clock.set(std::chrono::ceil<std::chrono::hours>(kTestTime));
  EXPECT_EQ(here.verify("00000002").status, 400);
}

TEST(VerifyRules, ADaysBudgetGrowsWithItsCodes) {
  CodesHere here;
  here.authority.least_guesses_a_day = 2;
  here.authority.guesses_a_day_per_code = 2;
  here.save();
  here.code();
  here.code();
  // Two codes allow four wrong ones.
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(here.verify("0000000" + std::to_string(i)).status, 400);
    here.clock.advance(std::chrono::hours{1});
  }
  EXPECT_EQ(here.verify("00000009").status, 429);
}

TEST(VerifyRules, WrongLongCodesAreNoGuesses) {
  CodesHere here;
  here.authority.guesses_an_hour = 1;
  here.save();
  EXPECT_EQ(here.error(here.verify("abcdefghijklmnop")), "code_invalid");
  EXPECT_EQ(here.verify(here.code()).status, 200);
}

TEST(VerifyRules, ACodeIsReadAsPeopleTypeIt) {
  CodesHere here;
  const auto code = here.code();
  EXPECT_EQ(here.verify(" " + code.substr(0, 4) + "-" + code.substr(4)).status, 200);
}

TEST(VerifyRules, AShortCodeEndsAfterFifteenMinutes) {
  CodesHere here;
  const auto one = here.code();
  const auto other = here.code();
  here.clock.set(kTestTime + std::chrono::minutes{15} - std::chrono::milliseconds{1});
  EXPECT_EQ(here.verify(one).status, 200);
  here.clock.set(kTestTime + std::chrono::minutes{15});
  const auto late = here.verify(other);
  EXPECT_EQ(late.status, 400);
  EXPECT_EQ(here.error(late), "code_expired");
}

TEST(VerifyRules, AClientGetsOnlyTypesThatItTakes) {
  CodesHere here;
  here.authority.test_types = {"confirmed", "likely", "negative", "contact"};
  here.save();
  struct Case {
    const char* type;
    const char* accept;
    int status;
  };
  const Case cases[] = {
      {"confirmed", R"(["confirmed"])", 200},
      {"likely", R"(["confirmed"])", 412},
      {"confirmed", R"(["likely"])", 200},
      {"negative", R"(["likely"])", 412},
      {"likely", R"(["negative"])", 200},
      {"negative", R"([])", 200},
      {"contact", R"([])", 412},
      {"contact", R"(["negative","user-report"])", 412},
      {"contact", R"(["confirmed","contact"])", 200},
  };
  for (const auto& one : cases) {
    const auto code = here.text(here.issue(one.type), "code");
    const auto answer = here.verify(code, std::string(R"(,"accept":)") + one.accept);
    EXPECT_EQ(answer.status, one.status) << one.type << " " << one.accept;
    if (one.status == 412) {
      EXPECT_EQ(here.error(answer), "unsupported_test_type");
      // The code is not used up by it.
      EXPECT_EQ(here.verify(code, R"(,"accept":["negative","contact"])").status, 200);
    } else {
      EXPECT_EQ(here.text(answer, "testtype"), one.type);
    }
  }
  const auto unknown = here.verify(here.code(), R"(,"accept":["perhaps"])");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(here.error(unknown), "invalid_test_type");
}

TEST(VerifyRules, AnotherAuthoritysCodeIsUnknown) {
  CodesHere here;
  const auto code = here.code();
  here.authority.id = "vn-51";
  here.authority.number = 0;
  here.save();
  const auto other = here.key(KeyKind::kDevice, "app", "vn-51");
  EXPECT_EQ(here.error(here.post("/api/verify", other, R"({"code":")" + code + R"("})")),
            "code_invalid");
}

TEST(VerifyRules, ACodeOutlivesTheKeyOfItsHmac) {
  CodesHere here;
  ASSERT_TRUE(here.service->tick());
  here.clock.advance(std::chrono::hours{24 * 7} - std::chrono::minutes{1});
  const auto code = here.code();
  // A new key is made a minute later, and used from ten minutes on.
  here.clock.advance(std::chrono::minutes{12});
  ASSERT_TRUE(here.service->tick());
  const auto newer = here.code();
  EXPECT_EQ(here.verify(code).status, 200);
  EXPECT_EQ(here.verify(newer).status, 200);
}

TEST(VerifyRules, ForChainsThereIsASecondToken) {
  CodesHere here;
  here.authority.bluezone3 = true;
  here.save();
  const auto answer = here.verify(here.code());
  EXPECT_FALSE(here.text(answer, "bluezone3Token").empty());
  EXPECT_NE(here.text(answer, "bluezone3Token"), here.text(answer, "token"));
  // The two tokens and all else fit under the padding's ceiling.
  EXPECT_LE(answer.body.size(), http::kMostPaddedBody);
}

TEST(Tokens, ATokenIsReadBackAndAnotherKeysIsNot) {
  const auto key = SigningKey::generate();
  const Keyring::Signers signers{.all = {{"token-v1", key}}, .to_use = 0};
  const Token token{.id = {1, 2, 3},
                    .authority = "84",
                    .type = wire::TestType::kUserReport,
                    .symptom_day = {},
                    .test_day = day_from_text("2026-11-21"),
                    .chains = true,
                    .expires = from_s(to_s(kTestTime) + 60)};
  const auto text = write_token(token, signers.all[0]);
  EXPECT_EQ(std::get<Token>(read_token(text, signers, kTestTime)), token);
  const Keyring::Signers others{.all = {{"token-v1", SigningKey::generate()}}, .to_use = 0};
  EXPECT_EQ(std::get<Refusal>(read_token(text, others, kTestTime)).code, "token_invalid");
  EXPECT_EQ(std::get<Refusal>(read_token(text, signers, token.expires)).code, "token_expired");
  EXPECT_EQ(std::get<Refusal>(read_token("a.b.c", signers, kTestTime)).code, "token_invalid");
}

TEST(Platforms, AreToldByTheUserAgent) {
  EXPECT_EQ(platform_of("Dalvik/2.1.0 (Linux; U; Android 10)"), Platform::kAndroid);
  EXPECT_EQ(platform_of("bluezone/1 iPhone13,2"), Platform::kIos);
  EXPECT_EQ(platform_of("bluetoothd (unknown version) CFNetwork/1121"), Platform::kIos);
  EXPECT_EQ(platform_of("CFNetwork/1121"), Platform::kUnknown);
  EXPECT_EQ(platform_of("curl/7.88"), Platform::kUnknown);
}

}  // namespace
}  // namespace bz::codes
