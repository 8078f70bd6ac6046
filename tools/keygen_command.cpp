#include "tools/keygen_command.h"

#include <boost/json.hpp>
#include <ostream>

#include "base/aes.h"
#include "base/ecdsa.h"
#include "base/file.h"
#include "base/random.h"

namespace bz::tools {

Result<void> run_keygen(const KeygenOptions& options, std::ostream& out) {
  if (options.signing.empty() == options.log_key.empty()) {
    return Error{Code::kInvalid, "say which: --signing FILE or --log-key FILE"};
  }
  boost::json::object made;
  if (!options.signing.empty()) {
    const auto public_path = options.signing + ".pub";
    const auto key = SigningKey::generate();
    if (auto ok = create_file(options.signing, as_bytes(key.to_pem()), Readers::kOwnerOnly); !ok)
      return ok;
    if (auto ok = create_file(public_path, as_bytes(key.public_key().to_pem())); !ok) return ok;
    made = {{"private_key", options.signing}, {"public_key", public_path}};
  } else {
    SealKey key;
    SystemRandom().fill(key);
    if (auto ok = create_file(options.log_key, as_bytes(to_hex(key) + '\n'), Readers::kOwnerOnly);
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
