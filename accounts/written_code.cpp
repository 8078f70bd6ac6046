#include "accounts/written_code.h"

#include <array>

namespace bz::accounts {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kLetters = 16;

}  // namespace

std::string draw_written_code(Random& random) {
  std::array<std::uint8_t, kLetters> bytes{};
  random.fill(bytes);
  std::string code;
  for (std::size_t i = 0; i < kLetters; ++i) {
    if (i > 0 && i % 4 == 0) code += '-';
    code += kAlphabet[bytes[i] % kAlphabet.size()];  // 256 is a multiple of 32: no bias
  }
  return code;
}

std::string as_drawn(std::string_view typed) {
  std::string code;
  std::size_t letters = 0;
  for (char c : typed) {
    if (c == ' ' || c == '-') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (kAlphabet.find(c) == std::string_view::npos || letters == kLetters) return {};
    if (letters > 0 && letters % 4 == 0) code += '-';
    code += c;
    ++letters;
  }
  return letters == kLetters ? code : std::string{};
}

Digest recovery_hash(std::string_view account, std::string_view typed) {
  return sha256(
      as_bytes("bluezone recovery code\n" + std::string(account) + "\n" + as_drawn(typed)));
}

}  // namespace bz::accounts
