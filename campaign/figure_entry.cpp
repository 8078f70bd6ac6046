#include "campaign/bodies.h"
#include "campaign/desk.h"
#include "campaign/figure_json.h"
#include "campaign/installs.h"
#include "campaign/json.h"
#include "vi/calendar.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

// POST /figures: what an officer enters by hand, denominators above all, and figures that somebody
// published. Several at once, all or none; what is noted of them comes with the answer.
namespace bz::campaign {
namespace {

using http::Request;
using http::Response;
using wire::JsonReader;
using wire::JsonWriter;

constexpr std::string_view kOfficer[] = {"officer"};
constexpr std::size_t kMostFigures = 1'000;
constexpr std::size_t kLongest = 1'000'000;

Refusal at_row(std::size_t row, Fault fault) {
  fault.cell =
      "figures[" + std::to_string(row) + "]" + (fault.cell.empty() ? "" : "." + fault.cell);
  return {422,
          "Một dòng số liệu chưa đúng; chưa dòng nào được ghi.",
          "One of the figures is not right; none was kept.",
          {std::move(fault)}};
}

Fault not_right(std::string_view member, std::string what) {
  return {.cell = std::string(member),
          .says = "giá trị không đúng",
          .says_en = std::move(what),
          .todo = "sửa rồi gửi lại",
          .todo_en = "mend it and send it again"};
}

Fault of_nobody() {
  return {.cell = "source",
          .says = "Nguồn này không phải cơ quan nào có số liệu về nơi đó.",
          .says_en = "No body of this kind and name has figures of that place.",
          .todo = "Ghi đúng loại và mã cơ quan (GET /bodies), hoặc một nguồn khác.",
          .todo_en = "Give a body's kind and slug (GET /bodies), or another source."};
}

Fault of_the_counter() {
  return {.cell = "source",
          .says = "Nguồn app-counter chỉ do máy chủ đếm.",
          .says_en = "What app-counter counts comes from the server alone.",
          .todo = "Ghi nguồn của số liệu này: cơ quan nào báo, hay văn bản nào.",
          .todo_en = "Give the source of this figure: which body or letter says so."};
}

Outcome<NewFigure> read_figure(JsonReader& json, const Caller& caller, std::size_t row) {
  NewFigure figure;
  figure.subject = json.text("subject").value_or("");
  figure.measure = json.text("measure").value_or("");
  figure.source = json.text("source").value_or("");
  const auto cut_off = json.text("cut_off").value_or("");
  figure.value = json.integer("value");
  const bool nothing = json.boolean("nothing_to_report").value_or(false);
  const auto precision = precision_from(json.text("precision").value_or("exact"));
  const auto origin = origin_kind_from(json.text("origin").value_or("import"));
  figure.reference = json.text("reference").value_or("");
  figure.reason = json.text("reason").value_or("");
  if (auto done = json.done(); !done) return at_row(row, not_right("", done.error().what));
  if (nothing == figure.value.has_value())
    return at_row(row, not_right("value", "a value, or nothing_to_report, one of them"));
  if (!precision) return at_row(row, not_right("precision", "there is no such precision"));
  if (!origin || *origin == OriginKind::kReportLine)
    return at_row(row, not_right("origin", "letter_sentence, import or illustrative"));
  const auto instant = vi::read_instant(cut_off);
  if (!instant) {
    const auto& refused = instant.refusal();
    return at_row(row,
                  {"cut_off", refused.says, refused.says_en, refused.advice, refused.advice_en});
  }
  figure.cut_off = *instant;
  figure.precision = *precision;
  figure.origin = *origin;
  figure.state = State::kAccepted;
  figure.by = "account:" + caller.account;
  return figure;
}

Answer enter(const Desk& desk, const Caller& caller, const Request& request) {
  auto json = JsonReader::parse(request.body, kLongest);
  if (!json) return unreadable(json.error());
  auto entries = json->objects("figures", kMostFigures);
  if (auto done = json->done(); !done) return unreadable(done.error());
  std::vector<NewFigure> figures;
  if (!entries) return refusal::bad_query("figures");
  for (auto& entry : *entries) {
    auto figure = read_figure(entry, caller, figures.size());
    if (auto* refused = std::get_if<Refusal>(&figure)) return *refused;
    figures.push_back(std::move(std::get<NewFigure>(figure)));
  }
  if (figures.empty()) return refusal::bad_query("figures");
  return desk.store.write([&](store::Sql& sql) -> Answer {
    for (auto& figure : figures) figure.known_at = desk.now();
    std::optional<Grant> grant;
    std::vector<std::string> findings;
    for (std::size_t row = 0; row < figures.size(); ++row) {
      auto holds = grant_for(sql, caller.grants, kOfficer, figures[row].subject);
      if (!holds) return holds.error();
      if (!*holds) return refusal::not_yours();
      grant = std::move(*holds);
      if (figures[row].source == kAppCounter) return at_row(row, of_the_counter());
      const auto may = may_speak_of(sql, figures[row].source, figures[row].subject);
      if (!may) return may.error();
      if (!*may) return at_row(row, of_nobody());
      const auto found = check(sql, figures[row], figures);
      if (!found) {
        if (auto refused = refused_by(found.error()))
          return at_row(row, not_right("", found.error().what));
        return found.error();
      }
      for (const auto& one : *found) {
        if (one.severity == Severity::kImpossible)
          return at_row(row, {"value", one.says, one.says_en, one.todo, one.todo_en});
        findings.push_back(JsonWriter()
                               .integer("row", static_cast<std::int64_t>(row))
                               .json("finding", finding_json(one))
                               .done());
      }
    }
    const auto ids = record(sql, figures);
    if (!ids) {
      if (auto refused = refused_by(ids.error())) return *refused;
      return ids.error();
    }
    std::vector<std::string> names;
    for (const auto& id : *ids) {
      names.push_back(to_text(id));
      if (auto noted = note(sql, desk.now(), caller, *grant, "figure entered", names.back());
          !noted)
        return noted.error();
    }
    return http::json_response(201,
                               JsonWriter().texts("ids", names).list("findings", findings).done());
  });
}

}  // namespace

void add_figure_entry(const Desk& desk, http::Router& router) {
  http::Router::Route route;
  route.method = "POST";
  route.pattern = "/campaign/v1/figures";
  route.handler = as_anyone(desk, enter);
  route.limits.body = kLongest;
  router.add(std::move(route));
}

}  // namespace bz::campaign
