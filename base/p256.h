// OpenSSL's keys on P-256, as base/ecdsa.cpp and base/ecdh.cpp both hold, read and write them. Only
// for those two: nobody else sees OpenSSL.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace bz::p256 {

inline constexpr const char* kCurve = "prime256v1";

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;

// For what OpenSSL fails at only without memory.
inline void must(bool ok) {
  if (!ok) std::abort();
}

inline EVP_PKEY* raw(const std::shared_ptr<void>& key) {
  return static_cast<EVP_PKEY*>(key.get());
}

inline std::shared_ptr<void> owned(EVP_PKEY* key) {
  return {key, [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); }};
}

inline bool on_curve(EVP_PKEY* key) {
  std::array<char, 32> name{};
  std::size_t size = 0;
  return key != nullptr && EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) == 1 &&
         std::string_view(name.data(), size) == kCurve;
}

// Answers "no pass phrase" without asking at the terminal.
inline int no_phrase(char*, int, int, void*) {
  return -1;
}

// Null when the text is none that `read` takes.
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

}  // namespace bz::p256
