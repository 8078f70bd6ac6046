#include <algorithm>

#include "base/hash.h"
#include "campaign/desk.h"
#include "campaign/figure_json.h"
#include "campaign/sight.h"
#include "units/units.h"
#include "vi/calendar.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::campaign {
namespace {

using http::Request;
using http::Response;
using wire::JsonReader;
using wire::JsonWriter;

constexpr std::string_view kInstallRate = "install_rate.population";

// A subject as it is asked for: its key, a body's slug, or a unit's code on that day.
Result<std::string> subject_of(store::Sql& sql, std::string_view text, Instant on) {
  if (is_unit(text) || text.empty()) return std::string(text);
  const auto unit = units::find_on(sql, text, vi::cut_off_day(on));
  if (!unit) return unit.error();
  return *unit ? units::to_text((*unit)->key) : std::string(text);
}

At at_of(const Times& times, const Request& request) {
  return {.on = times.on,
          .as_of = times.as_of,
          .counts = query(request, "counts") == "accepted" ? Counts::kAcceptedOnly
                                                           : Counts::kProvisionalToo};
}

Answer list_figures(const Desk& desk, const Caller& caller, const Request& request) {
  const auto times = times_of(request, desk.now());
  if (const auto* refused = std::get_if<Refusal>(&times)) return *refused;
  FigureQuery asked;
  asked.at = at_of(std::get<Times>(times), request);
  asked.measure = query(request, "measure");
  asked.source = query(request, "source");
  if (asked.measure.empty() ? false : find_measure(asked.measure) == nullptr)
    return refusal::bad_query("measure");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    auto subject = subject_of(sql, query(request, "subject"), asked.at.on);
    if (!subject) return subject.error();
    if (subject->empty()) return refusal::bad_query("subject");
    asked.subject = std::move(*subject);
    Sight sight(sql, caller);
    const auto any = sight.of_subject(asked.subject);
    if (!any) return any.error();
    const auto found = figures(sql, asked);
    if (!found) return found.error();
    std::vector<std::string> entries;
    bool own = *any;
    for (const auto& figure : *found) {
      const auto sees = sight.of_figure(figure.subject, figure.source);
      if (!sees) return sees.error();
      if (!*sees) continue;
      own = true;
      entries.push_back(figure_json(figure));
    }
    if (!own) return refusal::not_yours();
    return http::json_response(200, JsonWriter().list("figures", entries).done());
  });
}

Answer show_figure(const Desk& desk, const Caller& caller, const Request& request) {
  const auto id = figure_id_from(request.parameter("id"));
  if (!id) return refusal::not_found();
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto figure = find_figure(sql, *id);
    if (!figure) return figure.error();
    if (!*figure) return refusal::not_found();
    const auto sees = Sight(sql, caller).of_figure((*figure)->subject, (*figure)->source);
    if (!sees) return sees.error();
    if (!*sees) return refusal::not_yours();
    const auto all = versions(sql, *id);
    if (!all) return all.error();
    std::vector<std::string> history;
    for (const auto& one : *all) history.push_back(figure_json(one));
    return http::json_response(200, JsonWriter()
                                        .json("figure", figure_json(**figure))
                                        .list("versions", history)
                                        .boolean("is_newest", all->back().id == *id)
                                        .done());
  });
}

// A clerk corrects what its own body reported; an officer what is said of its territory.
Result<std::optional<Grant>> corrector(store::Sql& sql, const Caller& caller,
                                       const Figure& figure) {
  constexpr std::string_view kClerk[] = {"clerk"};
  constexpr std::string_view kOfficer[] = {"officer"};
  const auto body = body_of_source(figure.source);
  if (!body.empty()) {
    auto grant = grant_for(sql, caller.grants, kClerk, body);
    if (!grant || *grant) return grant;
  }
  return grant_for(sql, caller.grants, kOfficer, figure.subject);
}

Answer correct_figure(const Desk& desk, const Caller& caller, const Request& request) {
  const auto id = figure_id_from(request.parameter("id"));
  if (!id) return refusal::not_found();
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return unreadable(json.error());
  Correction correction;
  correction.value = json->integer("value");
  correction.reason = json->text("reason").value_or("");
  const auto precision = precision_from(json->text("precision").value_or("exact"));
  const bool nothing = json->boolean("nothing_to_report").value_or(false);
  if (auto done = json->done(); !done) return unreadable(done.error());
  if (!precision) return refusal::bad_query("precision");
  if (nothing == correction.value.has_value()) return refusal::bad_query("value");
  if (correction.reason.empty())
    return Refusal{422,
                   "Mỗi lần đính chính phải có lý do.",
                   "A correction needs its reason.",
                   {Fault{.cell = "reason",
                          .says = "chưa có lý do",
                          .says_en = "there is no reason",
                          .todo = "ghi vì sao số liệu thay đổi",
                          .todo_en = "write why the figure changes"}}};
  correction.precision = *precision;
  correction.reference = "correction of " + to_text(*id);
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto figure = find_figure(sql, *id);
    if (!figure) return figure.error();
    if (!*figure) return refusal::not_found();
    const auto grant = corrector(sql, caller, **figure);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    // What was accepted stays so until who accepts looks at it again; what was invented stays that.
    correction.origin = (*figure)->origin;
    const auto made = correct(sql, *id, correction, "account:" + caller.account, caller.received);
    if (!made) {
      if (made.error().code == Code::kConflict)
        return Refusal{409,
                       "Số liệu này đã có bản mới hơn. Hãy mở bản mới nhất rồi đính chính.",
                       "There is a newer version. Open the newest one and correct that.",
                       {}};
      return made.error();
    }
    const auto now = find_figure(sql, *made);
    if (!now) return now.error();
    if (auto noted = note(sql, desk.now(), caller, **grant, "figure corrected", to_text(*made),
                          to_text(*id));
        !noted)
      return noted.error();
    return http::json_response(201, JsonWriter().json("figure", figure_json(**now)).done());
  });
}

Answer show_rates(const Desk& desk, const Caller& caller, const Request& request) {
  const auto times = times_of(request, desk.now());
  if (const auto* refused = std::get_if<Refusal>(&times)) return *refused;
  const auto at = at_of(std::get<Times>(times), request);
  const auto indicator = query(request, "indicator", kInstallRate);
  if (find_indicator(indicator) == nullptr) return refusal::bad_query("indicator");
  const auto* measure = &find_indicator(indicator)->numerator;
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto subject = subject_of(sql, query(request, "subject"), at.on);
    if (!subject) return subject.error();
    if (subject->empty()) return refusal::bad_query("subject");
    std::string source(query(request, "source"));
    if (source.empty()) {
      const auto found = sources_of(sql, *subject, *measure);
      if (!found) return found.error();
      const auto first =
          std::ranges::find_if(*found, [](const std::string& one) { return !is_operators(one); });
      if (first != found->end()) source = *first;
    }
    Sight sight(sql, caller);
    const auto sees = sight.of_number(*subject, source);
    if (!sees) return sees.error();
    if (!*sees) return refusal::not_yours();
    auto whole = rate(sql, indicator, *subject, source, at);
    if (!whole) return whole.error();
    if (auto hidden = sight.hide(*whole, source); !hidden) return hidden.error();
    JsonWriter json;
    json.text("source", source).json("rate", rate_json(*whole));
    if (query(request, "children") == "1" && is_unit(*subject)) {
      auto below = rates_of_children(sql, indicator, *subject, source, at);
      if (!below) return below.error();
      std::vector<std::string> children;
      for (auto& one : *below) {
        if (auto hidden = sight.hide(one, source); !hidden) return hidden.error();
        children.push_back(rate_json(one));
      }
      json.list("children", children);
    }
    return http::json_response(200, json.done());
  });
}

Answer show_wall(const Desk& desk, const Caller& caller, const Request& request) {
  const auto times = times_of(request, desk.now());
  if (const auto* refused = std::get_if<Refusal>(&times)) return *refused;
  WallQuestion asked;
  asked.at = at_of(std::get<Times>(times), request);
  asked.indicator = query(request, "indicator");
  if (!asked.indicator.empty() && find_indicator(asked.indicator) == nullptr)
    return refusal::bad_query("indicator");
  asked.source = query(request, "source");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    auto unit = subject_of(sql, query(request, "unit"), asked.at.on);
    if (!unit) return unit.error();
    asked.unit = std::move(*unit);
    Sight sight(sql, caller);
    const auto sees = sight.of_number(asked.unit, asked.source);
    if (!sees) return sees.error();
    if (!*sees) return refusal::not_yours();
    auto seen = wall(sql, asked);
    if (!seen) {
      if (seen.error().code == Code::kNotFound) return refusal::not_found();
      return seen.error();
    }
    if (auto hidden = sight.hide(*seen); !hidden) return hidden.error();
    std::string body = wall_json(*seen);
    const std::string tag = '"' + to_hex(ByteView(sha256(as_bytes(body))).first(16)) + '"';
    if (request.header("if-none-match") == tag) {
      Response unchanged;
      unchanged.status = 304;
      unchanged.set("etag", tag);
      return unchanged;
    }
    auto response = http::json_response(200, std::move(body));
    response.set("etag", tag);
    response.set("cache-control", "private, no-cache");
    return response;
  });
}

}  // namespace

void add_figure_routes(const Desk& desk, http::Router& router) {
  const std::string base = "/campaign/v1";
  router.add("GET", base + "/figures", as_anyone(desk, list_figures));
  router.add("GET", base + "/figures/{id}", as_anyone(desk, show_figure));
  router.add("POST", base + "/figures/{id}/corrections", as_anyone(desk, correct_figure));
  router.add("GET", base + "/rates", as_anyone(desk, show_rates));
  router.add("GET", base + "/wall", as_anyone(desk, show_wall));
}

}  // namespace bz::campaign
