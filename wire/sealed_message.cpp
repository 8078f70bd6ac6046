#include "wire/sealed_message.h"

#include <algorithm>

#include "base/aes.h"
#include "base/hash.h"

namespace bz::wire {
namespace {

constexpr std::size_t kPoint = 33;

// Each ephemeral key is used for one message, so the key that comes of it is, too, and the nonce
// may be the same always.
SealKey key_for(const std::array<std::uint8_t, 32>& agreed, std::string_view purpose,
                const CompressedPoint& ephemeral, const CompressedPoint& to) {
  Bytes info;
  const auto put = [&](ByteView bytes) { info.insert(info.end(), bytes.begin(), bytes.end()); };
  put(as_bytes("BZ sealed v1 "));
  put(as_bytes(purpose));
  info.push_back(0);
  put(ephemeral);
  put(to);
  SealKey key{};
  hkdf_sha256(agreed, {}, info, key);
  return key;
}

}  // namespace

Bytes seal_message(const AgreementPublicKey& to, std::string_view purpose, ByteView message,
                   Random& random) {
  const auto ephemeral = AgreementKey::draw(random);
  const auto point = ephemeral.public_key().point();
  const auto key = key_for(ephemeral.agree(to), purpose, point, to.point());
  Bytes out(point.begin(), point.end());
  const Bytes sealed = seal(key, Nonce{}, {}, message);
  out.insert(out.end(), sealed.begin(), sealed.end());
  return out;
}

Result<Bytes> open_message(const AgreementKey& key, std::string_view purpose, ByteView sealed) {
  if (sealed.size() < kSealedOverhead) {
    return Error{Code::kMalformed, "sealed message, byte " + std::to_string(sealed.size()) +
                                       ": cut: the message ends before 49 bytes"};
  }
  const Error denied{Code::kDenied,
                     "sealed message: it does not open: it was sealed to another key, or changed"};
  const auto ephemeral = AgreementPublicKey::from_point(sealed.first<kPoint>());
  if (!ephemeral) return denied;
  const auto opener =
      key_for(key.agree(*ephemeral), purpose, ephemeral->point(), key.public_key().point());
  auto message = open_sealed(opener, Nonce{}, {}, sealed.subspan(kPoint));
  if (!message) return denied;
  return message;
}

Result<SealedCallback> seal_callback(const AgreementPublicKey& to, std::string_view text,
                                     Random& random) {
  if (text.size() > kMaxCallbackText)
    return Error{Code::kInvalid, "the message is longer than 206 bytes: make it shorter"};
  Bytes message(kMaxCallbackText + 1);
  message[0] = static_cast<std::uint8_t>(text.size());
  std::ranges::copy(as_bytes(text), message.begin() + 1);
  const Bytes sealed = seal_message(to, kForCallback, message, random);
  SealedCallback out{};
  std::ranges::copy(sealed, out.begin());
  return out;
}

Result<std::string> open_callback(const AgreementKey& key, ByteView sealed) {
  if (sealed.size() != std::tuple_size_v<SealedCallback>)
    return Error{Code::kMalformed, "callback: it is not 256 bytes"};
  const auto message = open_message(key, kForCallback, sealed);
  if (!message) return message.error();
  const std::size_t size = message->front();
  const auto text = ByteView(*message).subspan(1);
  if (size > text.size() || std::ranges::any_of(text.subspan(size), [](auto b) { return b != 0; }))
    return Error{Code::kMalformed, "callback: what was sealed is not a length, a text and zeros"};
  return std::string(as_text(text.first(size)));
}

}  // namespace bz::wire
