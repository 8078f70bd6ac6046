// What commands that play a phone have in common: the authority's settings as this phone took them
// last, and what they ask of an app that is too old for them.
#pragma once

#include <optional>
#include <string>

#include "engine/authority_settings.h"
#include "phone/phone.h"

namespace bz::tools {

// Of this program, as phones compare it with minimum_app_version and as an installation says it.
engine::AppVersion app_version();
inline constexpr const char* kPlatform = "other";  // neither android nor ios

// Those in force on this phone; without a key, those built in. `key`: PEM file of the key that
// signs settings.
Result<engine::AuthoritySettings> settings_in_force(phone::Phone& phone,
                                                    const std::optional<std::string>& key);

// One line, Vietnamese and English, when the authority asks for a newer app than this one.
std::optional<std::string> update_notice(const engine::AuthoritySettings& settings);

}  // namespace bz::tools
