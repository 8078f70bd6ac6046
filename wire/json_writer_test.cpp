#include "wire/json_writer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "wire/json_reader.h"

namespace bz::wire {
namespace {

TEST(JsonWriter, WritesMembersInTheirOrder) {
  const std::vector<std::string> texts = {"x", "\"y\""};
  const std::vector<std::string> entries = {R"({"a":1})", "{}"};
  EXPECT_EQ(JsonWriter()
                .text("t", "Trà Vinh")
                .text_if_any("none", "")
                .text_if_any("u", "v")
                .integer("i", -7)
                .boolean("b", false)
                .texts("l", texts)
                .texts("e", {})
                .list("o", entries)
                .json("j", "null")
                .done(),
            R"({"t":"Trà Vinh","u":"v","i":-7,"b":false,"l":["x","\"y\""],"e":[],)"
            R"("o":[{"a":1},{}],"j":null})");
  EXPECT_EQ(JsonWriter().done(), "{}");
}

TEST(JsonWriter, WhatWouldEndATextIsEscaped) {
  EXPECT_EQ(json_text("a\"b\\c\n\x01/\x7F"), R"("a\"b\\c\u000a\u0001/)"
                                             "\x7F\"");
}

TEST(JsonWriter, EveryTextComesBack) {
  EXPECT_TRUE(rc::check("every text comes back", [] {
    // U+0000 is refused by the reader; bytes over 0x7F alone are no UTF-8.
    const auto text = *rc::gen::container<std::string>(
        rc::gen::map(rc::gen::inRange(1, 128), [](int c) { return static_cast<char>(c); }));
    auto read = JsonReader::parse(JsonWriter().text("t", text).done(), 100'000);
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->text("t") == text);
  }));
}

}  // namespace
}  // namespace bz::wire
