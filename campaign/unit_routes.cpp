#include "base/date.h"
#include "campaign/census.h"
#include "campaign/desk.h"
#include "campaign/installs.h"
#include "campaign/json.h"
#include "campaign/rollup.h"
#include "units/crosswalk.h"
#include "units/import.h"
#include "units/units.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using http::Request;
using http::Response;
using wire::JsonWriter;

constexpr std::string_view kAdmin[] = {"admin"};

// A local day of the query; `otherwise` when it says nothing, and nothing when it is none.
std::optional<Day> day_of_query(const Request& request, std::string_view name, Day otherwise) {
  const auto text = query(request, name);
  return text.empty() ? std::optional(otherwise) : day_from_text(text);
}

// The unit that a path names: by its key, or by its code on that day.
Result<std::optional<units::Unit>> unit_of(store::Sql& sql, std::string_view text, Day on) {
  if (const auto key = units::key_from_text(text)) return units::find(sql, *key);
  return units::find_on(sql, text, on);
}

Answer list_units(const Desk& desk, const Caller&, const Request& request) {
  units::Search search;
  const auto on = day_of_query(request, "on", vi::local_day(desk.now()));
  if (!on) return refusal::bad_query("on");
  search.on = *on;
  search.words = query(request, "q");
  if (const auto level = query(request, "level"); !level.empty()) {
    if (level.size() != 1 || level[0] < '0' || level[0] > '3') return refusal::bad_query("level");
    search.level = static_cast<units::Level>(level[0] - '0');
  }
  const auto parent = query(request, "parent");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    if (!parent.empty()) {
      const auto above = unit_of(sql, parent, search.on);
      if (!above) return above.error();
      if (!*above) return refusal::not_found();
      search.parent = (*above)->key;
    }
    const auto found = units::search(sql, search);
    if (!found) return found.error();
    std::vector<std::string> entries;
    for (const auto& unit : *found) entries.push_back(unit_json(unit));
    return http::json_response(
        200, JsonWriter().text("on", bz::to_text(search.on)).list("units", entries).done());
  });
}

Answer show_unit(const Desk& desk, const Caller&, const Request& request) {
  const auto on = day_of_query(request, "on", vi::local_day(desk.now()));
  if (!on) return refusal::bad_query("on");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    auto unit = unit_of(sql, request.parameter("code"), *on);
    if (!unit) return unit.error();
    const auto history =
        units::history(sql, *unit ? (*unit)->key.code : std::string(request.parameter("code")));
    if (!history) return history.error();
    // Of a code that nobody has today the last one that had it, unless a day was asked for.
    if (!*unit && query(request, "on").empty() && !history->empty()) *unit = history->back();
    if (!*unit) return refusal::not_found();
    // One that is named by its key may be no more, or not yet.
    const auto day = (*unit)->is_valid_on(*on) ? *on : (*unit)->key.valid_from;
    const auto above = units::ancestors(sql, (*unit)->key, day);
    if (!above) return above.error();
    std::vector<std::string> ancestors;
    for (const auto& one : *above) ancestors.push_back(unit_json(one));
    std::vector<std::string> others;
    for (const auto& one : *history) others.push_back(unit_json(one));
    return http::json_response(200, JsonWriter()
                                        .json("unit", unit_json(**unit))
                                        .list("ancestors", ancestors)
                                        .list("same_code", others)
                                        .done());
  });
}

Answer show_border(const Desk& desk, const Caller&, const Request& request) {
  const auto on = day_of_query(request, "on", vi::local_day(desk.now()));
  if (!on) return refusal::bad_query("on");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto unit = unit_of(sql, request.parameter("code"), *on);
    if (!unit) return unit.error();
    if (!*unit) return refusal::not_found();
    const auto below = units::children(sql, (*unit)->key, *on);
    if (!below) return below.error();
    std::vector<std::string> features;
    std::vector<std::string> without;
    for (const auto& child : *below) {
      const auto border = units::border(sql, child.key);
      if (!border) return border.error();
      const auto key = units::to_text(child.key);
      if (!*border) {
        without.push_back(key);
        continue;
      }
      features.push_back(
          JsonWriter()
              .text("type", "Feature")
              .json("properties", JsonWriter().text("key", key).text("name", child.name).done())
              .json("geometry", **border)
              .done());
    }
    auto response = http::json_response(200, JsonWriter()
                                                 .text("type", "FeatureCollection")
                                                 .list("features", features)
                                                 .texts("without_border", without)
                                                 .done());
    response.set("content-type", "application/geo+json");
    return response;
  });
}

std::string edge_json(const units::Edge& edge) {
  JsonWriter json;
  json.text("from", units::to_text(edge.from))
      .text("to", units::to_text(edge.to))
      .text("kind", edge.is_full ? "full" : "partial")
      .boolean("has_changed", edge.has_changed);
  add_integer(json, "weight", edge.weight);
  json.text_if_any("basis", edge.basis).text_if_any("act", edge.act);
  return json.done();
}

std::vector<std::string> keys_as_text(const std::vector<units::UnitKey>& keys) {
  std::vector<std::string> texts;
  for (const auto& key : keys) texts.push_back(units::to_text(key));
  return texts;
}

Answer show_crosswalk(const Desk& desk, const Caller&, const Request& request) {
  const auto today = vi::local_day(desk.now());
  const auto on = day_of_query(request, "on", today);
  if (!on) return refusal::bad_query("on");
  const auto to = day_of_query(request, "to", today);
  if (!to || *to <= *on) return refusal::bad_query("to");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto unit = unit_of(sql, request.parameter("code"), *on);
    if (!unit) return unit.error();
    if (!*unit) return refusal::not_found();
    const auto walk = units::load_crosswalk(sql, (*unit)->level, *on, *to);
    if (!walk) return walk.error();
    const auto edges = units::edges_of(sql, (*unit)->key);
    if (!edges) return edges.error();
    std::vector<std::string> out;
    for (const auto& edge : edges->out) out.push_back(edge_json(edge));
    std::vector<std::string> in;
    for (const auto& edge : edges->in) in.push_back(edge_json(edge));
    JsonWriter json;
    json.json("unit", unit_json(**unit)).list("to", out).list("from", in);
    const auto* group = walk->group_from((*unit)->key);
    const auto why = group == nullptr ? std::optional(units::Why::kNoEdge) : group->open;
    json.boolean("closes", !why);
    if (group != nullptr)
      json.texts("group_from", keys_as_text(group->from))
          .texts("group_to", keys_as_text(group->to));
    if (why) json.text("says", units::says_vi(*why)).text("says_en", units::says_en(*why));
    return http::json_response(200, json.done());
  });
}

// Units are the whole country's, so importing is for an administrator of all of it.
Result<std::optional<Grant>> importer(store::Sql& sql, const Caller& caller) {
  if (caller.system_administrator)
    return std::optional(Grant{.account = caller.account, .role = "admin", .scope = "VN"});
  return grant_for(sql, caller.grants, kAdmin, "VN");
}

// A day's installs: counts, no units, so they are kept at once; the same file again changes
// nothing.
Answer take_installs(const Desk& desk, const Caller& caller, const Request& request) {
  const auto day = day_from_text(query(request, "day"));
  if (!day) return refusal::bad_query("day");
  const auto rows = read_installs(request.body);
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto grant = importer(sql, caller);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    if (!rows) return rows.error();
    if (const auto* refused = rows.refused()) return *refused;
    const auto done =
        keep_installs(sql, *day, rows.value(), desk.now(), "account:" + caller.account);
    if (!done) return done.error();
    if (auto noted = note(sql, desk.now(), caller, **grant, "installs imported", bz::to_text(*day));
        !noted)
      return noted.error();
    return http::json_response(201, JsonWriter()
                                        .text("day", bz::to_text(*day))
                                        .integer("kept", done->kept)
                                        .integer("same", done->same)
                                        .texts("unknown", done->unknown)
                                        .done());
  });
}

Answer stage_import(const Desk& desk, const Caller& caller, const Request& request) {
  if (request.parameter("kind") == "installs") return take_installs(desk, caller, request);
  const auto kind = units::import_kind(request.parameter("kind"));
  if (!kind) return refusal::not_found();
  units::ImportRequest import;
  import.kind = *kind;
  const auto day = day_of_query(request, "day", vi::local_day(desk.now()));
  if (!day) return refusal::bad_query("day");
  const auto units_on = day_of_query(request, "units_on", *day);
  if (!units_on) return refusal::bad_query("units_on");
  import.day = *day;
  import.units_on = *units_on;
  import.act = query(request, "act");
  import.source = query(request, "source");
  import.content = request.body;
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto grant = importer(sql, caller);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    const auto staged = units::stage(sql, import, desk.now());
    if (!staged) return staged.error();
    if (auto noted = note(sql, desk.now(), caller, **grant, "import staged",
                          std::to_string(staged->id), units::to_text(*kind));
        !noted)
      return noted.error();
    return http::json_response(
        201,
        JsonWriter().integer("id", staged->id).json("report", report_json(staged->report)).done());
  });
}

Answer confirm_import(const Desk& desk, const Caller& caller, const Request& request) {
  const auto id = number_in(request.parameter("id"));
  if (!id) return refusal::not_found();
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto grant = importer(sql, caller);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    const auto confirmed = units::confirm(sql, *id, desk.now());
    if (!confirmed) {
      if (auto refused = refused_by(confirmed.error())) return *refused;
      return confirmed.error();
    }
    if (!confirmed->was_confirmed_before) {
      const auto& report = confirmed->report;
      if (report.added + report.changed + report.closed > 0) {
        if (auto sums = rebuild_all_roll_ups(sql); !sums) return sums.error();
      }
      if (auto kept = keep_census(sql, confirmed->census, desk.now(), "account:" + caller.account);
          !kept)
        return kept.error();
      if (auto noted =
              note(sql, desk.now(), caller, **grant, "import confirmed", std::to_string(*id));
          !noted)
        return noted.error();
    }
    return http::json_response(200,
                               JsonWriter()
                                   .integer("id", *id)
                                   .boolean("was_confirmed_before", confirmed->was_confirmed_before)
                                   .json("report", report_json(confirmed->report))
                                   .done());
  });
}

}  // namespace

void add_unit_routes(const Desk& desk, http::Router& router) {
  const std::string base = "/campaign/v1";
  router.add("GET", base + "/units", as_viewer(desk, list_units));
  router.add("GET", base + "/units/{code}", as_viewer(desk, show_unit));
  router.add("GET", base + "/units/{code}/borders", as_viewer(desk, show_border));
  router.add("GET", base + "/units/{code}/crosswalk", as_anyone(desk, show_crosswalk));
  http::Router::Route import;
  import.method = "POST";
  import.pattern = base + "/imports/{kind}";
  import.handler = as_anyone(desk, stage_import);
  import.limits.body = units::kMostImported;
  router.add(std::move(import));
  router.add("POST", base + "/imports/{id}/confirm", as_anyone(desk, confirm_import));
}

}  // namespace bz::campaign
