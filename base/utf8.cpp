#include "base/utf8.h"

#include <cstdint>

namespace bz {
namespace {

struct Shape {
  std::size_t length = 0;
  // What the second byte may be: narrower where the first alone would allow an overlong form, a
  // surrogate or too high a number (RFC 3629 section 4).
  std::uint8_t least = 0x80;
  std::uint8_t most = 0xBF;
};

Shape shape_of(std::uint8_t first) {
  if (first < 0x80) return {1};
  if (first < 0xC2) return {};
  if (first < 0xE0) return {2};
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED) return {3, 0x80, 0x9F};
  if (first < 0xF0) return {3};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  if (first < 0xF4) return {4};
  if (first == 0xF4) return {4, 0x80, 0x8F};
  return {};
}

}  // namespace

std::size_t first_character(std::string_view text) {
  if (text.empty()) return 0;
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto shape = shape_of(at(0));
  if (shape.length > text.size()) return 0;
  if (shape.length > 1 && (at(1) < shape.least || at(1) > shape.most)) return 0;
  for (std::size_t i = 2; i < shape.length; ++i) {
    if ((at(i) & 0xC0U) != 0x80U) return 0;
  }
  return shape.length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = first_character(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace bz
