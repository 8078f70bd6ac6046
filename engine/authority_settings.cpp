#include "engine/authority_settings.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <set>

#include "base/utf8.h"

namespace bz::engine {
namespace {

constexpr int kMostVersionNumber = 9'999;
constexpr std::size_t kMostRegions = 100;
constexpr std::size_t kLongestCode = 16;
constexpr std::size_t kLongestName = 64;

Error invalid(const std::string& what) {
  return {Code::kInvalid, "settings: " + what};
}

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= kLongestCode && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && is_utf8(text) &&
         std::ranges::all_of(text, [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte >= 0x20 && byte != 0x7f;
         });
}

Result<void> check_numbers(const AuthoritySettings& s) {
  struct Bounded {
    const char* name;
    std::int64_t value;
    std::int64_t least;
    std::int64_t most;
  };
  const std::array bounded{
      Bounded{"days_before_onset", s.days_before_onset, 0, 14},
      Bounded{"days_kept", s.days_kept, 7, 21},
      Bounded{"check_minutes", s.check_period.count(), 15, 1'440},
      Bounded{"cover_minutes", s.cover_period.count(), 60, 10'080},
      Bounded{"minimum_app_version's first number", s.minimum_app_version.major, 0,
              kMostVersionNumber},
      Bounded{"minimum_app_version's second number", s.minimum_app_version.minor, 0,
              kMostVersionNumber},
      Bounded{"minimum_app_version's third number", s.minimum_app_version.patch, 0,
              kMostVersionNumber},
  };
  for (const auto& [name, value, least, most] : bounded) {
    if (value < least || value > most) {
      return invalid(std::string(name) + " is not " + std::to_string(least) + " to " +
                     std::to_string(most));
    }
  }
  return {};
}

Result<void> check_regions(const std::vector<RegionName>& regions) {
  if (regions.size() > kMostRegions) return invalid("more than 100 regions");
  std::set<std::string_view> codes;
  for (const auto& region : regions) {
    if (!is_code(region.code))
      return invalid("a region's code is not 1 to 16 letters, digits and hyphens");
    if (!is_name(region.vietnamese) || !is_name(region.english))
      return invalid("a region's name is not 1 to 64 bytes without control characters");
    if (!codes.insert(region.code).second) return invalid("a region is there twice");
  }
  return {};
}

}  // namespace

std::optional<AppVersion> AppVersion::from_text(std::string_view text) {
  AppVersion version;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int* number : {&version.major, &version.minor, &version.patch}) {
    if (number != &version.major && (at == end || *at++ != '.')) return std::nullopt;
    const auto read = std::from_chars(at, end, *number);
    if (read.ec != std::errc{} || *number < 0 || *number > kMostVersionNumber) return std::nullopt;
    at = read.ptr;
  }
  // One way to write a version: no leading zeros.
  if (at != end || version.text() != text) return std::nullopt;
  return version;
}

std::string AppVersion::text() const {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

RiskSettings AuthoritySettings::risk_in_force() const {
  if (risk_preset.empty()) return risk;
  const auto preset = engine::risk_preset(risk_preset);
  assert(preset);
  return *preset;
}

Result<void> validate(const AuthoritySettings& settings) {
  if (settings.risk_preset.empty()) {
    if (auto fine = validate(settings.risk); !fine) return fine;
  } else if (!risk_preset(settings.risk_preset)) {
    return invalid("risk_preset is none of those this version knows");
  }
  if (auto fine = check_numbers(settings); !fine) return fine;
  if (settings.callback_key && !AgreementPublicKey::from_point(*settings.callback_key))
    return invalid("callback_key is not a compressed point on P-256");
  return check_regions(settings.regions);
}

}  // namespace bz::engine
