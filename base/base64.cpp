#include "base/base64.h"

#include <array>

namespace bz {
namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlSafe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Six bits a character; a character outside the alphabet has the top bit, which survives an "or".
using Table = std::array<std::uint8_t, 256>;
constexpr std::uint32_t kForeign = 0x80;

constexpr Table table_of(std::string_view alphabet) {
  Table table{};
  for (auto& value : table) value = kForeign;
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return table;
}

constexpr Table kStandardTable = table_of(kStandard);
constexpr Table kUrlSafeTable = table_of(kUrlSafe);

std::string encode(ByteView bytes, std::string_view alphabet, bool pad) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  const auto put = [&](std::uint32_t bits) { out.push_back(alphabet[bits & 63U]); };
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group = std::uint32_t{bytes[i]} << 16U | std::uint32_t{bytes[i + 1]} << 8U |
                                std::uint32_t{bytes[i + 2]};
    put(group >> 18U);
    put(group >> 12U);
    put(group >> 6U);
    put(group);
  }
  const auto rest = bytes.size() - i;
  if (rest == 0) return out;
  std::uint32_t group = std::uint32_t{bytes[i]} << 16U;
  if (rest == 2) group |= std::uint32_t{bytes[i + 1]} << 8U;
  put(group >> 18U);
  put(group >> 12U);
  if (rest == 2) put(group >> 6U);
  if (pad) out.append(3 - rest, '=');
  return out;
}

Result<Bytes> decode(std::string_view text, const Table& table) {
  const auto value = [&](std::size_t i) {
    return std::uint32_t{table[static_cast<std::uint8_t>(text[i])]};
  };
  const auto rest = text.size() % 4;
  Bytes out(text.size() / 4 * 3 + (rest > 1 ? rest - 1 : 0));
  std::uint32_t seen = 0;
  std::size_t o = 0;
  std::size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) {
    const auto a = value(i);
    const auto b = value(i + 1);
    const auto c = value(i + 2);
    const auto d = value(i + 3);
    seen |= a | b | c | d;
    const auto group = a << 18U | b << 12U | c << 6U | d;
    out[o++] = static_cast<std::uint8_t>(group >> 16U);
    out[o++] = static_cast<std::uint8_t>(group >> 8U);
    out[o++] = static_cast<std::uint8_t>(group);
  }
  std::uint32_t left_over = 0;
  if (rest > 1) {
    const auto a = value(i);
    const auto b = value(i + 1);
    const auto c = rest == 3 ? value(i + 2) : 0U;
    seen |= a | b | c;
    const auto group = a << 18U | b << 12U | c << 6U;
    out[o++] = static_cast<std::uint8_t>(group >> 16U);
    if (rest == 3) out[o++] = static_cast<std::uint8_t>(group >> 8U);
    left_over = rest == 3 ? c & 3U : b & 15U;
  }
  if (rest == 1 || (seen & kForeign) != 0 || left_over != 0)
    return Error{Code::kMalformed, "not base64: send the bytes encoded as RFC 4648 says"};
  return out;
}

}  // namespace

std::string to_base64(ByteView bytes) {
  return encode(bytes, kStandard, true);
}

std::string to_base64url(ByteView bytes) {
  return encode(bytes, kUrlSafe, false);
}

Result<Bytes> from_base64(std::string_view text) {
  // Padding fills the last four characters, or there is none; anywhere else '=' is foreign.
  if (text.size() % 4 == 0) {
    if (text.ends_with("==")) {
      text.remove_suffix(2);
    } else if (text.ends_with('=')) {
      text.remove_suffix(1);
    }
  }
  return decode(text, kStandardTable);
}

Result<Bytes> from_base64url(std::string_view text) {
  return decode(text, kUrlSafeTable);
}

}  // namespace bz
