// Writing JSON on one line, members in the order in which they are given.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bz::wire {

// `text` in quotes, as RFC 8259 section 7 has it: escaped are the quote, the backslash and what is
// below U+0020. The text is UTF-8.
std::string json_text(std::string_view text);

// {"name":value,…}
class JsonWriter {
 public:
  JsonWriter& text(std::string_view name, std::string_view value);
  // Leaves the member out when there is nothing in it.
  JsonWriter& text_if_any(std::string_view name, std::string_view value);
  JsonWriter& texts(std::string_view name, std::span<const std::string> values);
  JsonWriter& integer(std::string_view name, std::int64_t value);
  JsonWriter& boolean(std::string_view name, bool value);
  // `json` is written as it stands.
  JsonWriter& json(std::string_view name, std::string_view json);
  // An array of what already is JSON.
  JsonWriter& list(std::string_view name, std::span<const std::string> entries);

  // The object. Nothing may be added after it.
  std::string done();

 private:
  void name(std::string_view name);
  std::string out_ = "{";
};

}  // namespace bz::wire
