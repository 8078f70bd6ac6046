// POST /v1/stats: an authority reads what may be shown of its uploads (keys/statistics.h). Who asks
// shows a token (JWT, ES256) by one of the authority's keys: those of its certificates, or others
// that were given for this.
//
//   claims: iss, aud as in the authority's certificates; exp, at most a day ahead; iat or nbf; no
//   tekmac, which makes it a certificate of an upload
#pragma once

#include "keys/publish.h"
#include "keys/statistics.h"

namespace bz::keys {

// Whether a token with these claims, whose signature holds, is for `audience` and of this moment.
bool may_ask_now(std::string_view claims, std::string_view audience, std::int64_t now_s);

// The body of an answer without padding.
std::string write_statistics(const std::vector<DayOfStatistics>& days);

class StatsRoute {
 public:
  StatsRoute(const UploadDesk& desk, const Statistics& statistics)
      : desk_(desk), statistics_(statistics) {}

  // With its padding: answers of this route have more of it than the others.
  http::Response operator()(const http::Request& request);

 private:
  std::optional<std::int64_t> who_asks(const http::Request& request) const;
  http::Response answer_to(const http::Request& request);

  UploadDesk desk_;
  const Statistics& statistics_;
};

}  // namespace bz::keys
