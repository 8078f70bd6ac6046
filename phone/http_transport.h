// The way to the world over HTTP: the interface of the Exposure Notification reference servers
// (docs/api/openapi.yaml).
//
// The three calls of an upload and their cover have bodies such that head and body together are the
// same number of bytes for each call, whatever is in it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/http_client.h"
#include "base/random.h"
#include "phone/transport.h"

namespace bz::phone {

// Body of each of the three calls, in bytes; of cover a header's length less, so that both are
// equal on the wire. 30 keys with a certificate and a revision token fill under two thirds of it.
inline constexpr std::size_t kCallBody = 8'192;

// Body of the two errands (phone/errand.h), in the same way. 256 bytes are 344 of base64.
inline constexpr std::size_t kErrandBody = 1'024;

struct ServerAddress {
  std::string codes;         // "https://codes.example.vn", without a slash at the end
  std::string keys;          // "https://keys.example.vn"
  std::string exports = {};  // where files are, "https://cdn.example.vn/exports"; else of `keys`
  std::string api_key = {};  // of the app, for the codes side
  std::string authority = "vn-moh";  // healthAuthorityID
  std::string region = "VN";
  bool accept_contact = false;  // whether a code for a confirmed contact (F1) is taken
};

class HttpTransport final : public Transport {
 public:
  // Files are kept in `cache`, when it is given, and not fetched again; what is no longer listed
  // goes. `random` must outlive it.
  HttpTransport(ServerAddress address, Random& random,
                std::optional<std::filesystem::path> cache = {});

  // Keys, then chains. kMalformed when a list is not one of file names, or longer than 14 days
  // could make it. Keys come also when the list of chains cannot be had; that is list_fault(),
  // unless there is none (404, or 403 of a bucket that does not say what it lacks).
  Result<std::vector<std::string>> export_names() override;
  [[nodiscard]] std::optional<Error> list_fault() const override { return list_fault_; }
  Result<Bytes> fetch(const std::string& name) override;
  void drop(const std::string& name) override;
  Result<Bytes> settings() override;

  Result<wire::VerifyAnswer> verify(std::string_view code) override;
  Result<std::string> certificate(std::string_view token, const Digest& tekmac) override;
  Result<wire::PublishAnswer> publish(const Upload& upload, std::string_view certificate,
                                      ByteView secret) override;
  Result<wire::PublishAnswer> publish_chains(const ChainUpload& upload,
                                             std::string_view certificate,
                                             ByteView secret) override;
  Result<void> cover(Call call) override;
  Delivery leave_callback(const wire::SealedCallback& message, bool is_cover) override;
  Delivery count_install(const Install& install) override;
  void hang_up() override { client_.hang_up(); }

 private:
  Result<HttpAnswer> get(const std::string& url, std::size_t limit);
  // `path` is where kPublish goes.
  Result<HttpAnswer> post(Call call, std::string body, bool is_cover, std::string_view path);
  Result<std::vector<std::string>> names_in(std::string_view index, std::string_view suffix);
  void forget_unlisted(const std::vector<std::string>& names);
  Delivery deliver(const std::string& url, std::string body, bool is_cover);
  [[nodiscard]] std::string exports_url() const;

  ServerAddress address_;
  Random& random_;
  std::optional<std::filesystem::path> cache_;
  std::optional<Error> list_fault_;
  HttpClient client_;
};

// Whether a name from a list is that of a file in it, and of nothing else on this machine:
// "VN/1597708800-1597712400-00001.zip", or `.bzt` for chains.
bool is_export_name(std::string_view name);

}  // namespace bz::phone
