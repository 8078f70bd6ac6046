#include <ostream>

#include "tools/answer_view.h"
#include "tools/campaign_command.h"
#include "vi/number.h"

namespace bz::tools {
namespace {

namespace json = boost::json;

std::string percent(const json::object& object, std::string_view path) {
  const auto hundredths = number_at(object, path);
  return hundredths ? vi::show_hundredths(*hundredths) + " %" : "–";
}

// "6.78 % of residents: 68.400 of 1.009.168".
void print_rate(std::ostream& out, const json::object& rate) {
  out << text_at(rate, "shown");
  if (number_at(rate, "hundredths")) out << " " << text_at(rate, "of_whom");
  if (number_at(rate, "denominator.value"))
    out << ": " << count_at(rate, "numerator.value") << " / " << count_at(rate, "denominator.value")
        << " (" << text_at(rate, "denominator.source") << ")";
  out << "\n";
  if (flag_at(rate, "numerator.is_partial"))
    out << "  covers " << number_at(rate, "numerator.covered").value_or(0) << " of "
        << number_at(rate, "numerator.of").value_or(0) << " units below\n";
  if (number_at(rate, "numerator.difference").value_or(0) != 0)
    out << "  its own figure and the sum of its units differ by "
        << count_at(rate, "numerator.difference") << "\n";
  if (flag_at(rate, "is_illustrative")) out << "  illustrative: an invented number\n";
}

void print_target(std::ostream& out, const json::object& status) {
  out << "Target " << number_at(status, "target.id").value_or(0) << ": "
      << percent(status, "target.hundredths") << ", " << text_at(status, "target.indicator")
      << ", before " << text_at(status, "target.due_before");
  if (const auto words = text_at(status, "target.reading_of"); !words.empty())
    out << " (reading of \"" << words << "\")";
  out << ": " << text_at(status, "phase") << "\n  ";
  if (const auto rate = object_at(status, "rate")) print_rate(out, *rate);
  if (!number_at(status, "needed")) return;
  out << "  needs " << count_at(status, "needed") << ", short " << count_at(status, "distance")
      << " (" << vi::show_hundredths(number_at(status, "distance_points").value_or(0))
      << " points), " << number_at(status, "days_left").value_or(0) << " day(s) left";
  if (number_at(status, "needed_a_day"))
    out << ", " << count_at(status, "needed_a_day") << " a day";
  out << "\n  path " << percent(status, "path");
  if (const auto part = number_at(status, "percent_of_path")) out << ", " << *part << " % of it";
  if (flag_at(status, "is_alert")) out << " ALERT: under half of the path";
  out << "\n";
  if (number_at(status, "forecast.days_to_go"))
    out << "  at " << count_at(status, "forecast.a_day") << " a day ("
        << count_at(status, "forecast.a_day_low") << " to "
        << count_at(status, "forecast.a_day_high")
        << "): " << number_at(status, "forecast.days_to_go").value_or(0) << " days, "
        << text_at(status, "forecast.reached_on") << "\n";
  if (number_at(status, "rank.place"))
    out << "  rank " << number_at(status, "rank.place").value_or(0) << " of "
        << number_at(status, "rank.with_rate").value_or(0) << " with a rate\n";
}

}  // namespace

Result<void> run_targets_show(const TargetsOptions& options, std::ostream& out) {
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const std::vector<std::pair<std::string, std::string>> times{{"on", options.times.on},
                                                               {"as_of", options.times.as_of}};
  const auto listed =
      client->get("/targets", {{"subject", options.subject}, {"as_of", options.times.as_of}});
  if (!listed) return listed.error();
  const auto answer = object_in(*listed);
  if (!answer) return answer.error();
  for (const auto& target : objects_at(*answer, "targets")) {
    const auto id = number_at(target, "id").value_or(0);
    const auto said = client->get("/targets/" + std::to_string(id) + "/status", times);
    if (!said) return said.error();
    if (options.client.where.json) {
      out << *said << "\n";
      continue;
    }
    const auto status = object_in(*said);
    if (!status) return status.error();
    print_target(out, *status);
  }
  return {};
}

Result<void> run_wall(const WallOptions& options, std::ostream& out) {
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const auto said = client->get("/wall", {{"unit", options.unit},
                                          {"indicator", options.indicator},
                                          {"source", options.source},
                                          {"on", options.times.on},
                                          {"as_of", options.times.as_of}});
  if (!said) return said.error();
  if (options.client.where.json) {
    out << *said << "\n";
    return {};
  }
  const auto wall = object_in(*said);
  if (!wall) return wall.error();
  out << text_at(*wall, "whole.name") << ", to " << text_at(*wall, "on");
  if (const auto source = text_at(*wall, "source"); !source.empty()) out << ", " << source;
  out << "\n";
  if (const auto rate = object_at(*wall, "whole.rate")) print_rate(out, *rate);
  for (const auto& target : objects_at(*wall, "targets")) print_target(out, target);
  std::vector<std::vector<std::string>> rows{
      {"unit", "count", "rate", "day", "week", "last", "mark"}};
  for (const auto& row : objects_at(*wall, "children"))
    rows.push_back({text_at(row, "name"), count_at(row, "rate.numerator.value"),
                    percent(row, "rate.hundredths"), count_at(row, "gain_day"),
                    count_at(row, "gain_week"), text_at(row, "last_cut_off"),
                    flag_at(row, "is_illustrative") ? "illustrative" : ""});
  print_table(out, rows, {1, 2, 3, 4});
  if (const auto shown = text_at(*wall, "operators.shown"); !shown.empty()) {
    out << shown << (flag_at(*wall, "operators.is_illustrative") ? ", illustrative" : "") << "\n";
  }
  return {};
}

}  // namespace bz::tools
