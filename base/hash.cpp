#include "base/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>

namespace bz {
namespace {

// Looked up once: a look-up costs more than the hash of a short message.
const EVP_MD* sha256_method() {
  static const EVP_MD* const kMethod = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return kMethod;
}

// OpenSSL fails here only when it is out of memory or has no SHA-256 at all.
void must(int ok) {
  if (ok != 1) std::abort();
}

}  // namespace

Digest sha256(ByteView data) {
  Digest digest;
  must(EVP_Digest(data.data(), data.size(), digest.data(), nullptr, sha256_method(), nullptr));
  return digest;
}

struct Sha256Stream::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {
  must(EVP_DigestInit_ex(state_->context, sha256_method(), nullptr));
}

Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::add(ByteView data) {
  must(EVP_DigestUpdate(state_->context, data.data(), data.size()));
}

Digest Sha256Stream::finish() {
  Digest digest;
  must(EVP_DigestFinal_ex(state_->context, digest.data(), nullptr));
  return digest;
}

Digest hmac_sha256(ByteView key, ByteView data) {
  // OpenSSL reads a null key as "the key of the call before".
  static constexpr std::uint8_t kNoKey = 0;
  Digest digest;
  unsigned size = digest.size();
  const void* key_data = key.empty() ? &kNoKey : key.data();
  if (HMAC(sha256_method(), key_data, static_cast<int>(key.size()), data.data(), data.size(),
           digest.data(), &size) == nullptr) {
    std::abort();
  }
  return digest;
}

std::array<std::uint8_t, 20> hmac_sha1(ByteView key, ByteView data) {
  std::array<std::uint8_t, 20> code;
  unsigned size = code.size();
  assert(!key.empty());
  if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), data.data(), data.size(),
           code.data(), &size) == nullptr) {
    std::abort();
  }
  return code;
}

void hkdf_sha256(ByteView secret, ByteView salt, ByteView info, std::span<std::uint8_t> out) {
  assert(out.size() <= 255 * sizeof(Digest));
  const Digest no_salt{};
  const Digest extracted = hmac_sha256(salt.empty() ? ByteView{no_salt} : salt, secret);
  Bytes block;  // T(i-1) || info || i
  Digest previous;
  for (std::uint8_t i = 1; !out.empty(); ++i) {
    block.assign(info.begin(), info.end());
    block.push_back(i);
    if (i > 1) block.insert(block.begin(), previous.begin(), previous.end());
    previous = hmac_sha256(extracted, block);
    const auto part = std::min(out.size(), previous.size());
    std::copy_n(previous.begin(), part, out.begin());
    out = out.subspan(part);
  }
}

}  // namespace bz
