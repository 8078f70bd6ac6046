#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "vi/number.h"

namespace bz::vi {
namespace {

TEST(CountInWords, SoundsAsItIsSaid) {
  const std::vector<std::pair<std::int64_t, std::string>> cases = {
      {0, "không"},
      {1, "một"},
      {4, "bốn"},
      {5, "năm"},
      {10, "mười"},
      {11, "mười một"},
      {14, "mười bốn"},
      {15, "mười lăm"},
      {20, "hai mươi"},
      {21, "hai mươi mốt"},
      {24, "hai mươi tư"},
      {25, "hai mươi lăm"},
      {100, "một trăm"},
      {101, "một trăm linh một"},
      {104, "một trăm linh bốn"},
      {105, "một trăm linh năm"},
      {110, "một trăm mười"},
      {115, "một trăm mười lăm"},
      {121, "một trăm hai mươi mốt"},
      {555, "năm trăm năm mươi lăm"},
      {1'000, "một nghìn"},
      {1'005, "một nghìn không trăm linh năm"},
      {1'050, "một nghìn không trăm năm mươi"},
      {2'050, "hai nghìn không trăm năm mươi"},
      {9'120, "chín nghìn một trăm hai mươi"},
      {9'210, "chín nghìn hai trăm mười"},
      {10'001, "mười nghìn không trăm linh một"},
      {11'260, "mười một nghìn hai trăm sáu mươi"},
      {68'400, "sáu mươi tám nghìn bốn trăm"},
      {21'000, "hai mươi mốt nghìn"},
      {105'000, "một trăm linh năm nghìn"},
      {1'000'000, "một triệu"},
      {1'000'005, "một triệu không trăm linh năm"},
      {1'005'000, "một triệu không trăm linh năm nghìn"},
      {1'009'168, "một triệu không trăm linh chín nghìn một trăm sáu mươi tám"},
      {96'208'984, "chín mươi sáu triệu hai trăm linh tám nghìn chín trăm tám mươi tư"},
      {1'000'000'000, "một tỷ"},
      {1'000'000'001, "một tỷ không trăm linh một"},
      {1'000'000'000'000, "một nghìn tỷ"},
      {kMostCount, "một triệu tỷ"}};
  for (const auto& [count, words] : cases) EXPECT_EQ(count_in_words(count), words) << count;
}

TEST(CountInWords, TheSouthHasItsOwnWords) {
  EXPECT_EQ(count_in_words(1'005, Speech::kSouth), "một ngàn không trăm lẻ năm");
  EXPECT_EQ(count_in_words(9'210, Speech::kSouth), "chín ngàn hai trăm mười");
}

// What a listener writes down: he knows no rule of ours, only what each word adds or multiplies.
std::int64_t heard(const std::string& words) {
  static const std::map<std::string, std::int64_t> kUnits = {
      {"không", 0}, {"một", 1}, {"mốt", 1}, {"hai", 2}, {"ba", 3},  {"bốn", 4}, {"tư", 4},
      {"năm", 5},   {"lăm", 5}, {"sáu", 6}, {"bảy", 7}, {"tám", 8}, {"chín", 9}};
  static const std::map<std::string, std::int64_t> kSizes = {{"nghìn", 1'000},
                                                             {"triệu", 1'000'000}};
  std::istringstream in(words);
  std::int64_t billions = 0;
  std::int64_t sum = 0;
  std::int64_t group = 0;
  std::int64_t last = 0;
  for (std::string word; in >> word;) {
    if (word == "trăm") {
      group = last * 100;
      last = 0;
    } else if (word == "mươi" || word == "mười") {
      group += word == "mười" ? 10 : last * 10;
      last = 0;
    } else if (kSizes.contains(word)) {
      sum += (group + last) * kSizes.at(word);
      group = last = 0;
    } else if (word == "tỷ") {
      billions = sum + group + last;
      sum = group = last = 0;
    } else if (word != "linh") {
      last = kUnits.at(word);
    }
  }
  return billions * 1'000'000'000 + sum + group + last;
}

TEST(CountInWords, IsHeardAsTheNumberThatWasSaid) {
  for (std::int64_t count = 0; count <= 20'000; ++count) {
    ASSERT_EQ(heard(count_in_words(count)), count);
  }
  EXPECT_TRUE(rc::check([] {
    const auto digits = *rc::gen::inRange(1, 16);
    std::int64_t most = 1;
    for (int i = 0; i < digits; ++i) most *= 10;
    const auto count = *rc::gen::inRange<std::int64_t>(0, most + 1);
    RC_ASSERT(heard(count_in_words(count)) == count);
  }));
}

}  // namespace
}  // namespace bz::vi
