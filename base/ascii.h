// Case of A to Z alone, whatever the locale: names of headers, addresses, codes. Every other octet,
// those of UTF-8 among them, stays as it is.
#pragma once

#include <string>
#include <string_view>

namespace bz {

constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string ascii_lowered(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = ascii_lower(c);
  return out;
}

}  // namespace bz
