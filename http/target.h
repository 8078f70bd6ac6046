// The target of a request (RFC 9112 section 3.2) taken apart: the path that routes are found by,
// and the query.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bz::http {

struct Target {
  std::string path;                                       // decoded; begins with '/'
  std::map<std::string, std::string, std::less<>> query;  // decoded; the first of each name
};

// "/v1/publish?a=b", or the same after "http://host". kMalformed for any other form, a broken %XX,
// text that is not UTF-8, a control character, and a path that could be read in two ways: an
// encoded
// '/' or '\', a segment "." or "..".
Result<Target> parse_target(std::string_view target);

}  // namespace bz::http
