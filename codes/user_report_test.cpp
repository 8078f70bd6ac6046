// POST /api/user-report, and sending by SMS through a real HTTP gateway.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "base/base64.h"
#include "base/file.h"
#include "codes/codes_here.h"
#include "codes/sms.h"
#include "http/server.h"

namespace bz::codes {
namespace {

// An SMS gateway: keeps what it was given, answers `status`.
class Gateway {
 public:
  explicit Gateway(CodesHere& here) {
    router_.add("POST", "/send", [this](const http::Request& request) {
      const std::scoped_lock lock(mutex_);
      if (status == 200) bodies_.push_back(request.body);
      return http::text_response(status, "");
    });
    auto started = http::Server::start({.port = 0, .workers = 2}, router_, here.log, here.metrics);
    if (!started) throw std::runtime_error(started.error().what);
    server_ = std::move(*started);
    here.authority.sms_url = "http://127.0.0.1:" + std::to_string(server_->port()) + "/send";
  }
  std::vector<std::string> bodies() {
    const std::scoped_lock lock(mutex_);
    return bodies_;
  }
  std::atomic<int> status{200};

 private:
  std::mutex mutex_;
  std::vector<std::string> bodies_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
};

class UserReport : public OnBoth {
 protected:
  UserReport() {
    here.authority.test_types.emplace_back("user-report");
    here.settings.user_report_time = std::chrono::milliseconds{0};
    here.save();
    here.open();
  }
  http::Response report(const std::string& phone) {
    return here.post(
        "/api/user-report", here.device,
        R"({"testDate":"2026-11-21","phone":")" + phone + R"(","nonce":")" + nonce + R"("})");
  }
  std::string long_code() {
    const auto sms = gateway.bodies().back();
    return sms.substr(sms.find("&c=") + 3, 16);
  }

  Gateway gateway{here};
  std::string nonce = to_base64(Bytes(256, 7));
};
INSTANTIATE_TEST_SUITE_P(Stores, UserReport, testing::Values(On::kSqlite, On::kPostgres),
                         store_name);

TEST_P(UserReport, TheCodeGoesToThePhoneAndWorksOnlyWithTheNonce) {
  const auto asked = report("+84912345678");
  ASSERT_EQ(asked.status, 200) << asked.body;
  EXPECT_EQ(here.number(asked, "expiresAtTimestamp"), to_s(kTestTime) + 900);
  EXPECT_FALSE(here.object(asked).contains("code"));
  ASSERT_EQ(gateway.bodies().size(), 1U);
  EXPECT_NE(gateway.bodies()[0].find("\"to\":\"+84912345678\""), std::string::npos);

  const auto code = long_code();
  EXPECT_EQ(here.error(here.verify(code)), "code_invalid");
  EXPECT_EQ(here.error(here.verify(code, R"(,"nonce":"AAAA")")), "code_invalid");
  const auto verified = here.verify(code, R"(,"nonce":")" + nonce + R"(")");
  ASSERT_EQ(verified.status, 200);
  EXPECT_EQ(here.text(verified, "testtype"), "user-report");
  // Of a number whose code was used the day is kept: 22 November is day 20 779.
  const auto reported = here.store->read([](store::Sql& sql) {
    return sql.integer("SELECT reported_s FROM phones WHERE claimed = 1");
  });
  EXPECT_EQ(**reported, 20'779 * 86'400);
}

TEST_P(UserReport, ANumberThatReportedLatelyGetsTheSameAnswerAndNoSms) {
  EXPECT_EQ(report("+84912345678").status, 200);
  const auto again = report("+84 912 345 678");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(here.number(again, "expiresAtTimestamp"), to_s(kTestTime) + 900);
  EXPECT_EQ(gateway.bodies().size(), 1U);
  // Nobody used the code: after an hour the number may ask again.
  here.clock.advance(std::chrono::minutes{60});
  EXPECT_EQ(report("+84912345678").status, 200);
  EXPECT_EQ(gateway.bodies().size(), 2U);
  // It was used: now the number waits 30 days.
  EXPECT_EQ(here.verify(long_code(), R"(,"nonce":")" + nonce + R"(")").status, 200);
  here.clock.advance(std::chrono::hours{24 * 20});
  ASSERT_TRUE(here.service->tick());
  EXPECT_EQ(here.post("/api/user-report", here.device,
                      R"({"phone":"+84912345678","nonce":")" + nonce + R"("})")
                .status,
            200);
  EXPECT_EQ(gateway.bodies().size(), 2U);
  here.clock.advance(std::chrono::hours{24 * 10});
  ASSERT_TRUE(here.service->tick());
  EXPECT_EQ(here.post("/api/user-report", here.device,
                      R"({"phone":"+84912345678","nonce":")" + nonce + R"("})")
                .status,
            200);
  EXPECT_EQ(gateway.bodies().size(), 3U);
}

TEST_P(UserReport, AProgramIsToldThatANumberReportedLately) {
  EXPECT_EQ(report("+84912345678").status, 200);
  const auto refused =
      here.post("/api/issue", here.admin, R"({"testType":"user-report","phone":"+84912345678"})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(here.error(refused), "user_report_try_later");
}

TEST_P(UserReport, WhatIsMissingHasItsErrorCode) {
  const auto with = [&](const std::string& body) {
    return here.error(here.post("/api/user-report", here.device, body));
  };
  EXPECT_EQ(with(R"({"nonce":")" + nonce + R"("})"), "missing_phone");
  EXPECT_EQ(with(R"({"phone":"12","nonce":")" + nonce + R"("})"), "phone_number_invalid");
  EXPECT_EQ(with(R"({"phone":"+84912345678"})"), "missing_nonce");
  EXPECT_EQ(with(R"({"phone":"+84912345678","nonce":"AAAA"})"), "missing_nonce");
  EXPECT_EQ(with(R"({"phone":"+84912345678","nonce":"?"})"), "unparsable_request");
  here.authority.test_types = {"confirmed"};
  here.save();
  EXPECT_EQ(here.error(report("+84912345678")), "unsupported_test_type");
}

TEST_P(UserReport, ARefusedSmsLeavesNoCode) {
  gateway.status = 503;
  const auto sent = [&](const std::string& result) {
    const auto text = here.metrics.text();
    const auto line = "bz_codes_sms_total{result=\"" + result + "\"} ";
    const auto at = text.find(line);
    return at == std::string::npos ? std::string("none") : text.substr(at + line.size(), 2);
  };
  EXPECT_EQ(sent("sent") + sent("busy") + sent("failed"), "0\n0\n0\n");
  auto refused = report("+84912345678");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(here.error(refused), "sms_queue_full");
  gateway.status = 500;
  refused =
      here.post("/api/issue", here.admin, R"({"testType":"confirmed","phone":"+84912345678"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(here.error(refused), "sms_failure");
  const auto left =
      here.store->read([](store::Sql& sql) { return sql.integer("SELECT COUNT(*) FROM codes"); });
  EXPECT_EQ(**left, 0);
  // The number may ask again at once.
  gateway.status = 200;
  EXPECT_EQ(report("+84912345678").status, 200);
  EXPECT_EQ(gateway.bodies().size(), 1U);
  gateway.status = 429;
  EXPECT_EQ(report("+84912345679").status, 400);
  EXPECT_EQ(sent("sent") + sent("busy") + sent("failed"), "1\n2\n1\n");
  const auto errors = here.get("/api/stats/realm/sms-errors.json", here.stats);
  EXPECT_NE(errors.body.find(R"({"error_code":"sms_queue_full","quantity":2})"), std::string::npos)
      << errors.body;
}

TEST_P(UserReport, NoNumberIsInTheStoreOrTheLog) {
  EXPECT_EQ(report("+84912345678").status, 200);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(here.folder.path())) {
    if (!entry.is_regular_file()) continue;
    const auto file = read_file(entry.path(), std::size_t{1} << 26U);
    ASSERT_TRUE(file);
    EXPECT_EQ(as_text(*file).find("912345678"), std::string_view::npos) << entry.path();
  }
}

TEST(UserReportTime, AnAnswerSaysNothingByItsTime) {
  CodesHere here;
  here.authority.test_types.emplace_back("user-report");
  here.save();
  const auto before = std::chrono::steady_clock::now();
  const auto answer = here.post("/api/user-report", here.device, "{}");
  ASSERT_TRUE(answer.not_before);
  EXPECT_GE(*answer.not_before, before + std::chrono::seconds{2});
}

TEST(HttpSms, AGatewayThatDoesNotAnswerHoldsEightAndNoMore) {
  CodesHere here;
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  bool answer = false;
  http::Router router;
  router.add("POST", "/send", [&](const http::Request&) {
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    changed.wait(lock, [&] { return answer; });
    return http::text_response(200, "");
  });
  auto server = http::Server::start({.port = 0, .workers = 8}, router, here.log, here.metrics);
  ASSERT_TRUE(server);
  const auto url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/send";
  HttpSmsSender sender;
  std::atomic<int> sent{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < HttpSmsSender::kMostInFlight; ++i) {
    threads.emplace_back(
        [&] { sent += sender.send(url, "+84912345678", "t") == SmsOutcome::kSent ? 1 : 0; });
  }
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return waiting == HttpSmsSender::kMostInFlight; });
  }
  EXPECT_EQ(sender.send(url, "+84912345678", "t"), SmsOutcome::kQueueFull);
  {
    const std::scoped_lock lock(mutex);
    answer = true;
  }
  changed.notify_all();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sent, HttpSmsSender::kMostInFlight);
  EXPECT_EQ(sender.send(url, "+84912345678", "t"), SmsOutcome::kSent);
}

TEST(Phones, AreReadAsE164) {
  EXPECT_EQ(normal_phone("+84 912-345.678"), "+84912345678");
  EXPECT_EQ(normal_phone("+1 (202) 555-0143"), "+12025550143");
  for (const auto* wrong : {"", "+", "0912345678", "+0123456789", "+84abc", "+8491234",
                            "+1234567890123456", "84912345678"}) {
    EXPECT_FALSE(normal_phone(wrong)) << wrong;
  }
}

TEST(SmsTexts, AreVietnameseFirstAndTheAuthoritysOwnGoBefore) {
  Authority authority;
  const SmsFields fields{.code = "12345678",
                         .long_code = "abcdefgh12345678",
                         .minutes = "15",
                         .hours = "24",
                         .region = "VN",
                         .link = "ens://v?r=VN&c=abcdefgh12345678"};
  EXPECT_TRUE(
      sms_text(authority, "", fields)->starts_with("Mã Bluezone của bạn: abcdefgh12345678"));
  EXPECT_TRUE(sms_text(authority, "en", fields)->starts_with("Your Bluezone code"));
  EXPECT_FALSE(sms_text(authority, "fr", fields));
  authority.sms_templates["fr"] = "[code] [expires] [region] [code]";
  EXPECT_EQ(*sms_text(authority, "fr", fields), "12345678 15 VN 12345678");
}

}  // namespace
}  // namespace bz::codes
