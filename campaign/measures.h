// What is counted (chỉ tiêu) and which counts are set against which (tỷ lệ). Both are built in: a
// new one is a line in measures.cpp.
//
// Operators count SIMs, `app_installed_sim`: a measure of its own, never added to or compared with
// `app_installed`, which counts handsets.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace bz::campaign {

// A stock is what there is at a cut-off (installed so far); a flow is what came in the period that
// the cut-off closes (installed on that day).
enum class MeasureKind : std::uint8_t { kStock, kFlow };

// What one of it is.
enum class One : std::uint8_t { kPerson, kHandset, kSim, kHousehold };

struct Measure {
  std::string_view code;
  MeasureKind kind{};
  One one{};
  // Whether the figures of units add up to the figure of the unit above them. Not so for what
  // bodies count of their own staff: who works for two is counted twice.
  bool is_summable = false;
  bool never_falls = false;  // cumulative: a fall is asked about
  // It counts some of what this one counts, so it cannot be above it; empty: of nothing.
  std::string_view part_of;
  std::string_view name, name_en;
};

struct Indicator {
  std::string_view code;
  std::string_view numerator, denominator;  // measures
  std::string_view name, name_en;
  std::string_view of_whom, of_whom_en;  // "dân số", "residents"
};

std::span<const Measure> measures();
std::span<const Indicator> indicators();
// nullptr when there is none of that code.
const Measure* find_measure(std::string_view code);
const Indicator* find_indicator(std::string_view code);

// "máy", "SIM", "người", "hộ"; "handsets", "SIMs", "people", "households".
std::string_view unit_word(One one);
std::string_view unit_word_en(One one);

}  // namespace bz::campaign
