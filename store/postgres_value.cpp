#include "store/postgres_value.h"

#include <bit>
#include <cassert>
#include <variant>

namespace bz::store {
namespace {

// Two's complement, most significant byte first.
std::int64_t big_endian(ByteView bytes) {
  std::uint64_t value = !bytes.empty() && bytes[0] >= 0x80 ? ~std::uint64_t{0} : 0;
  for (const auto byte : bytes) value = (value << 8U) | byte;
  return static_cast<std::int64_t>(value);
}

std::int64_t to_network_order(std::int64_t value) {
  if constexpr (std::endian::native == std::endian::little) {
    return static_cast<std::int64_t>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
  }
  return value;
}

// Four numbers of 16 bits (how many digits, the first one's power of 10 000, sign, scale), then the
// digits, each 0 to 9 999.
std::int64_t from_numeric(ByteView value) {
  constexpr std::int64_t kNegative = 0x4000;
  const auto number = [&](std::size_t i) { return big_endian(value.subspan(2 * i, 2)); };
  std::int64_t result = 0;
  const auto digits = number(0);
  for (std::int64_t power = number(1), i = 0; power >= 0; --power, ++i) {
    result = result * 10'000 + (i < digits ? number(4 + static_cast<std::size_t>(i)) : 0);
  }
  return number(2) == kNegative ? -result : result;
}

}  // namespace

PostgresParameters::PostgresParameters(Parameters parameters) {
  values.reserve(parameters.size());
  lengths.reserve(parameters.size());
  formats.assign(parameters.size(), 1);  // binary
  integers_.reserve(parameters.size());  // so that none moves
  const auto add = [&](const void* data, std::size_t size) {
    // A null pointer would be NULL.
    values.push_back(size == 0 ? "" : static_cast<const char*>(data));
    lengths.push_back(static_cast<int>(size));
  };
  for (const auto& parameter : parameters) {
    if (const auto* integer = std::get_if<std::int64_t>(&parameter)) {
      integers_.push_back(to_network_order(*integer));
      add(&integers_.back(), sizeof(std::int64_t));
    } else if (const auto* text = std::get_if<std::string_view>(&parameter)) {
      add(text->data(), text->size());
    } else if (const auto* octets = std::get_if<ByteView>(&parameter)) {
      add(octets->data(), octets->size());
    } else {
      values.push_back(nullptr);
      lengths.push_back(0);
    }
  }
}

unsigned postgres_type(const Parameter& parameter) {
  if (std::holds_alternative<std::int64_t>(parameter)) return kPostgresInt8;
  if (std::holds_alternative<std::string_view>(parameter)) return kPostgresText;
  if (std::holds_alternative<ByteView>(parameter)) return kPostgresOctets;
  return 0;
}

std::int64_t integer_from_postgres(unsigned type, ByteView value) {
  switch (type) {
    case kPostgresBool: return value[0];
    case kPostgresInt2:
    case kPostgresInt4:
    case kPostgresInt8: return big_endian(value);
    case kPostgresNumeric: return from_numeric(value);
    default: assert(false && "the column is no integer"); return 0;
  }
}

}  // namespace bz::store
