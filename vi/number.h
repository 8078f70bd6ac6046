// Numbers as people write them in Vietnam: a dot groups thousands, a comma begins decimals.
//
//   68.400 is sixty-eight thousand four hundred; 6,78 is six and 78 hundredths
//
// "1.5", "68.40", "68,400" may mean two things: they are refused with both readings offered, never
// guessed. This holds for whatever is pasted, uploaded, mailed or read from a text cell.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vi/reading.h"

namespace bz::vi {

enum class Language { kVietnamese, kEnglish };

inline constexpr std::int64_t kMostCount = 1'000'000'000'000'000;  // 10^15

// "68400", "68.400", "1.009.168", "05" (officials write counts under ten so), with blanks of any
// kind around. From 0 to kMostCount. Refused: what may be read in two ways ("1.5", "68.40",
// "68.4000", "0.500", "68,400"), groups that are not of three digits ("1.00.000"), decimals
// ("6,78"), a sign, blanks inside, letters, nothing at all.
Reading<std::int64_t> read_count(std::string_view text);

// Hundredths of a percent: "6,78 %" is 678, "50%" and "50" are 5000, "1.250,5 %" is 125050. At most
// two decimals, at most 1.000.000 %. Any dot without a comma is refused ("6.78", and "6.780" too).
Reading<std::int64_t> read_percent(std::string_view text);

// "1.009.168"; English "1,009,168". A negative one, as of a difference: "-488".
std::string show_count(std::int64_t count, Language language = Language::kVietnamese);

// A rate in hundredths of a percent, half up: 68400 of 1009168 is 678. Nothing when the denominator
// is 0 or either is negative; what would not fit is the greatest number.
std::optional<std::int64_t> hundredths(std::int64_t numerator, std::int64_t denominator);

// 678 is "6,78", 5000 is "50,00", -5 is "-0,05"; English "6.78". No percent sign.
std::string show_hundredths(std::int64_t hundredths, Language language = Language::kVietnamese);

// The two above together: "6,78"; "–" where there is no rate.
std::string show_rate(std::int64_t numerator, std::int64_t denominator,
                      Language language = Language::kVietnamese);

// How a count is read aloud. In the north 1005 is "một nghìn không trăm linh năm", in the south
// "một ngàn không trăm lẻ năm".
enum class Speech { kNorth, kSouth };

// 9210 is "chín nghìn hai trăm mười". From 0 to kMostCount. The rules:
//   - thousands nghìn, millions triệu, 10^9 tỷ, from there on again: 10^12 is "một nghìn tỷ";
//   - groups of zeros are not read; after a higher group, missing hundreds are "không trăm";
//   - a missing ten between hundred and unit is "linh" ("lẻ");
//   - 1 is "mốt" and 4 is "tư" after "mươi" (21 hai mươi mốt, 24 hai mươi tư), else "một", "bốn"
//     (11 mười một, 101 một trăm linh một, 104 một trăm linh bốn);
//   - 5 is "lăm" after "mười" and "mươi", else "năm".
std::string count_in_words(std::int64_t count, Speech speech = Speech::kNorth);

}  // namespace bz::vi
