#include "units/units.h"

#include <algorithm>

#include "papers/says.h"
#include "units/names.h"
#include "units/rows.h"
#include "vi/text.h"

namespace bz::units {
namespace {

std::string valid_on(std::string_view table, std::string_view day) {
  const std::string t(table);
  const std::string d(day);
  return t + ".valid_from <= " + d + " AND (" + t + ".valid_to IS NULL OR " + t + ".valid_to > " +
         d + ")";
}

std::optional<Unit> first_of(std::vector<Unit> units) {
  if (units.empty()) return std::nullopt;
  return std::move(units.front());
}

bool is_code(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view last_word(std::string_view folded) {
  const auto space = folded.rfind(' ');
  return space == std::string_view::npos ? folded : folded.substr(space + 1);
}

bool is_meant(const Unit& unit, const std::vector<Written>& ways) {
  return std::ranges::any_of(ways, [&](const Written& way) {
    if (!way.type.empty() && way.type != vi::fold(unit.type)) return false;
    return vi::matches(unit.folded, way.folded) ||
           vi::matches(without_zeros(unit.folded), way.folded);
  });
}

}  // namespace

Result<std::optional<Unit>> find(store::Sql& sql, const UnitKey& key) {
  static const std::string kSelect =
      "SELECT " + unit_columns("u.valid_from") + " FROM unit u WHERE u.key = $1";
  auto found = read_units(sql, kSelect, {to_text(key)});
  if (!found) return found.error();
  return first_of(std::move(*found));
}

Result<std::optional<Unit>> find_on(store::Sql& sql, std::string_view code, Day on) {
  static const std::string kSelect =
      "SELECT " + unit_columns("$2") + " FROM unit u WHERE u.code = $1 AND " + valid_on("u", "$2");
  auto found = read_units(sql, kSelect, {code, day_number(on)});
  if (!found) return found.error();
  return first_of(std::move(*found));
}

Result<std::vector<Unit>> history(store::Sql& sql, std::string_view code) {
  static const std::string kSelect = "SELECT " + unit_columns("u.valid_from") +
                                     " FROM unit u WHERE u.code = $1 ORDER BY u.valid_from";
  return read_units(sql, kSelect, {code});
}

Result<std::vector<Unit>> children(store::Sql& sql, const UnitKey& parent, Day on) {
  static const std::string kSelect =
      "SELECT " + unit_columns("$2") +
      " FROM unit u WHERE u.parent_code = (SELECT q.code FROM unit q WHERE q.key = $1 AND " +
      valid_on("q", "$2") + ") AND " + valid_on("u", "$2");
  auto units = read_units(sql, kSelect, {to_text(parent), day_number(on)});
  if (units) sort_in_order(*units);
  return units;
}

Result<std::vector<Unit>> ancestors(store::Sql& sql, const UnitKey& key, Day on) {
  std::vector<Unit> above;
  auto unit = find(sql, key);
  if (!unit) return unit.error();
  if (!*unit || !(*unit)->is_valid_on(on)) return above;
  auto here = find_on(sql, key.code, on);
  // A parent's level is always the higher one (units/import.h), so this ends.
  while (here && *here && (*here)->parent) {
    here = find(sql, *(*here)->parent);
    if (here && *here) here = find_on(sql, (*here)->key.code, on);
    if (here && *here) above.push_back(**here);
  }
  if (!here) return here.error();
  return above;
}

Result<bool> is_within(store::Sql& sql, const UnitKey& key, const UnitKey& top, Day on) {
  const auto unit = find(sql, key);
  if (!unit) return unit.error();
  if (!*unit || !(*unit)->is_valid_on(on)) return false;
  if (key == top) return true;
  const auto above = ancestors(sql, key, on);
  if (!above) return above.error();
  return std::ranges::any_of(*above, [&](const Unit& one) { return one.key == top; });
}

Result<std::vector<Unit>> subtree(store::Sql& sql, const UnitKey& top, Day on) {
  static const std::string kSelect =
      "WITH RECURSIVE below (code) AS (SELECT q.code FROM unit q WHERE q.key = $1 AND " +
      valid_on("q", "$2") +
      " UNION SELECT c.code FROM unit c JOIN below ON c.parent_code = below.code WHERE " +
      valid_on("c", "$2") + ") SELECT " + unit_columns("$2") +
      " FROM below JOIN unit u ON u.code = below.code WHERE " + valid_on("u", "$2");
  auto units = read_units(sql, kSelect, {to_text(top), day_number(on)});
  if (!units) return units;
  sort_in_order(*units);
  std::ranges::stable_sort(*units, {}, &Unit::level);
  return units;
}

Result<std::vector<Unit>> search(store::Sql& sql, const Search& search) {
  // What stands behind the type, by the last word of it: the rest is looked at here.
  static const std::string kSelect =
      "SELECT " + unit_columns("$1") +
      ", CASE WHEN EXISTS (SELECT 1 FROM unit_alias a WHERE a.unit = u.key AND a.folded LIKE $4) "
      "THEN 1 ELSE 0 END FROM unit u WHERE " +
      valid_on("u", "$1") +
      " AND (u.folded LIKE $2 OR u.code LIKE $3 OR EXISTS (SELECT 1 FROM unit_alias a WHERE "
      "a.unit = u.key AND a.folded LIKE $4)) AND ($5 = '' OR u.parent_code = $5) AND "
      "($6 < 0 OR u.level = $6)";
  const auto ways = ways_to_read(search.words);
  const auto folded = vi::fold(search.words);
  const auto word = "%" + without_zeros(last_word(folded)) + "%";
  const auto code = is_code(folded) ? folded + "%" : std::string("-");
  const auto alias = folded.empty() ? std::string("-") : folded + "%";
  std::string parent_code;
  if (search.parent) {
    const auto parent = find(sql, *search.parent);
    if (!parent) return parent.error();
    if (!*parent || !(*parent)->is_valid_on(search.on)) return std::vector<Unit>{};
    parent_code = search.parent->code;
  }
  const auto level = search.level ? static_cast<std::int64_t>(*search.level) : -1;
  std::vector<Unit> units;
  const auto read =
      sql.each(kSelect, {day_number(search.on), word, code, alias, parent_code, level},
               [&](const store::Row& row) -> Result<bool> {
                 auto unit = unit_of(row);
                 const bool by_code = is_code(folded) && unit.key.code.starts_with(folded);
                 if (ways.empty() || by_code || row.integer(11) == 1 || is_meant(unit, ways)) {
                   units.push_back(std::move(unit));
                 }
                 return true;
               });
  if (!read) return read.error();
  sort_in_order(units);
  if (units.size() > search.most) units.resize(search.most);
  return units;
}

Result<bool> add_alias(store::Sql& sql, const UnitKey& key, std::string_view alias) {
  const auto text = vi::normal(alias);
  const auto folded = vi::fold(alias);
  if (!text || folded.empty()) {
    return papers::says(Code::kInvalid,
                        "Tên gọi khác phải có chữ hoặc số; hãy nhập tên thường dùng.",
                        "An alias needs a letter or a digit: give the name that is used.");
  }
  const auto added = sql.run(
      "INSERT INTO unit_alias (unit, folded, alias) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
      {to_text(key), folded, *text});
  if (!added) return added.error();
  return *added == 1;
}

Result<std::optional<std::string>> border(store::Sql& sql, const UnitKey& key) {
  std::optional<std::string> geometry;
  const auto read = sql.each("SELECT geometry FROM border WHERE unit = $1", {to_text(key)},
                             [&](const store::Row& row) -> Result<bool> {
                               geometry = row.text(0);
                               return true;
                             });
  if (!read) return read.error();
  return geometry;
}

}  // namespace bz::units
