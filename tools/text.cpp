#include "tools/text.h"

#include <array>
#include <cstdio>

#include "base/date.h"

namespace bz::tools {
namespace {

constexpr std::array<std::string_view, 6> kReportTypes{"unknown",     "confirmed", "likely",
                                                       "self_report", "recursive", "revoked"};

}  // namespace

std::string utc_text(Instant t) {
  const auto day = day_of(t);
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(t - Instant{day})};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), " %02ld:%02ld:%02ld UTC",
                static_cast<long>(time.hours().count()), static_cast<long>(time.minutes().count()),
                static_cast<long>(time.seconds().count()));
  return to_text(day) + text.data();
}

std::string_view name_of(engine::ReportType type) {
  return kReportTypes.at(static_cast<std::size_t>(type));
}

std::optional<engine::ReportType> report_type_named(std::string_view name) {
  for (std::size_t i = 0; i < kReportTypes.size(); ++i) {
    if (kReportTypes[i] == name) return static_cast<engine::ReportType>(i);
  }
  return std::nullopt;
}

}  // namespace bz::tools
