#include "codes/handle_seal.h"

#include "wire/sealed_message.h"

namespace bz::codes {

Bytes seal_handle(const Authority& authority, const wire::RevocationHandle& handle,
                  Random& random) {
  const auto key = AgreementPublicKey::from_pem(authority.supervisors_key);
  return key ? wire::seal_message(*key, wire::kForRevocation, handle, random) : Bytes{};
}

}  // namespace bz::codes
