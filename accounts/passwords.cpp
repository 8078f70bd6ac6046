#include "accounts/passwords.h"

#include <argon2.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "base/ascii.h"

namespace bz::accounts {
namespace {

// The commonest of those long enough, in lower case, without the ones that are_in_a_row() finds.
constexpr auto kCommon = std::to_array<std::string_view>({
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "abc123456789",
    "abcd12345678",
    "administrator",
    "anhyeuem1234",
    "anhyeuem12345",
    "anhyeuem123456",
    "baobao123456",
    "bluezone1234",
    "bluezone12345",
    "bluezone123456",
    "bluezone2020",
    "changeme1234",
    "concobebe123",
    "correct horse battery staple",
    "correcthorsebatterystaple",
    "covid19covid19",
    "emyeuanh1234",
    "iloveyou1234",
    "khongbiet123",
    "khongcomatkhau",
    "letmein12345",
    "matkhau12345",
    "matkhau123456",
    "matkhaumoi123",
    "mot hai ba bon",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "q1w2e3r4t5y6",
    "qazwsxedcrfv",
    "qwerty123456",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopasdf",
    "travinh12345",
    "travinh123456",
    "vietnam12345",
    "vietnam123456",
    "vietnamvodich",
    "welcome12345",
    "yeuem123456789",
});
static_assert(std::is_sorted(kCommon.begin(), kCommon.end()));

// Every character follows the one before by the same step: "aaaaaaaaaaaa", "123456789012",
// "lkjihgfedcba"; digits go on from 9 to 0.
bool are_in_a_row(std::string_view text) {
  for (const int step : {-1, 0, 1}) {
    bool all = true;
    for (std::size_t i = 1; i < text.size() && all; ++i) {
      const int here = text[i];
      const int before = text[i - 1];
      all = here == before + step || (step == 1 && before == '9' && here == '0') ||
            (step == -1 && before == '0' && here == '9');
    }
    if (all) return true;
  }
  return false;
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

Result<std::string> composed(std::string_view text) {
  const Error not_utf8{Code::kMalformed, "a password must be UTF-8 text"};
  const Error no_memory{Code::kUnavailable, "out of memory while a password was composed"};
  UErrorCode status = U_ZERO_ERROR;
  std::vector<UChar> wide(text.size() + 1);
  std::int32_t size = 0;
  u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &size, text.data(),
                static_cast<std::int32_t>(text.size()), &status);
  if (U_FAILURE(status) != 0) return not_utf8;
  const UNormalizer2* nfc = unorm2_getNFCInstance(&status);
  std::vector<UChar> normal(wide.size() * 3 + 1);  // NFC makes no text longer than three times
  const auto normal_size = unorm2_normalize(nfc, wide.data(), size, normal.data(),
                                            static_cast<std::int32_t>(normal.size()), &status);
  if (U_FAILURE(status) != 0) return no_memory;
  std::string out(static_cast<std::size_t>(normal_size) * 3 + 1, '\0');
  std::int32_t out_size = 0;
  u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &out_size, normal.data(),
              normal_size, &status);
  if (U_FAILURE(status) != 0) return no_memory;
  out.resize(static_cast<std::size_t>(out_size));
  return out;
}

std::optional<PasswordFault> password_fault(std::string_view password, std::string_view name) {
  const auto text = composed(password);
  if (!text || characters(*text) < kLeastPassword) return PasswordFault::kShort;
  if (characters(*text) > kMostPassword) return PasswordFault::kLong;
  const std::string small = ascii_lowered(*text);
  if (small.find(name) != std::string::npos) return PasswordFault::kHasName;
  if (std::ranges::binary_search(kCommon, std::string_view(small)) || are_in_a_row(small)) {
    return PasswordFault::kCommon;
  }
  return std::nullopt;
}

// One of the places to hash in, for as long as it lives.
class PasswordHasher::Place {
 public:
  explicit Place(PasswordHasher& hasher) : hasher_(hasher) {
    std::unique_lock lock(hasher_.mutex_);
    const auto& settings = hasher_.settings_;
    const auto is_free = [&] { return hasher_.running_ < settings.at_once; };
    if (!is_free()) {
      if (hasher_.waiting_ >= settings.waiting) return;
      ++hasher_.waiting_;
      const bool came = hasher_.freed_.wait_for(lock, settings.longest_wait, is_free);
      --hasher_.waiting_;
      if (!came) return;
    }
    ++hasher_.running_;
    taken_ = true;
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    if (!taken_) return;
    const std::lock_guard lock(hasher_.mutex_);
    --hasher_.running_;
    hasher_.freed_.notify_one();
  }
  [[nodiscard]] bool taken() const { return taken_; }

 private:
  PasswordHasher& hasher_;
  bool taken_ = false;
};

namespace {
Error too_many() {
  return {Code::kUnavailable, "too many passwords are being checked; try again in a few seconds"};
}
}  // namespace

Result<std::string> PasswordHasher::hash(std::string_view password) {
  const auto text = composed(password);
  if (!text) return text.error();
  const Place place(*this);
  if (!place.taken()) return too_many();
  std::array<std::uint8_t, 16> salt{};
  random_.fill(salt);
  constexpr std::uint32_t kHashSize = 32;
  std::string encoded(argon2_encodedlen(settings_.passes, settings_.memory_kib, 1, salt.size(),
                                        kHashSize, Argon2_id),
                      '\0');
  const int failed =
      argon2id_hash_encoded(settings_.passes, settings_.memory_kib, 1, text->data(), text->size(),
                            salt.data(), salt.size(), kHashSize, encoded.data(), encoded.size());
  if (failed != ARGON2_OK) return Error{Code::kUnavailable, "out of memory for hashing a password"};
  encoded.resize(encoded.find('\0'));
  return encoded;
}

Result<bool> PasswordHasher::matches(std::string_view password, const std::string& hashed) {
  const auto text = composed(password);
  if (!text) return text.error();
  const Place place(*this);
  if (!place.taken()) return too_many();
  const int answer = argon2id_verify(hashed.c_str(), text->data(), text->size());
  if (answer == ARGON2_OK) return true;
  if (answer == ARGON2_VERIFY_MISMATCH) return false;
  return Error{Code::kUnavailable,
               "a stored password cannot be read, or there is no memory for it"};
}

bool PasswordHasher::is_old(std::string_view hashed) const {
  const std::string ours = "$argon2id$v=19$m=" + std::to_string(settings_.memory_kib) +
                           ",t=" + std::to_string(settings_.passes) + ",p=1$";
  return !hashed.starts_with(ours);
}

}  // namespace bz::accounts
