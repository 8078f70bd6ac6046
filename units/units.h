// Reading the dated tree of units. Every call takes the day it asks about: on one day a code names
// at most one unit. All of it works within a transaction of the caller's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql.h"
#include "units/unit.h"

namespace bz::units {

Result<std::optional<Unit>> find(store::Sql& sql, const UnitKey& key);
// The unit that has this code on that day.
Result<std::optional<Unit>> find_on(store::Sql& sql, std::string_view code, Day on);
// Every unit that ever had the code, oldest first.
Result<std::vector<Unit>> history(store::Sql& sql, std::string_view code);

// Those directly under it on that day, in Vietnamese order ("Phường 2" before "Phường 10").
Result<std::vector<Unit>> children(store::Sql& sql, const UnitKey& parent, Day on);
// Those above it on that day, its parent first, the nation last.
Result<std::vector<Unit>> ancestors(store::Sql& sql, const UnitKey& key, Day on);
// Whether `key` is `top` or lies somewhere under it on that day.
Result<bool> is_within(store::Sql& sql, const UnitKey& key, const UnitKey& top, Day on);
// It and all that lies under it on that day, parents before their children.
Result<std::vector<Unit>> subtree(store::Sql& sql, const UnitKey& top, Day on);

struct Search {
  Day on{};
  std::string words = {};              // with or without tones and case; empty: everything
  std::optional<UnitKey> parent = {};  // directly under it
  std::optional<Level> level = {};
  std::size_t most = 1'000;
};
// In Vietnamese order. `words` is looked for at the beginning of words of the name, or as the
// beginning of a code; "huyện", "TX" … in front of it narrow the type.
Result<std::vector<Unit>> search(store::Sql& sql, const Search& search);

// What a person wrote for a unit, looked for among the units directly under `parent` (and, with
// `level`, among those of that level anywhere under it). Never by likeness alone: where more than
// one could be meant, or the tones differ from the only one's, all that could be meant are given
// and a person is asked.
struct Match {
  enum class Kind { kOne, kDoubt, kNone };
  Kind kind = Kind::kNone;
  std::vector<Unit> candidates;  // one for kOne; in Vietnamese order

  [[nodiscard]] const Unit& unit() const { return candidates.front(); }  // of kOne
};
// `text`: a key, a code, a name or an alias; a name with or without its type ("huyện", "H.", "thị
// xã", "TX", "TX.", "thành phố", "TP", "tp.", "quận", "Q.", …), with tones in their old or new
// place or none at all, in any case, with any spaces.
Result<Match> match(store::Sql& sql, std::string_view text, const UnitKey& parent, Day on,
                    std::optional<Level> level = {});

// Adds a name that people write. False when the unit already has it. kInvalid for an empty one.
Result<bool> add_alias(store::Sql& sql, const UnitKey& key, std::string_view alias);

// The geometry of a unit as GeoJSON; nothing when none was imported.
Result<std::optional<std::string>> border(store::Sql& sql, const UnitKey& key);

}  // namespace bz::units
