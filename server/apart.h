// How the parts ask each other when they run in different processes: over HTTP, on a network that
// is the operator's own (deploy/README.md).
#pragma once

#include <string>

#include "http/router.h"
#include "http/session.h"
#include "keys/service.h"

namespace bz::server {

// POST /internal/v1/who-asks {method, cookie, csrf}: whose request it is. `Authorization: Bearer
// TOKEN` must be ours; the proxy does not let anybody else reach it.
void add_who_asks_route(http::Router& router, const std::string& token, http::WhoAsks who_asks);

// Asks a portal that runs elsewhere. kUnavailable while `portal_url` is empty or does not answer.
// One of an older version says less, of a newer one more: neither keeps anybody out.
http::WhoAsks who_asks_at(const std::string& portal_url, const std::string& token);

// Asks a codes side that runs elsewhere for an authority's keys (GET /jwks/ID).
keys::Service::CertificateKeys certificate_keys_at(const std::string& codes_url);

}  // namespace bz::server
