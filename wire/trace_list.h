// The 2020 app's trace list, as its server pushed it to phones: JSON, times in seconds
// (docs/formats/trace-list.md).
//
//   {"data":[{"daily_key":"<hex>","time_start":<s>,"max":<ids a day>,"time_end":<s>}, ...]}
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/trace_entry.h"

namespace bz::wire {

// Some 30,000 entries. Reading a text of this size takes 16 MB more memory, at worst 54 MB.
inline constexpr std::size_t kMaxTraceListText = std::size_t{4} * 1024 * 1024;

// kMalformed, with the entry's number from 1 and its member, when the text is over
// kMaxTraceListText or not one JSON value, `data` is missing or no array, a member is missing or of
// another type (a number in quotes, a fraction, 1e9, a whole number that needs more than 64 bits),
// the key is not hex or has an odd count of digits, or `max` is not 1 to 86,400,000. What the
// original accepts passes: a key of another length, any times (negative, in milliseconds, the end
// before the start, a start off midnight). Other members are ignored; of two members of one name
// the last counts, as in the original.
Result<std::vector<engine::TraceEntry>> parse_trace_list(std::string_view json);

// On one line, members in the order above, hex in upper case.
std::string write_trace_list(std::span<const engine::TraceEntry> entries);

}  // namespace bz::wire
