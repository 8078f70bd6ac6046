// A workbook that is read must, written again, be read as the same. Chance seldom makes a zip
// archive, so beside the bytes as they are, their XML is tried: "\n--\n" parts a sheet, shared
// strings, styles and the workbook, which are packed into one.
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "papers/xlsx.h"
#include "wire/zip_file.h"

namespace {

using bz::papers::Cell;

void must(bool holds) {
  if (!holds) std::abort();
}

// What writing cannot give back, taken off.
bz::papers::Workbook plain(bz::papers::Workbook book) {
  int number = 0;
  for (auto& sheet : book.sheets) {
    sheet.name = std::to_string(++number);
    sheet.hidden = false;
    for (auto& row : sheet.rows) {
      row.hidden = false;
      for (auto& cell : row.cells) {
        cell.computed = false;
        if (cell.kind == Cell::Kind::kError)
          cell.kind = cell.text.empty() ? Cell::Kind::kEmpty : Cell::Kind::kText;
      }
    }
    trim(sheet);
  }
  return book;
}

void try_file(bz::ByteView file) {
  const auto book = bz::papers::read_xlsx(file);
  if (!book) return;
  const auto expected = plain(*book);
  const auto written = bz::papers::write_xlsx(expected, bz::from_ms(1'598'345'880'000));
  must(written.has_value());
  const auto again = bz::papers::read_xlsx(*written);
  must(again.has_value() && *again == expected);
}

std::string_view next_part(std::string_view& rest) {
  constexpr std::string_view kBetween = "\n--\n";
  const auto end = rest.find(kBetween);
  const auto part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + kBetween.size());
  return part;
}

void try_parts(std::string_view text) {
  const auto sheet = next_part(text);
  const auto strings = next_part(text);
  const auto styles = next_part(text);
  const auto properties = next_part(text);
  const std::string workbook = "<workbook>" + std::string(properties) +
                               "<sheets><sheet name=\"a\" id=\"1\"/></sheets></workbook>";
  constexpr std::string_view kTop =
      "<Relationships><Relationship Id=\"1\" Type=\"/officeDocument\" "
      "Target=\"b\"/></Relationships>";
  constexpr std::string_view kRelations =
      "<Relationships><Relationship Id=\"1\" Type=\"/worksheet\" Target=\"s\"/>"
      "<Relationship Id=\"2\" Type=\"/sharedStrings\" Target=\"t\"/>"
      "<Relationship Id=\"3\" Type=\"/styles\" Target=\"f\"/></Relationships>";
  const std::array<bz::wire::ZipEntry, 6> entries{{{"_rels/.rels", bz::as_bytes(kTop)},
                                                   {"b", bz::as_bytes(workbook)},
                                                   {"_rels/b.rels", bz::as_bytes(kRelations)},
                                                   {"s", bz::as_bytes(sheet)},
                                                   {"t", bz::as_bytes(strings)},
                                                   {"f", bz::as_bytes(styles)}}};
  const auto file = bz::wire::write_zip(entries);
  must(file.has_value());
  try_file(*file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try_file({data, size});
  try_parts(bz::as_text({data, size}));
  return 0;
}
