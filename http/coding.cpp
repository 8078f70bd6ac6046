#include "http/coding.h"

#include "base/ascii.h"

namespace bz::http {

bool takes(const Request& request, std::string_view coding) {
  const auto header = request.header("accept-encoding");
  if (!header) return false;
  const auto lowered = ascii_lowered(*header);
  std::string_view rest = lowered;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    auto name = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    const auto semicolon = name.find(';');
    const auto weight =
        semicolon == std::string_view::npos ? std::string_view{} : name.substr(semicolon + 1);
    name = name.substr(0, semicolon);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (name != coding) continue;
    const auto q = weight.find("q=");
    return q == std::string_view::npos ||
           weight.substr(q + 2).find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

}  // namespace bz::http
