#include "base/bytes.h"

#include <algorithm>

namespace bz {
namespace {

// The value of one hexadecimal digit, or -1.
int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return Error{Code::kMalformed, "hex text with an odd count of digits"};
  Bytes bytes(text.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    if (high < 0 || low < 0)
      return Error{Code::kMalformed, "hex text with a character that is no hex digit"};
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return bytes;
}

Result<void> from_hex(std::string_view text, std::span<std::uint8_t> out) {
  auto bytes = from_hex(text);
  if (!bytes) return bytes.error();
  if (bytes->size() != out.size()) {
    return Error{Code::kMalformed, "hex text of " + std::to_string(text.size()) + " digits where " +
                                       std::to_string(out.size() * 2) + " are expected"};
  }
  std::ranges::copy(*bytes, out.begin());
  return {};
}

}  // namespace bz
