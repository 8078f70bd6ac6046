// What all calls of the API have in common; public keys, links, callbacks.
#include <gtest/gtest.h>

#include <set>

#include "base/base64.h"
#include "codes/codes_here.h"
#include "http/padding.h"
#include "http/server_test.h"
#include "wire/jwt.h"

namespace bz::codes {
namespace {

struct Route {
  const char* path;
  KeyKind kind;
};
constexpr Route kPosts[] = {
    {"/api/issue", KeyKind::kAdmin},           {"/api/batch-issue", KeyKind::kAdmin},
    {"/api/checkcodestatus", KeyKind::kAdmin}, {"/api/expirecode", KeyKind::kAdmin},
    {"/api/verify", KeyKind::kDevice},         {"/api/certificate", KeyKind::kDevice},
    {"/api/user-report", KeyKind::kDevice},
};

class Api : public testing::Test {
 protected:
  const std::string& right(KeyKind kind) {
    return kind == KeyKind::kAdmin ? here.admin : here.device;
  }
  const std::string& wrong(KeyKind kind) {
    return kind == KeyKind::kAdmin ? here.device : here.admin;
  }
  CodesHere here;
};

TEST_F(Api, NoKeyAnUnknownKeyAndAKeyOfAnotherKindAreUnauthorized) {
  for (const auto& route : kPosts) {
    for (const auto& key : {std::string(), std::string("none"), wrong(route.kind), here.stats}) {
      const auto refused = here.post(route.path, key, "{}");
      EXPECT_EQ(refused.status, 401) << route.path;
      EXPECT_EQ(here.error(refused), "unauthorized");
    }
  }
  EXPECT_EQ(here.get("/api/stats/realm.json", here.device).status, 401);
  EXPECT_EQ(here.get("/api/stats/realm.json", here.stats).status, 200);
}

TEST_F(Api, A401IsTextWhereTheClientSpeaksNoJson) {
  const auto text = here.call("POST", "/api/verify", {{"accept", "text/html"}});
  EXPECT_EQ(text.status, 401);
  EXPECT_EQ(text.body, "unauthorized");
  EXPECT_EQ(here.call("POST", "/api/verify").body, "unauthorized");
  const auto json = here.call("POST", "/api/verify",
                              {{"accept", "application/json"}, {"content-type", "text/plain"}});
  EXPECT_EQ(here.error(json), "unauthorized");
}

TEST_F(Api, ARemovedKeyIsUnauthorized) {
  const auto keys = list_api_keys(*here.store, "84");
  ASSERT_EQ(keys->size(), 3U);
  for (const auto& key : *keys) ASSERT_TRUE(remove_api_key(*here.store, key.id, "test", kTestTime));
  EXPECT_EQ(here.issue().status, 401);
  EXPECT_EQ(remove_api_key(*here.store, (*keys)[0].id, "test", kTestTime).error().code,
            Code::kNotFound);
}

TEST_F(Api, EveryFaultOfABodyIsUnparsable) {
  const std::string large = R"({"padding":")" + std::string(64'001, 'A') + R"("})";
  for (const auto& route : kPosts) {
    // An unreadable body of a certificate's request has an error of its own.
    const bool certificate = std::string_view(route.path) == "/api/certificate";
    for (const auto& body : {std::string(), std::string("[]"), std::string("{}{}"),
                             std::string(R"({"other":1})"), large}) {
      const auto refused = here.post(route.path, right(route.kind), body);
      EXPECT_EQ(refused.status, 400) << route.path << " " << body.substr(0, 20);
      const bool own = certificate && body.size() <= 64'000;
      EXPECT_EQ(here.error(refused), own ? "token_invalid" : "unparsable_request") << route.path;
    }
    const auto plain =
        here.call("POST", route.path,
                  {{"x-api-key", right(route.kind)}, {"content-type", "text/plain"}}, "{}");
    EXPECT_EQ(plain.status, 400);
    EXPECT_EQ(here.error(plain), "unparsable_request");
  }
}

TEST_F(Api, CoverTrafficNeedsAKeyAndIsAnsweredLikeTheRest) {
  for (const auto& route : kPosts) {
    const http::Headers chaff{{"x-api-key", right(route.kind)}, {"x-chaff", "1"}};
    const auto answer = here.call("POST", route.path, chaff, "not looked at");
    EXPECT_EQ(answer.status, 200) << route.path;
    const auto members = here.object(answer);
    EXPECT_EQ(members.size(), 1U);
    EXPECT_TRUE(members.contains("padding"));
    EXPECT_EQ(here.call("POST", route.path, {{"x-chaff", "1"}}).status, 401);
  }
  const auto count = here.store->read([](store::Sql& sql) {
    return sql.integer("SELECT SUM(count) FROM statistics WHERE name = 'chaff'");
  });
  // One a day and authority.
  EXPECT_EQ(**count, 1);
}

TEST_F(Api, AnswersHaveLengthsOfOneRange) {
  std::set<std::size_t> lengths;
  for (int i = 0; i < 20; ++i) {
    const auto code = here.code();
    for (const auto& answer :
         {here.verify(code), here.verify(code), here.certify("x", "y"),
          here.call("POST", "/api/verify", {{"x-api-key", here.device}, {"x-chaff", "1"}})}) {
      EXPECT_GE(answer.body.size(), http::kLeastPaddedBody);
      EXPECT_LE(answer.body.size(), http::kMostPaddedBody);
      lengths.insert(answer.body.size());
    }
  }
  EXPECT_GT(lengths.size(), 40U);
}

// An answer's head without what its values say: the names in order.
std::vector<std::string> names_in(std::string_view head) {
  std::vector<std::string> names;
  for (auto at = head.find("\r\n"); at + 2 < head.size(); at = head.find("\r\n", at + 2)) {
    const auto line = head.substr(at + 2);
    names.emplace_back(line.substr(0, line.find(':')));
  }
  return names;
}

TEST_F(Api, OverASocketAnswersToPhonesAndToCoverTrafficHaveHeadsOfTheSameNamesAndLength) {
  auto server = http::Server::start({.port = 0}, here.router, here.log, here.metrics);
  ASSERT_TRUE(server);
  http::RawClient client((*server)->port());
  const auto ask = [&](std::string_view path, const std::string& body, bool cover) {
    return client.ask(
        "POST " + std::string(path) + " HTTP/1.1\r\nhost: t\r\nx-api-key: " + here.device +
        (cover ? "\r\nx-chaff: 1" : "\r\nx-other: 1") +
        "\r\ncontent-type: application/json\r\ncontent-length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body);
  };
  const auto compare = [&](std::string_view path, const std::string& real) {
    const auto cover = ask(path, "{}", true);
    const auto real_head = std::string_view(real).substr(0, real.find("\r\n\r\n") + 2);
    const auto cover_head = std::string_view(cover).substr(0, cover.find("\r\n\r\n") + 2);
    EXPECT_EQ(http::status_in(real), 200) << real_head;
    EXPECT_EQ(http::status_in(cover), 200) << cover_head;
    EXPECT_EQ(names_in(real_head), names_in(cover_head)) << path;
    EXPECT_EQ(real_head.size(), cover_head.size()) << path;
  };
  const auto verified = ask("/api/verify", R"({"code":")" + here.code() + R"("})", false);
  compare("/api/verify", verified);
  const http::Response answer{.body = http::body_in(verified)};
  compare("/api/certificate", ask("/api/certificate",
                                  R"({"token":")" + CodesHere::text(answer, "token") +
                                      R"(","ekeyhmac":")" + std::string(43, 'A') + R"(="})",
                                  false));
}

TEST_F(Api, CallsAreLimitedByAuthorityAndAddressNotByKey) {
  here.settings.calls_a_minute = 2;
  here.open();
  const auto first = here.verify("00000000");
  EXPECT_EQ(first.status, 400);
  // Only a refusal tells of the limit: cover traffic is not counted, and would be known by it.
  EXPECT_EQ(here.header(first, "X-RateLimit-Limit"), "");
  here.verify("00000000");
  // A second key of the same authority does not help.
  here.device = here.key(KeyKind::kDevice, "another app");
  const auto third = here.verify("00000000");
  EXPECT_EQ(third.status, 429);
  EXPECT_EQ(here.error(third), "quota_exceeded");
  EXPECT_GE(std::stoi(here.header(third, "Retry-After")), 1);
  EXPECT_EQ(here.header(third, "X-RateLimit-Limit"), "2");
  EXPECT_EQ(here.header(third, "X-RateLimit-Remaining"), "0");
  EXPECT_FALSE(here.header(third, "X-RateLimit-Reset").empty());
  // Cover traffic is not limited; another network is not either.
  EXPECT_EQ(here.call("POST", "/api/verify", {{"x-api-key", here.device}, {"x-chaff", "1"}}).status,
            200);
  here.prefix = "198.51.100.0/24";
  EXPECT_EQ(here.verify("00000000").status, 400);
}

TEST_F(Api, UnderMaintenanceEveryCallIsToldSo) {
  here.settings.maintenance = true;
  here.open();
  for (const auto& route : kPosts) {
    const auto refused = here.post(route.path, right(route.kind), "{}");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(here.error(refused), "maintenance_mode");
    EXPECT_FALSE(here.header(refused, "Retry-After").empty());
  }
}

TEST_F(Api, PublicKeysAreABareArrayAndAsASet) {
  const auto bare = here.call("GET", "/jwks/84");
  ASSERT_EQ(bare.status, 200);
  EXPECT_TRUE(bare.body.starts_with("["));
  const auto keys = wire::parse_jwks(bare.body);
  ASSERT_EQ(keys->size(), 1U);
  EXPECT_EQ((*keys)[0].key_id, "84-v1");
  EXPECT_EQ(here.call("GET", "/jwks/85").status, 404);
  const auto set = here.call("GET", "/.well-known/jwks.json");
  EXPECT_TRUE(set.body.starts_with(R"({"keys":[)"));
  EXPECT_EQ(wire::parse_jwks(set.body)->size(), 1U);
}

TEST_F(Api, ANewCertificateKeyIsKnownBeforeItIsUsed) {
  ASSERT_TRUE(here.service->tick());
  here.clock.advance(std::chrono::hours{24 * 90} + std::chrono::minutes{1});
  ASSERT_TRUE(here.service->tick());
  EXPECT_EQ(wire::parse_jwks(here.call("GET", "/jwks/84").body)->size(), 2U);
  const std::string hmac = to_base64(Bytes(32));
  const auto kid = [&] {
    const auto verified = here.verify(
        here.text(here.post("/api/issue", here.admin, R"({"testType":"likely"})"), "code"));
    const auto answer = here.certify(here.text(verified, "token"), hmac);
    return wire::parse_jwt(here.text(answer, "certificate"))->key_id;
  };
  EXPECT_EQ(kid(), "84-v1");
  here.clock.advance(std::chrono::minutes{11});
  EXPECT_EQ(kid(), "84-v2");
}

TEST_F(Api, TheLinkOpensTheApp) {
  const auto link = here.call("GET", "/v?c=abcdefgh12345678&r=VN");
  EXPECT_EQ(link.status, 303);
  EXPECT_EQ(here.header(link, "Location"), "ens://v?r=VN&c=abcdefgh12345678");
  EXPECT_EQ(here.call("GET", "/v").status, 400);
  EXPECT_EQ(here.call("GET", "/v?c=a%0d%0ab&r=VN").status, 400);
}

TEST_F(Api, AppsAreListedForTheirPlatforms) {
  here.authority.android_package = "vn.bluezone";
  here.authority.android_fingerprint = "AA:BB";
  here.authority.apple_app_id = "TEAM.vn.bluezone";
  here.save();
  EXPECT_EQ(here.call("GET", "/.well-known/assetlinks.json").body,
            R"([{"relation":["delegate_permission/common.handle_all_urls"],)"
            R"("target":{"namespace":"android_app","package_name":"vn.bluezone",)"
            R"("sha256_cert_fingerprints":["AA:BB"]}}])");
  EXPECT_EQ(here.call("GET", "/.well-known/apple-app-site-association").body,
            R"({"applinks":{"apps":[],"details":[{"appID":"TEAM.vn.bluezone","paths":["*"]}]}})");
}

TEST_F(Api, ACallbackHasExactly256BytesAndIsKeptWithItsDayOnly) {
  const auto leave = [&](std::size_t size, http::Headers more = {}) {
    more.emplace_back("content-type", "application/json");
    return here.call("POST", "/v1/callback", std::move(more),
                     R"({"message":")" + to_base64(Bytes(size, 1)) + R"(","padding":"AA"})");
  };
  const auto left = leave(256);
  EXPECT_EQ(left.status, 200);
  EXPECT_GE(left.body.size(), http::kLeastPaddedBody);
  EXPECT_EQ(here.error(leave(255)), "unparsable_request");
  EXPECT_EQ(leave(256, {{"x-chaff", "1"}}).status, 200);
  const auto kept = here.store->read([](store::Sql& sql) {
    return sql.integer("SELECT COUNT(*) FROM callbacks WHERE day = 20779");
  });
  // 22 November 2026 is day 20 779: 56 years of 365 days, 14 leap days, 325 days of this year.
  EXPECT_EQ(**kept, 1);
}

TEST_F(Api, AnAuthorityTakesSoManyCallbacksADay) {
  here.authority.callbacks_a_day = 2;
  here.save();
  std::uint8_t number = 0;  // the same message again would count once
  const auto leave = [&] {
    return here.call("POST", "/v1/callback", {{"content-type", "application/json"}},
                     R"({"message":")" + to_base64(Bytes(256, ++number)) + R"("})");
  };
  EXPECT_EQ(leave().status, 200);
  EXPECT_EQ(leave().status, 200);
  const auto third = leave();
  EXPECT_EQ(third.status, 429);
  EXPECT_EQ(here.error(third), "quota_exceeded");
  // 6 h 39 min 30 s from 17:20:30 to midnight in Vietnam.
  EXPECT_EQ(here.header(third, "Retry-After"), "23970");
  here.clock.advance(std::chrono::seconds{23'969});  // 23:59:59
  EXPECT_EQ(leave().status, 429);
  here.clock.advance(std::chrono::seconds{1});
  EXPECT_EQ(leave().status, 200);
}

// A phone whose answer was lost sends it again; also when the day's number is reached meanwhile.
TEST_F(Api, TheSameCallbackAgainIsKeptOnce) {
  here.authority.callbacks_a_day = 1;
  here.save();
  const auto leave = [&](std::uint8_t byte, const std::string& padding) {
    return here.call(
        "POST", "/v1/callback", {{"content-type", "application/json"}},
        R"({"message":")" + to_base64(Bytes(256, byte)) + R"(","padding":")" + padding + R"("})");
  };
  EXPECT_EQ(leave(1, "AA").status, 200);
  EXPECT_EQ(leave(1, "BB").status, 200);
  EXPECT_EQ(leave(2, "AA").status, 429);
  const auto kept = here.store->read(
      [](store::Sql& sql) { return sql.integer("SELECT COUNT(*) FROM callbacks"); });
  EXPECT_EQ(**kept, 1);
}

TEST_F(Api, ACallbackNamesItsAuthorityWhereThereAreSeveral) {
  here.authority.id = "51";
  here.authority.number = 0;
  here.save();
  const auto leave = [&](const std::string& more) {
    return here.call("POST", "/v1/callback", {{"content-type", "application/json"}},
                     R"({"message":")" + to_base64(Bytes(256, 1)) + R"(")" + more + "}");
  };
  EXPECT_EQ(here.error(leave("")), "unparsable_request");
  EXPECT_EQ(here.error(leave(R"(,"authority":"52")")), "unparsable_request");
  EXPECT_EQ(leave(R"(,"authority":"51")").status, 200);
}

TEST(Authorities, SettingsAreReadBackAndHeldToTheirBounds) {
  Authority authority;
  authority.name = "Sở Y tế";
  authority.issuer = "i";
  authority.audience = "a";
  authority.region = "VN";
  authority.test_types = {"contact"};
  authority.bluezone3 = true;
  authority.short_minutes = 20;
  authority.sms_templates = {{"vi", "[code]"}};
  EXPECT_EQ(*parse_authority(write_authority(authority)), authority);
  const auto fault = [](const std::string& more) {
    const auto parsed =
        parse_authority(R"({"name":"n","issuer":"i","audience":"a","region":"VN")" + more + "}");
    return parsed ? "" : parsed.error().what;
  };
  EXPECT_EQ(fault(""), "");
  EXPECT_EQ(fault(R"(,"short_digits":5)"), "short_digits: from 6 to 10");
  EXPECT_EQ(fault(R"(,"supervisors_key":"x")"),
            "supervisors_key: the PEM of a public key on P-256");
  EXPECT_NE(fault(R"(,"test_types":["sure"])"), "");
  EXPECT_NE(fault(R"(,"unknown":1)"), "");
  EXPECT_FALSE(parse_authority(R"({"name":"n"})"));
}

TEST(Authorities, AreNumberedAndHaveRoles) {
  CodesHere here;
  auto second = here.authority;
  second.id = "51";
  second.number = 0;
  ASSERT_TRUE(put_authority(*here.store, second, "test", kTestTime));
  const auto all = list_authorities(*here.store);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[0].id, "51");
  EXPECT_EQ((*all)[0].number, 2);
  EXPECT_EQ((*all)[1].number, 1);
  second.id = "Not an id";
  EXPECT_EQ(put_authority(*here.store, second, "test", kTestTime).error().code, Code::kInvalid);
  EXPECT_EQ(put_grant(*here.store, {"lan", "84", "king"}, "test", kTestTime).error().code,
            Code::kInvalid);
  EXPECT_EQ(put_grant(*here.store, {"lan", "99", "issuer"}, "test", kTestTime).error().code,
            Code::kInvalid);
  EXPECT_EQ(remove_grant(*here.store, {"lan", "84", "issuer"}, "test", kTestTime).error().code,
            Code::kNotFound);
}

TEST(Dates, AreWrittenAsTheirStandardsHaveThem) {
  EXPECT_EQ(rfc1123(from_s(0)), "Thu, 01 Jan 1970 00:00:00 UTC");
  EXPECT_EQ(to_text(*day_from_text("2024-02-29")), "2024-02-29");
  for (const auto* wrong : {"2023-02-29", "2024-2-29", "1969-12-31", "2024-13-01", "abcd-ef-gh"}) {
    EXPECT_FALSE(day_from_text(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace bz::codes
