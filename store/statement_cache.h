// Prepared statements by their text. Bounded: texts should be constants, but those that are not
// must not fill the memory.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bz::store {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

template <class T>
using ByText = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

inline constexpr std::size_t kMostStatements = 500;

}  // namespace bz::store
