// Reading one JSON object from outside, strictly: every member is asked for by name, and one that
// nobody asked for is an error. By simdjson, which stays in the .cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace bz::wire {

// Values are copied out. Each getter notes a fault instead of returning it, and the first is
// reported by done(): read everything, then ask once. Names are literals: they are kept, and they
// are all that a fault's sentence holds; no text from the input ever does.
class JsonReader {
 public:
  // kMalformed when the text is empty, over `limit` bytes, not UTF-8, nested deeper than 16, or not
  // exactly one object. kUnavailable when there is no memory for it.
  static Result<JsonReader> parse(std::string_view text, std::size_t limit);

  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;
  ~JsonReader();

  // A member that is missing or null gives nothing; one of another type is a fault.
  std::optional<std::string> text(std::string_view name);  // U+0000 in it is a fault
  // 3.0 and 1e2 are whole numbers; a fraction that is not zero is a fault, and so is more than 64
  // bits, or with a point or exponent more than 2^53, where digits would have been lost.
  std::optional<std::int64_t> integer(std::string_view name);
  std::optional<double> number(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::vector<std::string>> texts(std::string_view name);  // an array of strings
  // Base64 of the standard alphabet, padded or not; otherwise a fault.
  std::optional<Bytes> base64(std::string_view name);
  std::optional<JsonReader> object(std::string_view name);
  // An array of objects; each must be asked for its members and done(), as this one. More than
  // `most` are a fault: an object of two bytes costs some hundred here.
  std::optional<std::vector<JsonReader>> objects(std::string_view name, std::size_t most = 1'000);
  // Known, and not looked at (`padding`).
  void ignore(std::string_view name);
  // Members that nobody asks for are no fault: an older phone must understand a newer server.
  void ignore_others();

  // Whether the member is there and not null.
  [[nodiscard]] bool has(std::string_view name) const;

  // kMalformed, naming the member and what it should be, when any getter found a fault, a member
  // was not asked for, or one that was stands there twice.
  Result<void> done() const;

 private:
  struct State;
  explicit JsonReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bz::wire
