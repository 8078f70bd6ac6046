// /campaign/v1/viewer-links, and what a screen asks of its own link.
#include <algorithm>

#include "base/date.h"
#include "campaign/asked.h"
#include "campaign/desk.h"
#include "campaign/json.h"
#include "units/units.h"
#include "vi/calendar.h"
#include "vi/text.h"
#include "wire/json_reader.h"

namespace bz::campaign {
namespace {

using http::Request;
using wire::JsonReader;
using wire::JsonWriter;

constexpr std::string_view kMakers[] = {"admin", "officer", "leader"};
constexpr std::ptrdiff_t kLongestName = 100;  // characters

std::string link_json(const ViewerLink& link, Instant now) {
  JsonWriter json;
  json.integer("id", link.id).text("unit", link.unit).text("name", link.name);
  add_instant(json, "made_at", link.made_at);
  json.text("made_by", link.made_by);
  add_instant(json, "until", link.until);
  json.text("state", state_of(link, now));
  add_instant(json, "revoked_at", link.revoked_at);
  if (link.last_used) json.text("last_used", bz::to_text(*link.last_used));
  return json.done();
}

Refusal not_right(std::string_view cell, std::string_view says, std::string_view says_en,
                  std::string_view todo, std::string_view todo_en) {
  return {422,
          "Liên kết chưa tạo được.",
          "The link was not made.",
          {Fault{.cell = std::string(cell),
                 .says = std::string(says),
                 .says_en = std::string(says_en),
                 .todo = std::string(todo),
                 .todo_en = std::string(todo_en)}}};
}

std::ptrdiff_t characters(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (c & '\xC0') != '\x80'; });
}

// Its unit as it was asked for: a key, or the code of one of today.
Given<ViewerLink> read_link(const Desk& desk, const Caller& caller, const Request& request) {
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return unreadable(json.error());
  ViewerLink link;
  link.unit = json->text("unit").value_or("");
  const auto name = vi::normal(json->text("name").value_or(""));
  const auto until = json->text("until").value_or("");
  if (auto done = json->done(); !done) return unreadable(done.error());
  if (!name || name->empty() || characters(*name) > kLongestName)
    return not_right("name", "tên màn hình để trống hoặc dài quá 100 ký tự",
                     "the screen's name is empty or over 100 characters",
                     "ghi nơi đặt màn hình, ví dụ Phòng họp tầng 2",
                     "say where the screen stands, such as Meeting room, floor 2");
  link.name = *name;
  const Day today = vi::local_day(desk.now());
  const auto day = day_from_text(until);
  if (!day || *day < today || *day > today + kLongestLink)
    return not_right("until", "ngày hết hạn không đọc được, đã qua hoặc xa hơn 400 ngày",
                     "the last day cannot be read, has passed, or is over 400 days ahead",
                     "ghi một ngày dạng 2027-06-30, trong vòng 400 ngày",
                     "give a day as 2027-06-30, within 400 days");
  link.until = vi::end_of(*day);
  link.made_at = desk.now();
  link.made_by = caller.account;
  return link;
}

Answer make_link(const Desk& desk, const Caller& caller, const Request& request) {
  auto read = read_link(desk, caller, request);
  if (!read) return read.error();
  if (const auto* refused = read.refused()) return *refused;
  const auto token = draw_link_token(desk.around.random);
  return desk.store.write([&, link = read.value()](store::Sql& sql) mutable -> Answer {
    auto unit = subject_of(sql, link.unit, desk.now());
    if (!unit) return unit.error();
    const auto key = units::key_from_text(*unit);
    const auto known = key ? units::find(sql, *key)
                           : Result<std::optional<units::Unit>>{std::optional<units::Unit>{}};
    if (!known) return known.error();
    if (!*known) return refusal::not_found();
    link.unit = std::move(*unit);
    const auto grant = grant_for(sql, caller.grants, kMakers, link.unit);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    const auto id = put_link(sql, link, token);
    if (!id) return id.error();
    link.id = *id;
    if (auto noted = note(sql, desk.now(), caller, **grant, "viewer link made",
                          "viewer link " + std::to_string(*id), link.unit);
        !noted)
      return noted.error();
    auto response = http::json_response(201, JsonWriter()
                                                 .json("link", link_json(link, desk.now()))
                                                 .text("token", token)
                                                 .text("path", "/v/" + token)
                                                 .done());
    response.set("cache-control", "no-store");
    return response;
  });
}

Answer list_links(const Desk& desk, const Caller& caller, const Request&) {
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const bool any = std::ranges::any_of(kMakers, [&](auto role) { return caller.has(role); });
    if (!any) return refusal::not_yours();
    const auto all = all_links(sql);
    if (!all) return all.error();
    std::vector<std::string> entries;
    for (const auto& link : *all) {
      const auto grant = grant_for(sql, caller.grants, kMakers, link.unit);
      if (!grant) return grant.error();
      if (*grant) entries.push_back(link_json(link, desk.now()));
    }
    return http::json_response(200, JsonWriter().list("links", entries).done());
  });
}

Answer end_link(const Desk& desk, const Caller& caller, const Request& request) {
  const auto id = number_in(request.parameter("id"));
  if (!id) return refusal::not_found();
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto link = find_link(sql, *id);
    if (!link) return link.error();
    if (!*link) return refusal::not_found();
    const auto grant = grant_for(sql, caller.grants, kMakers, (*link)->unit);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_found();
    if (!(*link)->revoked_at) {
      if (auto revoked = revoke_link(sql, *id, desk.now()); !revoked) return revoked.error();
      if (auto noted = note(sql, desk.now(), caller, **grant, "viewer link revoked",
                            "viewer link " + std::to_string(*id), (*link)->unit);
          !noted)
        return noted.error();
    }
    const auto now = find_link(sql, *id);
    if (!now) return now.error();
    return http::json_response(
        200, JsonWriter().json("link", link_json(now->value(), desk.now())).done());
  });
}

// What the screen needs to know of itself; 404 for who has logged in.
Answer show_own(const Desk& desk, const Caller& caller, const Request&) {
  if (!caller.link) return refusal::not_found();
  JsonWriter json;
  json.text("unit", caller.link->unit).text("name", caller.link->name);
  add_instant(json, "until", caller.link->until);
  json.integer("server_ms", to_ms(desk.now()));
  return http::json_response(200, JsonWriter().json("link", json.done()).done());
}

}  // namespace

void add_viewer_routes(const Desk& desk, http::Router& router) {
  const std::string base = "/campaign/v1";
  router.add("GET", base + "/viewer-link", as_viewer(desk, show_own));
  router.add("GET", base + "/viewer-links", as_anyone(desk, list_links));
  router.add("POST", base + "/viewer-links", as_anyone(desk, make_link));
  router.add("POST", base + "/viewer-links/{id}/revoke", as_anyone(desk, end_link));
}

}  // namespace bz::campaign
