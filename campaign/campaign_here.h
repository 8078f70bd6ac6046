// For tests: the campaign's service on a store of its own of either kind, with a clock that is set,
// the units that the program brings along, and a few bodies. Who asks is whom a header names: the
// accounts are another part's.
//
//   so-tttt-84   department, answers for the unit 84 and its operators   ubnd-84, ubnd-842,
//   ubnd-844 viettel-84, mobifone-84, vnpt-84   operators in 84                   so-tttt-70,
//   viettel-70
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/date.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/temp_folder.h"
#include "campaign/bodies.h"
#include "campaign/figures.h"
#include "campaign/grants.h"
#include "campaign/service.h"
#include "campaign/viewer_links.h"
#include "store/store_test.h"
#include "vi/calendar.h"
#include "wire/json_reader.h"

namespace bz::campaign {

using store::Backend;
using store::name_of;

inline constexpr const char* kTraVinh = "84@2020-06-01";
inline constexpr const char* kTraVinhCity = "842@2020-06-01";
inline constexpr const char* kCangLong = "844@2020-06-01";
inline constexpr const char* kBinhPhuoc = "70@2020-06-01";

class CampaignHere {
 public:
  // 20 August 2020, 08:00 in Vietnam.
  static constexpr Instant kBegin = from_ms(1'597'885'200'000);

  explicit CampaignHere(Backend backend)
      : home(backend),
        clock(kBegin),
        log(*Log::to_file(clock, folder.path() / "log")),
        store(home.open(migrations(), "campaign")) {
    start();
    put({"ubnd-84", "committee", "Ủy ban nhân dân tỉnh Trà Vinh", {"UBND tỉnh"}, "", kTraVinh, {}});
    for (const auto* code : {"842", "844"}) {
      put({"ubnd-" + std::string(code),
           "committee",
           "Ủy ban nhân dân huyện " + std::string(code),
           {},
           "ubnd-84",
           std::string(code) + "@2020-06-01",
           {}});
    }
    for (const auto* slug : {"viettel-84", "mobifone-84", "vnpt-84"})
      put({slug, "operator", "Nhà mạng " + std::string(slug), {}, "", kTraVinh, {}});
    put({"so-tttt-84",
         "department",
         "Sở Thông tin và Truyền thông tỉnh Trà Vinh",
         {"Sở TT&TT"},
         "ubnd-84",
         kTraVinh,
         {kTraVinh, "viettel-84", "mobifone-84", "vnpt-84"}});
    put({"so-tttt-70",
         "department",
         "Sở Thông tin và Truyền thông tỉnh Bình Phước",
         {"Sở TT&TT"},
         "",
         kBinhPhuoc,
         {kBinhPhuoc}});
    put({"viettel-70", "operator", "Viettel Bình Phước", {}, "", kBinhPhuoc, {}});
  }

  // As after a restart.
  void start() {
    router = std::make_unique<http::Router>();
    service.reset();
    auto opened = Service::open(*store, {.folder = folder.path(), .is_drill = is_drill},
                                [this](const http::Request& request) -> Result<http::Session> {
                                  const auto name = request.header("x-account");
                                  if (!name) return Error{Code::kDenied, "nobody is logged in"};
                                  http::Session session;
                                  session.account = *name;
                                  // As accounts say it of a page that another log-in left behind.
                                  if (request.header("x-stale-page") && request.method != "GET")
                                    return Error{Code::kInvalid, "not the session's CSRF token"};
                                  session.system_administrator = *name == system_administrator;
                                  return session;
                                },
                                {clock, random, log, metrics});
    ASSERT_TRUE(opened) << opened.error().what;
    service = std::move(*opened);
    service->add_routes(*router);
  }

  // Both fail the test when they fail.
  template <class Work>
  auto write(Work work) {
    auto done = store->write(work);
    EXPECT_TRUE(done) << (done ? "" : done.error().what);
    return std::move(*done);
  }
  template <class Work>
  auto read(Work work) {
    auto done = store->read(work);
    EXPECT_TRUE(done) << (done ? "" : done.error().what);
    return std::move(*done);
  }

  void put(const Body& body) {
    write([&](store::Sql& sql) -> Result<int> {
      if (auto done = put_body(sql, body); !done) return done.error();
      return 0;
    });
  }
  std::int64_t grant(std::string_view account, std::string_view role, std::string_view scope) {
    Grant made;
    made.account = account;
    made.role = role;
    made.scope = scope;
    made.from = clock.now() - std::chrono::days{1};
    return write([&](store::Sql& sql) { return put_grant(sql, made); });
  }
  // A viewer link of a year; get(name, …) then asks by it. Its number.
  std::int64_t link(std::string name, std::string_view unit) {
    const auto token = draw_link_token(random);
    ViewerLink made;
    made.unit = unit;
    made.name = name;
    made.made_by = "hoa";
    made.made_at = clock.now();
    made.until = clock.now() + std::chrono::days{365};
    links.insert_or_assign(std::move(name), token);
    return write([&](store::Sql& sql) { return put_link(sql, made, token); });
  }
  FigureId figure(std::string_view subject, std::int64_t value, std::string_view source,
                  std::string_view measure = "app_installed", std::string_view day = "2020-08-19") {
    NewFigure made;
    made.subject = subject;
    made.measure = measure;
    made.source = source;
    made.cut_off = vi::end_of(*day_from_text(day));
    made.value = value;
    made.known_at = made.cut_off + std::chrono::hours{1};
    made.reference = "dòng 1";
    made.by = "account:hoa";
    return write([&](store::Sql& sql) { return record(sql, made); });
  }

  // Query and body as they would be on the wire; `account` empty: nobody.
  using Query = std::map<std::string, std::string, std::less<>>;
  http::Response get(std::string_view account, std::string_view path, Query query = {},
                     http::Headers headers = {}) {
    return send("GET", account, path, {}, std::move(query), std::move(headers));
  }
  http::Response post(std::string_view account, std::string_view path, std::string body = "{}",
                      Query query = {}, http::Headers headers = {}) {
    return send("POST", account, path, std::move(body), std::move(query), std::move(headers));
  }
  http::Response send(std::string_view method, std::string_view account, std::string_view path,
                      std::string body, Query query = {}, http::Headers headers = {}) {
    http::Request request;
    request.method = method;
    request.path = "/campaign/v1" + std::string(path);
    request.query = std::move(query);
    request.headers = std::move(headers);
    // A screen, by its link; else whoever has logged in.
    const auto link = links.find(account);
    if (link != links.end())
      request.headers.emplace_back("x-viewer-link", link->second);
    else if (!account.empty())
      request.headers.emplace_back("x-account", account);
    request.body = std::move(body);
    return router->handle(std::move(request));
  }

  store::Home home;
  TempFolder folder = *TempFolder::make();
  SetClock clock;
  SystemRandom random;
  Metrics metrics;
  Log log;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Service> service;
  std::unique_ptr<http::Router> router;
  std::string system_administrator = "root";
  bool is_drill = false;                                  // from start() on
  std::map<std::string, std::string, std::less<>> links;  // tokens, by who shows them
};

class OnCampaign : public testing::TestWithParam<Backend> {
 protected:
  CampaignHere here_{GetParam()};
};

// Members of an answer that is JSON.
inline std::string text_in(const http::Response& response, std::string_view name) {
  auto json = wire::JsonReader::parse(response.body, 4'000'000);
  return json ? json->text(name).value_or("") : "no JSON";
}
inline wire::JsonReader object_in(const http::Response& response, std::string_view name) {
  auto json = wire::JsonReader::parse(response.body, 4'000'000);
  EXPECT_TRUE(json) << response.body;
  auto object = json->object(name);
  EXPECT_TRUE(object) << name << " is not in " << response.body;
  return std::move(*object);
}
inline std::vector<wire::JsonReader> objects_in(const http::Response& response,
                                                std::string_view name) {
  auto json = wire::JsonReader::parse(response.body, 4'000'000);
  EXPECT_TRUE(json) << response.body;
  auto objects = json->objects(name);
  EXPECT_TRUE(objects) << name << " is not in " << response.body;
  return objects ? std::move(*objects) : std::vector<wire::JsonReader>{};
}

}  // namespace bz::campaign
