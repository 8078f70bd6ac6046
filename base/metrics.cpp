#include "base/metrics.h"

#include <cassert>

namespace bz {
namespace {

// The format's escapes for help texts.
std::string escaped(std::string_view help) {
  std::string out;
  for (const char c : help) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

Metrics::Number& Metrics::counter(std::string_view name, std::string_view help,
                                  std::string_view labels) {
  return number(name, help, labels, true);
}

Metrics::Number& Metrics::gauge(std::string_view name, std::string_view help,
                                std::string_view labels) {
  return number(name, help, labels, false);
}

Metrics::Number& Metrics::number(std::string_view name, std::string_view help,
                                 std::string_view labels, bool is_counter) {
  const std::lock_guard lock(mutex_);
  auto family = families_.find(name);
  if (family == families_.end())
    family = families_.emplace(name, Family{escaped(help), is_counter, {}}).first;
  assert(family->second.is_counter == is_counter);
  auto& numbers = family->second.by_labels;
  auto found = numbers.find(labels);
  if (found == numbers.end()) found = numbers.emplace(labels, std::make_unique<Number>()).first;
  return *found->second;
}

std::string Metrics::text() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) {
    out += "# HELP " + name + " " + family.help + "\n";
    out += "# TYPE " + name + (family.is_counter ? " counter\n" : " gauge\n");
    for (const auto& [labels, number] : family.by_labels) {
      out += name;
      if (!labels.empty()) out += "{" + labels + "}";
      out += " " + std::to_string(number->value()) + "\n";
    }
  }
  return out;
}

}  // namespace bz
