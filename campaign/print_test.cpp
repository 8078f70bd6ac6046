#include "campaign/print.h"

#include <cstdio>
#include <cstdlib>

#include "base/file.h"
#include "base/temp_folder.h"
#include "campaign/entry.h"
#include "campaign/reports_here.h"
#include "papers/csv.h"
#include "tests/shared_files.h"

namespace bz::campaign {
namespace {

// What pdftotext reads of a PDF.
std::string text_of(const Bytes& pdf, const std::string& how) {
  const auto folder = TempFolder::make();
  const auto file = folder->path() / "a.pdf";
  EXPECT_TRUE(write_file(file, pdf));
  FILE* pipe = ::popen(("pdftotext " + how + " " + file.string() + " -").c_str(), "r");
  std::string out;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) out += static_cast<char>(c);
  EXPECT_EQ(::pclose(pipe), 0) << "these tests need poppler-utils: apt-get install poppler-utils";
  return out;
}
// For a person who wants to look: BZ_PICTURES=folder.
void keep(const std::string& name, const Bytes& pdf) {
  if (const char* folder = std::getenv("BZ_PICTURES")) {
    EXPECT_TRUE(write_file(std::filesystem::path(folder) / name, pdf));
  }
}
std::string without_blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '\n' && c != '\t' && c != '\f' && c != '\r') out += c;
  }
  return out;
}
bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

class PrintTest : public testing::TestWithParam<Backend> {
 protected:
  PrintTest() {
    auto task = daily_task();
    task.id = "bp-bm1";
    task.letter = {"/STTTT - TTBCXB", august(24), "5", "trước 16h00 hàng ngày"};
    task.issued = moment(24, 9);
    here_.make(task);
  }

  std::vector<Line> lines(bool with_subscriptions) {
    auto all = eleven(9'210);
    for (auto& line : all) {
      line.values.push_back({"rate", 680, "6,8 %", {}});
      line.values.push_back({"reported_at", to_ms(moment(25, 15, 30)), "15h30 ngày 25/8/2020", {}});
      if (with_subscriptions) line.values.push_back(count("subscriptions", 100'000));
    }
    all[0].values.push_back(words("note", "số lũy kế"));
    return all;
  }
  Report report(const std::vector<Line>& of, bool illustrative = true) {
    auto made = here_.report("viettel-70", Channel::kMail, moment(25, 15, 58), of);
    made.dues = {due_of("viettel-70", 25, "bp-bm1")};
    made.is_illustrative = illustrative;
    return here_.find(here_.hand_in(made).report);
  }
  template <class Print>
  Bytes printed(Print print, const Report& of) {
    return here_.read([&](Sql& sql) { return print(sql, of); });
  }

  ReportsHere here_{GetParam()};
};
BZ_ON_BOTH_STORES(PrintTest);

// The form as the letter has it, from the enterprise's name on.
TEST_P(PrintTest, TheFormHasTheLettersWordsInTheLettersOrder) {
  const auto path = shared_file("seeds/000_67434bbad005ab21.txt");
  BZ_SKIP_WITHOUT(path);
  const auto bytes = *read_file(path, 100'000);
  std::string letter(as_text(bytes));
  letter.erase(0, letter.find("TÊN DOANH NGHIỆP"));
  for (char& c : letter) {
    if (c == '*' || c == '.') c = ' ';
  }
  const auto pdf = printed(report_pdf, report(lines(false)));
  keep("bm1.pdf", pdf);
  const auto paper = without_blanks(text_of(pdf, "-raw"));
  std::size_t at = 0;
  std::size_t words = 0;
  for (std::size_t from = 0; from < letter.size();) {
    const auto end = std::min(letter.find_first_of(" \n\t\r", from), letter.size());
    const auto word = letter.substr(from, end - from);
    from = end + 1;
    if (word.empty()) continue;
    const auto found = paper.find(word, at);
    ASSERT_NE(found, std::string::npos) << word << " does not follow\n" << paper.substr(0, at);
    at = found + word.size();
    ++words;
  }
  // Without the row of the table's headings alone there are over fifty.
  EXPECT_GT(words, 60U);
  const auto layout = text_of(pdf, "-layout");
  EXPECT_LT(layout.find("TÊN DOANH NGHIỆP"), layout.find("Viettel Bình Phước"));
  EXPECT_LT(layout.find("Viettel Bình Phước"), layout.find("Biểu mẫu số 1"));
  EXPECT_LT(layout.find("Biểu mẫu số 1"), layout.find("MẪU BÁO CÁO"));
  EXPECT_LT(layout.find("MẪU BÁO CÁO"), layout.find("Thị xã Phước Long"));
  EXPECT_LT(layout.find("Huyện Phú Riềng"), layout.find("Tổng cộng"));
}

TEST_P(PrintTest, ARateWithoutItsDenominatorIsAsItWasWrittenAndSaysSo) {
  const auto text = text_of(printed(report_pdf, report(lines(false))), "-layout");
  EXPECT_TRUE(has(text, "6,8 %")) << text;
  EXPECT_TRUE(has(text, "mẫu số không nêu"));
}

TEST_P(PrintTest, ARateIsComputedFromTheOperatorsOwnSubscriptions) {
  // 9,210 of 100,000 are 9,21 %, where 6,8 % was written; 900 × 11 + … = 9,210 + 14,500 are the sum
  // of 9,210 and 1,000 + 1,100 + … + 1,900 = 14,500: 23,710 of 1,100,000 are 2,155 %, so 2,16 %.
  auto all = lines(true);
  const auto pdf = printed(report_pdf, report(all));
  keep("bm1-computed.pdf", pdf);
  const auto text = text_of(pdf, "-layout");
  EXPECT_TRUE(has(text, "9,21 %")) << text;
  EXPECT_TRUE(has(text, "23.710")) << text;
  EXPECT_TRUE(has(text, "2,16 %")) << text;
  EXPECT_TRUE(has(text, "Doanh nghiệp ghi 6,8 %."));
  EXPECT_TRUE(has(without_blanks(text), without_blanks("Thị xã Phước Long 100.000; Thành phố")));
}

TEST_P(PrintTest, InventedFiguresAreMarkedEverywhereAndOthersNowhere) {
  const auto invented = report(lines(false));
  const auto csv = printed(report_csv, invented);
  EXPECT_TRUE(has(text_of(printed(report_pdf, invented), "-layout"), "SỐ LIỆU MINH HỌA"));
  EXPECT_TRUE(has(std::string(as_text(csv)), "SỐ LIỆU MINH HỌA"));
  auto told = here_.report("mobifone-70", Channel::kXlsx, moment(25, 15), lines(false));
  told.dues = {due_of("mobifone-70", 25, "bp-bm1")};
  const auto real = here_.find(here_.hand_in(told).report);
  EXPECT_FALSE(has(text_of(printed(report_pdf, real), "-layout"), "MINH HỌA"));
}

TEST_P(PrintTest, TheSameReportIsTheSameBytes) {
  const auto one = report(lines(true));
  EXPECT_EQ(printed(report_pdf, one), printed(report_pdf, one));
  EXPECT_EQ(printed(report_xlsx, one), printed(report_xlsx, one));
  EXPECT_EQ(printed(report_csv, one), printed(report_csv, one));
}

TEST_P(PrintTest, AReportsSheetsAreReadBackAsTheReport) {
  auto all = lines(false);
  all[3] = Line{all[3].subject, {}, true, {}};
  const auto made = report(all);
  for (const bool is_csv : {false, true}) {
    const auto bytes = is_csv ? printed(report_csv, made) : printed(report_xlsx, made);
    const auto entry = here_.read([&](Sql& sql) {
      return read_entry_file(sql, {"viettel-70", "bm1", august(25)}, bytes);
    });
    ASSERT_TRUE(entry.is_clean()) << entry.faults[0].cell << entry.faults[0].says;
    EXPECT_EQ(entry.dues, std::vector{due_of("viettel-70", 25, "bp-bm1")});
    ASSERT_EQ(entry.lines.size(), made.lines.size());
    for (std::size_t i = 0; i < entry.lines.size(); ++i) {
      const auto& line = entry.lines[i];
      EXPECT_EQ(line.subject, made.lines[i].subject);
      EXPECT_EQ(line.nothing, made.lines[i].nothing);
      ASSERT_EQ(line.values.size(), made.lines[i].cells.size()) << i;
      for (std::size_t j = 0; j < line.values.size(); ++j) {
        EXPECT_EQ(line.values[j].column, made.lines[i].cells[j].column);
        EXPECT_EQ(line.values[j].number, made.lines[i].cells[j].number);
      }
    }
  }
}

TEST_P(PrintTest, AConsolidatedReportNamesWhoIsMissingAndWhereEachNumberCameFrom) {
  auto made = here_.report("viettel-70", Channel::kMail, moment(25, 15, 58), lines(false));
  made.dues = {due_of("viettel-70", 25, "bp-bm1")};
  made.is_illustrative = true;
  const auto receipt = here_.hand_in(made);
  here_.accept(receipt.report, moment(25, 17));
  auto other = here_.report("mobifone-70", Channel::kXlsx, moment(25, 16), eleven(2'050));
  other.dues = {due_of("mobifone-70", 25, "bp-bm1")};
  here_.accept(here_.hand_in(other).report, moment(25, 17));
  const auto draft = here_.taken(here_.write([](Sql& sql) -> Result<Outcome<Consolidated>> {
    return consolidate(sql, {"bp-bm1", moment(25, 16), {}}, "lan", moment(25, 18));
  }));
  const auto pdf = here_.read([&](Sql& sql) { return consolidated_pdf(sql, draft); });
  keep("consolidated.pdf", pdf);
  const auto text = text_of(pdf, "-layout");
  // 9,210 + 2,050 SIMs in 688; VNPT sent nothing.
  EXPECT_TRUE(has(text, "11.260")) << text;
  EXPECT_TRUE(has(text, "Tổng (SIM)")) << text;
  EXPECT_TRUE(has(without_blanks(text), without_blanks("Số SIM, không phải số người")));
  EXPECT_TRUE(has(without_blanks(text), without_blanks("2/3 đơn vị được giao báo cáo")));
  EXPECT_TRUE(has(text, "VNPT Bình Phước"));
  EXPECT_TRUE(has(text, receipt.number + "/1")) << text;
  EXPECT_TRUE(has(text, "SỐ LIỆU MINH HỌA"));
  const auto csv = here_.read([&](Sql& sql) { return consolidated_csv(sql, draft); });
  EXPECT_TRUE(has(std::string(as_text(csv)), "11260"));
  EXPECT_EQ(here_.read([&](Sql& sql) { return consolidated_xlsx(sql, draft); }),
            here_.read([&](Sql& sql) { return consolidated_xlsx(sql, draft); }));
}

}  // namespace
}  // namespace bz::campaign
