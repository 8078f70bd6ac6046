// A CSV file as rows under named columns. Of this module only.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "papers/csv.h"

namespace bz::units {

class Table {
 public:
  // kMalformed when it is no CSV file, or empty.
  static Result<Table> read(std::string_view file);

  [[nodiscard]] bool has(std::string_view column) const { return columns_.contains(column); }
  // The first column whose name begins so; empty when there is none.
  [[nodiscard]] std::string_view beginning(std::string_view column) const;

  // Calls `take(row)` for every row that is not empty; its line, counted from 1, is row_number().
  template <class Take>
  void each(Take take) {
    for (at_ = 1; at_ < sheet_.rows.size(); ++at_) {
      if (!sheet_.rows[at_].cells.empty()) take();
    }
  }
  // Of the row at hand: as it stands in the file, empty when the column is not there.
  [[nodiscard]] const std::string& raw(std::string_view column) const;
  // The same in its normal form (vi::normal); empty when it has none.
  [[nodiscard]] std::string text(std::string_view column) const;
  [[nodiscard]] std::int64_t row_number() const { return static_cast<std::int64_t>(at_) + 1; }

 private:
  papers::Sheet sheet_;
  std::map<std::string, std::size_t, std::less<>> columns_;
  std::size_t at_ = 0;
};

}  // namespace bz::units
