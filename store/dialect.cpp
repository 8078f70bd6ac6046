#include <algorithm>
#include <cctype>

#include "store/postgres_connection.h"

namespace bz::store {
namespace {

bool is_of_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// How long the piece at the beginning is: a word, a quoted text, a comment, or one other character.
std::size_t length_of_piece(std::string_view text) {
  const auto up_to = [&](std::string_view end, std::size_t from) {
    const auto at = text.find(end, from);
    return at == std::string_view::npos ? text.size() : at + end.size();
  };
  if (text.starts_with('\'')) return up_to("'", 1);
  if (text.starts_with('"')) return up_to("\"", 1);
  if (text.starts_with("--")) return up_to("\n", 2);
  const auto end = std::ranges::find_if_not(text, is_of_word);
  return std::max<std::size_t>(1, static_cast<std::size_t>(end - text.begin()));
}

}  // namespace

std::string to_postgres(std::string_view script) {
  std::string out;
  std::string_view last_word;
  while (!script.empty()) {
    const auto piece = script.substr(0, length_of_piece(script));
    script.remove_prefix(piece.size());
    if (piece == "BLOB") {
      out += "BYTEA";
    } else if (piece == "TEXT" && last_word != "AS") {
      out += "TEXT COLLATE \"C\"";
    } else if (piece == "ROWID" && last_word == "WITHOUT") {
      out.resize(out.rfind("WITHOUT"));
    } else {
      out += piece;
    }
    if (is_of_word(piece.front())) last_word = piece;
  }
  return out;
}

}  // namespace bz::store
