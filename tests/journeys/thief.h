// Somebody who holds a server's files, and what they would try in order to find out which code an
// upload was made with: equal values, values made from one another, times, and the order in which
// things were written, as it is left in the files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace bz::tests {

struct Cell {
  std::string column;
  std::optional<std::int64_t> number;  // of a column of numbers
  Bytes bytes;                         // of a text or a blob

  bool operator==(const Cell&) const = default;
};
using Row = std::vector<Cell>;
using Dump = std::map<std::string, std::vector<Row>>;  // by table

// Every row of every table, with what is still in the write-ahead log.
Dump read_database(const std::filesystem::path& file);

// Rows of `after` that are not in `before`; of a row that was changed, the cells that are new.
Dump difference(const Dump& before, const Dump& after);

// Something looked for in other files, and where it was found: "table.column" or a word of yours.
struct Needle {
  std::string from;
  Bytes bytes;
};

// Texts and blobs of 8 bytes and more, raw, and each as it would look written in hex, base64 or a
// number's digits, and as what it is the hex or base64 of. What more than a quarter of a column's
// rows have in common is left out: it tells nobody from another.
std::vector<Needle> values_of(const Dump& dump);

// The SHA-256 of each, and the HMAC of each with each other as its key, all within `values`, which
// should be few. Whoever looks for their beginnings finds cut ones too.
std::vector<Needle> made_from(const std::vector<Needle>& values);

// Origins of those whose first 8 bytes lie anywhere in `file`.
std::set<std::string> found_in(const std::vector<Needle>& needles, ByteView file);

// How well something tells an order: the correlation (Kendall's tau: 1 the same, -1 the opposite,
// 0 chance) over pairs of which it tells anything.
struct Correlation {
  double tau = 0;
  int pairs = 0;

  // By chance once in a million at most. Of full orders of 12 in each of 5 hours tau has a standard
  // deviation of sqrt(2 * 29 / (9 * 12 * 11) / 5) = 0.10; of single pairs, 1 / sqrt(pairs).
  [[nodiscard]] bool tells() const;
};

// Things in their true order, an hour a list.
using Hours = std::vector<std::vector<Bytes>>;
struct Orders {
  Correlation first;     // by the first place in the file where it stands
  Correlation last;      // by the last one
  Correlation in_pages;  // by places on pages where both stand
};
Orders orders_in(ByteView file, bool is_wal, const Hours& true_order);

// What numbers were written when something happened, and the second in which it did.
class TimesTold {
 public:
  // All numbers of these rows, and sums and differences of two of one row.
  void add(const Dump& written, Instant truth);

  // The columns ("table.column", "table.column+column") from which a time is read that is right
  // within half an hour for four of five: in seconds, milliseconds, minutes or ten minutes, from
  // any beginning.
  [[nodiscard]] std::set<std::string> columns() const;

 private:
  struct Sample {
    double value;
    double truth_s;
  };
  std::map<std::string, std::vector<Sample>> samples_;
};

}  // namespace bz::tests
