// What stands on a wall beside its numbers: who has not reported by when, and the days before; and
// the words for what is counted.
#include <algorithm>
#include <map>

#include "base/date.h"
#include "campaign/asked.h"
#include "campaign/desk.h"
#include "campaign/dues.h"
#include "campaign/figure_json.h"
#include "campaign/json.h"
#include "campaign/series.h"
#include "campaign/sight.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using http::Request;
using std::chrono::days;
using wire::JsonWriter;

// What is due at this very moment has been missed: 16:00:00.000 is late.
constexpr std::chrono::milliseconds kAfter{1};
constexpr days kMissedKept{7};
constexpr days kSoon{2};
constexpr days kLookAhead{31};
constexpr std::size_t kMostMissed = 200;
constexpr std::int64_t kUsualDays = 28;

// ---- deadlines

// The bodies of a unit's subtree, with their names.
class Bodies {
 public:
  Bodies(store::Sql& sql, const Caller& caller, std::string_view unit)
      : sql_(sql), sight_(sql, caller), unit_(unit) {}

  Result<bool> shows(std::string_view slug) {
    const auto known = shown_.find(slug);
    if (known != shown_.end()) return known->second;
    auto holds = in_scope(sql_, unit_, slug);
    if (holds && *holds) holds = sight_.of_silence(slug);
    if (holds) shown_.emplace(slug, *holds);
    return holds;
  }

  Result<std::string> silent_json(const Due& due, bool with_moment) {
    const auto body = find_body(sql_, due.key.body);
    if (!body) return body.error();
    std::vector<std::string> lacking;
    for (const auto leg : due.lacking) lacking.emplace_back(to_text(leg));
    JsonWriter json;
    if (with_moment) add_instant(json, "due_before", due.key.due_before);
    json.text("body", due.key.body).text("name", body->name).text("task", due.key.task);
    return json.texts("lacking", lacking).done();
  }

 private:
  store::Sql& sql_;
  Sight sight_;
  std::string_view unit_;
  std::map<std::string, bool, std::less<>> shown_;
};

Result<std::vector<Due>> dues_between(store::Sql& sql, Bodies& bodies, Instant from, Instant to,
                                      Instant now) {
  DueQuery asked;
  asked.from = from;
  asked.to = to;
  asked.sees = [&bodies](std::string_view body) { return bodies.shows(body); };
  return dues(sql, asked, now);
}

// The next moment at which something is due, and who has not answered it; empty: nothing is, for
// a month.
Result<std::string> next_json(store::Sql& sql, Bodies& bodies, Instant now) {
  const Instant from = now + kAfter;
  auto found = dues_between(sql, bodies, from, now + kSoon, now);
  if (found && found->empty()) found = dues_between(sql, bodies, from, now + kLookAhead, now);
  if (!found) return found.error();
  if (found->empty()) return std::string{};
  const Instant next = found->front().key.due_before;
  std::vector<std::string> waiting;
  std::int64_t asked = 0;
  for (const auto& due : *found) {
    if (due.key.due_before != next) break;
    ++asked;
    if (due.status != DueStatus::kOpen) continue;
    auto entry = bodies.silent_json(due, false);
    if (!entry) return entry;
    waiting.push_back(std::move(*entry));
  }
  JsonWriter json;
  add_instant(json, "due_before", next);
  return json.integer("left_ms", (next - now).count())
      .integer("asked", asked)
      .list("waiting", waiting)
      .done();
}

// Newest first.
Result<std::vector<std::string>> missed_json(store::Sql& sql, Bodies& bodies, Instant now) {
  auto found = dues_between(sql, bodies, now - kMissedKept, now + kAfter, now);
  if (!found) return found.error();
  std::ranges::stable_sort(*found, std::ranges::greater{},
                           [](const Due& due) { return due.key.due_before; });
  std::vector<std::string> missed;
  for (const auto& due : *found) {
    if (due.status != DueStatus::kMissing || missed.size() == kMostMissed) continue;
    auto entry = bodies.silent_json(due, true);
    if (!entry) return entry.error();
    missed.push_back(std::move(*entry));
  }
  return missed;
}

Answer show_deadlines(const Desk& desk, const Caller& caller, const Request& request) {
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const Instant now = desk.now();
    const auto unit = subject_of(sql, query(request, "unit"), now);
    if (!unit) return unit.error();
    if (!is_unit(*unit)) return refusal::bad_query("unit");
    const auto open = Sight(sql, caller).may_ask(*unit);
    if (!open) return open.error();
    if (!*open) return refusal::not_yours();
    // Said whether or not anybody else has a deadline here.
    const auto all = Sight(sql, caller).of_operators_in(*unit);
    if (!all) return all.error();
    Bodies bodies(sql, caller, *unit);
    const auto next = next_json(sql, bodies, now);
    if (!next) return next.error();
    const auto missed = missed_json(sql, bodies, now);
    if (!missed) return missed.error();
    JsonWriter json;
    json.text("unit", *unit).integer("server_ms", to_ms(now)).boolean("hides_others", !*all);
    if (!next->empty()) json.json("next", *next);
    return http::json_response(200, json.list("missed", *missed).done());
  });
}

// ---- days

std::string day_json(const SeriesDay& one) {
  const auto& count = one.rate.numerator;
  JsonWriter json;
  json.text("day", bz::to_text(one.day));
  add_integer(json, "value", count.value());
  if (count.own) json.text("figure", to_text(count.own->id));
  if (one.rate.denominator) {
    add_integer(json, "denominator", one.rate.denominator->value);
    json.text("denominator_figure", to_text(one.rate.denominator->id));
  }
  add_integer(json, "hundredths", one.rate.hundredths());
  add_instant(json, "cut_off", count.newest);
  return json.boolean("is_new", one.is_new)
      .text("precision", to_text(count.precision))
      .boolean("is_partial", count.value_is_partial())
      .boolean("is_provisional", count.is_provisional)
      .boolean("is_illustrative", count.is_illustrative)
      .done();
}

Answer show_series(const Desk& desk, const Caller& caller, const Request& request) {
  const auto times = times_of(request, desk.now());
  if (const auto* refused = std::get_if<Refusal>(&times)) return *refused;
  const auto at = at_of(std::get<Times>(times), request);
  const auto count = number_in(query(request, "days", std::to_string(kUsualDays)));
  if (!count || *count < 1 || *count > kLongestSeries.count()) return refusal::bad_query("days");
  SeriesQuestion asked;
  asked.indicator = find_indicator(query(request, "indicator", "install_rate.population"));
  if (asked.indicator == nullptr) return refusal::bad_query("indicator");
  asked.last = vi::cut_off_day(at.on);
  asked.first = asked.last - days{*count - 1};
  asked.as_of = at.as_of;
  asked.counts = at.counts;
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto subject = subject_of(sql, query(request, "subject"), at.on);
    if (!subject) return subject.error();
    if (subject->empty()) return refusal::bad_query("subject");
    Sight sight(sql, caller);
    const auto open = sight.may_ask(*subject);
    if (!open) return open.error();
    if (!*open) return refusal::not_yours();
    const auto source =
        source_asked(sql, query(request, "source"), *subject, asked.indicator->numerator, at.as_of);
    if (!source) return source.error();
    const auto sees = sight.of_number(*subject, *source);
    if (!sees) return sees.error();
    if (!*sees) return refusal::not_yours();
    asked.subject = *subject;
    asked.source = *source;
    auto found = series(sql, asked);
    if (!found) return found.error();
    std::vector<std::string> entries;
    for (auto& day : *found) {
      if (auto hidden = sight.hide(day.rate, *source); !hidden) return hidden.error();
      entries.push_back(day_json(day));
    }
    return http::json_response(200, JsonWriter()
                                        .text("subject", *subject)
                                        .text("indicator", asked.indicator->code)
                                        .text("of_whom", asked.indicator->of_whom)
                                        .text("of_whom_en", asked.indicator->of_whom_en)
                                        .text("source", *source)
                                        .list("days", entries)
                                        .done());
  });
}

// ---- words

Answer list_measures(const Desk&, const Caller&, const Request&) {
  std::vector<std::string> counted;
  for (const auto& measure : measures())
    counted.push_back(JsonWriter()
                          .text("code", measure.code)
                          .text("name", measure.name)
                          .text("name_en", measure.name_en)
                          .text("unit", unit_word(measure.one))
                          .text("unit_en", unit_word_en(measure.one))
                          .boolean("is_flow", measure.kind == MeasureKind::kFlow)
                          .boolean("never_falls", measure.never_falls)
                          .done());
  std::vector<std::string> divided;
  for (const auto& indicator : indicators())
    divided.push_back(JsonWriter()
                          .text("code", indicator.code)
                          .text("numerator", indicator.numerator)
                          .text("denominator", indicator.denominator)
                          .text("name", indicator.name)
                          .text("name_en", indicator.name_en)
                          .text("of_whom", indicator.of_whom)
                          .text("of_whom_en", indicator.of_whom_en)
                          .done());
  return http::json_response(
      200, JsonWriter().list("measures", counted).list("indicators", divided).done());
}

}  // namespace

void add_wall_routes(const Desk& desk, http::Router& router) {
  const std::string base = "/campaign/v1";
  router.add("GET", base + "/wall/deadlines", as_viewer(desk, show_deadlines));
  router.add("GET", base + "/series", as_viewer(desk, show_series));
  router.add("GET", base + "/measures", as_viewer(desk, list_measures));
}

}  // namespace bz::campaign
