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
  // --at: the clock, for what is told of the past (a day's story, a drill). Only with --data.
  std::string at = {};
};

class CampaignClient {
 public:
  // kInvalid when neither a folder nor a server is named, or both; kDenied without a session.
  static Result<CampaignClient> open(const CampaignOptions& options);
  CampaignClient(CampaignClient&&) noexcept;
  CampaignClient& operator=(CampaignClient&&) noexcept;
  ~CampaignClient();

  // Any status is an answer.
  Result<http::Response> ask(const http::Request& request);
  // GET, or POST of JSON, and the answer's body; a refusal becomes an Error with its sentences,
  // faults by line.
  Result<std::string> get(std::string_view path,
                          const std::vector<std::pair<std::string, std::string>>& query = {});
  Result<std::string> post(std::string_view path, std::string body,
                           std::string_view type = "application/json",
                           const std::vector<std::pair<std::string, std::string>>& query = {});
  // Another moment from now on; only where it was opened with --at.
  void set_now(Instant now);
  // What is due at that moment: what `bz serve` does every few seconds. Nothing with a server.
  Result<void> tick();

 private:
  struct State;
  explicit CampaignClient(std::unique_ptr<State> state);
  Result<std::string> said(const http::Request& request);
  std::unique_ptr<State> state_;
};

// Where `bz login` keeps a session: $BZ_SESSION, else ~/.config/bluezone/session.
std::string session_file();

}  // namespace bz::tools
