#include "wire/trace_list.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <simdjson.h>

#include <map>

#include "tests/shared_files.h"

namespace bz::wire {
namespace {

std::string complaint(std::string_view json) {
  const auto entries = parse_trace_list(json);
  if (entries) return "read";
  EXPECT_EQ(entries.error().code, Code::kMalformed);
  return entries.error().what;
}

// A list whose second entry is `entry`.
std::string with(const std::string& entry) {
  return R"({"data":[{"daily_key":"00","time_start":0,"max":96,"time_end":0},)" + entry + "]}";
}

TEST(TraceList, IsReadAsTheOriginalsServerSentIt) {
  const auto entries = parse_trace_list(
      R"({"data":[{"daily_key":"C964bf","time_start":1629158400,"max":96,"time_end":1629417600}]})");
  ASSERT_TRUE(entries) << entries.error().what;
  EXPECT_EQ(*entries, (std::vector<engine::TraceEntry>{{.daily_key = {0xC9, 0x64, 0xBF},
                                                        .time_start_s = 1'629'158'400,
                                                        .time_end_s = 1'629'417'600,
                                                        .ids_per_day = 96}}));
}

// The original swallows the error and answers from the entries before it; here a damaged list is an
// error, since what it leaves out could be the contact.
TEST(TraceList, TheOriginalsOwnListsAreReadOrSaidToBeDamaged) {
  BZ_SKIP_WITHOUT(shared_file("vectors/bluezone3.json"));
  const std::map<std::string_view, std::string> expected = {
      {"three-one-list", "read"},
      {"empty-list", "read"},
      {"no-data-field", "trace list: no member data"},
      {"empty-string", "trace list: not JSON"},
      {"entry-without-max-first", "trace list: entry 1, max is missing"},
      {"bad-entry-after-match", "trace list: entry 2, max is missing"},
  };
  simdjson::dom::parser parser;
  const simdjson::dom::element vectors =
      parser.load(shared_file("vectors/bluezone3.json").string());
  std::size_t count = 0;
  for (const auto vector : vectors["trace_list_cases"].get_array()) {
    const std::string_view name = vector["name"];
    const std::string_view text = vector["trace_json"];
    EXPECT_EQ(complaint(text), expected.at(name)) << name;
    ++count;
  }
  EXPECT_EQ(count, expected.size());
}

TEST(TraceList, WhatTheOriginalAcceptsPasses) {
  EXPECT_EQ(complaint(R"({"data":[]})"), "read");
  EXPECT_EQ(complaint(with(R"({"daily_key":"","time_start":0,"max":96,"time_end":0})")), "read");
  EXPECT_EQ(complaint(with(R"({"daily_key":"AB","time_start":86401,"max":1,"time_end":3})")),
            "read");
  EXPECT_EQ(
      complaint(with(
          R"({"x":null,"daily_key":"AB","time_start":0,"max":86400000,"time_end":253402300799})")),
      "read");
}

// Milliseconds where seconds belong, and an end before 1970: the original answers "no".
TEST(TraceList, AnyTimePasses) {
  const auto entries = parse_trace_list(
      R"({"data":[{"daily_key":"AB","time_start":1629158400000,"max":96,"time_end":-1}]})");
  ASSERT_TRUE(entries) << entries.error().what;
  EXPECT_EQ(entries->at(0).time_start_s, 1'629'158'400'000);
  EXPECT_EQ(entries->at(0).time_end_s, -1);
}

TEST(TraceList, OfTwoMembersOfOneNameTheLastCounts) {
  const auto entries = parse_trace_list(
      R"({"data":7,"data":[{"daily_key":"AB","max":"x","max":95,"time_start":1,"time_start":2,"time_end":3}]})");
  ASSERT_TRUE(entries) << entries.error().what;
  EXPECT_EQ(entries->at(0).ids_per_day, 95);
  EXPECT_EQ(entries->at(0).time_start_s, 2);
}

TEST(TraceList, WhatIsNotSuchAListSaysSo) {
  EXPECT_EQ(complaint(""), "trace list: not JSON");
  EXPECT_EQ(complaint("{\"data\":[]"), "trace list: not JSON");
  EXPECT_EQ(complaint("{\"data\":[]} x"), "trace list: not JSON");
  EXPECT_EQ(complaint("[]"), "trace list: not a JSON object");
  EXPECT_EQ(complaint("{}"), "trace list: no member data");
  EXPECT_EQ(complaint(R"({"data":{}})"), "trace list: data is not an array");
  EXPECT_EQ(complaint(with("3")), "trace list: entry 2 is not an object");
}

TEST(TraceList, AMissingMemberIsNamed) {
  EXPECT_EQ(complaint(with(R"({"time_start":0,"max":96,"time_end":0})")),
            "trace list: entry 2, daily_key is missing");
  EXPECT_EQ(complaint(with(R"({"daily_key":"AB","max":96,"time_end":0})")),
            "trace list: entry 2, time_start is missing");
  EXPECT_EQ(complaint(with(R"({"daily_key":"AB","time_start":0,"time_end":0})")),
            "trace list: entry 2, max is missing");
  EXPECT_EQ(complaint(with(R"({"daily_key":"AB","time_start":0,"max":96})")),
            "trace list: entry 2, time_end is missing");
}

TEST(TraceList, AMemberOfAnotherTypeIsNamed) {
  EXPECT_EQ(complaint(with(R"({"daily_key":1,"time_start":0,"max":96,"time_end":0})")),
            "trace list: entry 2, daily_key is not a string");
  for (const std::string value : {"\"0\"", "0.5", "1e3", "null", "true", "[]"}) {
    EXPECT_EQ(complaint(with(R"({"daily_key":"AB","time_start":)" + value +
                             R"(,"max":96,"time_end":0})")),
              "trace list: entry 2, time_start is not a whole number");
  }
}

TEST(TraceList, AKeyThatIsNotHexIsNamed) {
  for (const std::string key : {"A", "ABC", "0G", "0x", " AB"}) {
    EXPECT_EQ(
        complaint(with(R"({"daily_key":")" + key + R"(","time_start":0,"max":96,"time_end":0})")),
        "trace list: entry 2, daily_key is not an even count of hex digits");
  }
}

TEST(TraceList, NumbersOutOfTheirRangeAreNamed) {
  for (const std::string max : {"0", "-1", "86400001", "18446744073709551615"}) {
    EXPECT_EQ(
        complaint(with(R"({"daily_key":"AB","time_start":0,"time_end":0,"max":)" + max + "}")),
        "trace list: entry 2, max is not 1 to 86400000");
  }
}

// 2^63 - 1 = 9223372036854775807; what needs more than 64 bits is no number to the parser.
TEST(TraceList, ATimeThatDoesNotFitInto64BitsIsNamed) {
  const auto starting = [](const std::string& time) {
    return complaint(with(R"({"daily_key":"AB","max":96,"time_end":0,"time_start":)" + time + "}"));
  };
  EXPECT_EQ(starting("9223372036854775807"), "read");
  EXPECT_EQ(starting("-9223372036854775808"), "read");
  EXPECT_EQ(starting("9223372036854775808"),
            "trace list: entry 2, time_start is not -9223372036854775808 to 9223372036854775807");
  EXPECT_EQ(starting("18446744073709551616"), "trace list: not JSON");
}

TEST(TraceList, TextOver4MiBIsRefusedUnread) {
  std::string text = R"({"data":[]})";
  text.resize(kMaxTraceListText, ' ');
  EXPECT_EQ(complaint(text), "read");
  text.push_back(' ');
  EXPECT_EQ(complaint(text), "trace list: larger than 4 MiB");
}

TEST(TraceList, WhatIsWrittenIsReadBack) {
  EXPECT_TRUE(rc::check([] {
    std::vector<engine::TraceEntry> entries;
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
      entries.push_back({.daily_key = *rc::gen::arbitrary<Bytes>(),
                         .time_start_s = *rc::gen::arbitrary<std::int64_t>(),
                         .time_end_s = *rc::gen::arbitrary<std::int64_t>(),
                         .ids_per_day = *rc::gen::inRange(1, 86'400'001)});
    }
    const auto read = parse_trace_list(write_trace_list(entries));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == entries);
  }));
}

}  // namespace
}  // namespace bz::wire
