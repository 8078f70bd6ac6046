// One connection of a store, as SQLite and PostgreSQL both give it: SQL within a transaction, which
// is begun, committed and rolled back here. For one thread at a time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "store/sql.h"

namespace bz::store {

class Connection : public Sql {
 public:
  enum class For { kReading, kWriting };

  // kUnavailable when the store cannot be reached, or another program keeps writing. A connection
  // that was lost is made anew.
  Result<void> begin(For purpose);
  // Durable when it returns. On failure nothing of the transaction stays, unless
  // outcome_is_unknown().
  Result<void> commit();
  void roll_back();

  // From here on, what is written can be undone by itself. Only within a transaction, and only the
  // last mark can be returned to.
  Result<void> mark();
  Result<void> return_to_mark();
  // Begins to watch has_written() without being able to return.
  void watch() { has_written_ = false; }

  // Store::tidy, outside of a transaction.
  virtual Result<void> tidy() = 0;

  [[nodiscard]] bool has_written() const { return has_written_; }  // since mark(), watch(), begin()
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
  // The failure was another transaction's doing, or the connection was lost before the commit: the
  // same work may well succeed in a new transaction.
  [[nodiscard]] virtual bool is_worth_repeating() const = 0;
  // The connection was lost during the commit.
  [[nodiscard]] virtual bool outcome_is_unknown() const = 0;

  using Sql::each;
  using Sql::run;
  Result<std::int64_t> run(std::string_view sql, Parameters parameters) final;
  Result<std::int64_t> run_each(std::string_view sql, std::size_t width, Parameters values) final;
  Result<void> each(std::string_view sql, Parameters parameters, const RowVisitor& visit) final;
  Result<void> script(std::string_view sql) final;
  Result<void> share(std::string_view name) final;
  Result<void> lock(std::string_view name) final;
  Result<std::optional<std::int64_t>> shared_integer(std::string_view name,
                                                     std::string_view select) final;

 protected:
  virtual Result<void> do_begin(For purpose) = 0;
  virtual Result<void> do_commit() = 0;
  virtual void do_roll_back() = 0;
  // One statement without parameters.
  virtual Result<void> execute(std::string_view sql) = 0;

  virtual Result<std::int64_t> do_run(std::string_view sql, Parameters parameters) = 0;
  virtual Result<std::int64_t> do_run_each(std::string_view sql, std::size_t width,
                                           Parameters values) = 0;
  virtual Result<void> do_each(std::string_view sql, Parameters parameters,
                               const RowVisitor& visit) = 0;
  virtual Result<void> do_script(std::string_view sql) = 0;
  virtual Result<void> do_share(std::string_view name) = 0;
  virtual Result<void> do_lock(std::string_view name) = 0;

 private:
  // Calls `what` unless the transaction has failed, and keeps its failure.
  template <class What>
  auto guard(What what) -> decltype(what());

  std::optional<Error> failure_;
  // What shared_integer() gave in this transaction, by statement; nothing is kept once it has
  // locked, since it may then change what is shared.
  std::map<std::string, std::optional<std::int64_t>, std::less<>> shared_;
  bool has_locked_ = false;
  bool has_written_ = false;
  bool is_busy_ = false;  // a statement runs: its visitor may not start another
};

}  // namespace bz::store
