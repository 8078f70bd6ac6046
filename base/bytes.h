// Octet strings, their hexadecimal text (RFC 4648 section 8) and little-endian integers in them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bz {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// Upper case, two digits a byte, no separators.
std::string to_hex(ByteView bytes);

// Either case in. kMalformed on an odd count of digits or any other character.
Result<Bytes> from_hex(std::string_view text);

// The same for a value of fixed size; kMalformed also when the text is not exactly N bytes long.
// On failure `out` is untouched.
Result<void> from_hex(std::string_view text, std::span<std::uint8_t> out);

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Writes the low out.size() bytes of `value`, least significant first.
constexpr void put_le(std::span<std::uint8_t> out, std::uint64_t value) {
  for (auto& byte : out) {
    byte = static_cast<std::uint8_t>(value);
    value >>= 8U;
  }
}

// Reads up to eight bytes, least significant first.
constexpr std::uint64_t get_le(ByteView bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = (value << 8U) | bytes[i];
  return value;
}

}  // namespace bz
