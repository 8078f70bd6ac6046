// A file from a body, as CSV, XLSX or pasted text: whatever the bytes, it is read into lines of the
// form with places that a person can find, or into faults that say what to do; a line's counts are
// whole numbers, and a unit stands once.
#include <cstdlib>
#include <set>

#include "campaign/entry.h"
#include "campaign/entry_cells.h"
#include "vi/text.h"

namespace {

using namespace bz::campaign;

void must(bool holds) {
  if (!holds) std::abort();
}

// Two districts of one name, and one of its own.
bz::Result<Named> who(std::string_view words) {
  const FormRow town{"851@2020-06-01", "851", "Thị xã Duyên Hải"};
  const FormRow district{"850@2020-06-01", "850", "Huyện Duyên Hải"};
  const FormRow other{"844@2020-06-01", "844", "Huyện Càng Long"};
  const auto folded = bz::vi::fold(words);
  if (folded == "duyen hai") return Named{false, {district, town}};
  for (const auto& row : {town, district, other}) {
    if (folded == bz::vi::fold(row.name) || words == row.code) return Named{true, {row}};
  }
  return Named{};
}

void look_at(const bz::Result<Entry>& read, const Form& form) {
  must(read.has_value());
  const auto& entry = *read;
  must(entry.faults.size() <= kMostFaults + 1);
  must(!entry.is_clean() || entry.nothing != !entry.lines.empty());
  for (const auto& fault : entry.faults) must(!fault.says.empty() && !fault.says_en.empty());
  std::set<std::string> subjects;
  for (const auto& line : entry.lines) {
    must(subjects.insert(line.subject).second);
    for (const auto& value : line.values) {
      const auto* column = find_column(form, value.column);
      must(column != nullptr && !value.cell.empty());
      if (column->kind == ColumnKind::kCount) must(value.number && *value.number >= 0);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto& form : forms()) {
    const bz::Day day{std::chrono::days{18'499}};
    const SheetReading reading{form, "Tỉnh Trà Vinh", day, false, who};
    look_at(read_bytes({data, size}, reading), form);
    look_at(read_text(bz::as_text({data, size}), reading), form);
  }
  return 0;
}
