#include "papers/csv.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "papers/says.h"

namespace bz::papers {
namespace {

using Texts = std::vector<std::vector<std::string>>;

Texts texts_of(const Sheet& sheet) {
  Texts rows;
  for (const auto& row : sheet.rows) {
    auto& cells = rows.emplace_back();
    for (const auto& cell : row.cells) cells.push_back(cell.text);
  }
  return rows;
}

Sheet sheet_of(const Texts& rows) {
  Sheet sheet;
  for (const auto& row : rows) {
    auto& cells = sheet.rows.emplace_back().cells;
    for (const auto& text : row) cells.push_back(text_cell(text));
  }
  trim(sheet);
  return sheet;
}

Texts read(std::string_view text) {
  const auto csv = read_csv(as_bytes(text));
  EXPECT_TRUE(csv) << csv.error().what;
  return csv ? texts_of(csv->sheet) : Texts{};
}

char separator_of(std::string_view text) {
  const auto csv = read_csv(as_bytes(text));
  return csv ? csv->separator : '\0';
}

std::string complaint(std::string_view text) {
  const auto csv = read_csv(as_bytes(text));
  if (csv) return "read";
  EXPECT_EQ(csv.error().code, Code::kMalformed);
  return two_languages(csv.error()).english;
}

std::string written(const Texts& rows) {
  const auto bytes = write_csv(sheet_of(rows));
  return std::string(as_text(bytes));
}

TEST(Csv, RowsColumnsAndQuotesAreReadAsRfc4180HasThem) {
  EXPECT_EQ(read("Mã,Tên\r\n688,\"Phước Long, \"\"thị xã\"\"\"\r\n"),
            (Texts{{"Mã", "Tên"}, {"688", "Phước Long, \"thị xã\""}}));
  EXPECT_EQ(read("a,\"hai\r\ndòng\""), (Texts{{"a", "hai\r\ndòng"}}));
}

TEST(Csv, ALineEndsByAnySystemsLineEnd) {
  const Texts both{{"a"}, {"b"}};
  EXPECT_EQ(read("a\nb\n"), both);
  EXPECT_EQ(read("a\r\nb"), both);
  EXPECT_EQ(read("a\rb\r"), both);
}

TEST(Csv, EmptyLinesStaySoThatPlacesAgreeWithWhatAPersonSees) {
  EXPECT_EQ(read("a\n\n\nb,,\n\n,\n"), (Texts{{"a"}, {}, {}, {"b"}}));
  EXPECT_EQ(read(""), Texts{});
}

TEST(Csv, TheSeparatorIsFoundAndTold) {
  EXPECT_EQ(separator_of("Mã,Tên\n688,Phước Long\n"), ',');
  // Every line has one ';', two have a comma.
  EXPECT_EQ(separator_of("Mã;Tỷ lệ\n688;6,78\n689;7,10\n"), ';');
  EXPECT_EQ(separator_of("Mã\tTên, loại\n688\tPhước Long; thị xã\n"), '\t');
  EXPECT_EQ(separator_of("a,\"b;c\"\n1,\"2;3\"\n"), ',');
  // A title above the table has none of either.
  EXPECT_EQ(separator_of("BIỂU MẪU SỐ 1\n\nMã;Tên\n688;Phước Long\n"), ';');
  EXPECT_EQ(separator_of("một cột\n"), ',');
}

TEST(Csv, AFirstLineThatNamesTheSeparatorIsBelievedAndIsNoRow) {
  EXPECT_EQ(separator_of("sep=;\r\na,b;c\r\n"), ';');
  EXPECT_EQ(read("sep=;\r\na,b;c\r\n"), (Texts{{"a,b", "c"}}));
}

TEST(Csv, Utf8AndExcelsUnicodeTextAreReadAndTold) {
  const auto marked = read_csv(as_bytes("\xEF\xBB\xBFTên\n"));
  ASSERT_TRUE(marked);
  EXPECT_EQ(marked->encoding, CsvFile::Encoding::kUtf8Bom);
  EXPECT_EQ(texts_of(marked->sheet), (Texts{{"Tên"}}));

  // FF FE, then "ế" U+1EBF, tab, "𝒜" U+1D49C as D835 DC9C, each unit's low byte first.
  const std::string unicode("\xFF\xFE\xBF\x1E\x09\x00\x35\xD8\x9C\xDC", 10);
  const auto wide = read_csv(as_bytes(unicode));
  ASSERT_TRUE(wide);
  EXPECT_EQ(wide->encoding, CsvFile::Encoding::kUtf16);
  EXPECT_EQ(wide->separator, '\t');
  EXPECT_EQ(texts_of(wide->sheet), (Texts{{"ế", "𝒜"}}));
}

TEST(Csv, AnotherEncodingIsRefusedWithWhatToDo) {
  const std::string say =
      "The file is not UTF-8 text: in Excel choose Save As, type \"CSV UTF-8\".";
  EXPECT_EQ(complaint("T\xEAn\n"), say);  // "Tên" in windows-1258
  EXPECT_EQ(complaint(std::string_view("a\0b", 3)), say);
  // Half a unit, and half of a pair.
  const std::string cut =
      "The UTF-16 file is damaged or cut short: save it again as \"CSV UTF-8\".";
  EXPECT_EQ(complaint("\xFF\xFE\x41"), cut);
  EXPECT_EQ(complaint(std::string_view("\xFF\xFE\x35\xD8", 4)), cut);
  const auto csv = read_csv(as_bytes("T\xEAn\n"));
  EXPECT_EQ(two_languages(csv.error()).vietnamese,
            "Tệp không phải là chữ UTF-8. Trong Excel hãy chọn Lưu thành, kiểu “CSV UTF-8”.");
}

TEST(Csv, ABrokenQuoteNamesItsCell) {
  EXPECT_EQ(complaint("a,b\n1,\"2\n3,4\n"),
            "Cell B2: a quote is opened and never closed: close or remove it.");
  EXPECT_EQ(complaint("a\n\"1\"2\n"),
            "Cell A2: text stands behind a closed quote: write a quote inside a text twice.");
  // Inside a text that does not begin with one, a quote is a sign like another.
  EXPECT_EQ(read("màn 5\" to\n"), (Texts{{"màn 5\" to"}}));
}

TEST(Csv, WhatIsTooLargeIsRefused) {
  EXPECT_EQ(complaint(std::string(5'000'001, 'a')), "The file is over 5 MB: split it.");
  EXPECT_EQ(complaint(std::string(100'001, '\n')), "The file has over 100,000 rows: split it.");
  EXPECT_EQ(complaint("a\n" + std::string(256, ',')),
            "Cell IW2: over 256 columns: remove those that are not needed.");
  EXPECT_EQ(read("a\n" + std::string(255, ',') + "z")[1].size(), 256U);
  EXPECT_EQ(complaint("a," + std::string(32'768, 'a')),
            "Cell B1: text over 32,767 characters: shorten it.");
  EXPECT_EQ(read("a," + std::string(32'767, 'a')).size(), 1U);
}

TEST(Csv, IsWrittenAsExcelOpensItByADoubleClick) {
  EXPECT_EQ(written({{"Mã", "Tên"}, {"688", "a,b"}, {}, {"\"", "hai\ndòng"}}),
            "\xEF\xBB\xBFMã,Tên\r\n688,\"a,b\"\r\n\r\n\"\"\"\",\"hai\ndòng\"\r\n");
}

TEST(Csv, ATextThatExcelWouldRunIsGuardedAndANumberIsNot) {
  Sheet sheet = sheet_of({{"=1+1", "+84", "-", "@a", "'=x", "'a", "a=b"}});
  sheet.rows[0].cells.push_back(number_cell("-5"));
  EXPECT_EQ(as_text(write_csv(sheet)), "\xEF\xBB\xBF'=1+1,'+84,'-,'@a,''=x,'a,a=b,-5\r\n");
  EXPECT_EQ(read("'=1+1,''=x,'a\n"), (Texts{{"=1+1", "'=x", "'a"}}));
}

TEST(Csv, WhatIsWrittenIsReadAsTheSameTexts) {
  EXPECT_TRUE(rc::check([] {
    const auto cell =
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab,;\t\"'=+-@\r\n ")));
    const auto rows =
        *rc::gen::container<Texts>(rc::gen::container<std::vector<std::string>>(cell));
    const auto sheet = sheet_of(rows);
    const auto again = read_csv(write_csv(sheet));
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->separator == ',');
    RC_ASSERT(texts_of(again->sheet) == texts_of(sheet));
  }));
}

TEST(Csv, NoPartOfATextIsRunWhereASpreadsheetPartsAtSemicolonsOrTabs) {
  EXPECT_EQ(written({{"2", ";=1+1;"}}),
            "\xEF\xBB\xBF"
            "2,\";'=1+1;\"\r\n");
  EXPECT_EQ(written({{"a\t@b", "c\n-d", ";\"=e"}}),
            "\xEF\xBB\xBF\"a\t'@b\",\"c\n'-d\",\";'\"\"=e\"\r\n");
  for (const auto* text : {";=1+1;", ";'=1", "a\t\t=b", "\n=", ";\"=x", "';'='", "a;b"})
    EXPECT_EQ(read(written({{"2", text}})), (Texts{{"2", text}})) << text;
}

TEST(Csv, WhereverACellMayBeginNoSignOfAFormulaStands) {
  EXPECT_TRUE(rc::check([] {
    const auto letters =
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("=+-@a;\t\n\r\"', ")));
    const auto texts = *rc::gen::container<std::vector<std::string>>(letters);
    const auto out = written({texts});
    for (std::size_t at = 3; at < out.size(); ++at) {
      if (at > 3 && std::string_view(";\t\r\n").find(out[at - 1]) == std::string_view::npos)
        continue;
      const auto first = out.find_first_not_of('"', at);
      if (first == std::string::npos) continue;
      RC_ASSERT(std::string_view("=+-@").find(out[first]) == std::string_view::npos);
    }
    RC_ASSERT(read(out) == texts_of(sheet_of({texts})));
  }));
}

TEST(Sheet, CellsAreNamedAsPeopleNameThem) {
  EXPECT_EQ(cell_name(0, 0), "A1");
  EXPECT_EQ(cell_name(6, 1), "B7");
  EXPECT_EQ(cell_name(99, 25), "Z100");
  EXPECT_EQ(cell_name(0, 26), "AA1");
  EXPECT_EQ(cell_name(0, 255), "IV1");
  EXPECT_EQ(cell_name(0, 702), "AAA1");
}

TEST(Sheet, ACellThatIsNotThereIsEmpty) {
  const auto sheet = sheet_of({{"a"}});
  EXPECT_EQ(cell_at(sheet, 0, 0).text, "a");
  EXPECT_EQ(cell_at(sheet, 0, 1).kind, Cell::Kind::kEmpty);
  EXPECT_EQ(cell_at(sheet, 9, 0).kind, Cell::Kind::kEmpty);
}

}  // namespace
}  // namespace bz::papers
