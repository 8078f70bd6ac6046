#include "campaign/entry_headings.h"

#include <algorithm>
#include <array>
#include <map>

#include "campaign/entry_cells.h"
#include "vi/text.h"

namespace bz::campaign {
namespace {

using papers::Cell;
using papers::Sheet;

constexpr std::size_t kLookedAt = 200;  // rows from the top

struct OtherWords {
  std::string_view column;
  std::string_view words;
};
// What people write above a column, beside the words of the paper.
constexpr std::array kOtherWords{
    OtherWords{"stt", "TT"},
    OtherWords{"stt", "Số TT"},
    OtherWords{"stt", "Số thứ tự"},
    OtherWords{"unit", "Huyện"},
    OtherWords{"unit", "Tên huyện"},
    OtherWords{"unit", "Quận/huyện"},
    OtherWords{"unit", "Huyện, thị xã, thành phố"},
    OtherWords{"unit", "Tên huyện, thị xã, thành phố"},
    OtherWords{"unit", "Tên huyện/thị xã/thành phố"},
    OtherWords{"unit", "Địa bàn"},
    OtherWords{"unit", "Địa phương"},
    OtherWords{"unit", "Đơn vị"},
    OtherWords{"unit", "Tên đơn vị"},
    OtherWords{"unit", "Đơn vị hành chính"},
    OtherWords{"unit", "Cơ quan, đơn vị"},
    OtherWords{"installed", "Số lượng"},
    OtherWords{"installed", "Số lượng cài đặt"},
    OtherWords{"installed", "Số lượng điện thoại cài đặt"},
    OtherWords{"installed", "Số máy cài đặt"},
    OtherWords{"installed", "Số lượng điện thoại thông minh cài đặt Bluezone"},
    OtherWords{"installed", "Số điện thoại thông minh cài đặt"},
    OtherWords{"installed", "Đã cài đặt"},
    OtherWords{"rate", "Tỷ lệ %"},
    OtherWords{"rate", "Tỷ lệ cài đặt"},
    OtherWords{"reported_at", "Thời điểm"},
    OtherWords{"reported_at", "Thời gian báo cáo"},
    OtherWords{"reported_at", "Ngày báo cáo"},
    OtherWords{"note", "Ghi chú, lý do"},
    OtherWords{"subscriptions", "Số thuê bao"},
    OtherWords{"subscriptions", "Thuê bao điện thoại thông minh"},
    OtherWords{"subscriptions", "Số thuê bao smartphone"},
    OtherWords{"headcount", "Tổng số người"},
    OtherWords{"headcount", "Tổng số cán bộ"},
    OtherWords{"headcount", "Số cán bộ, công chức, viên chức, người lao động"},
    OtherWords{"owners", "Có điện thoại thông minh"},
    OtherWords{"owners", "Số người dùng điện thoại thông minh"},
    OtherWords{"bluetooth_on", "Mở Bluetooth"},
    OtherWords{"bluetooth_on", "Luôn mở Bluetooth"},
    OtherWords{"relatives", "Số người thân đã cài đặt"},
    OtherWords{"results", "Kết quả"},
    OtherWords{"difficulties", "Khó khăn"},
    OtherWords{"proposals", "Đề xuất"},
    OtherWords{"proposals", "Kiến nghị"},
};

// "Tỷ lệ (%)" is "ti le".
std::string bare(std::string_view heading) {
  std::string out;
  int depth = 0;
  for (const char c : heading) {
    if (c == '(') ++depth;
    if (depth == 0) out += c == '\n' ? ' ' : c;
    if (c == ')' && depth > 0) --depth;
  }
  return vi::fold(out);
}

using KnownWords = std::map<std::string, std::size_t>;  // folded; places in the form
KnownWords words_known(const Form& form) {
  KnownWords known;
  for (std::size_t i = 0; i < form.columns.size(); ++i) {
    const auto& column = form.columns[i];
    for (const auto words : {column.words, column.words_en, column.id})
      known.emplace(vi::fold(words), i);
  }
  for (const auto& other : kOtherWords) {
    const auto* column = find_column(form, other.column);
    if (column == nullptr) continue;
    known.emplace(vi::fold(other.words), static_cast<std::size_t>(column - form.columns.data()));
  }
  return known;
}
// Folded once: a sheet has many cells.
const KnownWords& known_words(const Form& form) {
  static const auto kAll = [] {
    std::map<std::string_view, KnownWords> all;
    for (const auto& one : forms()) all.emplace(one.id, words_known(one));
    return all;
  }();
  return kAll.at(form.id);
}

// The heading above a column: the lower cell where there is one. `last` == `first` for one row.
std::string heading_at(const Sheet& sheet, std::size_t first, std::size_t last,
                       std::size_t column) {
  if (last != first) {
    auto lower = words_of(papers::cell_at(sheet, last, column));
    if (!lower.empty()) return lower;
  }
  return words_of(papers::cell_at(sheet, first, column));
}

bool has_needed(const Form& form, const Places& places) {
  bool has_value = false;
  for (std::size_t i = 0; i < form.columns.size(); ++i) {
    const auto& column = form.columns[i];
    if (column.kind == ColumnKind::kUnit && !places[i] && form.rows == RowsRule::kDistricts)
      return false;
    has_value = has_value || (column.is_needed && column.kind != ColumnKind::kUnit && places[i]);
  }
  return has_value;
}

Headings headings_in(const Form& form, const Sheet& sheet, std::size_t first, std::size_t last) {
  Headings found{first, last, Places(form.columns.size()), {}, {}};
  auto width = sheet.rows[first].cells.size();
  if (last < sheet.rows.size()) width = std::max(width, sheet.rows[last].cells.size());
  for (std::size_t at = 0; at < width; ++at) {
    const auto words = heading_at(sheet, first, last, at);
    if (words.empty()) continue;
    const auto column = column_called(form, words);
    if (!column) {
      found.unknown.push_back(at);
    } else if (found.places[*column]) {
      found.faults.push_back(fault_at(
          papers::cell_name(last, at),
          "Cột này trùng với cột ở ô " + papers::cell_name(last, *found.places[*column]) + ".",
          "This column is the one at " + papers::cell_name(last, *found.places[*column]) +
              " again.",
          "Giữ lại một cột, hoặc sửa tiêu đề.", "Keep one of them, or mend its heading."));
    } else {
      found.places[*column] = at;
    }
  }
  return found;
}

bool goes_on_below(const Sheet& sheet, std::size_t row) {
  return std::ranges::any_of(sheet.merged, [&](const papers::CellRange& range) {
    return range.first_row == row && range.last_row == row + 1;
  });
}

}  // namespace

std::optional<std::size_t> column_called(const Form& form, std::string_view heading) {
  const auto wanted = bare(heading);
  if (wanted.empty() && heading.find('%') != std::string_view::npos) {
    for (std::size_t i = 0; i < form.columns.size(); ++i) {
      if (form.columns[i].kind == ColumnKind::kRate) return i;
    }
  }
  const auto& known = known_words(form);
  const auto found = known.find(wanted);
  if (found == known.end()) return std::nullopt;
  return found->second;
}

std::optional<Headings> find_headings(const Form& form, const Sheet& sheet) {
  const auto rows = std::min(sheet.rows.size(), kLookedAt);
  for (std::size_t row = 0; row < rows; ++row) {
    if (sheet.rows[row].cells.empty()) continue;
    if (row + 1 < sheet.rows.size() && goes_on_below(sheet, row)) {
      auto two = headings_in(form, sheet, row, row + 1);
      if (has_needed(form, two.places)) return two;
    }
    auto one = headings_in(form, sheet, row, row);
    if (has_needed(form, one.places)) return one;
  }
  return std::nullopt;
}

bool is_heading_again(const Form& form, const Sheet& sheet, std::size_t row, const Places& places) {
  bool has_any = false;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!places[i]) continue;
    const auto words = words_of(papers::cell_at(sheet, row, *places[i]));
    if (words.empty()) continue;
    if (column_called(form, words) != i) return false;
    has_any = true;
  }
  return has_any;
}

std::optional<Places> places_on_paper(const Form& form, const Sheet& sheet) {
  std::size_t width = 0;
  std::int64_t next = 1;
  bool is_numbered = true;
  for (const auto& row : sheet.rows) {
    if (row.cells.empty()) continue;
    width = std::max(width, row.cells.size());
    const auto first = words_of(row.cells.front());
    if (!first.empty()) is_numbered = is_numbered && first == std::to_string(next++);
  }
  is_numbered = is_numbered && next > 1;
  Places places(form.columns.size());
  std::size_t at = 0;
  for (std::size_t i = 0; i < form.columns.size(); ++i) {
    const auto& column = form.columns[i];
    if (!column.is_printed || (column.kind == ColumnKind::kNumber && !is_numbered)) continue;
    if (at < width) places[i] = at;
    ++at;
  }
  if (at < width || !has_needed(form, places)) return std::nullopt;
  return places;
}

}  // namespace bz::campaign
