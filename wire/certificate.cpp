#include "wire/certificate.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "base/ascii.h"
#include "base/base64.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"
#include "wire/limits.h"

namespace bz::wire {
namespace {

constexpr std::array<std::string_view, 5> kWords = {"confirmed", "likely", "negative",
                                                    "user-report", "contact"};

Error malformed(std::string_view what) {
  return {Code::kMalformed, "certificate: " + std::string(what)};
}

std::int64_t seconds(Instant t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

[[maybe_unused]] bool whole_hour(Instant t) {
  return t.time_since_epoch() % std::chrono::hours{1} == std::chrono::milliseconds{0};
}

bool is_second(std::optional<std::int64_t> s) {
  return s && *s >= 0 && *s <= kLastSecond;
}

Instant at(std::int64_t second) {
  return Instant{std::chrono::seconds{second}};
}

// False when there are bytes, and not as many as `out` has.
template <std::size_t N>
bool copy_exactly(const Bytes& bytes, std::array<std::uint8_t, N>& out) {
  if (bytes.size() != N) return false;
  std::ranges::copy(bytes, out.begin());
  return true;
}

}  // namespace

std::string_view word(TestType type) {
  return kWords.at(static_cast<std::size_t>(type));
}

std::optional<TestType> test_type(std::string_view word) {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (std::ranges::equal(word, kWords.at(i), {}, ascii_lower)) return static_cast<TestType>(i);
  }
  return {};
}

std::string write_certificate(const Certificate& certificate, std::string_view key_id,
                              const SigningKey& key) {
  assert(whole_hour(certificate.issued) && whole_hour(certificate.expires));
  JsonWriter claims;
  claims.text("iss", certificate.issuer)
      .text("aud", certificate.audience)
      .integer("iat", seconds(certificate.issued))
      .integer("nbf", seconds(certificate.issued))
      .integer("exp", seconds(certificate.expires))
      .text("tekmac", to_base64(certificate.tekmac))
      .text("reportType", word(certificate.report));
  if (certificate.symptom_onset) {
    claims.integer("symptomOnsetInterval", certificate.symptom_onset->number);
  }
  claims.text("rvh", to_base64(certificate.handle));
  if (certificate.chains) claims.boolean("chains", true);
  return write_jwt(claims.done(), key_id, key);
}

Result<Certificate> read_certificate(const Jwt& jwt) {
  auto claims = JsonReader::parse(jwt.claims, kMaxJwt);
  if (!claims) return malformed("its claims are not a JSON object");
  const auto issued = claims->integer("iat");
  const auto not_before = claims->integer("nbf");
  const auto expires = claims->integer("exp");
  const auto tekmac = claims->base64("tekmac");
  const auto report = test_type(claims->text("reportType").value_or(""));
  const auto onset = claims->integer("symptomOnsetInterval").value_or(0);
  const auto handle = claims->base64("rvh");
  Certificate certificate{.issuer = claims->text("iss").value_or(""),
                          .audience = claims->text("aud").value_or(""),
                          .issued = {},
                          .expires = {},
                          .report = report.value_or(TestType::kConfirmed),
                          .symptom_onset = {},
                          .chains = claims->boolean("chains").value_or(false)};
  claims->ignore_others();
  if (const auto read = claims->done(); !read) return malformed(read.error().what);

  if (certificate.issuer.empty()) return malformed("iss is missing");
  if (certificate.audience.empty()) return malformed("aud is missing");
  if (!is_second(issued) || !is_second(expires) || (not_before && !is_second(not_before)))
    return malformed("iat, exp or nbf is no time in seconds since 1970");
  if (!report) return malformed("reportType is missing or no test type");
  if (!tekmac || !copy_exactly(*tekmac, certificate.tekmac))
    return malformed("tekmac is not 32 bytes in base64");
  if (onset < 0 || onset > std::numeric_limits<std::uint32_t>::max())
    return malformed("symptomOnsetInterval is no 10-minute number");
  if (handle && !copy_exactly(*handle, certificate.handle))
    return malformed("rvh is not 16 bytes in base64");

  certificate.issued = at(std::max(*issued, not_before.value_or(*issued)));
  certificate.expires = at(*expires);
  const auto onset_day = static_cast<std::uint32_t>(onset) / kIntervalsPerDay * kIntervalsPerDay;
  if (onset_day > 0) certificate.symptom_onset = Interval{onset_day};
  if (!handle)
    std::copy_n(jwt.digest.begin(), certificate.handle.size(), certificate.handle.begin());
  return certificate;
}

}  // namespace bz::wire
