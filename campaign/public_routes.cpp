#include <algorithm>
#include <memory>

#include "base/date.h"
#include "campaign/desk.h"
#include "campaign/figure_json.h"
#include "campaign/json.h"
#include "campaign/public_answers.h"
#include "campaign/sight.h"
#include "units/units.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using http::Request;
using http::Response;
using wire::JsonWriter;

constexpr std::string_view kIndicator = "install_rate.population";
constexpr std::string_view kCached = "public, max-age=300";
static_assert(PublicAnswers::kKept == std::chrono::seconds{300});

// A unit by key or by its code on that day; the nation when none is named.
Result<std::optional<units::Unit>> unit_of(store::Sql& sql, std::string_view text, Day on) {
  if (text.empty()) return units::find(sql, units::nation());
  if (const auto key = units::key_from_text(text)) return units::find(sql, *key);
  return units::find_on(sql, text, on);
}

// As it is known now: who could ask "as of" for every moment would learn what was hidden from the
// differences.
Answer adoption(const Desk& desk, PublicAnswers& answers, const Request& request) {
  const auto times = times_of(request, desk.now());
  if (const auto* refused = std::get_if<Refusal>(&times)) return *refused;
  if (request.query.contains("as_of")) return refusal::bad_query("as_of");
  // At the end of a local day, as figures are reported, and of none that is still to come.
  const auto now = desk.now();
  const auto on =
      vi::end_of(std::min(vi::cut_off_day(std::get<Times>(times).on), vi::local_day(now)));
  const auto unit = desk.store.read(
      [&](store::Sql& sql) { return unit_of(sql, query(request, "unit"), vi::cut_off_day(on)); });
  if (!unit) return unit.error();
  if (!*unit) return refusal::not_found();
  const auto key = units::to_text((*unit)->key);
  const auto work = [&](store::Sql& sql) -> Answer {
    // The source is the one that the wall of the unit shows: nobody chooses another here.
    const auto seen = wall(
        sql, {.unit = key, .at = {.on = on, .as_of = now}, .indicator = std::string(kIndicator)});
    if (!seen) return seen.error();
    const std::string source = is_operators(seen->source) ? "" : seen->source;
    auto shown = public_adoption(sql, key, kIndicator, source, {.on = on, .as_of = now});
    if (!shown) return shown.error();
    hide_operators(*shown);
    auto response = http::json_response(
        200, public_adoption_json(*shown, *find_indicator(kIndicator), source, on));
    response.set("cache-control", std::string(kCached));
    return response;
  };
  return answers.get(std::to_string(to_ms(on)) + " " + key, now,
                     [&] { return desk.store.read(work); });
}

Answer list_units(const Desk& desk, const Request& request) {
  units::Search search;
  const auto on = query(request, "on");
  const auto day = on.empty() ? std::optional(vi::local_day(desk.now())) : day_from_text(on);
  if (!day) return refusal::bad_query("on");
  search.on = *day;
  search.words = query(request, "q");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    if (const auto parent = query(request, "parent"); !parent.empty()) {
      const auto above = unit_of(sql, parent, search.on);
      if (!above) return above.error();
      if (!*above) return refusal::not_found();
      search.parent = (*above)->key;
    }
    const auto found = units::search(sql, search);
    if (!found) return found.error();
    std::vector<std::string> entries;
    for (const auto& unit : *found) entries.push_back(unit_json(unit));
    auto response = http::json_response(200, JsonWriter().list("units", entries).done());
    response.set("cache-control", std::string(kCached));
    return response;
  });
}

}  // namespace

void add_public_routes(const Desk& desk, http::Router& router) {
  const std::string base = "/campaign/v1/public";
  const auto answers = std::make_shared<PublicAnswers>();
  router.add("GET", base + "/adoption",
             in_public(desk, [answers](const Desk& at, const Request& request) {
               return adoption(at, *answers, request);
             }));
  router.add("GET", base + "/units", in_public(desk, list_units));
}

}  // namespace bz::campaign
