// A short message that only the holder of a private key can read: sealed to a P-256 public key by
// ephemeral ECDH, HKDF-SHA256 and AES-256-GCM. Every byte: docs/formats/sealed-message.md.
//
//   byte 0..32     ephemeral public key, compressed: 02 or 03, then x
//   n bytes        ciphertext, as long as the message
//   16 bytes       tag
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ecdh.h"
#include "base/random.h"

namespace bz::wire {

// What a message is for. It goes into the key, so that one sealed for one purpose does not open as
// another. The texts are part of the format.
inline constexpr std::string_view kForCallback = "callback";
inline constexpr std::string_view kForRevocation = "revocation";

// How much longer than the message it becomes.
inline constexpr std::size_t kSealedOverhead = 33 + 16;

// Programs pass SystemRandom.
Bytes seal_message(const AgreementPublicKey& to, std::string_view purpose, ByteView message,
                   Random& random);

// kMalformed when it is too short to have been sealed; kDenied when it was sealed to another key or
// for another purpose, or any byte was changed.
Result<Bytes> open_message(const AgreementKey& key, std::string_view purpose, ByteView sealed);

// What a resident asks a health officer by: call me at this number. Always 256 bytes, whatever is
// written in it.
//
//   byte 0..32     ephemeral public key
//   byte 33..239   ciphertext of: length n of the text, 1 byte; n bytes of text; zeros
//   byte 240..255  tag
//
// Cover traffic is a callback without text, sealed to the same key. Random bytes would not do: of
// 256 random bytes only one in 256 begins as a point does.
using SealedCallback = std::array<std::uint8_t, 256>;

inline constexpr std::size_t kMaxCallbackText = 256 - kSealedOverhead - 1;  // 206

// kInvalid when the text (number, note; UTF-8) is longer than kMaxCallbackText bytes. An empty one
// is cover.
Result<SealedCallback> seal_callback(const AgreementPublicKey& to, std::string_view text,
                                     Random& random);

// The text; empty: cover. kMalformed when it is not 256 bytes, or was sealed by a program that
// fills it in another way; kDenied as open_message.
Result<std::string> open_callback(const AgreementKey& key, ByteView sealed);

}  // namespace bz::wire
