// SQL as both stores understand it: one connection to SQLite or to PostgreSQL, for one thread at a
// time.
//
// Statements are written once, in what both dialects share: parameters are $1, $2, …, in any order
// and as often as needed; integers BIGINT, octets BLOB (PostgreSQL: BYTEA), text TEXT; INSERT … ON
// CONFLICT and RETURNING as both have them. A statement is prepared at its first use and kept, so
// its text should be a constant.
//
// Failures by what can be done: kUnavailable when disk, server or connection fail (the same call
// may work later); kConflict when a constraint refuses; kMalformed when the store is damaged or not
// ours; kInvalid when the statement makes no sense. Within a transaction, everything after a
// failure fails too, and nothing of it is kept.
//
// Two writers at once (PostgreSQL): each statement sees what was committed when it began. Where a
// check and a write must be one, let a constraint refuse the second, or lock() first.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace bz::store {

// A parameter; octets and text are only looked at during the call. NULL is std::monostate.
using Parameter = std::variant<std::monostate, std::int64_t, std::string_view, ByteView>;
using Parameters = std::span<const Parameter>;

// A parameter that may be NULL.
inline Parameter or_null(const std::optional<std::int64_t>& value) {
  return value ? Parameter{*value} : Parameter{};
}

// Of a change whose number of rows does not matter.
inline Result<void> done(const Result<std::int64_t>& changed) {
  if (!changed) return changed.error();
  return {};
}

// The row at hand; views hold until the visitor returns. Columns count from 0. Asking for another
// type than the column's is a mistake of ours.
class Row {
 public:
  Row() = default;
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;
  virtual ~Row() = default;

  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  [[nodiscard]] virtual std::string_view text(int column) const = 0;
  [[nodiscard]] virtual ByteView blob(int column) const = 0;

  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
  }
};

// False ends the reading early; an error ends it and is handed on.
using RowVisitor = std::function<Result<bool>(const Row&)>;

class Sql {
 public:
  Sql() = default;
  Sql(const Sql&) = delete;
  Sql& operator=(const Sql&) = delete;
  virtual ~Sql() = default;

  // One statement that gives no rows; how many it changed.
  virtual Result<std::int64_t> run(std::string_view sql, Parameters parameters) = 0;
  // One such statement once for each row of `values`, which holds rows of `width` parameters one
  // after the other; how many were changed in all. Far cheaper than as many calls of run().
  virtual Result<std::int64_t> run_each(std::string_view sql, std::size_t width,
                                        Parameters values) = 0;
  // One statement that gives rows; they come one at a time, however many there are. The visitor may
  // not use this Sql. Ending early does not save PostgreSQL the rest: where few rows are wanted of
  // many, say LIMIT.
  virtual Result<void> each(std::string_view sql, Parameters parameters,
                            const RowVisitor& visit) = 0;
  // Several statements without parameters or rows. For PostgreSQL, BLOB becomes BYTEA, TEXT is
  // compared by octets as SQLite does, and WITHOUT ROWID is left out.
  virtual Result<void> script(std::string_view sql) = 0;

  // Holds until the end of the transaction, across all servers on this store: many may share a
  // name, or one have it for itself. SQLite has one writer, so there these do nothing.
  virtual Result<void> share(std::string_view name) = 0;
  virtual Result<void> lock(std::string_view name) = 0;
  // share(name), and what `select` gives in the first column of its first row: nothing when there
  // is no row or it is NULL. Only for what nobody changes without lock(name): uploads that share a
  // transaction (store.h) then ask once for all.
  virtual Result<std::optional<std::int64_t>> shared_integer(std::string_view name,
                                                             std::string_view select) = 0;

  // Until its end this transaction keeps little of what it goes over, and not all that a writer
  // may: for whoever reads a whole table once. PostgreSQL has that in processes of its own.
  virtual Result<void> cache_little() { return {}; }

  // For the few words that differ.
  [[nodiscard]] virtual bool is_postgres() const = 0;

  // Shorthand: sql.run("…", {a, b}).
  Result<std::int64_t> run(std::string_view sql, std::initializer_list<Parameter> parameters = {}) {
    return run(sql, Parameters{parameters.begin(), parameters.size()});
  }
  Result<void> each(std::string_view sql, std::initializer_list<Parameter> parameters,
                    const RowVisitor& visit) {
    return each(sql, Parameters{parameters.begin(), parameters.size()}, visit);
  }
  // First column of the first row; nothing when there is no row or it is NULL.
  Result<std::optional<std::int64_t>> integer(std::string_view sql,
                                              std::initializer_list<Parameter> parameters = {});
  // The store's own clock: PostgreSQL's, so that servers with wrong clocks agree.
  Result<Instant> now();
};

}  // namespace bz::store
