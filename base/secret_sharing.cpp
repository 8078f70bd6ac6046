#include "base/secret_sharing.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "base/hash.h"

namespace bz {
namespace {

// Without branches or tables, so that time says nothing of the secret.
constexpr std::uint8_t times(std::uint8_t a, std::uint8_t b) {
  unsigned left = a;
  unsigned product = 0;
  for (unsigned i = 0; i < 8; ++i) {
    product ^= left & (0U - ((b >> i) & 1U));
    left = (left << 1U) ^ (0x11bU & (0U - (left >> 7U)));
  }
  return static_cast<std::uint8_t>(product);
}

// a^254 = 1/a.
constexpr std::uint8_t inverse(std::uint8_t a) {
  std::uint8_t result = 1;
  for (int i = 0; i < 254; ++i) result = times(result, a);
  return result;
}

static_assert(times(0x57, 0x83) == 0xc1);  // FIPS 197 section 4.2
static_assert(times(0x53, inverse(0x53)) == 1);

bool in_range(const SecretShare& share) {
  return share.number >= 1 && share.number <= kMostShares;
}

Bytes check_of(const SecretShare& share) {
  Bytes all{share.number};
  all.insert(all.end(), share.bytes.begin(), share.bytes.end());
  const Digest digest = sha256(all);
  return {digest.begin(), digest.begin() + 4};
}

}  // namespace

Result<std::vector<SecretShare>> share_secret(const SharedSecret& secret, std::size_t count,
                                              Random& random) {
  if (count < 2 || count > kMostShares)
    return Error{Code::kInvalid, "a secret is shared among 2 to 16 people"};
  SharedSecret slope{};
  random.fill(slope);
  std::vector<SecretShare> shares(count);
  for (std::size_t n = 0; n < count; ++n) {
    auto& share = shares[n];
    share.number = static_cast<std::uint8_t>(n + 1);
    for (std::size_t i = 0; i < secret.size(); ++i)
      share.bytes[i] = static_cast<std::uint8_t>(secret[i] ^ times(slope[i], share.number));
  }
  return shares;
}

Result<SharedSecret> join_shares(const SecretShare& one, const SecretShare& other) {
  if (!in_range(one) || !in_range(other) || one.number == other.number)
    return Error{Code::kInvalid, "two shares of different numbers from 1 to 16 are needed"};
  // The line through (a, one) and (b, other) at 0: (one * b + other * a) / (a + b).
  const auto over_sum = inverse(static_cast<std::uint8_t>(one.number ^ other.number));
  const auto of_one = times(other.number, over_sum);
  const auto of_other = times(one.number, over_sum);
  SharedSecret secret{};
  for (std::size_t i = 0; i < secret.size(); ++i) {
    secret[i] =
        static_cast<std::uint8_t>(times(one.bytes[i], of_one) ^ times(other.bytes[i], of_other));
  }
  return secret;
}

std::string to_text(const SecretShare& share) {
  return std::to_string(share.number) + "-" + to_hex(share.bytes) + "-" + to_hex(check_of(share));
}

Result<SecretShare> share_from_text(std::string_view text) {
  const Error wrong{Code::kMalformed,
                    "not a share: a number from 1 to 16, 64 hex digits and 8 hex digits, with - "
                    "between them; or a digit is wrong"};
  std::string plain;
  std::ranges::copy_if(text, std::back_inserter(plain),
                       [](char c) { return c != ' ' && c != '\n' && c != '\r' && c != '\t'; });
  SecretShare share;
  const char* const end = plain.data() + plain.size();
  const auto number = std::from_chars(plain.data(), end, share.number);
  const std::string_view rest(number.ptr, static_cast<std::size_t>(end - number.ptr));
  std::array<std::uint8_t, 4> check{};
  const bool well_formed = number.ec == std::errc{} && plain[0] != '0' && in_range(share) &&
                           rest.size() == 74 && rest[0] == '-' && rest[65] == '-' &&
                           from_hex(rest.substr(1, 64), share.bytes).has_value() &&
                           from_hex(rest.substr(66), check).has_value();
  if (!well_formed || !std::ranges::equal(check, check_of(share))) return wrong;
  return share;
}

}  // namespace bz
