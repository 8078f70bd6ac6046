#include <ostream>

#include "tools/answer_view.h"
#include "tools/campaign_command.h"
#include "tools/input.h"

namespace bz::tools {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostShown = 20;

std::vector<std::string> unit_row(const json::object& unit) {
  return {text_at(unit, "key"), text_at(unit, "full_name"), text_at(unit, "parent"),
          text_at(unit, "valid_to")};
}

void print_units(std::ostream& out, const std::vector<json::object>& units) {
  std::vector<std::vector<std::string>> rows{{"key", "name", "parent", "until"}};
  for (const auto& unit : units) rows.push_back(unit_row(unit));
  print_table(out, rows);
}

void print_report(std::ostream& out, const json::object& report) {
  out << count_at(report, "rows") << " rows: " << count_at(report, "provinces") << " provinces, "
      << count_at(report, "districts") << " districts, " << count_at(report, "communes")
      << " communes, " << count_at(report, "full_edges") << " full and "
      << count_at(report, "partial_edges") << " partial edges, total " << count_at(report, "total")
      << "\n"
      << count_at(report, "added") << " new, " << count_at(report, "changed") << " changed, "
      << count_at(report, "closed") << " end, " << count_at(report, "same") << " as they were\n";
  const auto findings = objects_at(report, "findings");
  std::size_t shown = 0;
  for (const auto& finding : findings) {
    if (shown++ == kMostShown) break;
    out << (flag_at(finding, "refuses") ? "  REFUSED " : "  ");
    if (const auto row = number_at(finding, "row"); row && *row > 0) out << "row " << *row << ": ";
    out << text_at(finding, "says") << " · " << text_at(finding, "says_en") << "\n";
  }
  const auto all = number_at(report, "findings_count").value_or(0);
  if (all > static_cast<std::int64_t>(kMostShown))
    out << "  … and " << all - static_cast<std::int64_t>(kMostShown)
        << " more (--json shows them)\n";
}

}  // namespace

Result<void> run_units_import(const UnitsImportOptions& options, std::ostream& out) {
  auto content = read_text(options.file);
  if (!content) return content.error();
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const bool is_json = options.kind == "borders";
  const auto staged = client->post("/imports/" + options.kind, std::move(*content),
                                   is_json ? "application/geo+json" : "text/csv",
                                   {{"day", options.day},
                                    {"units_on", options.units_on},
                                    {"act", options.act},
                                    {"source", options.source}});
  if (!staged) return in_file(options.file, staged.error());
  const auto answer = object_in(*staged);
  if (!answer) return answer.error();
  const auto report = object_at(*answer, "report");
  const auto id = number_at(*answer, "id");
  if (!report || !id) return Error{Code::kMalformed, "the answer holds no report"};
  if (options.client.where.json)
    out << *staged << "\n";
  else
    print_report(out, *report);
  if (flag_at(*report, "is_refused"))
    return Error{Code::kInvalid,
                 "the file is refused as it stands; mend the rows above and import it again"};
  if (!options.confirm) {
    if (!options.client.where.json)
      out << "Nothing is written yet. The same with --confirm writes it.\n";
    return {};
  }
  const auto confirmed = client->post("/imports/" + std::to_string(*id) + "/confirm", "");
  if (!confirmed) return confirmed.error();
  if (options.client.where.json)
    out << *confirmed << "\n";
  else
    out << "Written.\n";
  return {};
}

Result<void> run_units_show(const UnitsShowOptions& options, std::ostream& out) {
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const auto said = options.code.empty()
                        ? client->get("/units", {{"on", options.on},
                                                 {"q", options.words},
                                                 {"parent", options.parent},
                                                 {"level", options.level}})
                        : client->get("/units/" + options.code, {{"on", options.on}});
  if (!said) return said.error();
  if (options.client.where.json) {
    out << *said << "\n";
    return {};
  }
  const auto answer = object_in(*said);
  if (!answer) return answer.error();
  if (options.code.empty()) {
    print_units(out, objects_at(*answer, "units"));
    return {};
  }
  const auto unit = object_at(*answer, "unit");
  if (!unit) return Error{Code::kMalformed, "the answer holds no unit"};
  out << text_at(*unit, "full_name");
  for (const auto& above : objects_at(*answer, "ancestors")) {
    if (!text_at(above, "parent").empty()) out << ", " << text_at(above, "full_name");
  }
  // "exact" with its act, or "by": a list of that day has it already.
  const auto known = [&](const char* is, const char* act) {
    const auto by = text_at(*unit, act);
    return " (" + text_at(*unit, is) + (by.empty() ? "" : " " + by) + ")";
  };
  out << "\n"
      << text_at(*unit, "key") << ", from " << text_at(*unit, "valid_from")
      << known("from_is", "from_act");
  if (const auto until = text_at(*unit, "valid_to"); !until.empty())
    out << ", until " << until << known("to_is", "to_act");
  out << "\n";
  const auto same = objects_at(*answer, "same_code");
  if (same.size() > 1) {
    out << "The same code through time:\n";
    print_units(out, same);
  }
  return {};
}

Result<void> run_units_crosswalk(const UnitsCrosswalkOptions& options, std::ostream& out) {
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const auto said = client->get("/units/" + options.code + "/crosswalk",
                                {{"on", options.on}, {"to", options.to}});
  if (!said) return said.error();
  if (options.client.where.json) {
    out << *said << "\n";
    return {};
  }
  const auto answer = object_in(*said);
  if (!answer) return answer.error();
  std::vector<std::vector<std::string>> rows{{"from", "to", "kind", "weight"}};
  for (const auto* side : {"to", "from"}) {
    for (const auto& edge : objects_at(*answer, side))
      rows.push_back({text_at(edge, "from"), text_at(edge, "to"), text_at(edge, "kind"),
                      number_at(edge, "weight") ? count_at(edge, "weight") : ""});
  }
  print_table(out, rows, {3});
  if (flag_at(*answer, "closes"))
    out << "The group is closed: its total is known on both sides.\n";
  else
    out << text_at(*answer, "says") << " · " << text_at(*answer, "says_en") << "\n";
  return {};
}

}  // namespace bz::tools
