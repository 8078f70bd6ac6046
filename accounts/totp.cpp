#include "accounts/totp.h"

#include "base/constant_time.h"
#include "base/hash.h"

namespace bz::accounts {

std::int64_t totp_step(Instant now) {
  return to_ms(now) / (kTotpStepSeconds * 1'000);
}

std::string totp(const TotpSecret& secret, std::int64_t step) {
  std::array<std::uint8_t, 8> counter{};  // RFC 4226: most significant byte first
  auto rest = static_cast<std::uint64_t>(step);
  for (std::size_t i = counter.size(); i-- > 0; rest >>= 8U) {
    counter[i] = static_cast<std::uint8_t>(rest);
  }
  const auto code = hmac_sha1(secret, counter);
  const std::size_t offset = code.back() & 0x0FU;
  const std::uint32_t number = ((std::uint32_t{code[offset]} & 0x7FU) << 24U) |
                               (std::uint32_t{code[offset + 1]} << 16U) |
                               (std::uint32_t{code[offset + 2]} << 8U) | code[offset + 3];
  std::string digits = std::to_string(number % 1'000'000);
  return std::string(6 - digits.size(), '0') + digits;
}

std::optional<std::int64_t> matching_totp_step(const TotpSecret& secret, std::string_view typed,
                                               Instant now, std::int64_t last_step) {
  std::string digits;
  for (const char c : typed) {
    if (c != ' ') digits += c;
  }
  const auto middle = totp_step(now);
  std::optional<std::int64_t> found;
  for (std::int64_t step = middle - 1; step <= middle + 1; ++step) {
    const bool same = same_in_constant_time(digits, totp(secret, step));
    if (same && step > last_step && !found) found = step;
  }
  return found;
}

std::string to_base32(ByteView bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8U) | byte;
    for (count += 8; count >= 5; count -= 5) text += kAlphabet[(bits >> (count - 5)) & 0x1FU];
  }
  if (count > 0) text += kAlphabet[(bits << (5 - count)) & 0x1FU];
  return text;
}

std::string totp_uri(const TotpSecret& secret, std::string_view account) {
  return "otpauth://totp/Bluezone:" + std::string(account) + "?secret=" + to_base32(secret) +
         "&issuer=Bluezone&algorithm=SHA1&digits=6&period=30";
}

}  // namespace bz::accounts
