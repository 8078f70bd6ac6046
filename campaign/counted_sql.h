// An Sql that counts: for tests and the benchmark, which say what reading and writing cost.
#pragma once

#include <cstdint>

#include "store/sql.h"

namespace bz::campaign {

class CountedSql : public store::Sql {
 public:
  explicit CountedSql(store::Sql& sql) : sql_(sql) {}

  std::int64_t statements = 0;
  std::int64_t rows_read = 0;
  std::int64_t rows_written = 0;

  using Sql::each;
  using Sql::run;

  Result<std::int64_t> run(std::string_view sql, store::Parameters parameters) override {
    ++statements;
    return written(sql_.run(sql, parameters));
  }
  Result<std::int64_t> run_each(std::string_view sql, std::size_t width,
                                store::Parameters values) override {
    ++statements;
    return written(sql_.run_each(sql, width, values));
  }
  Result<void> each(std::string_view sql, store::Parameters parameters,
                    const store::RowVisitor& visit) override {
    ++statements;
    return sql_.each(sql, parameters, [&](const store::Row& row) {
      ++rows_read;
      return visit(row);
    });
  }
  Result<void> script(std::string_view sql) override { return sql_.script(sql); }
  Result<void> share(std::string_view name) override { return sql_.share(name); }
  Result<void> lock(std::string_view name) override { return sql_.lock(name); }
  Result<std::optional<std::int64_t>> shared_integer(std::string_view name,
                                                     std::string_view select) override {
    return sql_.shared_integer(name, select);
  }
  [[nodiscard]] bool is_postgres() const override { return sql_.is_postgres(); }

 private:
  Result<std::int64_t> written(Result<std::int64_t> changed) {
    if (changed) rows_written += *changed;
    return changed;
  }

  store::Sql& sql_;
};

}  // namespace bz::campaign
