#include "tools/supervisor_command.h"

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>
#include <system_error>

#include "base/base64.h"
#include "base/clock.h"
#include "base/ecdh.h"
#include "base/ecdsa.h"
#include "base/file.h"
#include "base/http_client.h"
#include "base/random.h"
#include "base/secret_sharing.h"
#include "keys/revocations.h"
#include "tools/input.h"
#include "wire/sealed_message.h"

namespace bz::tools {
namespace {

using boost::json::object;

Result<AgreementKey> join(const RevokeOptions& options) {
  if (options.shares.size() != 2)
    return Error{Code::kInvalid, "--share is needed twice: of two supervisors"};
  std::vector<SecretShare> shares;
  for (const auto& file : options.shares) {
    const auto text = read_text(file);
    if (!text) return text.error();
    const auto share = share_from_text(*text);
    if (!share) return in_file(file, share.error());
    shares.push_back(*share);
  }
  const auto secret = join_shares(shares[0], shares[1]);
  if (!secret) return secret.error();
  const auto key = AgreementKey::from_number(*secret);
  const auto known = read_text(options.public_key);
  if (!known) return known.error();
  const auto expected = AgreementPublicKey::from_pem(*known);
  if (!expected) return in_file(options.public_key, expected.error());
  // Shares of different keys join without a sign, to a key that opens nothing.
  if (!key || key->public_key().point() != expected->point())
    return Error{Code::kDenied, "these shares do not belong to that public key"};
  return key;
}

Result<std::vector<wire::RevocationHandle>> open_handles(const AgreementKey& key,
                                                         const RevokeOptions& options) {
  std::vector<wire::RevocationHandle> handles;
  for (const auto& text : options.handles) {
    const auto sealed = from_base64(text);
    if (!sealed) return Error{Code::kMalformed, "--handle is base64, as the portal shows it"};
    const auto plain = wire::open_message(key, wire::kForRevocation, *sealed);
    if (!plain) return plain.error();
    wire::RevocationHandle handle{};
    if (plain->size() != handle.size())
      return Error{Code::kMalformed, "--handle: not a sealed revocation handle"};
    std::ranges::copy(*plain, handle.begin());
    handles.push_back(handle);
  }
  return handles;
}

}  // namespace

Result<void> run_supervisors_make(const SupervisorsMakeOptions& options, std::ostream& out) {
  SystemRandom random;
  const auto key = AgreementKey::draw(random);
  const auto shares =
      share_secret(key.number(), static_cast<std::size_t>(std::max(options.shares, 0)), random);
  if (!shares) return Error{Code::kInvalid, "--shares is a number from 2 to 16"};
  std::error_code fault;
  std::filesystem::create_directories(options.folder, fault);
  const auto write = [&options](const std::string& name, const std::string& text,
                                Readers readers) -> Result<void> {
    auto made = create_file(options.folder / name, as_bytes(text), readers);
    if (!made && made.error().code == Code::kConflict)
      return Error{Code::kConflict, (options.folder / name).string() + " is there already"};
    return made;
  };
  if (auto ok = write("supervisors.pub", key.public_key().to_pem(), Readers::kEverybody); !ok)
    return ok;
  for (const auto& share : *shares) {
    const auto name = "share-" + std::to_string(share.number) + ".txt";
    if (auto ok = write(name, to_text(share) + "\n", Readers::kOwnerOnly); !ok) return ok;
  }
  if (options.json) {
    out << boost::json::serialize(
               object{{"folder", options.folder.string()}, {"shares", shares->size()}})
        << '\n';
  } else {
    out << shares->size() << " shares and supervisors.pub are in " << options.folder.string()
        << ".\nGive each share to one supervisor and delete it here; any two can revoke a case.\n"
        << "Then: bz authority put --id ID --set supervisors_key=@"
        << (options.folder / "supervisors.pub").string() << '\n';
  }
  return {};
}

Result<void> run_supervisors_revoke(const RevokeOptions& options, std::ostream& out) {
  const auto key = join(options);
  if (!key) return key.error();
  const auto handles = open_handles(*key, options);
  if (!handles) return handles.error();
  const auto signer = SigningKey::from_pem(key->to_pem());
  if (!signer) return signer.error();
  const auto time_s = to_ms(SystemClock().now()) / 1'000;
  const auto text = keys::revocation_text(options.authority, time_s, *handles);
  boost::json::array plain;
  for (const auto& handle : *handles) plain.emplace_back(to_base64(handle));
  HttpRequest request;
  request.method = "POST";
  request.url = options.server + "/v1/revoke";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = boost::json::serialize(
      object{{"healthAuthorityID", options.authority},
             {"time", time_s},
             {"handles", std::move(plain)},
             {"signature", to_base64(signer->sign(sha256(as_bytes(text))))}});
  const auto answer = HttpClient().send(request);
  if (!answer) return answer.error();
  if (answer->status == 401 || answer->status == 403)
    return Error{Code::kDenied,
                 "the server does not know these supervisors: bz authority put "
                 "--set supervisors_key=@FILE"};
  if (answer->status != 200)
    return Error{Code::kUnavailable, "the server answered with status " +
                                         std::to_string(answer->status) + "; nothing was revoked"};
  out << (options.json
              ? "{\"revoked\":true}"
              : "The keys of this case are revoked in the next batch; its chains that have "
                "not gone out yet never do.")
      << '\n';
  return {};
}

Result<void> run_callback_open(const CallbackOpenOptions& options, std::ostream& out) {
  const auto pem = read_text(options.key);
  if (!pem) return pem.error();
  const auto key = AgreementKey::from_pem(*pem);
  if (!key) return in_file(options.key, key.error());
  const auto sealed = from_base64(options.message);
  if (!sealed) return Error{Code::kMalformed, "--message is base64 of 256 bytes"};
  const auto text = wire::open_callback(*key, *sealed);
  if (!text) return text.error();
  if (options.json) {
    out << boost::json::serialize(object{{"cover", text->empty()}, {"text", *text}}) << '\n';
  } else {
    // Anybody can have written it: nothing in it may steer a terminal.
    std::string shown = *text;
    std::ranges::replace_if(
        shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    out << (shown.empty() ? "(cover traffic: nobody asks to be called)" : shown) << '\n';
  }
  return {};
}

}  // namespace bz::tools
