// The parts of an Office file (ECMA-376 part 2: a zip archive), by libzip.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace bz::papers {

inline constexpr std::size_t kMostParts = 1'000;
inline constexpr std::size_t kMostUnpackedBytes = 50'000'000;
// How often a part may be larger than it is packed, once it is over 5 MB. Deflate reaches 1,032;
// sheets of a hundred thousand like rows stay under 100.
inline constexpr std::size_t kMostRatio = 200;

class Package {
 public:
  // `file` must outlive it. kMalformed (English only) when it is no archive, is cut short, holds
  // over kMostParts parts or two of one name (in either case of letters: two readers could see
  // different ones).
  static Result<Package> open(ByteView file);

  [[nodiscard]] bool has(std::string_view name) const;
  // A part by its name ("xl/workbook.xml", in either case), unpacked. kNotFound when there is none;
  // kMalformed when it cannot be unpacked, its checksum does not hold, or all that was unpacked is
  // over kMostUnpackedBytes or kMostRatio.
  Result<Bytes> part(std::string_view name);

 private:
  Package() = default;
  std::shared_ptr<void> archive_;                 // zip_t
  std::map<std::string, std::uint64_t> entries_;  // by name in lower case
  std::size_t unpacked_ = 0;
};

}  // namespace bz::papers
