#include "papers/csv.h"

#include <array>
#include <optional>

#include "base/utf8.h"
#include "papers/says.h"

namespace bz::papers {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";
constexpr std::string_view kSeparators = "\t;,";  // the first wins a tie
constexpr std::string_view kRunAsFormula = "=+-@\t\r";
constexpr std::size_t kLinesLookedAt = 50;

Error malformed(std::string_view vietnamese, std::string_view english) {
  return says(Code::kMalformed, vietnamese, english);
}

Error malformed_at(std::size_t row, std::size_t column, std::string_view vietnamese,
                   std::string_view english) {
  const auto cell = cell_name(row, column);
  return malformed("Ô " + cell + ": " + std::string(vietnamese),
                   "Cell " + cell + ": " + std::string(english));
}

void append_utf8(std::string& text, char32_t c) {
  const auto put = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6U));
    put(0x80 | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12U));
    put(0x80 | ((c >> 6U) & 0x3FU));
    put(0x80 | (c & 0x3FU));
  } else {
    put(0xF0 | (c >> 18U));
    put(0x80 | ((c >> 12U) & 0x3FU));
    put(0x80 | ((c >> 6U) & 0x3FU));
    put(0x80 | (c & 0x3FU));
  }
}

// Nothing when a surrogate stands alone or a byte is left over.
std::optional<std::string> from_utf16(ByteView bytes) {
  if (bytes.size() % 2 != 0) return std::nullopt;
  std::string text;
  text.reserve(bytes.size());
  const auto unit = [&](std::size_t i) {
    return static_cast<char32_t>(get_le(bytes.subspan(i, 2)));
  };
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    char32_t c = unit(i);
    if (c >= 0xDC00 && c < 0xE000) return std::nullopt;
    if (c >= 0xD800 && c < 0xDC00) {
      i += 2;
      if (i >= bytes.size()) return std::nullopt;
      const char32_t low = unit(i);
      if (low < 0xDC00 || low >= 0xE000) return std::nullopt;
      c = 0x10000 + ((c - 0xD800) << 10U) + (low - 0xDC00);
    }
    append_utf8(text, c);
  }
  return text;
}

struct Decoded {
  std::string text;
  CsvFile::Encoding encoding{};
};

Result<Decoded> decode(ByteView file) {
  Decoded decoded;
  const auto bytes = as_text(file);
  if (bytes.starts_with("\xFF\xFE")) {
    auto text = from_utf16(file.subspan(2));
    if (!text) {
      return malformed("Tệp UTF-16 bị hỏng hoặc bị cắt. Hãy lưu lại bằng “CSV UTF-8”.",
                       "The UTF-16 file is damaged or cut short: save it again as \"CSV UTF-8\".");
    }
    decoded = {std::move(*text), CsvFile::Encoding::kUtf16};
  } else if (bytes.starts_with(kBom)) {
    decoded = {std::string(bytes.substr(kBom.size())), CsvFile::Encoding::kUtf8Bom};
  } else {
    decoded = {std::string(bytes), CsvFile::Encoding::kUtf8};
  }
  if (!is_utf8(decoded.text) || decoded.text.find('\0') != std::string::npos) {
    return malformed(
        "Tệp không phải là chữ UTF-8. Trong Excel hãy chọn Lưu thành, kiểu “CSV UTF-8”.",
        "The file is not UTF-8 text: in Excel choose Save As, type \"CSV UTF-8\".");
  }
  return decoded;
}

bool ends_line(char c) {
  return c == '\n' || c == '\r';
}

// "sep=;" as the whole first line, which Excel reads and does not show. Takes it off `text`.
std::optional<char> stated_separator(std::string_view& text) {
  if (!text.starts_with("sep=") || text.size() < 5) return std::nullopt;
  const char separator = text[4];
  auto rest = text.substr(5);
  if (kSeparators.find(separator) == std::string_view::npos) return std::nullopt;
  if (!rest.empty() && !ends_line(rest[0])) return std::nullopt;
  if (rest.starts_with("\r\n")) rest.remove_prefix(1);
  if (!rest.empty()) rest.remove_prefix(1);
  text = rest;
  return separator;
}

char find_separator(std::string_view text) {
  std::array<std::size_t, kSeparators.size()> lines_with{};
  std::array<bool, kSeparators.size()> in_this_line{};
  std::size_t lines = 0;
  bool quoted = false;
  bool at_start = true;  // of a cell, whichever separator it is
  bool empty = true;
  const auto end_line = [&] {
    for (std::size_t i = 0; i < in_this_line.size(); ++i)
      lines_with[i] += in_this_line[i] ? 1U : 0U;
    in_this_line = {};
    if (!empty) ++lines;
    empty = true;
  };
  for (const char c : text) {
    const auto candidate = kSeparators.find(c);
    if (c == '"' && (quoted || at_start)) {
      quoted = !quoted;  // a doubled one ends and begins again:
      at_start = !quoted;
    } else if (!quoted && ends_line(c)) {
      end_line();
      at_start = true;
      if (lines == kLinesLookedAt) break;
      continue;
    } else if (!quoted) {
      at_start = candidate != std::string_view::npos;
      if (at_start) in_this_line[candidate] = true;
    }
    empty = false;
  }
  end_line();
  std::size_t best = 0;
  for (std::size_t i = 1; i < lines_with.size(); ++i) {
    if (lines_with[i] > lines_with[best]) best = i;
  }
  return lines_with[best] == 0 ? ',' : kSeparators[best];
}

// Whether the text would be run as a formula: the sign of one, also behind apostrophes and quotes.
bool is_run(std::string_view text) {
  const auto first = text.find_first_not_of("'\"");
  return first != std::string_view::npos &&
         kRunAsFormula.find(text[first]) != std::string_view::npos;
}

// Where a cell begins, by one separator or another: at the start, and behind these.
bool begins_cell(std::string_view text, std::size_t at) {
  return at == 0 || std::string_view(";\t\r\n").find(text[at - 1]) != std::string_view::npos;
}

// An apostrophe in front of whatever would be run. What would be run after it would be run without
// it, so that unguarded() finds each of them, and no other.
std::string guarded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (begins_cell(text, at) && is_run(text.substr(at))) out += '\'';
    out += text[at];
  }
  return out;
}

std::string unguarded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (begins_cell(text, at) && text[at] == '\'' && is_run(text.substr(at + 1))) continue;
    out += text[at];
  }
  return out;
}

class Reader {
 public:
  Reader(std::string_view text, char separator) : text_(text), separator_(separator) {}

  Result<Sheet> read() {
    while (at_ < text_.size()) {
      if (auto fine = read_row(); !fine) return fine.error();
    }
    trim(sheet_);
    return std::move(sheet_);
  }
  [[nodiscard]] bool may_be_cut() const { return may_be_cut_; }

 private:
  Result<void> read_row() {
    if (sheet_.rows.size() == kMostRows) {
      return malformed("Tệp có hơn 100.000 dòng. Hãy chia thành nhiều tệp.",
                       "The file has over 100,000 rows: split it.");
    }
    sheet_.rows.emplace_back();
    while (true) {
      auto cell = read_cell();
      if (!cell) return cell.error();
      sheet_.rows.back().cells.push_back(text_cell(std::move(*cell)));
      if (at_ == text_.size()) {
        const auto cells = sheet_.rows.back().cells.size();
        may_be_cut_ = cells > 1 && cells < cells_before_;
        return {};
      }
      const char end = text_[at_++];
      if (end == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
      if (ends_line(end)) {
        cells_before_ = sheet_.rows.back().cells.size();
        trim(sheet_.rows.back());
        return {};
      }
    }
  }

  // Up to the separator, line end or end of the text, where `at_` then is.
  Result<std::string> read_cell() {
    const auto row = sheet_.rows.size() - 1;
    const auto column = sheet_.rows.back().cells.size();
    if (column == kMostColumns) {
      return malformed_at(row, column, "quá 256 cột. Hãy bỏ các cột thừa.",
                          "over 256 columns: remove those that are not needed.");
    }
    if (++cells_ > kMostCells) {
      return malformed("Tệp có hơn 1.000.000 ô. Hãy chia thành nhiều tệp.",
                       "The file has over 1,000,000 cells: split it.");
    }
    std::string cell;
    if (at_ < text_.size() && text_[at_] == '"') {
      if (auto fine = read_quoted(cell, row, column); !fine) return fine.error();
    } else {
      const auto start = at_;
      while (!at_end_of_cell()) ++at_;
      cell = text_.substr(start, at_ - start);
    }
    cell = unguarded(cell);
    if (characters(cell) > kMostCharacters) {
      return malformed_at(row, column, "chữ dài quá 32.767 ký tự. Hãy rút ngắn.",
                          "text over 32,767 characters: shorten it.");
    }
    return cell;
  }

  Result<void> read_quoted(std::string& cell, std::size_t row, std::size_t column) {
    ++at_;
    while (true) {
      const auto quote = text_.find('"', at_);
      if (quote == std::string_view::npos) {
        return malformed_at(row, column, "dấu ngoặc kép mở mà không đóng. Hãy thêm hoặc bỏ dấu đó.",
                            "a quote is opened and never closed: close or remove it.");
      }
      cell += text_.substr(at_, quote - at_);
      at_ = quote + 1;
      if (at_ == text_.size() || text_[at_] != '"') break;
      cell += '"';
      ++at_;
    }
    if (at_end_of_cell()) return {};
    return malformed_at(row, column,
                        "có chữ sau dấu ngoặc kép đóng. Dấu ngoặc kép bên trong phải viết hai lần.",
                        "text stands behind a closed quote: write a quote inside a text twice.");
  }

  [[nodiscard]] bool at_end_of_cell() const {
    return at_ == text_.size() || text_[at_] == separator_ || ends_line(text_[at_]);
  }

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  std::size_t cells_ = 0;
  std::size_t cells_before_ = 0;  // of the row before
  bool may_be_cut_ = false;
  Sheet sheet_;
};

void write_text(std::string& out, std::string_view text, bool first_of_file) {
  const bool quoted = text.find_first_of("\",;\t\r\n") != std::string_view::npos ||
                      (first_of_file && text.starts_with("sep="));
  if (!quoted) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

Result<CsvFile> read_csv(ByteView file) {
  if (file.size() > kMostFileBytes) {
    return malformed("Tệp lớn hơn 5 MB. Hãy chia thành nhiều tệp.",
                     "The file is over 5 MB: split it.");
  }
  const auto decoded = decode(file);
  if (!decoded) return decoded.error();
  std::string_view text = decoded->text;
  const auto stated = stated_separator(text);
  CsvFile csv{{}, stated ? *stated : find_separator(text), decoded->encoding};
  Reader reader(text, csv.separator);
  auto sheet = reader.read();
  if (!sheet) return sheet.error();
  csv.sheet = std::move(*sheet);
  csv.may_be_cut = reader.may_be_cut();
  return csv;
}

Bytes write_csv(const Sheet& sheet) {
  std::string out(kBom);
  for (const auto& row : sheet.rows) {
    for (std::size_t column = 0; column < row.cells.size(); ++column) {
      const auto& cell = row.cells[column];
      const bool first = column == 0 && &row == sheet.rows.data();
      if (column > 0) out += ',';
      write_text(out, cell.kind == Cell::Kind::kNumber ? cell.text : guarded(cell.text), first);
    }
    out += "\r\n";
  }
  return {out.begin(), out.end()};
}

}  // namespace bz::papers
