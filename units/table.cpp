#include "units/table.h"

#include "papers/says.h"
#include "vi/text.h"

namespace bz::units {

Result<Table> Table::read(std::string_view file) {
  auto csv = papers::read_csv(as_bytes(file));
  if (!csv) return csv.error();
  Table table;
  table.sheet_ = std::move(csv->sheet);
  if (table.sheet_.rows.empty()) {
    return papers::says(Code::kMalformed, "Tệp trống.", "The file is empty.");
  }
  const auto& header = table.sheet_.rows.front().cells;
  for (std::size_t i = 0; i < header.size(); ++i) {
    table.columns_.emplace(vi::normal(header[i].text).value_or(""), i);
  }
  return table;
}

std::string_view Table::beginning(std::string_view column) const {
  const auto found = columns_.lower_bound(column);
  if (found == columns_.end() || !found->first.starts_with(column)) return {};
  return found->first;
}

const std::string& Table::raw(std::string_view column) const {
  static const std::string kNothing;
  const auto found = columns_.find(column);
  if (found == columns_.end()) return kNothing;
  return papers::cell_at(sheet_, at_, found->second).text;
}

std::string Table::text(std::string_view column) const {
  return vi::normal(raw(column)).value_or("");
}

}  // namespace bz::units
