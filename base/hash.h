// SHA-256 (FIPS 180-4), HMAC-SHA256 (RFC 2104) and HKDF-SHA256 (RFC 5869), by OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.h"

namespace bz {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(ByteView data);

// The same over data that comes in pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  void add(ByteView data);
  // Ends the stream: nothing may be added after it.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest hmac_sha256(ByteView key, ByteView data);

// HMAC-SHA1, for nothing but one-time passwords (RFC 6238): the apps that people have know no other.
std::array<std::uint8_t, 20> hmac_sha1(ByteView key, ByteView data);

// Fills `out`, at most 8,160 bytes. No salt means 32 zero bytes, as RFC 5869 section 2.2 has it.
void hkdf_sha256(ByteView secret, ByteView salt, ByteView info, std::span<std::uint8_t> out);

}  // namespace bz
