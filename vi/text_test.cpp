#include "vi/text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "tests/shared_files.h"

namespace bz::vi {
namespace {

// "Trà Vinh" with its mark apart (NFD), as some keyboards write it.
const std::string kApart = "Tra\u0300 Vinh";

TEST(Normal, ComposesLettersAndTidiesBlanks) {
  EXPECT_EQ(normal(kApart), "Trà Vinh");
  EXPECT_EQ(normal("\u00A0An\u00A0\u00A0Giang \t\r\n"), "An Giang");
  EXPECT_EQ(normal("\uFEFFHo\u00ADà\u200B Bình"), "Hoà Bình");
  EXPECT_EQ(normal("Thành Phố"), "Thành Phố");
  EXPECT_EQ(normal(" \u3000 "), "");
}

TEST(Normal, WhatIsDroppedDoesNotKeepALetterFromItsMark) {
  EXPECT_EQ(normal("Tra\u200B\u0300"), "Trà");
}

TEST(Normal, RefusesWhatIsNoText) {
  EXPECT_EQ(normal("Tr\xC3"), std::nullopt);
  EXPECT_EQ(normal(std::string("a\0b", 3)), std::nullopt);
  EXPECT_EQ(normal("a\x1B[31m"), std::nullopt);
  EXPECT_EQ(normal("a\u0080"), std::nullopt);
  EXPECT_EQ(normal("a\u0085b"), "a b");  // ends a line
}

TEST(SameSpelling, ATonesPlaceDoesNotMatterButTheToneDoes) {
  EXPECT_EQ(same_spelling("Hoà Bình"), same_spelling("Hòa Bình"));
  EXPECT_EQ(same_spelling("Thuỷ"), same_spelling("Thủy"));
  EXPECT_EQ(same_spelling("Tòan Thắng"), same_spelling("Toàn Thắng"));
  EXPECT_EQ(same_spelling(kApart), same_spelling("Trà Vinh"));
  const std::set<std::string> all = {same_spelling("Hoa"), same_spelling("Hòa"),
                                     same_spelling("Hóa"), same_spelling("Hỏa"),
                                     same_spelling("Họa"), same_spelling("Hõa")};
  EXPECT_EQ(all.size(), 6U);
  EXPECT_NE(same_spelling("Bú Đốp"), same_spelling("Bù Đốp"));
  EXPECT_NE(same_spelling("Từ Kỳ"), same_spelling("Tứ Kỳ"));
}

TEST(SameSpelling, IAndYAreOneWhereTheySoundAlike) {
  EXPECT_EQ(same_spelling("Qui Nhơn"), same_spelling("Quy Nhơn"));
  EXPECT_EQ(same_spelling("Quí Quân"), same_spelling("Quý Quân"));
  EXPECT_EQ(same_spelling("Mĩ Tho"), same_spelling("Mỹ Tho"));
  EXPECT_NE(same_spelling("tay"), same_spelling("tai"));
  EXPECT_NE(same_spelling("Thúy"), same_spelling("Thúi"));
  EXPECT_NE(same_spelling("y tế"), same_spelling("i tế"));
}

TEST(SameSpelling, CapitalsDashesAndApostrophesAreOne) {
  EXPECT_EQ(same_spelling("Thành Phố Trà Vinh"), same_spelling("Thành phố Trà Vinh"));
  EXPECT_EQ(same_spelling("Bà Rịa – Vũng Tàu"), same_spelling("Bà Rịa-Vũng Tàu"));
  EXPECT_EQ(same_spelling("Ea H’Leo"), same_spelling("Ea H'Leo"));
  EXPECT_EQ(same_spelling("Ea H\u02BCLeo"), same_spelling("Ea H'Leo"));
  EXPECT_EQ(same_spelling("\u00D0ồng Phú"), same_spelling("Đồng Phú"));
  EXPECT_NE(same_spelling("Đồng"), same_spelling("Dồng"));
}

TEST(Fold, TakesEveryMarkOff) {
  EXPECT_EQ(fold("Thành Phố Đồng Xoài"), "thanh pho dong xoai");
  EXPECT_EQ(fold("ẢẤẬẲẴỆỐỘỚỰỶ"), "aaaaaeooouy");
  EXPECT_EQ(fold("Qui Nhơn"), fold("Quy Nhơn"));
  EXPECT_EQ(fold("TP. Hồ Chí Minh"), "tp ho chi minh");
  EXPECT_EQ(fold("Bà Rịa - Vũng Tàu"), "ba ria vung tau");
  EXPECT_EQ(fold("Ea H'Leo"), "ea hleo");
  EXPECT_EQ(fold("--"), "");
}

TEST(Search, EveryWordTypedMustBeginAWord) {
  const auto name = fold("Huyện Châu Thành");
  for (const auto* query : {"", "chau", "CHÂU TH", "th ch", "huyen", " c "}) {
    EXPECT_TRUE(matches(name, fold(query))) << query;
  }
  for (const auto* query : {"hau", "chau duc", "thanhh", "chauthanh"}) {
    EXPECT_FALSE(matches(name, fold(query))) << query;
  }
  EXPECT_FALSE(matches("", "a"));
}

TEST(Search, WhatIsTypedSoFarFindsTheWholeName) {
  for (const std::string name : {"Quy Nhơn", "Quyết Thắng", "Mỹ Tho", "Minh Hoà", "Kỳ Anh"}) {
    const auto folded = fold(name);
    for (std::size_t size = 0; size <= folded.size(); ++size) {
      EXPECT_TRUE(matches(folded, fold(folded.substr(0, size)))) << name << ' ' << size;
    }
  }
  EXPECT_TRUE(matches(fold("Quyết Thắng"), fold("quy")));
  EXPECT_TRUE(matches(fold("Qui Nhơn"), fold("quy nh")));
}

TEST(Order, IsThatOfVietnameseWords) {
  const std::vector<std::string> ordered = {
      "An Giang",  "Ân Thi",  "Bà Rịa",    "Cà Mau", "Cần Đước", "Cần Giuộc", "Dĩ An",
      "Duyên Hải", "Đà Nẵng", "Đồng Phú",  "Hà Nội", "Hoa",      "Hòa",       "Hỏa",
      "Hóa",       "Họa",     "Long An",   "Ô Môn",  "Phường 2", "Phường 10", "Trà Cú",
      "Uông Bí",   "Ứng Hòa", "Vĩnh Long", "Yên Bái"};
  for (std::size_t i = 1; i < ordered.size(); ++i) {
    EXPECT_LT(sort_key(ordered[i - 1]), sort_key(ordered[i])) << ordered[i];
  }
  EXPECT_EQ(sort_key(kApart), sort_key("Trà Vinh"));
}

// The alphabet decides first, letter by letter: the law is that of comparing places in it.
TEST(Order, FollowsTheAlphabet) {
  static const std::array<const char*, 29> kAlphabet = {
      "a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g", "h", "i", "k", "l", "m",
      "n", "o", "ô", "ơ", "p", "q", "r", "s", "t", "u", "ư", "v", "x", "y"};
  const auto text = [](const std::vector<std::size_t>& places) {
    return std::accumulate(places.begin(), places.end(), std::string(),
                           [](auto out, auto at) { return std::move(out) + kAlphabet.at(at); });
  };
  EXPECT_TRUE(rc::check([&] {
    const auto word = rc::gen::container<std::vector<std::size_t>>(
        rc::gen::inRange<std::size_t>(0, kAlphabet.size()));
    const auto a = *word;
    const auto b = *word;
    RC_ASSERT((a < b) == (sort_key(text(a)) < sort_key(text(b))));
  }));
}

TEST(Text, WhatIsMadeOnceIsMadeTheSameAgain) {
  EXPECT_TRUE(rc::check([] {
    static const std::vector<std::string> kPieces = {"Hoà", "quý", "Y", "y",    "a\u0301", "\u0323",
                                                     " ",   "-",   "–", "'",    "\u00A0",  "Đ",
                                                     "ơ",   "7",   "İ", "\xFF", "q",       "u"};
    std::string text;
    for (const auto& piece :
         *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kPieces))) {
      text += piece;
    }
    RC_ASSERT(fold(fold(text)) == fold(text));
    RC_ASSERT(same_spelling(same_spelling(text)) == same_spelling(text));
    if (const auto once = normal(text)) RC_ASSERT(normal(*once) == once);
  }));
}

// Of the 11,384 units of 1 June 2020, those of one parent and type that are spelled alike are the
// same name to a reader as well: none is lost by folding.
TEST(SameSpelling, KeepsAllUnitsOf2020Apart) {
  const auto path = shared_file("data/admin/admin_units_2020-06-01.csv");
  BZ_SKIP_WITHOUT(path);
  std::ifstream file(path);
  std::map<std::string, std::string> seen;
  std::string line;
  std::size_t rows = 0;
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    std::size_t from = 0;
    for (std::size_t end = 0; end != std::string::npos; from = end + 1) {
      end = line.find(',', from);
      cells.push_back(line.substr(from, end - from));
    }
    if (cells.size() < 5 || cells[0] == "level") continue;
    ++rows;
    const auto parent = cells[4].substr(0, cells[4].find('\r'));
    const auto [at, is_new] = seen.emplace(parent + '|' + same_spelling(cells[2]), line);
    EXPECT_TRUE(is_new) << at->second << " and " << line;
  }
  EXPECT_EQ(rows, 11'384U);
}

}  // namespace
}  // namespace bz::vi
