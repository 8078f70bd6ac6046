// ECDSA over P-256 with SHA-256 (FIPS 186-4, OID 1.2.840.10045.4.3.2); signatures as X9.62 DER,
// keys as PEM (SubjectPublicKeyInfo and PKCS#8). By OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/hash.h"

namespace bz {

// A point of the curve in affine coordinates, most significant byte first: a JWK's x and y.
struct CurvePoint {
  std::array<std::uint8_t, 32> x{};
  std::array<std::uint8_t, 32> y{};

  bool operator==(const CurvePoint&) const = default;
};

// A signature as its two numbers, r then s, most significant byte first: JSON Web Signatures have
// it so (RFC 7518 section 3.4).
using RawSignature = std::array<std::uint8_t, 64>;

// X9.62 DER and back. Any 64 bytes can be written; whether they are a signature, verifying says.
Bytes der_signature(const RawSignature& signature);
// kMalformed when it is not the DER of two numbers of 0 to 2^256 - 1, and nothing after them.
Result<RawSignature> raw_signature(ByteView der);

class VerifyKey {
 public:
  // kMalformed when the text is not one public key on P-256.
  static Result<VerifyKey> from_pem(std::string_view pem);
  // kMalformed when the point is not on P-256.
  static Result<VerifyKey> from_point(const CurvePoint& point);

  [[nodiscard]] std::string to_pem() const;
  [[nodiscard]] CurvePoint point() const;
  // `digest` is the SHA-256 of what was signed.
  [[nodiscard]] bool verifies(const Digest& digest, ByteView signature) const;

 private:
  friend class SigningKey;
  explicit VerifyKey(std::shared_ptr<void> key) : key_(std::move(key)) {}
  std::shared_ptr<void> key_;  // EVP_PKEY, never changed after it is made
};

class SigningKey {
 public:
  // From the system's secure randomness.
  static SigningKey generate();
  // kMalformed when the text is not one private key on P-256 without a pass phrase.
  static Result<SigningKey> from_pem(std::string_view pem);

  [[nodiscard]] std::string to_pem() const;
  [[nodiscard]] VerifyKey public_key() const { return VerifyKey(key_); }
  // Another signature at each call, since ECDSA draws a random number for each (OpenSSL 3.0 has no
  // RFC 6979).
  [[nodiscard]] Bytes sign(const Digest& digest) const;

 private:
  explicit SigningKey(std::shared_ptr<void> key) : key_(std::move(key)) {}
  std::shared_ptr<void> key_;
};

}  // namespace bz
