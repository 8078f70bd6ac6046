#include <boost/json.hpp>
#include <ostream>

#include "papers/csv.h"
#include "tools/answer_view.h"
#include "tools/campaign_command.h"
#include "tools/input.h"
#include "vi/number.h"

namespace bz::tools {
namespace {

namespace json = boost::json;

std::string value_of(const json::object& figure) {
  if (flag_at(figure, "nothing_to_report")) return "nothing";
  return (text_at(figure, "precision") == "exact" ? "" : "~") + count_at(figure, "value");
}

std::string marks_of(const json::object& figure) {
  std::string marks = text_at(figure, "state");
  if (const auto leg = text_at(figure, "leg"); leg != "none" && !leg.empty()) marks += ", " + leg;
  if (flag_at(figure, "is_illustrative")) marks += ", illustrative";
  return marks;
}

void print_figures(std::ostream& out, const std::vector<json::object>& figures) {
  std::vector<std::vector<std::string>> rows{
      {"cut-off", "value", "measure", "source", "known", "state", "id"}};
  for (const auto& figure : figures)
    rows.push_back({text_at(figure, "cut_off"), value_of(figure), text_at(figure, "measure"),
                    text_at(figure, "source"), text_at(figure, "known_at"), marks_of(figure),
                    text_at(figure, "id")});
  print_table(out, rows, {1});
}

Result<void> print_json(std::ostream& out, const std::string& said) {
  out << said << "\n";
  return {};
}

// A line of the file as a figure of the request; columns by the names of the first line.
Result<json::object> figure_of(const papers::Row& heading, const papers::Row& row,
                               std::size_t number) {
  json::object figure;
  for (std::size_t i = 0; i < heading.cells.size() && i < row.cells.size(); ++i) {
    const auto& text = row.cells[i].text;
    const auto& column = heading.cells[i].text;
    if (text.empty()) continue;
    if (column != "value") {
      figure[column] = text;
      continue;
    }
    const auto count = vi::read_count(text);
    if (!count) {
      auto error = vi::to_error(count.refusal());
      error.what = "line " + std::to_string(number) + ": " + error.what;
      return error;
    }
    figure["value"] = *count;
  }
  return figure;
}

}  // namespace

Result<void> run_figures_show(const FiguresShowOptions& options, std::ostream& out) {
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const auto said = options.id.empty()
                        ? client->get("/figures", {{"subject", options.subject},
                                                   {"measure", options.measure},
                                                   {"source", options.source},
                                                   {"on", options.times.on},
                                                   {"as_of", options.times.as_of}})
                        : client->get("/figures/" + options.id, {{"as_of", options.times.as_of}});
  if (!said) return said.error();
  if (options.client.where.json) return print_json(out, *said);
  const auto answer = object_in(*said);
  if (!answer) return answer.error();
  if (options.id.empty()) {
    print_figures(out, objects_at(*answer, "figures"));
    return {};
  }
  const auto versions = objects_at(*answer, "versions");
  print_figures(out, versions);
  for (const auto& version : versions) {
    out << number_at(version, "version").value_or(0) << ": " << text_at(version, "reference");
    if (const auto reason = text_at(version, "reason"); !reason.empty())
      out << " (" << reason << ")";
    out << ", " << text_at(version, "by");
    if (text_at(version, "id") == text_at(*answer, "counts")) out << ": số dùng (counts)";
    out << "\n";
  }
  return {};
}

Result<void> run_figures_correct(const FiguresCorrectOptions& options, std::ostream& out) {
  const auto value = vi::read_count(options.value).result();
  if (!value) return value.error();
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const json::object body{{"value", *value}, {"reason", options.reason}};
  const auto said = client->post("/figures/" + options.id + "/corrections", json::serialize(body));
  if (!said) return said.error();
  if (options.client.where.json) return print_json(out, *said);
  const auto answer = object_in(*said);
  if (!answer) return answer.error();
  if (const auto figure = object_at(*answer, "figure")) print_figures(out, {*figure});
  return {};
}

Result<void> run_figures_import(const FiguresImportOptions& options, std::ostream& out) {
  const auto text = read_text(options.file);
  if (!text) return text.error();
  const auto sheet = papers::read_csv(as_bytes(*text));
  if (!sheet) return in_file(options.file, sheet.error());
  const auto& rows = sheet->sheet.rows;
  if (rows.size() < 2)
    return Error{Code::kInvalid,
                 options.file.string() +
                     ": a heading line and a figure a line are wanted: subject, measure, "
                     "source, cut_off, value, precision, origin, reference"};
  json::array figures;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    auto figure = figure_of(rows[0], rows[i], i + 1);
    if (!figure) return in_file(options.file, figure.error());
    figures.emplace_back(std::move(*figure));
  }
  const auto count = figures.size();
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const auto said =
      client->post("/figures", json::serialize(json::object{{"figures", std::move(figures)}}));
  if (!said) return in_file(options.file, said.error());
  if (options.client.where.json) return print_json(out, *said);
  const auto answer = object_in(*said);
  if (!answer) return answer.error();
  for (const auto& one : objects_at(*answer, "findings"))
    out << "line " << number_at(one, "row").value_or(0) + 2 << ": " << text_at(one, "finding.says")
        << " · " << text_at(one, "finding.says_en") << "\n";
  out << count << " figures are kept.\n";
  return {};
}

}  // namespace bz::tools
