#include "campaign/figure_json.h"

#include "base/date.h"
#include "campaign/json.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using wire::JsonWriter;

void add_day(JsonWriter& json, std::string_view name, std::optional<Day> day) {
  if (day) json.text(name, bz::to_text(*day));
}

bool is_invented(const std::optional<Figure>& figure) {
  return figure && figure->origin == OriginKind::kIllustrative;
}

void add_number(JsonWriter& json, const Figure& figure) {
  json.text("id", to_text(figure.id)).text("source", figure.source);
  add_instant(json, "cut_off", figure.id.cut_off);
  json.integer("version", figure.id.version);
  add_integer(json, "value", figure.value);
  json.boolean("nothing_to_report", !figure.value)
      .text("precision", to_text(figure.precision))
      .text("state", to_text(figure.state))
      .text("leg", to_text(figure.leg))
      .boolean("is_illustrative", figure.origin == OriginKind::kIllustrative);
}

std::string forecast_json(const Forecast& forecast) {
  JsonWriter json;
  json.integer("gain", forecast.gain)
      .integer("days", forecast.days)
      .integer("figures", forecast.figures)
      .integer("a_day", forecast.a_day)
      .integer("a_day_low", forecast.a_day_low)
      .integer("a_day_high", forecast.a_day_high);
  add_integer(json, "days_to_go", forecast.days_to_go);
  add_integer(json, "days_to_go_soonest", forecast.days_to_go_soonest);
  add_integer(json, "days_to_go_latest", forecast.days_to_go_latest);
  add_day(json, "reached_on", forecast.reached_on);
  add_day(json, "reached_soonest", forecast.reached_soonest);
  add_day(json, "reached_latest", forecast.reached_latest);
  return json.done();
}

std::string frozen_json(const Frozen& frozen) {
  JsonWriter json;
  add_instant(json, "at", frozen.at);
  add_integer(json, "value", frozen.value);
  json.text_if_any("figure", frozen.figure);
  add_integer(json, "denominator", frozen.denominator);
  json.text_if_any("denominator_figure", frozen.denominator_figure)
      .integer("covered", frozen.covered)
      .integer("of", frozen.of);
  return json.done();
}

std::string wall_row_json(const WallRow& row) {
  JsonWriter json;
  json.text("unit", row.unit).text("name", row.name).json("rate", rate_json(row.rate));
  add_integer(json, "gain_day", row.gain_day);
  add_integer(json, "gain_week", row.gain_week);
  add_instant(json, "last_cut_off", row.last_cut_off);
  add_instant(json, "last_known", row.last_known);
  json.boolean("is_illustrative", row.is_illustrative);
  return json.done();
}

std::string public_row_json(const PublicRow& row) {
  JsonWriter json;
  json.text("unit", row.unit).text("name", row.name).boolean("is_hidden", row.is_hidden);
  add_integer(json, "value", row.value);
  if (row.denominator) add_integer(json, "denominator", row.denominator->value);
  if (row.value && row.denominator && row.denominator->value) {
    add_integer(json, "hundredths", vi::hundredths(*row.value, *row.denominator->value));
    json.text("rate", vi::show_rate(*row.value, *row.denominator->value));
  }
  json.boolean("is_partial", row.is_partial)
      .boolean("is_provisional", row.is_provisional)
      .boolean("is_illustrative", row.is_illustrative);
  add_instant(json, "cut_off", row.cut_off);
  return json.done();
}

std::string rank_json(const Rank& rank) {
  return JsonWriter()
      .integer("place", rank.place)
      .integer("with_rate", rank.with_rate)
      .integer("of", rank.of)
      .done();
}

}  // namespace

std::string number_json(const Figure& figure) {
  JsonWriter json;
  add_number(json, figure);
  return json.done();
}

std::string figure_json(const Figure& figure) {
  JsonWriter json;
  add_number(json, figure);
  json.text("subject", figure.subject).text("measure", figure.measure);
  add_instant(json, "known_at", figure.known_at);
  json.text("origin", to_text(figure.origin))
      .text("reference", figure.reference)
      .text_if_any("reason", figure.reason)
      .text("by", figure.by);
  return json.done();
}

std::string roll_up_json(const RollUp& roll_up) {
  JsonWriter json;
  json.text("subject", roll_up.subject).text_if_any("name", roll_up.name);
  add_integer(json, "value", roll_up.value());
  if (roll_up.own) json.json("own", number_json(*roll_up.own));
  add_integer(json, "own_value", roll_up.own_value);
  if (roll_up.other_leg) json.json("other_leg", number_json(*roll_up.other_leg));
  add_integer(json, "sum", roll_up.sum);
  add_integer(json, "difference", roll_up.difference());
  json.integer("covered", roll_up.covered)
      .integer("of", roll_up.of)
      .boolean("is_partial", roll_up.value_is_partial())
      .boolean("is_provisional", roll_up.is_provisional)
      .boolean("is_illustrative", roll_up.is_illustrative)
      .text("precision", to_text(roll_up.precision));
  add_instant(json, "oldest", roll_up.oldest);
  add_instant(json, "newest", roll_up.newest);
  return json.done();
}

std::string rate_json(const Rate& rate) {
  JsonWriter json;
  if (rate.indicator != nullptr)
    json.text("indicator", rate.indicator->code)
        .text("of_whom", rate.indicator->of_whom)
        .text("of_whom_en", rate.indicator->of_whom_en);
  json.json("numerator", roll_up_json(rate.numerator));
  if (rate.denominator) json.json("denominator", number_json(*rate.denominator));
  add_integer(json, "hundredths", rate.hundredths());
  json.text("shown", rate.shown()).text("shown_en", rate.shown(vi::Language::kEnglish));
  json.boolean("is_illustrative", rate.numerator.is_illustrative || is_invented(rate.denominator));
  return json.done();
}

std::string operator_range_json(const OperatorRange& range) {
  std::vector<std::string> operators;
  for (const auto& one : range.operators) operators.push_back(roll_up_json(one));
  JsonWriter json;
  json.list("operators", operators)
      .integer("covered", range.covered)
      .integer("of", range.of)
      .integer("largest", range.largest)
      .integer("sum", range.sum)
      .integer("partial", range.partial)
      .boolean("is_illustrative", range.is_illustrative);
  add_instant(json, "oldest", range.oldest);
  add_instant(json, "newest", range.newest);
  return json.text("shown", range.shown())
      .text("shown_en", range.shown(vi::Language::kEnglish))
      .done();
}

std::string finding_json(const Finding& finding) {
  return JsonWriter()
      .text("check", finding.check)
      .boolean("blocks", finding.severity == Severity::kImpossible)
      .text("says", finding.says)
      .text("says_en", finding.says_en)
      .text("do", finding.todo)
      .text("do_en", finding.todo_en)
      .done();
}

std::string target_json(const Target& target) {
  JsonWriter json;
  json.integer("id", target.id)
      .text("indicator", target.what.indicator)
      .text("subject", target.what.subject);
  add_instant(json, "due_before", target.what.due_before);
  json.text_if_any("task", target.what.task)
      .text_if_any("sentence", target.what.sentence)
      .text_if_any("reading_of", target.what.reading_of)
      .integer("hundredths", target.what.hundredths);
  add_instant(json, "start", target.what.start);
  json.integer("start_hundredths", target.what.start_hundredths).text("source", target.what.source);
  add_instant(json, "made_at", target.made_at);
  add_instant(json, "chosen_at", target.chosen_at);
  json.text_if_any("chosen_by", target.chosen_by);
  add_instant(json, "dropped_at", target.dropped_at);
  if (target.frozen) json.json("frozen", frozen_json(*target.frozen));
  return json.done();
}

std::string target_status_json(const TargetStatus& status) {
  JsonWriter json;
  json.json("target", target_json(status.target)).text("phase", to_text(status.phase));
  add_instant(json, "on", status.on);
  json.json("rate", rate_json(status.rate));
  add_integer(json, "needed", status.needed);
  add_integer(json, "distance", status.distance);
  add_integer(json, "distance_points", status.distance_points);
  json.integer("days_left", status.days_left);
  add_integer(json, "needed_a_day", status.needed_a_day);
  json.integer("path", status.path);
  add_integer(json, "percent_of_path", status.percent_of_path);
  json.boolean("is_alert", status.is_alert);
  if (status.forecast) json.json("forecast", forecast_json(*status.forecast));
  if (status.rank) json.json("rank", rank_json(*status.rank));
  return json.done();
}

std::string wall_json(const Wall& wall) {
  std::vector<std::string> targets;
  for (const auto& status : wall.targets) targets.push_back(target_status_json(status));
  std::vector<std::string> children;
  for (const auto& row : wall.children) children.push_back(wall_row_json(row));
  std::vector<std::string> others;
  for (const auto& rate : wall.other_rates) others.push_back(rate_json(rate));
  JsonWriter coverage;
  coverage.integer("covered", wall.coverage.covered);
  add_integer(coverage, "of", wall.coverage.of);
  coverage.boolean("is_at_least", wall.coverage.is_at_least);
  JsonWriter json;
  json.text("unit", wall.unit);
  add_instant(json, "on", wall.at.on);
  add_instant(json, "as_of", wall.at.as_of);
  if (wall.indicator != nullptr) json.text("indicator", wall.indicator->code);
  json.text("source", wall.source)
      .json("whole", wall_row_json(wall.whole))
      .json("coverage", coverage.done())
      .list("targets", targets)
      .list("children", children)
      .list("other_rates", others);
  if (wall.operators) json.json("operators", operator_range_json(*wall.operators));
  json.boolean("hides_operators", wall.hides_operators);
  add_instant(json, "oldest", wall.oldest);
  if (wall.rank) json.json("rank", rank_json(*wall.rank));
  return json.done();
}

std::string public_adoption_json(const PublicAdoption& adoption, const Indicator& indicator,
                                 std::string_view source, Instant on) {
  std::vector<std::string> children;
  for (const auto& row : adoption.children) children.push_back(public_row_json(row));
  JsonWriter json;
  json.text("indicator", indicator.code)
      .text("of_whom", indicator.of_whom)
      .text("of_whom_en", indicator.of_whom_en)
      .text("source", source);
  add_instant(json, "on", on);
  json.json("whole", public_row_json(adoption.whole)).list("children", children);
  return json.done();
}

}  // namespace bz::campaign
