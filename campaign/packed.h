// Answers sent by gzip to whoever takes it: for the long ones that a clerk waits for on a slow
// line.
//
// Only where nothing in the answer is secret and none of it is what somebody else may have put
// there: from how long both pack together one learns of the other. Never for what a phone asks,
// whose lengths say nothing (docs/http.md).
#pragma once

#include "http/router.h"

namespace bz::campaign {

http::Handler packed(http::Handler plain);

}  // namespace bz::campaign
