#include "campaign/json.h"

#include "base/date.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using wire::JsonWriter;

// A report of a whole country may hold thousands of findings; the text has them all.
constexpr std::size_t kMostFindings = 2'000;

std::string finding_json(const units::Finding& finding) {
  JsonWriter json;
  json.boolean("refuses", units::refuses(finding.fault)).integer("row", finding.row);
  json.text_if_any("code", finding.code);
  json.text("says", units::says(finding, vi::Language::kVietnamese));
  json.text("says_en", units::says(finding, vi::Language::kEnglish));
  return json.done();
}

}  // namespace

std::string instant_json(std::optional<Instant> instant) {
  return instant ? wire::json_text(vi::iso_local(*instant)) : "null";
}

void add_instant(JsonWriter& json, std::string_view name, std::optional<Instant> instant) {
  if (instant) json.text(name, vi::iso_local(*instant));
}

void add_integer(JsonWriter& json, std::string_view name, std::optional<std::int64_t> value) {
  if (value) json.integer(name, *value);
}

std::string unit_json(const units::Unit& unit) {
  JsonWriter json;
  json.text("key", units::to_text(unit.key))
      .text("code", unit.key.code)
      .integer("level", static_cast<std::int64_t>(unit.level))
      .text_if_any("type", unit.type)
      .text("name", unit.name)
      .text("full_name", units::full_name(unit));
  if (unit.parent) json.text("parent", units::to_text(*unit.parent));
  json.text("valid_from", to_text(unit.key.valid_from));
  json.text("from_is", unit.from_is.is_exact ? "exact" : "by");
  json.text_if_any("from_act", unit.from_is.act);
  if (unit.valid_to) {
    json.text("valid_to", to_text(*unit.valid_to));
    json.text("to_is", unit.to_is.is_exact ? "exact" : "by");
    json.text_if_any("to_act", unit.to_is.act);
  }
  return json.done();
}

std::string report_json(const units::Report& report) {
  std::vector<std::string> findings;
  for (const auto& finding : report.findings) {
    if (findings.size() == kMostFindings) break;
    findings.push_back(finding_json(finding));
  }
  return JsonWriter()
      .boolean("is_refused", report.is_refused())
      .integer("rows", report.rows)
      .integer("provinces", report.provinces)
      .integer("districts", report.districts)
      .integer("communes", report.communes)
      .integer("full_edges", report.full_edges)
      .integer("partial_edges", report.partial_edges)
      .integer("total", report.total)
      .integer("added", report.added)
      .integer("changed", report.changed)
      .integer("closed", report.closed)
      .integer("same", report.same)
      .integer("findings_count", static_cast<std::int64_t>(report.findings.size()))
      .list("findings", findings)
      .done();
}

std::string body_json(const Body& body) {
  return JsonWriter()
      .text("slug", body.slug)
      .text("kind", body.kind)
      .text("name", body.name)
      .texts("aliases", body.aliases)
      .text_if_any("parent", body.parent)
      .text_if_any("unit", body.unit)
      .texts("answers_for", body.answers_for)
      .done();
}

std::string post_json(const Post& post) {
  JsonWriter json;
  json.text("body", post.body).text("post", post.post);
  add_instant(json, "from", post.from);
  json.text_if_any("account", post.account)
      .text_if_any("name", post.name)
      .text_if_any("contact", post.contact)
      .text_if_any("substitute", post.substitute);
  add_instant(json, "until", post.until);
  return json.done();
}

std::string grant_json(const Grant& grant) {
  JsonWriter json;
  json.integer("number", grant.number)
      .text("account", grant.account)
      .text("role", grant.role)
      .text("scope", grant.scope);
  add_instant(json, "from", grant.from);
  add_instant(json, "until", grant.until);
  return json.done();
}

}  // namespace bz::campaign
