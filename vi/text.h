// Vietnamese text: the form that is kept, the forms that are compared, and the order.
//
// One name comes in many spellings: "Hoà" and "Hòa" (the tone on either vowel), "Qui" and "Quy",
// "Thành Phố" and "Thành phố", composed letters (NFC) or letters and marks one by one (NFD), a
// blank that does not break (U+00A0). `normal` makes the text to keep and to show; `same_spelling`
// and `fold` make keys: compare and search with them, show them to nobody.
//
// Everything here is pure and may be called from any thread. By ICU.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bz::vi {

// NFC; every run of blanks (U+00A0, tabs and line ends too) one space, none at either end;
// characters that cannot be seen (soft hyphens, zero-width blanks, marks of direction) dropped.
// Nothing when it is not UTF-8 or holds a control character that is no blank.
std::optional<std::string> normal(std::string_view text);

// The functions below take text as it comes: they normalise it themselves. What is not UTF-8 is
// read as U+FFFD. Each gives the same again when it gets what it gave (but for sort_key).

// The key for comparing names strictly: small letters; a syllable's tone at its end wherever it was
// written; y after a consonant or "qu" as i; every dash as "-" without blanks; every apostrophe as
// "'"; "Ð" (Eth, of old fonts) as "Đ". Tones and letters still count:
//   "Hoà" = "Hòa" ≠ "Hoa"     "Quí Quân" = "Quý Quân"     "Mĩ Tho" = "Mỹ Tho"
//   "Bà Rịa – Vũng Tàu" = "Bà Rịa-Vũng Tàu"               "Bú Đốp" ≠ "Bù Đốp"
std::string same_spelling(std::string_view text);

// The key for searching, and for comparing without tones: small letters of which all marks are
// taken off, đ as d, y after a consonant or "qu" as i, no apostrophes, everything else that is
// neither letter nor digit a single space. "Thành Phố Quy Nhơn" is "thanh pho qui nhon",
// "Ea H'Leo" is "ea hleo", "TP. Hồ Chí Minh" is "tp ho chi minh".
//
// How a letter folds depends on what stands before it, never on what follows: the fold of what was
// typed so far begins the fold of the whole word.
std::string fold(std::string_view text);

// Whether every word of the query begins some word of the haystack; a query without words matches
// everything. Both are folded: fold the query once, then ask.
bool matches(std::string_view folded_haystack, std::string_view folded_query);

// Octets that compare as Vietnamese orders: a ă â b c d đ e ê …, then the tones (none, huyền, hỏi,
// ngã, sắc, nặng), then small before capital letters; numbers by their value ("Quận 2" before "Quận
// 10"). For a BLOB column and ORDER BY.
//
// Octets made by another version of ICU do not compare with these: a store that keeps them keeps
// sort_key_version() beside them and makes them anew when it has changed.
std::string sort_key(std::string_view text);
std::string sort_key_version();

}  // namespace bz::vi
