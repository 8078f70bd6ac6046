// Elliptic-curve Diffie-Hellman on P-256 (SP 800-56A section 5.7.1.2): from one's private key and
// another's public key both come to the same 32 bytes. By OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"

namespace bz {

// A point as SEC 1 section 2.3.3 has it compressed: 02 or 03, then x, most significant byte first.
using CompressedPoint = std::array<std::uint8_t, 33>;

class AgreementPublicKey {
 public:
  // kMalformed when the text is not one public key on P-256.
  static Result<AgreementPublicKey> from_pem(std::string_view pem);
  // kMalformed when the bytes are no point of the curve: as it is of half of all numbers x.
  static Result<AgreementPublicKey> from_point(std::span<const std::uint8_t, 33> point);

  [[nodiscard]] std::string to_pem() const;
  [[nodiscard]] CompressedPoint point() const;

 private:
  friend class AgreementKey;
  explicit AgreementPublicKey(std::shared_ptr<void> key) : key_(std::move(key)) {}
  std::shared_ptr<void> key_;  // EVP_PKEY, never changed after it is made
};

class AgreementKey {
 public:
  // Programs pass SystemRandom.
  static AgreementKey draw(Random& random);
  // From its number, most significant byte first. kMalformed when that is 0 or not below the
  // curve's order.
  static Result<AgreementKey> from_number(std::span<const std::uint8_t, 32> number);
  // kMalformed when the text is not one private key on P-256 without a pass phrase.
  static Result<AgreementKey> from_pem(std::string_view pem);

  [[nodiscard]] std::string to_pem() const;
  [[nodiscard]] std::array<std::uint8_t, 32> number() const;
  [[nodiscard]] AgreementPublicKey public_key() const { return AgreementPublicKey(key_); }
  // The shared point's x. Not to be used as a key itself: derive one (hkdf_sha256).
  [[nodiscard]] std::array<std::uint8_t, 32> agree(const AgreementPublicKey& other) const;

 private:
  explicit AgreementKey(std::shared_ptr<void> key) : key_(std::move(key)) {}
  std::shared_ptr<void> key_;
};

}  // namespace bz
