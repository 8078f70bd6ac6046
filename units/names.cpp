#include "units/names.h"

#include <algorithm>
#include <array>
#include <span>

#include "vi/text.h"

namespace bz::units {
namespace {

constexpr std::array<std::string_view, 2> kProvinceTypes{"Thành phố", "Tỉnh"};
constexpr std::array<std::string_view, 4> kDistrictTypes{"Thành phố", "Thị xã", "Huyện", "Quận"};
constexpr std::array<std::string_view, 4> kCommuneTypes{"Thị trấn", "Đặc khu", "Phường", "Xã"};

std::span<const std::string_view> types_of(Level level) {
  switch (level) {
    case Level::kProvince: return kProvinceTypes;
    case Level::kDistrict: return kDistrictTypes;
    case Level::kCommune: return kCommuneTypes;
    case Level::kNation: break;
  }
  return {};
}

// The type that a folded text is or begins with.
std::optional<std::string_view> type_in_front(std::string_view folded, Level level) {
  for (const auto type : types_of(level)) {
    const auto wanted = vi::fold(type);
    if (folded == wanted || folded.starts_with(wanted + " ")) return type;
  }
  return std::nullopt;
}

// What stands behind a type (folded) in a text with single spaces: nothing when the text does not
// begin with it, or is it.
std::optional<std::string_view> behind(std::string_view text, std::string_view folded_type) {
  for (auto end = text.find(' '); end != std::string_view::npos; end = text.find(' ', end + 1)) {
    const auto front = vi::fold(text.substr(0, end));
    if (front == folded_type) return text.substr(end + 1);
    if (front.size() > folded_type.size()) break;
  }
  return std::nullopt;
}

struct Short {
  std::string_view written;  // folded
  std::string_view type;     // folded
};
// In front of a name, longest first.
constexpr std::array<Short, 24> kShort{{{"thanh pho", "thanh pho"},
                                        {"thi tran", "thi tran"},
                                        {"dac khu", "dac khu"},
                                        {"thi xa", "thi xa"},
                                        {"phuong", "phuong"},
                                        {"huyen", "huyen"},
                                        {"quan", "quan"},
                                        {"tinh", "tinh"},
                                        {"city", "thanh pho"},
                                        {"xa", "xa"},
                                        {"tp", "thanh pho"},
                                        {"tx", "thi xa"},
                                        {"tt", "thi tran"},
                                        {"dk", "dac khu"},
                                        {"t p", "thanh pho"},
                                        {"t x", "thi xa"},
                                        {"t t", "thi tran"},
                                        {"ph", "phuong"},
                                        {"h", "huyen"},
                                        {"q", "quan"},
                                        {"p", "phuong"},
                                        {"t", "tinh"},
                                        {"x", "xa"},
                                        {"f", "phuong"}}};

// Puts a space behind the dots of a short type ("TP.HCM", "Q.1"), so that fold sees words.
std::string with_spaces(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '.') out += ' ';
  }
  return vi::normal(out).value_or("");
}

Written written(std::string_view type, std::string_view rest) {
  Written one;
  one.type = type;
  one.exact = vi::same_spelling(rest);
  one.folded = without_zeros(vi::fold(rest));
  one.has_tones =
      std::ranges::any_of(rest, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  return one;
}

}  // namespace

std::string full_name(const Name& name) {
  return name.type + " " + name.name;
}

std::optional<Name> list_name(std::string_view name, std::string_view type, Level level) {
  const auto text = vi::normal(name);
  if (!text || text->empty()) return std::nullopt;
  const auto known = type_in_front(vi::fold(type), level);
  if (!known) return std::nullopt;
  const auto folded_type = vi::fold(*known);
  if (vi::fold(*text) == folded_type) return std::nullopt;
  return Name{std::string(*known), std::string(behind(*text, folded_type).value_or(*text))};
}

std::string without_zeros(std::string_view name) {
  const bool digits = std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return std::string(name);
  const auto first = std::min(name.find_first_not_of('0'), name.size());
  return std::string(name.substr(first == name.size() && first > 0 ? first - 1 : first));
}

std::vector<Written> ways_to_read(std::string_view text) {
  const auto spaced = with_spaces(text);
  std::vector<Written> ways;
  if (spaced.empty()) return ways;
  ways.push_back(written("", spaced));
  for (const auto& [short_form, type] : kShort) {
    const auto rest = behind(spaced, short_form);
    if (!rest) continue;
    ways.push_back(written(type, *rest));
    break;
  }
  return ways;
}

}  // namespace bz::units
