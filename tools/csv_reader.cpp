#include "tools/csv_reader.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>

namespace bz::tools {
namespace {

constexpr std::size_t kLongestLine = 64 * std::size_t{1024};

struct CloseGzip {
  void operator()(gzFile file) const { gzclose(file); }
};
using Gzip = std::unique_ptr<gzFile_s, CloseGzip>;

// Lines without their end, LF or CR LF.
class LineReader {
 public:
  explicit LineReader(Gzip file) : file_(std::move(file)) {}

  // Nothing after the last line. The line is valid until the next call.
  Result<std::optional<std::string_view>> next() {
    for (;;) {
      const auto unread = std::string_view(buffer_).substr(start_, end_ - start_);
      const auto length = unread.find('\n');
      if (length != std::string_view::npos) {
        start_ += length + 1;
        return std::optional{without_return(unread.substr(0, length))};
      }
      if (ended_) {
        start_ = end_;
        return unread.empty() ? std::optional<std::string_view>{}
                              : std::optional{without_return(unread)};
      }
      if (unread.size() >= kLongestLine) return Error{Code::kMalformed, "the line is too long"};
      if (auto ok = fill(); !ok) return ok.error();
    }
  }

 private:
  static std::string_view without_return(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  Result<void> fill() {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(start_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= start_;
    start_ = 0;
    const int got =
        gzread(file_.get(), buffer_.data() + end_, static_cast<unsigned>(buffer_.size() - end_));
    int status = Z_OK;
    const char* why = gzerror(file_.get(), &status);
    if (status == Z_ERRNO) return Error{Code::kUnavailable, "cannot be read"};
    // Z_BUF_ERROR: the file ends in the middle of its gzip data.
    if (got < 0 || status < 0)
      return Error{Code::kMalformed, std::string("broken gzip data: ") + why};
    ended_ = got == 0;
    end_ += static_cast<std::size_t>(got);
    return {};
  }

  Gzip file_;
  std::string buffer_ = std::string(2 * kLongestLine, '\0');
  std::size_t start_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;
};

void split(std::string_view line, std::vector<std::string_view>& fields) {
  fields.clear();
  for (std::size_t start = 0;;) {
    const auto comma = line.find(',', start);
    fields.push_back(line.substr(start, comma - start));
    if (comma == std::string_view::npos) return;
    start = comma + 1;
  }
}

// Where each wanted column is in the header.
Result<std::vector<std::size_t>> places(std::span<const std::string_view> header,
                                        std::span<const std::string_view> columns) {
  std::vector<std::size_t> found;
  for (const auto column : columns) {
    const auto place = std::ranges::find(header, column);
    if (place == header.end()) return Error{Code::kMalformed, "no column " + std::string(column)};
    if (std::find(place + 1, header.end(), column) != header.end()) {
      return Error{Code::kMalformed, "column " + std::string(column) + " is there twice"};
    }
    found.push_back(static_cast<std::size_t>(place - header.begin()));
  }
  return found;
}

}  // namespace

Result<void> read_csv(const std::filesystem::path& path, std::span<const std::string_view> columns,
                      const std::function<Result<void>(std::span<const std::string_view>)>& visit) {
  errno = 0;
  Gzip file(gzopen(path.c_str(), "rb"));
  if (!file) {
    return Error{errno == ENOENT ? Code::kNotFound : Code::kUnavailable,
                 path.string() + ": " + std::generic_category().message(errno)};
  }
  LineReader lines(std::move(file));
  std::size_t number = 0;
  const auto at_line = [&](Error error) {
    error.what = path.string() + ": line " + std::to_string(number) + ": " + error.what;
    return error;
  };
  std::vector<std::string_view> fields;
  std::vector<std::size_t> where;
  std::vector<std::string_view> wanted(columns.size());
  std::size_t width = 0;
  for (;;) {
    ++number;
    const auto line = lines.next();
    if (!line) return at_line(line.error());
    if (!*line) break;
    if ((*line)->find('"') != std::string_view::npos) {
      return at_line({Code::kMalformed, "quotation marks are not understood here"});
    }
    split(**line, fields);
    if (number == 1) {
      auto found = places(fields, columns);
      if (!found) return at_line(found.error());
      where = *found;
      width = fields.size();
      continue;
    }
    if (fields.size() != width) {
      return at_line({Code::kMalformed, std::to_string(fields.size()) + " fields, the header has " +
                                            std::to_string(width)});
    }
    for (std::size_t i = 0; i < where.size(); ++i) wanted[i] = fields[where[i]];
    if (auto ok = visit(wanted); !ok) return at_line(ok.error());
  }
  if (number == 1) return at_line({Code::kMalformed, "no header line"});
  return {};
}

}  // namespace bz::tools
