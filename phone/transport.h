// How a phone reaches the world: files of published keys come in, and an upload that its owner
// agreed to goes out in three calls. There is none that anybody but the phone begins, and none that
// carries what was heard.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "phone/upload.h"
#include "wire/publish_message.h"
#include "wire/sealed_message.h"
#include "wire/verification_message.h"

namespace bz::phone {

// What became of a call that is made for its effect alone.
enum class Delivery {
  kTaken,    // the server answered that it has it
  kFull,     // it answered that it takes no more for now (429)
  kRefused,  // it answered that it has not, for another reason; it may another time
  kLost,     // it may have it: the answer did not come, or was an error of the server or on the way
  kNotSent,  // it surely has not: it could not be reached
};

// What an installation says of itself, once.
struct Install {
  std::string unit;      // "84.842"; "-": not stated
  std::string platform;  // android, ios or other
  std::string version;   // "4.0.12"
};

class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  // Names of the files that are there now, in order of publication.
  virtual Result<std::vector<std::string>> export_names() = 0;
  // What kept other names out of the last export_names(): to be handed on once the files of those
  // that came are compared. Nothing when they are all there.
  [[nodiscard]] virtual std::optional<Error> list_fault() const { return std::nullopt; }
  virtual Result<Bytes> fetch(const std::string& name) = 0;

  // What was fetched under that name is no good: it is not kept, and fetched anew the next time.
  virtual void drop(const std::string& /*name*/) {}

  // The authority's signed settings as they lie there (phone/settings_keeper.h takes or refuses
  // them). kNotFound when it has none.
  virtual Result<Bytes> settings() = 0;

  // The code that a health officer gave, for a token. kDenied when it is wrong, used or expired;
  // kUnavailable when the same call may work later.
  virtual Result<wire::VerifyAnswer> verify(std::string_view code) = 0;
  // The token and the HMAC of the keys (wire/tekmac.h), for a certificate. kDenied when the token
  // is used or expired.
  virtual Result<std::string> certificate(std::string_view token, const Digest& tekmac) = 0;
  // The keys, with that certificate and the HMAC's secret. Durable when it returns. The same call
  // again does no harm. kDenied when the certificate is not for these keys or has expired;
  // kConflict when the server does not take the upload's revision token, without which it may take
  // the keys.
  virtual Result<wire::PublishAnswer> publish(const Upload& upload, std::string_view certificate,
                                              ByteView secret) = 0;

  // Chains, with a certificate for the second token of a code. Otherwise as publish().
  virtual Result<wire::PublishAnswer> publish_chains(const ChainUpload& upload,
                                                     std::string_view certificate,
                                                     ByteView secret) = 0;

  // A call that looks like one of those three to whoever watches the network, and is nothing.
  enum class Call { kVerify, kCertificate, kPublish };
  virtual Result<void> cover(Call call) = 0;

  // A sealed message to the health authority, or cover in its place. The same bytes again do no
  // harm while the server has the first.
  virtual Delivery leave_callback(const wire::SealedCallback& /*message*/, bool /*is_cover*/) {
    return Delivery::kNotSent;
  }
  // Counts each call: not to be made again when the answer is lost.
  virtual Delivery count_install(const Install& /*install*/) { return Delivery::kNotSent; }

  // What follows is a new visit: connections are closed.
  virtual void hang_up() {}
};

}  // namespace bz::phone
