// The law of messages: what is read must, written again, be read as the same.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/publish_message.h"

namespace bz::fuzz {

// `parse` gives a Result, `write` the text of its value.
template <class Parse, class Write>
void check(std::string_view body, Parse parse, Write write) {
  const auto value = parse(body);
  if (!value) return;
  const std::string written = write(*value);
  // An entry {} is written with all its members, and an escape may take six characters for one, so
  // a body may grow beyond the bound.
  if (written.size() > wire::kMaxApiBody) return;
  const auto again = parse(written);
  if (!again || *again != *value) std::abort();
}

}  // namespace bz::fuzz
