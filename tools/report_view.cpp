#include "tools/report_view.h"

#include <algorithm>
#include <array>
#include <ostream>

#include "base/date.h"
#include "campaign/dues.h"
#include "tools/answer_view.h"
#include "vi/calendar.h"
#include "vi/deadline.h"

namespace bz::tools {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string_view english_of(std::string_view status) {
  if (status == "on_time") return "on time";
  if (status == "nothing_to_report") return "nothing to report";
  return status;
}

// The dues of a body on the days of these ids, as they stand now.
Result<std::vector<json::object>> dues_of(CampaignClient& client, std::string_view body,
                                          const std::vector<std::string>& ids) {
  std::optional<Day> first, last;
  for (const auto& id : ids) {
    const auto key = campaign::due_key_from(id);
    if (!key) continue;
    const auto day = vi::local_day(key->due_before);
    first = first ? std::min(*first, day) : day;
    last = last ? std::max(*last, day) : day;
  }
  if (!first) return std::vector<json::object>{};
  const auto said = client.get(
      "/dues", {{"body", std::string(body)}, {"from", to_text(*first)}, {"to", to_text(*last)}});
  if (!said) return said.error();
  const auto answer = object_in(*said);
  if (!answer) return answer.error();
  return objects_at(*answer, "dues");
}

}  // namespace

std::string show_second(Instant t) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(t - vi::start_of(vi::local_day(t)));
  const auto count = seconds.count();
  return two_digits(count / 3600) + ":" + two_digits(count / 60 % 60) + ":" +
         two_digits(count % 60) + " ngày " + vi::show_day(vi::local_day(t));
}

std::string show_span(milliseconds span) {
  const auto ms = span.count();
  if (ms < 1'000) return std::to_string(ms) + " ms";
  struct Unit {
    std::int64_t ms;
    std::string_view name;
  };
  constexpr std::array<Unit, 4> kUnits{
      {{86'400'000, " d"}, {3'600'000, " h"}, {60'000, " min"}, {1'000, " s"}}};
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    const auto& [length, name] = kUnits[i];
    if (ms < length) continue;
    auto text = std::to_string(ms / length) + std::string(name);
    if (i + 1 < kUnits.size())
      text +=
          " " + std::to_string(ms % length / kUnits[i + 1].ms) + std::string(kUnits[i + 1].name);
    return text;
  }
  return {};
}

std::optional<Instant> instant_at(const json::object& object, std::string_view path) {
  const auto read = vi::read_instant(text_at(object, path));
  return read ? std::optional(*read) : std::nullopt;
}

std::string show_due(std::string_view id) {
  const auto key = campaign::due_key_from(id);
  if (!key) return std::string(id);
  return "trước " + vi::show_moment(key->due_before) + " [" + key->task + "]";
}

std::string show_status(const json::object& due) {
  std::string text =
      text_at(due, "status_vi") + " (" + std::string(english_of(text_at(due, "status"))) + ")";
  if (const auto late = number_at(due, "late_by_ms")) text += " " + show_span(milliseconds{*late});
  std::string lacking;
  for (const auto& leg : texts_at(due, "lacking")) lacking += (lacking.empty() ? ": " : ", ") + leg;
  return text + lacking;
}

Result<void> print_receipt(std::ostream& out, CampaignClient& client, const json::object& receipt,
                           std::string_view body) {
  const auto received = instant_at(receipt, "received_at");
  if (!received) return Error{Code::kMalformed, "the answer holds no receipt"};
  out << "Biên nhận (receipt) " << text_at(receipt, "receipt") << ", báo cáo (report) "
      << number_at(receipt, "report").value_or(0) << ": " << show_second(*received)
      << (flag_at(receipt, "is_repeated") ? ", đã nhận trước đó (it had come before)" : "") << "\n";
  const auto ids = texts_at(receipt, "dues");
  for (const auto& id : ids) {
    const auto key = campaign::due_key_from(id);
    if (!key) continue;
    const auto before = key->due_before - *received;
    out << "  " << show_due(id) << ": "
        << (vi::is_on_time(*received, key->due_before)
                ? "đúng hạn (on time), " + show_span(before) + " before"
                : "trễ hạn (late) " + show_span(-before))
        << "\n";
  }
  UnitNames names(client);
  print_missing_rows(out, names, receipt);
  for (const auto& question : objects_at(receipt, "questions"))
    out << "  ? " << fault_line(question) << "\n";
  const auto dues = dues_of(client, body, ids);
  if (!dues) return dues.error();
  for (const auto& due : *dues) {
    if (std::ranges::find(ids, text_at(due, "id")) == ids.end()) continue;
    out << "  kỳ này (the due) [" << text_at(due, "task") << "]: " << show_status(due) << "\n";
  }
  return {};
}

void print_missing_rows(std::ostream& out, UnitNames& names, const json::object& report) {
  const auto missing = texts_at(report, "missing_rows");
  if (missing.empty()) return;
  out << "  thiếu " << missing.size()
      << " dòng, nên chưa tính là đã nộp (not complete, so it answers nothing yet): ";
  for (std::size_t i = 0; i < missing.size(); ++i)
    out << (i == 0 ? "" : ", ") << names.of(missing[i]);
  out << "\n";
}

std::string UnitNames::of(const std::string& subject) {
  if (subject.find('@') == std::string::npos) return subject;
  const auto [place, is_new] = names_.try_emplace(subject, subject);
  if (!is_new) return place->second;
  const auto said = client_.get("/units/" + subject);
  const auto answer = said ? object_in(*said) : Result<json::object>(said.error());
  if (answer) {
    if (auto name = text_at(*answer, "unit.full_name"); !name.empty())
      place->second = std::move(name);
  }
  return place->second;
}

}  // namespace bz::tools
