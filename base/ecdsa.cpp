#include "base/ecdsa.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <cstdlib>

namespace bz {
namespace {

void must(bool ok) {
  if (!ok) std::abort();
}

EVP_PKEY* raw(const std::shared_ptr<void>& key) {
  return static_cast<EVP_PKEY*>(key.get());
}

std::shared_ptr<void> owned(EVP_PKEY* key) {
  return {key, [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); }};
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;

bool on_p256(EVP_PKEY* key) {
  std::array<char, 32> name{};
  std::size_t size = 0;
  return key != nullptr && EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) == 1 &&
         std::string_view(name.data(), size) == "prime256v1";
}

// Answers "no pass phrase" without asking at the terminal.
int no_phrase(char*, int, int, void*) {
  return -1;
}

template <class Read>
EVP_PKEY* read_pem(std::string_view pem, Read read) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  EVP_PKEY* key = read(bio.get(), nullptr, no_phrase, nullptr);
  ERR_clear_error();
  return key;
}

template <class Write>
std::string write_pem(Write write) {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  must(write(bio.get()) == 1);
  const char* text = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

Result<VerifyKey> VerifyKey::from_pem(std::string_view pem) {
  auto key = owned(read_pem(pem, PEM_read_bio_PUBKEY));
  if (!on_p256(raw(key)))
    return Error{Code::kMalformed, "not a PEM public key on P-256 (BEGIN PUBLIC KEY)"};
  return VerifyKey(std::move(key));
}

std::string VerifyKey::to_pem() const {
  return write_pem([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, raw(key_)); });
}

bool VerifyKey::verifies(const Digest& digest, ByteView signature) const {
  const Context context(EVP_PKEY_CTX_new(raw(key_), nullptr), EVP_PKEY_CTX_free);
  must(EVP_PKEY_verify_init(context.get()) == 1);
  must(EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1);
  const bool holds = EVP_PKEY_verify(context.get(), signature.data(), signature.size(),
                                     digest.data(), digest.size()) == 1;
  ERR_clear_error();  // a wrong signature leaves a note behind
  return holds;
}

SigningKey SigningKey::generate() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  must(key != nullptr);
  return SigningKey(owned(key));
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  auto key = owned(read_pem(pem, PEM_read_bio_PrivateKey));
  if (!on_p256(raw(key)))
    return Error{Code::kMalformed, "not a PEM private key on P-256 (BEGIN PRIVATE KEY)"};
  return SigningKey(std::move(key));
}

std::string SigningKey::to_pem() const {
  return write_pem([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, raw(key_), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

Bytes SigningKey::sign(const Digest& digest) const {
  const Context context(EVP_PKEY_CTX_new(raw(key_), nullptr), EVP_PKEY_CTX_free);
  must(EVP_PKEY_sign_init(context.get()) == 1);
  must(EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1);
  std::size_t size = 0;
  must(EVP_PKEY_sign(context.get(), nullptr, &size, digest.data(), digest.size()) == 1);
  Bytes signature(size);
  must(EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) == 1);
  signature.resize(size);
  return signature;
}

}  // namespace bz
