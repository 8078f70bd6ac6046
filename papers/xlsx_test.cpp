#include "papers/xlsx.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "base/date.h"
#include "papers/book_test.h"
#include "papers/says.h"

namespace bz::papers {
namespace {

using Kind = Cell::Kind;

const Instant kMade{*day_from_text("2020-08-25")};

Sheet sheet_in(const Book& book) {
  const auto read = read_xlsx(book.file());
  EXPECT_TRUE(read) << read.error().what;
  return read ? read->sheets.at(0) : Sheet{};
}

std::string complaint(const Bytes& file) {
  const auto read = read_xlsx(file);
  if (read) return "read";
  EXPECT_EQ(read.error().code, Code::kMalformed);
  return two_languages(read.error()).english;
}

std::string damage(const std::string& how) {
  return "The .xlsx file is damaged or cut short (" + how +
         "): open it in Excel, save it again and send that.";
}

Cell cell(const Sheet& sheet, std::size_t row, std::size_t column) {
  return cell_at(sheet, row, column);
}

TEST(Xlsx, EveryKindOfCellIsRead) {
  Book book;
  book.strings =
      "<si><t>Phước Long</t></si><si><r><t>Bù </t></r><r><rPr><b/></rPr><t>Đốp</t></r>"
      "<rPh sb=\"0\" eb=\"1\"><t>x</t></rPh></si>";
  book.sheet_data =
      "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
      "<c r=\"C1\" t=\"inlineStr\"><is><t>Bình </t><r><t>Long</t></r></is></c>"
      "<c r=\"D1\" t=\"str\"><f>A1</f><v>Phước Long</v></c></row>"
      "<row r=\"2\"><c r=\"A2\"><v>68400</v></c><c r=\"B2\" t=\"n\"><v>6.7800000000000002</v></c>"
      "<c r=\"C2\" t=\"b\"><v>1</v></c><c r=\"D2\" t=\"e\"><v>#DIV/0!</v></c>"
      "<c r=\"E2\" t=\"s\"><v>0</v></c><c r=\"F2\"><f>A2*2</f><v>136800</v></c></row>";
  const auto sheet = sheet_in(book);
  EXPECT_EQ(sheet.name, "Biểu 1");
  EXPECT_EQ(cell(sheet, 0, 0), text_cell("Phước Long"));
  EXPECT_EQ(cell(sheet, 0, 1), text_cell("Bù Đốp"));
  EXPECT_EQ(cell(sheet, 0, 2), text_cell("Bình Long"));
  EXPECT_EQ(cell(sheet, 0, 3), (Cell{Kind::kText, false, true, false, "Phước Long"}));
  EXPECT_EQ(cell(sheet, 1, 0), number_cell(68400));
  EXPECT_EQ(cell(sheet, 1, 1), number_cell("6.78"));
  EXPECT_EQ(cell(sheet, 1, 2), (Cell{Kind::kBoolean, false, false, false, "TRUE"}));
  EXPECT_EQ(cell(sheet, 1, 3), (Cell{Kind::kError, false, false, false, "#DIV/0!"}));
  EXPECT_EQ(cell(sheet, 1, 5), (Cell{Kind::kNumber, false, true, false, "136800"}));
}

TEST(Xlsx, ANumberStoredAsTextStaysText) {
  Book book;
  book.strings = "<si><t>68.400</t></si>";
  book.sheet_data = "<row><c t=\"s\"><v>0</v></c></row>";
  EXPECT_EQ(cell(sheet_in(book), 0, 0), text_cell("68.400"));
}

TEST(Xlsx, AFormulaWhoseValueWasNeverSavedIsAnErrorNotAnEmptyCell) {
  Book book;
  book.sheet_data = "<row><c><f>SUM(B1:B9)</f></c><c t=\"str\"><f>\"\"</f><v></v></c></row>";
  const auto sheet = sheet_in(book);
  EXPECT_EQ(cell(sheet, 0, 0), (Cell{Kind::kError, false, true, false, ""}));
  EXPECT_EQ(cell(sheet, 0, 1), Cell{});
}

TEST(Xlsx, ANumberUnderADateFormatIsTheDateThatExcelShows) {
  Book book;
  book.formats =
      "<numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\"/>"
      "<numFmt numFmtId=\"165\" formatCode=\"0.00%\"/>";
  book.styles =
      "<xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/>"
      "<xf numFmtId=\"164\"/><xf numFmtId=\"165\"/>";
  book.sheet_data =
      "<row><c><v>44068</v></c><c s=\"1\"><v>44068</v></c>"
      "<c s=\"2\"><v>44068.666666666664</v></c><c s=\"3\"><v>44068</v></c>"
      "<c s=\"4\"><v>6.7799999999999999E-2</v></c><c s=\"1\"><v>-5</v></c>"
      "<c t=\"d\"><v>2020-08-25T16:00:00.000Z</v></c></row>";
  auto sheet = sheet_in(book);
  EXPECT_EQ(cell(sheet, 0, 0), number_cell(44068));
  EXPECT_EQ(cell(sheet, 0, 1), (Cell{Kind::kDate, false, false, false, "2020-08-25"}));
  EXPECT_EQ(cell(sheet, 0, 2), (Cell{Kind::kDate, false, false, false, "2020-08-25T16:00:00"}));
  EXPECT_EQ(cell(sheet, 0, 3), (Cell{Kind::kDate, false, false, false, "2020-08-25"}));
  EXPECT_EQ(cell(sheet, 0, 4), (Cell{Kind::kNumber, true, false, false, "0.0678"}));
  EXPECT_EQ(cell(sheet, 0, 5), number_cell(-5));  // Excel shows ######
  EXPECT_EQ(cell(sheet, 0, 6), (Cell{Kind::kDate, false, false, false, "2020-08-25T16:00:00"}));

  book.workbook_properties = "<workbookPr date1904=\"1\"/>";
  EXPECT_EQ(cell(sheet_in(book), 0, 1).text, "2024-08-26");  // 1,462 days later
}

TEST(Xlsx, OfMergedCellsTheFirstHasTheValueAndTheOthersAreCovered) {
  Book book;
  book.strings = "<si><t>Thị xã</t></si><si><t>dưới</t></si>";
  book.sheet_data =
      "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>"
      "<row r=\"2\"><c r=\"B2\" t=\"s\"><v>1</v></c><c r=\"C2\"><v>1</v></c></row>";
  book.after_data = "<mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells>";
  const auto sheet = sheet_in(book);
  EXPECT_EQ(sheet.merged, (std::vector<CellRange>{{0, 0, 1, 1}}));
  EXPECT_EQ(cell(sheet, 0, 0), text_cell("Thị xã"));
  EXPECT_TRUE(cell(sheet, 0, 1).covered);
  EXPECT_TRUE(cell(sheet, 1, 0).covered);
  EXPECT_EQ(cell(sheet, 1, 1), (Cell{Kind::kEmpty, false, false, true, ""}));  // nobody sees it
  EXPECT_EQ(cell(sheet, 1, 2), number_cell(1));

  book.after_data = "<mergeCells><mergeCell ref=\"A1:B2\"/><mergeCell ref=\"B2:C3\"/></mergeCells>";
  EXPECT_EQ(complaint(book.file()), damage("merged cells that overlap"));
}

TEST(Xlsx, HiddenRowsAndEmptyRowsInBetweenAreKeptAndTold) {
  Book book;
  book.sheet_data =
      "<row r=\"2\" hidden=\"1\"><c r=\"B2\"><v>1</v></c></row>"
      "<row r=\"4\"><c r=\"A4\"><v>2</v></c></row><row r=\"9\"><c r=\"A9\" s=\"1\"/></row>";
  const auto sheet = sheet_in(book);
  ASSERT_EQ(sheet.rows.size(), 4U);
  EXPECT_TRUE(sheet.rows[0].cells.empty());
  EXPECT_TRUE(sheet.rows[1].hidden);
  EXPECT_FALSE(sheet.rows[3].hidden);
  EXPECT_EQ(cell(sheet, 1, 1), number_cell(1));
}

TEST(Xlsx, SheetsComeInTheOrderOfTheirTabsAndChartsAreLeftOut) {
  Book book;
  book.others["xl/workbook.xml"] =
      "<workbook><sheets><sheet name=\"Hai\" id=\"b\"/><sheet name=\"Hình\" id=\"c\"/>"
      "<sheet name=\"Một\" id=\"a\" state=\"hidden\"/></sheets></workbook>";
  book.others["xl/_rels/workbook.xml.rels"] =
      "<Relationships><Relationship Id=\"a\" Type=\"/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
      "<Relationship Id=\"b\" Type=\"/worksheet\" Target=\"/XL/./Worksheets/Sheet1.xml\"/>"
      "<Relationship Id=\"c\" Type=\"/chartsheet\" Target=\"chart.xml\"/></Relationships>";
  const auto read = read_xlsx(book.file());
  ASSERT_TRUE(read) << read.error().what;
  ASSERT_EQ(read->sheets.size(), 2U);
  EXPECT_EQ(read->sheets[0].name, "Hai");
  EXPECT_EQ(read->sheets[1].name, "Một");
  EXPECT_TRUE(read->sheets[1].hidden);
}

TEST(Xlsx, EscapedCharactersComeBack) {
  Book book;
  book.strings = "<si><t>a_x000D_b_x005F_x0041__x12_xD800_</t></si>";
  book.sheet_data = "<row><c t=\"s\"><v>0</v></c></row>";
  EXPECT_EQ(cell(sheet_in(book), 0, 0), text_cell("a\rb_x0041__x12_xD800_"));
}

TEST(Xlsx, AFileOfAnotherKindIsRefusedWithWhatToDo) {
  const std::string old = std::string("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) + "rest";
  const auto bytes = as_bytes(old);
  EXPECT_EQ(complaint({bytes.begin(), bytes.end()}),
            "The file is an old Excel file (.xls) or has a password: take the password off, save "
            "it as .xlsx and send that.");
  EXPECT_EQ(complaint({'M', 0xC3, 0xA3, ','}),
            "The file is no .xlsx: save it as .xlsx or .csv and send that.");
  EXPECT_EQ(complaint({}), "The file is no .xlsx: save it as .xlsx or .csv and send that.");
  Book book;
  book.others["_rels/.rels"] =
      "<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" "
      "Target=\"xl/workbook.bin\"/></Relationships>";
  EXPECT_EQ(complaint(book.file()), "The file is Excel's .xlsb: save it as .xlsx and send that.");
}

TEST(Xlsx, AFileThatIsCutShortIsRefusedWhereverItIsCut) {
  Book book;
  book.sheet_data = "<row><c><v>1</v></c></row>";
  const auto whole = book.file();
  ASSERT_EQ(complaint(whole), "read");
  for (std::size_t size = 2; size < whole.size(); ++size) {
    const auto said = complaint({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    EXPECT_TRUE(said.starts_with("The .xlsx file is damaged or cut short")) << size << said;
  }
}

TEST(Xlsx, AFlippedByteIsFoundByTheChecksum) {
  Book book;
  book.sheet_data = "<row><c><v>1234567</v></c></row>";
  auto file = zip_of(book.parts(), false);
  const std::string_view number = "1234567";
  const auto at = std::search(file.begin(), file.end(), number.begin(), number.end());
  ASSERT_NE(at, file.end());
  *at = '9';
  EXPECT_EQ(complaint(file),
            damage("package: a part cannot be unpacked or its checksum does not hold"));
}

TEST(Xlsx, EntitiesAreRefused) {
  Book book;
  book.others["xl/sharedStrings.xml"] =
      "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">]>\n<sst><si><t>&a;</t></si></sst>";
  EXPECT_EQ(complaint(book.file()), damage("XML, line 1: a document type declaration"));
}

TEST(Xlsx, NestingHasABound) {
  Book book;
  std::string open;
  std::string close;
  for (int i = 0; i < 62; ++i) {  // under worksheet and sheetData
    open += "<x>";
    close += "</x>";
  }
  book.sheet_data = open + close;
  EXPECT_EQ(complaint(book.file()), "read");
  book.sheet_data = "<x>" + open + close + "</x>";
  EXPECT_EQ(complaint(book.file()), damage("XML, line 1: nested too deep"));
}

TEST(Xlsx, ABombDoesNotUnpack) {
  Book book;
  book.sheet_data = std::string(51'000'000, ' ');
  const auto bomb = book.file();
  EXPECT_LT(bomb.size(), 100'000U);
  EXPECT_EQ(complaint(bomb), damage("package: unpacks too far"));
  // Below the ratio but over the size: 60 MB of noise in 4 MB would be needed; many parts do it
  // too.
  Parts parts = Book{}.parts();
  std::string tabs;
  std::string relations;
  for (int i = 0; i < 13; ++i) {
    const auto n = std::to_string(i);
    tabs += "<sheet name=\"s" + n + "\" id=\"r" + n + "\"/>";
    relations += "<Relationship Id=\"r" + n + "\" Type=\"/worksheet\" Target=\"s" + n + ".xml\"/>";
    parts.emplace_back("xl/s" + n + ".xml",
                       "<worksheet>" + std::string(4'900'000, ' ') + "</worksheet>");
  }
  parts[1].second = "<workbook><sheets>" + tabs + "</sheets></workbook>";
  parts[2].second = "<Relationships>" + relations + "</Relationships>";
  EXPECT_EQ(complaint(zip_of(parts)), damage("package: unpacks to over 50 MB"));
}

TEST(Xlsx, RowsColumnsCellsAndTextHaveBounds) {
  const auto at = [](const std::string& row, const std::string& name) {
    Book book;
    book.sheet_data = "<row r=\"" + row + "\"><c r=\"" + name + "\"><v>1</v></c></row>";
    return complaint(book.file());
  };
  EXPECT_EQ(at("100000", "A100000"), "read");
  EXPECT_EQ(at("100001", "A100001"), "Cell A100001: over 100,000 rows: split the file.");
  EXPECT_EQ(at("1", "IV1"), "read");
  EXPECT_EQ(at("1", "IW1"), "Cell IW1: over 256 columns: remove those that are not needed.");
  EXPECT_EQ(at("1", "B2"), damage("a cell's name"));
  EXPECT_EQ(at("0", "A0"), damage("a row's number"));
  EXPECT_EQ(at("1", "ABCDEFGHIJKLMNOPQRSTUVWXYZ1"), damage("a cell's name"));

  Book wide;
  for (int row = 0; row < 4'000; ++row)
    wide.sheet_data += "<row><c r=\"IV" + std::to_string(row + 1) + "\"><v>1</v></c></row>";
  EXPECT_EQ(complaint(wide.file()),
            "The file has over 1,000,000 cells or 50 MB of text: split it.");

  Book again;  // one text of 32,767 characters, 2,000 times: 65 MB
  again.strings = "<si><t>" + std::string(32'767, 'a') + "</t></si>";
  for (int row = 0; row < 2'000; ++row) again.sheet_data += "<row><c t=\"s\"><v>0</v></c></row>";
  EXPECT_EQ(complaint(again.file()),
            "The file has over 1,000,000 cells or 50 MB of text: split it.");

  Book longer;
  longer.strings = "<si><t>" + std::string(32'768, 'a') + "</t></si>";
  longer.sheet_data = "<row><c t=\"s\"><v>0</v></c></row>";
  EXPECT_EQ(complaint(longer.file()), "Cell A1: text over 32,767 characters: shorten it.");
}

TEST(Xlsx, TwoPartsOfOneNameAreRefused) {
  auto parts = Book{}.parts();
  parts.emplace_back("XL/worksheets/sheet1.xml", "<worksheet/>");
  EXPECT_EQ(complaint(zip_of(parts)), damage("package: two parts of one name"));
}

TEST(Xlsx, WhatPointsNowhereIsDamage) {
  Book book;
  book.sheet_data = "<row><c t=\"s\"><v>7</v></c></row>";
  EXPECT_EQ(complaint(book.file()), damage("a shared string that is not there"));
  book.sheet_data = "<row><c t=\"x\"><v>7</v></c></row>";
  EXPECT_EQ(complaint(book.file()), damage("an unknown type of cell"));
  book.sheet_data = "<row><c><v>7,5</v></c></row>";
  EXPECT_EQ(complaint(book.file()),
            "Cell A1: the number stored is damaged: type it again and save.");
  book.sheet_data = "<row>";
  EXPECT_EQ(complaint(book.file()), damage("XML, line 1: mismatched tag"));
  Book none;
  none.others["xl/workbook.xml"] = "<workbook/>";
  EXPECT_EQ(complaint(none.file()), damage("no sheet in it"));
  Book lost;
  lost.others["xl/workbook.xml"] =
      "<workbook><sheets><sheet name=\"a\" id=\"x\"/></sheets></workbook>";
  EXPECT_EQ(complaint(lost.file()), damage("package: no such part"));
}

TEST(Xlsx, TheSameSheetsAndMomentGiveTheSameBytes) {
  const Workbook book{{{"Một", false, {{false, {text_cell("a"), number_cell(1)}}}, {}}}};
  const auto one = write_xlsx(book, kMade);
  const auto two = write_xlsx(book, kMade);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(*one, *two);
  EXPECT_NE(*write_xlsx(book, kMade + std::chrono::hours{1}), *one);
}

Workbook some_workbook() {
  const auto text = rc::gen::oneOf(
      rc::gen::element<std::string>("Phước Long", "=1+1", "http://a.vn", "68.400", "_x0041_",
                                    "a\r\nb", "\x01", " hai ", "<&>\"'", "{=1}"),
      rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127)));
  const auto one = rc::gen::exec([text] {
    switch (*rc::gen::inRange(0, 6)) {
      case 0: return text_cell(*text);
      case 1: return number_cell(*rc::gen::inRange<std::int64_t>(-999'999, 999'999'999));
      case 2: return number_cell(std::to_string(*rc::gen::inRange(0, 1000)) + ".25");
      case 3: return Cell{Kind::kDate, false, false, false, "2020-08-25"};
      case 4: return Cell{Kind::kBoolean, false, false, false, "FALSE"};
      default: return Cell{Kind::kNumber, true, false, false, "0.0678"};
    }
  });
  Workbook book;
  const auto sheets = *rc::gen::inRange(1, 4);
  for (int i = 0; i < sheets; ++i) {
    auto& sheet = book.sheets.emplace_back();
    sheet.name = "Biểu " + std::to_string(i);
    const auto rows = *rc::gen::container<std::vector<std::vector<Cell>>>(
        rc::gen::container<std::vector<Cell>>(one));
    for (const auto& cells : rows) sheet.rows.push_back({false, cells});
    trim(sheet);
  }
  return book;
}

// Every cell with its kind, so that a failure shows what came back as something else.
std::vector<std::string> told(const Workbook& book) {
  std::vector<std::string> all;
  for (const auto& sheet : book.sheets) {
    all.push_back(sheet.name);
    for (const auto& row : sheet.rows) {
      all.emplace_back("row");
      for (const auto& cell : row.cells) {
        all.push_back(std::to_string(static_cast<int>(cell.kind)) + (cell.percent ? " % " : " ") +
                      cell.text);
      }
    }
  }
  return all;
}

TEST(Xlsx, WhatIsWrittenIsReadAsTheSame) {
  EXPECT_TRUE(rc::check([] {
    const auto book = some_workbook();
    const auto file = write_xlsx(book, kMade);
    RC_ASSERT(file.has_value());
    const auto again = read_xlsx(*file);
    RC_ASSERT(again.has_value());
    RC_ASSERT(told(*again) == told(book));
    RC_ASSERT(*again == book);
  }));
}

TEST(Xlsx, AFormForAnOfficialIsReadBackAsItWasWritten) {
  SheetToWrite form;
  form.name = "Biểu mẫu số 1";
  form.rows = {
      {{text_cell("BÁO CÁO"), {.bold = true, .centred = true}}},
      {{text_cell("Mã"), {.bold = true, .boxed = true}},
       {text_cell("Đã cài"), {.bold = true, .boxed = true}}},
      {{text_cell("688"), {.boxed = true}}, {{}, {.boxed = true, .open = true, .grouped = true}}},
      {{text_cell("689"), {.boxed = true}},
       {number_cell(9210), {.boxed = true, .open = true, .grouped = true}}}};
  form.merged = {{0, 0, 0, 1}};
  form.column_widths = {8, 20};
  form.header_rows = 2;
  form.locked = true;
  const auto file = write_xlsx(std::vector{form}, kMade);
  ASSERT_TRUE(file) << file.error().what;
  const auto again = read_xlsx(*file);
  ASSERT_TRUE(again) << again.error().what;
  const auto& sheet = again->sheets[0];
  EXPECT_EQ(sheet.merged, form.merged);
  EXPECT_EQ(cell(sheet, 0, 0), text_cell("BÁO CÁO"));
  EXPECT_TRUE(cell(sheet, 0, 1).covered);
  EXPECT_EQ(cell(sheet, 2, 1), Cell{});
  EXPECT_EQ(cell(sheet, 3, 1), number_cell(9210));
}

TEST(Xlsx, WhatExcelWouldNotTakeIsNotWritten) {
  const auto said = [](const SheetToWrite& sheet) {
    const auto file = write_xlsx(std::vector{sheet}, kMade);
    return file ? "written" : file.error().what;
  };
  const std::string name = "xlsx: a sheet's name has 1 to 31 characters, none of []:*?/\\";
  EXPECT_EQ(said({.name = ""}), name);
  EXPECT_EQ(said({.name = "a/b"}), name);
  EXPECT_EQ(said({.name = std::string(32, 'a')}), name);
  EXPECT_EQ(said({.name = "Ngày 25-8"}), "written");
  EXPECT_EQ(said({.name = "a", .rows = {{{number_cell("1234567890123456"), {}}}}}),
            "xlsx: A1 is no number of at most 15 digits");
  EXPECT_EQ(
      said({.name = "a", .rows = {{{}, {Cell{Kind::kDate, false, false, false, "25/8"}, {}}}}}),
      "xlsx: B1 is no date from 1900 to 9999");
  EXPECT_EQ(said({.name = "a", .rows = {{{text_cell(std::string(32'768, 'a')), {}}}}}),
            "xlsx: A1 is no text that a cell can have");
  EXPECT_EQ(said({.name = "a", .merged = {{0, 0, 1, 1}, {1, 1, 2, 2}}}),
            "xlsx: merged ranges that overlap");
  EXPECT_EQ(said({.name = "a", .merged = {{0, 0, 0, 0}}}), "xlsx: a merged range of one cell");
  EXPECT_EQ(write_xlsx(std::vector<SheetToWrite>{{.name = "a"}, {.name = "A"}}, kMade).error().what,
            "xlsx: two sheets of one name");
  EXPECT_FALSE(write_xlsx(Workbook{}, kMade));
}

}  // namespace
}  // namespace bz::papers
