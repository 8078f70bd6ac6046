// Answers sent by gzip to whoever takes it: for the long ones that a clerk waits for on a slow
// line.
//
// Only where an answer takes nothing over from its request or from a stranger: where both pack
// together with what is another's, their length tells of it. A due's form holds the body's earlier
// numbers and the sentence of the officer who asked; who asks for it chooses only which due. Never
// for what a phone asks, whose lengths say nothing (docs/http.md).
#pragma once

#include "http/router.h"

namespace bz::campaign {

http::Handler packed(http::Handler plain);

}  // namespace bz::campaign
