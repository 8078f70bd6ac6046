#include "campaign/entry.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "campaign/entry_cells.h"
#include "campaign/reports_here.h"
#include "campaign/templates.h"
#include "papers/csv.h"
#include "papers/xlsx.h"
#include "vi/number.h"

namespace bz::campaign {
namespace {

using papers::Cell;
using papers::number_cell;
using papers::text_cell;

// One store of each kind for all: entry only reads.
class EntryTest : public testing::TestWithParam<Backend> {
 protected:
  static void TearDownTestSuite() { stores().clear(); }
  static std::map<Backend, std::unique_ptr<ReportsHere>>& stores() {
    static std::map<Backend, std::unique_ptr<ReportsHere>> all;
    return all;
  }
  static ReportsHere& here() {
    auto& one = stores()[GetParam()];
    if (one) return *one;
    one = std::make_unique<ReportsHere>(GetParam());
    one->write([](Sql& sql) -> Result<int> {
      for (const auto* code : {"80", "84"}) {
        const auto done = put_body(sql, {"viettel-" + std::string(code),
                                         "operator",
                                         "Viettel " + std::string(code),
                                         {},
                                         "",
                                         std::string(code) + "@2020-06-01",
                                         {}});
        if (!done) return done.error();
      }
      return 0;
    });
    return *one;
  }

  static EntryQuestion question(std::string body = "viettel-70", std::string form = "bm1") {
    return {std::move(body), std::move(form), august(25)};
  }
  static Entry pasted(std::string_view text, const EntryQuestion& of = question()) {
    return here().read([&](Sql& sql) { return read_entry_pasted(sql, of, text); });
  }
  static Entry file(ByteView bytes, const EntryQuestion& of = question()) {
    return here().read([&](Sql& sql) { return read_entry_file(sql, of, bytes); });
  }
  static Entry csv(std::string_view text, const EntryQuestion& of = question()) {
    return file(as_bytes(text), of);
  }
  // One sheet of an Excel file.
  static Entry book(std::vector<std::vector<Cell>> rows, std::vector<papers::CellRange> merged = {},
                    const EntryQuestion& of = question()) {
    papers::Workbook workbook;
    auto& sheet = workbook.sheets.emplace_back();
    sheet.name = "Biểu";
    for (auto& row : rows) sheet.rows.push_back({false, std::move(row)});
    sheet.merged = std::move(merged);
    const auto bytes = papers::write_xlsx(workbook, moment(25, 15));
    EXPECT_TRUE(bytes) << bytes.error().what;
    return bytes ? file(*bytes, of) : Entry{};
  }
};
BZ_ON_BOTH_STORES(EntryTest);

// "688 9210; 689 1000": every line's unit and count.
std::string shown(const Entry& entry) {
  std::string text;
  for (const auto& line : entry.lines) {
    text += (text.empty() ? "" : "; ") + line.subject.substr(0, line.subject.find('@'));
    if (line.nothing) text += " nothing";
    for (const auto& value : line.values) {
      if (value.column == "installed") text += " " + std::to_string(*value.number);
    }
  }
  return text;
}
std::string faults(const Entry& entry) {
  std::string text;
  for (const auto& fault : entry.faults) {
    EXPECT_FALSE(fault.says.empty() || fault.says_en.empty());
    text += (text.empty() ? "" : " | ") + fault.cell + ": " + fault.says;
  }
  return text;
}
std::string value_of(const Entry& entry, std::string_view column, std::size_t line = 0) {
  for (const auto& value : entry.lines.at(line).values) {
    if (value.column != column) continue;
    return (value.number ? std::to_string(*value.number) : "none") + " " + value.words;
  }
  return "";
}

constexpr std::string_view kEleven =
    "Thị xã Phước Long\t9.210\nThành phố Đồng Xoài\t12.345\nThị xã Bình Long\t4.500\n"
    "Huyện Bù Gia Mập\t1.200\nLộc Ninh\t3.100\nBù Đốp\t980\nHớn Quản\t2.040\nĐồng Phú\t2.750\n"
    "Bù Đăng\t3.333\nChơn Thành\t5.005\nPhú Riềng\t1.999\n";

TEST_P(EntryTest, ElevenPastedRowsWithDotsAsThousandsAreElevenLines) {
  const auto entry = pasted(kEleven);
  EXPECT_EQ(faults(entry), "");
  EXPECT_EQ(shown(entry),
            "688 9210; 689 12345; 690 4500; 691 1200; 692 3100; 693 980; 694 2040; 695 2750; "
            "696 3333; 697 5005; 698 1999");
}

TEST_P(EntryTest, ABlockWithSttAndOneWrittenAsInAMessageAreReadToo) {
  EXPECT_EQ(shown(pasted("1\tPhước Long\t9.210\t6,78 %\n2\tĐồng Xoài\t12.345\t7 %\n")),
            "688 9210; 689 12345");
  EXPECT_EQ(shown(pasted("Phước Long: 9.210\nĐồng Xoài: 12345\nTX Bình Long 4500\n")),
            "688 9210; 689 12345; 690 4500");
}

TEST_P(EntryTest, ANumberThatMayBeTwoIsRefusedWithBothReadings) {
  EXPECT_EQ(faults(pasted("Phước Long\t1.5\n")), "B1: 1.5: là 15 hay 1,5?");
  EXPECT_EQ(faults(pasted("Phước Long\t68.40\n")), "B1: 68.40: là 6.840 hay 68,4?");
  EXPECT_EQ(faults(pasted("Phước Long\t9,210\n")), "B1: 9,210: là 9.210 hay 9,21?");
}

TEST_P(EntryTest, AnExcelNumberWithAFractionIsRefusedWithBothReadingsAndAWholeOneTaken) {
  const std::vector<Cell> headings = {text_cell("Huyện"),
                                      text_cell("Số lượng điện thoại thông minh cài đặt")};
  const auto entry = book({headings,
                           {text_cell("Phước Long"), number_cell("68.4")},
                           {text_cell("Đồng Xoài"), number_cell("1.5")},
                           {text_cell("Bình Long"), number_cell("68400")},
                           {text_cell("Lộc Ninh"), number_cell("0.25")}});
  EXPECT_EQ(faults(entry),
            "B2: Bảng tính đã lưu số 68,4: là 68.400 hay 68,4? | "
            "B3: Bảng tính đã lưu số 1,5: là 1.500 hay 1,5? | B5: 0,25 không phải là số nguyên.");
  EXPECT_EQ(entry.faults[0].todo,
            "Nếu là 68.400 thì nhập 68400, không có dấu chấm; số đếm không có phần thập phân.");
  EXPECT_EQ(shown(entry), "690 68400");
}

TEST_P(EntryTest, ColumnsAreFoundByTheirWordsInAnyOrder) {
  const auto entry =
      csv("Ghi chú;Tỷ lệ (%);SỐ LƯỢNG ĐIỆN THOẠI THÔNG MINH CÀI ĐẶT;Thời điểm báo cáo;Tên "
          "huyện/thị/thành phố\n"
          "mới;6,78 %;9.210;15h30 25/8/2020;Phước Long\n");
  EXPECT_EQ(faults(entry), "");
  EXPECT_EQ(shown(entry), "688 9210");
  EXPECT_EQ(value_of(entry, "rate"), "678 6,78 %");
  EXPECT_EQ(value_of(entry, "note"), "none mới");
  // 15:30 of 25 August 2020 in Vietnam.
  EXPECT_EQ(value_of(entry, "reported_at"), "1598344200000 15h30 25/8/2020");
}

TEST_P(EntryTest, AFileThatWasCutShortIsNotReadThoughItsLastNumberIsOne) {
  const std::string whole =
      "Tên huyện/thị/thành phố,Số lượng điện thoại thông minh cài đặt,Ghi chú\n"
      "Thị xã Phước Long,9.210,\nHuyện Phú Riềng,3.680,";
  EXPECT_TRUE(csv(whole).faults.empty());
  EXPECT_EQ(csv(whole).lines.size(), 2U);
  const auto cut = csv(whole.substr(0, whole.size() - 5));
  ASSERT_EQ(cut.faults.size(), 1U);
  EXPECT_EQ(cut.faults[0].cell, "B3");
  EXPECT_EQ(cut.faults[0].says_en, "The file ends within this row: it may have been cut short.");
  EXPECT_TRUE(cut.lines.empty());
  // What ends its line is whole, and a note below the table is no row of it.
  EXPECT_TRUE(csv(whole.substr(0, whole.size() - 1) + "\n").faults.empty());
  EXPECT_EQ(csv(whole + "\nNgười lập biểu").lines.size(), 2U);
}

TEST_P(EntryTest, WithoutTheHeadingsNothingIsReadOfAFile) {
  const auto entry = csv("Phước Long;9210\nĐồng Xoài;12345\n");
  EXPECT_FALSE(entry.has_header);
  EXPECT_EQ(faults(entry), ": Không tìm thấy dòng tiêu đề của biểu mẫu.");
}

TEST_P(EntryTest, ADistrictIsLookedForInTheSendersProvinceAlone) {
  // Trà Vinh's Châu Thành is 847, Long An's 808.
  EXPECT_EQ(shown(pasted("Châu Thành\t100\n", question("viettel-84"))), "847 100");
  EXPECT_EQ(shown(pasted("Châu Thành\t100\n", question("viettel-80"))), "808 100");
  EXPECT_EQ(faults(pasted("Châu Thành\t100\n")),
            "A1: Tỉnh Bình Phước không có đơn vị nào tên hoặc mã như vậy.");
}

TEST_P(EntryTest, WhereTwoCouldBeMeantBothAreNamedAndNoneIsTaken) {
  const auto entry = pasted("Duyên Hải\t100\n", question("viettel-84"));
  EXPECT_EQ(shown(entry), "");
  ASSERT_EQ(entry.faults.size(), 1U);
  EXPECT_NE(entry.faults[0].says.find("Huyện Duyên Hải (850)"), std::string::npos);
  EXPECT_NE(entry.faults[0].says.find("Thị xã Duyên Hải (851)"), std::string::npos);
  EXPECT_EQ(shown(pasted("TX. Duyên Hải\t100\nH. Duyên Hải\t7\n", question("viettel-84"))),
            "851 100; 850 7");
  EXPECT_EQ(shown(pasted("851\t100\n", question("viettel-84"))), "851 100");
}

TEST_P(EntryTest, ATotalIsHeldAgainstTheRowsAndIsNoDistrict) {
  const std::string rows = "Stt;Huyện;Số lượng;Ghi chú\n1;Phước Long;9.210;\n2;Đồng Xoài;2.050;\n";
  EXPECT_EQ(shown(csv(rows + ";Tổng cộng;11.260;\n")), "688 9210; 689 2050");
  EXPECT_EQ(faults(csv(rows + ";Tổng cộng;11.260;\n")), "");
  EXPECT_EQ(faults(csv(rows + "TỔNG;;11.270;\n")),
            "C4: Tổng ghi là 11.270, cộng các dòng là 11.260.");
  // Where a row could not be read, its sum says nothing.
  EXPECT_EQ(faults(csv(rows + "3;Bình Long;1.5;\n;Toàn tỉnh;99;\n")), "C4: 1.5: là 15 hay 1,5?");
}

TEST_P(EntryTest, EmptyIsNotSaidAndKhongPhatSinhIsAndADashIsAsked) {
  const auto entry =
      csv("Huyện;Số lượng;Ghi chú\nPhước Long;;\nĐồng Xoài;không phát sinh;\nBình Long;0;\n"
          "Lộc Ninh;;Không phát sinh\nBù Đốp;-;\n");
  EXPECT_EQ(shown(entry), "689 nothing; 690 0; 692 nothing");
  EXPECT_EQ(faults(entry), "B6: Ô này nghĩa là 0 hay không phát sinh?");
}

TEST_P(EntryTest, ASheetMaySayAsAWholeThatThereIsNothing) {
  const auto entry = csv("BÁO CÁO;\nKhông phát sinh;\n");
  EXPECT_TRUE(entry.nothing);
  EXPECT_EQ(faults(entry), "");
  EXPECT_EQ(faults(csv("Huyện;Số lượng\nPhước Long;\n")), ": Biểu mẫu chưa có số liệu nào.");
}

TEST_P(EntryTest, TitlesNumberedColumnsAndSignaturesAreNoRows) {
  const auto entry =
      csv("VIETTEL BÌNH PHƯỚC;;;\nBiểu mẫu số 1;;;\nngày 25/8/2020;;;\n\n"
          "Stt;Tên huyện/thị/thành phố;Số lượng điện thoại thông minh cài đặt;Ghi chú\n"
          "(1);(2);(3);(4)\n1;1. Phước Long;9.210;\n2;Đồng Xoài;2.050;\n\n"
          ";;Bình Phước, ngày 25/8/2020;\n;Người lập biểu;GIÁM ĐỐC;\n;(Ký, ghi rõ họ tên);;\n");
  EXPECT_EQ(faults(entry), "");
  EXPECT_EQ(shown(entry), "688 9210; 689 2050");
}

TEST_P(EntryTest, AnUnknownNameWithANumberStopsTheFileAndAUnitMayStandOnce) {
  EXPECT_EQ(faults(csv("Huyện;Số lượng\nPhước Bình;5\nPhước Long;1\n688;2\n")),
            "A2: Tỉnh Bình Phước không có đơn vị nào tên hoặc mã như vậy. | "
            "A4: Đơn vị này đã có ở dòng 3.");
}

TEST_P(EntryTest, AColumnThatStandsTwiceIsAskedAndAnUnknownOneIsToldOf) {
  EXPECT_EQ(faults(csv("Huyện;Số lượng;Số máy cài đặt\nPhước Long;5;6\n")),
            "C1: Cột này trùng với cột ở ô B1.");
  const auto entry = csv("Huyện;Số lượng;Tăng so với hôm qua\nPhước Long;5;1\n");
  EXPECT_EQ(faults(entry), "");
  ASSERT_EQ(entry.remarks.size(), 1U);
  EXPECT_EQ(entry.remarks[0].cell, "C1");
}

TEST_P(EntryTest, MergedHeadingsAreReadAndAMergedNumberIsNobodys) {
  const std::vector<Cell> upper = {text_cell("Huyện"), text_cell("Bluezone"), {}};
  const std::vector<Cell> lower = {{}, text_cell("Số lượng"), text_cell("Tỷ lệ")};
  const std::vector<papers::CellRange> heading = {{0, 0, 1, 0}, {0, 1, 0, 2}};
  auto entry = book({upper, lower, {text_cell("Phước Long"), number_cell("5")}}, heading);
  EXPECT_EQ(faults(entry), "");
  EXPECT_EQ(shown(entry), "688 5");
  auto merged = heading;
  merged.push_back({2, 1, 3, 1});
  entry = book({upper, lower, {text_cell("Phước Long"), number_cell("5")}, {text_cell("Lộc Ninh")}},
               merged);
  EXPECT_EQ(faults(entry), "B3: Ô này gộp nhiều dòng: không rõ số của từng dòng.");
}

TEST_P(EntryTest, DatesOfExcelAndDaysBeforeMonthsAreRead) {
  const auto date = [](std::string text) {
    return Cell{Cell::Kind::kDate, false, false, false, std::move(text)};
  };
  const std::vector<Cell> headings = {text_cell("Huyện"), text_cell("Số lượng"),
                                      text_cell("Thời điểm báo cáo")};
  const auto entry =
      book({headings,
            {text_cell("688"), number_cell("1"), date("2020-08-25T16:00:00")},
            {text_cell("689"), number_cell("2"), date("2020-08-25")},
            {text_cell("690"), number_cell("3"), text_cell("25/08/2020 16:00")},
            {text_cell("691"), number_cell("4"), text_cell("16h00")},
            {text_cell("692"), number_cell("5"), text_cell("25/8")},
            {text_cell("693"), number_cell("6"), text_cell("08/25/2020")},
            {text_cell("694"), date("2020-08-25"), text_cell("16:00 ngày 25/8/2020")}});
  EXPECT_EQ(value_of(entry, "reported_at", 0), "1598346000000 16:00 ngày 25/8/2020");
  EXPECT_EQ(value_of(entry, "reported_at", 1), "none 25/8/2020");
  EXPECT_EQ(value_of(entry, "reported_at", 2), "1598346000000 25/08/2020 16:00");
  EXPECT_EQ(value_of(entry, "reported_at", 3), "1598346000000 16h00");
  EXPECT_EQ(value_of(entry, "reported_at", 4), "none 25/8");
  EXPECT_EQ(faults(entry),
            "C7: Không đọc được thời điểm này. | B8: Ô này là ngày giờ, không phải số đếm.");
}

TEST_P(EntryTest, ARateIsHundredthsHoweverItWasStoredOrRefused) {
  const auto percent = [](std::string text) {
    return Cell{Cell::Kind::kNumber, true, false, false, std::move(text)};
  };
  const std::vector<Cell> headings = {text_cell("Huyện"), text_cell("Số lượng"),
                                      text_cell("Tỷ lệ")};
  const auto entry = book({headings,
                           {text_cell("688"), number_cell("1"), percent("0.0678")},
                           {text_cell("689"), number_cell("2"), number_cell("6.775")},
                           {text_cell("690"), number_cell("3"), text_cell("6,8")},
                           {text_cell("691"), number_cell("4"), number_cell("0.0678")},
                           {text_cell("692"), number_cell("5"), text_cell("6.78")}});
  EXPECT_EQ(value_of(entry, "rate", 0), "678 6,78 %");
  EXPECT_EQ(value_of(entry, "rate", 1), "678 6,78 %");
  EXPECT_EQ(value_of(entry, "rate", 2), "680 6,8");
  EXPECT_EQ(faults(entry), "C5: 0,0678: là 6,78 % hay 0,07 %? | C6: 6.78: là 678 % hay 6,78 %?");
}

TEST_P(EntryTest, AFileAnswersTheDuesThatItNames) {
  const std::string table = "Huyện;Số lượng\nPhước Long;5\n";
  auto entry = csv("Kỳ báo cáo: trước 16:00 ngày 28/8/2020; trước 17h00, ngày 28/8/2020\n" + table);
  EXPECT_EQ(faults(entry), "");
  EXPECT_EQ(entry.dues,
            (std::vector{due_of("viettel-70", 28), due_of("viettel-70", 28, "bp-5.1")}));
  EXPECT_EQ(csv("Kỳ báo cáo:;bp-5.2:viettel-70:1598346000000\n" + table).dues,
            std::vector{due_of("viettel-70", 25)});
  EXPECT_EQ(csv(table).dues, std::vector<DueKey>{});
  EXPECT_EQ(faults(csv("Kỳ báo cáo: trước 15:00 ngày 28/8/2020\n" + table)),
            "A1: Không giao kỳ báo cáo này cho cơ quan gửi.");
  EXPECT_EQ(faults(csv("Kỳ báo cáo: chiều nay\n" + table)),
            "A1: Không đọc được kỳ báo cáo ghi ở đây.");
  // Another body's due is none of the sender's.
  EXPECT_EQ(faults(csv("Kỳ báo cáo: bp-5.2:vnpt-70:1598346000000\n" + table)),
            "A1: Không đọc được kỳ báo cáo ghi ở đây.");
  const std::vector both{due_of("viettel-70", 28), due_of("viettel-70", 28, "bp-5.1")};
  EXPECT_EQ(csv(dues_line(both) + "\n" + table).dues, both);
}

TEST_P(EntryTest, AFileNamesAtMostTwentyDuesAndTheOthersAreOneFault) {
  const std::string table = "Huyện;Số lượng\nLộc Ninh;1.300\n";
  const auto lines = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "Kỳ báo cáo: trước 16:00 ngày 28/8/2020\n";
    return text;
  };
  EXPECT_EQ(faults(csv(lines(20) + table)), "");
  const auto many = csv(lines(25) + table);
  EXPECT_EQ(faults(many), "A21: Tệp ghi hơn 20 kỳ báo cáo.");
  EXPECT_EQ(many.dues_named, 21U);
}

TEST_P(EntryTest, RowsAreUnitsOfTheDayOfTheDueThatIsNamedOrGiven) {
  const std::string table = "Huyện;Số lượng\nLộc Ninh;1.300\n";
  auto of = question();
  of.day = *day_from_text("2025-07-02");  // Bình Phước and its districts are no more
  EXPECT_EQ(csv("Kỳ báo cáo: trước 16:00 ngày 28/8/2020\n" + table, of).lines.at(0).subject,
            district("692"));
  of.dues = {due_of("viettel-70", 27)};
  // What the file names then counts for nothing.
  const auto entry = csv("Kỳ báo cáo: chiều nay\n" + table, of);
  EXPECT_TRUE(entry.is_clean());
  EXPECT_EQ(entry.lines.at(0).subject, district("692"));
}

TEST_P(EntryTest, AnOldExcelFileAndOneOfAnotherEncodingSayWhatToDo) {
  const auto old = csv("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
  ASSERT_EQ(old.faults.size(), 1U);
  EXPECT_NE(old.faults[0].todo.find(".xlsx"), std::string::npos) << old.faults[0].todo;
  const auto other = csv("Huy\xD6n;S\xE8\n");
  ASSERT_EQ(other.faults.size(), 1U);
  EXPECT_NE(other.faults[0].todo.find("CSV UTF-8"), std::string::npos) << other.faults[0].todo;
}

TEST_P(EntryTest, AnotherFormAndTheBodyItself) {
  const auto of = question("so-tttt-70", "owners");
  const auto entry = csv(
      "Tổng số cán bộ, công chức, viên chức, người lao động;Số người có điện thoại thông minh;Số "
      "người đã cài đặt Bluezone;Số người luôn mở Bluetooth\n40;38;38;1.5\n",
      of);
  EXPECT_EQ(faults(entry), "D2: 1.5: là 15 hay 1,5?");
  ASSERT_EQ(entry.lines.size(), 1U);
  EXPECT_EQ(entry.lines[0].subject, "so-tttt-70");
  EXPECT_EQ(value_of(entry, "headcount"), "40 40");
  EXPECT_EQ(faults(csv("Đơn vị;Tổng số cán bộ\nSở Y tế;5\n", of)),
            "A2: Đây không phải là tên cơ quan gửi báo cáo.");
}

// A filled template reads back as what was filled in, as XLSX and as CSV.
TEST_P(EntryTest, AFilledTemplateIsReadBackUnchanged) {
  const std::vector named{due_of("viettel-70", 28), due_of("viettel-70", 28, "bp-5.1")};
  const auto bytes = [&](bool is_csv) {
    return ReportsHere::taken(here().read([&](Sql& sql) -> Result<Outcome<Bytes>> {
      const TemplateQuestion asked{"viettel-70", "bm1", august(28), named};
      auto made = is_csv ? template_csv(sql, asked) : template_xlsx(sql, asked);
      if (!made) return made.error();
      return std::move(*made);
    }));
  };
  for (const bool is_csv : {false, true}) {
    const auto empty = bytes(is_csv);
    EXPECT_EQ(bytes(is_csv), empty);  // the same bytes each time
    EXPECT_EQ(faults(file(empty)), ": Biểu mẫu chưa có số liệu nào.");
    EXPECT_EQ(file(empty).dues, named);
    papers::Workbook sheets;
    if (is_csv) sheets.sheets.push_back(papers::read_csv(empty)->sheet);
    if (!is_csv) sheets = *papers::read_xlsx(empty);
    auto& sheet = sheets.sheets.at(0);
    sheet.name = "1";
    std::size_t first = 0;
    while (words_of(papers::cell_at(sheet, first, 0)) != "Stt") ++first;
    const auto is_right = rc::check("a filled template", [&] {
      auto filled = sheets;
      std::vector<Line> lines;
      for (std::size_t i = 0; i < std::size(kDistricts70); ++i) {
        auto& cells = filled.sheets[0].rows.at(first + 1 + i).cells;
        cells.resize(7);
        Line line{district(kDistricts70[i]), {}, false, {}};
        const auto kind = *rc::gen::inRange(0, 4);
        const auto number = *rc::gen::inRange<std::int64_t>(0, kMostValue);
        const auto text = vi::show_count(number);
        if (kind == 1) cells[2] = text_cell(text);
        if (kind == 2) cells[2] = is_csv ? text_cell(std::to_string(number)) : number_cell(number);
        if (kind == 1 || kind == 2) line.values.push_back({"installed", number, {}, {}});
        if (kind == 3) {
          cells[2] = text_cell("không phát sinh");
          line.nothing = true;
        }
        if (kind != 3 && *rc::gen::arbitrary<bool>()) {
          const auto rate = *rc::gen::inRange<std::int64_t>(0, 10'001);
          cells[3] = text_cell(vi::show_hundredths(rate) + " %");
          line.values.push_back({"rate", rate, {}, {}});
        }
        if (*rc::gen::arbitrary<bool>()) {
          cells[5] = text_cell("ghi chú 1.5");
          line.values.push_back({"note", {}, "ghi chú 1.5", {}});
        }
        if (kind != 3 && *rc::gen::arbitrary<bool>()) {
          cells[6] = text_cell(std::to_string(number));
          line.values.push_back({"subscriptions", number, {}, {}});
        }
        if (line.nothing || !line.values.empty()) lines.push_back(std::move(line));
      }
      if (lines.empty()) return;
      const auto written = is_csv ? papers::write_csv(filled.sheets[0])
                                  : *papers::write_xlsx(filled, moment(28, 15));
      const auto entry = file(written);
      RC_ASSERT(faults(entry) == "");
      RC_ASSERT(entry.lines.size() == lines.size());
      for (std::size_t i = 0; i < lines.size(); ++i) {
        RC_ASSERT(entry.lines[i].subject == lines[i].subject);
        RC_ASSERT(entry.lines[i].nothing == lines[i].nothing);
        RC_ASSERT(entry.lines[i].values.size() == lines[i].values.size());
        for (std::size_t j = 0; j < lines[i].values.size(); ++j) {
          RC_ASSERT(entry.lines[i].values[j].column == lines[i].values[j].column);
          RC_ASSERT(entry.lines[i].values[j].number == lines[i].values[j].number);
        }
      }
    });
    EXPECT_TRUE(is_right);
  }
}

}  // namespace
}  // namespace bz::campaign
