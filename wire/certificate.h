// The verification certificate: what the codes side signs over the keys' HMAC, and the keys side
// believes (Exposure Notification reference servers; claims in docs/formats/certificate.md).
//
// It names no person, code or token. Its times are cut to the hour, so that they say nothing of the
// moment it was made; `handle` is random, is stored with the keys, and stands in the codes store
// only sealed to the supervisors' key.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/time.h"
#include "wire/jwt.h"

namespace bz::wire {

using RevocationHandle = std::array<std::uint8_t, 16>;

// What a tested person's report says. Its words stand in certificates and in the API: "confirmed",
// "likely", "negative", "user-report", and ours, "contact".
enum class TestType : std::uint8_t { kConfirmed, kLikely, kNegative, kUserReport, kContact };
std::string_view word(TestType type);
std::optional<TestType> test_type(std::string_view word);  // upper or lower case

struct Certificate {
  std::string issuer = {};    // `iss`: the authority's name on the codes side
  std::string audience = {};  // `aud`: the keys side's
  Instant issued = {};        // `iat` and `nbf`, where they differ the later; valid from then
  Instant expires = {};       // `exp`; valid until then, the moment not included
  Digest tekmac{};
  TestType report = TestType::kConfirmed;
  std::optional<Interval> symptom_onset = {};  // the first of a UTC day
  RevocationHandle handle{};                   // `rvh`, base64
  // For `bluezone3` a certificate of its own over chains (docs/formats/certificate.md).
  bool chains = false;

  bool operator==(const Certificate&) const = default;
};

// Both times must be whole hours (assert).
std::string write_certificate(const Certificate& certificate, std::string_view key_id,
                              const SigningKey& key);
// The claims of a token whose signature the caller has checked or will; times may be any second. A
// certificate of a reference server, without handle, gives a random-looking one made from its text,
// so that a retry gives the same. kMalformed when a claim other than `nbf`, symptomOnsetInterval,
// `rvh` and `chains` is missing, or one is of another type; other claims are skipped.
Result<Certificate> read_certificate(const Jwt& jwt);

}  // namespace bz::wire
