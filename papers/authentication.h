// What a receiving mail server says of who sent a letter: its Authentication-Results header
// (RFC 8601), read from anybody's bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace bz::papers {

struct StatedResults {
  std::string text = {};  // what stands behind the colon
  bool is_next = false;   // it stands directly below the one before it
};

// Whether the mail server that calls itself `server` (its authserv-id) vouches that a letter is
// from the domain of `from`. `stated` are the letter's Authentication-Results, topmost first.
//
// Of those that bear just this name the topmost, and those that follow it directly, are believed:
// a server writes on top of what came, each of its filters a header of its own. One of them must
// say dmarc=pass, or dkim=pass or spf=pass for exactly that domain. One further down may have come
// with the letter: it is never believed, but may refuse.
//
// Never where one of that name says dmarc=fail, where two of them say different things of the same
// check, where one says the same property twice, or where one that may be that server's cannot be
// read. Never for an empty name.
bool vouches(std::string_view server, std::span<const StatedResults> stated, std::string_view from);

}  // namespace bz::papers
