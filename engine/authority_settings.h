// What a health authority can change in every phone without a new version of the app: whom to warn,
// which days to publish, how often to look. Each value has bounds that are built in, so that not
// even the holder of the signing key can set a phone to keep nothing back or everything for ever.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ecdh.h"
#include "engine/risk.h"
#include "engine/risk_presets.h"

namespace bz::engine {

struct AppVersion {
  int major = 0;  // each 0 to 9,999
  int minor = 0;
  int patch = 0;

  // "4.0.12"; nothing for any other text.
  static std::optional<AppVersion> from_text(std::string_view text);
  [[nodiscard]] std::string text() const;
  auto operator<=>(const AppVersion&) const = default;
};

// A region whose keys a phone may fetch, and what a person reads for it.
struct RegionName {
  std::string code;        // 1 to 16 of A to Z, a to z, 0 to 9 and -: "VN", "VN-51"
  std::string vietnamese;  // 1 to 64 bytes of UTF-8, no control characters
  std::string english;     // the same

  bool operator==(const RegionName&) const = default;
};

struct AuthoritySettings {
  // A preset by name, or, where this is empty, `risk`.
  std::string risk_preset{kDefaultRiskPreset};
  RiskSettings risk = {};

  int days_before_onset = 2;  // a case's keys from so many days before symptoms on; 0 to 14
  int days_kept = 14;         // what was heard and said; 7 to 21
  std::chrono::minutes check_period{240};       // between fetches; 15 to 1,440
  std::chrono::minutes cover_period{2 * 1440};  // between visits that carry nothing; 60 to 10,080
  bool publish_bluezone3 = false;  // whether a case may publish day chains of the 2020 app
  bool send_bluezone3 = false;     // whether a phone may say names of that profile
  bool accept_contact = false;     // F1: whether a phone takes codes of type `contact`
  std::optional<CompressedPoint> callback_key = {};  // to seal callbacks to; none: no callbacks
  std::vector<RegionName> regions = {};  // at most 100, each code once; the phone's own first
  AppVersion minimum_app_version = {};   // an older app asks its owner to update it

  // The risk settings in force. The settings must be valid.
  [[nodiscard]] RiskSettings risk_in_force() const;

  bool operator==(const AuthoritySettings&) const = default;
};

// kInvalid, naming the value and its bounds, when one is out of them.
Result<void> validate(const AuthoritySettings& settings);

}  // namespace bz::engine
