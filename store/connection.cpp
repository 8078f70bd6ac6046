#include "store/connection.h"

#include <cassert>

#include "base/clock.h"

namespace bz::store {
namespace {

// Only SELECT is sure to write nothing: INSERT … RETURNING gives rows too.
bool is_select(std::string_view sql) {
  const auto first = sql.find_first_not_of(" \n\t");
  return first != std::string_view::npos && sql.substr(first).starts_with("SELECT");
}

}  // namespace

Result<std::optional<std::int64_t>> Sql::integer(std::string_view sql,
                                                 std::initializer_list<Parameter> parameters) {
  std::optional<std::int64_t> value;
  const auto done = each(sql, parameters, [&](const Row& row) -> Result<bool> {
    value = row.optional_integer(0);
    return false;
  });
  if (!done) return done.error();
  return value;
}

Result<Instant> Sql::now() {
  if (!is_postgres()) return SystemClock().now();
  const auto ms = integer("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)");
  if (!ms) return ms.error();
  return from_ms(**ms);
}

template <class What>
auto Connection::guard(What what) -> decltype(what()) {
  if (failure_) return *failure_;
  if (is_busy_) {
    failure_ = Error{Code::kInvalid, "a statement was run while another's rows were being read"};
    return *failure_;
  }
  is_busy_ = true;
  auto result = what();
  is_busy_ = false;
  if (!failure_ && !result) failure_ = result.error();
  if (failure_) return *failure_;
  return result;
}

Result<void> Connection::begin(For purpose) {
  failure_.reset();
  shared_.clear();
  has_locked_ = false;
  has_written_ = false;
  is_busy_ = false;
  return do_begin(purpose);
}

Result<void> Connection::commit() {
  // PostgreSQL would answer a COMMIT after a failure by rolling back, without an error.
  if (failure_) return *failure_;
  return do_commit();
}

void Connection::roll_back() {
  do_roll_back();
}

Result<void> Connection::mark() {
  has_written_ = false;
  return execute("SAVEPOINT mark");
}

Result<void> Connection::return_to_mark() {
  failure_.reset();
  shared_.clear();  // a lock taken after the mark is let go
  is_busy_ = false;
  return execute("ROLLBACK TO SAVEPOINT mark");
}

Result<std::int64_t> Connection::run(std::string_view sql, Parameters parameters) {
  has_written_ = true;
  return guard([&] { return do_run(sql, parameters); });
}

Result<std::int64_t> Connection::run_each(std::string_view sql, std::size_t width,
                                          Parameters values) {
  assert(width > 0 && values.size() % width == 0);
  if (values.empty()) return std::int64_t{0};
  has_written_ = true;
  return guard([&] { return do_run_each(sql, width, values); });
}

Result<void> Connection::each(std::string_view sql, Parameters parameters,
                              const RowVisitor& visit) {
  if (!is_select(sql)) has_written_ = true;
  return guard([&] { return do_each(sql, parameters, visit); });
}

Result<void> Connection::script(std::string_view sql) {
  has_written_ = true;
  return guard([&] { return do_script(sql); });
}

Result<void> Connection::share(std::string_view name) {
  return guard([&] { return do_share(name); });
}

Result<void> Connection::lock(std::string_view name) {
  shared_.clear();
  has_locked_ = true;
  return guard([&] { return do_lock(name); });
}

Result<std::optional<std::int64_t>> Connection::shared_integer(std::string_view name,
                                                               std::string_view select) {
  if (failure_) return *failure_;
  if (const auto found = shared_.find(select); found != shared_.end()) return found->second;
  if (auto shared = share(name); !shared) return shared.error();
  auto value = integer(select);
  if (value && !has_locked_) shared_.emplace(select, *value);
  return value;
}

}  // namespace bz::store
