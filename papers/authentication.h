// What a receiving mail server says of who sent a letter: its Authentication-Results header
// (RFC 8601), read from anybody's bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace bz::papers {

// Whether the mail server that calls itself `server` (its authserv-id) vouches that a letter is
// from the domain of `from`. `results` are the letter's Authentication-Results, topmost first. Of
// those that bear just this name only the topmost is read, as a server writes on top of what came:
// one below it may have come with the letter. It must say dmarc=pass, or, where it says nothing of
// dmarc=fail, dkim=pass or spf=pass for exactly that domain. Never for an empty name.
bool vouches(std::string_view server, std::span<const std::string> results, std::string_view from);

}  // namespace bz::papers
