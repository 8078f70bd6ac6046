#include "tools/export_command.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <ostream>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "base/date.h"
#include "base/file.h"
#include "tools/text.h"
#include "wire/compact_export.h"
#include "wire/export_file.h"
#include "wire/limits.h"
#include "wire/trace_envelope.h"
#include "wire/trace_list.h"

namespace bz::tools {
namespace {

using boost::json::object;
using engine::PublishedKey;
using engine::ReportType;

object to_json(const PublishedKey& key, bool revised) {
  object line{{"key", to_hex(key.key.bytes)},
              {"rolling_start_interval", key.key.start.number},
              {"rolling_period", key.key.period},
              {"report_type", name_of(key.report_type)},
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
  const auto* text = value->if_string();
  const auto type = text == nullptr ? std::nullopt : report_type_named(*text);
  if (type) return *type;
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
  constexpr std::int64_t kLastStart = 0x7FFFFFFF;  // what other readers hold it in: int32
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

Result<void> read_key_lines(const std::string& text, wire::Export& content) {
  std::set<std::pair<engine::DayKey, bool>> seen;
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
    const bool is_revised = revised != nullptr && revised->get_bool();
    if (!seen.emplace(key->key, is_revised).second) return at_line("this key was there before");
    (is_revised ? content.revised : content.keys).push_back(*key);
  }
  if (seen.empty()) return Error{Code::kMalformed, "no key in it"};
  return {};
}

std::chrono::sys_seconds seconds_of(std::int64_t ms) {
  return std::chrono::floor<std::chrono::seconds>(from_ms(ms));
}

// A trace list of the 2020 app as a signed file of our own, for phones of today.
Result<wire::TraceEnvelope> envelope_from(const std::string& text,
                                          const ExportMakeOptions& options) {
  const auto entries = wire::parse_trace_list(text);
  if (!entries) return entries.error();
  wire::TraceEnvelope envelope{
      seconds_of(options.start_ms), seconds_of(options.end_ms), options.region, {}};
  for (const auto& entry : *entries) {
    engine::PublishedChain chain;
    if (entry.daily_key.size() != chain.daily_key.size()) {
      return Error{Code::kMalformed, "a daily_key is not of 32 bytes and could match nothing"};
    }
    for (const auto seconds : {entry.time_start_s, entry.time_end_s}) {
      if (seconds < 0 || seconds > wire::kLastSecond)
        return Error{Code::kMalformed, "a time is not from 1970 to 9999"};
    }
    std::ranges::copy(entry.daily_key, chain.daily_key.begin());
    chain.start = from_ms(entry.time_start_s * 1000);
    chain.end = from_ms(entry.time_end_s * 1000);
    chain.ids_per_day = entry.ids_per_day;
    envelope.chains.push_back(chain);
  }
  return envelope;
}

}  // namespace

Result<void> run_export_make(const ExportMakeOptions& options, std::ostream& out) {
  if (options.keys.empty() == options.trace.empty()) {
    return Error{Code::kInvalid, "say which: --keys FILE or --trace FILE"};
  }
  constexpr std::int64_t kYear2001 = 1'000'000'000'000;
  if (options.start_ms < kYear2001 || options.end_ms < options.start_ms) {
    return Error{Code::kInvalid,
                 "--start and --end are milliseconds (13 digits), the end not before the start"};
  }
  const auto& source = options.keys.empty() ? options.trace : options.keys;
  const auto text = read_text(source);
  if (!text) return text.error();
  const auto pem = read_text(options.signing_key);
  if (!pem) return pem.error();
  auto key = SigningKey::from_pem(*pem);
  if (!key) return in_file(options.signing_key, key.error());

  wire::Export content;
  std::size_t chains = 0;
  Result<Bytes> file = Bytes{};
  if (options.keys.empty()) {
    auto envelope = envelope_from(*text, options);
    if (!envelope) return in_file(source, envelope.error());
    chains = envelope->chains.size();
    file = wire::write_trace_envelope(*envelope, &*key);
  } else {
    content.head.start = seconds_of(options.start_ms);
    content.head.end = seconds_of(options.end_ms);
    content.head.region = options.region;
    if (auto ok = read_key_lines(*text, content); !ok) return in_file(source, ok.error());
    if (options.out.ends_with(".bzk")) {
      file = wire::write_compact_export(
          content, [&](const Digest& digest) -> Result<Bytes> { return key->sign(digest); });
    } else {
      const std::array signers{wire::Signer{std::move(*key), options.key_version, options.key_id}};
      file = wire::write_export(content, signers);
    }
  }
  if (!file) return file.error();
  if (auto ok = write_file(options.out, *file); !ok) return ok;
  if (options.json) {
    out << boost::json::serialize(object{{"file", options.out},
                                         {"keys", content.keys.size()},
                                         {"revised", content.revised.size()},
                                         {"chains", chains},
                                         {"bytes", file->size()}})
        << '\n';
  } else if (options.keys.empty()) {
    out << options.out << ": " << chains << " chains, " << file->size() << " bytes\n";
  } else {
    out << options.out << ": " << content.keys.size() << " keys, " << content.revised.size()
        << " revised, " << file->size() << " bytes\n";
  }
  return {};
}

namespace {

// Either form, told apart by its first bytes. (A zip is not read into memory whole.)
Result<wire::Export> read_either(const std::filesystem::path& path, const wire::Trust& trust) {
  std::array<char, 16> first{};
  std::ifstream(path, std::ios::binary).read(first.data(), first.size());
  if (!wire::looks_like_compact_export(as_bytes({first.data(), first.size()})))
    return wire::read_whole_export(path, trust);
  const auto file = read_file(path, wire::kMaxCompactExport);
  if (!file) return file.error();
  return wire::read_whole_compact_export(*file, trust);
}

}  // namespace

Result<void> run_export_read(const ExportReadOptions& options, std::ostream& out) {
  auto trust_options = options.trust;
  const bool checked = trust_options.public_key.has_value();
  if (!checked) trust_options.unsigned_allowed = true;
  const auto trust = read_trust(trust_options);
  if (!trust) return trust.error();
  const auto content = read_either(options.file, *trust);
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
    for (const auto& [day, count] : by_day) out << "  " << to_text(day) << "  " << count << '\n';
  }
  if (!options.keys) return {};
  for (const auto& key : content->keys) out << boost::json::serialize(to_json(key, false)) << '\n';
  for (const auto& key : content->revised)
    out << boost::json::serialize(to_json(key, true)) << '\n';
  return {};
}

}  // namespace bz::tools
