#include <algorithm>
#include <set>

#include "units/names.h"
#include "units/rows.h"
#include "units/units.h"
#include "vi/text.h"

namespace bz::units {
namespace {

// Worst first. Anything but the best kinds is only a guess, and a person is asked.
enum class Likeness {
  kNone,
  kOtherType,   // the name is its, the type is another's
  kOtherTones,  // the letters are its, the tones are not
  kPlain,       // written without any tones
  kSame,
};

Likeness likeness(const Unit& unit, const Written& way) {
  const auto folded = without_zeros(unit.folded);
  if (folded != way.folded) return Likeness::kNone;
  if (!way.type.empty() && way.type != vi::fold(unit.type)) return Likeness::kOtherType;
  if (!way.has_tones) return Likeness::kPlain;
  return vi::same_spelling(unit.name) == way.exact ? Likeness::kSame : Likeness::kOtherTones;
}

// The keys whose alias this is.
Result<std::set<std::string>> named_so(store::Sql& sql, const std::vector<Written>& ways) {
  std::set<std::string> keys;
  for (const auto& way : ways) {
    const auto read = sql.each("SELECT unit, alias FROM unit_alias WHERE folded = $1", {way.folded},
                               [&](const store::Row& row) -> Result<bool> {
                                 const bool same =
                                     !way.has_tones || vi::same_spelling(row.text(1)) == way.exact;
                                 if (same && way.type.empty()) keys.emplace(row.text(0));
                                 return true;
                               });
    if (!read) return read.error();
  }
  return keys;
}

Result<std::vector<Unit>> candidates(store::Sql& sql, const UnitKey& parent, Day on,
                                     std::optional<Level> level) {
  if (!level) return children(sql, parent, on);
  auto below = subtree(sql, parent, on);
  if (below) std::erase_if(*below, [&](const Unit& unit) { return unit.level != *level; });
  return below;
}

Match one(const Unit& unit) {
  return {Match::Kind::kOne, {unit}};
}

}  // namespace

Result<Match> match(store::Sql& sql, std::string_view text, const UnitKey& parent, Day on,
                    std::optional<Level> level) {
  const auto units = candidates(sql, parent, on, level);
  if (!units) return units.error();
  const auto ways = ways_to_read(text);
  if (ways.empty()) return Match{};

  const auto as_typed = vi::normal(text).value_or("");
  for (const auto& unit : *units) {
    if (as_typed == unit.key.code || as_typed == to_text(unit.key)) return one(unit);
  }
  const auto aliases = named_so(sql, ways);
  if (!aliases) return aliases.error();

  const auto alias_likeness = ways.front().has_tones ? Likeness::kSame : Likeness::kPlain;
  std::vector<Likeness> how(units->size(), Likeness::kNone);
  for (std::size_t i = 0; i < units->size(); ++i) {
    for (const auto& way : ways) how[i] = std::max(how[i], likeness((*units)[i], way));
    if (aliases->contains(to_text((*units)[i].key))) how[i] = std::max(how[i], alias_likeness);
  }
  const auto best = how.empty() ? Likeness::kNone : *std::ranges::max_element(how);
  Match found;
  for (std::size_t i = 0; i < units->size(); ++i) {
    if (best != Likeness::kNone && how[i] == best) found.candidates.push_back((*units)[i]);
  }
  if (found.candidates.empty()) return found;
  const bool is_sure = best >= Likeness::kPlain && found.candidates.size() == 1;
  found.kind = is_sure ? Match::Kind::kOne : Match::Kind::kDoubt;
  return found;
}

}  // namespace bz::units
