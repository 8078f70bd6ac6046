// The routes that phones and programs call: /api/…, /jwks/…, /v1/callback.
#pragma once

#include "codes/api.h"
#include "codes/verify.h"

namespace bz::codes {

void add_phone_routes(http::Router& router, Api& api, const Core& core, GuessAlarm& alarm);

// The public keys of an authority's certificates. kNotFound when there is no such authority.
Result<std::vector<wire::Jwk>> public_keys(const Core& core, std::string_view authority);

}  // namespace bz::codes
