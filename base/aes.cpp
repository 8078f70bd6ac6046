#include "base/aes.h"

#include <openssl/evp.h>

#include <cassert>
#include <cstdlib>
#include <utility>

namespace bz {
namespace {

// OpenSSL fails here only when it is out of memory or built without AES.
void must(int ok) {
  if (ok != 1) std::abort();
}

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Context new_context() {
  return {EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
}

// Looked up once: a look-up costs more than many blocks.
const EVP_CIPHER* ecb() {
  static const EVP_CIPHER* const kCipher = EVP_CIPHER_fetch(nullptr, "AES-128-ECB", nullptr);
  return kCipher;
}
const EVP_CIPHER* ctr() {
  static const EVP_CIPHER* const kCipher = EVP_CIPHER_fetch(nullptr, "AES-128-CTR", nullptr);
  return kCipher;
}
const EVP_CIPHER* gcm() {
  static const EVP_CIPHER* const kCipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return kCipher;
}

}  // namespace

struct Aes128::State {
  Context context = new_context();
};

Aes128::Aes128(std::span<const std::uint8_t, 16> key) : state_(std::make_unique<State>()) {
  must(EVP_EncryptInit_ex(state_->context.get(), ecb(), nullptr, key.data(), nullptr));
  must(EVP_CIPHER_CTX_set_padding(state_->context.get(), 0));
}

Aes128::~Aes128() = default;
Aes128::Aes128(Aes128&&) noexcept = default;
Aes128& Aes128::operator=(Aes128&&) noexcept = default;

void Aes128::encrypt(std::span<const Block> in, std::span<Block> out) {
  assert(out.size() >= in.size());
  if (in.empty()) return;
  int written = 0;
  must(EVP_EncryptUpdate(state_->context.get(), out.data()->data(), &written, in.data()->data(),
                         static_cast<int>(in.size_bytes())));
}

void aes128_ctr(std::span<const std::uint8_t, 16> key, const Block& first_counter, ByteView in,
                std::span<std::uint8_t> out) {
  assert(out.size() == in.size());
  const Context context = new_context();
  int written = 0;
  must(EVP_EncryptInit_ex(context.get(), ctr(), nullptr, key.data(), first_counter.data()));
  must(EVP_EncryptUpdate(context.get(), out.data(), &written, in.data(),
                         static_cast<int>(in.size())));
}

Bytes seal(const SealKey& key, const Nonce& nonce, ByteView context, ByteView plain) {
  const Context cipher = new_context();
  Bytes sealed(plain.size() + kSealTagSize);
  int written = 0;
  must(EVP_EncryptInit_ex(cipher.get(), gcm(), nullptr, key.data(), nonce.data()));
  if (!context.empty()) {
    must(EVP_EncryptUpdate(cipher.get(), nullptr, &written, context.data(),
                           static_cast<int>(context.size())));
  }
  if (!plain.empty()) {
    must(EVP_EncryptUpdate(cipher.get(), sealed.data(), &written, plain.data(),
                           static_cast<int>(plain.size())));
  }
  must(EVP_EncryptFinal_ex(cipher.get(), sealed.data() + plain.size(), &written));
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kSealTagSize,
                           sealed.data() + plain.size()));
  return sealed;
}

Result<Bytes> open_sealed(const SealKey& key, const Nonce& nonce, ByteView context,
                          ByteView sealed) {
  const Error refused{Code::kDenied, "sealed under another key, or altered"};
  if (sealed.size() < kSealTagSize) return refused;
  const Context cipher = new_context();
  Bytes plain(sealed.size() - kSealTagSize);
  std::array<std::uint8_t, kSealTagSize> tag{};
  std::copy(sealed.end() - kSealTagSize, sealed.end(), tag.begin());
  int written = 0;
  must(EVP_DecryptInit_ex(cipher.get(), gcm(), nullptr, key.data(), nonce.data()));
  if (!context.empty()) {
    must(EVP_DecryptUpdate(cipher.get(), nullptr, &written, context.data(),
                           static_cast<int>(context.size())));
  }
  if (!plain.empty()) {
    must(EVP_DecryptUpdate(cipher.get(), plain.data(), &written, sealed.data(),
                           static_cast<int>(plain.size())));
  }
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kSealTagSize, tag.data()));
  std::array<std::uint8_t, 16> rest{};
  if (EVP_DecryptFinal_ex(cipher.get(), rest.data(), &written) != 1) return refused;
  return plain;
}

}  // namespace bz
