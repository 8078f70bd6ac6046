// AES (FIPS 197) as the protocols use it: single blocks and counter mode with 128-bit keys for the
// names on the air, GCM (SP 800-38D) with 256-bit keys for what a phone keeps. By OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.h"

namespace bz {

using Block = std::array<std::uint8_t, 16>;

// One 128-bit key, scheduled once, for many blocks. Not for two threads at a time.
class Aes128 {
 public:
  explicit Aes128(std::span<const std::uint8_t, 16> key);
  ~Aes128();
  Aes128(Aes128&&) noexcept;
  Aes128& operator=(Aes128&&) noexcept;

  // Electronic codebook over whole blocks; in and out may be the same memory.
  void encrypt(std::span<const Block> in, std::span<Block> out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Counter mode: encrypts and decrypts, `out` as long as `in`.
void aes128_ctr(std::span<const std::uint8_t, 16> key, const Block& first_counter, ByteView in,
                std::span<std::uint8_t> out);

using SealKey = std::array<std::uint8_t, 32>;
using Nonce = std::array<std::uint8_t, 12>;
inline constexpr std::size_t kSealTagSize = 16;

// Ciphertext followed by its 16-byte tag. The nonce must never be used again under this key.
// `context` is authenticated, not stored.
Bytes seal(const SealKey& key, const Nonce& nonce, ByteView context, ByteView plain);

// kDenied when the key, the nonce, the context or any byte is not the one that was sealed.
Result<Bytes> open_sealed(const SealKey& key, const Nonce& nonce, ByteView context,
                          ByteView sealed);

}  // namespace bz
