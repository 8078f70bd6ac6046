// How `bz`'s commands of the campaign ask: the same requests as the portal's, either of a server
// (--server, with the session that `bz login` keeps), or of the stores in a folder (--data), where
// whoever has the folder may do everything or asks as one account (--as).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"
#include "tools/data_folder.h"

namespace bz::tools {

struct CampaignOptions {
  DataOptions where;        // --data, --database, --json
  std::string server = {};  // --server https://…, instead of --data
  std::string as = {};      // --as: an account, with its grants
  // --at: the clock, for what is told of the past (a day's story, a drill). Only with --data. What
  // is handed in then is marked illustrative.
  std::string at = {};
  // --authserv-id: whom letters' senders are believed by (campaign/service.h); else as bz.toml
  // says.
  std::string authserv_id = {};
};

class CampaignClient {
 public:
  // kInvalid when neither a folder nor a server is named, or both; kDenied without a session.
  static Result<CampaignClient> open(const CampaignOptions& options);
  CampaignClient(CampaignClient&&) noexcept;
  CampaignClient& operator=(CampaignClient&&) noexcept;
  ~CampaignClient();

  // Paths begin after /campaign/v1; what is empty in a query is left out. Any status is an answer.
  Result<http::Response> ask(http::Request request);
  // The answer's body; a refusal becomes refusal_of() it.
  Result<std::string> send(http::Request request);
  Result<std::string> get(std::string_view path,
                          const std::vector<std::pair<std::string, std::string>>& query = {});
  Result<std::string> post(std::string_view path, std::string body,
                           std::string_view type = "application/json",
                           const std::vector<std::pair<std::string, std::string>>& query = {});
  // The moment that counts for "today" here: --at, else now.
  [[nodiscard]] Instant now() const;
  // Another moment from now on; only where it was opened with --at.
  void set_now(Instant now);
  // What is due at that moment: what `bz serve` does every few seconds. Nothing with a server.
  Result<void> tick();

 private:
  struct State;
  explicit CampaignClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// A refused request in the words of its answer, faults by semicolon.
Error refusal_of(const http::Response& response);

// Where `bz login` keeps a session: $BZ_SESSION, else ~/.config/bluezone/session.
std::string session_file();

}  // namespace bz::tools
