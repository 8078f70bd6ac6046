#include "tools/input.h"

#include "base/file.h"

namespace bz::tools {

Result<std::string> read_text(const std::filesystem::path& path) {
  constexpr std::size_t kLimit = std::size_t{256} << 20U;
  auto bytes = read_file(path, kLimit);
  if (!bytes) return bytes.error();
  return std::string(as_text(*bytes));
}

Result<SealKey> read_log_key(const std::filesystem::path& path) {
  auto text = read_text(path);
  if (!text) return text.error();
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  SealKey key;
  if (auto ok = from_hex(*text, key); !ok) return in_file(path, ok.error());
  return key;
}

Error in_file(const std::filesystem::path& path, const Error& error) {
  return {error.code, path.string() + ": " + error.what};
}

Result<wire::Trust> read_trust(const TrustOptions& options) {
  if (options.public_key && options.unsigned_allowed) {
    return Error{Code::kInvalid, "--public-key and --unsigned exclude each other"};
  }
  if (options.unsigned_allowed) return wire::Trust::in_anybody();
  if (!options.public_key) {
    return Error{Code::kInvalid,
                 "give --public-key FILE.pem to check the signature, or --unsigned to believe "
                 "anybody's file"};
  }
  const auto pem = read_text(*options.public_key);
  if (!pem) return pem.error();
  auto key = VerifyKey::from_pem(*pem);
  if (!key) return in_file(*options.public_key, key.error());
  return wire::Trust::in(std::move(*key));
}

}  // namespace bz::tools
