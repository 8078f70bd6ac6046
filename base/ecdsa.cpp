#include "base/ecdsa.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/params.h>

#include <algorithm>
#include <cstdlib>

#include "base/p256.h"

namespace bz {

using namespace p256;  // NOLINT(google-build-using-namespace): this file is one half of it

namespace {

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using Pair = std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)>;

Number number_from(ByteView bytes) {
  Number number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr), BN_free);
  must(number != nullptr);
  return number;
}

// False when the number is negative or longer than `out`.
bool write_number(const BIGNUM* number, std::span<std::uint8_t> out) {
  return BN_is_negative(number) == 0 &&
         BN_bn2binpad(number, out.data(), static_cast<int>(out.size())) >= 0;
}

}  // namespace

Bytes der_signature(const RawSignature& signature) {
  const ByteView bytes(signature);
  const Pair pair(ECDSA_SIG_new(), ECDSA_SIG_free);
  must(pair != nullptr);
  must(ECDSA_SIG_set0(pair.get(), number_from(bytes.first(32)).release(),
                      number_from(bytes.last(32)).release()) == 1);
  Bytes der(static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)));
  auto* out = der.data();
  must(i2d_ECDSA_SIG(pair.get(), &out) == static_cast<int>(der.size()));
  return der;
}

Result<RawSignature> raw_signature(ByteView der) {
  const auto* in = der.data();
  const Pair pair(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())), ECDSA_SIG_free);
  ERR_clear_error();
  RawSignature raw{};
  const std::span<std::uint8_t> out(raw);
  if (pair == nullptr || in != der.data() + der.size() ||
      !write_number(ECDSA_SIG_get0_r(pair.get()), out.first(32)) ||
      !write_number(ECDSA_SIG_get0_s(pair.get()), out.last(32))) {
    ERR_clear_error();
    return Error{Code::kMalformed, "not the DER of an ECDSA signature on P-256"};
  }
  return raw;
}

Result<VerifyKey> VerifyKey::from_pem(std::string_view pem) {
  auto key = owned(read_pem(pem, PEM_read_bio_PUBKEY));
  if (!on_curve(raw(key)))
    return Error{Code::kMalformed, "not a PEM public key on P-256 (BEGIN PUBLIC KEY)"};
  return VerifyKey(std::move(key));
}

Result<VerifyKey> VerifyKey::from_point(const CurvePoint& point) {
  std::array<std::uint8_t, 65> octets{0x04};  // uncompressed (SEC 1 section 2.3.3)
  std::ranges::copy(point.x, octets.begin() + 1);
  std::ranges::copy(point.y, octets.begin() + 33);
  std::string curve = "prime256v1";
  std::array<OSSL_PARAM, 3> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve.data(), curve.size()),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, octets.data(), octets.size()),
      OSSL_PARAM_construct_end()};
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), EVP_PKEY_CTX_free);
  must(EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  const int made = EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.data());
  auto owner = owned(key);
  ERR_clear_error();
  if (made != 1) return Error{Code::kMalformed, "not a point on P-256"};
  return VerifyKey(std::move(owner));
}

CurvePoint VerifyKey::point() const {
  CurvePoint point;
  const auto get = [&](const char* name, std::span<std::uint8_t> out) {
    BIGNUM* number = nullptr;
    must(EVP_PKEY_get_bn_param(raw(key_), name, &number) == 1);
    const Number owned_number(number, BN_free);
    must(write_number(number, out));
  };
  get(OSSL_PKEY_PARAM_EC_PUB_X, point.x);
  get(OSSL_PKEY_PARAM_EC_PUB_Y, point.y);
  return point;
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
  if (!on_curve(raw(key)))
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
