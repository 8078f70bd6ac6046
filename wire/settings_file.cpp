#include "wire/settings_file.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/base64.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"
#include "wire/limits.h"
#include "wire/message.h"

namespace bz::wire {
namespace {

using engine::AuthoritySettings;
using engine::Infectiousness;
using engine::ReportType;
using engine::RiskSettings;

constexpr std::string_view kFile = "settings";
constexpr std::string_view kHeader = "BZ Settings v1  ";
constexpr std::size_t kFixedSize = 20;
constexpr std::size_t kMaxSignature = 72;
constexpr std::int64_t kMostVersion = std::int64_t{1} << 53;

Error at(std::uint64_t offset, std::string_view what) {
  return malformed_at(kFile, offset, what);
}
Error malformed(const std::string& what) {
  return {Code::kMalformed, std::string(kFile) + ": " + what};
}

// The shortest text that reads as the same number.
std::string number_text(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

// Every number of the risk settings with its name, said once for reading and writing.
template <class Risk, class Visit>
void each_number(Risk& risk, Visit visit) {
  visit("standard_infectiousness_weight", risk.standard_infectiousness_weight);
  visit("high_infectiousness_weight", risk.high_infectiousness_weight);
  visit("confirmed_weight", risk.confirmed_weight);
  visit("likely_weight", risk.likely_weight);
  visit("self_report_weight", risk.self_report_weight);
  visit("recursive_weight", risk.recursive_weight);
  visit("immediate_end_db", risk.bucket_ends_db[0]);
  visit("near_end_db", risk.bucket_ends_db[1]);
  visit("medium_end_db", risk.bucket_ends_db[2]);
  visit("immediate_weight", risk.bucket_weights[0]);
  visit("near_weight", risk.bucket_weights[1]);
  visit("medium_weight", risk.bucket_weights[2]);
  visit("other_weight", risk.bucket_weights[3]);
  visit("minimum_window_score", risk.minimum_window_score);
  visit("low_daily_score", risk.low_daily_score);
  visit("high_daily_score", risk.high_daily_score);
}

std::string risk_json(const RiskSettings& risk) {
  std::string onset;
  for (const auto day : risk.infectiousness)
    onset += static_cast<char>('0' + static_cast<int>(day));
  JsonWriter json;
  json.text("infectiousness", onset)
      .integer("infectiousness_without_onset", static_cast<int>(risk.infectiousness_without_onset))
      .integer("report_type_when_missing", static_cast<int>(risk.report_type_when_missing))
      .text("distance",
            risk.distance_rule == engine::DistanceRule::kProximity ? "proximity" : "buckets");
  each_number(risk, [&](const char* name, double value) { json.json(name, number_text(value)); });
  json.integer("days_since_exposure_threshold", risk.days_since_exposure_threshold)
      .boolean("warn_second_degree", risk.warn_second_degree);
  return json.done();
}

// Gathers the first thing that is wrong, as JsonReader does.
class Fault {
 public:
  void note(std::string what) {
    if (what_.empty()) what_ = std::move(what);
  }
  [[nodiscard]] Result<void> done() const {
    if (what_.empty()) return {};
    return malformed(what_);
  }

 private:
  std::string what_;
};

// A member that must be there. Where it is of a wrong type the reader has noted it, and its
// complaint comes first.
template <class T>
T needed(std::optional<T> value, const char* name, Fault& fault) {
  if (!value) fault.note(std::string(name) + " is missing");
  return value ? std::move(*value) : T{};
}

// A whole number that must be there, from `least` to `most`.
int needed_within(std::optional<std::int64_t> value, const char* name, int least, int most,
                  Fault& fault) {
  const auto number = needed(value, name, fault);
  if (number < least || number > most) {
    fault.note(std::string(name) + " is not " + std::to_string(least) + " to " +
               std::to_string(most));
    return least;
  }
  return static_cast<int>(number);
}

RiskSettings read_risk(JsonReader& json, Fault& fault) {
  RiskSettings risk;
  const auto onset = needed(json.text("infectiousness"), "infectiousness", fault);
  const bool well_formed = onset.size() == risk.infectiousness.size() &&
                           std::ranges::all_of(onset, [](char c) { return c >= '0' && c <= '2'; });
  if (!well_formed) fault.note("infectiousness is not 29 digits from 0 to 2");
  for (std::size_t i = 0; well_formed && i < onset.size(); ++i)
    risk.infectiousness[i] = static_cast<Infectiousness>(onset[i] - '0');
  risk.infectiousness_without_onset = static_cast<Infectiousness>(needed_within(
      json.integer("infectiousness_without_onset"), "infectiousness_without_onset", 0, 2, fault));
  risk.report_type_when_missing = static_cast<ReportType>(needed_within(
      json.integer("report_type_when_missing"), "report_type_when_missing", 0, 5, fault));
  const auto distance = needed(json.text("distance"), "distance", fault);
  if (distance != "proximity" && distance != "buckets")
    fault.note("distance is not proximity or buckets");
  risk.distance_rule =
      distance == "proximity" ? engine::DistanceRule::kProximity : engine::DistanceRule::kBuckets;
  each_number(risk, [&](const char* name, double& value) {
    value = needed(json.number(name), name, fault);
  });
  risk.days_since_exposure_threshold = needed_within(json.integer("days_since_exposure_threshold"),
                                                     "days_since_exposure_threshold", 0, 14, fault);
  risk.warn_second_degree = needed(json.boolean("warn_second_degree"), "warn_second_degree", fault);
  return risk;
}

Result<void> check_times(const SettingsFile& settings) {
  if (settings.version < 1 || settings.version > kMostVersion)
    return malformed("version is not 1 to 2^53");
  if (to_ms(settings.issued) < 0 || to_ms(settings.expires) > kLastMs ||
      settings.issued >= settings.expires ||
      settings.expires - settings.issued > kLongestSettings) {
    return malformed("expires is not 1 ms to 400 days after issued, both from 1970 to 9999");
  }
  return {};
}

Result<void> check(const SettingsFile& settings) {
  if (auto fine = check_times(settings); !fine) return fine;
  return engine::validate(settings.values);
}

void read_callback_key(JsonReader& json, AuthoritySettings& values, Fault& fault) {
  const auto key = json.base64("callback_key");
  if (!key) return;
  CompressedPoint point{};
  if (key->size() != point.size()) {
    fault.note("callback_key is not a compressed point on P-256");
    return;
  }
  std::ranges::copy(*key, point.begin());
  values.callback_key = point;
}

Result<std::vector<engine::RegionName>> read_regions(JsonReader& json, Fault& fault) {
  auto rows = needed(json.objects("regions"), "regions", fault);
  std::vector<engine::RegionName> regions;
  for (auto& row : rows) {
    regions.push_back({.code = needed(row.text("code"), "code", fault),
                       .vietnamese = needed(row.text("vietnamese"), "vietnamese", fault),
                       .english = needed(row.text("english"), "english", fault)});
    if (auto fine = row.done(); !fine) return fine.error();
  }
  return regions;
}

Result<void> read_values(JsonReader& json, AuthoritySettings& values, Fault& fault) {
  values.risk_preset = json.text("risk_preset").value_or("");
  auto risk = json.object("risk");
  if (risk.has_value() != values.risk_preset.empty())
    fault.note("either risk_preset or risk is needed, and not both");
  if (risk) {
    values.risk = read_risk(*risk, fault);
    if (auto fine = risk->done(); !fine) return fine;
  }
  constexpr int kMost = 1'000'000;  // validate() knows the bounds
  const auto whole = [&](const char* name) {
    return needed_within(json.integer(name), name, -kMost, kMost, fault);
  };
  values.days_before_onset = whole("days_before_onset");
  values.days_kept = whole("days_kept");
  values.check_period = std::chrono::minutes{whole("check_minutes")};
  values.cover_period = std::chrono::minutes{whole("cover_minutes")};
  const auto yes = [&](const char* name) { return needed(json.boolean(name), name, fault); };
  values.publish_bluezone3 = yes("publish_bluezone3");
  values.send_bluezone3 = yes("send_bluezone3");
  values.accept_contact = yes("accept_contact");
  read_callback_key(json, values, fault);
  auto regions = read_regions(json, fault);
  if (!regions) return regions.error();
  values.regions = std::move(*regions);
  const auto version = engine::AppVersion::from_text(
      needed(json.text("minimum_app_version"), "minimum_app_version", fault));
  if (!version) fault.note("minimum_app_version is not like 4.0.12");
  values.minimum_app_version = version.value_or(engine::AppVersion{});
  return {};
}

Bytes with_header(std::string_view json) {
  Bytes out(kHeader.begin(), kHeader.end());
  out.resize(kFixedSize);
  put_le(std::span(out).last(4), json.size());
  out.insert(out.end(), json.begin(), json.end());
  return out;
}

Result<void> check_signature(ByteView content, ByteView signature, const Trust& trust) {
  if (!trust.verifies()) return {};
  if (signature.empty()) return Error{Code::kDenied, "settings: they are not signed"};
  const Digest digest = sha256(content);
  for (const auto& key : trust.keys) {
    if (key.key.verifies(digest, signature)) return {};
  }
  return Error{Code::kDenied,
               "settings: the signature does not hold: the file was changed, or signed by another "
               "key"};
}

// How many bytes of the file are signed.
Result<std::size_t> content_size(ByteView file) {
  const auto have = std::min(file.size(), kHeader.size());
  if (as_text(file.first(have)) != kHeader.substr(0, have) || have == 0)
    return at(0, "the header is not `BZ Settings v1` and two spaces");
  if (file.size() < kFixedSize) return at(file.size(), "cut: the file ends before its JSON");
  const auto json_size = get_le(file.subspan(kHeader.size(), 4));
  if (json_size > kMaxSettingsJson)
    return at(kHeader.size(), "the JSON is longer than 65,536 bytes");
  const std::size_t size = kFixedSize + json_size;
  if (file.size() < size) return at(file.size(), "cut: the file ends within its JSON");
  return size;
}

}  // namespace

std::string write_settings_json(const SettingsFile& settings) {
  const auto& values = settings.values;
  JsonWriter json;
  json.integer("version", settings.version)
      .integer("issued", to_ms(settings.issued))
      .integer("expires", to_ms(settings.expires));
  if (values.risk_preset.empty()) {
    json.json("risk", risk_json(values.risk));
  } else {
    json.text("risk_preset", values.risk_preset);
  }
  json.integer("days_before_onset", values.days_before_onset)
      .integer("days_kept", values.days_kept)
      .integer("check_minutes", values.check_period.count())
      .integer("cover_minutes", values.cover_period.count())
      .boolean("publish_bluezone3", values.publish_bluezone3)
      .boolean("send_bluezone3", values.send_bluezone3)
      .boolean("accept_contact", values.accept_contact);
  if (values.callback_key) json.text("callback_key", to_base64(*values.callback_key));
  std::vector<std::string> regions;
  for (const auto& region : values.regions) {
    regions.push_back(JsonWriter()
                          .text("code", region.code)
                          .text("vietnamese", region.vietnamese)
                          .text("english", region.english)
                          .done());
  }
  json.list("regions", regions).text("minimum_app_version", values.minimum_app_version.text());
  return json.done();
}

Result<SettingsFile> read_settings_json(std::string_view text) {
  auto json = JsonReader::parse(text, kMaxSettingsJson);
  if (!json) return malformed(json.error().what);
  Fault fault;
  SettingsFile settings;
  settings.version = needed(json->integer("version"), "version", fault);
  settings.issued = from_ms(needed(json->integer("issued"), "issued", fault));
  settings.expires = from_ms(needed(json->integer("expires"), "expires", fault));
  const auto values = read_values(*json, settings.values, fault);
  json->ignore("later");
  // Of several faults the one of the reader says best what was met.
  if (auto fine = json->done(); !fine) return malformed(fine.error().what);
  if (!values) return malformed(values.error().what);
  if (auto fine = fault.done(); !fine) return fine.error();
  if (auto fine = check(settings); !fine) return Error{Code::kMalformed, fine.error().what};
  return settings;
}

Result<Bytes> seal_settings_json(std::string_view json, const SettingsSign& sign) {
  if (const auto read = read_settings_json(json); !read) return read.error();
  Bytes out = with_header(json);
  Bytes signature;
  if (sign) {
    auto made = sign(sha256(out));
    if (!made) return made.error();
    if (made->empty() || made->size() > kMaxSignature) {
      return Error{Code::kInvalid, "settings: a signer gave a signature that is not 1 to 72 bytes"};
    }
    signature = std::move(*made);
  }
  out.push_back(static_cast<std::uint8_t>(signature.size()));
  out.insert(out.end(), signature.begin(), signature.end());
  return out;
}

Result<Bytes> write_settings_file(const SettingsFile& settings, const SettingsSign& sign) {
  if (auto fine = check(settings); !fine) return Error{Code::kInvalid, fine.error().what};
  return seal_settings_json(write_settings_json(settings), sign);
}

Result<SettingsFile> read_settings_file(ByteView file, const Trust& trust) {
  if (const auto fine = wire::check(trust); !fine) return fine.error();
  const auto content = content_size(file);
  if (!content) return content.error();
  if (file.size() == *content) return at(file.size(), "cut: the file ends before its signature");
  const std::size_t size = file[*content];
  if (size > kMaxSignature) return at(*content, "the signature is longer than 72 bytes");
  const auto whole = *content + 1 + size;
  if (file.size() < whole) return at(file.size(), "cut: the file ends within its signature");
  if (file.size() > whole) return at(whole, "something was put after the signature");
  if (auto fine = check_signature(file.first(*content), file.last(size), trust); !fine)
    return fine.error();
  return read_settings_json(as_text(file.subspan(kFixedSize, *content - kFixedSize)));
}

ByteView signed_part_of_settings(ByteView file) {
  const auto size = content_size(file);
  return size ? file.first(*size) : file;
}

}  // namespace bz::wire
