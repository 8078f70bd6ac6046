// What supervisors, apps, authorities and uploads send to the keys side besides keys (those:
// publish_fuzz): what is read is within its bounds; a revision token that is read was written here.
#include <cstdlib>

#include "base/temp_folder.h"
#include "keys/installs.h"
#include "keys/revision_token.h"
#include "keys/revocations.h"
#include "keys/stats_route.h"
#include "keys/upload_rules.h"

namespace {

using namespace bz::keys;

void must(bool holds) {
  if (!holds) std::abort();
}

// With a store in a folder of its own, for the secret.
struct Tokens {
  Tokens() { must(static_cast<bool>(tokens.renew(bz::from_ms(0)))); }

  bz::TempFolder folder = std::move(*bz::TempFolder::make());
  bz::SystemRandom random;
  std::unique_ptr<bz::store::Store> store =
      std::move(*bz::store::Store::open({.folder = folder.path()}, "keys", migrations()));
  bz::store::Secrets secrets{*store, bz::SealKey{}, random};
  RevisionTokens tokens{secrets, random};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Tokens tokens;
  const bz::ByteView bytes(data, size);
  const auto text = bz::as_text(bytes);
  if (const auto call = parse_revocation_call(text)) {
    must(!call->handles.empty() && call->handles.size() <= kMostHandles);
    (void)revocation_text(call->authority, call->time_s, call->handles);
  }
  if (const auto install = parse_install(text)) {
    must(!install->unit.empty() && install->unit.size() <= 32);
    must(!install->version.empty() && install->version.size() <= 32);
  }
  (void)may_ask_now(text, "vn-moh-keys", 1'596'276'600);

  must(!tokens.tokens.read("vn-moh", text));
  std::vector<KeyTag> tags(std::min(size / std::tuple_size_v<KeyTag>, kMostKeysAnUpload));
  for (std::size_t i = 0; i < tags.size(); ++i) {
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(i * tags[i].size()), tags[i].size(),
                tags[i].begin());
  }
  const auto token = tokens.tokens.write("vn-moh", tags);
  const auto read = tokens.tokens.read("vn-moh", token);
  must(read && *read == tags);
  must(!tokens.tokens.read("la", token));
  return 0;
}
