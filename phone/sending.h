// What the two kinds of upload, day keys and chains, have in common on their way to the server: a
// token, for it a certificate over what is sent, then the upload itself.
#pragma once

#include <functional>
#include <string>

#include "phone/transport.h"
#include "wire/json_reader.h"

namespace bz::phone {

// Kept from the code until the server has the upload (phone/report.h).
struct Sending {
  std::string token;
  bool agreed = false;
  Bytes secret;             // of the HMAC over what is sent
  std::string certificate;  // empty until there is one

  // Its members of a JSON object; texts are base64, since a token comes from a server.
  [[nodiscard]] std::string members() const;
  void read_members(wire::JsonReader& json);
};

inline constexpr std::size_t kSecretSize = 32;

struct SendingCalls {
  // Puts what changed of the Sending on the disk.
  std::function<Result<void>()> keep;
  std::function<Result<wire::PublishAnswer>()> publish;
};

// One try. Whatever happens, the network sees one call for a certificate and one to publish.
// kDenied and kInvalid are for good: only another code helps. The same call again does no harm.
Result<wire::PublishAnswer> send(Transport& transport, Sending& sending, const Digest& tekmac,
                                 const SendingCalls& calls);

}  // namespace bz::phone
