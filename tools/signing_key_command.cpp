#include "tools/signing_key_command.h"

#include <boost/json.hpp>
#include <functional>
#include <ostream>
#include <system_error>

#include "base/clock.h"
#include "base/random.h"
#include "keys/signing_keys.h"
#include "store/secrets.h"

namespace bz::tools {
namespace {

using boost::json::object;

Result<void> with_keys(const DataOptions& options,
                       const std::function<Result<void>(keys::SealedSigningKeys&)>& work) {
  auto store = open_keys(options);
  if (!store) return store.error();
  SystemRandom random;
  std::error_code ignored;
  std::filesystem::create_directories(options.data / "keys", ignored);
  const auto master = store::master_key_of(**store, "keys", options.data / "keys", random);
  if (!master) return master.error();
  store::Secrets secrets(**store, *master, random);
  keys::SealedSigningKeys keys(**store, secrets);
  return work(keys);
}

Result<std::vector<keys::SigningKeyInfo>> all_keys(const DataOptions& options) {
  auto store = open_keys(options);
  if (!store) return store.error();
  return keys::list_signing_keys(**store);
}

void show(const keys::SigningKeyInfo& key, bool json, std::ostream& out) {
  if (json) {
    object line{{"version", key.version},
                {"id", key.key_id},
                {"region", key.region},
                {"from_ms", to_ms(key.from)},
                {"public_key", key.public_key.to_pem()}};
    if (key.through) line["through_ms"] = to_ms(*key.through);
    out << boost::json::serialize(line) << '\n';
    return;
  }
  out << key.version << "  id " << key.key_id << "  "
      << (key.region.empty() ? "all regions" : "region " + key.region) << "  from "
      << to_ms(key.from)
      << (key.through ? " until " + std::to_string(to_ms(*key.through)) : std::string()) << '\n';
}

}  // namespace

Result<void> run_signing_key_list(const DataOptions& options, std::ostream& out) {
  const auto keys = all_keys(options);
  if (!keys) return keys.error();
  for (const auto& key : *keys) show(key, options.json, out);
  return {};
}

Result<void> run_signing_key_sheet(const DataOptions& options, std::ostream& out) {
  const auto keys = all_keys(options);
  if (!keys) return keys.error();
  out << keys::registration_sheet(*keys);
  return {};
}

Result<void> run_signing_key_public(const SigningKeyOptions& options, std::ostream& out) {
  const auto keys = all_keys(options.where);
  if (!keys) return keys.error();
  for (const auto& key : *keys) {
    if (!options.version.empty() && key.version != options.version) continue;
    out << key.public_key.to_pem();
    return {};
  }
  return Error{Code::kNotFound, "no signing key of that version; `bz serve` makes the first"};
}

Result<void> run_signing_key_make(const SigningKeyOptions& options, std::ostream& out) {
  return with_keys(options.where, [&](keys::SealedSigningKeys& keys) -> Result<void> {
    const auto now = SystemClock().now();
    const auto key = keys.make(options.version, options.key_id, options.region,
                               options.from_ms ? from_ms(*options.from_ms) : now, now);
    if (!key) return key.error();
    show(*key, options.where.json, out);
    return {};
  });
}

Result<void> run_signing_key_retire(const SigningKeyOptions& options, std::ostream& /*out*/) {
  return with_keys(options.where, [&](keys::SealedSigningKeys& keys) {
    return keys.retire(options.version, options.key_id,
                       options.through_ms ? from_ms(*options.through_ms) : SystemClock().now());
  });
}

}  // namespace bz::tools
