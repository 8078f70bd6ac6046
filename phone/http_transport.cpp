#include "phone/http_transport.h"

#include <algorithm>
#include <functional>
#include <set>
#include <system_error>
#include <utility>

#include "base/base64.h"
#include "base/file.h"
#include "wire/json_writer.h"
#include "wire/publish_message.h"
#include "wire/settings_file.h"
#include "wire/verification_message.h"

namespace bz::phone {
namespace {

constexpr std::size_t kMostIndex = std::size_t{1} << 20U;
constexpr std::size_t kMostNames = 14 * 24 * 4 * 8;  // a quarter of an hour each, split in eight
constexpr std::size_t kMostFile = std::size_t{40} << 20U;
constexpr std::pair<std::string_view, std::string_view> kCoverHeader{"X-Chaff", "1"};
// Name, colon, space, value, line end.
constexpr std::size_t kCoverHeaderBytes =
    kCoverHeader.first.size() + kCoverHeader.second.size() + 4;

constexpr std::string_view kKeySuffix = ".zip";
constexpr std::string_view kChainSuffix = ".bzt";
static_assert(kKeySuffix.size() == kChainSuffix.size());

constexpr std::string_view kPublish = "/v1/publish";
constexpr std::string_view kPublishChains = "/v1/publish-bluezone3";

bool all_digits(std::string_view text) {
  return !text.empty() && text.size() <= 11 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// `write` makes a JSON object with the filler it is given; the object in `size` bytes, up to three
// of them spaces at its end, since base64 comes in fours.
std::string body_of_size(std::size_t size, Random& random,
                         const std::function<std::string(std::string_view)>& write) {
  const auto least = write("").size();
  Bytes chance(size > least ? (size - least) / 4 * 3 : 0);
  random.fill(chance);
  auto body = write(to_base64(chance));
  if (body.size() < size) body.append(size - body.size(), ' ');
  return body;
}

Error unexpected(std::string_view what, int status) {
  return {Code::kUnavailable, "the server answered " + std::string(what) + " with status " +
                                  std::to_string(status) + "; try again later"};
}

// What a person can do about a refusal of the codes side.
Error refusal(const HttpAnswer& answer, std::string_view what) {
  const auto said = wire::parse_api_refusal(answer.body);
  const std::string code = said ? said->code : "";
  if (answer.status == 401)
    return {Code::kDenied, "the server does not know this app: check --api-key"};
  if (code == "code_expired")
    return {Code::kDenied, "this code is too old; ask the health officer for a new one"};
  if (code == "code_invalid")
    return {Code::kDenied, "this code is wrong or was used; ask the health officer for a new one"};
  if (code == "unsupported_test_type")
    return {Code::kDenied, "this code is of a kind that this app does not take"};
  if (code == "token_expired" || code == "token_invalid")
    return {Code::kDenied, "the code was taken too long ago; ask the health officer for a new one"};
  return unexpected(what, answer.status);
}

// What the keys side said of an upload.
Result<wire::PublishAnswer> said_of(const Result<HttpAnswer>& answer) {
  if (!answer) return answer.error();
  if (answer->status == 401)
    return Error{Code::kDenied,
                 "the server does not take this upload; ask the health officer for a new code"};
  if (answer->status == 429 || answer->status >= 500)
    return unexpected("the upload", answer->status);
  auto said = wire::parse_publish_answer(answer->body);
  if (!said) return said.error();
  if (answer->status == 200) return said;
  if (said->code == "invalid_revision_token")
    return Error{Code::kConflict, "the server does not take this phone's revision token"};
  // By another phone, or by this one, which never had the answer.
  if (said->code == "missing_revision_token")
    return Error{Code::kInvalid,
                 "keys of this upload are published already and this phone has nothing to change "
                 "them with: report with the phone that published them, or give this one up"};
  if (said->code == "invalid_report_type_transition" || said->code == "key_already_revised")
    return Error{Code::kInvalid,
                 "keys of this upload are published already with a report that this one cannot "
                 "change: give this one up"};
  return Error{Code::kInvalid, "the server refused the upload: " +
                                   (said->code.empty() ? "no reason given" : said->code) +
                                   "; ask the health officer for a new code, or give it up"};
}

}  // namespace

bool is_export_name(std::string_view name) {
  const auto slash = name.find('/');
  const bool ends_well = name.ends_with(kKeySuffix) || name.ends_with(kChainSuffix);
  if (slash == 0 || slash == std::string_view::npos || slash > 64 || !ends_well) return false;
  const bool plain = std::ranges::all_of(name.substr(0, slash), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
  auto rest = name.substr(slash + 1);
  rest.remove_suffix(kKeySuffix.size());
  const auto first = rest.find('-');
  const auto last = rest.rfind('-');
  return plain && first != std::string_view::npos && last > first &&
         all_digits(rest.substr(0, first)) &&
         all_digits(rest.substr(first + 1, last - first - 1)) && all_digits(rest.substr(last + 1));
}

HttpTransport::HttpTransport(ServerAddress address, Random& random,
                             std::optional<std::filesystem::path> cache)
    : address_(std::move(address)), random_(random), cache_(std::move(cache)) {}

std::string HttpTransport::exports_url() const {
  return (address_.exports.empty() ? address_.keys + "/exports" : address_.exports) + "/";
}

Result<HttpAnswer> HttpTransport::get(const std::string& url, std::size_t limit) {
  HttpRequest request;
  request.url = url;
  request.answer_limit = limit;
  request.timeout = std::chrono::minutes{5};
  return client_.send(request);
}

Result<std::vector<std::string>> HttpTransport::names_in(std::string_view index,
                                                         std::string_view suffix) {
  const auto url = exports_url() + address_.region + "/" + std::string(index);
  const auto answer = get(url, kMostIndex);
  if (!answer) return answer.error();
  std::vector<std::string> names;
  // A server that has published nothing yet has an empty list; reference servers have none of
  // chains, which a bucket tells by 403 to whoever may not list it.
  if (answer->status == 404 || (answer->status == 403 && suffix == kChainSuffix))
    return Error{Code::kNotFound, "there is no list of files of region " + address_.region +
                                      " at this address; check --server, --exports and --region"};
  if (answer->status != 200) return unexpected("a request for the list of files", answer->status);
  for (std::string_view rest = answer->body; !rest.empty();) {
    const auto name = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    const bool of_region = name.starts_with(address_.region + "/") && name.ends_with(suffix);
    if (!is_export_name(name) || !of_region || names.size() >= kMostNames)
      return Error{Code::kMalformed,
                   "the server's list of files is not one; nothing of it was fetched"};
    names.emplace_back(name);
  }
  return names;
}

Result<std::vector<std::string>> HttpTransport::export_names() {
  list_fault_.reset();
  auto names = names_in("index.txt", kKeySuffix);
  if (!names) return names;
  const auto chains = names_in("chains.txt", kChainSuffix);
  if (chains) {
    names->insert(names->end(), chains->begin(), chains->end());
  } else if (chains.error().code != Code::kNotFound) {
    list_fault_ = chains.error();
  }
  if (cache_) forget_unlisted(*names);
  return names;
}

void HttpTransport::forget_unlisted(const std::vector<std::string>& names) {
  const std::set<std::string> listed(names.begin(), names.end());
  std::error_code ignored;
  const auto folder = *cache_ / address_.region;
  for (const auto& file : std::filesystem::directory_iterator(folder, ignored)) {
    const auto name = address_.region + "/" + file.path().filename().string();
    const bool unknown = list_fault_ && name.ends_with(kChainSuffix);
    if (is_export_name(name) && !listed.contains(name) && !unknown)
      std::filesystem::remove(file.path(), ignored);
  }
}

Result<Bytes> HttpTransport::fetch(const std::string& name) {
  if (!is_export_name(name)) return Error{Code::kInvalid, "no name of an export file"};
  if (cache_) {
    auto here = read_file(*cache_ / name, kMostFile);
    if (here || here.error().code != Code::kNotFound) return here;
  }
  const auto answer = get(exports_url() + name, kMostFile);
  if (!answer) return answer.error();
  if (answer->status != 200) return unexpected("a request for a file", answer->status);
  const auto body = as_bytes(answer->body);
  if (cache_) {
    std::error_code fault;
    std::filesystem::create_directories((*cache_ / name).parent_path(), fault);
    if (auto ok = write_file(*cache_ / name, body); !ok) return ok.error();
  }
  return Bytes(body.begin(), body.end());
}

void HttpTransport::drop(const std::string& name) {
  std::error_code ignored;
  if (cache_ && is_export_name(name)) std::filesystem::remove(*cache_ / name, ignored);
}

Result<Bytes> HttpTransport::settings() {
  const auto answer = get(address_.keys + "/v1/settings", wire::kMaxSettingsFile);
  if (!answer) return answer.error();
  if (answer->status == 404)
    return Error{Code::kNotFound, "the authority has published no settings"};
  if (answer->status != 200) return unexpected("a request for the settings", answer->status);
  const auto body = as_bytes(answer->body);
  return Bytes(body.begin(), body.end());
}

Result<HttpAnswer> HttpTransport::post(Call call, std::string body, bool is_cover,
                                       std::string_view path) {
  HttpRequest request;
  request.method = "POST";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::move(body);
  switch (call) {
    case Call::kVerify: request.url = address_.codes + "/api/verify"; break;
    case Call::kCertificate: request.url = address_.codes + "/api/certificate"; break;
    case Call::kPublish: request.url = address_.keys + std::string(path); break;
  }
  if (call != Call::kPublish) request.headers.emplace_back("X-API-Key", address_.api_key);
  if (is_cover) request.headers.emplace_back(kCoverHeader);
  return client_.send(request);
}

Result<wire::VerifyAnswer> HttpTransport::verify(std::string_view code) {
  wire::VerifyRequest request;
  request.code = code;
  request.accept = {"confirmed", "likely", "user-report"};
  if (address_.accept_contact) request.accept.emplace_back("contact");
  const auto answer = post(Call::kVerify,
                           body_of_size(kCallBody, random_,
                                        [&](std::string_view padding) {
                                          return wire::write_verify_request(request, padding);
                                        }),
                           false, {});
  if (!answer) return answer.error();
  if (answer->status != 200) return refusal(*answer, "the code");
  return wire::parse_verify_answer(answer->body);
}

Result<std::string> HttpTransport::certificate(std::string_view token, const Digest& tekmac) {
  const wire::CertificateRequest request{std::string(token), to_base64(tekmac)};
  const auto answer = post(Call::kCertificate,
                           body_of_size(kCallBody, random_,
                                        [&](std::string_view padding) {
                                          return wire::write_certificate_request(request, padding);
                                        }),
                           false, {});
  if (!answer) return answer.error();
  if (answer->status != 200) return refusal(*answer, "the request for a certificate");
  return wire::parse_certificate_answer(answer->body);
}

Result<wire::PublishAnswer> HttpTransport::publish(const Upload& upload,
                                                   std::string_view certificate, ByteView secret) {
  wire::PublishRequest request;
  for (const auto& key : upload.keys())
    request.keys.push_back({to_base64(key.bytes), key.start.number, key.period, 0});
  request.health_authority = address_.authority;
  request.certificate = certificate;
  request.hmac_secret.assign(secret.begin(), secret.end());
  request.revision_token = upload.revision_token();
  const auto write = [&](std::string_view padding) {
    return wire::write_publish_request(request, padding);
  };
  return said_of(post(Call::kPublish, body_of_size(kCallBody, random_, write), false, kPublish));
}

Result<wire::PublishAnswer> HttpTransport::publish_chains(const ChainUpload& upload,
                                                          std::string_view certificate,
                                                          ByteView secret) {
  wire::PublishChainsRequest request;
  for (const auto& chain : upload.chains()) request.entries.push_back(wire::uploaded(chain));
  request.health_authority = address_.authority;
  request.certificate = certificate;
  request.hmac_secret.assign(secret.begin(), secret.end());
  const auto write = [&](std::string_view padding) {
    return wire::write_publish_chains_request(request, padding);
  };
  // The path is longer, the body shorter by as much.
  constexpr auto kBody = kCallBody - (kPublishChains.size() - kPublish.size());
  return said_of(post(Call::kPublish, body_of_size(kBody, random_, write), false, kPublishChains));
}

Result<void> HttpTransport::cover(Call call) {
  const auto body = body_of_size(
      kCallBody - kCoverHeaderBytes, random_,
      [](std::string_view padding) { return "{\"padding\":\"" + std::string(padding) + "\"}"; });
  const auto answer = post(call, body, true, kPublish);
  if (!answer) return answer.error();
  return {};
}

Delivery HttpTransport::deliver(const std::string& url, std::string body, bool is_cover) {
  HttpRequest request;
  request.method = "POST";
  request.url = url;
  request.headers = {{"Content-Type", "application/json"}};
  if (is_cover) request.headers.emplace_back(kCoverHeader);
  request.body = std::move(body);
  const auto answer = client_.send(request);
  if (!answer) return client_.may_have_arrived() ? Delivery::kLost : Delivery::kNotSent;
  if (answer->status == 200) return Delivery::kTaken;
  // Of a proxy that waited in vain, or a server that failed midway: what it did nobody knows.
  if (answer->status >= 500) return Delivery::kLost;
  return answer->status == 429 ? Delivery::kFull : Delivery::kRefused;
}

Delivery HttpTransport::leave_callback(const wire::SealedCallback& message, bool is_cover) {
  auto body = body_of_size(kErrandBody - (is_cover ? kCoverHeaderBytes : 0), random_,
                           [&](std::string_view padding) {
                             return wire::JsonWriter()
                                 .text("message", to_base64(message))
                                 .text("authority", address_.authority)
                                 .text("padding", padding)
                                 .done();
                           });
  return deliver(address_.codes + "/v1/callback", std::move(body), is_cover);
}

Delivery HttpTransport::count_install(const Install& install) {
  auto body = body_of_size(kErrandBody, random_, [&](std::string_view padding) {
    return wire::JsonWriter()
        .text("unit", install.unit)
        .text("platform", install.platform)
        .text("version", install.version)
        .text("padding", padding)
        .done();
  });
  return deliver(address_.keys + "/v1/installs", std::move(body), false);
}

}  // namespace bz::phone
