// Tables as comma-separated values, plain or gzipped, read line by line: a header line with the
// names of the columns, then rows of as many fields. No quoted fields: the recordings have none,
// and a quotation mark is refused.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bz::tools {

// Calls `visit` for every row with the fields of `columns`, in that order; they are valid during
// the call only. Stops at the first failure, the file's or the visitor's, and puts the file's name
// and the line's number before what it says.
//
// kNotFound when there is no such file, kUnavailable when it cannot be read, kMalformed when it
// ends in the middle of its gzip data, a column is missing or there twice, or a line is longer than
// 64 KiB or has more or fewer fields than the header.
Result<void> read_csv(const std::filesystem::path& path, std::span<const std::string_view> columns,
                      const std::function<Result<void>(std::span<const std::string_view>)>& visit);

}  // namespace bz::tools
