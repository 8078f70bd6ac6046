#include "papers/authentication.h"

#include <algorithm>
#include <iterator>
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

  bool operator==(const Check&) const = default;
};

struct Results {
  std::string server;
  std::vector<Check> checks;
};

bool says(const Check& check, std::string_view name) {
  return std::ranges::any_of(check.properties,
                             [&](const auto& property) { return property.first == name; });
}

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
      // Given twice, nobody can say which one was checked.
      if (!is || says(one, *property)) return false;
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

// All of it without an '@'; nothing where there are two: which one parts it is not clear.
std::string_view domain_of(std::string_view address) {
  if (std::ranges::count(address, '@') > 1) return {};
  return address.substr(address.find('@') + 1);
}

bool is_about(const Check& check, std::string_view name, std::string_view domain) {
  return std::ranges::any_of(check.properties, [&](const auto& property) {
    return property.first == name && domain_of(property.second) == domain;
  });
}

bool passes(const Check& check, std::string_view domain) {
  if (check.result != "pass") return false;
  if (check.method == "dmarc")
    return !says(check, "header.from") || is_about(check, "header.from", domain);
  if (check.method == "dkim")
    return is_about(check, says(check, "header.d") ? "header.d" : "header.i", domain);
  return check.method == "spf" && is_about(check, "smtp.mailfrom", domain);
}

std::vector<Check> checks_by(const Results& results, std::string_view method) {
  std::vector<Check> found;
  std::ranges::copy_if(results.checks, std::back_inserter(found),
                       [&](const Check& check) { return check.method == method; });
  return found;
}

// Whether two headers of one name say different things of the same check.
bool contradicts(const Results& one, const Results& other) {
  return std::ranges::any_of(one.checks, [&](const Check& check) {
    const auto again = checks_by(other, check.method);
    return !again.empty() && again != checks_by(one, check.method);
  });
}

// A letter has one sender in From and one in its envelope: neither check has two outcomes.
bool is_refused(const Results& results) {
  const auto dmarc = checks_by(results, "dmarc");
  auto spf = checks_by(results, "spf");
  std::erase_if(spf, [](const Check& check) { return !says(check, "smtp.mailfrom"); });
  const auto differs = [](const std::vector<Check>& checks) {
    return std::ranges::any_of(checks, [&](const Check& one) { return one != checks.front(); });
  };
  return differs(dmarc) || differs(spf) ||
         std::ranges::any_of(dmarc, [](const Check& one) { return one.result == "fail"; });
}

// A header that cannot be read: nothing of it counts, but it may be that server's.
bool may_be_of(std::string_view server, std::string_view text) {
  return ascii_lowered(text).find(server) != std::string::npos;
}

}  // namespace

bool vouches(std::string_view server, std::span<const StatedResults> stated,
             std::string_view from) {
  const auto name = ascii_lowered(server);
  const auto domain = ascii_lowered(domain_of(from));
  if (name.empty() || domain.empty()) return false;
  std::vector<Results> ours;  // topmost first
  bool is_together = true;    // nothing but such headers since the first of ours
  bool is_believed = false;
  for (const auto& [text, is_next] : stated) {
    is_together = is_together && (ours.empty() || is_next);
    auto read = text.size() > kMostBytes ? std::nullopt : Scanner(text).read();
    if (!read) {
      if (ours.empty() || may_be_of(name, text)) return false;
      continue;
    }
    if (read->server != name) continue;
    if (is_refused(*read)) return false;
    for (const auto& one : ours) {
      if (contradicts(one, *read)) return false;
    }
    for (const auto& check : read->checks)
      is_believed = is_believed || (is_together && passes(check, domain));
    ours.push_back(std::move(*read));
  }
  return is_believed;
}

}  // namespace bz::papers
