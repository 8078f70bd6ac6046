// Sealing a revocation handle to the key that supervisors hold outside the stores: the only way in
// which a code's row leads to an upload, and only for them (revocations.h). wire/sealed_message.h,
// purpose kForRevocation; the 16 bytes of the handle.
#pragma once

#include "base/random.h"
#include "codes/authorities.h"
#include "wire/certificate.h"

namespace bz::codes {

// Empty when the authority has no supervisors' key: then nothing is kept, and no case of it can be
// revoked by its code.
Bytes seal_handle(const Authority& authority, const wire::RevocationHandle& handle, Random& random);

}  // namespace bz::codes
