#include "units/lists.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/date.h"
#include "units/table.h"
#include "vi/number.h"
#include "vi/text.h"

namespace bz::units {
namespace {

template <class Entry>
class Reader {
 public:
  // False, and the fault is noted, when the file is no table with these columns.
  bool open(std::string_view file, std::initializer_list<std::string_view> needed) {
    auto table = Table::read(file);
    std::string missing;
    if (table) {
      for (const auto column : needed) {
        if (table->has(column)) continue;
        missing += (missing.empty() ? "" : ", ") + std::string(column);
      }
      if (missing.empty()) {
        table_ = std::move(*table);
        return true;
      }
    }
    listed.findings.push_back(
        {Fault::kNoTable, 1, "", table ? "" : table.error().what, std::move(missing)});
    return false;
  }

  void note(Fault fault, std::string code, std::string found, std::string expected = {}) {
    listed.findings.push_back(
        {fault, table_.row_number(), std::move(code), std::move(found), std::move(expected)});
  }

  // A code of a known width other than the nation's, noted otherwise.
  std::optional<std::string> code(std::string_view column) {
    auto text = table_.text(column);
    const auto level = level_of(text);
    if (level && *level != Level::kNation) return text;
    note(Fault::kNoCode, std::move(text), table_.raw(column));
    return std::nullopt;
  }

  // True when this was not here before; else it is noted.
  bool is_first(const std::string& what, const std::string& shown) {
    if (seen_.insert(what).second) return true;
    note(Fault::kTwice, shown, "");
    return false;
  }

  // A name in its normal form; noted when that is not how it stands there.
  std::string name(std::string_view column, const std::string& code) {
    auto text = table_.text(column);
    if (text != table_.raw(column)) note(Fault::kSpelling, code, table_.raw(column), text);
    return text;
  }

  Table& table() { return table_; }
  Listed<Entry> listed;

 private:
  Table table_;
  std::set<std::string> seen_;
};

// What the column `level` of the lists says: 1, 2, 3 for the rows of a level.
void check_level_column(Reader<ListedUnit>& reader, const ListedUnit& unit) {
  const auto said = reader.table().text("level");
  const auto expected = std::to_string(static_cast<std::int64_t>(unit.level));
  if (!said.empty() && said != expected) {
    reader.note(Fault::kLevelColumn, unit.code, said, expected);
  }
}

std::optional<ListedUnit> read_unit(Reader<ListedUnit>& reader) {
  auto& table = reader.table();
  const auto code = reader.code("code");
  if (!code || !reader.is_first(*code, *code)) return std::nullopt;
  ListedUnit unit{table.row_number(), *code, *level_of(*code), {}, table.text("parent_code")};
  const auto name = list_name(table.text("name"), table.text("type"), unit.level);
  if (!name) {
    reader.note(Fault::kNoName, *code, table.raw("name"), table.raw("type"));
    return std::nullopt;
  }
  unit.name = *name;
  if (table.raw("name") != full_name(*name)) {
    reader.note(Fault::kSpelling, *code, table.raw("name"), full_name(*name));
  }
  const auto parent = level_of(unit.parent_code);
  if (!parent || *parent >= unit.level) {
    reader.note(Fault::kNoParent, *code, unit.parent_code);
    return std::nullopt;
  }
  check_level_column(reader, unit);
  return unit;
}

std::optional<ListedEdge> read_edge(Reader<ListedEdge>& reader) {
  auto& table = reader.table();
  const auto from = reader.code("old_code");
  const auto to = reader.code("new_code");
  if (!from || !to) return std::nullopt;
  const auto shown = *from + " → " + *to;
  if (level_of(*from) != level_of(*to)) {
    reader.note(Fault::kNoCode, shown, *to);
    return std::nullopt;
  }
  if (!reader.is_first(shown, shown)) return std::nullopt;
  ListedEdge edge{table.row_number(), *from, *to, {}, {}};
  const auto kind = table.text("kind");
  if (kind != "full" && kind != "partial") {
    reader.note(Fault::kNoKind, shown, kind);
    return std::nullopt;
  }
  edge.is_full = kind == "full";
  edge.old_name = reader.name("old_name", *from);
  edge.new_name = reader.name("new_name", *to);
  edge.basis = table.text("basis");
  if (const auto weight = table.text("weight"); !weight.empty()) {
    const auto read = vi::read_count(weight);
    if (!read || *read == 0) {
      reader.note(Fault::kNoWeight, shown, weight);
      return std::nullopt;
    }
    edge.weight = *read;
  }
  return edge;
}

// An old unit that went somewhere wholly went nowhere else.
void check_edges(Listed<ListedEdge>& listed) {
  std::multiset<std::string> from;
  for (const auto& edge : listed.entries) from.insert(edge.old_code);
  for (const auto& edge : listed.entries) {
    if (!edge.is_full || from.count(edge.old_code) == 1) continue;
    listed.findings.push_back({Fault::kEdgesDisagree, edge.row, edge.old_code, edge.new_code, ""});
  }
}

struct CensusColumns {
  std::string code;
  std::string name;
  std::string count;
};

std::optional<ListedCount> read_count(Reader<ListedCount>& reader, const CensusColumns& columns) {
  auto& table = reader.table();
  const auto code = reader.code(columns.code);
  if (!code || !reader.is_first(*code, *code)) return std::nullopt;
  ListedCount count{
      table.row_number(), *code, reader.name(columns.name, *code), {}, table.text("note")};
  const auto written = table.text(columns.count);
  if (written.empty()) {
    reader.note(Fault::kMissingCount, *code, count.note);
    return count;
  }
  const auto read = vi::read_count(written);
  if (!read) {
    reader.note(Fault::kNoCount, *code, written);
    return std::nullopt;
  }
  count.count = *read;
  if (!count.note.empty()) reader.note(Fault::kFolded, *code, count.note);
  return count;
}

// Days under which the published list of acts has what took effect on others.
bool is_day_of_fetching(Day day) {
  constexpr std::array<std::string_view, 2> kFetched{
      "2004-08-31",  // the first list: all acts before it stand there
      "2022-09-17",  // Chơn Thành's 570/NQ-UBTVQH15 took effect on 2022-10-01
  };
  return std::ranges::find(kFetched, bz::to_text(day)) != kFetched.end();
}

std::optional<ListedAct> read_act(Reader<ListedAct>& reader) {
  auto& table = reader.table();
  ListedAct act{table.row_number(), {}, table.text("act"), table.text("title")};
  const auto day = day_from_text(table.text("effective_date"));
  if (!day) {
    reader.note(Fault::kNoDay, act.act, table.raw("effective_date"));
    return std::nullopt;
  }
  act.listed = *day;
  if (!is_act_number(act.act)) reader.note(Fault::kOddAct, act.act, "");
  if (is_day_of_fetching(*day)) reader.note(Fault::kOddDay, act.act, bz::to_text(*day));
  return act;
}

bool take_digits(std::string_view& text, std::size_t least, std::size_t most) {
  const auto digits = text.find_first_not_of("0123456789");
  const auto count = digits == std::string_view::npos ? text.size() : digits;
  if (count < least || count > most) return false;
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

}  // namespace

bool is_act_number(std::string_view text) {
  // Old lists put the day behind the number: "32/NQ-CP ngày 27/8/2010".
  text = text.substr(0, text.find(' '));
  if (!take_digits(text, 1, 4) || !take(text, "/")) return false;
  auto behind_year = text;
  if (take_digits(behind_year, 4, 4) && take(behind_year, "/")) text = behind_year;
  for (const std::string_view whole : {"NĐ-CP", "NQ-CP", "QĐ-TTg"}) {
    if (text == whole) return true;
  }
  for (const std::string_view of_a_term : {"NQ-UBTVQH", "UBTVQH", "QH", "PL-UBTVQH"}) {
    auto term = text;
    if (take(term, of_a_term) && take_digits(term, 1, 2) && term.empty()) return true;
  }
  return false;
}

Listed<ListedUnit> read_units_list(std::string_view file) {
  Reader<ListedUnit> reader;
  if (!reader.open(file, {"code", "name", "type", "parent_code"})) return reader.listed;
  reader.table().each([&] {
    ++reader.listed.rows;
    if (auto unit = read_unit(reader)) reader.listed.entries.push_back(std::move(*unit));
  });
  return std::move(reader.listed);
}

Listed<ListedEdge> read_crosswalk_list(std::string_view file) {
  Reader<ListedEdge> reader;
  if (!reader.open(file, {"old_code", "new_code", "kind"})) return reader.listed;
  reader.table().each([&] {
    ++reader.listed.rows;
    if (auto edge = read_edge(reader)) reader.listed.entries.push_back(std::move(*edge));
  });
  check_edges(reader.listed);
  return std::move(reader.listed);
}

Listed<ListedCount> read_census_list(std::string_view file) {
  Reader<ListedCount> reader;
  if (!reader.open(file, {})) return reader.listed;
  const auto& table = reader.table();
  CensusColumns columns;
  for (const std::string_view level : {"district", "province"}) {
    if (!columns.code.empty() || !table.has(std::string(level) + "_code")) continue;
    columns = {std::string(level) + "_code", std::string(level), {}};
  }
  if (columns.code.empty() && table.has("code")) columns = {"code", "name", {}};
  columns.count = table.beginning("pop");
  if (columns.code.empty() || columns.count.empty()) {
    reader.listed.findings.push_back({Fault::kNoTable, 1, "", "", "code, population"});
    return reader.listed;
  }
  reader.table().each([&] {
    ++reader.listed.rows;
    if (auto count = read_count(reader, columns)) {
      reader.listed.entries.push_back(std::move(*count));
    }
  });
  return std::move(reader.listed);
}

Listed<ListedAct> read_acts_list(std::string_view file) {
  Reader<ListedAct> reader;
  if (!reader.open(file, {"effective_date", "act", "title"})) return reader.listed;
  reader.table().each([&] {
    ++reader.listed.rows;
    if (auto act = read_act(reader)) reader.listed.entries.push_back(std::move(*act));
  });
  return std::move(reader.listed);
}

}  // namespace bz::units
