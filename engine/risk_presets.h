// Risk settings by name: what deployed apps are published to have used, and our own. Origins and
// gaps of each number: docs/risk.md.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "engine/risk.h"

namespace bz::engine {

inline constexpr std::string_view kDefaultRiskPreset = "bluezone4";

// In order of the alphabet.
std::span<const std::string_view> risk_preset_names();

// Nothing for any other name.
std::optional<RiskSettings> risk_preset(std::string_view name);

}  // namespace bz::engine
