#include "papers/pdf.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>

#include "base/date.h"
#include "base/file.h"
#include "base/temp_folder.h"

namespace bz::papers {
namespace {

const Instant kMade = Instant{*day_from_text("2020-08-25")} + std::chrono::hours{9};

// What a program of poppler-utils says of a PDF.
std::string said_by(const std::string& program, const Bytes& pdf) {
  const auto folder = TempFolder::make();
  const auto file = folder->path() / "a.pdf";
  EXPECT_TRUE(write_file(file, pdf));
  const auto command =
      program + " " + file.string() + (program.starts_with("pdftotext") ? " -" : "");
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string out;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) out += static_cast<char>(c);
  EXPECT_EQ(::pclose(pipe), 0) << "these tests need poppler-utils: apt-get install poppler-utils";
  return out;
}

Bytes printed(const Document& document) {
  const auto pdf = print_pdf(document);
  EXPECT_TRUE(pdf) << pdf.error().what;
  return pdf ? *pdf : Bytes{};
}

std::vector<std::string> pages_of(const Bytes& pdf) {
  std::vector<std::string> pages;
  std::istringstream text(said_by("pdftotext -layout", pdf));
  for (std::string page; std::getline(text, page, '\f');) pages.push_back(page);
  return pages;
}

struct Word {
  double x_min = 0;
  double y_min = 0;
  double x_max = 0;
  double y_max = 0;
};

// Where a word stands, in points from the page's upper left corner; its nth time, from 0.
Word place_of(const std::string& boxes, const std::string& word, int nth = 0) {
  std::size_t at = 0;
  for (int i = 0; i <= nth; ++i) at = boxes.find(">" + word + "</word>", at + 1);
  if (at == std::string::npos) {
    ADD_FAILURE() << word << " is not there";
    return {};
  }
  Word place;
  const auto from = boxes.rfind("<word", at);
  EXPECT_EQ(
      std::sscanf(boxes.c_str() + from, "<word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"",
                  &place.x_min, &place.y_min, &place.x_max, &place.y_max),
      4);
  return place;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Document document(std::vector<Block> blocks) {
  Document document;
  document.title = "Báo cáo";
  document.made = kMade;
  document.blocks = std::move(blocks);
  return document;
}

Table figures(int rows) {
  Table table;
  table.columns = {{1, Align::kCentre}, {4, Align::kLeft}, {2, Align::kRight}};
  table.header = {
      {table_cell("STT"), table_cell("Huyện"), {{{"Tỷ lệ", true, false, "Theo dân số."}}}}};
  for (int i = 1; i <= rows; ++i) {
    table.rows.push_back({table_cell(std::to_string(i)), table_cell("Huyện " + std::to_string(i)),
                          table_cell(std::to_string(i * i))});
  }
  return table;
}

TEST(Pdf, WordsAreReadBackWithEveryMark) {
  const std::string words = "ĐẪM Ễ Ự ỵ ử Ở Ậ ẫ ữ Đặng Nguyễn Hữu Nghĩa ỘỖỔ kỹ";
  EXPECT_TRUE(has(pages_of(printed(document({paragraph(words)}))).at(0), words));
}

TEST(Pdf, MarksTypedApartArePrintedInOneForm) {
  // "ễ" as e, circumflex, tilde.
  const auto page = pages_of(printed(document({paragraph("Nguye\u0302\u0303n")}))).at(0);
  EXPECT_TRUE(has(page, "Nguyễn"));
}

TEST(Pdf, ThePaperIsA4AndTheFileSaysWhenItWasMade) {
  const auto info = said_by("TZ=UTC pdfinfo", printed(document({paragraph("a")})));
  EXPECT_TRUE(has(info, "595.276 x 841.89 pts (A4)")) << info;
  EXPECT_TRUE(has(info, "Tue Aug 25 09:00:00 2020 UTC")) << info;
  EXPECT_TRUE(has(info, "Báo cáo")) << info;
  auto wide = document({paragraph("a")});
  wide.landscape = true;
  EXPECT_TRUE(has(said_by("pdfinfo", printed(wide)), "841.89 x 595.276 pts (A4)"));
}

TEST(Pdf, OnlyLiberationSerifIsInItAndAllOfItIsEmbedded) {
  const std::vector<papers::Run> runs{
      {"thường "}, {"đậm ", true}, {"nghiêng ", false, true}, {"cả hai", true, true}};
  const auto fonts = said_by("pdffonts", printed(document({Paragraph{runs}})));
  std::set<std::string> faces;
  std::istringstream lines(fonts);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("name") || line.starts_with("---")) continue;
    faces.insert(line.substr(7, line.find(' ') - 7));  // after "ABCDEF+", the mark of a part
    EXPECT_TRUE(has(line, " yes yes yes ")) << line;   // embedded, subset, with its characters
  }
  EXPECT_EQ(faces, (std::set<std::string>{"LiberationSerif", "LiberationSerif-Bold",
                                          "LiberationSerif-Italic", "LiberationSerif-BoldItalic"}))
      << fonts;
}

TEST(Pdf, TheSameDocumentAndMomentGiveTheSameBytes) {
  auto one = document({paragraph("a"), figures(60)});
  EXPECT_EQ(printed(one), printed(one));
  auto later = one;
  later.made += std::chrono::seconds{1};
  EXPECT_NE(printed(later), printed(one));
}

TEST(Pdf, WordsStayWithinTheMargins) {
  std::string words;
  for (int i = 0; i < 400; ++i) words += "chữ" + std::to_string(i) + " ";
  const auto boxes =
      said_by("pdftotext -bbox", printed(document({paragraph(words, Align::kBoth)})));
  // 30 mm is 85.04 points, 210 - 15 mm 552.76, 20 mm 56.69.
  const auto first = place_of(boxes, "chữ0");
  EXPECT_NEAR(first.x_min, 85.04, 0.5);
  EXPECT_GT(first.y_min, 56.69 - 3);
  EXPECT_LT(first.y_min, 56.69 + 3);
  double right = 0;
  for (int i = 0; i < 400; ++i)
    right = std::max(right, place_of(boxes, "chữ" + std::to_string(i)).x_max);
  EXPECT_NEAR(right, 552.76, 0.5);
}

TEST(Pdf, TheIssuingBodyAndTheMottoStandLevel) {
  SideBySide heading;
  heading.left = {{{{"ỦY BAN", true}}, Align::kCentre, 13}};
  heading.right = {{{{"CỘNG HÒA", true}}, Align::kCentre, 13}};
  const auto boxes = said_by("pdftotext -bbox", printed(document({heading})));
  const auto body = place_of(boxes, "ỦY");
  const auto motto = place_of(boxes, "CỘNG");
  EXPECT_NEAR(body.y_min, motto.y_min, 0.01);
  EXPECT_LT(body.x_max, motto.x_min);
}

TEST(Pdf, NumbersInAColumnEndAtOnePlace) {
  const auto boxes = said_by("pdftotext -bbox", printed(document({figures(12)})));
  EXPECT_NEAR(place_of(boxes, "16").x_max, place_of(boxes, "144").x_max, 0.01);
  EXPECT_GT(place_of(boxes, "16").x_min, place_of(boxes, "144").x_min + 4);
}

TEST(Pdf, ATablesHeaderStandsOnEachOfItsPagesAndNoRowIsLost) {
  const auto pages = pages_of(printed(document({figures(100)})));
  ASSERT_GE(pages.size(), 3U);
  int next = 1;
  for (const auto& page : pages) {
    EXPECT_TRUE(has(page, "STT")) << page;
    while (has(page, "Huyện " + std::to_string(next) + " ")) ++next;
  }
  EXPECT_EQ(next, 101);
}

TEST(Pdf, ThePageNumberStandsInTheTopMarginFromPage2On) {
  const auto pages = pages_of(printed(document({figures(100)})));
  const auto first_line = [](const std::string& page) {
    std::istringstream words(page);
    std::string word;
    words >> word;
    return word;
  };
  EXPECT_EQ(first_line(pages.at(0)), "STT");
  EXPECT_EQ(first_line(pages.at(1)), "2");
  EXPECT_EQ(first_line(pages.at(2)), "3");
  const auto boxes = said_by("pdftotext -bbox -f 2 -l 2", printed(document({figures(100)})));
  const auto number = place_of(boxes, "2");
  EXPECT_NEAR((number.x_min + number.x_max) / 2, (85.04 + 552.76) / 2, 0.5);
  EXPECT_LT(number.y_max, 56.69);
}

TEST(Pdf, ANoteStandsAtTheFootOfThePageThatNamesIt) {
  auto paper = document({paragraph("Trang một."), PageBreak{},
                         Paragraph{{{"Tỷ lệ", false, false, "Mẫu số: dân số 1/4/2019."},
                                    {" và tỷ lệ"},
                                    {" khác", false, false, "Mẫu số khác."},
                                    {" cũ", false, false, "Mẫu số: dân số 1/4/2019."}}}});
  const auto pdf = printed(paper);
  const auto pages = pages_of(pdf);
  EXPECT_FALSE(has(pages.at(0), "Mẫu"));
  EXPECT_TRUE(has(pages.at(1), "Tỷ lệ1 và tỷ lệ khác2 cũ1")) << pages.at(1);
  const auto boxes = said_by("pdftotext -bbox -f 2 -l 2", pdf);
  // The last line ends 20 mm above the paper's end.
  EXPECT_NEAR(place_of(boxes, "Mẫu", 1).y_max, 841.89 - 56.69, 3);
  EXPECT_LT(place_of(boxes, "Mẫu", 0).y_min, place_of(boxes, "Mẫu", 1).y_min);
}

TEST(Pdf, ARowHigherThanAPageIsBrokenAndNothingOfItIsLost) {
  std::string words;
  for (int i = 0; i < 1'500; ++i) words += "chữ" + std::to_string(i) + " ";
  auto table = figures(2);
  table.rows[0][1] = table_cell(words);
  const auto pages = pages_of(printed(document({table})));
  EXPECT_GE(pages.size(), 2U);
  std::string all;
  for (const auto& page : pages) all += page + " ";
  for (int i = 0; i < 1'500; ++i)
    EXPECT_TRUE(has(all, "chữ" + std::to_string(i) + " ") ||
                has(all, "chữ" + std::to_string(i) + "\n"))
        << i;
}

TEST(Pdf, ALineStaysWithTheNextThatItBelongsTo) {
  // Some 33 lines fill a page; a heading at its end moves on with its table.
  std::vector<Block> blocks;
  for (int i = 0; i < 26; ++i) blocks.emplace_back(paragraph("dòng " + std::to_string(i)));
  auto heading = paragraph("Bảng 1");
  heading.with_next = true;
  for (int more = 0; more < 10; ++more) {
    blocks.emplace_back(heading);
    blocks.emplace_back(figures(1));
    const auto pages = pages_of(printed(document(blocks)));
    blocks.resize(blocks.size() - 2);
    for (const auto& page : pages) EXPECT_EQ(has(page, "Bảng 1"), has(page, "Huyện 1"));
    blocks.emplace_back(paragraph("thêm"));
  }
}

TEST(Pdf, ACharacterThatTheFontHasNotIsASquare) {
  EXPECT_TRUE(has(pages_of(printed(document({paragraph("a😀b\tc")}))).at(0), "a□b c"));
}

TEST(Pdf, WordsAreNeverMarkup) {
  EXPECT_TRUE(
      has(pages_of(printed(document({paragraph("<b>&amp;</span>")}))).at(0), "<b>&amp;</span>"));
}

TEST(Pdf, WhatCannotBePrintedIsRefused) {
  const auto said = [](const Block& block) {
    const auto pdf = print_pdf(document({block}));
    return pdf ? "printed" : pdf.error().what;
  };
  EXPECT_EQ(said(paragraph("\xFF")), "pdf: text that is not UTF-8");
  auto table = figures(1);
  table.rows[0].pop_back();
  EXPECT_EQ(said(table), "pdf: a table's row has not the table's count of columns");
  table.rows[0].push_back({{}, 9});
  EXPECT_EQ(said(table), "pdf: a table's row has not the table's count of columns");
  SideBySide heading;
  for (int i = 0; i < 100; ++i) heading.left.push_back(paragraph("a"));
  EXPECT_EQ(said(heading), "pdf: something that must not be broken is over a page high");
  heading.left_share = 2;
  EXPECT_EQ(said(heading), "pdf: the left column has a share from 0.1 to 0.9");
  auto large = paragraph("a");
  large.size = 1'000;
  EXPECT_EQ(said(large), "pdf: a size or width that makes no sense");
  auto narrow = document({paragraph("a")});
  narrow.margins.left = 500;
  EXPECT_FALSE(print_pdf(narrow));
}

TEST(Pdf, AnEmptyDocumentIsOneEmptyPage) {
  EXPECT_TRUE(has(said_by("pdfinfo", printed(document({}))), "Pages:           1"));
}

// In a process of its own: fontconfig reads its settings once.
TEST(PdfDeathTest, WithoutTheFontNothingIsPrintedInAnother) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const auto folder = TempFolder::make();
        const auto file = folder->path() / "fonts.conf";
        const std::string only_dejavu =
            "<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>" +
            folder->path().string() + "</cachedir></fontconfig>";
        (void)write_file(file, as_bytes(only_dejavu));
        ::setenv("FONTCONFIG_FILE", file.c_str(), 1);
        const auto pdf = print_pdf(document({paragraph("a")}));
        std::fputs(pdf ? "printed" : pdf.error().what.c_str(), stderr);
        std::_Exit(0);
      },
      testing::ExitedWithCode(0),
      "the font Liberation Serif is not here: apt-get install fonts-liberation2");
}

}  // namespace
}  // namespace bz::papers
