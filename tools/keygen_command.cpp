#include "tools/keygen_command.h"

#include <boost/json.hpp>
#include <filesystem>
#include <ostream>

#include "base/aes.h"
#include "base/ecdsa.h"
#include "base/file.h"
#include "base/random.h"

namespace bz::tools {
namespace {

Result<void> must_not_exist(const std::string& path) {
  if (!std::filesystem::exists(path)) return {};
  return Error{Code::kConflict, path + " is there already; choose another name, or move it away"};
}

}  // namespace

Result<void> run_keygen(const KeygenOptions& options, std::ostream& out) {
  if (options.signing.empty() == options.log_key.empty()) {
    return Error{Code::kInvalid, "say which: --signing FILE or --log-key FILE"};
  }
  boost::json::object made;
  if (!options.signing.empty()) {
    const auto public_path = options.signing + ".pub";
    for (const auto& path : {options.signing, public_path}) {
      if (auto free = must_not_exist(path); !free) return free;
    }
    const auto key = SigningKey::generate();
    if (auto ok = write_file(options.signing, as_bytes(key.to_pem()), Readers::kOwnerOnly); !ok)
      return ok;
    if (auto ok = write_file(public_path, as_bytes(key.public_key().to_pem())); !ok) return ok;
    made = {{"private_key", options.signing}, {"public_key", public_path}};
  } else {
    if (auto free = must_not_exist(options.log_key); !free) return free;
    SealKey key;
    SystemRandom().fill(key);
    if (auto ok = write_file(options.log_key, as_bytes(to_hex(key) + '\n'), Readers::kOwnerOnly);
        !ok)
      return ok;
    made = {{"log_key", options.log_key}};
  }
  if (options.json) {
    out << boost::json::serialize(made) << '\n';
  } else {
    for (const auto& [what, path] : made) out << "wrote " << path.get_string().c_str() << '\n';
  }
  return {};
}

}  // namespace bz::tools
