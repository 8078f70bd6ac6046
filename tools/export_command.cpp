#include "tools/export_command.h"

#include <boost/json.hpp>
#include <chrono>
#include <map>
#include <ostream>
#include <sstream>
#include <vector>

#include "base/file.h"
#include "tools/text.h"
#include "wire/export_file.h"

namespace bz::tools {
namespace {

using boost::json::object;
using engine::PublishedKey;
using engine::ReportType;

constexpr std::array kReportTypes{"unknown",     "confirmed", "likely",
                                  "self_report", "recursive", "revoked"};

object to_json(const PublishedKey& key, bool revised) {
  object line{{"key", to_hex(key.key.bytes)},
              {"rolling_start_interval", key.key.start.number},
              {"rolling_period", key.key.period},
              {"report_type", kReportTypes.at(static_cast<std::size_t>(key.report_type))},
              {"transmission_risk", key.transmission_risk},
              {"revised", revised}};
  line["days_since_onset"] =
      key.days_since_onset ? boost::json::value(*key.days_since_onset) : nullptr;
  return line;
}

// A whole number member of `line` within its bounds; `fallback` where it is not there.
Result<std::int64_t> number(const object& line, const char* name, std::int64_t least,
                            std::int64_t most, std::int64_t fallback) {
  const auto* value = line.if_contains(name);
  if (value == nullptr) return fallback;
  const auto* whole = value->if_int64();
  if (whole == nullptr || *whole < least || *whole > most) {
    return Error{Code::kMalformed, std::string(name) + " is a whole number from " +
                                       std::to_string(least) + " to " + std::to_string(most)};
  }
  return *whole;
}

Result<ReportType> report_type(const object& line) {
  const auto* value = line.if_contains("report_type");
  if (value == nullptr) return ReportType::kConfirmed;
  for (std::size_t i = 0; i < kReportTypes.size(); ++i) {
    if (value->is_string() && value->get_string() == kReportTypes[i])
      return static_cast<ReportType>(i);
  }
  return Error{Code::kMalformed,
               "report_type is unknown, confirmed, likely, self_report, recursive or revoked"};
}

Result<PublishedKey> key_from(const object& line) {
  PublishedKey key;
  const auto* hex = line.if_contains("key");
  if (hex == nullptr || !hex->is_string())
    return Error{Code::kMalformed, "no member \"key\" with hex text"};
  if (auto ok = from_hex(std::string_view(hex->get_string()), key.key.bytes); !ok) {
    return Error{Code::kMalformed, "key: " + ok.error().what};
  }
  constexpr std::int64_t kLastStart = std::int64_t{0xFFFFFFFF} - kIntervalsPerDay;
  const auto start = number(line, "rolling_start_interval", 1, kLastStart, 0);
  if (!start) return start.error();
  if (*start == 0) return Error{Code::kMalformed, "no member \"rolling_start_interval\""};
  const auto period = number(line, "rolling_period", 1, kIntervalsPerDay, kIntervalsPerDay);
  if (!period) return period.error();
  const auto risk = number(line, "transmission_risk", 0, 8, 0);
  if (!risk) return risk.error();
  const auto type = report_type(line);
  if (!type) return type.error();
  key.key.start = {static_cast<std::uint32_t>(*start)};
  key.key.period = static_cast<std::uint32_t>(*period);
  key.transmission_risk = static_cast<std::uint8_t>(*risk);
  key.report_type = *type;
  if (const auto* onset = line.if_contains("days_since_onset");
      onset != nullptr && !onset->is_null()) {
    const auto days = number(line, "days_since_onset", -14, 14, 0);
    if (!days) return days.error();
    key.days_since_onset = static_cast<int>(*days);
  }
  return key;
}

// The summary's first line aside, which has no "key".
Result<void> read_key_lines(const std::string& text, wire::Export& content) {
  std::istringstream lines(text);
  std::string line;
  for (std::size_t n = 1; std::getline(lines, line); ++n) {
    if (line.empty()) continue;
    const auto at_line = [n](const std::string& what) {
      return Error{Code::kMalformed, "line " + std::to_string(n) + ": " + what};
    };
    boost::json::error_code failed;
    const auto value = boost::json::parse(line, failed);
    if (failed || !value.is_object()) return at_line("not one JSON object");
    const auto key = key_from(value.get_object());
    if (!key) return at_line(key.error().what);
    const auto* revised = value.get_object().if_contains("revised");
    if (revised != nullptr && !revised->is_bool()) return at_line("revised is true or false");
    (revised != nullptr && revised->get_bool() ? content.revised : content.keys).push_back(*key);
  }
  return {};
}

std::chrono::sys_seconds seconds_of(std::int64_t ms) {
  return std::chrono::floor<std::chrono::seconds>(from_ms(ms));
}

}  // namespace

Result<void> run_export_make(const ExportMakeOptions& options, std::ostream& out) {
  const auto text = read_text(options.keys);
  if (!text) return text.error();
  wire::Export content;
  content.head.start = seconds_of(options.start_ms);
  content.head.end = seconds_of(options.end_ms);
  content.head.region = options.region;
  if (auto ok = read_key_lines(*text, content); !ok) return in_file(options.keys, ok.error());
  const auto pem = read_text(options.signing_key);
  if (!pem) return pem.error();
  auto key = SigningKey::from_pem(*pem);
  if (!key) return in_file(options.signing_key, key.error());
  const std::array signers{wire::Signer{std::move(*key), options.key_version, options.key_id}};
  const auto zip = wire::write_export(content, signers);
  if (!zip) return zip.error();
  if (auto ok = write_file(options.out, *zip); !ok) return ok;
  if (options.json) {
    out << boost::json::serialize(object{{"file", options.out},
                                         {"keys", content.keys.size()},
                                         {"revised", content.revised.size()},
                                         {"bytes", zip->size()}})
        << '\n';
  } else {
    out << options.out << ": " << content.keys.size() << " keys, " << content.revised.size()
        << " revised, " << zip->size() << " bytes\n";
  }
  return {};
}

Result<void> run_export_read(const ExportReadOptions& options, std::ostream& out) {
  auto trust_options = options.trust;
  const bool checked = trust_options.public_key.has_value();
  if (!checked) trust_options.unsigned_allowed = true;
  const auto trust = read_trust(trust_options);
  if (!trust) return trust.error();
  const auto content = wire::read_whole_export(std::filesystem::path(options.file), *trust);
  if (!content) return in_file(options.file, content.error());
  const auto& head = content->head;
  if (options.json) {
    out << boost::json::serialize(object{{"region", head.region},
                                         {"start_ms", to_ms(head.start)},
                                         {"end_ms", to_ms(head.end)},
                                         {"batch_num", head.batch_num},
                                         {"batch_size", head.batch_size},
                                         {"signature", checked ? "holds" : "not checked"},
                                         {"keys", content->keys.size()},
                                         {"revised", content->revised.size()}})
        << '\n';
  } else {
    out << "region     " << head.region << "\nfrom       " << utc_text(head.start)
        << "\nuntil      " << utc_text(head.end) << "\nsignature  "
        << (checked ? "holds" : "not checked (give --public-key FILE.pem)") << "\nkeys       "
        << content->keys.size() << "\nrevised    " << content->revised.size() << '\n';
    std::map<Day, std::size_t> by_day;
    for (const auto& key : content->keys) ++by_day[day_of(start_of(key.key.start))];
    for (const auto& [day, count] : by_day)
      out << "  " << utc_day_text(day) << "  " << count << '\n';
  }
  if (!options.keys) return {};
  for (const auto& key : content->keys) out << boost::json::serialize(to_json(key, false)) << '\n';
  for (const auto& key : content->revised)
    out << boost::json::serialize(to_json(key, true)) << '\n';
  return {};
}

}  // namespace bz::tools
