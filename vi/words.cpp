#include <array>
#include <cassert>

#include "vi/number.h"

namespace bz::vi {
namespace {

constexpr std::array<const char*, 10> kDigits = {"không", "một", "hai", "ba",  "bốn",
                                                 "năm",   "sáu", "bảy", "tám", "chín"};

std::string digit(std::int64_t value) {
  return kDigits.at(static_cast<std::size_t>(value));
}

// The unit after a number of tens: how 1, 4 and 5 sound depends on it.
std::string unit(std::int64_t units, std::int64_t tens) {
  if (units == 1 && tens > 1) return "mốt";
  if (units == 4 && tens > 1) return "tư";
  if (units == 5 && tens > 0) return "lăm";
  return digit(units);
}

void say(std::string& out, std::string_view word) {
  if (!out.empty()) out += ' ';
  out += word;
}

// 1 to 999; `whole` where a higher group was read, so that missing hundreds are read too.
void say_group(std::string& out, std::int64_t group, bool whole, Speech speech) {
  const auto hundreds = group / 100;
  const auto tens = group / 10 % 10;
  const auto units = group % 10;
  const bool has_hundreds = hundreds > 0 || whole;
  if (has_hundreds) say(out, digit(hundreds) + " trăm");
  if (tens == 0 && units > 0 && has_hundreds) say(out, speech == Speech::kNorth ? "linh" : "lẻ");
  if (tens == 1) say(out, "mười");
  if (tens > 1) say(out, digit(tens) + " mươi");
  if (units > 0) say(out, unit(units, tens));
}

void say_number(std::string& out, std::int64_t count, bool whole, Speech speech) {
  struct Step {
    std::int64_t size;
    const char* north;
    const char* south;
  };
  constexpr std::array<Step, 3> kSteps = {
      {{1'000'000'000, "tỷ", "tỷ"}, {1'000'000, "triệu", "triệu"}, {1'000, "nghìn", "ngàn"}}};
  for (const auto& step : kSteps) {
    if (count < step.size) continue;
    say_number(out, count / step.size, whole, speech);
    say(out, speech == Speech::kNorth ? step.north : step.south);
    whole = true;
    count %= step.size;
  }
  if (count > 0) say_group(out, count, whole, speech);
}

}  // namespace

std::string count_in_words(std::int64_t count, Speech speech) {
  assert(count >= 0);
  if (count == 0) return digit(0);
  std::string out;
  say_number(out, count, false, speech);
  return out;
}

}  // namespace bz::vi
