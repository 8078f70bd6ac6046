#include "http/target.h"

#include <algorithm>
#include <optional>

#include "base/utf8.h"

namespace bz::http {
namespace {

Error malformed(std::string what) {
  return {Code::kMalformed, std::move(what)};
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Nothing for a broken escape or what is no text. `encoded` is told each decoded character.
template <class F>
std::optional<std::string> decoded(std::string_view text, bool plus_is_blank, F encoded) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      if (!encoded(out.back())) return std::nullopt;
      i += 2;
    }
  }
  const bool has_control =
      std::any_of(out.begin(), out.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (has_control || !is_utf8(out)) return std::nullopt;
  return out;
}

bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);  // the '/'
    const auto segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(segment.size());
  }
  return false;
}

bool add_query(std::string_view text, Target& target) {
  while (!text.empty()) {
    const auto part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const auto equals = part.find('=');
    const auto any = [](char) { return true; };
    auto name = decoded(part.substr(0, equals), true, any);
    auto value =
        decoded(equals == std::string_view::npos ? "" : part.substr(equals + 1), true, any);
    if (!name || !value) return false;
    if (!part.empty()) target.query.emplace(std::move(*name), std::move(*value));
  }
  return true;
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  // A proxy may send the whole address; which host it names is not looked at.
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    target.remove_prefix(std::min(target.find_first_of("/?", scheme.size()), target.size()));
    break;
  }
  if (!target.starts_with('/')) return malformed("the target of the request is no path");
  if (target.find('#') != std::string_view::npos)
    return malformed("the target of the request has a fragment: leave it out");

  const auto question = target.find('?');
  auto path =
      decoded(target.substr(0, question), false, [](char c) { return c != '/' && c != '\\'; });
  if (!path || has_dot_segment(*path))
    return malformed("the path of the request cannot be read in one way only: send it plain");
  Target out{std::move(*path), {}};
  if (question != std::string_view::npos && !add_query(target.substr(question + 1), out))
    return malformed("the query of the request is not percent-encoded UTF-8");
  return out;
}

}  // namespace bz::http
