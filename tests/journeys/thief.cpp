#include "tests/journeys/thief.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/hash.h"
#include "base/sqlite.h"

namespace bz::tests {
namespace {

constexpr std::size_t kShortest = 8;
constexpr std::size_t kPage = 4'096;
constexpr std::size_t kWalHead = 32;
constexpr std::size_t kFrameHead = 24;

std::uint64_t beginning_of(ByteView bytes) {
  return get_le(bytes.first(kShortest));
}

Bytes bytes_of(std::string_view text) {
  const auto view = as_bytes(text);
  return {view.begin(), view.end()};
}

// Whether it may be worth while to look closer, by the first three bytes.
class Beginnings {
 public:
  void add(ByteView bytes) { there_[of(bytes.data())] = true; }
  [[nodiscard]] bool have(ByteView file, std::size_t at) const { return there_[of(&file[at])]; }

 private:
  static std::size_t of(const std::uint8_t* at) {
    return std::size_t{at[0]} << 16U | std::size_t{at[1]} << 8U | at[2];
  }
  std::vector<bool> there_ = std::vector<bool>(std::size_t{1} << 24U);
};

// Of one value, every way to write it.
std::vector<Bytes> forms_of(const Bytes& bytes) {
  std::vector<Bytes> forms{bytes, bytes_of(to_hex(bytes)), bytes_of(ascii_lowered(to_hex(bytes))),
                           bytes_of(to_base64(bytes)), bytes_of(to_base64url(bytes))};
  std::string text(as_text(bytes));
  for (const auto& read : {from_base64(text), from_base64url(text), from_hex(text)}) {
    if (read) forms.push_back(*read);
  }
  std::erase(text, '-');  // of a UUID
  if (const auto read = from_hex(text)) forms.push_back(*read);
  std::erase_if(forms, [](const Bytes& form) { return form.size() < kShortest; });
  return forms;
}

// Where each of `things` lies in `file`, by its first 8 bytes.
std::vector<std::vector<std::size_t>> places(const std::vector<Bytes>& things, ByteView file) {
  std::unordered_map<std::uint64_t, std::size_t> known;
  Beginnings may_be;
  for (std::size_t i = 0; i < things.size(); ++i) {
    known.emplace(beginning_of(things[i]), i);
    may_be.add(things[i]);
  }
  std::vector<std::vector<std::size_t>> all(things.size());
  for (std::size_t at = 0; at + kShortest <= file.size(); ++at) {
    if (!may_be.have(file, at)) continue;
    const auto found = known.find(beginning_of(file.subspan(at)));
    if (found != known.end()) all[found->second].push_back(at);
  }
  return all;
}

std::size_t page_of(std::size_t at, bool is_wal) {
  return is_wal ? (at - std::min(at, kWalHead)) / (kFrameHead + kPage) : at / kPage;
}

// Which of two comes first: votes of the pages on which both lie.
int votes(const std::vector<std::size_t>& first, const std::vector<std::size_t>& second,
          bool is_wal) {
  int sum = 0;
  for (const auto a : first) {
    for (const auto b : second) {
      if (page_of(a, is_wal) == page_of(b, is_wal)) sum += a < b ? 1 : -1;
    }
  }
  return sum;
}

int sign(bool first_comes_first) {
  return first_comes_first ? 1 : -1;
}

class Sum {
 public:
  void add(int vote) {
    if (vote == 0) return;
    ++pairs_;
    sum_ += sign(vote > 0);
  }
  [[nodiscard]] Correlation correlation() const {
    return {pairs_ == 0 ? 0 : static_cast<double>(sum_) / pairs_, pairs_};
  }

 private:
  int pairs_ = 0;
  int sum_ = 0;
};

Result<std::vector<std::string>> texts(Database& database, const std::string& sql) {
  auto statement = database.prepare(sql);
  if (!statement) return statement.error();
  std::vector<std::string> all;
  for (;;) {
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return all;
    all.emplace_back(statement->text(0));
  }
}

Row read_row(const Statement& statement, const std::vector<std::string>& columns) {
  Row row;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto at = static_cast<int>(2 * i);
    Cell cell{.column = columns[i], .number = {}, .bytes = {}};
    const auto type = statement.text(at + 1);
    if (type == "integer") {
      cell.number = statement.integer(at);
    } else if (type != "null") {
      const auto view = statement.blob(at);
      cell.bytes = {view.begin(), view.end()};
    }
    row.push_back(std::move(cell));
  }
  return row;
}

Result<Dump> read(const std::filesystem::path& file) {
  auto database = Database::open(file, Database::Mode::kExisting);
  if (!database) return database.error();
  const auto tables = texts(*database, "SELECT name FROM sqlite_master WHERE type = 'table'");
  if (!tables) return tables.error();
  Dump dump;
  for (const auto& table : *tables) {
    const auto columns =
        texts(*database, "SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid");
    if (!columns) return columns.error();
    std::string select;
    for (const auto& column : *columns) {
      select += (select.empty() ? "SELECT " : ", ") + column + ", typeof(" + column + ")";
    }
    auto statement = database->prepare(select + " FROM " + table);
    if (!statement) return statement.error();
    for (;;) {
      const auto row = statement->step();
      if (!row) return row.error();
      if (!*row) break;
      dump[table].push_back(read_row(*statement, *columns));
    }
  }
  return dump;
}

}  // namespace

Dump read_database(const std::filesystem::path& file) {
  auto dump = read(file);
  return dump ? std::move(*dump) : Dump{};
}

Dump difference(const Dump& before, const Dump& after) {
  Dump changed;
  for (const auto& [table, rows] : after) {
    static const std::vector<Row> none;
    const auto old = before.find(table);
    const auto& known = old == before.end() ? none : old->second;
    for (const auto& row : rows) {
      if (std::ranges::find(known, row) != known.end()) continue;
      // The row with the same first cell, when there is just one, was changed into this.
      const auto same = [&](const Row& other) { return other.front() == row.front(); };
      Row cells = row;
      if (std::ranges::count_if(known, same) == 1) {
        const auto& was = *std::ranges::find_if(known, same);
        std::erase_if(cells, [&](const Cell& cell) {
          return cell != row.front() && std::ranges::find(was, cell) != was.end();
        });
      }
      changed[table].push_back(std::move(cells));
    }
  }
  return changed;
}

std::vector<Needle> values_of(const Dump& dump) {
  std::vector<Needle> needles;
  for (const auto& [table, rows] : dump) {
    std::map<std::pair<std::string, Bytes>, std::size_t> count;
    for (const auto& row : rows) {
      for (const auto& cell : row) ++count[{cell.column, cell.bytes}];
    }
    for (const auto& [cell, times] : count) {
      const auto& [column, bytes] = cell;
      if (bytes.size() < kShortest || (rows.size() > 4 && times * 4 > rows.size())) continue;
      for (auto& form : forms_of(bytes)) needles.push_back({table + "." + column, std::move(form)});
    }
  }
  return needles;
}

std::vector<Needle> made_from(const std::vector<Needle>& values) {
  std::vector<Needle> made;
  const auto add = [&](const std::string& from, const Digest& digest) {
    made.push_back({from, {digest.begin(), digest.end()}});
    made.push_back({from, bytes_of(ascii_lowered(to_hex(digest)))});
    made.push_back({from, bytes_of(to_base64(digest))});
  };
  for (const auto& value : values) {
    add("SHA-256 of " + value.from, sha256(value.bytes));
    for (const auto& key : values) {
      const auto from = "HMAC of " + value.from + " by " + key.from;
      const auto digest = hmac_sha256(key.bytes, value.bytes);
      made.push_back({from, {digest.begin(), digest.end()}});
    }
  }
  return made;
}

std::set<std::string> found_in(const std::vector<Needle>& needles, ByteView file) {
  std::unordered_map<std::uint64_t, const Needle*> known;
  Beginnings may_be;
  for (const auto& needle : needles) {
    known.emplace(beginning_of(needle.bytes), &needle);
    may_be.add(needle.bytes);
  }
  std::set<std::string> found;
  for (std::size_t at = 0; at + kShortest <= file.size(); ++at) {
    if (!may_be.have(file, at)) continue;
    const auto one = known.find(beginning_of(file.subspan(at)));
    if (one != known.end()) found.insert(one->second->from);
  }
  return found;
}

bool Correlation::tells() const {
  if (pairs == 0) return false;
  return std::abs(tau) > 4.9 * std::max(0.10, 1 / std::sqrt(static_cast<double>(pairs)));
}

Orders orders_in(ByteView file, bool is_wal, const Hours& true_order) {
  std::vector<Bytes> things;
  for (const auto& hour : true_order) things.insert(things.end(), hour.begin(), hour.end());
  const auto at = places(things, file);
  Sum first;
  Sum last;
  Sum in_pages;
  std::size_t begin = 0;
  for (const auto& hour : true_order) {
    const auto end = begin + hour.size();
    for (auto i = begin; i < end; ++i) {
      for (auto j = i + 1; j < end; ++j) {
        if (at[i].empty() || at[j].empty()) continue;
        first.add(sign(at[i].front() < at[j].front()));
        last.add(sign(at[i].back() < at[j].back()));
        in_pages.add(votes(at[i], at[j], is_wal));
      }
    }
    begin = end;
  }
  return {first.correlation(), last.correlation(), in_pages.correlation()};
}

void TimesTold::add(const Dump& written, Instant truth) {
  std::map<std::string, std::vector<double>> values;
  for (const auto& [table, rows] : written) {
    for (const auto& row : rows) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (!row[i].number) continue;
        const auto a = static_cast<double>(*row[i].number);
        values[table + "." + row[i].column].push_back(a);
        for (std::size_t j = i + 1; j < row.size(); ++j) {
          if (!row[j].number) continue;
          const auto b = static_cast<double>(*row[j].number);
          values[table + "." + row[i].column + "+" + row[j].column].push_back(a + b);
          values[table + "." + row[i].column + "-" + row[j].column].push_back(a - b);
        }
      }
    }
  }
  const auto truth_s = static_cast<double>(to_ms(truth)) / 1'000;
  for (const auto& [place, all] : values) {
    const auto [least, most] = std::ranges::minmax(all);
    samples_[place + ", least"].push_back({least, truth_s});
    samples_[place + ", most"].push_back({most, truth_s});
  }
}

std::set<std::string> TimesTold::columns() const {
  constexpr std::array<double, 4> kUnits{0.001, 1, 60, 600};  // seconds
  std::set<std::string> told;
  for (const auto& [place, samples] : samples_) {
    if (samples.size() < 20) continue;
    for (const auto unit : kUnits) {
      std::vector<double> off;
      for (const auto& one : samples) off.push_back(one.value * unit - one.truth_s);
      std::ranges::sort(off);
      if (off[off.size() * 9 / 10] - off[off.size() / 10] < 1'800) {
        told.insert(place.substr(0, place.find(',')));
      }
    }
  }
  return told;
}

}  // namespace bz::tests
