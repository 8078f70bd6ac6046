#include "base/hash.h"
#include "campaign/asked.h"
#include "campaign/desk.h"
#include "campaign/figure_json.h"
#include "campaign/reports.h"
#include "campaign/sight.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::campaign {
namespace {

using http::Request;
using http::Response;
using wire::JsonReader;
using wire::JsonWriter;

constexpr std::string_view kInstallRate = "install_rate.population";

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
    const auto found =
        query(request, "latest") == "1" ? latest_of_each(sql, asked) : figures(sql, asked);
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

// The report whose line it is, for those who may know of it.
Result<void> add_report(store::Sql& sql, const Caller& caller, const Figure& figure,
                        JsonWriter& json) {
  const auto line = line_reference_from(figure.reference);
  if (figure.origin != OriginKind::kReportLine || !line) return {};
  const auto report = find_report_by_receipt(sql, line->receipt);
  if (!report) return report.error();
  if (!*report) return {};
  const auto sees = Sight(sql, caller).of_body((*report)->body);
  if (!sees) return sees.error();
  if (*sees)
    json.json("report", JsonWriter()
                            .integer("id", (*report)->id)
                            .text("receipt", line->receipt)
                            .integer("line", line->line)
                            .done());
  return {};
}

Answer show_figure(const Desk& desk, const Caller& caller, const Request& request) {
  const auto id = figure_id_from(request.parameter("id"));
  if (!id) return refusal::not_found();
  const auto times = times_of(request, desk.now());
  if (const auto* refused = std::get_if<Refusal>(&times)) return *refused;
  const auto as_of = std::get<Times>(times).as_of;
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto figure = find_figure(sql, *id);
    if (!figure) return figure.error();
    if (!*figure) return refusal::not_found();
    const auto sees = Sight(sql, caller).of_figure((*figure)->subject, (*figure)->source);
    if (!sees) return sees.error();
    if (!*sees) return Sight::why_not((*figure)->source);
    const auto all = versions(sql, *id);
    if (!all) return all.error();
    std::vector<std::string> history;
    for (const auto& one : *all) history.push_back(figure_json(one));
    JsonWriter json;
    json.json("figure", figure_json(**figure))
        .list("versions", history)
        .boolean("is_newest", all->back().id == *id);
    // Not always the newest: a call after the file counts for nothing.
    if (const auto* stands = standing(*all, {id->cut_off, as_of}); stands != nullptr)
      json.text("counts", to_text(stands->id));
    if (auto added = add_report(sql, caller, **figure, json); !added) return added.error();
    return http::json_response(200, json.done());
  });
}

// An officer corrects what is said of its territory; a clerk what its own body reported.
Result<std::optional<Grant>> corrector(store::Sql& sql, const Caller& caller,
                                       const Figure& figure) {
  constexpr std::string_view kClerk[] = {"clerk"};
  constexpr std::string_view kOfficer[] = {"officer"};
  auto grant = grant_for(sql, caller.grants, kOfficer, figure.subject);
  if (!grant || *grant) return grant;
  const auto body = body_of_source(figure.source);
  if (body.empty()) return grant;
  return grant_for(sql, caller.grants, kClerk, body);
}

// An officer's correction is a decision, and accepted but where the figure's report is not: that is
// for whoever accepts reports. A body's own stays its report's, by the same leg, and waits.
Outcome<Correction> complete(Correction correction, const std::vector<Figure>& all,
                             const Figure& figure, bool is_officers) {
  const bool is_of_report = line_reference_from(figure.reference).has_value();
  correction.reference = is_of_report ? figure.reference : "correction of " + to_text(figure.id);
  correction.origin = figure.origin;
  if (is_officers) {
    const bool is_accepted =
        standing(all, {figure.id.cut_off, Instant::max(), Counts::kAcceptedOnly}) != nullptr;
    if (!is_of_report || is_accepted) correction.state = State::kAccepted;
    return correction;
  }
  if (is_of_report && figure.leg == Leg::kNone)
    return Refusal{409,
                   "Cán bộ đã quyết định số liệu này. Muốn sửa, hãy nộp bản mới của báo cáo.",
                   "An officer has decided this figure. To change it, hand in a new version of the "
                   "report.",
                   {}};
  correction.leg = figure.leg;
  return correction;
}

// What is said of the number; refused where it cannot be.
Given<std::vector<std::string>> look_at(store::Sql& sql, const Figure& figure,
                                        const Correction& correction) {
  NewFigure next;
  next.subject = figure.subject;
  next.measure = figure.measure;
  next.source = figure.source;
  next.cut_off = figure.id.cut_off;
  next.value = correction.value;
  next.precision = correction.precision;
  const auto found = check_change(sql, next);
  if (!found) return found.error();
  std::vector<std::string> findings;
  for (const auto& one : *found) {
    if (one.severity == Severity::kImpossible)
      return Refusal{422,
                     "Số đính chính không thể đúng; chưa có gì được ghi.",
                     "The corrected number cannot be; nothing was kept.",
                     {{"value", one.says, one.says_en, one.todo, one.todo_en}}};
    findings.push_back(finding_json(one));
  }
  return findings;
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
  if (correction.value && (*correction.value < 0 || *correction.value > kMostValue))
    return refusal::bad_query("value");
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto figure = find_figure(sql, *id);
    if (!figure) return figure.error();
    if (!*figure) return refusal::not_found();
    const auto sees = Sight(sql, caller).of_figure((*figure)->subject, (*figure)->source);
    if (!sees) return sees.error();
    if (!*sees) return Sight::why_not((*figure)->source);
    const auto grant = corrector(sql, caller, **figure);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    const auto all = versions(sql, *id);
    if (!all) return all.error();
    auto whole = complete(correction, *all, **figure, (*grant)->role == "officer");
    if (const auto* refused = std::get_if<Refusal>(&whole)) return *refused;
    auto& completed = std::get<Correction>(whole);
    if (desk.is_drill) completed.origin = OriginKind::kIllustrative;
    const auto findings = look_at(sql, **figure, completed);
    if (!findings) return findings.error();
    if (const auto* refused = findings.refused()) return *refused;
    const auto made = correct(sql, *id, completed, "account:" + caller.account, desk.now());
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
    if (auto kept = note_correction(sql, **now, desk.now()); !kept) return kept.error();
    if (auto noted = note(sql, desk.now(), caller, **grant, "figure corrected", to_text(*made),
                          to_text(*id));
        !noted)
      return noted.error();
    return http::json_response(
        201,
        JsonWriter().json("figure", figure_json(**now)).list("findings", findings.value()).done());
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
    Sight sight(sql, caller);
    const auto open = sight.may_ask(*subject);
    if (!open) return open.error();
    if (!*open) return refusal::not_yours();
    const auto source = source_asked(sql, query(request, "source"), *subject, *measure, at.as_of);
    if (!source) return source.error();
    const auto sees = sight.of_number(*subject, *source);
    if (!sees) return sees.error();
    if (!*sees) return refusal::not_yours();
    auto whole = rate(sql, indicator, *subject, *source, at);
    if (!whole) return whole.error();
    if (auto hidden = sight.hide(*whole, *source); !hidden) return hidden.error();
    JsonWriter json;
    json.text("source", *source).json("rate", rate_json(*whole));
    if (query(request, "children") == "1" && is_unit(*subject)) {
      auto below = rates_of_children(sql, indicator, *subject, *source, at);
      if (!below) return below.error();
      std::vector<std::string> children;
      for (auto& one : *below) {
        if (auto hidden = sight.hide(one, *source); !hidden) return hidden.error();
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
    const auto open = sight.may_ask(asked.unit);
    if (!open) return open.error();
    if (!*open) return refusal::not_yours();
    const auto sees = sight.of_number(asked.unit, asked.source);
    if (!sees) return sees.error();
    if (!*sees) return refusal::not_yours();
    auto seen = wall(sql, asked);
    if (!seen) {
      if (seen.error().code == Code::kNotFound) return refusal::not_found();
      return seen.error();
    }
    if (query(request, "rank") == "1") {
      auto rank = rank_of(sql, seen->whole.rate, seen->source, asked.at);
      if (!rank) return rank.error();
      seen->rank = *rank;
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
  router.add("GET", base + "/rates", as_viewer(desk, show_rates));
  router.add("GET", base + "/wall", as_viewer(desk, show_wall));
}

}  // namespace bz::campaign
