// PostgreSQL's binary form of the values that we use.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/sql.h"

namespace bz::store {

// Types by their object ids, which are the same in every PostgreSQL.
inline constexpr unsigned kPostgresBool = 16;
inline constexpr unsigned kPostgresOctets = 17;
inline constexpr unsigned kPostgresInt8 = 20;
inline constexpr unsigned kPostgresInt2 = 21;
inline constexpr unsigned kPostgresInt4 = 23;
inline constexpr unsigned kPostgresText = 25;
inline constexpr unsigned kPostgresNumeric = 1700;

// Parameters as libpq takes them: they live as long as this and what the views point to.
class PostgresParameters {
 public:
  explicit PostgresParameters(Parameters parameters);
  PostgresParameters(const PostgresParameters&) = delete;
  PostgresParameters& operator=(const PostgresParameters&) = delete;

  [[nodiscard]] int count() const { return static_cast<int>(values.size()); }

  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;

 private:
  std::vector<std::int64_t> integers_;  // in network order
};

// 0 for NULL: the server finds out what it stands for.
unsigned postgres_type(const Parameter& parameter);

// Of any type that counts something: SUM of BIGINTs is a numeric. Fractions are cut off.
std::int64_t integer_from_postgres(unsigned type, ByteView value);

}  // namespace bz::store
