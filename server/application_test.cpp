#include "server/application.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/http_client.h"
#include "base/temp_folder.h"
#include "http/server.h"
#include "server/apart.h"
#include "server/first_start.h"

namespace bz::server {
namespace {

class Servers : public testing::Test {
 protected:
  Settings settings(const std::string& name, const std::string& roles) {
    Settings settings;
    settings.data = folder_.path() / name;
    settings.roles = *Roles::named(roles);
    settings.tick_every = std::chrono::milliseconds{0};
    settings.config.http.port = 0;
    settings.config.http.workers = 4;
    settings.config.secure_cookies = false;
    return settings;
  }
  std::unique_ptr<Application> start(const Settings& settings) {
    auto started = Application::start(settings, clock_, random_, log_);
    EXPECT_TRUE(started) << (started ? "" : started.error().what);
    return std::move(*started);
  }
  static HttpAnswer get(const std::string& url, const std::string& cookie = "") {
    HttpRequest request;
    request.url = url;
    if (!cookie.empty()) request.headers = {{"Cookie", cookie}};
    const auto answer = HttpClient().send(request);
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().what);
    return answer ? *answer : HttpAnswer{};
  }
  Result<Config> config(std::string_view text) {
    const auto file = folder_.path() / "bz.toml";
    EXPECT_TRUE(write_file(file, as_bytes(text)));
    return Config::read(file);
  }

  TempFolder folder_ = *TempFolder::make();
  SetClock clock_{Instant{std::chrono::sys_days{std::chrono::year{2020} / 8 / 19}}};
  SystemRandom random_;
  Log log_ = *Log::to_file(clock_, folder_.path() / "log");
};

TEST_F(Servers, AnEmptyFolderBecomesAServerWithAnAuthorityAndSigningKeys) {
  auto server = start(settings("data", "all"));
  const auto health = get(server->url() + "/health");
  EXPECT_EQ(health.status, 200);
  EXPECT_EQ(health.body, R"({"status":"ok","maintenance_mode":false})");
  EXPECT_EQ(get(server->url() + "/jwks/" + kDefaultAuthority).status, 200);
  EXPECT_NE(get(server->url() + "/metrics").body.find("bz_batch_overdue 0"), std::string::npos);
  EXPECT_NE(get(server->url() + "/").body.find("<html"), std::string::npos);
}

TEST_F(Servers, AServerThatIsStartedAgainGoesOnWithWhatIsThere) {
  const auto here = settings("data", "all");
  auto before = start(here);
  const auto keys = get(before->url() + "/jwks/" + kDefaultAuthority).body;
  before->drain();
  before.reset();
  auto after = start(here);
  EXPECT_EQ(get(after->url() + "/jwks/" + kDefaultAuthority).body, keys);
}

TEST_F(Servers, APartThatDoesNotRunHereHasNoRoutesAndNoStore) {
  auto keys = start(settings("keys", "keys"));
  EXPECT_EQ(get(keys->url() + "/jwks/" + kDefaultAuthority).status, 404);
  EXPECT_EQ(get(keys->url() + "/accounts/v1/session").status, 404);
  EXPECT_EQ(get(keys->url() + "/").status, 404);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "keys" / "codes.db"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "keys" / "accounts.db"));
  EXPECT_EQ(get(keys->url() + "/campaign/v1/units").status, 404);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "keys" / "campaign.db"));
}

TEST_F(Servers, PartsThatRunApartAskEachOtherAndNobodyElseMayAsk) {
  auto at_portal = settings("portal", "portal");
  at_portal.config.internal_token = "between us";
  auto portal = start(at_portal);
  auto at_codes = settings("codes", "codes");
  at_codes.config.portal_url = portal->url();
  at_codes.config.internal_token = "between us";
  auto codes = start(at_codes);
  auto at_keys = settings("keys", "keys");
  at_keys.config.codes_url = codes->url();
  auto keys = start(at_keys);

  EXPECT_EQ(get(codes->url() + "/officer/v1/me").status, 401);
  EXPECT_EQ(get(codes->url() + "/officer/v1/me", "bz_session=0011").status, 401);
  // A portal that does not answer is no reason to let somebody in.
  portal->drain();
  EXPECT_EQ(get(codes->url() + "/officer/v1/me", "bz_session=0011").status, 503);

  HttpRequest stranger;
  stranger.method = "POST";
  auto again = start(at_portal);
  stranger.url = again->url() + "/internal/v1/who-asks";
  stranger.headers = {{"Authorization", "Bearer something else"}};
  stranger.body = "{}";
  EXPECT_EQ(HttpClient().send(stranger)->status, 403);
  EXPECT_EQ(get(keys->url() + "/health").status, 200);
}

TEST_F(Servers, APortalElsewhereSaysAlsoWhoStandsBehindAnAccount) {
  http::Router router;
  std::string method;
  add_who_asks_route(router, "between us",
                     [&](const http::Request& request) -> Result<http::Session> {
                       method = request.method;
                       if (request.header("cookie") == "lan") return http::Session{"lan", true, {}};
                       http::Session hoa{"hoa", false, {"mai", "anh.nam@bv"}};
                       hoa.second_factor = false;
                       return hoa;
                     });
  Metrics metrics;
  auto portal = http::Server::start({.port = 0}, router, log_, metrics);
  ASSERT_TRUE(portal);
  const auto ask =
      who_asks_at("http://127.0.0.1:" + std::to_string((*portal)->port()), "between us");
  const auto asked_with = [&](std::string_view cookie) {
    http::Request request;
    request.method = "POST";
    request.headers = {{"cookie", std::string(cookie)}};
    return ask(request);
  };
  const auto hoa = asked_with("hoa");
  ASSERT_TRUE(hoa) << hoa.error().what;
  EXPECT_EQ(hoa->account, "hoa");
  EXPECT_EQ(hoa->helpers, (std::vector<std::string>{"mai", "anh.nam@bv"}));
  EXPECT_FALSE(hoa->second_factor) << "by a trusted browser, also to codes elsewhere";
  EXPECT_EQ(method, "POST");
  const auto lan = asked_with("lan");
  ASSERT_TRUE(lan) << lan.error().what;
  EXPECT_TRUE(lan->system_administrator);
  EXPECT_TRUE(lan->helpers.empty());
  EXPECT_TRUE(lan->second_factor);
}

TEST_F(Servers, TheCampaignRunsByItselfAndBringsItsUnitsAlong) {
  auto server = start(settings("campaign", "campaign"));
  EXPECT_EQ(get(server->url() + "/jwks/" + kDefaultAuthority).status, 404);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "campaign" / "keys.db"));
  const auto units = get(server->url() + "/campaign/v1/public/units?q=tra+vinh&on=2020-08-19");
  EXPECT_EQ(units.status, 200);
  EXPECT_NE(units.body.find("84@2020-06-01"), std::string::npos) << units.body;
  // Who asks is the portal's to say, and here it does not answer.
  EXPECT_EQ(get(server->url() + "/campaign/v1/units", "bz_session=0011").status, 503);
}

TEST(RolesOfAServer, AreNamedOneOrSeveralOrAll) {
  EXPECT_TRUE(Roles::named("all")->portal && Roles::named("all")->campaign);
  EXPECT_TRUE(Roles::named("campaign")->campaign && !Roles::named("campaign")->keys);
  const auto two = Roles::named("codes,keys");
  ASSERT_TRUE(two);
  EXPECT_TRUE(two->codes && two->keys && !two->portal);
  EXPECT_EQ(Roles::named("kodes").error().code, Code::kInvalid);
}

TEST_F(Servers, SettingsAreReadAndAFaultIsNamedWithItsPlace) {
  EXPECT_EQ(Config::read(folder_.path() / "none.toml")->least_keys, 1'000);
  const auto read = config("period_minutes = 15\ntrusted_proxies = [\"127.0.0.1\"]\n");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->period, std::chrono::minutes{15});
  EXPECT_EQ(read->http.trusted_proxies, std::vector<std::string>{"127.0.0.1"});

  const auto says = [this](std::string_view text, std::string_view what) {
    const auto fault = config(text);
    ASSERT_FALSE(fault) << text;
    EXPECT_EQ(fault.error().code, Code::kInvalid);
    EXPECT_NE(fault.error().what.find(what), std::string::npos) << fault.error().what;
  };
  EXPECT_EQ(config("mail_authserv_id = \"mx.so.example\"")->mail_authserv_id, "mx.so.example");
  says("period_minuts = 15", "period_minuts is no setting");
  says("period_minutes = 7", "from 15 to 1440");
  says("period_minutes = 17", "must divide a day");
  says("maintenance = \"yes\"", "must be true or false");
  says("mail_from = \"a@b.vn\"", "and mail_url go together");
  says("install_url = \"javascript:alert(1)\"", "must be an https address");
  says("install_url = \"https://a b\"", "must be an https address");
  says("trusted_proxies = \"127.0.0.1\"", "must be a list of texts");
  says("\n\nperiod_minutes = ", "line 3: not TOML");
}

TEST_F(Servers, SettingsWithSecretsAreForTheirOwnerOnly) {
  const auto text = "internal_token = \"between us\"";
  const auto fault = config(text);
  ASSERT_FALSE(fault);
  EXPECT_NE(fault.error().what.find("chmod 600"), std::string::npos) << fault.error().what;
  const auto file = folder_.path() / "bz.toml";
  ASSERT_TRUE(write_file(file, as_bytes(text), Readers::kOwnerOnly));
  EXPECT_EQ(Config::read(file)->internal_token, "between us");
}

}  // namespace
}  // namespace bz::server
