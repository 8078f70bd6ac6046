#include "base/ecdh.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <cstdlib>

#include "base/p256.h"

namespace bz {

using namespace p256;  // NOLINT(google-build-using-namespace): this file is one half of it

namespace {

using Group = std::unique_ptr<EC_GROUP, decltype(&EC_GROUP_free)>;
using Point = std::unique_ptr<EC_POINT, decltype(&EC_POINT_free)>;
using Number = std::unique_ptr<BIGNUM, decltype(&BN_clear_free)>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)>;
using Params = std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)>;

const EC_GROUP* curve_group() {
  static const Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1), EC_GROUP_free);
  must(group != nullptr);
  return group.get();
}

// A key of a point and, unless null, its number.
EVP_PKEY* key_of(ByteView point, const BIGNUM* number) {
  const Builder builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  must(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, kCurve, 0) == 1);
  must(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                        point.size()) == 1);
  if (number != nullptr)
    must(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number) == 1);
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()), OSSL_PARAM_free);
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), EVP_PKEY_CTX_free);
  must(EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  const int selection = number != nullptr ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
  const bool made = EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) == 1;
  ERR_clear_error();
  return made ? key : nullptr;
}

}  // namespace

Result<AgreementPublicKey> AgreementPublicKey::from_pem(std::string_view pem) {
  auto key = owned(read_pem(pem, PEM_read_bio_PUBKEY));
  if (!on_curve(raw(key)))
    return Error{Code::kMalformed, "not a PEM public key on P-256 (BEGIN PUBLIC KEY)"};
  return AgreementPublicKey(std::move(key));
}

Result<AgreementPublicKey> AgreementPublicKey::from_point(std::span<const std::uint8_t, 33> point) {
  const bool compressed = point[0] == 2 || point[0] == 3;
  auto key = owned(compressed ? key_of(point, nullptr) : nullptr);
  if (!on_curve(raw(key))) return Error{Code::kMalformed, "not a compressed point on P-256"};
  return AgreementPublicKey(std::move(key));
}

std::string AgreementPublicKey::to_pem() const {
  return write_pem([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, raw(key_)); });
}

CompressedPoint AgreementPublicKey::point() const {
  std::array<std::uint8_t, 65> whole{};  // 04, x, y, or compressed already
  std::size_t size = 0;
  must(EVP_PKEY_get_octet_string_param(raw(key_), OSSL_PKEY_PARAM_PUB_KEY, whole.data(),
                                       whole.size(), &size) == 1);
  CompressedPoint point{};
  std::copy_n(whole.begin(), point.size(), point.begin());
  if (size == whole.size()) point[0] = (whole.back() & 1U) != 0 ? 3 : 2;
  return point;
}

AgreementKey AgreementKey::draw(Random& random) {
  while (true) {
    std::array<std::uint8_t, 32> number{};
    random.fill(number);
    auto key = from_number(number);  // fails once in 2^32 draws
    OPENSSL_cleanse(number.data(), number.size());
    if (key) return std::move(*key);
  }
}

Result<AgreementKey> AgreementKey::from_number(std::span<const std::uint8_t, 32> number) {
  const Number value(BN_secure_new(), BN_clear_free);
  must(BN_bin2bn(number.data(), static_cast<int>(number.size()), value.get()) != nullptr);
  BN_set_flags(value.get(), BN_FLG_CONSTTIME);
  if (BN_is_zero(value.get()) || BN_cmp(value.get(), EC_GROUP_get0_order(curve_group())) >= 0)
    return Error{Code::kMalformed, "not the number of a private key on P-256"};
  const Point point(EC_POINT_new(curve_group()), EC_POINT_free);
  must(EC_POINT_mul(curve_group(), point.get(), value.get(), nullptr, nullptr, nullptr) == 1);
  std::array<std::uint8_t, 65> bytes{};
  must(EC_POINT_point2oct(curve_group(), point.get(), POINT_CONVERSION_UNCOMPRESSED, bytes.data(),
                          bytes.size(), nullptr) == bytes.size());
  EVP_PKEY* key = key_of(bytes, value.get());
  must(key != nullptr);
  return AgreementKey(owned(key));
}

Result<AgreementKey> AgreementKey::from_pem(std::string_view pem) {
  auto key = owned(read_pem(pem, PEM_read_bio_PrivateKey));
  if (!on_curve(raw(key)))
    return Error{Code::kMalformed, "not a PEM private key on P-256 (BEGIN PRIVATE KEY)"};
  return AgreementKey(std::move(key));
}

std::string AgreementKey::to_pem() const {
  return write_pem([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, raw(key_), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::array<std::uint8_t, 32> AgreementKey::number() const {
  BIGNUM* value = nullptr;
  must(EVP_PKEY_get_bn_param(raw(key_), OSSL_PKEY_PARAM_PRIV_KEY, &value) == 1);
  const Number owner(value, BN_clear_free);
  std::array<std::uint8_t, 32> number{};
  must(BN_bn2binpad(value, number.data(), static_cast<int>(number.size())) == 32);
  return number;
}

std::array<std::uint8_t, 32> AgreementKey::agree(const AgreementPublicKey& other) const {
  const Context context(EVP_PKEY_CTX_new(raw(key_), nullptr), EVP_PKEY_CTX_free);
  must(EVP_PKEY_derive_init(context.get()) == 1);
  must(EVP_PKEY_derive_set_peer(context.get(), raw(other.key_)) == 1);
  std::array<std::uint8_t, 32> shared{};
  std::size_t size = shared.size();
  must(EVP_PKEY_derive(context.get(), shared.data(), &size) == 1 && size == shared.size());
  return shared;
}

}  // namespace bz
