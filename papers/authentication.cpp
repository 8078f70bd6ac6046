#include "papers/authentication.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/ascii.h"

namespace bz::papers {
namespace {

constexpr std::size_t kMostBytes = 16'000;  // of one header

// "dkim=pass header.d=example.vn": names and what they say in lower case.
struct Check {
  std::string method;
  std::string result;
  std::vector<std::pair<std::string, std::string>> properties;
};

struct Results {
  std::string server;
  std::vector<Check> checks;
};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  // Nothing when it is not as RFC 8601 has it.
  std::optional<Results> read() {
    Results results;
    const auto server = value();
    if (!server) return std::nullopt;
    results.server = *server;
    // A version of the header; we know the first.
    if (!skip()) return std::nullopt;
    if (at_ < text_.size() && text_[at_] != ';' && value() != "1") return std::nullopt;
    while (true) {
      if (!skip()) return std::nullopt;
      if (at_ == text_.size()) return results;
      if (text_[at_++] != ';' || !check(results.checks)) return std::nullopt;
    }
  }

 private:
  // "method=result", and what follows it up to the next ';'.
  bool check(std::vector<Check>& checks) {
    if (!skip()) return false;
    if (at_ == text_.size()) return true;  // ";" at the end
    auto method = name();
    if (!method) return false;
    if (*method == "none" && (at_ == text_.size() || text_[at_] == ';')) return true;
    const auto result = said();
    if (!result) return false;
    Check one{method->substr(0, method->find('/')), *result, {}};
    while (skip() && at_ < text_.size() && text_[at_] != ';') {
      auto property = name();
      auto is = property ? said() : std::nullopt;
      if (!is) return false;
      one.properties.emplace_back(std::move(*property), std::move(*is));
    }
    checks.push_back(std::move(one));
    return true;
  }

  // Past blanks and comments, which stand in each other; false when one is not closed.
  bool skip() {
    std::size_t depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '(') {
        ++depth;
      } else if (c == ')' && depth > 0) {
        --depth;
      } else if (c == '\\' && depth > 0) {
        ++at_;
      } else if (depth == 0 && !is_space(c)) {
        return true;
      }
    }
    at_ = std::min(at_, text_.size());
    return depth == 0;
  }

  std::string word(std::string_view ends) {
    const auto first = at_;
    while (at_ < text_.size() && !is_space(text_[at_]) &&
           ends.find(text_[at_]) == std::string_view::npos) {
      ++at_;
    }
    return ascii_lowered(text_.substr(first, at_ - first));
  }

  std::optional<std::string> name() {
    if (!skip()) return std::nullopt;
    auto found = word("=;()\"");
    if (found.empty() || !skip()) return std::nullopt;
    return found;
  }

  std::optional<std::string> said() {
    if (at_ == text_.size() || text_[at_++] != '=') return std::nullopt;
    return value();
  }

  // A word, "a quoted one", or "a quoted one"@and.its.domain; nothing when there is none.
  std::optional<std::string> value() {
    if (!skip()) return std::nullopt;
    std::string found;
    if (at_ < text_.size() && text_[at_] == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
        if (text_[at_] == '\\' && ++at_ == text_.size()) return std::nullopt;
        found += text_[at_];
      }
      if (at_ == text_.size()) return std::nullopt;
      ++at_;
      if (at_ == text_.size() || text_[at_] != '@') return ascii_lowered(found);
    }
    found += word(";()\"");
    if (found.empty()) return std::nullopt;
    return found;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string_view domain_of(std::string_view address) {
  return address.substr(address.rfind('@') + 1);  // all of it without an '@'
}

bool is_about(const Check& check, std::string_view name, std::string_view domain) {
  return std::ranges::any_of(check.properties, [&](const auto& property) {
    return property.first == name && domain_of(property.second) == domain;
  });
}
bool says(const Check& check, std::string_view name) {
  return std::ranges::any_of(check.properties,
                             [&](const auto& property) { return property.first == name; });
}

bool passes(const Check& check, std::string_view domain) {
  if (check.result != "pass") return false;
  if (check.method == "dmarc")
    return !says(check, "header.from") || is_about(check, "header.from", domain);
  if (check.method == "dkim")
    return is_about(check, says(check, "header.d") ? "header.d" : "header.i", domain);
  return check.method == "spf" && is_about(check, "smtp.mailfrom", domain);
}

bool is_refused(const Check& check) {
  return check.method == "dmarc" && check.result == "fail";
}

}  // namespace

bool vouches(std::string_view server, std::span<const std::string> results, std::string_view from) {
  const auto domain = ascii_lowered(domain_of(from));
  if (server.empty() || domain.empty()) return false;
  for (const auto& text : results) {
    if (text.size() > kMostBytes) return false;
    const auto read = Scanner(text).read();
    // One that cannot be read may be our server's.
    if (!read) return false;
    if (read->server != ascii_lowered(server)) continue;
    return std::ranges::none_of(read->checks, is_refused) &&
           std::ranges::any_of(read->checks,
                               [&](const Check& check) { return passes(check, domain); });
  }
  return false;
}

}  // namespace bz::papers
